"""Returns, extensions, supervision and the clocks of the unit: nobody bends a clock, nobody returns without end."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from models.analysis import AppealType
from models.case import Case, CaseAction, CaseStatus, CompletionResult
from models.casework import RequestState, ReturnReason, SupervisionLevel, SupervisionTrigger, UnitClockKind
from models.classifier import LabelSource
from models.database import Connection
from models.errors import Conflict, Invalid
from routing import case_repository, event_repository, lifecycle
from routing.casework import casework_repository as rows
from routing.casework import returns, supervision
from routing.clocks import extensions
from routing.clocks.casework_rules import CaseworkRules, Limit
from routing.clocks.deadlines import ClockUnit
from routing.directory import Directory
from routing.learning import label_repository
from tests import factories
from tests.factories import KEYS, NOW, ZONE

OFFICER, DISPATCHER, SUPERVISOR = "account:1:经办", "account:2:派单", "account:3:督办"
LATER = NOW + timedelta(hours=3)


def led(conn: Connection, directory: Directory, until: CaseAction = CaseAction.ACKNOWLEDGE) -> Case:
    return factories.case(conn, directory, lead="zjj", until=until)


def ask(
    conn: Connection, case: Case, directory: Directory, now: datetime = LATER, proposed: str | None = "swj"
) -> Case:
    return returns.request_return(
        conn,
        case,
        directory,
        reason=ReturnReason.NOT_OUR_DUTY,
        explanation="按三定方案属水务职责。",
        proposed_id=proposed,
        actor=OFFICER,
        now=now,
        zone=ZONE,
    )


def accept(conn: Connection, case: Case, directory: Directory, lead: str = "", topic: str | None = None) -> Case:
    return returns.accept_return(
        conn, case, directory, lead=lead, topic_code=topic, actor=DISPATCHER, now=LATER, zone=ZONE
    )


def test_an_accepted_return_gives_the_case_on_and_the_citizens_clock_runs(
    city_conn: Connection, directory: Directory
) -> None:
    before = led(city_conn, directory)
    asked = ask(city_conn, before, directory)
    assert (asked.status, asked.lead_department_id) == (CaseStatus.IN_PROGRESS, "zjj")
    after = accept(city_conn, asked, directory)
    assert (after.status, after.lead_department_id, after.acknowledged_at) == (CaseStatus.DISPATCHED, "swj", None)
    assert (after.due_at, after.dispatched_at) == (before.due_at, before.dispatched_at)
    [request] = rows.list_returns(city_conn, before.id)
    assert (request.state, request.given_to_id, request.decided_by) == (RequestState.ACCEPTED, "swj", DISPATCHER)
    event = event_repository.list_events(city_conn, before.id)[-1]
    assert (event.action, event.payload["lead"], event.payload["previous_lead"]) == (
        CaseAction.ACCEPT_RETURN,
        "swj",
        "zjj",
    )
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None


def test_a_return_with_another_topic_teaches(city_conn: Connection, directory: Directory) -> None:
    case = ask(city_conn, led(city_conn, directory), directory)
    accept(city_conn, case, directory, topic="T0501")
    label = label_repository.find_label(city_conn, case.submission_id)
    assert label is not None and (label.topic_code, label.source) == ("T0501", LabelSource.RETURN)


def test_a_refused_return_leaves_everything_and_may_be_disputed(city_conn: Connection, directory: Directory) -> None:
    before = led(city_conn, directory)
    after = returns.refuse_return(
        city_conn, ask(city_conn, before, directory), note="派单目录如此", actor=DISPATCHER, now=LATER
    )
    assert replace(after, version=before.version) == before
    decided = returns.designate(
        city_conn, after, directory, lead="zjj", note="经会商由住建牵头", actor=SUPERVISOR, now=LATER, zone=ZONE
    )
    with pytest.raises(Conflict, match="裁定的主办单位"):
        ask(city_conn, decided, directory)
    moved = lifecycle.dispatch(city_conn, decided, directory, lead="swj", actor=DISPATCHER, now=LATER, zone=ZONE)
    assert [a.designated for a in case_repository.list_assignments(city_conn, moved.id) if a.ended_at is None] == [
        False
    ]


def test_deciding_a_dispute_settles_the_return(city_conn: Connection, directory: Directory) -> None:
    case = ask(city_conn, led(city_conn, directory), directory)
    decided = returns.designate(
        city_conn, case, directory, lead="swj", note="水务牵头", actor=SUPERVISOR, now=LATER, zone=ZONE
    )
    assert decided.lead_department_id == "swj"
    [request] = rows.list_returns(city_conn, case.id)
    assert (request.state, request.given_to_id) == (RequestState.ACCEPTED, "swj")


def test_the_window_of_returns_is_in_working_days_from_when_the_unit_got_it(
    city_conn: Connection, directory: Directory
) -> None:
    """Dispatched on Monday the 23rd: till the end of Wednesday the 25th."""
    case = led(city_conn, directory)
    ends = datetime(2026, 11, 26, tzinfo=ZONE)
    with pytest.raises(Conflict, match="超过2个工作日"):
        ask(city_conn, case, directory, now=ends)
    assert ask(city_conn, case, directory, now=ends - timedelta(seconds=1)).version == case.version + 1


def test_one_return_at_a_time_and_none_is_decided_that_nobody_asked_for(
    city_conn: Connection, directory: Directory
) -> None:
    case = led(city_conn, directory)
    with pytest.raises(Conflict, match="没有待审批的退单"):
        accept(city_conn, case, directory, lead="swj")
    asked = ask(city_conn, case, directory)
    with pytest.raises(Conflict, match="已经申请过退单"):
        ask(city_conn, asked, directory)
    with pytest.raises(Invalid):
        accept(city_conn, asked, directory, lead="zjj")


def test_a_case_is_not_completed_while_its_unit_wants_to_return_it(city_conn: Connection, directory: Directory) -> None:
    case = ask(city_conn, led(city_conn, directory, CaseAction.REPLY), directory)
    with pytest.raises(Conflict, match="退单申请还没有处理"):
        lifecycle.complete(city_conn, case, result=CompletionResult.SOLVED, actor=OFFICER, now=LATER)


def extend(conn: Connection, case: Case, directory: Directory, days: int = 5, now: datetime = LATER) -> Case:
    return extensions.request_extension(conn, case, directory, days=days, reason="需要定制配件", actor=OFFICER, now=now)


def test_an_extension_is_counted_from_the_due_day_in_working_days(city_conn: Connection, directory: Directory) -> None:
    before = led(city_conn, directory)
    assert before.due_date == date(2026, 12, 2)
    asked = extend(city_conn, before, directory)
    assert asked.due_at == before.due_at
    after = extensions.grant_extension(city_conn, asked, directory, actor=DISPATCHER, now=LATER, zone=ZONE)
    assert after.due_date == date(2026, 12, 9)
    assert after.due_at == datetime(2026, 12, 10, tzinfo=ZONE)
    assert after.due_basis == before.due_basis + "经批准延期5个工作日，2026年12月9日24时到期，理由：需要定制配件。"
    [request] = rows.list_extensions(city_conn, before.id)
    assert (request.due_before, request.due_after) == (before.due_at, after.due_at)
    with pytest.raises(Conflict, match="最多1次"):
        extend(city_conn, after, directory)


def test_an_extension_into_a_year_without_a_calendar_says_so(city_conn: Connection, directory: Directory) -> None:
    many = replace(directory, casework=CaseworkRules(extension_days=60))
    asked = extend(city_conn, led(city_conn, directory), many, days=40)
    after = extensions.grant_extension(city_conn, asked, many, actor=DISPATCHER, now=LATER, zone=ZONE)
    assert after.due_date is not None and after.due_date.year == 2027
    assert "2027年的放假安排尚未录入" in after.due_basis


def test_nobody_extends_what_is_overdue(city_conn: Connection, directory: Directory) -> None:
    case = led(city_conn, directory)
    assert case.due_at is not None
    with pytest.raises(Conflict, match="已经超期"):
        extend(city_conn, case, directory, now=case.due_at)
    extend(city_conn, case, directory, now=case.due_at - timedelta(seconds=1))


def test_a_city_may_allow_no_extension(city_conn: Connection, directory: Directory) -> None:
    strict = replace(directory, casework=CaseworkRules(extension_times=0))
    with pytest.raises(Conflict, match="不允许延期"):
        extend(city_conn, led(city_conn, directory), strict)


def test_a_refused_extension_moves_nothing(city_conn: Connection, directory: Directory) -> None:
    before = led(city_conn, directory)
    after = extensions.refuse_extension(
        city_conn, extend(city_conn, before, directory), note="可以先修", actor=DISPATCHER, now=LATER
    )
    assert (after.due_at, after.due_basis) == (before.due_at, before.due_basis)
    extend(city_conn, after, directory)  # what was refused does not count


def test_a_supervised_case_is_completed_only_after_the_answer(city_conn: Connection, directory: Directory) -> None:
    case = supervision.supervise(
        city_conn,
        led(city_conn, directory, CaseAction.REPLY),
        trigger=SupervisionTrigger.REPEATED,
        level=SupervisionLevel.SPECIAL,
        demand="三日内解决",
        due_at=LATER + timedelta(days=3),
        actor=SUPERVISOR,
        now=LATER,
    )
    with pytest.raises(Conflict, match="督办还没有回复"):
        lifecycle.complete(city_conn, case, result=CompletionResult.SOLVED, actor=OFFICER, now=LATER)
    with pytest.raises(Conflict, match="已有一项督办"):
        supervision.supervise(
            city_conn,
            case,
            trigger=SupervisionTrigger.OTHER,
            level=SupervisionLevel.ORDINARY,
            demand="再办",
            due_at=LATER + timedelta(days=3),
            actor=SUPERVISOR,
            now=LATER,
        )
    late = LATER + timedelta(days=4)
    case = supervision.answer_supervision(city_conn, case, text="已解决", actor=OFFICER, now=late)
    assert event_repository.list_events(city_conn, case.id)[-1].payload["late"] is True
    lifecycle.complete(city_conn, case, result=CompletionResult.SOLVED, actor=OFFICER, now=late)


def test_the_unit_has_clocks_of_its_own(city_conn: Connection, directory: Directory) -> None:
    """Both till the end of Tuesday the 24th; sign-in stops the one, reaching the submitter the other."""
    case = factories.case(city_conn, directory)
    running = {c.kind: c for c in rows.list_clocks(city_conn, case.id)}
    assert {c.due_at for c in running.values()} == {datetime(2026, 11, 25, tzinfo=ZONE)}
    assert running.keys() == set(UnitClockKind)
    case = lifecycle.acknowledge(city_conn, case, actor=OFFICER, now=LATER)
    case = supervision.contact(city_conn, case, text="无人接听", reached=False, actor=OFFICER, now=LATER)
    assert {c.kind for c in rows.list_clocks(city_conn, case.id) if c.runs} == {UnitClockKind.CONTACT}
    late = NOW + timedelta(days=2)
    case = supervision.contact(city_conn, case, text="已说明", reached=True, actor=OFFICER, now=late)
    assert {c.kind: c.is_late(late) for c in rows.list_clocks(city_conn, case.id)} == {
        UnitClockKind.ACKNOWLEDGE: False,
        UnitClockKind.CONTACT: True,
    }


def test_another_unit_gets_new_clocks(city_conn: Connection, directory: Directory) -> None:
    case = accept(city_conn, ask(city_conn, led(city_conn, directory), directory), directory)
    clocks = rows.list_clocks(city_conn, case.id)
    assert {(c.department_id, c.kind) for c in clocks if c.runs} == {("swj", kind) for kind in UnitClockKind}
    assert all(c.ended_at or c.met_at for c in clocks if c.department_id != "swj")


def test_the_limits_are_rows(city_conn: Connection, directory: Directory) -> None:
    profile = directory.city.deadline_profile
    assert rows.get_rules(city_conn, profile) == CaseworkRules()
    wanted = CaseworkRules(
        acknowledge=Limit(n=2, unit=ClockUnit.HOURS), contact=None, return_within=None, extension_times=3
    )
    with city_conn.transaction(force_rollback=True):
        rows.set_rules(city_conn, profile, wanted, actor="test")
        assert rows.get_rules(city_conn, profile) == wanted


def test_a_redispatch_settles_what_the_unit_asked_for(city_conn: Connection, directory: Directory) -> None:
    """Else the next unit could neither complete the case nor ask for anything itself."""
    asked = extend(city_conn, ask(city_conn, led(city_conn, directory), directory), directory)
    case = lifecycle.dispatch(city_conn, asked, directory, lead="swj", actor=DISPATCHER, now=LATER, zone=ZONE)
    [returned], [extended] = rows.list_returns(city_conn, case.id), rows.list_extensions(city_conn, case.id)
    assert (returned.state, returned.given_to_id, returned.decided_by) == (RequestState.ACCEPTED, "swj", DISPATCHER)
    assert (extended.state, extended.note) == (RequestState.REFUSED, "工单已改派。")
    extend(city_conn, ask(city_conn, case, directory, proposed="zjj"), directory)


def test_who_keeps_the_case_gets_no_new_clocks_and_no_new_window(city_conn: Connection, directory: Directory) -> None:
    case = led(city_conn, directory)
    clocks = rows.list_clocks(city_conn, case.id)
    case = returns.designate(
        city_conn, case, directory, lead="zjj", note="住建牵头", actor=SUPERVISOR, now=LATER, zone=ZONE
    )
    case = lifecycle.dispatch(
        city_conn, case, directory, lead="zjj", co_handling=["cgj"], actor=DISPATCHER, now=LATER, zone=ZONE
    )
    [lead] = [
        a
        for a in case_repository.list_assignments(city_conn, case.id)
        if a.ended_at is None and a.department_id == "zjj"
    ]
    assert (lead.designated, lead.assigned_at) == (True, NOW)
    assert rows.list_clocks(city_conn, case.id) == clocks
    with pytest.raises(Conflict, match="裁定的主办单位"):
        ask(city_conn, case, directory)


def test_nothing_waits_for_a_completed_case(city_conn: Connection, directory: Directory) -> None:
    """Answered by the unit before, so that its contact clock still runs; with an extension that nobody decided."""
    case = led(city_conn, directory, CaseAction.REPLY)
    case = lifecycle.dispatch(city_conn, case, directory, lead="swj", actor=DISPATCHER, now=LATER, zone=ZONE)
    case = extend(city_conn, lifecycle.acknowledge(city_conn, case, actor=OFFICER, now=LATER), directory)
    case = lifecycle.complete(city_conn, case, result=CompletionResult.SOLVED, actor=OFFICER, now=LATER)
    assert case.id not in {e.case_id for e in rows.list_open_extensions(city_conn)}
    assert not any(clock.runs for clock in rows.list_clocks(city_conn, case.id))


def test_an_extension_outlives_a_corrected_appeal_type(city_conn: Connection, directory: Directory) -> None:
    before = led(city_conn, directory)
    case = extensions.grant_extension(
        city_conn, extend(city_conn, before, directory), directory, actor=DISPATCHER, now=LATER, zone=ZONE
    )
    extended = case.due_date, case.due_at, case.due_basis
    for appeal_type in (AppealType.CONSULT, before.appeal_type):
        case = lifecycle.dispatch(
            city_conn,
            case,
            directory,
            lead="zjj",
            appeal_type=appeal_type,
            actor=DISPATCHER,
            now=LATER,
            zone=ZONE,
        )
        assert "经批准延期5个工作日" in case.due_basis
    assert (case.due_date, case.due_at, case.due_basis) == extended


@pytest.mark.parametrize(
    "due_at", [datetime.fromisoformat("9999-12-31T23:59:59-12:00"), LATER + timedelta(days=367), LATER, None]
)
def test_a_supervision_is_due_within_a_year(
    city_conn: Connection, directory: Directory, due_at: datetime | None
) -> None:
    """A year that cannot be read back would break every list that it is in."""
    with pytest.raises(Invalid) as refused:
        supervision.supervise(
            city_conn,
            led(city_conn, directory),
            trigger=SupervisionTrigger.OTHER,
            level=SupervisionLevel.ORDINARY,
            demand="请答复",
            due_at=due_at,
            actor=SUPERVISOR,
            now=LATER,
        )
    assert refused.value.fields.keys() == {"due_at"}


def test_no_reminder_is_a_book(city_conn: Connection, directory: Directory) -> None:
    case = led(city_conn, directory)
    with pytest.raises(Invalid, match="不能超过1000字"):
        supervision.remind(city_conn, case, text="快" * 1001, actor=SUPERVISOR, now=LATER)
    supervision.remind(city_conn, case, text="", actor=SUPERVISOR, now=LATER)
