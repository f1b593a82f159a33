"""How do letters that were analysed before copies and like cases were looked for come into both indexes?

They are read again, a small batch a transaction, and linked as a new batch would be; their analyses stay as they are.
A letter is done when it has its signature, so this can be cut off anywhere and begun again, and ends by itself.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from zoneinfo import ZoneInfo

from intake.repository import get_submissions
from models.analysis import Analyser
from models.case import Case, CaseStatus
from models.database import Connection
from routing import case_repository
from routing.alike import near_duplicate_repository, similar_case_repository
from routing.alike.alike import link_batch
from routing.process import analyse_all

_BATCH = 200


def fill_missing(
    open_transaction: Callable[[], AbstractContextManager[Connection]],
    find_analyser: Callable[[Connection], Analyser],
    *,
    actor: str,
    now: Callable[[], datetime],
    zone: ZoneInfo,
    until: datetime,
    limit: int = _BATCH,
) -> int:
    """How many letters were filled in: all that lack it, or as many as there was time for `until`. Nothing where
    another process is doing it."""
    done, after = 0, 0
    while now() < until:
        with open_transaction() as conn:
            if not near_duplicate_repository.lock_filling(conn):
                break
            ids = near_duplicate_repository.list_unsigned(conn, after=after, limit=limit)
            if not ids:
                break
            _fill(conn, find_analyser(conn), ids, actor=actor, now=now(), zone=zone)
        done, after = done + len(ids), ids[-1]
    return done


def _fill(conn: Connection, analyser: Analyser, ids: list[int], *, actor: str, now: datetime, zone: ZoneInfo) -> None:
    submissions = list(get_submissions(conn, ids).values())
    items = list(zip(submissions, analyse_all(analyser, submissions, zone), strict=True))
    link_batch(conn, items, actor=actor, now=now)
    for case in case_repository.list_cases_of_submissions(conn, ids).values():
        if _is_solved(case) and not case.confidential:
            similar_case_repository.add_solved(conn, case.submission_id, actor=actor)


def _is_solved(case: Case) -> bool:
    return case.status in (CaseStatus.COMPLETED, CaseStatus.CLOSED)
