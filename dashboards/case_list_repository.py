"""How are the rows of a list read, so that an index finds them?

What a list holds is said by `matching_cases` alone. What is added here follows from the same criteria, and says it as
an index can use it.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from psycopg.rows import class_row

from dashboards.facts import read_query
from models.criteria import CaseCriteria
from models.database import Connection
from nlp.search_query import BLOCK

Row = TypeVar("Row")
Parameters = Mapping[str, Any]

_LEADS = "f.lead_department_id = %(unit)s"
_HELPS = (
    "f.id IN (SELECT h.case_id FROM assignments h"
    " WHERE h.department_id = %(unit)s AND h.ended_at IS NULL AND h.role = 'co_handling')"
    " AND f.lead_department_id IS DISTINCT FROM %(unit)s"
)
_FOUND = (
    "f.id IN (SELECT x.case_id FROM case_search x"
    " WHERE x.words @@ %(words)s::tsquery AND has_phrases(x.text, %(phrases)s))"
)
_NARROWED = {
    "import_id": "f.submission_id IN (SELECT i.id FROM submissions i WHERE i.import_id = %(import_id)s)",
    "issue_id": "f.submission_id IN (SELECT i.submission_id FROM issue_members i WHERE i.issue_id = %(issue_id)s)",
    "alert_id": "f.submission_id IN (SELECT a.submission_id FROM alert_submissions a WHERE a.alert_id = %(alert_id)s)",
    "person": (
        "f.submission_id IN (SELECT w.id FROM person_searches p JOIN submissions w ON w.submitter_key = p.submitter_key"
        " WHERE p.id = %(person)s)"
    ),
}
# Of words that so many cases have, the order of the list comes first and the words are looked up row by row.
FEW = 5_000


def narrowed(criteria: CaseCriteria, *, by_words: bool) -> list[str]:
    """The conditions that follow from the criteria; `by_words` where `has_few` said that few cases have the words."""
    conditions = [condition for name, condition in _NARROWED.items() if getattr(criteria, name) is not None]
    return [*conditions, _FOUND] if by_words else conditions


def list_run(
    conn: Connection, row: type[Row], parameters: Parameters, conditions: Sequence[str], order: str
) -> list[Row]:
    """`limit` rows of one run of a list, in its order."""
    before, rows, after = _pieces()
    branches = [[*conditions]]
    if parameters["unit"] is not None:
        branches = [[_LEADS, *conditions], [_HELPS, *conditions]]
    each = [rows.replace("true /*only*/", " AND ".join(branch) or "true") for branch in branches]
    body = each[0]
    if len(each) > 1:
        both = " UNION ALL ".join(f"({one})" for one in each)
        body = f"SELECT f.* FROM ({both}) f ORDER BY f.due_at /*order*/ LIMIT %(limit)s"
    query = f"{before}{body}{after}".replace("f.due_at /*order*/", order)
    # a plan made for any values would not know how few rows these have
    with conn.cursor(row_factory=class_row(row)) as cur:
        return cur.execute(query.encode(), parameters, prepare=False).fetchall()


def count_at_most(conn: Connection, parameters: Parameters, conditions: Sequence[str], most: int) -> int:
    """How many cases match; `most` where there are that many or more."""
    branches = [[_LEADS, *conditions], [_HELPS, *conditions]] if parameters["unit"] is not None else [[*conditions]]
    rows = " UNION ALL ".join(
        "(SELECT FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id) JOIN case_facts(%(as_of)s) f USING (id)"
        f" WHERE {' AND '.join(branch) or 'true'} LIMIT %(most)s)"
        for branch in branches
    )
    found = conn.execute(
        f"SELECT count(*) FROM (SELECT FROM ({rows}) AS both_ LIMIT %(most)s) AS few".encode(),
        {**parameters, "most": most},
        prepare=False,
    ).fetchone()
    return int(found[0]) if found else 0


def has_few(conn: Connection, words: str) -> bool:
    """Whether at most `FEW` cases have all the words."""
    found = conn.execute(
        "SELECT count(*) FROM (SELECT FROM case_search WHERE words @@ %s::tsquery LIMIT %s) AS few",
        (words, FEW + 1),
        prepare=False,
    ).fetchone()
    return found is not None and found[0] <= FEW


def last_block(conn: Connection) -> int:
    """The block of the newest case that can be found."""
    row = conn.execute("SELECT coalesce(max(case_id), 0) FROM case_search").fetchone()
    return int(row[0]) // BLOCK if row else 0


def search_blocks(
    conn: Connection, row: type[Row], parameters: Parameters, conditions: Sequence[str], marks: int, *, back: bool
) -> list[Row]:
    """Rows of the blocks from `first` to `last_one` that have the words, with `block`, `score` and how many there are
    in all of these blocks (`found`): the newest block first, in it by score, behind the place of the parameters; with
    `back` the other way round, what stands in front of it. `marks` words count in a title."""
    title = " + ".join(f"(strpos(lower(f.title), %(mark{n})s) > 0)::integer" for n in range(marks)) or "0"
    before, _, after = _pieces()
    before = before.replace("SELECT f.id,", "SELECT f.block, f.score, f.found, f.id,")
    rows = _SEARCH.replace("/*title*/", title).replace("true /*only*/", " AND ".join(conditions) or "true")
    way, sign = ("", ">") if back else (" DESC", "<")
    order = f"f.block{way}, f.score{way}, f.id{way}"
    query = f"{before}{rows}{after}".replace("f.due_at /*order*/", order).replace("</*behind*/", sign)
    with conn.cursor(row_factory=class_row(row)) as cur:
        return cur.execute(query.encode(), parameters, prepare=False).fetchall()


def list_texts(conn: Connection, case_ids: Sequence[int]) -> dict[int, str]:
    """The texts that searches look at, by case."""
    rows = conn.execute("SELECT case_id, text FROM case_search WHERE case_id = ANY(%s)", (list(case_ids),)).fetchall()
    return {row[0]: row[1] for row in rows}


# A title with all the words is worth as much as thirty days.
_SEARCH = f"""
    WITH hits AS MATERIALIZED (
        SELECT x.case_id AS id FROM case_search x
        WHERE x.words @@ %(words)s::tsquery AND has_phrases(x.text, %(phrases)s)
          AND x.case_id >= %(first)s * {BLOCK} AND x.case_id < (%(last_one)s + 1) * {BLOCK}
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


@cache
def _pieces() -> tuple[str, str, str]:
    """The query of a list: what stands before its rows, the rows, what follows."""
    before, _, rest = read_query("list_cases").decode().partition("/*rows*/")
    rows, _, after = rest.partition("/*rows end*/")
    return before, rows, after
