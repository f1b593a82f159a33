"""Are the words of each day laid out as its cases say them now? And what do those of any days say under these filters?

A day is laid out as soon as it has cases; again while it changes, today and yesterday every ten minutes, others every
hour: which words are said does not turn on a minute.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from dashboards.daily_facts import word_block_repository as repository
from dashboards.daily_facts.fact_measures import Measure, place_of_received
from dashboards.daily_facts.fact_pack_repository import number_codes, read_numbers
from dashboards.daily_facts.fact_projections import CASES, choose
from dashboards.daily_facts.fact_reading import Facts, find_filters
from dashboards.daily_facts.fact_statements import Filters
from dashboards.daily_facts.word_blocks import CODED, Block, Mentions, WordCase, pack, take_newest
from models.criteria import CaseCriteria
from models.database import Connection

_RECENT = timedelta(days=1)
_AGAIN, _OLDER_AGAIN = timedelta(minutes=10), timedelta(hours=1)
# From so many cases on a day has a block for each county and first-level topic, else one for all: to read many small
# blocks takes longer than to look through a few cases more.
LARGE_DAY = 3_000
# Days that are laid out in one step.
_TOGETHER = 8
# So many days are read first, then as many as the cases found so far let expect, and a few more.
_FIRST, _MORE = 1, 1.2
# Of a rare kind no more days are read than these: of a large city some hundred blocks a period.
MOST_DAYS = 40
_DAY = timedelta(days=1)


def lay_out_next(conn: Connection, measures: Sequence[Measure], *, actor: str, now: datetime, zone: ZoneInfo) -> bool:
    """Lay out some days where any is to be; False: none is. Whoever calls it holds the lock of the facts, which are
    complete."""
    projection, place = _received(measures)
    recent = now.astimezone(zone).date() - _RECENT
    days = repository.list_days_to_lay_out(
        conn,
        projection,
        place,
        recent=recent,
        made_before=now - _AGAIN,
        older_before=now - _OLDER_AGAIN,
        limit=_TOGETHER,
    )
    for day in days:
        lay_out(conn, day, place, actor=actor, now=now)
    return bool(days)


def lay_out(conn: Connection, day: date, place: int, *, actor: str, now: datetime) -> None:
    """The words of the cases of a day that count as received (`place` in their counts), instead of what was there."""
    spoken = repository.list_spoken(conn, day, place)
    codes = {name: {case.codes[n] for case in spoken} for n, name in enumerate(CODED)}
    numbers = number_codes(conn, codes, actor=actor)
    words = repository.number_words(conn, (word for case in spoken for word in case.words), actor=actor)
    cases: dict[tuple[str, str], list[WordCase]] = defaultdict(list)
    large = len(spoken) >= LARGE_DAY
    for case in spoken:
        of_case = tuple(numbers[name][code] for name, code in zip(CODED, case.codes, strict=True))
        said = [words[word] for word in case.words]
        cases[(case.county, case.main_topic) if large else ("", "")].append(
            WordCase(_as_number(case.person), of_case, said)
        )
    blocks = {place: (len(some), pack(some)) for place, some in cases.items()}
    repository.replace_day(conn, day, blocks, actor=actor, now=now)


def knows(criteria: CaseCriteria) -> bool:
    """Whether the words of days know every filter of criteria that the facts can answer: neither what was decided of a
    case nor when it is due."""
    asked = (criteria.submitted_from, criteria.submitted_to)
    return None not in asked and (criteria.state, criteria.due_from, criteria.due_to) == (None, None, None)


def read_mentions(facts: Facts, criteria: CaseCriteria, enough: int) -> tuple[Mentions, int] | None:
    """What the newest cases of the days of `criteria` say, until a day makes them `enough`, and how many they are; None
    where some day is not laid out yet. Of criteria that it `knows`, and the facts."""
    first, last = criteria.submitted_from, criteria.submitted_to
    assert first and last
    if not repository.is_laid_out(facts.conn, *_received(facts.measures), first, last):
        return None
    filters = find_filters(facts, CASES, criteria)
    among: dict[str, list[str]] = {}
    if "county" in filters.needed:
        among["county"] = filters.codes["county"]
    asked = {"topic": criteria.topic, "region": criteria.region, "duty": criteria.duty}
    if criteria.topic:
        found = facts.look_up("fact_filters", asked)[0]["main_topics"]
        among["main_topic"] = ["none"] if criteria.topic == "none" else found
    chosen = _within(filters)
    wanted = _tables(read_numbers(facts.conn, [*chosen]), chosen)
    return take_newest(_newest(facts.conn, first, last, [*wanted], among, wanted, enough), enough, wanted)


def _newest(
    conn: Connection,
    first: date,
    last: date,
    names: Sequence[str],
    among: Mapping[str, Sequence[str]],
    wanted: Mapping[str, NDArray[np.bool_]],
    enough: int,
) -> Iterator[Block]:
    """Blocks from the last day backwards, some days at a time; whoever has enough asks for no more."""
    first = date.fromordinal(max(first.toordinal(), last.toordinal() - MOST_DAYS + 1))
    days, end, found = _FIRST, last, 0
    while end >= first and found < enough:
        start = date.fromordinal(max(first.toordinal(), end.toordinal() - days + 1))
        for block in repository.read_blocks(conn, start, end, names, among):
            found += int(block.choose(wanted).sum())
            yield block
        read = (last - start).days + 1
        days = max(1, int(read * (enough / found - 1) * _MORE) + 1) if found else 4 * read
        end = start - _DAY


def _within(filters: Filters) -> dict[str, list[str]]:
    """The codes that are chosen of each of CODED that a condition is on."""
    return {name: filters.of(name, None) or [] for name in CODED if filters.of(name, None) is not None}


def _tables(
    numbers: Mapping[str, Mapping[str, int]], chosen: Mapping[str, Sequence[str]]
) -> dict[str, NDArray[np.bool_]]:
    tables = {}
    for name, codes in chosen.items():
        # the last place is for numbers that were given since
        table = np.zeros(max(numbers[name].values(), default=0) + 2, np.bool_)
        table[[numbers[name][code] for code in codes if code in numbers[name]]] = True
        tables[name] = table
    return tables


def _received(measures: Sequence[Measure]) -> tuple[int, int]:
    """The sums of cases by day alone, and where in their counts it stands, from 1."""
    projection = choose(CASES, "day", ())
    assert projection
    return projection.id, place_of_received(measures)


def _as_number(key: bytes) -> int:
    return int.from_bytes(key[:8].rjust(8, b"\0"), "big", signed=True)
