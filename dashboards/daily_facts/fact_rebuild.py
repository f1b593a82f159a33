"""Are the daily facts what the cases say? Counts anew what changed, in any order and as often as one likes."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg

from dashboards.daily_facts import fact_repository as repository
from dashboards.daily_facts.fact_measures import Measure, find_definition, list_measures
from dashboards.daily_facts.fact_packing import MANY_AT_NIGHT, pack_again, pack_next
from dashboards.daily_facts.fact_projections import CASES, SUBMISSIONS, Kind
from dashboards.daily_facts.fact_repository import FactMark
from dashboards.daily_facts.word_block_repository import delete_word_days, note_stale_days
from dashboards.daily_facts.word_days import lay_out_next
from dashboards.metrics.metrics import METRICS
from models.database import Connection

logger = logging.getLogger(__name__)

# Months that are packed again in one night.
_NIGHTLY = 12
# Cases or submissions that are counted in one statement, and notes that are claimed in one transaction.
_TOGETHER = 10_000


def all_measures() -> tuple[Measure, ...]:
    """What the metrics of today count by."""
    return list_measures(METRICS.values())


def bring_up_to_date(conn: Connection, *, actor: str, now: datetime, zone: ZoneInfo) -> bool:
    """One step: count what changed since the last one and what time made due; where the facts are by another definition
    (new metrics, another zone) or not built yet, begin anew and go through all cases, a part a step. True: there is
    more to do.

    Call it in a transaction of its own until it gives False. Nothing is lost where it fails: the notes stay.
    """
    if not repository.try_lock_facts(conn):
        return False
    conn.execute("SET LOCAL work_mem = '64MB'")
    conn.execute("SET LOCAL jit = off")
    measures = all_measures()
    mark = _start(conn, measures, actor=actor, now=now, zone=zone)
    stale = repository.claim_stale(conn, _TOGETHER, actor=actor)
    # before the time of the facts moves on: both ends, for a clock that was set back too
    ripe = repository.list_ripe(conn, min(mark.as_of, now), max(mark.as_of, now))
    _put(conn, CASES, [*stale.get(CASES, ()), *ripe], measures, actor=actor, now=now, zone=zone)
    _put(conn, SUBMISSIONS, stale.get(SUBMISSIONS, ()), measures, actor=actor, now=now, zone=zone)
    next_case = _go_on(conn, CASES, mark.next_case, measures, actor=actor, now=now, zone=zone)
    next_submission = _go_on(conn, SUBMISSIONS, mark.next_submission, measures, actor=actor, now=now, zone=zone)
    mark = replace(mark, as_of=now, next_case=next_case, next_submission=next_submission)
    repository.set_mark(conn, mark, actor=actor)
    if not mark.complete or any(stale.values()):
        return True
    more = pack_next(conn, measures, actor=actor, now=now, zone=zone)
    return more or _lay_out_words(conn, measures, actor=actor, now=now, zone=zone)


def _lay_out_words(conn: Connection, measures: Sequence[Measure], *, actor: str, now: datetime, zone: ZoneInfo) -> bool:
    """Words that cannot be laid out are no reason for numbers to stand still."""
    try:
        with conn.transaction():
            return lay_out_next(conn, measures, actor=actor, now=now, zone=zone)
    except (psycopg.Error, ValueError):
        logger.exception("the words of days could not be laid out")
        return False


def recount_last_days(conn: Connection, number: int, *, actor: str, now: datetime, zone: ZoneInfo) -> int:
    """Count today and the days before it, `number` in all, whether or not anything is known to have changed. How many
    rows were not as they should be: 0, unless something changed that no note tells of."""
    repository.lock_facts(conn)
    measures = all_measures()
    mark = repository.find_mark(conn)
    if mark is None or mark.definition != find_definition(measures) or mark.zone != zone.key:
        return 0
    wrong = 0
    today = now.astimezone(zone).date()
    for day in (today - timedelta(days=back) for back in range(number)):
        for kind in (CASES, SUBMISSIONS):
            ids = repository.list_of_day(conn, kind, day, zone=zone.key)
            # as of the mark: what time made due since is not wrong yet
            wrong += _put(conn, kind, ids, measures, actor=actor, now=mark.as_of, zone=zone)
    repository.delete_empty_cells(conn, actor=actor)
    pack_again(conn, measures, MANY_AT_NIGHT, at_most=_NIGHTLY, actor=actor)
    return wrong


def _start(conn: Connection, measures: Sequence[Measure], *, actor: str, now: datetime, zone: ZoneInfo) -> FactMark:
    mark = repository.find_mark(conn)
    definition = find_definition(measures)
    if mark is not None and mark.definition == definition and mark.zone == zone.key:
        return mark
    repository.delete_facts(conn, actor=actor)
    delete_word_days(conn, actor=actor)
    return FactMark(as_of=now, definition=definition, zone=zone.key, next_case=0, next_submission=0)


def _go_on(
    conn: Connection,
    kind: Kind,
    start: int | None,
    measures: Sequence[Measure],
    *,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> int | None:
    """Count the next part of all; where to go on, None at the end: what comes later is noted."""
    if start is None:
        return None
    ids = repository.list_next(conn, kind, start, _TOGETHER)
    _put(conn, kind, ids, measures, actor=actor, now=now, zone=zone)
    return ids[-1] + 1 if len(ids) == _TOGETHER else None


def _put(
    conn: Connection,
    kind: Kind,
    ids: Sequence[int],
    measures: Sequence[Measure],
    *,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> int:
    wanted = sorted(set(ids))
    changed = 0
    for part in (wanted[at : at + _TOGETHER] for at in range(0, len(wanted), _TOGETHER)):
        # the day it was counted under, and the one it is: what it says may have changed too
        note_stale_days(conn, kind, part, actor=actor)
        changed += repository.put_facts(conn, kind, part, measures, as_of=now, zone=zone.key, actor=actor)
        note_stale_days(conn, kind, part, actor=actor)
    return changed
