"""What staff do with an issue that needs a public answer, for pages and JSON alike: load what this person may see,
perform one action."""

from dataclasses import dataclass, replace
from datetime import datetime

from api.account_repository import list_accounts
from api.runtime import Runtime
from intake import repository as submissions_repository
from intake.redaction import find_exposed
from models.account import Account, Role
from models.alert import RiskLevel
from models.case import CaseStatus, CompletionResult
from models.database import Connection
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.issue_response import (
    RESPONSE_TRANSITIONS,
    AnsweredCase,
    IssueResponse,
    ResponseAction,
    ResponseAnswer,
    ResponseAnswerState,
    ResponseClock,
    ResponseEvent,
    ResponseTask,
)
from routing.issues import issue_answering, issue_repository, issue_responses, response_policies
from routing.issues import issue_response_repository as rows

# Who sees responses whole; an officer sees the tasks of the own unit.
SEES_RESPONSES = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR})
OWNERS = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER})
# The originals of so many of an issue's latest submissions are compared with a public answer.
_ORIGINALS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskInput:
    """The fields of every action; each reads its own. `version` is what the person saw."""

    version: int | None = None
    major: bool = False
    known_at: datetime | None = None
    owner_id: int | None = None
    level: RiskLevel | None = None
    opinion: str = ""
    text: str = ""
    department_id: str = ""
    what: str = ""
    due_at: datetime | None = None
    task_id: int | None = None
    report: str = ""
    title: str = ""
    body: str = ""
    reason: str = ""
    review: str = ""
    lead: str = ""
    result: CompletionResult | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The cases of an issue that closing would answer: how many, of how many people, in whose hands."""

    cases: int = 0
    persons: int = 0
    without_unit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """A response as one person sees it. `answers`: the newest first. `waiting` is asked for where closing is next."""

    response: IssueResponse
    clocks: list[ResponseClock]
    tasks: list[ResponseTask]
    answers: list[ResponseAnswer]
    answered: list[AnsweredCase]
    events: list[ResponseEvent]
    waiting: Waiting
    actions: tuple[ResponseAction, ...]

    @property
    def answer(self) -> ResponseAnswer | None:
        return self.answers[0] if self.answers else None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTask:
    """A task as the unit that has it sees it."""

    task: ResponseTask
    response: IssueResponse
    issue_name: str


def check_can_see(account: Account) -> None:
    """Raises `Forbidden` for officers: issues are the whole city's."""
    if account.role not in SEES_RESPONSES:
        raise Forbidden("热点问题供派单员、督办员、领导和管理员使用。")


def list_desk(conn: Connection, account: Account, issue_id: int, *, now: datetime) -> list[DeskView]:
    """The responses to an issue, the latest first. Raises `Forbidden`, `NotFound`."""
    check_can_see(account)
    issue_repository.get_issue(conn, issue_id, now=now)
    return [_view(conn, account, response, now=now) for response in rows.list_responses(conn, issue_id)]


def list_unit_tasks(conn: Connection, department_id: str, *, now: datetime) -> list[UnitTask]:
    """What a unit has to report, the first due first."""
    found = []
    for task in rows.list_tasks_of_department(conn, department_id):
        response = rows.get_response(conn, task.response_id)
        if ResponseAction.REPORT in RESPONSE_TRANSITIONS[response.stage]:
            issue = issue_repository.get_issue(conn, response.issue_id, now=now)
            found.append(UnitTask(task=task, response=response, issue_name=issue.name))
    return found


def open_desk(conn: Connection, account: Account, issue_id: int, given: DeskInput, *, now: datetime) -> IssueResponse:
    """启动处置; the owner is who opens it unless another is named. Raises `Forbidden`, `NotFound`, `Conflict`,
    `Invalid`."""
    response_policies.check_can_open(account)
    issue = issue_repository.get_issue(conn, issue_id, now=now)
    if issue.merged_into is not None:
        raise Conflict("该热点问题已并入另一个，请到合并后的热点问题启动处置。")
    if any(response.stage.is_open for response in rows.list_responses(conn, issue_id)):
        raise Conflict("该热点问题已经启动处置，请刷新后查看。")
    return issue_responses.open_response(
        conn,
        issue_id,
        major=given.major,
        owner_id=_owner(conn, given.owner_id or account.id),
        known_at=given.known_at or now,
        actor=account.actor,
        now=now,
    )


