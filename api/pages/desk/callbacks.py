"""Who calls whom next: the queue of callbacks, one call on one page, the rule by which cases are drawn."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import ConnectionDep, NowDep, RuntimeDep, check_form_token
from api.http_status import status_of
from api.pages.administration.callback_rule import RuleFields, read_rule, rule_of
from api.pages.cases.case_form import ActionFields, read_action
from api.pages.cases.case_page import FOLLOW_CHOICES
from api.pages.cases.case_wording import person_of
from api.pages.choices import enum_choices
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from api.runtime import Runtime
from api.staff import callback_desk
from api.staff.casework import CaseView, load_case, perform, view_case
from models.account import Role
from models.analysis import AppealType
from models.callback import CallbackRule, CallbackState
from models.case import CaseAction
from models.database import Connection
from models.errors import Invalid, NotFound, WenzhengError
from routing.casework import callbacks
from routing.casework.callback_drawing import DEFAULT_ALWAYS, new_rule

router = APIRouter()

_DONE = {
    "saved": "回访已记下。",
    "none": "现在没有要打的电话。",
    "taken": "这件工单正由他人回访。",
    "rule": "新的一版规则已经生效，此后办结的工单按它抽取。",
}


@router.get("/callbacks")
def show_queue(
    request: Request, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep, done: str = ""
) -> Response:
    desk = callback_desk.view_desk(conn, runtime, staff.account, now=now)
    return render(
        request,
        "staff/callbacks.html",
        now=now,
        desk=desk,
        rule=desk.rule.words if desk.rule else "",
        directory=staff.directory,
        person_of=person_of,
        shown=callback_desk.SHOWN,
        done=_DONE.get(done, ""),
    )


@router.post("/callbacks/next")
def take_next(staff: ActingStaffDep, conn: ConnectionDep, now: NowDep) -> Response:
    """The next one for this caller, with the contact shown for this purpose."""
    case = callback_desk.take_next(conn, staff.account, now=now)
    if case is None:
        return RedirectResponse("/callbacks?done=none", status_code=303)
    callback_desk.take(conn, staff.account, case, now=now)
    return RedirectResponse(f"/callbacks/{case.case_number}", status_code=303)


@router.get("/callbacks/rule")
def show_rule(request: Request, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep) -> Response:
    return _rule_page(request, runtime, conn, staff)


@router.post("/callbacks/rule")
def set_rule(
    request: Request,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    given: Annotated[RuleFields, Depends(read_rule)],
) -> Response:
    try:
        callback_desk.set_rule(conn, runtime, staff.account, rule_of(given, new_rule("", 1, now=now)))
    except Invalid as error:
        return _rule_page(request, runtime, conn, staff, error=error)
    return RedirectResponse("/callbacks/rule?done=rule", status_code=303)


@router.get("/callbacks/{case_number}")
def show_call(
    request: Request, case_number: str, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> Response:
    return _call_page(request, runtime, conn, staff, case_number)


@router.post("/callbacks/{case_number}/take")
def take(case_number: str, staff: ActingStaffDep, conn: ConnectionDep, now: NowDep) -> Response:
    case, _ = load_case(conn, staff.account, case_number)
    taken = callback_desk.take(conn, staff.account, case, now=now)
    return RedirectResponse(f"/callbacks/{case_number}" if taken else "/callbacks?done=taken", status_code=303)


@router.post("/callbacks/{case_number}")
def save_call(
    request: Request,
    case_number: str,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    fields: Annotated[ActionFields, Depends(read_action)],
) -> Response:
    try:
        check_form_token(fields.csrf, staff.csrf_token)
        with conn.transaction():
            given = fields.given(runtime.settings.zone)
            perform(conn, runtime, staff.account, case_number, CaseAction.CALLBACK, given, now=now)
    except NotFound:
        raise
    except WenzhengError as error:
        return _call_page(request, runtime, conn, staff, case_number, typed=fields, error=error)
    return RedirectResponse("/callbacks?done=saved", status_code=303)


def _call_page(
    request: Request,
    runtime: Runtime,
    conn: Connection,
    staff: Staff,
    case_number: str,
    *,
    typed: ActionFields | None = None,
    error: WenzhengError | None = None,
) -> Response:
    callback_desk.check_caller(staff.account)
    view: CaseView = view_case(conn, runtime, staff.account, case_number)
    callback, now = view.follow_up.callback, runtime.now()
    busy = callback is not None and callback.taken_until is not None and callback.taken_until > now
    mine = callback is not None and callback.taken_by == staff.account.actor
    return render(
        request,
        "staff/callback.html",
        status_code=status_of(error) if error else 200,
        now=now,
        view=view,
        case=view.case,
        callback=callback,
        waiting=callback is not None and callback.state is CallbackState.WAITING,
        called_by=person_of(callback.taken_by or "") if callback is not None and busy and not mine else "",
        mine=busy and mine,
        independent=_is_independent(staff, view),
        directory=staff.directory,
        choices=FOLLOW_CHOICES,
        typed=typed,
        message=error.message if error else "",
        errors=error.fields if isinstance(error, Invalid) else {},
    )


def _is_independent(staff: Staff, view: CaseView) -> bool:
    try:
        callbacks.check_independent(staff.account.department_id, view.assignments)
    except WenzhengError:
        return False
    return True


def _rule_page(
    request: Request, runtime: Runtime, conn: Connection, staff: Staff, *, error: Invalid | None = None
) -> Response:
    if staff.account.role is not Role.ADMINISTRATOR:
        callback_desk.check_caller(staff.account)
    versions = callback_desk.list_rules(conn, runtime)
    rule: CallbackRule = versions[0] if versions else new_rule("", 0, now=runtime.now())
    return render(
        request,
        "staff/callback_rule.html",
        status_code=status_of(error) if error else 200,
        rule=rule,
        versions=versions,
        kinds=enum_choices(AppealType),
        always=enum_choices(DEFAULT_ALWAYS),
        may_set=staff.account.role is Role.ADMINISTRATOR,
        done=_DONE.get(request.query_params.get("done", ""), ""),
        message=error.message if error else "",
        errors=error.fields if error else {},
    )
