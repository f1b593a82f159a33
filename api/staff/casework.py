"""What staff do with a case, for pages and JSON alike: load what this person may see, perform one action."""

from dataclasses import dataclass, replace
from datetime import datetime

from api.runtime import Runtime
from api.staff.alike import Alike, find_alike
from api.staff.case_requests import ActionInput, Beside, perform_beside, view_beside
from api.staff.drafting import Drafting, check_before, perform_review, view_drafting
from api.staff.explanations import Explanation, explain
from api.staff.follow_up import FOLLOWS, FollowUp, perform_follow_up, view_follow_up
from api.staff.merging import TOGETHER, Together, perform_together, view_together, words_for_others, words_without
from api.staff.publishing import PublicSide, view_public_side
from intake import repository as submissions_repository
from intake.redaction import find_exposed, redact_together
from models.account import Account, Role
from models.analysis import Analysis
from models.case import Assignment, AssignmentRole, Case, CaseAction, CaseEvent, Reply
from models.database import Connection
from models.errors import Conflict, Forbidden, Invalid
from models.protection import Disclosure
from models.submission import OriginalContent, Submission
from routing import analysis_repository, case_repository, event_repository, lifecycle, opening, policies, protection
from routing.casework import disclosure, mentions
from routing.directory import Directory
from routing.learning.topic_levels import open_topics
from routing.replies import drafts, publication_acts


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as one person sees it. `original` is None where the person has not stated a reason to see who wrote, or
    may not; `shown` is the reveal that shows it. `held_by` are units that have it and that a report complains of."""

    case: Case
    submission: Submission
    analysis: Analysis
    assignments: list[Assignment]
    events: list[CaseEvent]
    replies: list[Reply]
    original: OriginalContent | None
    shown: Disclosure | None
    held_by: tuple[str, ...]
    explanation: Explanation
    alike: Alike
    beside: Beside
    follow_up: FollowUp
    drafting: Drafting
    together: Together
    public: PublicSide
    actions: tuple[CaseAction, ...]


def load_case(conn: Connection, account: Account, case_number: str) -> tuple[Case, list[Assignment]]:
    """Raises `NotFound` for a case that is not there or not this person's to see."""
    case = case_repository.get_case(conn, case_number)
    assignments = case_repository.list_assignments(conn, case.id)
    policies.check_can_view(account, assignments)
    return case, assignments


def view_case(conn: Connection, runtime: Runtime, account: Account, case_number: str) -> CaseView:
    """Everything the case page shows this person. Raises `NotFound`."""
    case, assignments = load_case(conn, account, case_number)
    original, shown = None, disclosure.find_open(conn, account, case, assignments, now=runtime.now())
    if shown is not None:
        original = submissions_repository.get_original(conn, case.submission_id, runtime.keys)
    analysis = analysis_repository.list_analyses(conn, [case.submission_id])[case.submission_id]
    submission, directory = submissions_repository.get_submission(conn, case.submission_id), runtime.directory(conn)
    beside = view_beside(conn, case, assignments, directory, now=runtime.now(), zone=runtime.settings.zone)
    drafting = view_drafting(conn, account, case, assignments)
    together = view_together(conn, account, case, assignments, submission, analysis, directory)
    led = any(a.ended_at is None for a in assignments)
    follow_up = view_follow_up(conn, case, directory, led=led, now=runtime.now())
    public = view_public_side(conn, case)
    return CaseView(
        case=case,
        submission=submission,
        analysis=analysis,
        assignments=assignments,
        events=event_repository.list_events(conn, case.id),
        replies=case_repository.list_replies(conn, case.id),
        original=original,
        shown=shown,
        held_by=held_by(conn, account, case, assignments, directory),
        explanation=explain(conn, account, directory, [(case, analysis)])[case.id],
        alike=find_alike(conn, account, directory, case, submission),
        beside=beside,
        follow_up=follow_up,
        drafting=drafting,
        together=together,
        public=public,
        actions=tuple(
            a
            for a in CaseAction
            if policies.can_act(account, a, case, assignments)
            and beside.allows(a)
            and follow_up.allows(a)
            and drafting.allows(a)
            and together.allows(a)
            and public.allows(a)
            and (a is not CaseAction.NAME_TOPIC or open_topics(directory, case.topic_code))
            and (a is not CaseAction.REVEAL or disclosure.may_ask(conn, account, case, assignments))
        ),
    )


