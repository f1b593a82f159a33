"""How are the rows of a list read, so that an index finds them?

What a list holds is said by `matching_cases` alone. What is added here follows from the same criteria, and says it as
an index can use it.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, TypeVar

import psycopg
from psycopg.rows import class_row

from dashboards.daily_facts.facts import read_query
from dashboards.lists.case_order import Place, Run, key_of
from dashboards.lists.matching import write_out
from models.analysis import Urgency
from models.criteria import CaseCriteria, CaseState
from models.database import Connection

Row = TypeVar("Row")
Parameters = Mapping[str, Any]

# What `unit` means in `matching_cases`. OFFSET 0: it is asked of each row that an index found, and never of all cases.
WORKS_ON = (
    "EXISTS (SELECT FROM assignments a"
    " WHERE a.case_id = f.id AND a.ended_at IS NULL AND a.department_id = %(unit)s OFFSET 0)"
)
_LED = "f.lead_department_id = %(unit)s"
_LEADS = f"{_LED} AND {WORKS_ON}"
_HELPED = "h.department_id = %(unit)s AND h.ended_at IS NULL AND h.role = 'co_handling'"
# OFFSET 0: those few first, instead of asking the cases of the whole city in their order whether they are among them.
_HELPS = (
    f"f.id IN (SELECT h.case_id FROM assignments h WHERE {_HELPED} OFFSET 0)"
    " AND f.lead_department_id IS DISTINCT FROM %(unit)s"
)
# The same of cases that are all open, led or helped with. An array, since these are few: where criteria say in their
# own way that a case is open, PostgreSQL takes the open cases of the city for fewer than those of the unit, and goes
# through them; and one branch is planned in half the time.
_OPEN_ONES = (
    "f.id = ANY (ARRAY(SELECT o.id FROM cases o WHERE o.lead_department_id = %(unit)s"
    " AND o.status IN ('triage', 'dispatched', 'in_progress')"
    f" UNION ALL SELECT h.case_id FROM assignments h WHERE {_HELPED})) AND {WORKS_ON}"
)
# What `words` and `phrases` mean there; `true` stands for the phrases (`written_out`).
_FOUND = "f.id IN (SELECT x.case_id FROM case_search x WHERE x.words @@ %(words)s::tsquery AND true /*phrases*/)"
# The same, all of them before anything else: in the order of the list they may be far apart.
_FOUND_FIRST = _FOUND.replace("/*phrases*/)", "/*phrases*/ OFFSET 0)")
# The due day ends at, or holds, the due time; a day more on each side is right in every time zone.
_NARROWED = {
    "due_from": "f.due_at >= %(due_from)s::date - 1",
    "due_to": "f.due_at < %(due_to)s::date + 2",
    "import_id": "f.submission_id IN (SELECT i.id FROM submissions i WHERE i.import_id = %(import_id)s)",
    "issue_id": "f.submission_id IN (SELECT i.submission_id FROM issue_members i WHERE i.issue_id = %(issue_id)s)",
    "alert_id": "f.submission_id IN (SELECT a.submission_id FROM alert_submissions a WHERE a.alert_id = %(alert_id)s)",
    "person": (
        "f.submission_id IN (SELECT w.id FROM person_searches p JOIN submissions w ON w.submitter_key = p.submitter_key"
        " WHERE p.id = %(person)s)"
    ),
}
_ANSWERED = "f.id IN (SELECT n.case_id FROM case_callbacks n WHERE n.stands)"
OF_ANSWERS = (CaseState.CALLBACK_VALID, CaseState.CALLBACK_SOLVED, CaseState.CALLBACK_SATISFIED)
# The criteria that stand for codes, and what `matching_cases` calls these.
CODES = {"topic": ("topics", "only_topic"), "region": ("regions",)}
_OF_STATE = {
    CaseState.SUSPENDED: "f.id IN (SELECT n.case_id FROM case_suspensions n WHERE n.state = 'running')",
    CaseState.REWORKED: (
        "f.id IN (SELECT unnest(ARRAY[o.id, o.merged_into]) FROM case_callbacks n JOIN cases o ON o.id = n.case_id"
        " WHERE n.decision IS NOT NULL)"
    ),
    CaseState.CALLBACK_WAITING: "f.id IN (SELECT n.case_id FROM case_callbacks n WHERE n.state = 'waiting')",
    CaseState.CALLBACK_UNREACHABLE: "f.id IN (SELECT n.case_id FROM case_callbacks n WHERE n.state = 'unreachable')",
    CaseState.CALLBACK_REFUSED: "f.id IN (SELECT n.case_id FROM case_callbacks n WHERE n.state = 'refused')",
    **dict.fromkeys(OF_ANSWERS, _ANSWERED),
    CaseState.DISSATISFIED: (
        "f.id IN (SELECT n.case_id FROM case_callbacks n WHERE n.state = 'done' AND n.current AND n.decision IS NULL)"
    ),
    CaseState.RETURN_ASKED: "f.id IN (SELECT n.case_id FROM case_returns n)",
    CaseState.RETURN_ACCEPTED: "f.id IN (SELECT n.case_id FROM case_returns n)",
    CaseState.RETURN_REFUSED: "f.id IN (SELECT n.case_id FROM case_returns n)",
}
# What the open ones among them are, besides.
_OF_OPEN = {
    CaseState.ON_TIME: "f.completed_at IS NOT NULL",
    CaseState.FINISHED: "f.id IN (SELECT n.case_id FROM case_callbacks n)",
}
_IN_TIME = "f.due_at >= %(as_of)s"
_URGENT = "f.urgency <> 'normal'"
# The same, asked of each row that comes in the order of the list.
_HAS_WORDS = (
    "EXISTS (SELECT FROM case_search x"
    " WHERE x.case_id = f.id AND x.words @@ %(words)s::tsquery AND true /*phrases*/ OFFSET 0)"
)
# Of words that so many cases have, the order of the list comes first and the words are looked up row by row.
FEW = 4_000
# A guess is believed that is so many times too high.
_BY_FAR = 4
# Of words that more cases have PostgreSQL knows how many do, with up to four million cases.
_KNOWN_FROM = 20_000


class Few(Enum):
    """What is gone through at once, of all blocks: the cases with the words, or those that match otherwise, where they
    are not more than so many. To look for words in a case takes longer than to look for the case."""

    WORDS = "words"
    OTHERWISE = "otherwise"

    @property
    def most(self) -> int:
        return 3_000


def narrowed(criteria: CaseCriteria) -> list[str]:
    """The conditions that follow from the criteria, without the words."""
    conditions = [condition for name, condition in _NARROWED.items() if getattr(criteria, name) is not None]
    if criteria.state and CaseState(criteria.state) in _OF_STATE:
        conditions.append(_OF_STATE[CaseState(criteria.state)])
    if criteria.urgency not in (None, Urgency.NORMAL.value):
        conditions.append(_URGENT)
    return conditions


def with_words(*, few: bool, in_order: bool) -> str:
    """The condition that a case has the words; `few` cases have them. `in_order`: of a list, else of a count."""
    if not few:
        return _HAS_WORDS
    return _FOUND_FIRST if in_order else _FOUND


def narrowed_run(criteria: CaseCriteria, run: Run) -> list[str]:
    """The conditions of a run of the list that follow from it and the criteria together."""
    if criteria.state == CaseState.IN_TIME.value and run.column == "f.due_at":
        return [run.condition, _IN_TIME]
    more = _OF_OPEN.get(CaseState(criteria.state)) if criteria.state and run.is_open else None
    return [run.condition, more] if more else [run.condition]


def list_run(
    conn: Connection,
    row: type[Row],
    parameters: Parameters,
    conditions: Sequence[str],
    order: str,
) -> list[Row]:
    """`limit` rows of one run of a list, in its order."""
    before, rows, after = pieces_of_list()
    branches = _branches(parameters, conditions)
    each = [rows.replace("true /*only*/", " AND ".join(branch) or "true") for branch in branches]
    body = each[0]
    if len(each) > 1:
        both = " UNION ALL ".join(f"({one})" for one in each)
        body = f"SELECT f.* FROM ({both}) f ORDER BY f.due_at /*order*/ LIMIT %(limit)s"
    query = written_out(f"{before}{body}{after}", parameters).replace("f.due_at /*order*/", order)
    # a plan made for any values would not know how few rows these have
    with conn.cursor(row_factory=class_row(row)) as cur:
        return cur.execute(query.encode(), parameters, prepare=False).fetchall()


def sort_few(
    conn: Connection,
    parameters: Parameters,
    conditions: Sequence[str],
    runs: Sequence[Run],
    place: Place | None,
    *,
    back: bool,
) -> tuple[int, list[tuple[int, int]] | None]:
    """How many cases match, `most` where there are that many or more; where there are fewer, id and number of the run
    of the first `limit` of them behind the place, in the order of the list, with `back` the other way round. All runs
    at once: to plan such a query takes longer than to look at a thousand cases."""
    numbered = [*enumerate(runs)]
    number_of = " ".join(f"WHEN {run.condition} THEN {number}" for number, run in numbered)
    columns = ", ".join(sorted({run.column for run in runs if run.column}))
    rows = some_matching(parameters, conditions, f"f.id, CASE {number_of} END AS run, {columns}")
    keys = " ".join(f"WHEN {number} THEN {run.key}" for number, run in numbered)
    signs = " ".join(f"WHEN {number} THEN {run.sign}" for number, run in numbered)
    way, sign = (" DESC", "<") if back else ("", ">")
    query = f"""
        WITH few AS MATERIALIZED (SELECT * FROM ({rows}) AS both_ LIMIT %(most)s),
             counted AS (SELECT count(*) AS n FROM few)
        SELECT counted.n, first.id, first.run
        FROM counted LEFT JOIN LATERAL (
            SELECT k.id, k.run, row_number() OVER (ORDER BY k.run{way}, k.key{way}, k.last{way}) AS place
            FROM (SELECT f.id, f.run, CASE f.run {keys} END AS key, f.id * CASE f.run {signs} END AS last FROM few f) k
            WHERE counted.n < %(most)s AND (%(place_run)s::integer IS NULL
               OR (k.run, k.key, k.last) {sign} (%(place_run)s::integer, %(place_key)s::bigint, %(place_last)s::bigint))
            ORDER BY place LIMIT %(limit)s
        ) first ON true
        ORDER BY first.place
    """
    at = None if place is None else key_of(place, runs)
    given = {"place_run": at and at[0], "place_key": at and at[1], "place_last": at and at[2]}
    found = conn.execute(written_out(query, parameters).encode(), {**parameters, **given}, prepare=False).fetchall()
    counted = int(found[0][0])
    first = [(row[1], row[2]) for row in found if row[1] is not None]
    return counted, first if counted < parameters["most"] else None


def list_these(conn: Connection, row: type[Row], parameters: Parameters, ids: Sequence[int]) -> list[Row]:
    """The rows of these cases, in this order."""
    before, _, after = pieces_of_list()
    body = "SELECT f.* FROM case_facts(%(as_of)s) f WHERE f.id = ANY(%(ids)s::bigint[])"
    query = f"{before}{body}{after}".replace("f.due_at /*order*/", "array_position(%(ids)s::bigint[], f.id)")
    with conn.cursor(row_factory=class_row(row)) as cur:
        return cur.execute(query.encode(), {**parameters, "ids": [*ids]}, prepare=False).fetchall()


def guess_led(conn: Connection, parameters: Parameters, conditions: Sequence[str]) -> int:
    """How many cases match that the unit leads, as PostgreSQL guesses."""
    return _planned_rows(conn, written_out(_led(parameters, conditions), parameters), {**parameters, "most": None})


def has_few_led(conn: Connection, parameters: Parameters, conditions: Sequence[str], most: int, guessed: int) -> bool:
    """Whether not more than so many cases match that the unit leads, whatever their assignments: told quickly."""
    if guessed > _BY_FAR * max(most, 0):
        return False
    query = written_out(f"SELECT count(*) FROM ({_led(parameters, conditions)}) AS few", parameters)
    found = conn.execute(query.encode(), {**parameters, "most": most + 1}, prepare=False).fetchone()
    return found is not None and found[0] <= most


def _led(parameters: Parameters, conditions: Sequence[str]) -> str:
    led = [*conditions, _LED] if parameters["unit"] is not None else conditions
    return some_matching({**parameters, "unit": None}, led, "")


def count_at_most(conn: Connection, parameters: Parameters, conditions: Sequence[str], most: int) -> int:
    """How many cases match; `most` where there are that many or more."""
    rows = some_matching(parameters, conditions, "")
    query = written_out(f"SELECT count(*) FROM (SELECT FROM ({rows}) AS both_ LIMIT %(most)s) AS few", parameters)
    found = conn.execute(query.encode(), {**parameters, "most": most}, prepare=False).fetchone()
    return int(found[0]) if found else 0


def find_few_ids(
    conn: Connection, parameters: Parameters, conditions: Sequence[str], most: int, guessed: int
) -> list[int] | None:
    """The ids of all cases that match; None where there are more than so many, or would be as PostgreSQL guesses."""
    if guessed > _BY_FAR * max(most, 0):
        return None
    query = f"SELECT id FROM ({some_matching(parameters, conditions, 'f.id')}) AS both_ LIMIT %(most)s"
    found = conn.execute(
        written_out(query, parameters).encode(), {**parameters, "most": most + 1}, prepare=False
    ).fetchall()
    return [row[0] for row in found] if len(found) <= most else None


def count_open(
    conn: Connection, parameters: Parameters, conditions: Sequence[str], most: int
) -> tuple[int, int, int, int]:
    """Of `most` matching cases: how many are open; of these, how many are dispatched, in progress, overdue."""
    rows = some_matching({**parameters, "all_open": True}, ["f.is_open", *conditions], "f.status, f.is_overdue")
    query = (
        "SELECT count(*), count(*) FILTER (WHERE status = 'dispatched'),"
        " count(*) FILTER (WHERE status = 'in_progress'), count(*) FILTER (WHERE is_overdue)"
        f" FROM (SELECT * FROM ({rows}) AS both_ LIMIT %(most)s) AS few"
    )
    found = conn.execute(
        written_out(query, parameters).encode(), {**parameters, "most": most}, prepare=False
    ).fetchone()
    return (found[0], found[1], found[2], found[3]) if found else (0, 0, 0, 0)


def some_matching(parameters: Parameters, conditions: Sequence[str], columns: str) -> str:
    """`most` matching cases, of a unit as many of each branch."""
    return " UNION ALL ".join(
        f"(SELECT {columns} FROM matching_cases(%(as_of)s, %(criteria)s) AS m(id)"
        f" JOIN case_facts(%(as_of)s) f USING (id) WHERE {' AND '.join(branch) or 'true'} LIMIT %(most)s)"
        for branch in _branches(parameters, conditions)
    )


def _branches(parameters: Parameters, conditions: Sequence[str]) -> list[list[str]]:
    """The cases that a unit leads, and those that it helps with, are found by indexes of their own."""
    if parameters["unit"] is None:
        return [[*conditions]]
    if parameters.get("all_open"):
        return [[_OPEN_ONES, *conditions]]
    return [[_LEADS, *conditions], [_HELPS, *conditions]]


def codes_below(conn: Connection, criteria: CaseCriteria) -> dict[str, str]:
    """`CODES` of `matching_cases`: what `topic` and `region` mean, where they mean some."""
    codes: dict[str, str] = {}
    for name, asked, below in (("topics", criteria.topic, _TOPICS), ("regions", criteria.region, _REGIONS)):
        if asked is None or asked == "none":
            continue
        exact = asked.endswith("!")
        row = None if exact else conn.execute(below.encode(), (asked,)).fetchone()
        codes[name] = asked.rstrip("!") if exact else row[0] if row else ""
    if " " not in codes.get("topics", " "):
        # an index has the cases of one topic in the order of a list
        codes["only_topic"] = codes.pop("topics")
    return codes


def estimate(conn: Connection, words: str) -> int:
    """How many cases have all the words, as PostgreSQL guesses: to count them takes long. Of a word that is not among
    the most frequent ones it knows nothing, and says the two hundredth part of all: then the index is asked."""
    guessed = _planned_rows(conn, "SELECT FROM case_search WHERE words @@ %(words)s::tsquery", {"words": words})
    if not Few.WORDS.most < guessed <= _KNOWN_FROM or "&" in words:
        return guessed
    # A limit that is not known beforehand: the whole index is read for the word, and one case of it.
    query = (
        "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT FROM case_search WHERE words @@ %s::tsquery LIMIT (SELECT 1)"
    )
    found = psycopg.ClientCursor(conn).execute(query, (words,)).fetchone()
    return next((int(n) for n in _bitmap_rows(found[0][0]["Plan"])), guessed) if found else guessed


def _bitmap_rows(plan: Mapping[str, Any]) -> Iterator[float]:
    """How many rows each look into the index has found."""
    if plan["Node Type"] == "Bitmap Index Scan":
        yield plan["Actual Rows"]
    for below in plan.get("Plans", ()):
        yield from _bitmap_rows(below)


def _planned_rows(conn: Connection, query: str, parameters: Parameters) -> int:
    """How many rows PostgreSQL expects, without having looked for one."""
    explained = f"EXPLAIN (FORMAT JSON) {query}"
    found = psycopg.ClientCursor(conn).execute(explained.encode(), parameters).fetchone()
    return int(found[0][0]["Plan"]["Plan Rows"]) if found else 0


def written_out(query: str, parameters: Parameters) -> str:
    """What matching_cases and has_phrases say of the criteria, without what they say of others and without a call for
    every row."""
    query = write_out(query, parameters["definition"], parameters["criteria"].obj)
    said = [f"strpos(lower(x.text), %(phrase{n})s) > 0" for n in range(parameters["phrase_count"])]
    return query.replace("true /*phrases*/", " AND ".join(said) or "true")


_TOPICS = "SELECT coalesce(string_agg(code, ' '), '') FROM topics WHERE starts_with(code, %s)"
_REGIONS = "SELECT coalesce(string_agg(code, ' '), '') FROM region_subtree(%s) AS below(code)"


@cache
def pieces_of_list() -> tuple[str, str, str]:
    """The query of a list: what stands before its rows, the rows, what follows."""
    before, _, rest = read_query("list_cases").decode().partition("/*rows*/")
    rows, _, after = rest.partition("/*rows end*/")
    return before, rows, after
