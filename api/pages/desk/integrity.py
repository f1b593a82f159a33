"""What should be looked into, by rule and unit, and the cases behind each number."""

from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import ConnectionDep, NowDep, RuntimeDep
from api.http_status import status_of
from api.pages.cases.case_list import Page
from api.pages.cases.case_wording import person_of
from api.pages.cases.filters import PAGE_SIZE, count_pages
from api.pages.choices import unit_choices
from api.pages.desk.integrity_wording import evidence_words
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from api.runtime import Runtime
from api.staff.integrity import MOST, check_may_read, look_into, period_of, set_thresholds
from dashboards.integrity import DEFINITIONS, HitCount, Period, list_hits, list_thresholds, read_counts
from models.account import Role
from models.database import Connection
from models.errors import Invalid, NotFound, WenzhengError
from models.integrity import IntegrityRule

router = APIRouter(prefix="/integrity")


@router.get("")
def show_integrity(
    request: Request,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    first: str = "",
    last: str = "",
    unit: str = "",
) -> Response:
    check_may_read(staff.account)
    try:
        period, error = _period(runtime, staff, first, last, unit, now), None
    except Invalid as refused:
        period, error = _period(runtime, staff, "", "", "", now), refused
    found = read_counts(conn, period, now=now, zone=runtime.settings.zone)
    counts = found.by_rule
    thresholds = list_thresholds(conn)
    units = sorted({c.department_id or "" for found in counts.values() for c in found})
    return render(
        request,
        "staff/integrity.html",
        status_code=status_of(error) if error else 200,
        now=now,
        directory=staff.directory,
        period=period,
        as_of=found.as_of,
        rules=list(IntegrityRule),
        definitions=_in_words(thresholds),
        totals={rule: _sum(found) for rule, found in counts.items()},
        lines=[
            (
                department,
                {
                    rule: _sum([c for c in found if (c.department_id or "") == department])
                    for rule, found in counts.items()
                },
            )
            for department in units
        ],
        to_rule=lambda rule, department="": _address(rule, period, department or period.unit or ""),
        units=unit_choices(staff.directory),
        message=error.message if error else "",
        errors=error.fields if error else {},
        sees_records=staff.account.role is not Role.LEADER,
    )


@router.get("/{rule}")
def show_rule(
    request: Request,
    rule: str,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    first: str = "",
    last: str = "",
    unit: str = "",
    page: Page = 1,
    done: str = "",
) -> Response:
    check_may_read(staff.account)
    period = _period(runtime, staff, first, last, unit, now)
    return _rule_page(request, runtime, conn, staff, _rule(rule), period, now=now, page=page, done=_DONE.get(done, ""))


@router.post("/{rule}/reviews")
def review(
    request: Request,
    rule: str,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    case_number: Annotated[str, Form()] = "",
    at: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    first: Annotated[str, Form()] = "",
    last: Annotated[str, Form()] = "",
    unit: Annotated[str, Form()] = "",
) -> Response:
    check_may_read(staff.account)
    wanted, period = _rule(rule), _period(runtime, staff, first, last, unit, now)
    try:
        with conn.transaction():
            note = note.replace("\r\n", "\n").replace("\0", "")
            look_into(conn, runtime, staff.account, wanted, case_number, _moment(at), note=note, now=now)
    except NotFound:
        raise
    except WenzhengError as error:
        typed = {"case_number": case_number, "at": at, "note": note}
        return _rule_page(request, runtime, conn, staff, wanted, period, now=now, error=error, typed=typed)
    return RedirectResponse(f"{_address(wanted, period, period.unit or '')}&done=review", status_code=303)


