"""Templates of replies: the list, the form with its preview, and which replies need a review."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from api.criteria import LARGEST_ID
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.http_status import status_of
from api.pages.choices import enum_choices, topic_filter_choices, unit_choices
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, Staff, StaffDep
from api.runtime import Runtime
from api.staff import reply_template_desk as desk
from models.account import Role
from models.case import CaseAction
from models.database import Connection
from models.errors import Invalid, WenzhengError
from models.reply_draft import ReplyTemplate, ReviewNeed
from routing.replies.draft_repository import needs_by_unit
from routing.replies.reply_templates import FIELDS, MAX_BODY, MAX_TITLE, can_edit, preview

router = APIRouter()

USES = [(CaseAction.COMPLETE.value, "办结答复"), (CaseAction.REPLY.value, "答复进展")]
_DONE = {"saved": "模板已保存。", "need": "审核规则已保存，下一次答复起生效。"}
_FOLLOWS = "follows"
Word = Annotated[str, Form()]
RowId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@dataclass(frozen=True, slots=True)
class TemplateFields:
    """The form as typed."""

    department: str = ""
    topic_code: str = ""
    action: str = CaseAction.COMPLETE.value
    title: str = ""
    body: str = ""
    active: str = "1"
    version: str = ""
    step: str = "save"

    def given(self) -> desk.TemplateInput:
        """Raises `Invalid` for what no form of ours sends."""
        try:
            return desk.TemplateInput(
                department_id=self.department or None,
                topic_code=self.topic_code or None,
                action=CaseAction(self.action),
                title=_text(self.title),
                body=_text(self.body),
                active=bool(self.active),
                version=int(self.version) if self.version else None,
            )
        except ValueError:
            raise Invalid() from None


def read_template(
    department: Word = "",
    topic_code: Word = "",
    action: Word = "",
    title: Word = "",
    body: Word = "",
    active: Word = "",
    version: Word = "",
    step: Word = "save",
) -> TemplateFields:
    return TemplateFields(department, topic_code, action, title, body, active, version, step)


FieldsDep = Annotated[TemplateFields, Depends(read_template)]


@router.get("/reply-templates")
def show_templates(request: Request, staff: StaffDep, conn: ConnectionDep, now: NowDep, done: str = "") -> Response:
    return _list_page(request, staff, conn, now=now, done=_DONE.get(done, ""))


@router.get("/reply-templates/new")
def show_new(request: Request, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep) -> Response:
    desk.list_templates(conn, staff.account)
    own = "" if staff.account.role is Role.ADMINISTRATOR else staff.account.department_id or ""
    return _form_page(request, staff, runtime, TemplateFields(department=own), now=now)


@router.get("/reply-templates/{template_id}")
def show_template(
    request: Request, template_id: RowId, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> Response:
    template = desk.get_template(conn, staff.account, template_id)
    return _form_page(request, staff, runtime, _fields_of(template), now=now, template=template)


@router.post("/reply-templates")
def add_template(
    request: Request, staff: ActingStaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep, fields: FieldsDep
) -> Response:
    try:
        if fields.step == "preview":
            return _form_page(request, staff, runtime, fields, now=now)
        with conn.transaction():
            desk.add_template(conn, staff.account, staff.directory, fields.given(), now=now)
    except WenzhengError as error:
        return _form_page(request, staff, runtime, fields, now=now, error=error)
    return RedirectResponse("/reply-templates?done=saved", status_code=303)


@router.post("/reply-templates/review")
def set_need(
    request: Request,
    staff: ActingStaffDep,
    conn: ConnectionDep,
    now: NowDep,
    department: Word = "",
    need: Word = "",
) -> Response:
    require_role(staff.account, Role.ADMINISTRATOR)
    try:
        wanted = None if need == _FOLLOWS else ReviewNeed(need)
        desk.set_review_need(conn, staff.account, staff.directory, department or None, wanted, now=now)
    except ValueError:
        error = Invalid("请选择审核范围。", {"need": "请选择"})
        return _list_page(request, staff, conn, now=now, error=error)
    except Invalid as error:
        return _list_page(request, staff, conn, now=now, error=error)
    return RedirectResponse("/reply-templates?done=need", status_code=303)


@router.post("/reply-templates/{template_id}")
def change_template(
    request: Request,
    template_id: RowId,
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    fields: FieldsDep,
) -> Response:
    template = desk.get_template(conn, staff.account, template_id)
    try:
        if fields.step == "preview":
            return _form_page(request, staff, runtime, fields, now=now, template=template)
        with conn.transaction():
            desk.change_template(conn, staff.account, staff.directory, template_id, fields.given(), now=now)
    except WenzhengError as error:
        return _form_page(request, staff, runtime, fields, now=now, template=template, error=error)
    return RedirectResponse("/reply-templates?done=saved", status_code=303)


def _list_page(
    request: Request,
    staff: Staff,
    conn: Connection,
    *,
    now: datetime,
    done: str = "",
    error: Invalid | None = None,
) -> Response:
    account, directory = staff.account, staff.directory
    templates = desk.list_templates(conn, account)
    needs = needs_by_unit(conn)
    return render(
        request,
        "staff/reply_templates.html",
        status_code=status_of(error) if error else 200,
        now=now,
        done=done,
        message=error.message if error else "",
        errors=error.fields if error else {},
        templates=[(template, can_edit(account, template.department_id)) for template in templates],
        directory=directory,
        uses=dict(USES),
        adds=can_edit(account, account.department_id),
        administers=account.role is Role.ADMINISTRATOR,
        city_need=needs.get(None, ReviewNeed.NONE),
        unit_needs=[(directory.department_name(unit), need) for unit, need in needs.items() if unit is not None],
        need_choices=enum_choices(ReviewNeed),
        unit_need_choices=[(_FOLLOWS, "与全市相同"), *enum_choices(ReviewNeed)],
        units=unit_choices(directory),
    )


def _form_page(
    request: Request,
    staff: Staff,
    runtime: Runtime,
    fields: TemplateFields,
    *,
    now: datetime,
    template: ReplyTemplate | None = None,
    error: WenzhengError | None = None,
) -> Response:
    directory = staff.directory
    shown, unknown = preview(_text(fields.body), directory, fields.department or None, now, runtime.settings.zone)
    return render(
        request,
        "staff/reply_template.html",
        status_code=status_of(error) if error else 200,
        now=now,
        stored=template,
        typed=fields,
        message=error.message if error else "",
        errors=error.fields if isinstance(error, Invalid) else {},
        edits=can_edit(staff.account, template.department_id if template else fields.department or None),
        administers=staff.account.role is Role.ADMINISTRATOR,
        owner=directory.department_name(fields.department) if fields.department else "全市",
        units=unit_choices(directory),
        topics=topic_filter_choices(directory)[1:],
        uses=USES,
        fields=list(FIELDS),
        shown=shown,
        unknown=unknown,
        max_title=MAX_TITLE,
        max_body=MAX_BODY,
    )


def _fields_of(template: ReplyTemplate) -> TemplateFields:
    return TemplateFields(
        department=template.department_id or "",
        topic_code=template.topic_code or "",
        action=template.action.value,
        title=template.title,
        body=template.body,
        active="1" if template.active else "",
        version=str(template.version),
    )


def _text(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\0", "")
