"""One case: what it says, who has it until when, what was done, what this person can do now."""

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import ConnectionDep, NowDep, RuntimeDep, check_form_token
from api.http_status import status_of
from api.pages.administration.detectors import fired
from api.pages.cases.case_form import ActionFields, read_action, typed_parts
from api.pages.cases.case_wording import event_line, highlight, person_of
from api.pages.cases.explanation_wording import find_cues, leading, without_person
from api.pages.cases.findings import organisation_words, place_words, read_findings, time_words
from api.pages.cases.letter_marks import find_marks, mark_text
from api.pages.cases.split_form import split_form
from api.pages.choices import enum_choices, topic_choices, unit_choices
from api.pages.desk.mentions import read_mentions
from api.pages.rendering import render
from api.pages.replies.reply_form import AFTER_REVIEW, OF_REPLY, read_answer
from api.pages.staff import Staff, StaffDep
from api.runtime import Runtime
from api.staff.attachments import ACCEPT_STAFF, view_attachments
from api.staff.casework import perform, view_case
from api.staff.issue_desk import SEES_RESPONSES
from dashboards.metrics.metrics import METRICS
from dashboards.score_counts import SCORED_METRICS
from models.analysis import AppealType
from models.callback import CallOutcome, Satisfaction, SolvedAnswer
from models.case import CaseAction, CompletionResult
from models.casework import ReturnReason, SupervisionLevel, SupervisionTrigger
from models.database import Connection
from models.errors import Invalid, NotFound, WenzhengError
from models.protection import RevealReason
from routing.issues.issue_repository import list_issues_of
from routing.learning.topic_levels import open_topics
from routing.lifecycle import MAX_REPLY
from routing.notification_repository import list_of_case
from routing.scoring_repository import list_exclusions

# From which rates a case may be left out.
EXCLUSION_CHOICES = [("all", "全部指标"), *((id_, METRICS[id_].label) for id_ in SCORED_METRICS)]

router = APIRouter()

# What the forms beside the status offer.
BESIDE_CHOICES = {
    "reasons": enum_choices(ReturnReason),
    "reveal_reasons": enum_choices(RevealReason),
    "triggers": enum_choices(SupervisionTrigger),
    "levels": enum_choices(SupervisionLevel),
}
FOLLOW_CHOICES = {
    "outcomes": enum_choices(CallOutcome),
    "solved": enum_choices(SolvedAnswer),
    "satisfaction": enum_choices(Satisfaction),
}
# What the notice after an action says.
_DONE: dict[str, str] = {
    CaseAction.OPEN: "已立案。",
    CaseAction.DISPATCH: "已派单。",
    CaseAction.REDISPATCH: "已改派。",
    CaseAction.ACKNOWLEDGE: "已签收，可以答复了。",
    CaseAction.REPLY: "答复已发出，诉求人可以看到。",
    CaseAction.SUBMIT_REPLY: "已送审，签发之前诉求人看不到。",
    CaseAction.APPROVE_REPLY: "已签发，诉求人可以看到答复。",
    CaseAction.SEND_BACK_REPLY: "答复已退回起草。",
    "draft": "草稿已保存。",
    CaseAction.COMPLETE: "已办结。",
    CaseAction.REOPEN: "已重启，办理时限不变。",
    CaseAction.CLOSE: "已归档。",
    CaseAction.NAME_TOPIC: "类别已补充。",
    CaseAction.REQUEST_RETURN: "已申请退单，等待派单员审批；在此之前仍由本单位办理。",
    CaseAction.ACCEPT_RETURN: "已同意退单，工单转给了新的单位。",
    CaseAction.REFUSE_RETURN: "未同意退单，仍由原单位办理。",
    CaseAction.DESIGNATE: "已裁定主办单位，该单位不能再退单。",
    CaseAction.CONTACT: "联系情况已记下。",
    CaseAction.OPINION: "协办意见已提交。",
    CaseAction.REQUEST_EXTENSION: "已申请延期，批准之前时限不变。",
    CaseAction.GRANT_EXTENSION: "已批准延期，诉求人可以看到新的时限和理由。",
    CaseAction.REFUSE_EXTENSION: "未批准延期，时限不变。",
    CaseAction.REMIND: "已催办。",
    CaseAction.SUPERVISE: "已督办，承办单位回复之前不能办结。",
    CaseAction.ANSWER_SUPERVISION: "督办已回复。",
    CaseAction.NOTE: "备注已记下，只有工作人员可以看到。",
    CaseAction.CALLBACK: "回访已记下。",
    CaseAction.REWORK: "已交原单位重办，诉求人可以看到。",
    CaseAction.SETTLE: "已写明不再重办的理由，诉求人可以看到。",
    CaseAction.REQUEST_SUSPENSION: "已申请挂起，批准之前时限不停。",
    CaseAction.GRANT_SUSPENSION: "已批准挂起，时限暂停；诉求人可以看到原因和新的时限。",
    CaseAction.REFUSE_SUSPENSION: "未批准挂起，时限照旧。",
    CaseAction.RESUME: "已恢复办理，时限已按挂起的工作日顺延。",
    CaseAction.MERGE: "已并入本单，主单办结时一并答复和办结。",
    CaseAction.UNMERGE: "已撤销并单，恢复单独办理。",
    CaseAction.SPLIT: "已拆分，子工单已派出。",
    CaseAction.UNSPLIT: "已撤销拆分，恢复为一件；单位不对的请改派。",
    CaseAction.ATTACH: "附件已添加。",
    CaseAction.DETACH: "附件已移除，内容留存备查。",
    CaseAction.PUBLISH: "已公开，群众可以在“答复公开”看到。",
    CaseAction.UNPUBLISH: "已撤下，群众不再看到；可以恢复公开。",
    CaseAction.REVEAL: "已记下原因，姓名和联系方式显示24小时；诉求人可以看到本次查看。",
}


