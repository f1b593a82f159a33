"""How are the cases of some blocks read that have the words of a search?"""

from collections.abc import Sequence

from psycopg.rows import class_row

from dashboards.lists.case_list_repository import Parameters, Row, pieces_of_list, written_out
from models.database import Connection
from nlp.search_query import BLOCK


def last_case(conn: Connection) -> int:
    """The newest case that can be found; 0 where there is none."""
    row = conn.execute("SELECT coalesce(max(case_id), 0) FROM case_search").fetchone()
    return int(row[0]) if row else 0


def keep_with_words(conn: Connection, parameters: Parameters, ids: Sequence[int]) -> list[int]:
    """Those of the cases `ids` that have the words. Both are looked up in indexes before any text is read: PostgreSQL
    would rather read the words of each case, which lie apart from it."""
    query = written_out(_HITS_AMONG, parameters)
    conn.execute("SET LOCAL enable_indexscan = off")
    found = conn.execute(query.encode(), {**parameters, "ids": [*ids]}, prepare=False).fetchall()
    conn.execute("SET LOCAL enable_indexscan = on")
    return [row[0] for row in found]


def search_blocks(
    conn: Connection,
    row: type[Row],
    parameters: Parameters,
    conditions: Sequence[str],
    marks: int,
    *,
    back: bool,
    known: bool,
) -> list[Row]:
    """Rows of the blocks from `first` to `last_one` that have the words, with `block`, `score` and how many there are
    in all of these blocks (`found`): the newest block first, in it by score, behind the place of the parameters; with
    `back` the other way round, what stands in front of it. `marks` words count in a title.
    `known`: the parameter `ids` are all that have them and match."""
    title = " + ".join(_in_title(n, parameters) for n in range(marks)) or "0"
    before, _, after = pieces_of_list()
    before = before.replace("SELECT f.id,", "SELECT f.block, f.score, f.found, f.id,")
    if known:
        hits, conditions = "SELECT c.id FROM unnest(%(ids)s::bigint[]) AS c(id)", []
    else:
        hits = _HITS.replace("true /*unit*/", _UNITS_OWN if parameters["unit"] is not None else "true")
    rows = written_out(_SEARCH.replace("/*hits*/", hits), parameters).replace("/*title*/", title)
    rows = rows.replace("true /*only*/", " AND ".join(conditions) or "true")
    way, sign = ("", ">") if back else (" DESC", "<")
    order = f"f.block{way}, f.score{way}, f.id{way}"
    query = f"{before}{rows}{after}".replace("f.due_at /*order*/", order).replace("</*behind*/", sign)
    with conn.cursor(row_factory=class_row(row)) as cur:
        return cur.execute(query.encode(), parameters, prepare=False).fetchall()


def _in_title(number: int, parameters: Parameters) -> str:
    """Letters that are large or small are few, and to write a title in small ones takes longer than to look into it."""
    mark = parameters[f"mark{number}"]
    title = "f.title" if mark.upper() == mark.lower() else "lower(f.title)"
    return f"(strpos({title}, %(mark{number})s) > 0)::integer"


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
_HITS_AMONG = """
    SELECT x.case_id FROM case_search x
    WHERE x.case_id = ANY(%(ids)s::bigint[]) AND x.words @@ %(words)s::tsquery AND true /*phrases*/
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