@router.post("/{rule}/thresholds")
def change_thresholds(
    request: Request,
    rule: str,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    name: Annotated[list[str] | None, Form()] = None,
    value: Annotated[list[str] | None, Form()] = None,
) -> Response:
    check_may_read(staff.account)
    wanted = _rule(rule)
    typed = dict(zip(name or [], value or [], strict=False))
    try:
        with conn.transaction():
            set_thresholds(conn, staff.account, wanted, _numbers(typed), now=now)
    except Invalid as error:
        period = _period(runtime, staff, "", "", "", now)
        return _rule_page(request, runtime, conn, staff, wanted, period, now=now, error=error, values=typed)
    return RedirectResponse(f"/integrity/{wanted.value}?done=thresholds", status_code=303)


_DONE = {"review": "核实情况已记下。", "thresholds": "规则的数值已更改，清单按新的数值显示。"}


def _rule_page(
    request: Request,
    runtime: Runtime,
    conn: Connection,
    staff: Staff,
    rule: IntegrityRule,
    period: Period,
    *,
    now: datetime,
    page: int = 1,
    done: str = "",
    error: WenzhengError | None = None,
    typed: dict[str, str] | None = None,
    values: dict[str, str] | None = None,
) -> Response:
    zone = runtime.settings.zone
    found = list_hits(conn, rule, period, zone=zone, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    thresholds = list_thresholds(conn)
    total = found[0].total if found else 0
    base = _address(rule, period, period.unit or "")
    return render(
        request,
        "staff/integrity_rule.html",
        status_code=status_of(error) if error else 200,
        now=now,
        directory=staff.directory,
        rule=rule,
        period=period,
        question=_in_words(thresholds)[rule],
        excluded=DEFINITIONS[rule].excluded.format(**thresholds[rule]),
        names=DEFINITIONS[rule].thresholds,
        values=values or thresholds[rule],
        most=MOST,
        found=found,
        total=total,
        page=page,
        pages=count_pages(total),
        to_page=lambda number: f"{base}&page={number}" if number > 1 else base,
        words=lambda hit: evidence_words(rule, hit.evidence),
        person_of=person_of,
        moment_of=datetime.fromisoformat,
        units=unit_choices(staff.directory),
        may_review=staff.account.role is Role.SUPERVISOR,
        may_change=staff.account.role is Role.ADMINISTRATOR,
        typed=typed or {"case_number": "", "at": "", "note": ""},
        done=done,
        message=error.message if error else "",
        errors=error.fields if isinstance(error, Invalid) else {},
    )


def _sum(counts: list[HitCount]) -> tuple[int, int]:
    return sum(c.hits for c in counts), sum(c.reviewed for c in counts)


def _in_words(thresholds: dict[IntegrityRule, dict[str, int]]) -> dict[IntegrityRule, str]:
    return {rule: known.question.format(**thresholds[rule]) for rule, known in DEFINITIONS.items()}


def _address(rule: IntegrityRule, period: Period, unit: str) -> str:
    values = {"first": period.first.isoformat(), "last": period.last.isoformat()} | ({"unit": unit} if unit else {})
    return f"/integrity/{rule.value}?{urlencode(values)}"


def _period(runtime: Runtime, staff: Staff, first: str, last: str, unit: str, now: datetime) -> Period:
    return period_of(runtime, staff.directory, first=read_day(first), last=read_day(last), unit=unit, now=now)


def read_day(text: str) -> date | None:
    """Raises `Invalid`; years in which no calendar is known are none."""
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.min
    if day is not None and not 1900 <= day.year <= 2200:
        raise Invalid("日期有误。", {"first": "请填写日期"})
    return day


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid() from None
    if at.tzinfo is None or not 1900 <= at.year <= 2200:
        raise Invalid()
    return at


def _numbers(typed: dict[str, str]) -> dict[str, int]:
    try:
        return {name: int(value) for name, value in typed.items()}
    except ValueError:
        wrong = {name: "请填写整数" for name, value in typed.items() if not value.strip().isdigit()}
        raise Invalid("有几处需要修改。", wrong) from None


def _rule(word: str) -> IntegrityRule:
    try:
        return IntegrityRule(word)
    except ValueError:
        raise NotFound("没有找到这个页面。") from None