@router.get("/cases/{case_number}")
def show_case(
    request: Request,
    case_number: str,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    done: str = "",
    check: str = "",
) -> Response:
    return case_response(request, runtime, conn, staff, case_number, now=now, done=done, check=check == "1")


@router.post("/cases/{case_number}/{action}")
def act(
    request: Request,
    case_number: str,
    action: str,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    fields: Annotated[ActionFields, Depends(read_action)],
) -> Response:
    """Perform and go back to the case (or to triage); a refusal shows the case as it is now, with what was typed."""
    wanted = _action(action)
    try:
        check_form_token(fields.csrf, staff.csrf_token)
        with conn.transaction():
            perform(conn, runtime, staff.account, case_number, wanted, fields.given(runtime.settings.zone), now=now)
    except NotFound:
        raise
    except WenzhengError as error:
        return case_response(request, runtime, conn, staff, case_number, now=now, refused=(wanted, fields, error))
    if fields.return_to == "triage":
        return RedirectResponse(f"/triage?done={case_number}", status_code=303)
    return RedirectResponse(f"/cases/{case_number}?done={wanted.value}", status_code=303)


def case_response(
    request: Request,
    runtime: Runtime,
    conn: Connection,
    staff: Staff,
    case_number: str,
    *,
    now: datetime,
    done: str = "",
    check: bool = False,
    refused: tuple[CaseAction, ActionFields, WenzhengError] | None = None,
    told: WenzhengError | None = None,
) -> Response:
    """The page of a case; with what was typed where `refused`, `told` what went wrong elsewhere.
    `check`: with the check of the draft."""
    view = view_case(conn, runtime, staff.account, case_number)
    read_mentions(request, conn, staff, view.case.id, now=now)
    directory, case, analysis = staff.directory, view.case, view.analysis
    action, typed, error = refused or (None, None, told)
    suggestions = view.explanation.suggestions
    best = leading(case, suggestions)
    text = view.submission.title, view.submission.body
    marks = find_marks(
        analysis,
        find_cues(*text, best.cues if best else ()),
        length=len(view.submission.body),
        place=lambda place: place_words(place, directory) or place.kind.label,
        time=lambda time: time_words(time) or "时间不定",
        organisation=lambda named: organisation_words(named, directory),
    )
    current = [a for a in view.assignments if a.ended_at is None]
    return render(
        request,
        "staff/case.html",
        status_code=status_of(error) if error else 200,
        now=now,
        view=view,
        case=case,
        analysis=analysis,
        directory=directory,
        marked=mark_text(*text, marks),
        found=read_findings(analysis, view.submission, directory),
        fired=fired(analysis.detector_hits, analysis.urgency_confidence, analysis.urgency),
        suggestions=suggestions,
        best=best,
        without_person=without_person(case, suggestions),
        assignments=current,
        lines=[event_line(event, directory) for event in reversed(view.events)],
        person_of=person_of,
        issue=list_issues_of(conn, [case.submission_id], now=now).get(case.submission_id),
        sees_issues=staff.account.role in SEES_RESPONSES,
        pieces_of=partial(highlight, hits=()),
        actions={a.value for a in view.actions},
        refused=action.value if action else "",
        typed=typed,
        message=error.message if error else "",
        errors=_form_errors(error) if isinstance(error, Invalid) else {},
        done=_DONE.get(done, ""),
        beside=view.beside,
        together=view.together,
        split=split_form(view.together, view.submission, typed=typed_parts(typed)),
        follow=view.follow_up,
        follow_choices=FOLLOW_CHOICES,
        notices=list_of_case(conn, case.id),
        files=view_attachments(conn, staff.account, case, view.assignments, now=now),
        accept=ACCEPT_STAFF,
        exclusions=list_exclusions(conn, case_id=case.id),
        exclusion_metrics=EXCLUSION_CHOICES,
        counted=view.follow_up.counted(case, directory, runtime.settings.zone),
        beside_choices=BESIDE_CHOICES,
        most_days=directory.casework.extension_days,
        units=unit_choices(directory),
        topics=topic_choices(directory),
        open_topics=topic_choices(directory, below=case.topic_code),
        likely=[s for s in suggestions if s.topic_code in open_topics(directory, case.topic_code)],
        kinds=enum_choices(AppealType),
        results=enum_choices(CompletionResult),
        max_reply=MAX_REPLY,
        answer=read_answer(
            conn,
            runtime,
            view,
            typed=typed if action and action.value in OF_REPLY else None,
            check=check or (action is not None and action.value in OF_REPLY),
            now=now,
        ),
        after_review=AFTER_REVIEW,
    )


def _form_errors(error: Invalid) -> dict[str, str]:
    """By the names of the fields on the page: a form has the day, not the instant."""
    return {"due_on" if name == "due_at" else name: text for name, text in error.fields.items()}


def _action(word: str) -> CaseAction:
    try:
        return CaseAction(word)
    except ValueError:
        raise NotFound("没有找到这个页面。") from None
