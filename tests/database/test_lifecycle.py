"""What can happen to a case: each action in each status, and what each leaves behind."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.analysis import AppealType
from models.case import TRANSITIONS, AssignmentRole, Case, CaseAction, CaseStatus, CompletionResult
from models.database import Connection
from models.errors import Conflict, Invalid
from routing import case_repository, event_repository, lifecycle
from routing.directory import Directory
from tests import factories
from tests.factories import NOW, ZONE

LATER = NOW + timedelta(days=2)
ACTOR = "account:1:某人"


UNTIL = {
    CaseStatus.DISPATCHED: CaseAction.OPEN,
    CaseStatus.IN_PROGRESS: CaseAction.REPLY,
    CaseStatus.COMPLETED: CaseAction.COMPLETE,
    CaseStatus.CLOSED: CaseAction.CLOSE,
}


def in_status(conn: Connection, directory: Directory, status: CaseStatus, *, topic: str | None = "T0402") -> Case:
    """A case that got into the status the way cases do, with a reply where that is possible. One without a topic was
    dispatched by a person."""
    if status is CaseStatus.TRIAGE:
        found = factories.case(conn, directory, says=factories.analysis(topic=None))
    else:
        says, lead = factories.analysis(topic=topic), None if topic else "zjj"
        found = factories.case(conn, directory, says=says, lead=lead, until=UNTIL[status])
    assert found.status is status
    return found


Act = Callable[[Connection, Case, Directory], Case]


def dispatch(conn: Connection, case: Case, directory: Directory) -> Case:
    return lifecycle.dispatch(conn, case, directory, lead="swj", actor=ACTOR, now=LATER, zone=ZONE)


ACTS: dict[CaseAction, Act] = {
    CaseAction.DISPATCH: dispatch,
    CaseAction.REDISPATCH: dispatch,
    CaseAction.ACKNOWLEDGE: lambda conn, case, _: lifecycle.acknowledge(conn, case, actor=ACTOR, now=LATER),
    CaseAction.REPLY: lambda conn, case, _: lifecycle.reply(
        conn, case, body=" 已修好。 ", public=False, department_id="zjj", actor=ACTOR, now=LATER
    ),
    CaseAction.COMPLETE: lambda conn, case, _: lifecycle.complete(
        conn, case, result=CompletionResult.EXPLAINED, actor=ACTOR, now=LATER
    ),
    CaseAction.REOPEN: lambda conn, case, _: lifecycle.reopen(conn, case, reason=" 又坏了 ", actor=ACTOR, now=LATER),
    CaseAction.CLOSE: lambda conn, case, _: lifecycle.close(conn, case, actor=ACTOR, now=LATER),
    CaseAction.NAME_TOPIC: lambda conn, case, directory: lifecycle.name_topic(
        conn, case, directory, topic_code="T0402", actor=ACTOR, now=LATER
    ),
}


@pytest.mark.parametrize("status", CaseStatus)
@pytest.mark.parametrize("action", [a for a in ACTS if a is not CaseAction.REDISPATCH])
def test_every_action_in_every_status(
    city_conn: Connection, directory: Directory, action: CaseAction, status: CaseStatus
) -> None:
    """Allowed exactly where TRANSITIONS says so; then status, version and history agree. Refused: nothing changed."""
    before = in_status(city_conn, directory, status, topic=None if action is CaseAction.NAME_TOPIC else "T0402")
    history = event_repository.list_events(city_conn, before.id)
    if action is CaseAction.DISPATCH and status is not CaseStatus.TRIAGE:
        action = CaseAction.REDISPATCH
    if action not in TRANSITIONS[status]:
        with pytest.raises(Conflict, match=f"工单{status.label}，不能{action.label}"):
            ACTS[action](city_conn, before, directory)
        assert case_repository.get_case(city_conn, before.case_number) == before
        assert event_repository.list_events(city_conn, before.id) == history
        return
    after = ACTS[action](city_conn, before, directory)
    assert after == case_repository.get_case(city_conn, before.case_number)
    assert (after.status, after.version) == (TRANSITIONS[status][action], before.version + 1)
    *earlier, event = event_repository.list_events(city_conn, before.id)
    assert earlier == history
    assert (event.action, event.from_status, event.to_status) == (action, before.status, after.status)
    assert (event.actor, event.at, event.seq) == (ACTOR, LATER, len(history) + 1)
    assert event.prev_hash == history[-1].hash


# Dispatch


def test_dispatch_names_the_units_and_starts_the_clock(city_conn: Connection, directory: Directory) -> None:
    case = in_status(city_conn, directory, CaseStatus.TRIAGE)
    assert case.due_basis.startswith("尚未派单，暂按今日派单估算：")
    after = lifecycle.dispatch(
        city_conn,
        case,
        directory,
        lead="zjj",
        co_handling=["swj", "zjj", "cgj", "swj"],
        topic_code="T0403",
        appeal_type=AppealType.CONSULT,
        note="请核实",
        actor=ACTOR,
        now=LATER,
        zone=ZONE,
    )
    assert (after.lead_department_id, after.topic_code, after.appeal_type) == ("zjj", "T0403", AppealType.CONSULT)
    assert (after.dispatched_at, after.triage_reason) == (LATER, "")
    assert after.due_date == date(2026, 11, 30)  # 3 working days from Wednesday the 25th
    assert after.due_basis.startswith("咨询类应在派单后3个工作日内办结，2026年11月25日派单")
    assignments = case_repository.list_assignments(city_conn, case.id)
    assert [(a.department_id, a.role, a.assigned_at, a.ended_at) for a in assignments] == [
        ("zjj", AssignmentRole.LEAD, LATER, None),
        ("swj", AssignmentRole.CO_HANDLING, LATER, None),
        ("cgj", AssignmentRole.CO_HANDLING, LATER, None),
    ]
    payload = event_repository.list_events(city_conn, case.id)[-1].payload
    assert payload.pop("case")
    assert payload == {
        "lead": "zjj",
        "co_handling": ["swj", "cgj"],
        "due_date": "2026-11-30",
        "note": "请核实",
        "previous_lead": None,
        "topic_code": {"from": None, "to": "T0403"},
        "appeal_type": {"from": "help", "to": "consult"},
    }


@pytest.mark.parametrize("status", [CaseStatus.DISPATCHED, CaseStatus.IN_PROGRESS])
def test_a_redispatch_keeps_the_citizens_clock(city_conn: Connection, directory: Directory, status: CaseStatus) -> None:
    case = in_status(city_conn, directory, status)
    after = dispatch(city_conn, case, directory)
    kept = ("dispatched_at", "due_date", "due_at", "due_basis", "topic_code", "appeal_type", "opened_at")
    assert all(getattr(after, name) == getattr(case, name) for name in kept)
    assert (after.lead_department_id, after.acknowledged_at) == ("swj", None)
    current = [a for a in case_repository.list_assignments(city_conn, case.id) if a.ended_at is None]
    assert [a.department_id for a in current] == ["swj"]
    ended = [a for a in case_repository.list_assignments(city_conn, case.id) if a.ended_at is not None]
    assert {a.ended_at for a in ended} == {LATER}


def test_a_changed_profile_does_not_move_the_due_time_of_a_case_that_has_one(
    city_conn: Connection, directory: Directory
) -> None:
    case = in_status(city_conn, directory, CaseStatus.DISPATCHED)
    shorter = {kind: replace(rule, n=1) for kind, rule in directory.deadline_rules.items()}
    after = dispatch(city_conn, case, replace(directory, deadline_rules=shorter))
    assert (after.due_date, after.due_basis) == (case.due_date, case.due_basis)


def test_a_corrected_appeal_type_counts_anew_from_the_first_dispatch(
    city_conn: Connection, directory: Directory
) -> None:
    case = in_status(city_conn, directory, CaseStatus.DISPATCHED)
    assert (case.appeal_type, case.due_date) == (AppealType.HELP, date(2026, 12, 2))
    after = lifecycle.dispatch(
        city_conn, case, directory, lead="swj", appeal_type=AppealType.COMPLAIN, actor=ACTOR, now=LATER, zone=ZONE
    )
    assert after.due_date == date(2026, 12, 14)  # 15 working days from the 23rd, not from the 25th
    assert after.dispatched_at == case.dispatched_at
    assert "2026年11月23日派单" in after.due_basis


def test_one_unit_may_come_back(city_conn: Connection, directory: Directory) -> None:
    case = in_status(city_conn, directory, CaseStatus.DISPATCHED)
    first = case.lead_department_id
    assert first is not None
    away = dispatch(city_conn, case, directory)
    back = lifecycle.dispatch(city_conn, away, directory, lead=first, actor=ACTOR, now=LATER, zone=ZONE)
    assert back.lead_department_id == first


@pytest.mark.parametrize(
    ("lead", "co_handling", "topic_code", "field"),
    [
        ("nobody", [], None, "lead"),
        ("zjj", ["nobody"], None, "lead"),
        ("off", [], None, "lead"),
        ("zjj", [], "T9999", "topic_code"),
    ],
)
def test_dispatch_takes_only_what_the_directory_knows(
    city_conn: Connection, directory: Directory, lead: str, co_handling: list[str], topic_code: str | None, field: str
) -> None:
    departments = directory.departments | {"off": replace(directory.departments["swj"], id="off", active=False)}
    case = in_status(city_conn, directory, CaseStatus.TRIAGE)
    with pytest.raises(Invalid) as error:
        lifecycle.dispatch(
            city_conn,
            case,
            replace(directory, departments=departments),
            lead=lead,
            co_handling=co_handling,
            topic_code=topic_code,
            actor=ACTOR,
            now=LATER,
            zone=ZONE,
        )
    assert field in error.value.fields
    assert case_repository.get_case(city_conn, case.case_number) == case


def test_a_profile_without_the_appeal_type_is_told(city_conn: Connection, directory: Directory) -> None:
    case = in_status(city_conn, directory, CaseStatus.TRIAGE)
    with pytest.raises(Invalid, match="缺少“求助”类"):
        dispatch(city_conn, case, replace(directory, deadline_rules={}))


# The rest of the life


def test_acknowledging_stops_no_clock(city_conn: Connection, directory: Directory) -> None:
    case = in_status(city_conn, directory, CaseStatus.DISPATCHED)
    after = lifecycle.acknowledge(city_conn, case, actor=ACTOR, now=LATER)
    assert (after.acknowledged_at, after.due_at) == (LATER, case.due_at)


def test_replies_are_kept_with_who_and_when(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, until=CaseAction.ACKNOWLEDGE)
    ACTS[CaseAction.REPLY](city_conn, case, directory)
    [reply] = case_repository.list_replies(city_conn, case.id)
    assert (reply.body, reply.public, reply.department_id, reply.author, reply.created_at) == (
        "已修好。",
        False,
        "zjj",
        ACTOR,
        LATER,
    )
    event = event_repository.list_events(city_conn, case.id)[-1]
    assert {k: event.payload[k] for k in ("public", "length")} == {
        "public": False,
        "length": 4,
    }  # the words themselves are in one place only


@pytest.mark.parametrize("body", ["", " \n\t", "字" * (lifecycle.MAX_REPLY + 1)])
def test_a_reply_is_neither_empty_nor_a_book(city_conn: Connection, directory: Directory, body: str) -> None:
    case = factories.case(city_conn, directory, until=CaseAction.ACKNOWLEDGE)
    with pytest.raises(Invalid) as error:
        lifecycle.reply(city_conn, case, body=body, public=True, department_id="zjj", actor=ACTOR, now=LATER)
    assert "body" in error.value.fields
    assert case_repository.list_replies(city_conn, case.id) == []


def test_a_case_is_not_completed_before_anybody_answered(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, until=CaseAction.ACKNOWLEDGE)
    with pytest.raises(Conflict, match="还没有答复"):
        ACTS[CaseAction.COMPLETE](city_conn, case, directory)
    assert case_repository.get_case(city_conn, case.case_number) == case


def test_completing_keeps_time_and_result(city_conn: Connection, directory: Directory) -> None:
    case = ACTS[CaseAction.COMPLETE](city_conn, in_status(city_conn, directory, CaseStatus.IN_PROGRESS), directory)
    assert (case.completed_at, case.completion_result) == (LATER, CompletionResult.EXPLAINED)
    assert event_repository.list_events(city_conn, case.id)[-1].payload["result"] == "explained"


@pytest.mark.parametrize("status", [CaseStatus.COMPLETED, CaseStatus.CLOSED])
def test_reopening_forgets_the_completion_and_keeps_the_due_time(
    city_conn: Connection, directory: Directory, status: CaseStatus
) -> None:
    case = in_status(city_conn, directory, status)
    after = ACTS[CaseAction.REOPEN](city_conn, case, directory)
    assert (after.completed_at, after.completion_result, after.closed_at) == (None, None, None)
    assert (after.due_at, after.lead_department_id) == (case.due_at, case.lead_department_id)
    assert event_repository.list_events(city_conn, case.id)[-1].payload["reason"] == "又坏了"


def test_reopening_needs_a_reason(city_conn: Connection, directory: Directory) -> None:
    case = in_status(city_conn, directory, CaseStatus.COMPLETED)
    with pytest.raises(Invalid) as error:
        lifecycle.reopen(city_conn, case, reason="  ", actor=ACTOR, now=LATER)
    assert "reason" in error.value.fields


def test_what_was_seen_before_somebody_else_acted_is_refused(city_conn: Connection, directory: Directory) -> None:
    """The guard is in the statement: status and version as they were read."""
    seen = factories.case(city_conn, directory, until=CaseAction.ACKNOWLEDGE)
    ACTS[CaseAction.REPLY](city_conn, seen, directory)  # same status afterwards, another version
    with pytest.raises(Conflict):
        ACTS[CaseAction.REPLY](city_conn, seen, directory)
    assert len(case_repository.list_replies(city_conn, seen.id)) == 1


# A topic that was left open


def left_open(conn: Connection, directory: Directory, topic: str | None) -> Case:
    """Dispatched without a sub-topic, by a person."""
    case = in_status(conn, directory, CaseStatus.TRIAGE)
    return lifecycle.dispatch(conn, case, directory, lead="zjj", topic_code=topic, actor="test", now=NOW, zone=ZONE)


@pytest.mark.parametrize("named", [None, "T04"])
def test_naming_the_topic_tells_what_and_from_what(
    city_conn: Connection, directory: Directory, named: str | None
) -> None:
    before = left_open(city_conn, directory, named)
    after = lifecycle.name_topic(city_conn, before, directory, topic_code="T0402", actor=ACTOR, now=LATER)
    assert replace(after, version=before.version, topic_code=named) == before  # nothing else moved, no clock
    payload = event_repository.list_events(city_conn, before.id)[-1].payload
    assert payload["topic_code"] == {"from": named, "to": "T0402"}
    assert event_repository.verify_chains(city_conn, factories.KEYS.seals).broken is None


@pytest.mark.parametrize("chosen", ["", "T04", "T9999", "T0201"], ids=["none", "the same", "unknown", "of another"])
def test_only_what_was_left_open_can_be_named(city_conn: Connection, directory: Directory, chosen: str) -> None:
    case = left_open(city_conn, directory, "T04")
    with pytest.raises(Invalid, match=directory.topics["T04"].name) as error:
        lifecycle.name_topic(city_conn, case, directory, topic_code=chosen, actor=ACTOR, now=LATER)
    assert list(error.value.fields) == ["topic_code"]
    assert case_repository.get_case(city_conn, case.case_number) == case


def test_a_topic_that_is_named_is_not_named_again(city_conn: Connection, directory: Directory) -> None:
    case = in_status(city_conn, directory, CaseStatus.IN_PROGRESS)
    with pytest.raises(Conflict, match="要更正请改派"):
        lifecycle.name_topic(city_conn, case, directory, topic_code="T0403", actor=ACTOR, now=LATER)
    assert case_repository.get_case(city_conn, case.case_number) == case


def test_naming_a_matter_that_protects_reporters_makes_the_case_confidential(
    city_conn: Connection, directory: Directory
) -> None:
    secret = next(t for t in directory.topics.values() if t.confidential and t.parent_code)
    case = left_open(city_conn, directory, secret.parent_code)
    assert not case.confidential
    after = lifecycle.name_topic(city_conn, case, directory, topic_code=secret.code, actor=ACTOR, now=LATER)
    assert after.confidential
