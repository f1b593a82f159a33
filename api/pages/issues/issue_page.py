"""One hot issue: who says it and since when, why it is one thing, what is done about it, what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import ConnectionDep, NowDep, RuntimeDep, check_form_token
from api.http_status import status_of
from api.pages.assets import PLOTLY_ADDRESS
from api.pages.cases.case_list import Page
from api.pages.cases.filters import count_pages
from api.pages.choices import enum_choices, unit_choices
from api.pages.desk.department import desk_page
from api.pages.desk.desk_fields import DeskFields, read_desk_fields
from api.pages.issues import issue_wording as wording
from api.pages.leadership.chart_files import chart_file
from api.pages.leadership.charts import Chart, issue_chart
from api.pages.rendering import render
from api.pages.staff import Staff, StaffDep
from api.runtime import Runtime
from api.staff.issue_desk import DeskView, open_desk, perform, possible_owners
from api.staff.issue_shaping import SHAPES_ISSUES
from api.staff.issue_view import MEMBERS_SHOWN, IssueView, merge_choices, view_issue
from models.account import Role
from models.alert import RiskLevel
from models.case import CompletionResult
from models.criteria import CaseCriteria
from models.database import Connection
from models.errors import Invalid, NotFound, WenzhengError
from models.issue_response import RESPONSE_TRANSITIONS, ResponseAction
from routing.issues.issue_responses import MAX_TEXT, MAX_TITLE
from routing.issues.response_policies import RESPONSE_ROLES

router = APIRouter()

FieldsDep = Annotated[DeskFields, Depends(read_desk_fields)]
_TASK_TIME = timedelta(hours=24)
_DONE: dict[str, str] = {
    ResponseAction.OPEN: "已启动处置，时限从获知时间起算。",
    ResponseAction.SUBMIT: "已提请研判。",
    ResponseAction.ASSESS: "已作出研判。",
    ResponseAction.TASK: "已交办，单位在“待办”里能看到。",
    ResponseAction.REPORT: "已反馈。",
    ResponseAction.WITHDRAW: "已撤回交办。",
    ResponseAction.INFORM: "已记下发布的权威信息。",
    ResponseAction.BRIEF: "已记下新闻发布会。",
    ResponseAction.DRAFT: "回应稿已保存，等待审签。",
    ResponseAction.RETURN: "已退回修改。",
    ResponseAction.SIGN: "已审签，可以发布了。",
    ResponseAction.PUBLISH: "已发布，市民可以看到。",
    ResponseAction.CLOSE: "已办结，在办的工单都已统一答复。",
    ResponseAction.UNDO_CLOSE: "已撤销办结，工单重新打开，答复已撤回。",
    ResponseAction.DISMISS: "已终止处置。",
    ResponseAction.HAND_OVER: "已移交。",
    ResponseAction.NOTE: "已记下。",
    ResponseAction.WITHDRAW_PUBLICATION: "已撤下，市民不再看到这份回应。",
    "changed": "已改好，可以在“人工调整”里撤销。",
    "undone": "已撤销。",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """What was refused, with what was typed: shown again in its form. `action` is the word of the address."""

    action: str
    error: WenzhengError
    fields: Any = None


@router.get("/issues/{issue_id:int}")
def show_issue(
    request: Request,
    issue_id: int,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    done: str = "",
    page: Page = 1,
) -> Response:
    return issue_page(request, runtime, conn, staff, issue_id, now=now, done=done, page=page)


@router.post("/issues/{issue_id:int}/responses")
def open_response(
    request: Request,
    issue_id: int,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    fields: FieldsDep,
) -> Response:
    try:
        check_form_token(fields.csrf, staff.csrf_token)
        with conn.transaction():
            open_desk(conn, staff.account, issue_id, fields.given(runtime.settings.zone), now=now)
    except NotFound:
        raise
    except WenzhengError as error:
        refused = Refused(ResponseAction.OPEN.value, error, fields)
        return issue_page(request, runtime, conn, staff, issue_id, now=now, refused=refused)
    return RedirectResponse(f"/issues/{issue_id}?done=open#response", status_code=303)


@router.post("/issues/{issue_id:int}/responses/{response_id:int}/{action}")
def act(
    request: Request,
    issue_id: int,
    response_id: int,
    action: str,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    fields: FieldsDep,
) -> Response:
    """Perform and go back to the issue; a refusal shows it as it is now, with what was typed."""
    wanted = _action(action)
    try:
        check_form_token(fields.csrf, staff.csrf_token)
        with conn.transaction():
            given = fields.given(runtime.settings.zone)
            perform(conn, runtime, staff.account, issue_id, response_id, wanted, given, now=now)
    except NotFound:
        raise
    except WenzhengError as error:
        if staff.account.role is Role.OFFICER:
            return desk_page(request, staff, runtime, conn, CaseCriteria(), now=now, refused=(error, fields))
        refused = Refused(wanted.value, error, fields)
        return issue_page(request, runtime, conn, staff, issue_id, now=now, refused=refused)
    if staff.account.role is Role.OFFICER:
        return RedirectResponse("/desk?done=report", status_code=303)
    return RedirectResponse(f"/issues/{issue_id}?done={wanted.value}#response", status_code=303)


def issue_page(
    request: Request,
    runtime: Runtime,
    conn: Connection,
    staff: Staff,
    issue_id: int,
    *,
    now: datetime,
    done: str = "",
    page: int = 1,
    refused: Refused | None = None,
) -> Response:
    """The whole page, as it is now; with what was refused, if anything was."""
    view = view_issue(conn, runtime, staff.account, issue_id, now=now, offset=(page - 1) * MEMBERS_SHOWN)
    directory, zone = staff.directory, runtime.settings.zone
    owners = {account.id: account.display_name for account in possible_owners(conn)}
    desk = view.desks[0] if view.desks else None
    error = refused.error if refused else None
    prefix = f"{refused.action}-" if refused else ""
    chart = _chart(view, zone)
    if chart and (file := chart_file(request, staff, runtime, conn, [chart], now=now)):
        return file
    return render(
        request,
        "staff/issue.html",
        status_code=status_of(error) if error else 200,
        now=now,
        view=view,
        issue=view.issue,
        desk=desk,
        may_open=(desk is None or not desk.response.stage.is_open) and staff.account.role in _openers(),
        may_shape=staff.account.role in SHAPES_ISSUES,
        directory=directory,
        owners=owners,
        chart=chart,
        plotly=PLOTLY_ADDRESS,
        next=wording.next_step(desk, staff.account) if desk else None,
        pressing=wording.pressing_of(desk) if desk else None,
        rail=wording.stage_rail(desk.response.stage) if desk else [],
        actions={a.value for a in desk.actions} if desk else set(),
        histories=[_history(one, directory, owners, now=now, zone=zone) for one in view.desks],
        decisions=[(decision, wording.decision_line(decision, issue_id, view.named)) for decision in view.decisions],
        page=page,
        pages=count_pages(view.issue.submissions, MEMBERS_SHOWN),
        to_page=lambda number: f"/issues/{issue_id}{f'?page={number}' if number > 1 else ''}#members",
        wording=wording,
        refused=refused.action if refused else "",
        typed=refused.fields if refused else None,
        message=error.message if error else "",
        errors={f"{prefix}{name}": text for name, text in error.fields.items()} if isinstance(error, Invalid) else {},
        done=_DONE.get(done, ""),
        units=unit_choices(directory),
        levels=enum_choices(RiskLevel),
        results=enum_choices(CompletionResult),
        owner_choices=[(str(id_), name) for id_, name in owners.items()],
        others=[(str(other.id), other.name) for other in merge_choices(conn, issue_id, now=now)],
        task_due=f"{(now + _TASK_TIME).astimezone(zone):%Y-%m-%dT%H:00}",
        known_at=f"{now.astimezone(zone):%Y-%m-%dT%H:%M}",
        lead=_likely_lead(view, desk),
        max_text=MAX_TEXT,
        max_title=MAX_TITLE,
    )


def _openers() -> frozenset[Role]:
    return RESPONSE_ROLES[ResponseAction.OPEN]


def _history(desk: DeskView, directory: Any, owners: Mapping[int, str], *, now: datetime, zone: Any) -> Any:
    return [wording.response_line(event, directory, owners, now=now, zone=zone) for event in reversed(desk.events)]


def _chart(view: IssueView, zone: Any) -> Chart | None:
    marks = {
        desk.response.published_at.astimezone(zone).date(): "回应" for desk in view.desks if desk.response.published_at
    }
    return issue_chart(view.days, marks) if view.days else None


def _likely_lead(view: IssueView, desk: DeskView | None) -> str:
    """The unit offered for cases of nobody: one that had a task, else one that has a case of the issue."""
    tasks = [task.department_id for task in desk.tasks] if desk else []
    cases = [member.case.lead_department_id for member in view.members if member.case]
    return next((unit for unit in (*tasks, *cases) if unit), "")


def _action(word: str) -> ResponseAction:
    known = {action.value for moves in RESPONSE_TRANSITIONS.values() for action in moves}
    if word not in known:
        raise NotFound("没有找到这个页面。")
    return ResponseAction(word)
