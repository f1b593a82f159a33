"""Merges: one case is worked on for all, each submitter gets the answer and nothing of the others, and back again."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from dashboards.lists.case_lists import list_cases
from dashboards.metrics.metrics import status_counts
from models.callback import CallAnswers, CallbackDecision, CallbackEntry, Satisfaction, SolvedAnswer
from models.case import Case, CaseAction, CaseStatus, CompletionResult
from models.casework import SupervisionLevel, SupervisionTrigger
from models.criteria import CaseCriteria
from models.database import Connection, open_pool
from models.errors import Conflict, Invalid
from models.merge import MergeEvidence
from routing import case_repository, event_repository, lifecycle
from routing.casework import callback_repository, callbacks, casework_repository, merging, supervision
from routing.casework import merge_repository as rows
from routing.directory import Directory
from routing.following import without_person
from tests import factories
from tests.database.racing import race
from tests.factories import KEYS, NOW, ZONE

DISPATCHER, OFFICER = "account:2:派单", "account:1:经办"
LATER = NOW + timedelta(hours=3)
EVENING = NOW + timedelta(hours=8)


@pytest.fixture
def racers(city_dsn: str) -> Iterator[ConnectionPool[Connection]]:
    with closing(open_pool(city_dsn, 4)) as opened:
        yield opened


def opened(conn: Connection, directory: Directory, until: CaseAction = CaseAction.OPEN, **new: Any) -> Case:
    return factories.case(conn, directory, lead="zjj", until=until, new=factories.letter(**new))


def in_triage(conn: Connection, directory: Directory) -> Case:
    return factories.case(conn, directory, says=factories.analysis(topic=None))


def merge(conn: Connection, head: Case, *members: Case) -> Case:
    return merging.merge(conn, head, members, reason="同一路段的路灯", actor=DISPATCHER, now=LATER)


def now_of(conn: Connection, case: Case) -> Case:
    return case_repository.get_case_by_id(conn, case.id)


def answered(conn: Connection, case: Case, body: str = "已修好，请放心。", *, public: bool = False) -> Case:
    if case.status is CaseStatus.DISPATCHED:
        case = lifecycle.acknowledge(conn, case, actor=OFFICER, now=LATER)
    return lifecycle.reply(conn, case, body=body, public=public, department_id="zjj", actor=OFFICER, now=EVENING)


def finish(conn: Connection, case: Case, result: CompletionResult = CompletionResult.SOLVED) -> Case:
    return lifecycle.complete(conn, case, result=result, actor=OFFICER, now=EVENING)


def whole(conn: Connection) -> None:
    """Every chain still holds, and every row is what its last event saw."""
    assert event_repository.verify_chains(conn, KEYS.seals).broken is None


def counted(conn: Connection, counted: str | None = None, **criteria: Any) -> set[int]:
    page = list_cases(conn, CaseCriteria(counted=counted, **criteria), now=EVENING, zone=ZONE, limit=1000)
    return {row.id for row in page.rows}


def test_a_merged_case_keeps_its_status_and_its_day_and_takes_no_action(
    city_conn: Connection, directory: Directory
) -> None:
    head, before = opened(city_conn, directory), opened(city_conn, directory)
    merged_head = merge(city_conn, head, before)
    after = now_of(city_conn, before)
    assert (after.status, after.due_at, after.merged_into) == (before.status, before.due_at, head.id)
    assert merged_head.due_at == head.due_at
    assert all(not clock.runs for clock in casework_repository.list_clocks(city_conn, after.id))
    with pytest.raises(Conflict, match="工单已并入另一件工单，请在主单办理；不能签收。"):
        lifecycle.acknowledge(city_conn, after, actor=OFFICER, now=LATER)
    assert (
        supervision.add_note(city_conn, after, text="来过电话。", actor=DISPATCHER, now=LATER).version > after.version
    )
    [event] = [e for e in event_repository.list_events(city_conn, after.id) if e.action is CaseAction.MERGE]
    assert (event.payload["head"], event.payload["reason"]) == (head.case_number, "同一路段的路灯")
    [event] = [e for e in event_repository.list_events(city_conn, head.id) if e.action is CaseAction.MERGE]
    assert event.payload["members"] == [before.case_number]
    whole(city_conn)


def test_what_is_merged_leaves_lists_and_numbers_and_can_be_shown(city_conn: Connection, directory: Directory) -> None:
    head, member = opened(city_conn, directory), opened(city_conn, directory)
    before: dict[str, Any] = status_counts(city_conn, EVENING)
    merge(city_conn, head, member)
    assert {head.id, member.id} & counted(city_conn) == {head.id}
    assert {head.id, member.id} & counted(city_conn, unit="zjj") == {head.id}
    assert counted(city_conn, "merged") & {head.id, member.id} == {member.id}
    assert counted(city_conn, "all") >= {head.id, member.id}
    assert counted(city_conn, text=member.case_number) == {member.id}
    after: dict[str, Any] = status_counts(city_conn, EVENING)
    assert after["cases"] == before["cases"]  # one a letter
    assert (after["open"], after["merged"]) == (before["open"] - 1, before["merged"] + 1)
    triage = in_triage(city_conn, directory)
    merge(city_conn, now_of(city_conn, head), triage)
    assert triage.id not in {case.id for case in case_repository.list_triage(city_conn, limit=1000)}


def test_undoing_it_puts_everything_back(city_conn: Connection, directory: Directory) -> None:
    head, before = opened(city_conn, directory), opened(city_conn, directory)
    clocks = casework_repository.list_clocks(city_conn, before.id)
    merge(city_conn, head, before)
    after = merging.unmerge(city_conn, now_of(city_conn, before), note="不是同一处。", actor=DISPATCHER, now=EVENING)
    assert (after.status, after.due_at, after.merged_into) == (before.status, before.due_at, None)
    assert casework_repository.list_clocks(city_conn, before.id) == clocks
    [record] = rows.list_merges(city_conn, before.id)
    assert (record.undone_at, record.undone_by, record.note) == (EVENING, DISPATCHER, "不是同一处。")
    assert lifecycle.acknowledge(city_conn, after, actor=OFFICER, now=EVENING).status is CaseStatus.IN_PROGRESS
    assert before.id in counted(city_conn)
    whole(city_conn)


def test_a_clock_that_ended_before_the_merge_stays_ended(city_conn: Connection, directory: Directory) -> None:
    head, member = opened(city_conn, directory), opened(city_conn, directory)
    member = lifecycle.dispatch(city_conn, member, directory, lead="swj", actor=DISPATCHER, now=NOW, zone=ZONE)
    clocks = casework_repository.list_clocks(city_conn, member.id)
    assert {clock.runs for clock in clocks} == {True, False}
    merge(city_conn, head, member)
    merging.unmerge(city_conn, now_of(city_conn, member), note="不是。", actor=DISPATCHER, now=EVENING)
    assert casework_repository.list_clocks(city_conn, member.id) == clocks


def test_completing_the_head_answers_everybody(city_conn: Connection, directory: Directory) -> None:
    head = opened(city_conn, directory)
    members = [
        opened(city_conn, directory),
        opened(city_conn, directory, until=CaseAction.ACKNOWLEDGE),
        in_triage(city_conn, directory),
    ]
    head = merge(city_conn, head, *members)
    done = finish(city_conn, answered(city_conn, head, public=True), CompletionResult.EXPLAINED)
    for member in members:
        after = now_of(city_conn, member)
        assert (after.status, after.completed_at) == (CaseStatus.COMPLETED, done.completed_at)
        assert after.completion_result is CompletionResult.EXPLAINED
        assert after.lead_department_id == "zjj"
        [reply] = case_repository.list_replies(city_conn, member.id)
        assert (reply.body, reply.public, reply.author) == ("已修好，请放心。", True, OFFICER)
        complete = event_repository.list_events(city_conn, member.id)[-1]
        assert (complete.action, complete.payload["head"]) == (CaseAction.COMPLETE, head.case_number)
    with pytest.raises(Conflict, match="工单已办结，不能撤销并单"):
        merging.unmerge(city_conn, now_of(city_conn, members[0]), note="不是。", actor=DISPATCHER, now=EVENING)
    whole(city_conn)


def test_what_is_personal_in_the_answer_stays_with_the_first(city_conn: Connection, directory: Directory) -> None:
    head, member = opened(city_conn, directory, name="欧阳晓云", contact="19900001234"), opened(city_conn, directory)
    head = answered(city_conn, merge(city_conn, head, member), "欧阳晓云您好，已致电19900001234，路灯已修好。")
    others = partial(without_person, letter="19900001234", names=("欧阳晓云",))
    lifecycle.complete(city_conn, head, result=CompletionResult.SOLVED, for_others=others, actor=OFFICER, now=EVENING)
    [reply] = case_repository.list_replies(city_conn, member.id)
    assert "路灯已修好" in reply.body
    assert "晓云" not in reply.body and "19900001234" not in reply.body
    whole(city_conn)


def test_reopening_the_head_reopens_what_was_completed_with_it(city_conn: Connection, directory: Directory) -> None:
    head, member = opened(city_conn, directory), in_triage(city_conn, directory)
    done = finish(city_conn, answered(city_conn, merge(city_conn, head, member)))
    again = lifecycle.reopen(city_conn, done, reason="又灭了", actor=DISPATCHER, now=EVENING + timedelta(hours=1))
    after = now_of(city_conn, member)
    assert (after.status, after.completed_at, after.merged_into) == (CaseStatus.IN_PROGRESS, None, head.id)
    # answered anew with what is new
    second = EVENING + timedelta(hours=2)
    again = lifecycle.reply(
        city_conn, again, body="换了新灯。", public=False, department_id="zjj", actor=OFFICER, now=second
    )
    closing_ = lifecycle.complete(city_conn, again, result=CompletionResult.SOLVED, actor=OFFICER, now=second)
    bodies = [reply.body for reply in case_repository.list_replies(city_conn, member.id)]
    assert bodies == ["已修好，请放心。", "换了新灯。"]
    lifecycle.close(city_conn, closing_, actor=DISPATCHER, now=second)
    assert now_of(city_conn, member).status is CaseStatus.CLOSED
    whole(city_conn)


def test_after_a_reopening_it_can_be_undone_and_the_unit_has_it(city_conn: Connection, directory: Directory) -> None:
    head, member = opened(city_conn, directory), in_triage(city_conn, directory)
    done = finish(city_conn, answered(city_conn, merge(city_conn, head, member)))
    lifecycle.reopen(city_conn, done, reason="又灭了", actor=DISPATCHER, now=EVENING + timedelta(hours=1))
    alone = merging.unmerge(city_conn, now_of(city_conn, member), note="另一处。", actor=DISPATCHER, now=EVENING)
    assert [a.department_id for a in case_repository.list_assignments(city_conn, alone.id) if not a.ended_at] == ["zjj"]


def test_each_writer_is_asked_once_and_may_rate(city_conn: Connection, directory: Directory) -> None:
    people = ["19900006101", "19900006102", "19900006102", "19900006101"]  # the first wrote twice, the second too
    head, *members = (opened(city_conn, directory, contact=contact) for contact in people)
    head = finish(city_conn, answered(city_conn, merge(city_conn, head, *members)))
    asked = [callback_repository.find_current(city_conn, case.id) for case in (head, *members)]
    assert [callback is not None for callback in asked] == [True, True, False, False]
    answers = CallAnswers(solved=SolvedAnswer.NO, satisfaction=Satisfaction.DISSATISFIED)
    displeased = now_of(city_conn, members[0])
    given: dict[str, Any] = {"actor": "citizen", "now": EVENING, "zone": ZONE}
    callbacks.answer(city_conn, displeased, directory, answers, CallbackEntry.PAGE, **given)
    # nobody's displeasure is archived with the head, by hand or by itself
    with pytest.raises(Conflict, match="不满意"):
        lifecycle.close(city_conn, head, actor=DISPATCHER, now=EVENING)
    late = EVENING + timedelta(days=90)
    closable = callback_repository.list_closable(city_conn, completed_before=late, answers_until=late, limit=10_000)
    assert head.id not in closable
    # the head is worked on anew: for this writer that is a rework, and afterwards everybody is asked again
    head = lifecycle.reopen(city_conn, head, reason="没有修好。", actor=DISPATCHER, now=EVENING)
    [round_] = callback_repository.list_callbacks(city_conn, displeased.id)
    assert round_.decision is CallbackDecision.REWORK
    soon = EVENING + timedelta(hours=1)
    by: dict[str, Any] = {"actor": OFFICER, "now": soon}
    again = lifecycle.reply(city_conn, head, body="已换。", public=False, department_id="zjj", **by)
    lifecycle.complete(city_conn, again, result=CompletionResult.SOLVED, **by)
    assert [c.round for c in callback_repository.list_callbacks(city_conn, displeased.id)] == [1, 2]
    whole(city_conn)
    city_conn.rollback()


def test_what_cannot_be_merged_is_said(city_conn: Connection, directory: Directory) -> None:
    head, member = opened(city_conn, directory), opened(city_conn, directory)
    third = opened(city_conn, directory)
    secret = opened(city_conn, directory, confidential=True)
    finished = opened(city_conn, directory, until=CaseAction.COMPLETE)
    watched = supervision.supervise(
        city_conn,
        opened(city_conn, directory),
        trigger=SupervisionTrigger.OTHER,
        level=SupervisionLevel.ORDINARY,
        demand="查",
        due_at=EVENING,
        actor=DISPATCHER,
        now=LATER,
    )
    merge(city_conn, head, member)
    for into, case, sentence in (
        (third, third, "不能并入自己"),
        (third, head, f"工单{head.case_number}是其他工单的主单，不能并入"),
        (third, member, f"工单{member.case_number}已经并入另一件工单"),
        (member, third, f"主单{member.case_number}已并入另一件工单"),
        (third, secret, "保密要求不同"),
        (secret, third, "保密要求不同"),
        (third, finished, "只有在办的工单可以并单"),
        (finished, third, "已办结，不能再并入其他工单"),
        (third, watched, "督办还没有回复"),
    ):
        with pytest.raises(Conflict, match=sentence):
            merge(city_conn, now_of(city_conn, into), case)
    with pytest.raises(Invalid) as nobody:
        merge(city_conn, third)
    assert nobody.value.fields == {"members": "请选择"}
    with pytest.raises(Invalid) as no_reason:
        merging.merge(city_conn, third, [opened(city_conn, directory)], reason=" ", actor=DISPATCHER, now=LATER)
    assert list(no_reason.value.fields) == ["text"]
    with pytest.raises(Conflict, match="没有并入"):
        merging.unmerge(city_conn, third, note="x", actor=DISPATCHER, now=LATER)


def test_all_or_none(city_conn: Connection, directory: Directory) -> None:
    head, fine, secret = (
        opened(city_conn, directory),
        opened(city_conn, directory),
        opened(city_conn, directory, confidential=True),
    )
    with pytest.raises(Conflict), city_conn.transaction():
        merge(city_conn, head, fine, secret)
    assert now_of(city_conn, fine) == fine
    assert now_of(city_conn, head) == head


def test_candidates_come_with_their_evidence(city_conn: Connection, directory: Directory) -> None:
    text = "青石巷东口到菜场一段的六盏路灯全都不亮，老人晚上买药回家摔了一跤，请尽快派人来修好。"
    case = opened(city_conn, directory, body=text, contact="19900002001")
    copy = opened(city_conn, directory, body=text, contact="19900002002")
    same = opened(city_conn, directory, body="青石巷的灯报修过，还没有人来看，孩子夜里怕黑。", contact="19900002001")
    secret = opened(city_conn, directory, body=text, contact="19900002003", confidential=True)
    found = {c.case.id: c for c in rows.list_candidates(city_conn, case)}
    assert found[copy.id].evidence[0] is MergeEvidence.EXACT and found[copy.id].score == 1
    assert MergeEvidence.PERSON_AND_TOPIC in found[same.id].evidence
    assert secret.id not in found and case.id not in found
    merge(city_conn, case, copy)
    assert copy.id not in {c.case.id for c in rows.list_candidates(city_conn, now_of(city_conn, case))}


# Races


def test_two_dispatchers_merge_a_into_b_and_b_into_a(
    city_conn: Connection, directory: Directory, racers: ConnectionPool[Connection]
) -> None:
    for _ in range(5):
        a, b = opened(city_conn, directory), opened(city_conn, directory)
        outcomes = race(racers, lambda conn: merge(conn, a, b), lambda conn: merge(conn, b, a))  # noqa: B023
        city_conn.rollback()
        [refused] = [o for o in outcomes if isinstance(o, Exception)]
        assert isinstance(refused, Conflict), refused
        assert "已并入另一件工单" in refused.message  # told what happened, not that the database was busy
        assert sorted([now_of(city_conn, a).merged_into is None, now_of(city_conn, b).merged_into is None]) == [
            False,
            True,
        ]
        assert len(rows.list_merges(city_conn, a.id)) == 1
    whole(city_conn)


def test_a_merge_while_the_head_is_being_completed(
    city_conn: Connection, directory: Directory, racers: ConnectionPool[Connection]
) -> None:
    """Either it is merged and completed with the head, or it is told so and stays as it was: never merged and open."""
    for _ in range(6):
        member = opened(city_conn, directory)
        head = opened(city_conn, directory, until=CaseAction.REPLY)
        outcomes = race(racers, lambda conn: finish(conn, head), lambda conn: merge(conn, head, member))  # noqa: B023
        city_conn.rollback()
        assert [isinstance(o, Exception) for o in outcomes].count(True) == 1, outcomes
        [refused] = [o for o in outcomes if isinstance(o, Exception)]
        assert isinstance(refused, Conflict), refused
        assert (now_of(city_conn, member).merged_into is not None) == (
            now_of(city_conn, head).status is CaseStatus.IN_PROGRESS
        )
    whole(city_conn)


def test_undoing_while_the_head_is_being_completed(
    city_conn: Connection, directory: Directory, racers: ConnectionPool[Connection]
) -> None:
    for _ in range(6):
        member = opened(city_conn, directory)
        head = merge(city_conn, opened(city_conn, directory, until=CaseAction.REPLY), member)
        city_conn.commit()
        seen = now_of(city_conn, member)
        undo = partial(merging.unmerge, member=seen, note="不是。", actor=DISPATCHER, now=EVENING)
        outcomes = race(racers, lambda conn: finish(conn, head), undo)  # noqa: B023
        city_conn.rollback()
        assert all(isinstance(o, Conflict) for o in outcomes if isinstance(o, Exception)), outcomes
        after, of_head = now_of(city_conn, member), now_of(city_conn, head)
        assert after.merged_into is None or after.status.is_open == of_head.status.is_open
        assert after.merged_into is not None or after.status is CaseStatus.DISPATCHED
    whole(city_conn)


def test_the_row_of_a_merge_cannot_be_deleted(city_conn: Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        city_conn.execute("DELETE FROM case_merges")
    city_conn.rollback()
