"""Alerts: what somebody should look at, why, and who knows of it; and the stream that shows them as they happen."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Header, Path, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from api.criteria import LARGEST_ID, row_id
from api.dependencies import LISTENING, AccountDep, ConnectionDep, NowDep, RuntimeDep
from api.messages.alert_stream import AlertHub, stream, unit_of
from api.pages.cases.case_list import Page
from api.pages.cases.filters import PAGE_SIZE, Chip, count_pages
from api.pages.choices import enum_choices
from api.pages.issues.alert_wording import event_line, read_burst
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from api.runtime import Runtime
from api.staff.arrivals import read_snapshot
from models.account import Role
from models.alert import Alert, AlertCriteria, AlertKind, RiskLevel
from models.database import Connection
from models.errors import Conflict, Invalid
from routing.alerts import alert_repository, alerts, burst_repository, delivery_repository
from routing.issues import early_sign_repository, issue_repository

router = APIRouter()

AlertId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Text = Annotated[str, Form()]
_STATES = [("open", "待处理"), ("known", "已处理")]
SNOOZES = [("4", "4小时"), ("24", "一天"), ("tomorrow", "明天早上8点"), ("72", "三天"), ("168", "一周")]
_DONE = {"acknowledge": "已记下您已知悉。", "snooze": "已暂缓提醒。", "wake": "已恢复提醒。"}


def read_alert_criteria(
    state: str = "open", kind: str = "", severity: str = "", issue_id: str = ""
) -> tuple[AlertCriteria, dict[str, str]]:
    """The filter of the address and what the form shows of it. Raises `Invalid`."""
    try:
        criteria = AlertCriteria(
            open={"open": True, "known": False, "": None}[state],
            kind=AlertKind(kind) if kind else None,
            severity=RiskLevel(severity) if severity else None,
            issue_id=row_id(issue_id) if issue_id else None,
        )
    except (ValueError, KeyError):
        raise Invalid("筛选条件有误。") from None
    return criteria, {"state": state, "kind": kind, "severity": severity, "issue_id": issue_id}


@router.get("/alerts")
def show_alerts(
    request: Request,
    staff: StaffDep,
    conn: ConnectionDep,
    now: NowDep,
    given: Annotated[tuple[AlertCriteria, dict[str, str]], Depends(read_alert_criteria)],
    page: Page = 1,
    done: str = "",
) -> Response:
    asked, values = given
    criteria = AlertCriteria(**asdict(asked) | {"unit": unit_of(staff.account)})
    total = alert_repository.count_alerts(conn, criteria, now=now)
    rows = alert_repository.list_alerts(conn, criteria, now=now, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    return render(
        request,
        "staff/alerts.html",
        now=now,
        total=total,
        rows=rows,
        page=page,
        pages=count_pages(total),
        to_page=lambda number: _address(values | {"page": str(number) if number > 1 else ""}),
        values=values,
        states=_STATES,
        kinds=enum_choices(AlertKind),
        levels=[(level.value, level.label) for level in reversed(RiskLevel)],
        chips=_chips(values),
        directory=staff.directory,
        rows_of=lambda alert: rows_address(alert, staff),
        count_of=lambda alert: own_count(alert, staff),
        can_act=alerts.can_act(staff.account),
        city_wide=staff.account.role is not Role.OFFICER,
        done=_DONE.get(done, ""),
    )


@router.get(LISTENING)
def stream_alerts(
    request: Request,
    account: AccountDep,
    runtime: RuntimeDep,
    after: str = "",
    seen: str = "",
    last_event_id: Annotated[str, Header()] = "",
) -> Response:
    """Server-sent events. A browser that reconnects says what it saw last; a page says it in the address, with the
    snapshot that it was made from (`seen`)."""
    hub: AlertHub = request.app.state.alert_hub
    hub.check_room()
    given = last_event_id or after
    last = int(given) if given.isdecimal() and len(given) < 19 else None
    # some proxies would keep the stream until it ends
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    events = stream(runtime, hub, account, last, read_snapshot(seen))
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


@router.get("/alerts/{alert_id}")
def show_alert(
    request: Request,
    alert_id: AlertId,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    done: str = "",
) -> Response:
    return alert_page(request, staff, runtime, conn, alert_id, now=now, done=_DONE.get(done, ""))


@router.post("/alerts/{alert_id}/{action}")
def act_on_alert(
    request: Request,
    alert_id: AlertId,
    action: str,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    version: Text = "",
    until: Text = "",
    back: Text = "",
) -> Response:
    """Raises `Conflict` where the alert was changed since the page was read."""
    alert = alert_repository.get_alert(conn, alert_id, unit=unit_of(staff.account))
    if version != str(alert.version):
        raise Conflict("这条预警刚刚被他人处理，请刷新后再看。")
    if action == "acknowledge":
        alerts.acknowledge(conn, alert, staff.account, now=now)
    elif action == "snooze":
        end = alerts.end_of_snooze(until, now=now, zone=runtime.settings.zone)
        alerts.snooze(conn, alert, end, staff.account, now=now)
    elif action == "wake":
        alerts.wake(conn, alert, staff.account, now=now)
    else:
        raise Invalid("没有这个操作。")
    where = "/alerts" if back == "list" else f"/alerts/{alert_id}"
    return RedirectResponse(f"{where}?done={action}", status_code=303)


def alert_page(
    request: Request, staff: Staff, runtime: Runtime, conn: Connection, alert_id: int, *, now: datetime, done: str = ""
) -> Response:
    alert = alert_repository.get_alert(conn, alert_id, unit=unit_of(staff.account))
    issue = issue_repository.get_issue(conn, alert.issue_id, now=now) if alert.issue_id else None
    burst = burst_repository.get_burst(conn, alert.burst_id) if alert.burst_id else None
    return render(
        request,
        "staff/alert.html",
        now=now,
        alert=alert,
        issue=issue,
        level=early_sign_repository.find_level(conn, alert.issue_id) if alert.issue_id else None,
        burst=read_burst(burst) if burst else None,
        history=[event_line(event) for event in alert_repository.list_events(conn, alert_id)],
        deliveries=delivery_repository.list_deliveries(conn, alert_id=alert_id),
        directory=staff.directory,
        rows=rows_address(alert, staff),
        count=own_count(alert, staff),
        cases=_cases_address(alert),
        snoozes=SNOOZES,
        can_act=alerts.can_act(staff.account),
        city_wide=staff.account.role is not Role.OFFICER,
        done=done,
    )


def rows_address(alert: Alert, staff: Staff) -> str:
    """The list of exactly what the alert counted; an officer's list is that of the unit's cases."""
    return _cases_address(alert) if staff.account.role is Role.OFFICER else f"/submissions?alert_id={alert.id}"


def own_count(alert: Alert, staff: Staff) -> int:
    """How many rows that list has."""
    return alert.own_cases if staff.account.role is Role.OFFICER else alert.submissions


def _cases_address(alert: Alert) -> str:
    return f"/cases?alert_id={alert.id}"


def _address(values: dict[str, str]) -> str:
    chosen = {name: value for name, value in values.items() if value or name == "state"}
    return f"/alerts?{urlencode(chosen)}"


def _chips(values: dict[str, str]) -> list[Chip]:
    words = {
        "kind": ("种类", {kind.value: kind.label for kind in AlertKind}),
        "severity": ("级别", {level.value: level.label for level in RiskLevel}),
        "issue_id": ("热点问题", {}),
    }
    return [
        Chip(name, labels.get(values[field], values[field]), _address(values | {field: ""}))
        for field, (name, labels) in words.items()
        if values[field]
    ]