def perform(
    conn: Connection,
    runtime: Runtime,
    account: Account,
    issue_id: int,
    response_id: int,
    action: ResponseAction,
    given: DeskInput,
    *,
    now: datetime,
) -> IssueResponse:
    """One action by one person. Raises `NotFound`, `Forbidden`, `Conflict` (stage, or changed since), `Invalid`."""
    response = rows.get_response(conn, response_id)
    if issue_id not in (response.issue_id, _whole(conn, response.issue_id, now=now)):
        raise NotFound("没有找到这次处置。")
    response_policies.check_can_respond(account, action, response)
    actor = account.actor
    if action is ResponseAction.REPORT:  # guarded by its task: others may go on with the response meanwhile
        task = _task(conn, response, given)
        response_policies.check_can_report(account, task)
        return issue_responses.report_task(conn, response, task, report=given.report, actor=actor, now=now)
    if given.version is not None and given.version != response.version:
        raise Conflict(_changed_by(conn, response, runtime))
    match action:
        case ResponseAction.OPEN:
            raise Invalid("启动处置请从热点问题页面进行。")
        case ResponseAction.SUBMIT:
            return issue_responses.submit(conn, response, text=given.text, actor=actor, now=now)
        case ResponseAction.ASSESS:
            if given.level is None:
                raise Invalid("请选择等级。", {"level": "请选择"})
            return issue_responses.assess(
                conn, response, level=given.level, major=given.major, opinion=given.opinion, actor=actor, now=now
            )
        case ResponseAction.TASK:
            _give_task(conn, runtime, response, given, actor=actor, now=now)
            return rows.get_response(conn, response.id)
        case ResponseAction.WITHDRAW:
            task = _task(conn, response, given)
            return issue_responses.withdraw_task(conn, response, task, reason=given.reason, actor=actor, now=now)
        case ResponseAction.INFORM:
            return issue_responses.inform(conn, response, text=given.text, actor=actor, now=now)
        case ResponseAction.BRIEF:
            return issue_responses.brief(conn, response, text=given.text, actor=actor, now=now)
        case ResponseAction.DRAFT:
            return issue_responses.draft(conn, response, title=given.title, body=given.body, actor=actor, now=now)
        case ResponseAction.RETURN:
            answer = _answer(conn, response)
            response_policies.check_can_decide(account, answer)
            return issue_responses.return_answer(conn, response, answer, reason=given.reason, actor=actor, now=now)
        case ResponseAction.SIGN:
            answer = _answer(conn, response)
            response_policies.check_can_decide(account, answer)
            return issue_responses.sign(conn, response, answer, actor=actor, now=now)
        case ResponseAction.PUBLISH:
            answer = _answer(conn, response)
            disclosure = _disclosure(conn, runtime, _at_whole(conn, response, now=now), answer, given)
            return issue_responses.publish(conn, response, answer, disclosure=disclosure, actor=actor, now=now)
        case ResponseAction.CLOSE:
            return _close(conn, runtime, response, given, actor=actor, now=now)
        case ResponseAction.UNDO_CLOSE:
            return _undo_close(conn, response, given, actor=actor, now=now)
        case ResponseAction.DISMISS:
            return issue_responses.dismiss(conn, response, reason=given.reason, actor=actor, now=now)
        case ResponseAction.HAND_OVER:
            owner = _owner(conn, given.owner_id)
            return issue_responses.hand_over(conn, response, owner_id=owner, actor=actor, now=now)
        case ResponseAction.WITHDRAW_PUBLICATION:
            answer, reason = _answer(conn, response), given.reason
            return issue_responses.withdraw_publication(conn, response, answer, reason=reason, actor=actor, now=now)
        case ResponseAction.NOTE:
            return issue_responses.note(conn, response, text=given.text, actor=actor, now=now)


def possible_owners(conn: Connection) -> list[Account]:
    """Who can be responsible for a response."""
    return [account for account in list_accounts(conn) if account.active and account.role in OWNERS]


def _whole(conn: Connection, issue_id: int, *, now: datetime) -> int:
    """The issue itself, or what it has become part of: there its voices are."""
    issue = issue_repository.get_issue(conn, issue_id, now=now)
    while issue.merged_into is not None:
        issue = issue_repository.get_issue(conn, issue.merged_into, now=now)
    return issue.id


def _at_whole(conn: Connection, response: IssueResponse, *, now: datetime) -> IssueResponse:
    """The response as if it had been opened where the voices are now."""
    return replace(response, issue_id=_whole(conn, response.issue_id, now=now))


def _view(conn: Connection, account: Account, response: IssueResponse, *, now: datetime) -> DeskView:
    actions = tuple(a for a in ResponseAction if response_policies.can_respond(account, a, response))
    return DeskView(
        response=response,
        clocks=rows.list_clocks(conn, [response.id])[response.id],
        tasks=rows.list_tasks(conn, response.id),
        answers=rows.list_answers(conn, response.id),
        answered=rows.list_answered_cases(conn, response.id),
        events=rows.list_events(conn, response.id),
        waiting=_waiting(conn, _at_whole(conn, response, now=now)) if ResponseAction.CLOSE in actions else Waiting(),
        actions=actions,
    )


def _waiting(conn: Connection, response: IssueResponse) -> Waiting:
    open_members = issue_answering.list_open_members(conn, response.issue_id)
    return Waiting(
        cases=len(open_members),
        persons=len({person for _, person in open_members}),
        without_unit=sum(case.status is CaseStatus.TRIAGE for case, _ in open_members),
    )


def _task(conn: Connection, response: IssueResponse, given: DeskInput) -> ResponseTask:
    task = rows.get_task(conn, given.task_id or 0)
    if task.response_id != response.id:
        raise NotFound("没有找到这项交办。")
    return task


