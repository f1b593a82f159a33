"""What a citizen does: write a letter, follow it. No account, nothing personal in the answers."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime

from api.citizens.citizen_parts import LetterPart, parts_of, together_step, worked_on
from api.runtime import Runtime
from api.staff.attachment_wording import attachment_step
from api.staff.callback_desk import Rating, view_rating
from api.staff.follow_up import FOLLOWS, view_follow_up
from api.staff.follow_up_wording import follow_up_step
from api.staff.publication_wording import publication_step
from api.staff.publishing import NOT_PUBLIC, OwnPublic, view_own
from intake.acceptance import accept
from intake.encryption import query_code_hash
from intake.registration import Registered, normalise_receipt_number, register
from intake.repository import find_submission_by_query_code
from models.account import CITIZEN_ACTOR
from models.analysis import AppealType
from models.callback import CallbackState
from models.case import CaseAction, CaseEvent, CaseStatus, Reply
from models.database import Connection
from models.errors import Conflict, Invalid, NotFound
from models.protection import RevealReason
from models.submission import Channel, NewSubmission, Submission
from routing import case_repository, event_repository
from routing.casework import callback_repository
from routing.clocks.day_count import CountedDay
from routing.replies import publication_acts

MAX_TITLE = 100
MAX_BODY = 5000
_SOURCE = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterForm:
    """What the form sends, untrusted."""

    title: str
    body: str
    appeal_type: AppealType | None = None
    place: str = ""
    name: str = ""
    contact: str = ""
    confidential: bool = False
    publish_consent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line a citizen reads: what happened and when. Staff names are not shown."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterProgress:
    """A letter as its writer sees it."""

    receipt_number: str
    title: str
    body: str
    submitted_at: datetime
    status: CaseStatus | None
    status_text: str
    department_name: str
    due_date: date | None
    due_basis: str
    counted: list[CountedDay]
    steps: list[Step]
    replies: list[Reply]
    rating: Rating | None = None
    # it is handled with other letters about the same thing; the matters of it that are handled apart
    together: bool = False
    parts: list[LetterPart] = field(default_factory=list)
    public: OwnPublic = NOT_PUBLIC


def write_letter(
    conn: Connection, runtime: Runtime, form: LetterForm, *, sent_by: str = "", now: datetime
) -> Registered:
    """Store the letter; the answer carries the receipt number and, once, the query code.

    `sent_by` is a token of the visitor's browser, or the key a program repeats a request under: the same words from
    the same sender are one letter, from two senders they are two. Only its hash is kept.

    Raises `Invalid` with the fields to correct, `Conflict` for the same letter sent twice.
    """
    fields: dict[str, str] = {}
    if not form.title.strip():
        fields["title"] = "请填写标题"
    elif len(form.title) > MAX_TITLE:
        fields["title"] = f"标题不能超过{MAX_TITLE}字"
    if not form.body.strip():
        fields["body"] = "请写下您要反映的事情"
    elif len(form.body) > MAX_BODY:
        fields["body"] = f"正文不能超过{MAX_BODY}字，现有{len(form.body)}字"
    for name, value in (("place", form.place), ("name", form.name), ("contact", form.contact)):
        if len(value) > 100:
            fields[name] = "内容过长"
    if fields:
        raise Invalid("有几处需要修改。", fields)
    letter = accept(
        NewSubmission(
            channel=Channel.LETTER,
            source=_SOURCE,
            source_id=hashlib.sha256(sent_by.encode()).hexdigest()[:32] if sent_by else None,
            title=form.title,
            body=form.body,
            submitted_at=None,
            submitter_name=form.name,
            submitter_contact=form.contact,
            place=form.place,
            appeal_type=form.appeal_type,
            confidential=form.confidential,
            publish_consent=form.publish_consent,
        )
    )
    [registered] = register(
        conn,
        [letter],
        actor=CITIZEN_ACTOR,
        now=now,
        keys=runtime.keys,
        zone=runtime.settings.zone,
        want_query_code=True,
    )
    if registered.status != "new":
        raise Conflict("这封信刚才已经收到，请用当时给您的编号和查询码查看。")
    return registered


def find_letter(conn: Connection, runtime: Runtime, number: str, code: str) -> Submission:
    """Raises `NotFound`, in the same words for a wrong number as for a wrong code."""
    submission = find_submission_by_query_code(
        conn, normalise_receipt_number(number), query_code_hash(code, runtime.keys)
    )
    if submission is None:
        raise NotFound("没有找到这封信，请核对编号和查询码。")
    return submission


def follow_letter(conn: Connection, runtime: Runtime, number: str, code: str, *, now: datetime) -> LetterProgress:
    """The progress of a letter. Raises `NotFound`, in the same words for a wrong number as for a wrong code."""
    submission = find_letter(conn, runtime, number, code)
    directory = runtime.directory(conn)
    case = case_repository.find_case_of_submission(conn, submission.id)
    steps = [Step(at=submission.received_at, text="来信已收到")]
    if case is None:
        return LetterProgress(
            receipt_number=submission.receipt_number,
            title=submission.title,
            body=submission.body,
            submitted_at=submission.submitted_at,
            status=None,
            status_text="已收到，正在分派",
            department_name="",
            due_date=None,
            due_basis="",
            counted=[],
            steps=steps,
            replies=[],
            public=view_own(conn, submission.id),
        )
    for event in event_repository.list_events(conn, case.id):
        unit = event.payload.get("department" if event.action is CaseAction.REVEAL else "lead")
        text = _step_text(event, directory.department_name(unit))
        if text:
            steps.append(Step(at=event.at, text=text))
    doing = worked_on(conn, case)
    status = doing.status if case.status.is_open else case.status
    follow_up = view_follow_up(conn, case, directory, led=False, now=now)
    return LetterProgress(
        receipt_number=submission.receipt_number,
        title=submission.title,
        body=submission.body,
        submitted_at=submission.submitted_at,
        status=status,
        status_text=status.label,
        department_name=directory.department_name(doing.lead_department_id),
        due_date=case.due_date,
        due_basis=case.due_basis,
        counted=follow_up.counted(case, directory, runtime.settings.zone),
        steps=steps,
        replies=[reply for reply in case_repository.list_replies(conn, case.id) if reply.withdrawn_at is None],
        rating=_rating(conn, runtime, submission.id, now=now),
        together=case.merged_into is not None,
        parts=parts_of(conn, case, submission, directory),
        public=view_own(conn, submission.id),
    )


def withdraw_consent(conn: Connection, runtime: Runtime, number: str, code: str, *, now: datetime) -> bool:
    """What was written is no longer read by others. False where it was not agreed to (any more). Raises `NotFound`."""
    return publication_acts.withdraw_consent(conn, find_letter(conn, runtime, number, code).id, now=now)


def reveal_step(event: CaseEvent, department: str) -> str:
    """Who was shown name and contact, and why; not which person, and not in the person's own words."""
    reason = RevealReason(event.payload["reason"]).label
    return f"{department or '受理中心'}因{reason}查看了您的姓名和联系方式"


