"""A published answer is taken down by a supervisor: citizens read it no longer, the history keeps it."""

import pytest

from models.account import Account, Role
from models.database import Connection
from models.errors import Conflict, Invalid
from models.issue_response import RESPONSE_TRANSITIONS, ResponseAction, ResponseStage
from routing.issues import issue_response_repository as rows
from routing.issues import issue_responses
from routing.issues.response_policies import RESPONSE_ROLES
from tests.database.test_issue_responses import LATER, A, issue_of, opened, owner_account, published

__all__ = ["owner_account"]


def public_titles(conn: Connection) -> list[str]:
    return [answer.title for answer in rows.list_published_answers(conn)]


def test_what_is_taken_down_is_read_no_longer_and_another_can_be_written(
    city_conn: Connection, owner_account: Account
) -> None:
    response = published(city_conn, opened(city_conn, issue_of(city_conn), owner_account))
    [answer, *_] = rows.list_answers(city_conn, response.id)
    before = public_titles(city_conn)
    with pytest.raises(Invalid):
        issue_responses.withdraw_publication(city_conn, response, answer, reason=" ", actor=A, now=LATER)
    after = issue_responses.withdraw_publication(city_conn, response, answer, reason="数字有误", actor=A, now=LATER)
    assert len(public_titles(city_conn)) == len(before) - 1
    assert (after.stage, after.published_at) == (ResponseStage.DISPOSE, None)
    event = rows.list_events(city_conn, response.id)[-1]
    assert (event.action, event.payload["reason"]) == (ResponseAction.WITHDRAW_PUBLICATION, "数字有误")
    assert rows.list_answers(city_conn, response.id)[0] == answer  # nothing of it is lost
    with pytest.raises(Conflict):
        issue_responses.publish(city_conn, after, answer, actor=A, now=LATER)
    drafted = issue_responses.draft(city_conn, after, title="更正", body="更正后的数字。", actor=A, now=LATER)
    assert drafted.stage is ResponseStage.RESPOND


def test_a_closed_response_stays_closed_and_nothing_is_taken_down_twice(
    city_conn: Connection, owner_account: Account
) -> None:
    response = published(city_conn, opened(city_conn, issue_of(city_conn), owner_account))
    response = issue_responses.close(city_conn, response, review="好", answered={}, actor=A, now=LATER)
    [answer, *_] = rows.list_answers(city_conn, response.id)
    after = issue_responses.withdraw_publication(city_conn, response, answer, reason="已过时", actor=A, now=LATER)
    assert (after.stage, after.published_at) == (ResponseStage.CLOSED, response.published_at)
    with pytest.raises(Conflict, match="已经撤下"):
        issue_responses.withdraw_publication(city_conn, after, answer, reason="再撤", actor=A, now=LATER)


def test_only_a_supervisor_takes_down_what_was_published() -> None:
    assert RESPONSE_ROLES[ResponseAction.WITHDRAW_PUBLICATION] == {Role.SUPERVISOR}
    allowing = {stage for stage, moves in RESPONSE_TRANSITIONS.items() if ResponseAction.WITHDRAW_PUBLICATION in moves}
    assert allowing == {ResponseStage.REVIEW, ResponseStage.CLOSED}
