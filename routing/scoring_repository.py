"""Rows of scores: schemes, deductions, published sheets, appeals; and of cases left out of a rate."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from models.casework import RequestState
from models.database import Connection
from models.errors import NotFound
from models.scoring import (
    CaseExclusion,
    EmptyRule,
    Indicator,
    Item,
    Scheme,
    ScoreAppeal,
    ScoreDeduction,
    ScoreRow,
    ScoreSheet,
    UnitScore,
)

_SCHEME = ", ".join(f.name for f in fields(Scheme))
_SHEET = ", ".join(f.name for f in fields(ScoreSheet))
_ROW = ", ".join(f.name for f in fields(ScoreRow))
_APPEAL = ", ".join(f.name for f in fields(ScoreAppeal))
_DEDUCTION = ", ".join(f.name for f in fields(ScoreDeduction))
_EXCLUSION = ", ".join(f.name for f in fields(CaseExclusion))


# Schemes


def add_scheme(
    conn: Connection,
    *,
    name: str,
    unit_kinds: Sequence[str],
    indicators: Sequence[Indicator],
    least_cases: int,
    ranked: bool,
    replaces_id: int | None,
    actor: str,
    now: datetime,
) -> int:
    row = conn.execute(
        "INSERT INTO score_schemes (name, unit_kinds, indicators, least_cases, ranked, replaces_id, created_at,"
        " created_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (
            name,
            list(unit_kinds),
            Jsonb([_as_json(i) for i in indicators]),
            least_cases,
            ranked,
            replaces_id,
            now,
            actor,
        ),
    ).fetchone()
    assert row is not None
    return int(row[0])


def retire_scheme(conn: Connection, scheme_id: int, *, actor: str) -> bool:
    """Whether it was in use until now."""
    return conn.execute("UPDATE score_schemes SET active = false WHERE id = %s AND active", (scheme_id,)).rowcount == 1


def list_schemes(conn: Connection) -> list[Scheme]:
    """Those in use."""
    with conn.cursor(row_factory=dict_row) as cur:
        rows = cur.execute(f"SELECT {_SCHEME} FROM score_schemes WHERE active ORDER BY id").fetchall()
    return [_scheme(row) for row in rows]


def get_scheme(conn: Connection, scheme_id: int) -> Scheme:
    """Raises `NotFound`."""
    with conn.cursor(row_factory=dict_row) as cur:
        row = cur.execute(f"SELECT {_SCHEME} FROM score_schemes WHERE id = %s", (scheme_id,)).fetchone()
    if row is None:
        raise NotFound("没有这个考核方案。")
    return _scheme(row)


# Deductions by hand


def add_deduction(
    conn: Connection,
    scheme_id: int,
    indicator: str,
    *,
    department_id: str,
    happened_on: date,
    times: int,
    reason: str,
    actor: str,
    now: datetime,
) -> None:
    conn.execute(
        "INSERT INTO score_deductions (scheme_id, indicator, department_id, happened_on, times, reason, entered_at,"
        " entered_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (scheme_id, indicator, department_id, happened_on, times, reason, now, actor),
    )


def withdraw_deduction(conn: Connection, deduction_id: int, *, actor: str, now: datetime) -> bool:
    """It stays to be read; whether it counted until now."""
    return (
        conn.execute(
            "UPDATE score_deductions SET withdrawn_at = %s, withdrawn_by = %s WHERE id = %s AND withdrawn_at IS NULL",
            (now, actor, deduction_id),
        ).rowcount
        == 1
    )


def list_deductions(conn: Connection, scheme_id: int, first_day: date, last_day: date) -> list[ScoreDeduction]:
    with conn.cursor(row_factory=class_row(ScoreDeduction)) as cur:
        return cur.execute(
            f"SELECT {_DEDUCTION} FROM score_deductions WHERE scheme_id = %s AND happened_on BETWEEN %s AND %s"
            " ORDER BY happened_on, id",
            (scheme_id, first_day, last_day),
        ).fetchall()


# Published sheets


def add_sheet(
    conn: Connection,
    scheme_id: int,
    first_day: date,
    last_day: date,
    scores: Sequence[UnitScore],
    *,
    as_of: datetime,
    actor: str,
    now: datetime,
) -> int:
    """Raises a `Conflict` (published_once) where the period is published already."""
    row = conn.execute(
        "INSERT INTO score_sheets (scheme_id, first_day, last_day, as_of, published_at, published_by)"
        " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
        (scheme_id, first_day, last_day, as_of, now, actor),
    ).fetchone()
    assert row is not None
    with conn.cursor() as cur:
        cur.executemany(
            "INSERT INTO score_rows (sheet_id, department_id, items, total) VALUES (%s, %s, %s, %s)",
            [(row[0], s.department_id, Jsonb([_as_json(i) for i in s.items]), s.total) for s in scores],
        )
    return int(row[0])


def list_sheets(conn: Connection, *, limit: int = 24) -> list[ScoreSheet]:
    with conn.cursor(row_factory=class_row(ScoreSheet)) as cur:
        return cur.execute(
            f"SELECT {_SHEET} FROM score_sheets ORDER BY last_day DESC, id DESC LIMIT %s", (limit,)
        ).fetchall()


def get_sheet(conn: Connection, sheet_id: int) -> ScoreSheet:
    """Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(ScoreSheet)) as cur:
        sheet = cur.execute(f"SELECT {_SHEET} FROM score_sheets WHERE id = %s", (sheet_id,)).fetchone()
    if sheet is None:
        raise NotFound("没有这份考核结果。")
    return sheet