def _rating(conn: Connection, runtime: Runtime, submission_id: int, *, now: datetime) -> Rating | None:
    """None where nothing was completed that could be judged."""
    callback = callback_repository.find_of_submission(conn, submission_id)
    if callback is None or callback.state is CallbackState.CANCELLED:
        return None
    case = case_repository.get_case_by_id(conn, callback.case_id)
    return view_rating(conn, runtime, callback, case, now=now) if not case.status.is_open else None


def _step_text(event: CaseEvent, department: str) -> str:
    """What the submitter is told; "" for what is between units."""
    match event.action:
        case CaseAction.GRANT_EXTENSION:
            due = date.fromisoformat(event.payload["due_date"]["to"])
            return f"办理时限延至{due.year}年{due.month}月{due.day}日，原因：{event.payload['reason']}"
        case _ if event.action in FOLLOWS:
            return follow_up_step(event)
        case CaseAction.MERGE | CaseAction.UNMERGE | CaseAction.SPLIT | CaseAction.UNSPLIT:
            return together_step(event)
        case CaseAction.RECALCULATE if "due_date" in event.payload:
            due = date.fromisoformat(event.payload["due_date"]["to"])
            return f"放假安排有变，办理时限调整为{due.year}年{due.month}月{due.day}日"
        case CaseAction.CONTACT:
            return "承办单位与您联系" if event.payload["reached"] else "承办单位联系您，未联系上"
        case CaseAction.REVEAL:
            return reveal_step(event, department)
        case CaseAction.ATTACH | CaseAction.DETACH:
            return attachment_step(event)
        case CaseAction.PUBLISH | CaseAction.UNPUBLISH | CaseAction.WITHDRAW_CONSENT:
            return publication_step(event)
    return {
        CaseAction.DISPATCH: f"已转{department}办理",
        CaseAction.REDISPATCH: f"改由{department}办理",
        CaseAction.ACCEPT_RETURN: f"改由{department}办理",
        CaseAction.DESIGNATE: f"由{department}办理",
        CaseAction.ACKNOWLEDGE: "承办单位已签收，正在办理",
        CaseAction.REPLY: "承办单位已答复",
        CaseAction.COMPLETE: "已办结",
        CaseAction.REOPEN: "重新办理",
        CaseAction.CLOSE: "已归档",
    }.get(event.action, "")
