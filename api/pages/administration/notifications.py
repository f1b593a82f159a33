"""The administrator's page of messages: their words with a preview, when no telephone rings, what did not arrive; and a
message of a case that is sent once more."""

from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from api.account_repository import add_administration_event
from api.criteria import LARGEST_ID
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.http_status import status_of
from api.messages import mail, sms
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from api.runtime import Runtime
from api.staff.casework import view_case
from models.account import Role
from models.database import Connection
from models.errors import Conflict, Invalid, NotFound
from models.notification import NotificationKind, NotificationSettings, NotificationTemplate
from routing import case_repository
from routing import notification_repository as rows
from routing.notifications import FIELDS, check_template, fill, template_for

router = APIRouter()

ADDRESS = "/administration/notifications"
Text = Annotated[str, Form()]
_DONE = {"template": "文字已保存，从下一条通知起使用。", "own": "已恢复原来的文字。", "settings": "设置已保存。"}
# What the fields say in a preview.
_SHOWN = {
    "编号": "20260101-0000018",
    "办理单位": "某某局",
    "时限": "2026年1月15日",
    "结果": "已解决",
    "原因": "需要现场检测",
    "要求": "请于明天17时前说明进展",
    "评价网址": "（每人一个的评价链接）",
}


@router.get(ADDRESS)
def show_notifications(
    request: Request, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep, done: str = ""
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    return _page(request, staff, runtime, conn, now=now, told=_DONE.get(done, ""))


@router.post(ADDRESS + "/settings")
def save_settings(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    quiet_from: Text = "",
    quiet_to: Text = "",
    most_a_day: Text = "",
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    typed = {"quiet_from": quiet_from, "quiet_to": quiet_to, "most_a_day": most_a_day}
    try:
        settings = _read_settings(typed)
    except Invalid as error:
        return _page(request, staff, runtime, conn, now=now, typed=typed, error=error)
    rows.set_settings(conn, settings, actor=staff.account.actor)
    _note(conn, staff, now=now, what=typed)
    return RedirectResponse(f"{ADDRESS}?done=settings", status_code=303)


@router.post(ADDRESS + "/{kind}")
def save_template(
    request: Request,
    kind: str,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    subject: Text = "",
    body: Text = "",
    active: Text = "",
    what: Text = "save",
) -> Response:
    """Save the words, look at them first, or go back to the program's own."""
    require_role(staff.account, Role.ADMINISTRATOR)
    try:
        chosen = NotificationKind(kind)
    except ValueError:
        raise NotFound("没有这种通知。") from None
    if what == "own":
        rows.delete_template(conn, chosen, actor=staff.account.actor)
        _note(conn, staff, now=now, what={"kind": kind, "own": True})
        return RedirectResponse(f"{ADDRESS}?done=own", status_code=303)
    typed = NotificationTemplate(kind=chosen, subject=subject, body=body, active=active == "1")
    try:
        subject, body = check_template(subject, body)
    except Invalid as error:
        return _page(request, staff, runtime, conn, now=now, edited=typed, error=error)
    if what == "preview":
        return _page(request, staff, runtime, conn, now=now, edited=typed)
    template = NotificationTemplate(kind=chosen, subject=subject, body=body, active=active == "1")
    rows.set_template(conn, template, actor=staff.account.actor, now=now)
    _note(conn, staff, now=now, what={"kind": kind, "active": template.active})
    return RedirectResponse(f"{ADDRESS}?done=template", status_code=303)


@router.post("/cases/{case_number}/notifications/{notification_id}/again")
def send_again(
    case_number: str,
    notification_id: Annotated[int, Path(ge=1, le=LARGEST_ID)],
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
) -> Response:
    """By who dispatches or supervises: whoever it goes to may have had it."""
    require_role(staff.account, Role.DISPATCHER, Role.SUPERVISOR)
    view_case(conn, runtime, staff.account, case_number)
    case = case_repository.get_case(conn, case_number)
    if not rows.send_again(conn, case.id, notification_id, actor=staff.account.actor, now=now):
        raise Conflict("这条通知不用重发。")
    _note(conn, staff, now=now, what={"again": notification_id, "case": case_number})
    return RedirectResponse(f"/cases/{case_number}#notices", status_code=303)


def _read_settings(typed: dict[str, str]) -> NotificationSettings:
    fields: dict[str, str] = {}
    times: dict[str, time] = {}
    for name in ("quiet_from", "quiet_to"):
        try:
            times[name] = time.fromisoformat(typed[name]).replace(tzinfo=None, second=0, microsecond=0)
        except ValueError:
            fields[name] = "请填写时间，如21:00"
    most = typed["most_a_day"].strip()
    if not (most.isascii() and most.isdigit() and len(most) <= 3 and int(most) <= 100):
        fields["most_a_day"] = "请填写0至100的整数"
    if fields:
        raise Invalid("有几处需要修改。", fields)
    return NotificationSettings(quiet_from=times["quiet_from"], quiet_to=times["quiet_to"], most_a_day=int(most))


def _note(conn: Connection, staff: Staff, *, now: datetime, what: dict[str, object] | dict[str, str]) -> None:
    add_administration_event(conn, action="notifications.change", actor=staff.account.actor, now=now, payload=what)


def _page(
    request: Request,
    staff: Staff,
    runtime: Runtime,
    conn: Connection,
    *,
    now: datetime,
    typed: dict[str, str] | None = None,
    edited: NotificationTemplate | None = None,
    error: Invalid | None = None,
    told: str = "",
) -> Response:
    stored, settings = rows.list_templates(conn), rows.get_settings(conn)
    templates = [template_for(kind, stored) for kind in NotificationKind]
    values = _SHOWN | {
        "城市": staff.directory.city.name,
        "查询网址": f"{(runtime.settings.public_url or '').rstrip('/')}/letters/follow",
    }
    if edited is not None:
        templates = [edited if t.kind is edited.kind else t for t in templates]
    latest = rows.list_latest(conn)
    numbers = {c.id: c.case_number for c in case_repository.list_cases_by_id(conn, [n.case_id for n in latest])}
    return render(
        request,
        "staff/administration_notifications.html",
        status_code=status_of(error) if error else 200,
        now=now,
        told=told,
        message=error.message if error else "",
        errors=error.fields if error else {},
        typed=typed
        or {
            "quiet_from": f"{settings.quiet_from:%H:%M}",
            "quiet_to": f"{settings.quiet_to:%H:%M}",
            "most_a_day": str(settings.most_a_day),
        },
        edited=edited.kind.value if edited else "",
        templates=[(t, fill(t.subject, values), fill(t.body, values)) for t in templates],
        fields=FIELDS,
        has_sms=sms.is_configured(runtime.settings),
        has_mail=mail.is_configured(runtime.settings),
        latest=[(n, numbers[n.case_id]) for n in latest],
    )
