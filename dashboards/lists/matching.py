"""Which conditions of `matching_cases` do these criteria ask for?

PostgreSQL reads the whole definition anew for each statement, every criterion and every state there is: ten times as
long as it takes to find a page of a list. What does not apply is left out here, of the text of the function itself, so
that there is no second definition: a condition on a criterion that is not asked for, and of those that tell values
apart all but the one that is asked for. What this reading does not know stays as it is.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

from models.database import Connection

# What queries read their cases from: what counts; or, where answers of people are counted and not only cases, with what
# is merged into it and by the unit whose numbers it is in.
MATCHING = "matching_cases(%(as_of)s, %(criteria)s) AS m(id)"
ASKED_ROW = "m(id, department, own)"
ASKED = f"asked_cases(%(as_of)s, %(criteria)s) AS {ASKED_ROW}"

# Comments and literals are stepped over; brackets, and CASE with its END, hold together.
_WORDS = re.compile(r"--[^\n]*|'(?:[^']|'')*'|[()]|\b(?:CASE|END|AND|OR|BETWEEN|WHERE|WHEN|THEN|ELSE)\b")
_JOINING = ("WHERE", "AND", "OR", "BETWEEN")
_OPTIONAL = re.compile(r"\(\s*criteria->>'(\w+)' IS NULL\s+OR\s+(.*)\)", re.DOTALL)
_TOLD_APART = re.compile(r"CASE criteria->>'(\w+)'\s")
_ARGUMENTS = re.compile(r"\b(as_of|criteria)\b")
_LITERAL = re.compile(r"'([^']*)'")


def read_definition(conn: Connection, *, in_memory: bool = False) -> str:
    """The text of `matching_cases` as the database has it. `in_memory`: until the end of the transaction a row that an
    index names costs hardly more than one that stands beside it. PostgreSQL thinks of turning disks, and rather reads a
    whole table than so many rows one by one. Both at once: each is a question to the database by itself."""
    more = ", set_config('random_page_cost', '1.1', true)" if in_memory else ""
    found = conn.execute(
        f"SELECT prosrc{more} FROM pg_proc WHERE oid = 'matching_cases(timestamptz, jsonb)'::regprocedure"
    ).fetchone()
    assert found is not None
    return str(found[0])


def write_out(query: str, definition: str, criteria: Mapping[str, Any]) -> str:
    """The query with the conditions that apply in the place of the function."""
    conditions = matching_conditions(definition, criteria)
    return query.replace(MATCHING, f"(SELECT f.id FROM case_facts(%(as_of)s) f WHERE {conditions}) AS m(id)")


def matching_conditions(definition: str, criteria: Mapping[str, Any]) -> str:
    """What a row `f` of case_facts must be to match, as SQL with the parameters `as_of` and `criteria`."""
    asked = tuple(sorted((name, str(criteria[name])) for name in _told(definition) & criteria.keys()))
    return _conditions(definition, frozenset(criteria), asked)


@lru_cache(maxsize=512)
def _conditions(definition: str, given: frozenset[str], asked: tuple[tuple[str, str], ...]) -> str:
    values = dict(asked)
    kept = [text for condition in _parts(definition) if (text := _applied(condition, given, values))]
    sql = " AND ".join(kept).replace("%", "%%")
    return _ARGUMENTS.sub(lambda found: "%(as_of)s" if found[1] == "as_of" else "%(criteria)s::jsonb", sql)


def _applied(condition: str, given: frozenset[str], values: Mapping[str, str]) -> str:
    """The condition without what does not apply; "" where nothing of it does."""
    optional = _OPTIONAL.fullmatch(condition)
    if optional is None or not _closes_at_end(condition):
        chosen = _chosen(condition, values)
        return condition if chosen == condition else f"({chosen})"
    return f"({_chosen(optional[2], values)})" if optional[1] in given else ""


def _chosen(condition: str, values: Mapping[str, str]) -> str:
    """Of a CASE that tells the values of a criterion apart what stands for the one that is asked for."""
    told = _TOLD_APART.match(condition)
    if told is None or not condition.endswith("END"):
        return condition
    inner = condition[told.end() : -len("END")]
    marks = [(word, place) for word, place, depth in _words(inner) if depth == 0 and word in ("WHEN", "THEN", "ELSE")]
    if sum(1 for word, _, depth in _words(condition) if word == "CASE" and depth == 1) != 1:
        return condition  # it goes on behind its END
    ends = [place for _, place in marks[1:]] + [len(inner)]
    arms = [(word, inner[place + len(word) : end].strip()) for (word, place), end in zip(marks, ends, strict=True)]
    wanted = values.get(told[1])
    for (word, text), (_, result) in pairwise(arms):
        literal = _LITERAL.fullmatch(text) if word == "WHEN" else None
        if word == "WHEN" and literal is None:
            return condition
        if literal is not None and literal[1] == wanted:
            return result
    return arms[-1][1] if arms and arms[-1][0] == "ELSE" else condition


@lru_cache(maxsize=8)
def _told(definition: str) -> frozenset[str]:
    """The criteria of which values are told apart."""
    return frozenset(_TOLD_APART.findall(definition))


def _parts(definition: str) -> Iterator[str]:
    """The conditions that all must hold."""
    text = _WORDS.sub(lambda found: "" if found[0].startswith("--") else found[0], definition).strip().rstrip(";")
    outer = [(word, place) for word, place, depth in _words(text) if depth == 0 and word in _JOINING]
    if any(word in ("OR", "BETWEEN") for word, _ in outer):
        outer = outer[:1]  # what AND joins is not a list of them
    ends = [place for _, place in outer[1:]] + [len(text)]
    for (word, place), end in zip(outer, ends, strict=True):
        yield text[place + len(word) : end].strip()


def _closes_at_end(text: str) -> bool:
    """Whether the first bracket closes with the last one."""
    closed = [place for word, place, depth in _words(text) if word == ")" and depth == 0]
    return closed == [len(text) - 1]


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    """Words that matter, where they stand, and how many brackets and CASEs are open around them."""
    depth = 0
    for found in _WORDS.finditer(text):
        word = found[0]
        if word in (")", "END"):
            depth -= 1
        if word[0] not in "'-":
            yield word, found.start(), depth + (word == "CASE")
        if word in ("(", "CASE"):
            depth += 1
