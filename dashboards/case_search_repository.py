"""How are the cases of some blocks read that have the words of a search?"""

from collections.abc import Sequence

from psycopg.rows import class_row

from dashboards.case_list_repository import Few, Parameters, Row, pieces_of_list, written_out
from models.database import Connection
from nlp.search_query import BLOCK


def last_case(conn: Connection) -> int:
    """The newest case that can be found; 0 where there is none."""
    row = conn.execute("SELECT coalesce(max(case_id), 0) FROM case_search").fetchone()
    return int(row[0]) if row else 0


def search_blocks(
    conn: Connection,
    row: type[Row],
    parameters: Parameters,
    conditions: Sequence[str],
    marks: int,
    *,
    back: bool,
    few: Few | None,
) -> list[Row]:
    """Rows of the blocks from `first` to `last_one` that have the words, with `block`, `score` and how many there are
    in all of these blocks (`found`): the newest block first, in it by score, behind the place of the parameters; with
    `back` the other way round, what stands in front of it. `marks` words count in a title.
    `few`: whether the cases with the words are looked for among those of the parameter `ids`, or these among them."""
    title = " + ".join(f"(strpos(lower(f.title), %(mark{n})s) > 0)::integer" for n in range(marks)) or "0"
    before, _, after = pieces_of_list()
    before = before.replace("SELECT f.id,", "SELECT f.block, f.score, f.found, f.id,")
    if few:
        hits, conditions = _HITS_AMONG if few is Few.OTHERWISE else _HITS_FIRST, []
    else:
        hits = _HITS.replace("true /*unit*/", _UNITS_OWN if parameters["unit"] is not None else "true")
    rows = written_out(_SEARCH.replace("/*hits*/", hits), parameters).replace("/*title*/", title)
    rows = rows.replace("true /*only*/", " AND ".join(conditions) or "true")
    way, sign = ("", ">") if back else (" DESC", "<")
    order = f"f.block{way}, f.score{way}, f.id{way}"
    query = f"{before}{rows}{after}".replace("f.due_at /*order*/", order).replace("</*behind*/", sign)
    with conn.cursor(row_factory=class_row(row)) as cur:
        return cur.execute(query.encode(), parameters, prepare=False).fetchall()


def list_texts(conn: Connection, case_ids: Sequence[int]) -> dict[int, str]:
    """The texts that searches look at, by case."""
    rows = conn.execute("SELECT case_id, text FROM case_search WHERE case_id = ANY(%s)", (list(case_ids),)).fetchall()
    return {row[0]: row[1] for row in rows}


# What `unit` means in `matching_cases`: asked of what an index tells before anything is read of the case.
_UNITS_OWN = (
    "EXISTS (SELECT FROM assignments a"
    " WHERE a.department_id = %(unit)s AND a.case_id = x.case_id AND a.ended_at IS NULL OFFSET 0)"
)
_HITS = f"""
    SELECT x.case_id AS id FROM case_search x
    WHERE x.words @@ %(words)s::tsquery AND true /*unit*/ AND true /*phrases*/
      AND x.case_id >= %(first)s * {BLOCK} AND x.case_id < (%(last_one)s + 1) * {BLOCK}
"""
# Of cases that are known: the words of each are looked up.
_HITS_AMONG = """
    SELECT x.case_id AS id FROM unnest(%(ids)s::bigint[]) AS c(id) JOIN case_search x ON x.case_id = c.id
    WHERE (x.words @@ %(words)s::tsquery) IS TRUE AND true /*phrases*/
"""
# OFFSET 0: what has the words first.
_HITS_FIRST = """
    SELECT x.case_id AS id FROM (
        SELECT x.case_id FROM case_search x WHERE x.words @@ %(words)s::tsquery AND true /*phrases*/ OFFSET 0
    ) x JOIN unnest(%(ids)s::bigint[]) AS c(id) ON x.case_id = c.id
"""
# A title with all the words is worth as much as thirty days.
_SEARCH = f"""
    WITH hits AS MATERIALIZED (
        /*hits*/
    ), ranked AS (
        SELECT f.*, f.id / {BLOCK} AS block,
               extract(epoch FROM f.submitted_at)::bigint + 2592000 * (/*title*/) / greatest(%(marks)s, 1) AS score
        FROM hits JOIN matching_cases(%(as_of)s, %(criteria)s) AS m(id) USING (id)
        JOIN case_facts(%(as_of)s) f USING (id)
        WHERE true /*only*/
    )
    SELECT f.* FROM (SELECT r.*, count(*) OVER () AS found FROM ranked r) f
    WHERE %(place_block)s::bigint IS NULL
       OR (f.block, f.score, f.id) </*behind*/ (%(place_block)s::bigint, %(place_score)s::bigint, %(place_id)s::bigint)
    ORDER BY f.due_at /*order*/
    LIMIT %(limit)s
"""
