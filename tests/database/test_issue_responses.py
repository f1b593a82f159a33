"""The response to an issue: what may follow what, whose clocks run, who signs, and who is answered."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from models.account import Account, Role
from models.alert import RiskLevel
from models.case import Case, CaseAction, CaseStatus, CompletionResult
from models.database import Connection
from models.errors import Conflict, Forbidden, Invalid
from models.issue_response import (
    RESPONSE_TRANSITIONS,
    IssueResponse,
    ResponseAction,
    ResponseAnswerState,
    ResponseClockKind,
    ResponseStage,
    ResponseTaskState,
)
from routing import case_repository, lifecycle
from routing.directory import Directory
from routing.issues import issue_answering, issue_responses
from routing.issues import issue_response_repository as rows
from routing.issues import response_policies as policies
from tests import factories
from tests.factories import NOW, ZONE
from tests.issue_rows import issue

LATER = NOW + timedelta(hours=1)
A, B = "account:1:甲", "account:2:乙"


def issue_of(conn: Connection, *cases: Case) -> int:
    """An issue with the submissions of these cases as its members."""
    return issue(conn, [case.submission_id for case in cases])


@pytest.fixture
def owner_account(city_conn: Connection) -> Account:
    return factories.account(city_conn, Role.SUPERVISOR)


def opened(
    conn: Connection, issue: int, owner: Account, *, major: bool = False, known_at: datetime = NOW
) -> IssueResponse:
    return issue_responses.open_response(
        conn, issue, major=major, owner_id=owner.id, known_at=known_at, actor=A, now=NOW
    )


def assessed(conn: Connection, response: IssueResponse, *, major: bool = False) -> IssueResponse:
    response = issue_responses.submit(conn, response, text="多人反映，网上有讨论。", actor=A, now=NOW)
    return issue_responses.assess(
        conn, response, level=RiskLevel.YELLOW, major=major, opinion="请住建局今日抢修。", actor=B, now=NOW
    )


def published(conn: Connection, response: IssueResponse) -> IssueResponse:
    response = issue_responses.draft(
        conn, assessed(conn, response), title="关于路灯的回应", body="路灯已于今晚全部修复。", actor=A, now=LATER
    )
    [answer] = rows.list_answers(conn, response.id)
    response = issue_responses.sign(conn, response, answer, actor=B, now=LATER)
    [answer] = rows.list_answers(conn, response.id)
    return issue_responses.publish(conn, response, answer, actor=A, now=LATER)


def clocks(conn: Connection, response: IssueResponse) -> dict[ResponseClockKind, float]:
    """Hours of those that run."""
    return {
        clock.kind: (clock.due_at - clock.started_at) / timedelta(hours=1)
        for clock in rows.list_clocks(conn, [response.id])[response.id]
        if clock.runs
    }


def test_the_clocks_are_those_of_the_kind_of_event(city_conn: Connection, owner_account: Account) -> None:
    response = opened(city_conn, issue_of(city_conn), owner_account)
    assert clocks(city_conn, response) == {ResponseClockKind.RESPONSE: 48}
    response = assessed(city_conn, response, major=True)
    assert clocks(city_conn, response) == {ResponseClockKind.INFORMATION: 5, ResponseClockKind.CONFERENCE: 24}
    response = issue_responses.inform(city_conn, response, text="19时在官网发布情况说明。", actor=A, now=LATER)
    assert clocks(city_conn, response) == {ResponseClockKind.CONFERENCE: 24}
    [first] = [c for c in rows.list_clocks(city_conn, [response.id])[response.id] if c.met_at]
    assert first.met_at == LATER and not first.is_late(NOW + timedelta(days=9))
    # found to be no emergency after all: back to 48 hours from when it became known
    response = issue_responses.assess(
        city_conn, response, level=RiskLevel.BLUE, major=False, opinion="已控制。", actor=B, now=LATER
    )
    assert clocks(city_conn, response) == {ResponseClockKind.RESPONSE: 48}


def test_a_clock_is_late_when_it_was_not_met_in_time(city_conn: Connection, owner_account: Account) -> None:
    response = opened(city_conn, issue_of(city_conn), owner_account, major=True)
    [information, _] = rows.list_clocks(city_conn, [response.id])[response.id]
    assert not information.is_late(NOW + timedelta(hours=5))
    assert information.is_late(NOW + timedelta(hours=5, seconds=1))
    issue_responses.inform(city_conn, response, text="已发布。", actor=A, now=NOW + timedelta(hours=6))
    [information, _] = rows.list_clocks(city_conn, [response.id])[response.id]
    assert information.is_late(NOW)


def test_one_open_response_an_issue(city_conn: Connection, owner_account: Account) -> None:
    issue = issue_of(city_conn)
    first = opened(city_conn, issue, owner_account)
    with pytest.raises(Exception, match="one_open_response"), city_conn.transaction():
        opened(city_conn, issue, owner_account)
    issue_responses.dismiss(city_conn, first, reason="外地的事。", actor=B, now=LATER)
    assert clocks(city_conn, first) == {}
    second = opened(city_conn, issue, owner_account)
    assert [r.id for r in rows.list_responses(city_conn, issue)] == [second.id, first.id]
    assert rows.list_open_responses(city_conn, [issue])[issue].id == second.id


def test_two_at_once_and_the_second_is_told(city_conn: Connection, owner_account: Account) -> None:
    response = opened(city_conn, issue_of(city_conn), owner_account)
    issue_responses.note(city_conn, response, text="现场有二十人。", actor=A, now=NOW)
    with pytest.raises(Conflict):
        issue_responses.submit(city_conn, response, text="情况", actor=B, now=NOW)


Act = Callable[[Connection, IssueResponse], object]
PLAIN: dict[ResponseAction, Act] = {
    ResponseAction.SUBMIT: lambda c, r: issue_responses.submit(c, r, text="情况", actor=A, now=LATER),
    ResponseAction.ASSESS: lambda c, r: issue_responses.assess(
        c, r, level=RiskLevel.RED, major=False, opinion="意见", actor=A, now=LATER
    ),
    ResponseAction.TASK: lambda c, r: issue_responses.give_task(
        c, r, department_id="zjj", what="抢修", due_at=LATER + timedelta(hours=2), actor=A, now=LATER
    ),
    ResponseAction.INFORM: lambda c, r: issue_responses.inform(c, r, text="情况", actor=A, now=LATER),
    ResponseAction.BRIEF: lambda c, r: issue_responses.brief(c, r, text="情况", actor=A, now=LATER),
    ResponseAction.DRAFT: lambda c, r: issue_responses.draft(c, r, title="题", body="文", actor=A, now=LATER),
    ResponseAction.DISMISS: lambda c, r: issue_responses.dismiss(c, r, reason="原因", actor=A, now=LATER),
    ResponseAction.NOTE: lambda c, r: issue_responses.note(c, r, text="情况", actor=A, now=LATER),
    ResponseAction.CLOSE: lambda c, r: issue_responses.close(c, r, review="好", answered={}, actor=A, now=LATER),
    ResponseAction.UNDO_CLOSE: lambda c, r: issue_responses.undo_close(
        c, r, reason="原因", undone={}, actor=A, now=LATER
    ),
}


@pytest.mark.parametrize("stage", ResponseStage)
@pytest.mark.parametrize("action", PLAIN)
def test_each_stage_allows_what_the_table_says(
    city_conn: Connection, owner_account: Account, stage: ResponseStage, action: ResponseAction
) -> None:
    response = opened(city_conn, issue_of(city_conn), owner_account)
    match stage:
        case ResponseStage.ASSESS:
            response = issue_responses.submit(city_conn, response, text="情况", actor=A, now=NOW)
        case ResponseStage.DISPOSE:
            response = assessed(city_conn, response)
        case ResponseStage.RESPOND:
            response = issue_responses.draft(
                city_conn, assessed(city_conn, response), title="题", body="文", actor=A, now=NOW
            )
        case ResponseStage.REVIEW:
            response = published(city_conn, response)
        case ResponseStage.CLOSED:
            response = issue_responses.close(
                city_conn, published(city_conn, response), review="好", answered={}, actor=A, now=LATER
            )
    assert response.stage is stage
    to = RESPONSE_TRANSITIONS[stage].get(action)
    if to is None:
        with pytest.raises(Conflict):
            PLAIN[action](city_conn, response)
        return
    PLAIN[action](city_conn, response)
    assert rows.get_response(city_conn, response.id).stage is to
    event = rows.list_events(city_conn, response.id)[-1]
    assert (event.action, event.from_stage, event.to_stage, event.actor) == (action, stage, to, A)


def test_a_task_is_reported_once(city_conn: Connection, owner_account: Account) -> None:
    response = assessed(city_conn, opened(city_conn, issue_of(city_conn), owner_account))
    task = issue_responses.give_task(
        city_conn, response, department_id="zjj", what=" 抢修路灯 ", due_at=LATER, actor=A, now=NOW
    )
    assert task.what == "抢修路灯" and task.id in {t.id for t in rows.list_tasks_of_department(city_conn, "zjj")}
    response = rows.get_response(city_conn, response.id)
    response = issue_responses.report_task(city_conn, response, task, report="修好了。", actor=B, now=LATER)
    [done] = rows.list_tasks(city_conn, response.id)
    assert (done.state, done.report, done.reported_by) == (ResponseTaskState.REPORTED, "修好了。", B)
    with pytest.raises(Conflict):
        issue_responses.withdraw_task(city_conn, response, task, reason="不用了", actor=A, now=LATER)
    with pytest.raises(Invalid):
        issue_responses.give_task(city_conn, response, department_id="zjj", what="抢修", due_at=NOW, actor=A, now=NOW)


def test_who_wrote_an_answer_does_not_sign_it(city_conn: Connection, owner_account: Account) -> None:
    response = issue_responses.draft(
        city_conn,
        assessed(city_conn, opened(city_conn, issue_of(city_conn), owner_account)),
        title="题",
        body="文",
        actor=owner_account.actor,
        now=NOW,
    )
    [answer] = rows.list_answers(city_conn, response.id)
    with pytest.raises(Forbidden):
        policies.check_can_decide(owner_account, answer)
    with pytest.raises(Conflict):
        issue_responses.sign(city_conn, response, answer, actor=owner_account.actor, now=NOW)
    with pytest.raises(Conflict):
        issue_responses.publish(city_conn, response, answer, actor=A, now=NOW)
    response = issue_responses.return_answer(city_conn, response, answer, reason="太短", actor=A, now=NOW)
    assert response.stage is ResponseStage.DISPOSE
    [answer] = rows.list_answers(city_conn, response.id)
    assert (answer.state, answer.note) == (ResponseAnswerState.RETURNED, "太短")


def test_closing_answers_all_cases_each_person_once(
    city_conn: Connection, directory: Directory, owner_account: Account
) -> None:
    mine = factories.case(city_conn, directory, new=factories.letter(name="周明远", contact="19900000011"))
    mine_again = factories.case(
        city_conn, directory, until=CaseAction.REPLY, new=factories.letter(name="周明远", contact="19900000011")
    )
    nobodys = factories.case(
        city_conn,
        directory,
        says=factories.analysis(topic=None),
        new=factories.letter(name="何秀珍", contact="19900000012"),
    )
    settled = factories.case(
        city_conn, directory, until=CaseAction.COMPLETE, new=factories.letter(name="吴大海", contact="19900000013")
    )
    other = factories.case(city_conn, directory)
    response = published(
        city_conn, opened(city_conn, issue_of(city_conn, mine, mine_again, nobodys, settled), owner_account)
    )
    [answer] = rows.list_answers(city_conn, response.id)
    done = issue_answering.answer_members(
        city_conn,
        response,
        answer,
        directory,
        lead="zjj",
        result=CompletionResult.SOLVED,
        actor=A,
        now=LATER,
        zone=ZONE,
    )
    assert set(done.whole) == {mine.case_number, nobodys.case_number}
    assert (done.pointed, done.left) == ((mine_again.case_number,), ())
    after = {c.id: case_repository.get_case_by_id(city_conn, c.id) for c in (mine, mine_again, nobodys, settled, other)}
    assert {after[c.id].status for c in (mine, mine_again, nobodys)} == {CaseStatus.COMPLETED}
    assert after[nobodys.id].lead_department_id == "zjj"
    assert after[settled.id] == settled and after[other.id] == other
    assert "路灯已于今晚全部修复。" in case_repository.list_replies(city_conn, mine.id)[-1].body
    assert mine.case_number in case_repository.list_replies(city_conn, mine_again.id)[-1].body

    # and back: what somebody has changed since stays
    lifecycle.close(city_conn, after[nobodys.id], actor=B, now=LATER)
    back, kept = issue_answering.take_back(city_conn, response, reason="数字有误", actor=A, now=LATER)
    assert (set(back), kept) == ({mine.case_number, mine_again.case_number}, (nobodys.case_number,))
    assert case_repository.get_case_by_id(city_conn, mine.id).status is CaseStatus.IN_PROGRESS
    assert case_repository.list_replies(city_conn, mine.id)[-1].withdrawn_at == LATER
    assert [reply.withdrawn_at for reply in case_repository.list_replies(city_conn, nobodys.id)] == [None]
    with pytest.raises(Conflict):  # withdrawn: nobody has answered now
        lifecycle.complete(
            city_conn,
            case_repository.get_case_by_id(city_conn, mine.id),
            result=CompletionResult.SOLVED,
            actor=B,
            now=LATER,
        )


def test_history_is_only_added_to(city_conn: Connection, owner_account: Account) -> None:
    response = opened(city_conn, issue_of(city_conn), owner_account)
    for statement in ("DELETE FROM response_events", "UPDATE response_events SET actor = 'x'"):
        with pytest.raises(Exception, match="permission denied"), city_conn.transaction():
            city_conn.execute(statement + f" WHERE response_id = {response.id}")


def test_what_ran_out_before_it_was_dropped_stays_late(city_conn: Connection, owner_account: Account) -> None:
    """Else an assessment or a dismissal would wash off every delay."""
    for hours, late in ((47, False), (49, True)):
        response = opened(city_conn, issue_of(city_conn), owner_account)
        at = NOW + timedelta(hours=hours)
        issue_responses.dismiss(city_conn, response, reason="查无此事。", actor=B, now=at)
        [clock] = rows.list_clocks(city_conn, [response.id])[response.id]
        assert clock.is_late(at + timedelta(days=9)) is late


def test_no_time_is_years_away(city_conn: Connection, owner_account: Account) -> None:
    """An instant of the year 1 or 9999 would break the pages that it is on."""
    issue_id = issue_of(city_conn)
    with pytest.raises(Invalid, match="一年以前"):
        opened(city_conn, issue_id, owner_account, known_at=datetime(1, 1, 1, tzinfo=UTC))
    response = assessed(city_conn, opened(city_conn, issue_id, owner_account))
    with pytest.raises(Invalid, match="太远"):
        issue_responses.give_task(
            city_conn,
            response,
            department_id="zjj",
            what="核实",
            due_at=datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
            actor=A,
            now=LATER,
        )