def perform(
    conn: Connection,
    runtime: Runtime,
    account: Account,
    case_number: str,
    action: CaseAction,
    given: ActionInput,
    *,
    now: datetime,
) -> Case:
    """One action by one person. Raises `NotFound`, `Forbidden`, `Conflict` (status, or changed since), `Invalid`."""
    case, assignments = load_case(conn, account, case_number)
    policies.check_can_act(account, action, case, assignments)
    if given.version is None and action is CaseAction.APPROVE_REPLY:
        # what is signed is what was read
        raise Invalid("签发须带上您看到的工单版本（version）。", {"version": "请填写您看到的版本"})
    if given.version is not None and given.version != case.version:
        raise Conflict(_changed_by(conn, case, runtime))
    directory = runtime.directory(conn)
    actor, zone = account.actor, runtime.settings.zone
    match action:
        case CaseAction.DISPATCH | CaseAction.REDISPATCH:
            _check_target(case, assignments, given, directory)
            return lifecycle.dispatch(
                conn,
                case,
                directory,
                lead=given.lead,
                co_handling=given.co_handling,
                topic_code=given.topic_code or None,
                appeal_type=given.appeal_type,
                note=_masked(conn, runtime, case, given).note.strip(),
                actor=actor,
                now=now,
                zone=zone,
            )
        case CaseAction.ACKNOWLEDGE:
            return lifecycle.acknowledge(conn, case, actor=actor, now=now)
        case CaseAction.REPLY:
            unit = account.department_id
            drafts.check_direct_reply(conn, case, body=given.body, public=given.public, department_id=unit, zone=zone)
            lifecycle.checked_reply(given.body)
            exposing = _disclosure(conn, runtime, case, given)
            going = drafts.files_of_reply(conn, case, given.files, department_id=unit, public=given.public)
            drafts.settle_before_reply(conn, case, body=given.body, actor=actor, now=now)
            checked, why = check_before(
                conn, runtime, case, _masked(conn, runtime, case, given), exposing=exposing, now=now
            )
            found = [finding.flaw.value for finding in checked.check.findings]
            return lifecycle.reply(
                conn,
                case,
                body=given.body,
                public=given.public,
                department_id=account.department_id,
                disclosure=exposing,
                files=going,
                more={"findings": found, "why": why} if found else None,
                actor=actor,
                now=now,
            )
        case CaseAction.SUBMIT_REPLY | CaseAction.APPROVE_REPLY | CaseAction.SEND_BACK_REPLY:
            exposing = _disclosure(conn, runtime, case, given) if action is CaseAction.SUBMIT_REPLY else ""
            given = _masked(conn, runtime, case, given)
            return perform_review(conn, runtime, account, case, action, given, exposing=exposing, now=now)
        case CaseAction.COMPLETE:
            if given.result is None:
                raise Invalid("请选择办理结果。", {"result": "请选择"})
            others = words_for_others(conn, runtime, case)
            return lifecycle.complete(conn, case, result=given.result, for_others=others, actor=actor, now=now)
        case CaseAction.REOPEN:
            reason = _masked(conn, runtime, case, given).reason
            return lifecycle.reopen(conn, case, reason=reason, actor=actor, now=now)
        case CaseAction.CLOSE:
            return lifecycle.close(conn, case, actor=actor, now=now)
        case CaseAction.NAME_TOPIC:
            topic_code = given.topic_code or ""
            return lifecycle.name_topic(conn, case, directory, topic_code=topic_code, actor=actor, now=now)
        case CaseAction.OPEN:
            raise Invalid("立案请从来件页面进行。")
        case CaseAction.PUBLISH:
            note, others = _masked(conn, runtime, case, given).text, words_without(conn, runtime, case)
            return publication_acts.publish(conn, case, account, note=note, for_others=others, now=now)
        case CaseAction.UNPUBLISH:
            reason = _masked(conn, runtime, case, given).text
            return publication_acts.unpublish(conn, case, account, reason=reason, now=now)
        case CaseAction.NOTE:
            masked = _masked(conn, runtime, case, given).text
            return mentions.write_note(conn, case, assignments, text=given.text, masked=masked, actor=actor, now=now)
        case _ if action in TOGETHER:
            given = _masked(conn, runtime, case, given)
            return perform_together(conn, runtime, account, case, action, given, directory, now=now)
        case _ if action in FOLLOWS:
            given = _masked(conn, runtime, case, given)
            return perform_follow_up(conn, account, case, action, given, directory, now=now, zone=zone)
        case _:
            given = _kept_helpers(_masked(conn, runtime, case, given), action, assignments)
            return perform_beside(conn, account, case, action, given, directory, now=now, zone=zone)


def held_by(
    conn: Connection, account: Account, case: Case, assignments: list[Assignment], directory: Directory
) -> tuple[str, ...]:
    """For whoever can give the case to others: units that have it although it complains of them."""
    if account.role not in (Role.DISPATCHER, Role.SUPERVISOR):
        return ()
    units = [a.department_id for a in assignments if a.ended_at is None]
    return protection.held_by_complained(conn, case, directory, units)


