"""Callbacks: drawn so that nobody can pick, made by others than the unit, answered once; rework and what it counts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg_pool import ConnectionPool

from models.account import CITIZEN_ACTOR
from models.analysis import AppealType, Sentiment
from models.callback import (
    CallAnswers,
    Callback,
    CallbackDecision,
    CallbackDraw,
    CallbackEntry,
    CallbackState,
    CallOutcome,
    SolvedAnswer,
)
from models.case import Case, CaseAction, CaseStatus, CompletionResult
from models.casework import SupervisionLevel, SupervisionTrigger
from models.database import Connection, open_pool
from models.errors import Conflict, Forbidden, Invalid
from routing import case_repository, event_repository, lifecycle
from routing.casework import callback_drawing, callbacks, supervision
from routing.casework import callback_repository as rows
from routing.casework.callbacks import BETWEEN_CALLS, CALL_TIME
from routing.clocks.completion_clock import deadline_of
from routing.directory import Directory
from tests import factories
from tests.database.follow_up_cases import (
    CONTENT,
    DISPATCHER,
    DISPLEASED,
    LATER,
    OFFICER,
    SUPERVISOR,
    call,
    completed,
    forget_callbacks,
    rule,
)
from tests.database.racing import race
from tests.factories import KEYS, NOW, ZONE


@pytest.fixture
def city_pool(city_dsn: str) -> Iterator[ConnectionPool[Connection]]:
    pool = open_pool(city_dsn, 4)
    yield pool
    pool.close()


@pytest.fixture(autouse=True)
def alone(city_conn: Connection, directory: Directory) -> None:
    """The city is shared by the tests: nothing of another waits, and every case is drawn."""
    forget_callbacks(city_conn)
    rule(city_conn, directory)
    city_conn.commit()


def current(conn: Connection, case: Case) -> Callback:
    found = rows.find_current(conn, case.id)
    assert found is not None
    return found


def rate(
    conn: Connection, case: Case, directory: Directory, answers: CallAnswers = CONTENT, now: datetime = LATER
) -> Case:
    return callbacks.answer(conn, case, directory, answers, CallbackEntry.PAGE, actor=CITIZEN_ACTOR, now=now, zone=ZONE)


# The draw


def test_every_completion_is_drawn_in_its_own_transaction(city_conn: Connection, directory: Directory) -> None:
    callback = current(city_conn, case := completed(city_conn, directory))
    assert (callback.state, callback.draw, callback.round) == (CallbackState.WAITING, CallbackDraw.SAMPLE, 1)
    assert (callback.department_id, callback.completed_at) == ("zjj", NOW)
    event = event_repository.list_events(city_conn, case.id)[-1]
    assert event.payload["callback"] == {"rule": callback.rule_id, "draw": "sample"}


def test_the_lot_is_checked_by_anybody_who_has_the_seed(city_conn: Connection, directory: Directory) -> None:
    used = rule(city_conn, directory, share=0.5, always=())
    for _ in range(12):
        case = completed(city_conn, directory)
        drawn = callback_drawing.lot(used, case.case_number, 1) < 0.5
        assert (current(city_conn, case).state is CallbackState.WAITING) is drawn
        assert current(city_conn, case).rule_id == used.id


def test_a_share_of_an_appeal_type_goes_first_and_some_are_always_drawn(
    city_conn: Connection, directory: Directory
) -> None:
    rule(city_conn, directory, share=1.0, shares={AppealType.HELP: 0.0})
    plain = completed(city_conn, directory)
    assert current(city_conn, plain).state is CallbackState.NOT_DRAWN
    angry = completed(city_conn, directory, sentiment=Sentiment.NEGATIVE)
    assert current(city_conn, angry).draw is CallbackDraw.NEGATIVE
    watched = factories.case(
        city_conn, directory, lead="zjj", until=CaseAction.REPLY, says=factories.analysis(sentiment=Sentiment.NEUTRAL)
    )
    watched = supervision.supervise(
        city_conn,
        watched,
        trigger=SupervisionTrigger.SOLVABLE,
        level=SupervisionLevel.ORDINARY,
        demand="三日内解决",
        due_at=LATER,
        actor=SUPERVISOR,
        now=NOW,
    )
    watched = supervision.answer_supervision(city_conn, watched, text="已解决", actor=OFFICER, now=NOW)
    watched = lifecycle.complete(city_conn, watched, result=CompletionResult.SOLVED, actor=OFFICER, now=NOW)
    assert current(city_conn, watched).draw is CallbackDraw.SUPERVISED


def test_a_version_of_the_rule_stays_and_the_next_holds_for_what_comes(
    city_conn: Connection, directory: Directory
) -> None:
    before = completed(city_conn, directory)
    first = rows.get_rule(city_conn, current(city_conn, before).rule_id)
    second = rule(city_conn, directory, share=0.25)
    assert second.version == first.version + 1 and first.seed != second.seed
    after = completed(city_conn, directory)
    assert current(city_conn, after).rule_id == second.id
    assert rows.get_rule(city_conn, first.id) == first
    with pytest.raises(Invalid):
        rule(city_conn, directory, share=1.5)


# Calls


def test_a_call_is_recorded_in_the_chain(city_conn: Connection, directory: Directory) -> None:
    case = call(city_conn, completed(city_conn, directory))
    callback = current(city_conn, case)
    assert (callback.state, callback.entry, callback.solved) == (
        CallbackState.DONE,
        CallbackEntry.PHONE,
        SolvedAnswer.YES,
    )
    assert (callback.answered_by, callback.attempts, case.status) == (DISPATCHER, 1, CaseStatus.COMPLETED)
    event = event_repository.list_events(city_conn, case.id)[-1]
    assert (event.action, event.payload["satisfaction"]) == (CaseAction.CALLBACK, "satisfied")
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None
    with pytest.raises(Conflict, match="不再回访"):
        call(city_conn, case)


def test_the_unit_cannot_call_back_its_own_case(city_conn: Connection, directory: Directory) -> None:
    case = completed(city_conn, directory)
    with pytest.raises(Forbidden, match="承办单位不能回访"):
        call(city_conn, case, department_id="zjj")
    assert current(city_conn, case).state is CallbackState.WAITING
    call(city_conn, case, department_id="swj")


def test_whoever_was_not_drawn_is_not_called(city_conn: Connection, directory: Directory) -> None:
    rule(city_conn, directory, share=0.0, always=())
    case = completed(city_conn, directory)
    with pytest.raises(Conflict, match="没有抽中回访"):
        call(city_conn, case)


def test_calls_in_vain_are_counted_apart_from_one_another_and_end(city_conn: Connection, directory: Directory) -> None:
    case, at = completed(city_conn, directory), LATER
    for attempt in (1, 2):
        case = call(city_conn, case, CallOutcome.NO_ANSWER, None, now=at)
        assert (current(city_conn, case).state, current(city_conn, case).attempts) == (CallbackState.WAITING, attempt)
        with pytest.raises(Conflict, match="请过两小时再打"):
            call(city_conn, case, CallOutcome.NO_ANSWER, None, now=at + BETWEEN_CALLS - timedelta(seconds=1))
        at += BETWEEN_CALLS
    case = call(city_conn, case, CallOutcome.NO_ANSWER, None, now=at)
    assert current(city_conn, case).state is CallbackState.UNREACHABLE
    payloads = [e.payload for e in event_repository.list_events(city_conn, case.id) if e.action is CaseAction.CALLBACK]
    assert [p["attempts"] for p in payloads] == [1, 2, 3]


def test_a_refusal_ends_it_and_missing_answers_are_named(city_conn: Connection, directory: Directory) -> None:
    case = completed(city_conn, directory)
    with pytest.raises(Invalid) as refused:
        call(city_conn, case, CallOutcome.ANSWERED, None)
    assert set(refused.value.fields) == {"solved", "satisfaction"}
    case = call(city_conn, case, CallOutcome.REFUSED, None)
    assert current(city_conn, case).state is CallbackState.REFUSED


def test_who_calls_has_the_case_for_the_time_of_a_call(city_conn: Connection, directory: Directory) -> None:
    first, second = completed(city_conn, directory), completed(city_conn, directory, at=NOW + timedelta(minutes=1))
    taken = callbacks.take_next(city_conn, actor=DISPATCHER, now=LATER)
    assert taken is not None and taken.id == first.id
    again = callbacks.take_next(city_conn, actor=DISPATCHER, now=LATER)
    assert again is not None and again.id == first.id
    other = callbacks.take_next(city_conn, actor=SUPERVISOR, now=LATER)
    assert other is not None and other.id == second.id
    with pytest.raises(Conflict, match="派单正在回访"):
        call(city_conn, first, actor=SUPERVISOR)
    late = LATER + CALL_TIME
    call(city_conn, first, actor=SUPERVISOR, now=late)
    assert callbacks.take_next(city_conn, actor="account:9:别人", now=LATER) is None


def test_two_callers_on_one_callback(
    city_pool: ConnectionPool[Connection], city_conn: Connection, directory: Directory
) -> None:
    case = completed(city_conn, directory)
    outcome = race(
        city_pool,
        lambda conn: call(conn, case, actor=DISPATCHER),
        lambda conn: call(conn, case, answers=DISPLEASED, actor=SUPERVISOR),
    )
    assert sorted(type(o).__name__ for o in outcome) == ["Case", "Conflict"]
    callback = current(city_conn, case)
    [won] = [o for o in outcome if isinstance(o, Case)]
    assert won.version == case.version + 1
    assert callback.answered_by == (DISPATCHER if isinstance(outcome[0], Case) else SUPERVISOR)


def test_two_callers_take_two_cases(
    city_pool: ConnectionPool[Connection], city_conn: Connection, directory: Directory
) -> None:
    ids = {completed(city_conn, directory).id, completed(city_conn, directory).id}
    found = race(
        city_pool,
        lambda conn: callbacks.take_next(conn, actor=DISPATCHER, now=LATER),
        lambda conn: callbacks.take_next(conn, actor=SUPERVISOR, now=LATER),
    )
    assert {case.id for case in found} == ids


def test_completing_twice_at_once_draws_once(
    city_pool: ConnectionPool[Connection], city_conn: Connection, directory: Directory
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.REPLY)

    def step(conn: Connection) -> Case:
        return lifecycle.complete(conn, case, result=CompletionResult.SOLVED, actor=OFFICER, now=LATER)

    outcome = race(city_pool, step, step)
    assert sorted(type(o).__name__ for o in outcome) == ["Case", "Conflict"]
    assert [c.round for c in rows.list_callbacks(city_conn, case.id)] == [1]


# The submitter's own answer


def test_a_submitter_answers_once_and_for_good(city_conn: Connection, directory: Directory) -> None:
    case = rate(city_conn, completed(city_conn, directory), directory)
    callback = current(city_conn, case)
    assert (callback.entry, callback.answered_by, callback.attempts) == (CallbackEntry.PAGE, CITIZEN_ACTOR, 0)
    with pytest.raises(Conflict, match="已经评价过"):
        rate(city_conn, case, directory, DISPLEASED)
    with pytest.raises(Conflict):
        call(city_conn, case, answers=DISPLEASED)
    assert current(city_conn, case).solved is SolvedAnswer.YES


def test_the_window_of_the_own_answer_is_in_working_days(city_conn: Connection, directory: Directory) -> None:
    """Completed on Monday the 23rd of November: ten working days are over with Monday the 7th of December."""
    case = completed(city_conn, directory)
    ends = datetime(2026, 12, 8, tzinfo=ZONE)
    with pytest.raises(Conflict, match="时间已经过了"):
        rate(city_conn, case, directory, now=ends)
    rate(city_conn, case, directory, now=ends - timedelta(seconds=1))


def test_who_was_not_drawn_or_not_reached_may_answer_all_the_same(city_conn: Connection, directory: Directory) -> None:
    rule(city_conn, directory, share=0.0, always=())
    case = rate(city_conn, completed(city_conn, directory), directory)
    assert (current(city_conn, case).state, current(city_conn, case).draw) == (
        CallbackState.DONE,
        CallbackDraw.NOT_DRAWN,
    )
    rule(city_conn, directory, share=1.0)
    refused = call(city_conn, completed(city_conn, directory), CallOutcome.REFUSED, None)
    assert current(city_conn, rate(city_conn, refused, directory)).state is CallbackState.DONE


# Displeasure


def rework(conn: Connection, case: Case, directory: Directory, now: datetime = LATER) -> Case:
    return callbacks.rework(conn, case, directory, reason="请重新检修。", actor=DISPATCHER, now=now, zone=ZONE)


def test_rework_gives_a_new_clock_and_wants_a_new_answer(city_conn: Connection, directory: Directory) -> None:
    case = call(city_conn, completed(city_conn, directory), answers=DISPLEASED)
    assert case.due_at is not None
    again = rework(city_conn, case, directory, now=NOW + timedelta(days=1))
    assert (again.status, again.completed_at, again.completion_result) == (CaseStatus.IN_PROGRESS, None, None)
    assert again.due_at is not None and again.due_at > case.due_at
    assert again.due_basis.startswith("回访后重办，重新计算时限：")
    callback = current(city_conn, again)
    assert (callback.decision, callback.clock_renewed) == (CallbackDecision.REWORK, True)
    with pytest.raises(Conflict, match="还没有答复"):
        lifecycle.complete(city_conn, again, result=CompletionResult.SOLVED, actor=OFFICER, now=LATER)
    later = NOW + timedelta(days=2)
    answered = lifecycle.reply(
        city_conn, again, body="已换新灯。", public=False, department_id="zjj", actor=OFFICER, now=later
    )
    done = lifecycle.complete(city_conn, answered, result=CompletionResult.SOLVED, actor=OFFICER, now=later)
    assert [(c.round, c.current, c.draw) for c in rows.list_callbacks(city_conn, done.id)] == [
        (1, False, CallbackDraw.SAMPLE),
        (2, True, CallbackDraw.REWORKED),
    ]
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None


def test_who_was_late_gets_no_new_clock_by_a_rework(city_conn: Connection, directory: Directory) -> None:
    """Else a late case would be on time after all, done twice."""
    open_case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.REPLY)
    assert open_case.due_at is not None
    late = open_case.due_at + timedelta(hours=1)
    case = lifecycle.complete(city_conn, open_case, result=CompletionResult.SOLVED, actor=OFFICER, now=late)
    case = call(city_conn, case, answers=DISPLEASED, now=late)
    again = rework(city_conn, case, directory, now=late)
    assert (again.due_at, again.due_basis) == (case.due_at, case.due_basis)
    assert current(city_conn, again).clock_renewed is False


def test_nothing_is_reworked_or_settled_that_nobody_complained_of(city_conn: Connection, directory: Directory) -> None:
    case = completed(city_conn, directory)
    with pytest.raises(Conflict, match="没有待处理的不满意"):
        rework(city_conn, case, directory)
    content = call(city_conn, case)
    with pytest.raises(Conflict, match="没有待处理的不满意"):
        callbacks.settle(city_conn, content, reason="不需要", actor=DISPATCHER, now=LATER)


def test_displeasure_is_decided_before_the_archive(city_conn: Connection, directory: Directory) -> None:
    case = call(city_conn, completed(city_conn, directory), answers=DISPLEASED)
    assert [c.case_id for c in rows.list_to_decide(city_conn, limit=10)] == [case.id]
    with pytest.raises(Conflict, match="请先决定重办"):
        lifecycle.close(city_conn, case, actor=DISPATCHER, now=LATER)
    with pytest.raises(Invalid):
        callbacks.settle(city_conn, case, reason=" ", actor=DISPATCHER, now=LATER)
    settled = callbacks.settle(city_conn, case, reason="属个人产权，无法处理。", actor=DISPATCHER, now=LATER)
    assert rows.list_to_decide(city_conn, limit=10) == []
    assert lifecycle.close(city_conn, settled, actor=DISPATCHER, now=LATER).status is CaseStatus.CLOSED


def test_reopening_after_displeasure_counts_as_a_rework(city_conn: Connection, directory: Directory) -> None:
    case = call(city_conn, completed(city_conn, directory), answers=DISPLEASED)
    lifecycle.reopen(city_conn, case, reason="再办", actor=DISPATCHER, now=LATER)
    assert current(city_conn, case).decision is CallbackDecision.REWORK


def test_reopening_before_the_call_cancels_it(city_conn: Connection, directory: Directory) -> None:
    case = completed(city_conn, directory)
    open_case = lifecycle.reopen(city_conn, case, reason="又坏了", actor=DISPATCHER, now=LATER)
    assert current(city_conn, case).state is CallbackState.CANCELLED
    with pytest.raises(Conflict):
        rate(city_conn, open_case, directory)
    # nor does completing it again draw another lot: whoever was drawn is asked
    rule(city_conn, directory, share=0.0, always=())
    by: dict[str, Any] = {"actor": OFFICER, "now": LATER + timedelta(hours=1)}
    again = lifecycle.reply(city_conn, open_case, body="又修了", public=False, department_id="zjj", **by)
    again = lifecycle.complete(city_conn, again, result=CompletionResult.SOLVED, **by)
    assert (current(city_conn, again).round, current(city_conn, again).state) == (2, CallbackState.WAITING)


def test_archiving_by_hand_spares_nobody_the_call(city_conn: Connection, directory: Directory) -> None:
    closed = lifecycle.close(city_conn, completed(city_conn, directory), actor=DISPATCHER, now=LATER)
    case = call(city_conn, closed, answers=DISPLEASED)
    assert case.status is CaseStatus.CLOSED
    assert rework(city_conn, case, directory).status is CaseStatus.IN_PROGRESS


def test_a_corrected_appeal_type_after_a_rework_counts_from_the_rework(
    city_conn: Connection, directory: Directory
) -> None:
    case = call(city_conn, completed(city_conn, directory), answers=DISPLEASED)
    monday = NOW + timedelta(days=7)
    again = rework(city_conn, case, directory, now=monday)
    moved = lifecycle.dispatch(
        city_conn,
        again,
        directory,
        lead="swj",
        appeal_type=AppealType.CONSULT,
        actor=DISPATCHER,
        now=monday,
        zone=ZONE,
    )
    expected = deadline_of(directory, AppealType.CONSULT, monday, ZONE, lead="swj")
    assert moved.due_at == expected.due_at


def test_a_case_is_found_by_its_submission_for_the_own_answer(city_conn: Connection, directory: Directory) -> None:
    case = completed(city_conn, directory)
    found = rows.find_of_submission(city_conn, case.submission_id)
    assert found is not None and found.case_id == case.id
    stored = case_repository.get_case(city_conn, case.case_number)
    assert replace(stored, version=case.version) == case
