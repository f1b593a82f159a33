"""Which reveals, exports and looks for one person there were, for pages and JSON alike."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from api.dependencies import require_role
from models.account import Account, Role
from models.case import Case
from models.database import Connection
from models.protection import Disclosure, Export, PersonSearch
from routing import case_repository
from routing.casework import disclosure_repository
from routing.casework.disclosure_repository import LogCriteria

READERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)


def log_criteria(
    *, person: str = "", unit: str = "", first: date | None = None, last: date | None = None, zone: ZoneInfo
) -> LogCriteria:
    """Local days, inclusive; "" or None: not filtered."""
    return LogCriteria(
        person=person.strip() or None,
        unit=unit or None,
        first=datetime.combine(first, time(0), tzinfo=zone) if first else None,
        last=datetime.combine(last + timedelta(days=1), time(0), tzinfo=zone) if last else None,
    )


def list_reveals(
    conn: Connection, account: Account, criteria: LogCriteria, *, limit: int, offset: int
) -> tuple[int, list[tuple[Disclosure, Case]]]:
    """How many in all, and a page of them with their cases, the latest first. Raises `Forbidden`."""
    require_role(account, *READERS)
    rows = disclosure_repository.list_disclosures(conn, criteria, limit=limit, offset=offset)
    cases = {case.id: case for case in case_repository.list_cases_by_id(conn, sorted({row.case_id for row in rows}))}
    total = disclosure_repository.count_disclosures(conn, criteria)
    return total, [(row, cases[row.case_id]) for row in rows]


def list_exports(
    conn: Connection, account: Account, criteria: LogCriteria, *, limit: int, offset: int
) -> tuple[int, list[Export]]:
    """The same for files. Raises `Forbidden`."""
    require_role(account, *READERS)
    rows = disclosure_repository.list_exports(conn, criteria, limit=limit, offset=offset)
    return disclosure_repository.count_exports(conn, criteria), rows


def list_person_searches(
    conn: Connection, account: Account, criteria: LogCriteria, *, limit: int, offset: int
) -> tuple[int, list[PersonSearch]]:
    """The same for looks by telephone number. Raises `Forbidden`."""
    require_role(account, *READERS)
    rows = disclosure_repository.list_person_searches(conn, criteria, limit=limit, offset=offset)
    return disclosure_repository.count_person_searches(conn, criteria), rows
