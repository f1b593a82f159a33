"""When are the words of newly solved cases packed? As soon as some thousand cases wait, in small transactions.

Solved cases come one at a time and are found at once as single rows; a search reads packed lists a hundred times
faster. One packs at a time, whoever comes second has nothing to do. Interrupted anywhere, nothing is lost or doubled.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

from models.database import Connection
from routing.alike import similar_case_repository

# So many rows may wait: those of some 2,000 cases, read in about two milliseconds.
WAITING = 50_000
_TERMS = 1000
_BEFORE_ALL = -(1 << 31) - 1


def pack_solved(
    open_transaction: Callable[[], AbstractContextManager[Connection]], *, actor: str, least: int = WAITING
) -> bool:
    """Pack what waits, if it is at least `least` rows; whether it did. A transaction for each thousand words."""
    with open_transaction() as conn:
        if similar_case_repository.count_latest(conn, most=least) < least:
            return False
    after: int | None = _BEFORE_ALL
    while after is not None:
        with open_transaction() as conn:
            if not similar_case_repository.lock_packing(conn):
                return False
            after = similar_case_repository.pack_latest(conn, after=after, terms=_TERMS, actor=actor)
    return True
