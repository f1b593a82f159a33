"""The reply of a case before it is sent, for pages and JSON alike: what this person sees of it and may do with it."""

from dataclasses import dataclass, replace
from datetime import datetime

from api.runtime import Runtime
from api.staff.case_requests import ActionInput
from api.staff.merging import words_for_others
from api.staff.reply_checking import Checked, check_written, stored_findings
from intake import repository as submissions_repository
from models.account import Account, Role
from models.case import Assignment, Case, CaseAction
from models.database import Connection
from models.errors import Forbidden, Invalid
from models.reply_check import ReplyFlaw
from models.reply_draft import DraftState, DraftText, ReplyDraft, ReplyTemplate, ReviewNeed, person
from routing import case_repository, policies
from routing.casework import disclosure
from routing.casework.returns import short_of
from routing.replies import draft_repository, drafts, reply_template_repository, reply_templates

REVIEW_ACTIONS = (CaseAction.SUBMIT_REPLY, CaseAction.APPROVE_REPLY, CaseAction.SEND_BACK_REPLY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """`draft` is None where there is none or it is not this person's to read. `texts` is what it said before.
    `waits`: it waits for its review, whoever may read it. `own`: this person wrote in it. `need` is the unit's rule,
    `templates` those for the topic of the case."""

    draft: ReplyDraft | None
    texts: list[DraftText]
    waits: bool
    own: bool
    need: ReviewNeed
    templates: list[ReplyTemplate]

    def allows(self, action: CaseAction) -> bool:
        match action:
            case CaseAction.REPLY:
                return not self.waits and self.need is not ReviewNeed.ALL
            case CaseAction.SUBMIT_REPLY | CaseAction.COMPLETE:
                return not self.waits
            case CaseAction.APPROVE_REPLY:
                return self.waits and not self.own
            case CaseAction.SEND_BACK_REPLY:
                return self.waits
            case _:
                return True


def view_drafting(conn: Connection, account: Account, case: Case, assignments: list[Assignment]) -> Drafting:
    """For a case that the person may see."""
    draft = draft_repository.find_open_draft(conn, case.id) if case.status.is_open else None
    writes = policies.can_act(account, CaseAction.SUBMIT_REPLY, case, assignments)
    waits = draft is not None and draft.state is DraftState.IN_REVIEW
    reviews = waits and policies.can_act(account, CaseAction.APPROVE_REPLY, case, assignments)
    seen = draft if writes or reviews else None
    unit = case.lead_department_id
    return Drafting(
        draft=seen,
        texts=draft_repository.list_texts(conn, seen.id) if seen else [],
        waits=waits,
        own=draft is not None and drafts.wrote(draft, account.actor),
        need=draft_repository.get_need(conn, unit),
        templates=templates_for(conn, case, unit) if writes else [],
    )


def templates_for(conn: Connection, case: Case, department_id: str | None) -> list[ReplyTemplate]:
    """Those that the unit can use for the topic of the case: of the topic, of the one above it, of none."""
    topic = case.topic_code or ""
    return [
        template
        for template in reply_template_repository.list_templates(conn, department_id)
        if template.active and topic.startswith(template.topic_code or "")
    ]


def perform_review(
    conn: Connection,
    runtime: Runtime,
    account: Account,
    case: Case,
    action: CaseAction,
    given: ActionInput,
    *,
    exposing: str = "",
    now: datetime,
) -> Case:
    """送审, 签发 or 退回修改, by somebody who may (`policies`). `exposing`: why personal data are to be published."""
    actor = account.actor
    match action:
        case CaseAction.SUBMIT_REPLY:
            checked, reason = check_before(conn, runtime, case, given, exposing=exposing, now=now)
            return drafts.submit(
                conn,
                case,
                written(given),
                department_id=case.lead_department_id,
                findings=stored_findings(checked),
                reason=reason,
                disclosure=exposing,
                actor=actor,
                now=now,
                zone=runtime.settings.zone,
            )
        case CaseAction.APPROVE_REPLY:
            others = words_for_others(conn, runtime, case)
            return drafts.approve(conn, case, note=given.note, for_others=others, actor=actor, now=now)
        case _:
            return drafts.send_back(conn, case, note=given.note, actor=actor, now=now)


def check_before(
    conn: Connection, runtime: Runtime, case: Case, given: ActionInput, *, exposing: str = "", now: datetime
) -> tuple[Checked, str]:
    """The check of a reply that is about to be sent or submitted, and why it goes as it is. One with a serious finding
    goes with a reason only: `Invalid` names the findings otherwise."""
    checked = check_written(conn, runtime, case, given.body, public=given.public, now=now)
    reason = short_of(given.text, "理由", field="text")
    # why personal data are published is said already
    serious = [flaw.label for flaw in checked.serious if not (exposing and flaw is ReplyFlaw.PERSONAL_DATA)]
    if serious and not reason:
        raise Invalid(
            f"答复有应当修改的问题：{'、'.join(serious)}。请修改；确实不用改的，请写明理由，将记入办理过程。",
            {"text": "请写明为什么不修改"},
        )
    return checked, reason


def written(given: ActionInput) -> drafts.Written:
    return drafts.Written(
        body=given.body, public=given.public, result=given.result, files=given.files, version=given.draft_version
    )


def save_draft(
    conn: Connection, runtime: Runtime, account: Account, case_number: str, what: drafts.Written, *, now: datetime
) -> ReplyDraft | None:
    """What is written so far, by the unit that leads. Raises `NotFound`, `Forbidden`, `Conflict`, `Invalid`."""
    case = _case_to_write(conn, account, case_number)
    return drafts.save(
        conn,
        case,
        what,
        department_id=case.lead_department_id,
        actor=account.actor,
        now=now,
        zone=runtime.settings.zone,
    )


def drop_draft(
    conn: Connection, runtime: Runtime, account: Account, case_number: str, version: int, *, now: datetime
) -> None:
    case = _case_to_write(conn, account, case_number)
    drafts.drop(conn, case, version=version, actor=account.actor, now=now, zone=runtime.settings.zone)


def check_draft(
    conn: Connection, runtime: Runtime, account: Account, case_number: str, body: str, *, public: bool, now: datetime
) -> Checked:
    """The check of a text that need not be saved."""
    case = _case_to_write(conn, account, case_number)
    return check_written(conn, runtime, case, body, public=public, now=now)


def find_draft(conn: Connection, account: Account, case_number: str) -> ReplyDraft | None:
    """The open draft of a case, None where there is none or it is not this person's to read. Raises `NotFound`."""
    case = case_repository.get_case(conn, case_number)
    assignments = case_repository.list_assignments(conn, case.id)
    policies.check_can_view(account, assignments)
    return view_drafting(conn, account, case, assignments).draft


def with_template(
    conn: Connection,
    runtime: Runtime,
    account: Account,
    case_number: str,
    what: drafts.Written,
    template_id: int,
    *,
    now: datetime,
) -> drafts.Written:
    """What is written, with the template filled in: below what is there, so that nothing is lost."""
    case = _case_to_write(conn, account, case_number)
    template = reply_template_repository.get_template(conn, template_id)
    if template not in templates_for(conn, case, case.lead_department_id):
        raise Invalid("这个模板不能用于本件。", {"template": "请选择列表中的模板"})
    text = reply_templates.fill(
        template.body,
        reply_templates.Filling(
            case=case,
            directory=runtime.directory(conn),
            department_id=case.lead_department_id,
            submitter_name="" if what.public else _known_name(conn, runtime, account, case, now=now),
            now=now,
            zone=runtime.settings.zone,
        ),
    )
    return _below(what, text)


def with_text(what: drafts.Written, text: str) -> drafts.Written:
    """What is written, with another reply as a start."""
    return _below(what, text)


def list_waiting(conn: Connection, account: Account, *, limit: int = 100) -> list[tuple[Case, ReplyDraft]]:
    """Replies that wait for a review by this person's unit, or by any for a supervisor; also those that they wrote
    themselves and cannot approve. Raises `Forbidden`."""
    if account.role not in policies.ACTION_ROLES[CaseAction.APPROVE_REPLY]:
        raise Forbidden("答复由承办单位和督办员审核。")
    waiting = draft_repository.list_in_review(conn, department_id=_unit(account), limit=limit)
    cases = {case.id: case for case in case_repository.list_cases_by_id(conn, [d.case_id for d in waiting])}
    return [(cases[draft.case_id], draft) for draft in waiting]


def count_waiting(conn: Connection, account: Account) -> int:
    """How many this person can approve."""
    if account.role not in policies.ACTION_ROLES[CaseAction.APPROVE_REPLY]:
        return 0
    return draft_repository.count_in_review(conn, department_id=_unit(account), but=person(account.actor))


def _unit(account: Account) -> str | None:
    return account.department_id if account.role is Role.OFFICER else None


def _case_to_write(conn: Connection, account: Account, case_number: str) -> Case:
    """Raises `NotFound`, `Forbidden` or `Conflict` where this person does not answer it."""
    case = case_repository.get_case(conn, case_number)
    policies.check_can_act(account, CaseAction.SUBMIT_REPLY, case, case_repository.list_assignments(conn, case.id))
    return case


def _known_name(conn: Connection, runtime: Runtime, account: Account, case: Case, *, now: datetime) -> str:
    """The submitter's name where this person has stated why they look at it."""
    assignments = case_repository.list_assignments(conn, case.id)
    if disclosure.find_open(conn, account, case, assignments, now=now) is None:
        return ""
    return submissions_repository.get_original(conn, case.submission_id, runtime.keys).submitter_name


def _below(what: drafts.Written, text: str) -> drafts.Written:
    body = what.body.rstrip()
    return replace(what, body=f"{body}\n\n{text}" if body else text)
