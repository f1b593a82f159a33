"""Rows of reveals and of exports: appended, read, never changed."""

from dataclasses import asdict, dataclass
from datetime import datetime

from psycopg.rows import class_row

from models.account import Account
from models.case import Case
from models.database import Connection
from models.protection import Disclosure, Export, PersonSearch, RevealReason

_DISCLOSURE = "id, case_id, account_id, department_id, role, reason, explanation, confidential, at, expires_at, actor"
_EXPORT = "id, at, actor, account_id, department_id, what, format, filter, row_count"
# None: not filtered. Days are [first, last) instants.
_DISCLOSURE_FILTER = (
    "(%(person)s::text IS NULL OR strpos(d.actor, %(person)s) > 0)"
    " AND (%(unit)s::text IS NULL OR d.department_id = %(unit)s)"
    " AND (%(first)s::timestamptz IS NULL OR d.at >= %(first)s)"
    " AND (%(last)s::timestamptz IS NULL OR d.at < %(last)s)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCriteria:
    """None: not filtered. `person` is part of a name, the moments are `first` ≤ at < `last`."""

    person: str | None = None
    unit: str | None = None
    first: datetime | None = None
    last: datetime | None = None


def add_disclosure(
    conn: Connection,
    case: Case,
    account: Account,
    *,
    reason: RevealReason,
    explanation: str,
    expires_at: datetime,
    actor: str,
    now: datetime,
) -> None:
    conn.execute(
        "INSERT INTO disclosures (case_id, account_id, department_id, role, reason, explanation, confidential, at,"
        " expires_at, actor) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            case.id,
            account.id,
            account.department_id,
            account.role,
            reason,
            explanation,
            case.confidential,
            now,
            expires_at,
            actor,
        ),
    )


def find_disclosure(conn: Connection, case_id: int, account: Account, *, now: datetime) -> Disclosure | None:
    """The one that still lasts, the longest; for the person as she is now: another unit or role has to ask anew."""
    with conn.cursor(row_factory=class_row(Disclosure)) as cursor:
        return cursor.execute(
            f"SELECT {_DISCLOSURE} FROM disclosures WHERE case_id = %s AND account_id = %s AND role = %s"
            " AND department_id IS NOT DISTINCT FROM %s AND at <= %s AND expires_at > %s"
            " ORDER BY expires_at DESC LIMIT 1",
            (case_id, account.id, account.role, account.department_id, now, now),
        ).fetchone()


def list_disclosures_of(conn: Connection, case_id: int) -> list[Disclosure]:
    with conn.cursor(row_factory=class_row(Disclosure)) as cursor:
        return cursor.execute(
            f"SELECT {_DISCLOSURE} FROM disclosures WHERE case_id = %s ORDER BY id", (case_id,)
        ).fetchall()


def list_disclosures(
    conn: Connection,
    criteria: LogCriteria,
    *,
    limit: int,
    offset: int = 0,
) -> list[Disclosure]:
    """The latest first."""
    with conn.cursor(row_factory=class_row(Disclosure)) as cursor:
        return cursor.execute(
            f"SELECT {_DISCLOSURE} FROM disclosures d WHERE {_DISCLOSURE_FILTER}"
            " ORDER BY d.at DESC, d.id DESC LIMIT %(limit)s OFFSET %(offset)s",
            asdict(criteria) | {"limit": limit, "offset": offset},
        ).fetchall()


def count_disclosures(
    conn: Connection,
    criteria: LogCriteria,
) -> int:
    row = conn.execute(
        f"SELECT count(*) FROM disclosures d WHERE {_DISCLOSURE_FILTER}",
        asdict(criteria),
    ).fetchone()
    return int(row[0]) if row else 0


def add_export(
    conn: Connection,
    *,
    account: Account | None,
    what: str,
    file_format: str,
    criteria: str,
    row_count: int,
    actor: str,
    now: datetime,
) -> int:
    """Its number, for the watermark."""
    row = conn.execute(
        "INSERT INTO exports (at, actor, account_id, department_id, what, format, filter, row_count)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (
            now,
            actor,
            account.id if account else None,
            account.department_id if account else None,
            what,
            file_format,
            criteria,
            row_count,
        ),
    ).fetchone()
    assert row is not None
    return int(row[0])


def list_exports(
    conn: Connection,
    criteria: LogCriteria,
    *,
    limit: int,
    offset: int = 0,
) -> list[Export]:
    """The latest first."""
    with conn.cursor(row_factory=class_row(Export)) as cursor:
        return cursor.execute(
            f"SELECT {_EXPORT} FROM exports d WHERE {_DISCLOSURE_FILTER}"
            " ORDER BY d.at DESC, d.id DESC LIMIT %(limit)s OFFSET %(offset)s",
            asdict(criteria) | {"limit": limit, "offset": offset},
        ).fetchall()


def count_exports(
    conn: Connection,
    criteria: LogCriteria,
) -> int:
    row = conn.execute(
        f"SELECT count(*) FROM exports d WHERE {_DISCLOSURE_FILTER}",
        asdict(criteria),
    ).fetchone()
    return int(row[0]) if row else 0


def list_person_searches(
    conn: Connection,
    criteria: LogCriteria,
    *,
    limit: int,
    offset: int = 0,
) -> list[PersonSearch]:
    """The latest first."""
    with conn.cursor(row_factory=class_row(PersonSearch)) as cursor:
        return cursor.execute(
            "SELECT d.id, d.at, d.actor, d.account_id, d.department_id,"
            " encode(substring(d.submitter_key FROM 1 FOR 4), 'hex') AS person,"
            " (SELECT count(*) FROM submissions s WHERE s.submitter_key = d.submitter_key) AS letters"
            f" FROM person_searches d WHERE {_DISCLOSURE_FILTER}"
            " ORDER BY d.at DESC, d.id DESC LIMIT %(limit)s OFFSET %(offset)s",
            asdict(criteria) | {"limit": limit, "offset": offset},
        ).fetchall()


def count_person_searches(
    conn: Connection,
    criteria: LogCriteria,
) -> int:
    row = conn.execute(
        f"SELECT count(*) FROM person_searches d WHERE {_DISCLOSURE_FILTER}",
        asdict(criteria),
    ).fetchone()
    return int(row[0]) if row else 0