def _answer(conn: Connection, response: IssueResponse) -> ResponseAnswer:
    """The newest: that one counts. Raises `Conflict` where there is none."""
    answers = rows.list_answers(conn, response.id)
    if not answers:
        raise Conflict("还没有拟写回应。")
    return answers[0]


def _give_task(
    conn: Connection, runtime: Runtime, response: IssueResponse, given: DeskInput, *, actor: str, now: datetime
) -> None:
    unit = runtime.directory(conn).departments.get(given.department_id)
    if unit is None or not unit.active:
        raise Invalid("请选择承担交办的单位。", {"department_id": "请选择"})
    if given.due_at is None:
        raise Invalid("请填写反馈时限。", {"due_at": "请填写"})
    issue_responses.give_task(
        conn, response, department_id=unit.id, what=given.what, due_at=given.due_at, actor=actor, now=now
    )


def _close(
    conn: Connection, runtime: Runtime, response: IssueResponse, given: DeskInput, *, actor: str, now: datetime
) -> IssueResponse:
    """Answer every open case of the issue and close, or neither."""
    directory = runtime.directory(conn)
    answered: dict[str, object] = {}
    there = _at_whole(conn, response, now=now)
    waiting = issue_answering.list_open_members(conn, there.issue_id)
    if waiting:
        unit = directory.departments.get(given.lead)
        undecided = any(case.status is CaseStatus.TRIAGE for case, _ in waiting)
        if undecided and (unit is None or not unit.active):
            raise Invalid("请选择以哪个单位的名义答复尚未派单的工单。", {"lead": "请选择"})
        if given.result is None:
            raise Invalid("请选择办理结果。", {"result": "请选择"})
        answer = _answer(conn, response)
        if answer.state is not ResponseAnswerState.PUBLISHED:
            raise Conflict("回应发布后才能办结。")
        if rows.is_withdrawn(conn, answer):
            raise Conflict("回应已撤下，不能用它答复工单；请先撤下再另写一份。")
        done = issue_answering.answer_members(
            conn,
            there,
            answer,
            directory,
            lead=given.lead,
            result=given.result,
            actor=actor,
            now=now,
            zone=runtime.settings.zone,
        )
        answered = {**done.payload(), "lead": given.lead, "result": given.result.value}
    return issue_responses.close(conn, response, review=given.review, answered=answered, actor=actor, now=now)


def _undo_close(
    conn: Connection, response: IssueResponse, given: DeskInput, *, actor: str, now: datetime
) -> IssueResponse:
    if not given.reason.strip():
        raise Invalid("请填写撤销原因。", {"reason": "请填写撤销原因"})
    if response.dismissed:
        raise Conflict("这次处置没有回应就已终止，请重新启动处置。")
    back, kept = issue_answering.take_back(conn, response, reason=given.reason.strip(), actor=actor, now=now)
    undone = {"reopened": len(back), "kept": list(kept)}
    return issue_responses.undo_close(conn, response, reason=given.reason, undone=undone, actor=actor, now=now)


def _owner(conn: Connection, owner_id: int | None) -> int:
    """Raises `Invalid` for who cannot be responsible."""
    if owner_id not in {account.id for account in possible_owners(conn)}:
        raise Invalid("请选择负责人。", {"owner_id": "请选择派单员、督办员或领导"})
    assert owner_id is not None
    return owner_id


def _disclosure(
    conn: Connection, runtime: Runtime, response: IssueResponse, answer: ResponseAnswer, given: DeskInput
) -> str:
    """The reason for which personal data in the answer is published, "" where it holds none.

    Raises `Invalid`, naming what was found, where there is some and no reason is given."""
    members = issue_repository.list_members(conn, response.issue_id, limit=_ORIGINALS)
    originals = [submissions_repository.get_original(conn, member.submission_id, runtime.keys) for member in members]
    letters = "\n".join("\n".join((o.title, o.body, o.submitter_contact)) for o in originals)
    names = tuple(dict.fromkeys(o.submitter_name for o in originals if o.submitter_name))
    exposed = find_exposed(f"{answer.title}\n{answer.body}", letter=letters, names=names)
    if not exposed:
        return ""
    if reason := given.reason.strip():
        return reason
    found = "、".join(dict.fromkeys(f"{span.kind.label}“{span.mask}”" for span in exposed))
    raise Invalid(
        f"回应中有个人信息：{found}。请退回修改，或者写明必须公开的理由。",
        {"reason": "确需公开的，请写明理由，将记入处置经过"},
    )


def _changed_by(conn: Connection, response: IssueResponse, runtime: Runtime) -> str:
    """Who was quicker, when, and what they did."""
    last = rows.list_events(conn, response.id)[-1]
    who = last.actor.split(":", 2)[2] if last.actor.startswith("account:") else "系统"
    at = last.at.astimezone(runtime.settings.zone)
    return f"这次处置已由{who}于{at:%m-%d %H:%M}{last.action.label}，您填写的内容没有提交，请核对后再试。"