def open_case(conn: Connection, runtime: Runtime, account: Account, submission_id: int, *, now: datetime) -> Case:
    """A dispatcher opens a case from a survey answer or a post. Raises `Forbidden`, `NotFound`, `Conflict`."""
    if account.role not in policies.ACTION_ROLES[CaseAction.OPEN]:
        raise Forbidden(f"{account.role.label}不能立案。")
    submission = submissions_repository.get_submission(conn, submission_id)
    analysis = analysis_repository.list_analyses(conn, [submission_id]).get(submission_id)
    if analysis is None:
        raise Conflict("该来件正在分析，请稍后再试。")
    return opening.open_case_by_hand(
        conn, submission, analysis, runtime.directory(conn), actor=account.actor, now=now, zone=runtime.settings.zone
    )


def list_triage(conn: Connection, account: Account, *, limit: int = 100) -> list[tuple[Case, Analysis]]:
    """The triage queue with what the classifier suggests. Raises `Forbidden` for anyone but a dispatcher."""
    if account.role is not Role.DISPATCHER:
        raise Forbidden("人工分拣由派单员进行。")
    cases = case_repository.list_triage(conn, limit=limit)
    analyses = analysis_repository.list_analyses(conn, [case.submission_id for case in cases])
    return [(case, analyses[case.submission_id]) for case in cases]


def _masked(conn: Connection, runtime: Runtime, case: Case, given: ActionInput) -> ActionInput:
    """What staff write beside the answer is read by units that may not know who wrote, and some of it by the submitter:
    personal data in it are masked before it is stored, as in every text that comes in."""
    if not (given.text.strip() or given.note.strip() or given.reason.strip()):
        return given
    original = submissions_repository.get_original(conn, case.submission_id, runtime.keys)
    text, note, reason = redact_together((given.text, given.note, given.reason), (original.submitter_name,))
    return replace(given, text=text.text, note=note.text, reason=reason.text)


def _kept_helpers(given: ActionInput, action: CaseAction, assignments: list[Assignment]) -> ActionInput:
    """A case that is given on keeps the units that help with it, where nobody names others."""
    if action not in (CaseAction.ACCEPT_RETURN, CaseAction.DESIGNATE) or given.co_handling:
        return given
    current = [a for a in assignments if a.ended_at is None and a.role is AssignmentRole.CO_HANDLING]
    return replace(given, co_handling=tuple(a.department_id for a in current))


def _disclosure(conn: Connection, runtime: Runtime, case: Case, given: ActionInput) -> str:
    """The reason for which personal data in a public reply is published, "" where the reply holds none.

    Raises `Invalid`, naming what was found, where there is some and no reason is given."""
    if not given.public:
        return ""
    protection.check_publishable(conn, case)
    original = submissions_repository.get_original(conn, case.submission_id, runtime.keys)
    letter = "\n".join((original.title, original.body, original.submitter_contact))
    exposed = find_exposed(given.body, letter=letter, names=(original.submitter_name,))
    if not exposed:
        return ""
    if reason := given.reason.strip():
        return reason
    found = "、".join(dict.fromkeys(f"{span.kind.label}“{span.mask}”" for span in exposed))
    raise Invalid(
        f"公开的答复中有个人信息：{found}。请删去后再发，或者改为只给诉求人看。",
        {"body": "有个人信息，未发出", "reason": "确需公开的，请写明理由，将记入办理过程"},
    )


def _check_target(case: Case, assignments: list[Assignment], given: ActionInput, directory: Directory) -> None:
    if not given.lead:
        raise Invalid("请选择主办单位。", {"lead": "请选择"})
    helping = {a.department_id for a in assignments if a.ended_at is None and a.role is AssignmentRole.CO_HANDLING}
    same_helpers = set(given.co_handling) - {given.lead} == helping
    if case.dispatched_at is not None and given.lead == case.lead_department_id and same_helpers:
        raise Invalid(f"工单已由{directory.department_name(given.lead)}主办。", {"lead": "请选择其他单位"})


def _changed_by(conn: Connection, case: Case, runtime: Runtime) -> str:
    """Who was quicker, when, and what they did."""
    last = event_repository.list_events(conn, case.id)[-1]
    who = last.actor.split(":", 2)[2] if last.actor.startswith("account:") else "系统"
    at = last.at.astimezone(runtime.settings.zone)
    return f"工单已由{who}于{at:%m-%d %H:%M}{last.action.label}，您填写的内容没有提交，请核对后再试。"
