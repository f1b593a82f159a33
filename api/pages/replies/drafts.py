"""The buttons of the reply form that do not send it, and the list of replies that wait for their review."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import ConnectionDep, NowDep, RuntimeDep, check_form_token
from api.pages.cases.case_form import ActionFields, read_action
from api.pages.cases.case_page import case_response
from api.pages.cases.case_wording import person_of
from api.pages.rendering import render
from api.pages.replies.draft_wording import finding_lines
from api.pages.staff import StaffDep
from api.runtime import Runtime
from api.staff.case_requests import ActionInput
from api.staff.casework import view_case
from api.staff.drafting import list_waiting, save_draft, with_template, with_text, written
from api.staff.merging import words_without
from models.account import Account
from models.case import CaseAction
from models.database import Connection
from models.errors import Invalid, NotFound, WenzhengError
from routing import case_repository
from routing.replies.drafts import Written, wrote

router = APIRouter()

SHOWN = 100
Word = Annotated[str, Form()]


@router.post("/cases/{case_number}/draft")
def keep_draft(
    request: Request,
    case_number: str,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    fields: Annotated[ActionFields, Depends(read_action)],
    step: Word = "save",
    template: Word = "",
    start: Word = "",
) -> Response:
    """Save what is written; before it, put a template or another case's reply below it; after it, check it. A refusal
    shows the case with what was typed."""
    try:
        check_form_token(fields.csrf, staff.csrf_token)
        with conn.transaction():
            given = fields.given(runtime.settings.zone)
            what = _with_more(conn, runtime, staff.account, case_number, given, start)
            if step == "template" and not start:
                what = with_template(conn, runtime, staff.account, case_number, what, _number(template), now=now)
            save_draft(conn, runtime, staff.account, case_number, what, now=now)
    except NotFound:
        raise
    except WenzhengError as error:
        refused = (CaseAction.SUBMIT_REPLY, fields, error)
        return case_response(request, runtime, conn, staff, case_number, now=now, refused=refused)
    query = "check=1#reply-check" if step == "check" else "done=draft#reply-form"
    return RedirectResponse(f"/cases/{case_number}?{query}", status_code=303)


@router.get("/approvals")
def show_approvals(request: Request, staff: StaffDep, conn: ConnectionDep, now: NowDep) -> Response:
    waiting = list_waiting(conn, staff.account, limit=SHOWN)
    return render(
        request,
        "staff/approvals.html",
        now=now,
        rows=[
            {
                "case": case,
                "unit": staff.directory.department_name(draft.department_id),
                "writer": person_of(draft.submitted_by or draft.author),
                "draft": draft,
                "lines": finding_lines(draft.findings),
                "own": wrote(draft, staff.account.actor),
            }
            for case, draft in waiting
        ],
        shown=SHOWN,
    )


def _with_more(
    conn: Connection,
    runtime: Runtime,
    account: Account,
    case_number: str,
    given: ActionInput,
    start: str,
) -> Written:
    what = written(given)
    if not start:
        return what
    solved = view_case(conn, runtime, account, case_number).alike.solved
    found = next((other for other in solved if other.case_number == start and other.reply), None)
    if found is None:
        raise Invalid("这件工单的答复不能用作开头。")
    if found.public:
        return with_text(what, found.reply)
    # it was for another person's eyes, and goes to this one now
    other = case_repository.get_case(conn, start)
    return with_text(what, words_without(conn, runtime, other)(found.reply))


def _number(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise Invalid("请选择模板。", {"template": "请选择"})
    return int(value)