def list_score_rows(conn: Connection, sheet_id: int) -> list[ScoreRow]:
    with conn.cursor(row_factory=dict_row) as cur:
        rows = cur.execute(
            f"SELECT {_ROW} FROM score_rows WHERE sheet_id = %s ORDER BY total + given_back DESC, department_id",
            (sheet_id,),
        ).fetchall()
    return [_row(row) for row in rows]


def lock_score_row(conn: Connection, row_id: int) -> ScoreRow:
    """Held until the end of the transaction. Raises `NotFound`."""
    with conn.cursor(row_factory=dict_row) as cur:
        row = cur.execute(f"SELECT {_ROW} FROM score_rows WHERE id = %s FOR UPDATE", (row_id,)).fetchone()
    if row is None:
        raise NotFound("没有这份考核结果。")
    return _row(row)


# Appeals


def add_appeal(
    conn: Connection,
    row_id: int,
    indicator: str,
    *,
    case_id: int | None,
    reason: str,
    actor: str,
    now: datetime,
) -> None:
    """Raises a `Conflict` (one_open_appeal) where one waits already."""
    conn.execute(
        "INSERT INTO score_appeals (row_id, indicator, case_id, reason, requested_at, requested_by)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (row_id, indicator, case_id, reason, now, actor),
    )


def get_appeal(conn: Connection, appeal_id: int) -> ScoreAppeal:
    """Held until the end of the transaction. Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(ScoreAppeal)) as cur:
        appeal = cur.execute(f"SELECT {_APPEAL} FROM score_appeals WHERE id = %s FOR UPDATE", (appeal_id,)).fetchone()
    if appeal is None:
        raise NotFound("没有这件申诉。")
    return appeal


def list_appeals(conn: Connection, sheet_id: int) -> list[ScoreAppeal]:
    columns = ", ".join(f"a.{f.name}" for f in fields(ScoreAppeal))
    with conn.cursor(row_factory=class_row(ScoreAppeal)) as cur:
        return cur.execute(
            f"SELECT {columns} FROM score_appeals a JOIN score_rows r ON r.id = a.row_id WHERE r.sheet_id = %s"
            " ORDER BY a.id",
            (sheet_id,),
        ).fetchall()


def decide_appeal(
    conn: Connection,
    appeal: ScoreAppeal,
    state: RequestState,
    *,
    note: str,
    points: Decimal,
    actor: str,
    now: datetime,
) -> None:
    conn.execute(
        "UPDATE score_appeals SET state = %s, decided_at = %s, decided_by = %s, note = %s, points = %s WHERE id = %s",
        (state, now, actor, note, points, appeal.id),
    )
    conn.execute("UPDATE score_rows SET given_back = given_back + %s WHERE id = %s", (points, appeal.row_id))


# Cases left out of a rate


def add_exclusion(conn: Connection, case_id: int, metric: str, *, reason: str, actor: str, now: datetime) -> None:
    """Raises a `Conflict` (one_exclusion) where there is one that was not refused."""
    conn.execute(
        "INSERT INTO case_exclusions (case_id, metric, reason, requested_at, requested_by) VALUES (%s, %s, %s, %s, %s)",
        (case_id, metric, reason, now, actor),
    )


def get_exclusion(conn: Connection, exclusion_id: int) -> CaseExclusion:
    """Held until the end of the transaction. Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(CaseExclusion)) as cur:
        found = cur.execute(
            f"SELECT {_EXCLUSION} FROM case_exclusions WHERE id = %s FOR UPDATE", (exclusion_id,)
        ).fetchone()
    if found is None:
        raise NotFound("没有这项剔除申请。")
    return found


def decide_exclusion(
    conn: Connection, exclusion_id: int, state: RequestState, *, note: str, actor: str, now: datetime
) -> None:
    conn.execute(
        "UPDATE case_exclusions SET state = %s, decided_at = %s, decided_by = %s, note = %s WHERE id = %s",
        (state, now, actor, note, exclusion_id),
    )


def list_exclusions(
    conn: Connection, *, state: RequestState | None = None, case_id: int | None = None, limit: int = 200
) -> list[CaseExclusion]:
    """The newest first."""
    with conn.cursor(row_factory=class_row(CaseExclusion)) as cur:
        return cur.execute(
            f"SELECT {_EXCLUSION} FROM case_exclusions WHERE (%(state)s::request_state IS NULL OR state = %(state)s)"
            " AND (%(case)s::bigint IS NULL OR case_id = %(case)s) ORDER BY id DESC LIMIT %(limit)s",
            {"state": state, "case": case_id, "limit": limit},
        ).fetchall()


def _as_json(value: Indicator | Item) -> dict[str, Any]:
    return {k: _plain(v) for k, v in asdict(value).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.value if isinstance(value, EmptyRule) else value


def _scheme(row: dict[str, Any]) -> Scheme:
    indicators = tuple(
        Indicator(
            id=i["id"],
            label=i["label"],
            metric=i["metric"],
            points=Decimal(i["points"]),
            target=Decimal(i["target"]),
            slope=Decimal(i["slope"]),
            least=Decimal(i["least"]),
            lower_is_better=i["lower_is_better"],
            empty=EmptyRule(i["empty"]),
        )
        for i in row["indicators"]
    )
    return Scheme(**(row | {"indicators": indicators, "unit_kinds": tuple(row["unit_kinds"])}))


def _row(row: dict[str, Any]) -> ScoreRow:
    items = tuple(
        Item(
            indicator=i["indicator"],
            numerator=i["numerator"],
            denominator=i["denominator"],
            excluded=i["excluded"],
            value=Decimal(i["value"]) if i["value"] is not None else None,
            score=Decimal(i["score"]) if i["score"] is not None else None,
        )
        for i in row["items"]
    )
    return ScoreRow(**(row | {"items": items}))
