"""What should be looked into, who was shown whom, who took which file: for programs, as on the pages."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.dependencies import AccountDep, ConnectionDep, NowDep, RuntimeDep
from api.schemas.text import Text
from api.staff.disclosures import list_exports, list_reveals, log_criteria
from api.staff.integrity import check_may_read, look_into, period_of, set_thresholds
from dashboards.integrity import DEFINITIONS, list_hits, list_thresholds, read_counts
from models.account import Role
from models.case import CaseStatus
from models.integrity import IntegrityRule
from models.protection import RevealReason

router = APIRouter(tags=["integrity"])

Limit = Annotated[int, Query(ge=1, le=500)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Day = Annotated[date | None, Query(ge=date(1900, 1, 1), le=date(2200, 12, 31))]
Unit = Annotated[Text, Query(max_length=100)]


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class HitCountOut(_Out):
    department_id: str | None
    hits: int
    reviewed: int


class RuleOut(_Out):
    rule: IntegrityRule
    label: str
    question: str
    excluded: str
    thresholds: dict[str, int]
    counts: list[HitCountOut]


class IntegrityOut(_Out):
    first: date
    last: date
    as_of: datetime
    rules: list[RuleOut]


class HitOut(_Out):
    """`title` 为空：举报或保密。`evidence` 是规则量到的，`reviews` 是核实情况。"""

    case_number: str
    title: str
    status: CaseStatus
    department_id: str | None
    at: datetime
    evidence: dict[str, Any]
    reviews: list[dict[str, Any]]


class HitPageOut(_Out):
    total: int
    rows: list[HitOut]


class ReviewIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    case_number: Text = Field(max_length=50)
    at: AwareDatetime
    note: Text = Field(max_length=2000)


class ThresholdsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    values: dict[str, int] = Field(max_length=10)


class RevealOut(_Out):
    case_number: str
    actor: str
    role: Role
    department_id: str | None
    reason: RevealReason
    explanation: str
    confidential: bool
    at: datetime
    expires_at: datetime


class RevealPageOut(_Out):
    total: int
    rows: list[RevealOut]


class ExportOut(_Out):
    id: int
    at: datetime
    actor: str
    department_id: str | None
    what: str
    format: str
    filter: str
    row_count: int


class ExportPageOut(_Out):
    total: int
    rows: list[ExportOut]


@router.get("/integrity")
def get_integrity(
    account: AccountDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    first: Day = None,
    last: Day = None,
    unit: Unit = "",
) -> IntegrityOut:
    """需核实：每条规则问什么、现在的数值、各单位的件数和已核实数。不填日期是最近30天。

    最近30天的每十分钟统计一次，`as_of` 是统计的时刻；规则的数值变更或有新的核实后立即重新统计。"""
    check_may_read(account)
    period = period_of(runtime, runtime.directory(conn), first=first, last=last, unit=unit, now=now)
    found, thresholds = read_counts(conn, period, now=now, zone=runtime.settings.zone), list_thresholds(conn)
    rules = [
        RuleOut(
            rule=rule,
            label=rule.label,
            question=known.question.format(**thresholds[rule]),
            excluded=known.excluded.format(**thresholds[rule]),
            thresholds=thresholds[rule],
            counts=[HitCountOut.model_validate(count) for count in found.by_rule[rule]],
        )
        for rule, known in DEFINITIONS.items()
    ]
    return IntegrityOut(first=period.first, last=period.last, as_of=found.as_of, rules=rules)


@router.get("/integrity/{rule}")
def get_hits(
    rule: IntegrityRule,
    account: AccountDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    first: Day = None,
    last: Day = None,
    unit: Unit = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> HitPageOut:
    """一条规则列出的工单，最近的在前。"""
    check_may_read(account)
    period = period_of(runtime, runtime.directory(conn), first=first, last=last, unit=unit, now=now)
    found = list_hits(conn, rule, period, zone=runtime.settings.zone, limit=limit, offset=offset)
    rows = [HitOut.model_validate(hit).model_copy(update={"title": "" if hit.hidden else hit.title}) for hit in found]
    return HitPageOut(total=found[0].total if found else 0, rows=rows)


@router.post("/integrity/{rule}/reviews", status_code=201)
def add_review(
    rule: IntegrityRule,
    given: ReviewIn,
    account: AccountDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
) -> None:
    """督办员记下核实情况；列出的不删除。规则没有列出这件工单时 409。"""
    look_into(conn, runtime, account, rule, given.case_number, given.at, note=given.note, now=now)


@router.put("/integrity/{rule}/thresholds")
def put_thresholds(
    rule: IntegrityRule, given: ThresholdsIn, account: AccountDep, conn: ConnectionDep, now: NowDep
) -> dict[str, int]:
    """管理员更改规则的数值（1至10000），返回现在的数值。"""
    set_thresholds(conn, account, rule, given.values, now=now)
    return list_thresholds(conn)[rule]


@router.get("/disclosures")
def get_reveals(
    account: AccountDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    person: Unit = "",
    unit: Unit = "",
    first: Day = None,
    last: Day = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> RevealPageOut:
    """谁因为什么查看了诉求人的姓名和联系方式，最近的在前。供督办员和管理员。"""
    criteria = log_criteria(person=person, unit=unit, first=first, last=last, zone=runtime.settings.zone)
    total, found = list_reveals(conn, account, criteria, limit=limit, offset=offset)
    rows = [
        RevealOut(
            case_number=case.case_number,
            actor=row.actor,
            role=row.role,
            department_id=row.department_id,
            reason=row.reason,
            explanation=row.explanation,
            confidential=row.confidential,
            at=row.at,
            expires_at=row.expires_at,
        )
        for row, case in found
    ]
    return RevealPageOut(total=total, rows=rows)


@router.get("/exports")
def get_exports(
    account: AccountDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    person: Unit = "",
    unit: Unit = "",
    first: Day = None,
    last: Day = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> ExportPageOut:
    """谁导出了什么、什么范围、多少行，最近的在前。供督办员和管理员。"""
    criteria = log_criteria(person=person, unit=unit, first=first, last=last, zone=runtime.settings.zone)
    total, rows = list_exports(conn, account, criteria, limit=limit, offset=offset)
    return ExportPageOut(total=total, rows=[ExportOut.model_validate(row) for row in rows])
