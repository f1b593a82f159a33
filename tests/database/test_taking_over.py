"""Cases that were handled before they came here are as if they had been handled here: closed, in whole chains."""

from datetime import timedelta

from intake.registration import register
from intake.repository import claim_pending, mark_processed
from models.case import Case, CaseAction, CaseStatus, CompletionResult
from models.database import Connection
from routing import analysis_repository, case_repository, event_repository
from routing.casework.casework_repository import list_clocks
from routing.casework.taking_over import Handling, take_over
from routing.directory import Directory
from tests import factories
from tests.factories import KEYS, NOW, ZONE

THEN = NOW - timedelta(days=200)
LIFE = [
    CaseAction.OPEN,
    CaseAction.DISPATCH,
    CaseAction.ACKNOWLEDGE,
    CaseAction.CONTACT,
    CaseAction.REPLY,
    CaseAction.COMPLETE,
]


def handle(case: Case) -> Handling:
    assert case.dispatched_at is not None and case.due_at is not None
    return Handling(
        clerk="account:1:张承办",
        acknowledged_at=case.dispatched_at + timedelta(hours=1),
        contacted_at=case.dispatched_at + timedelta(hours=2),
        contact="已电话联系。",
        completed_at=case.due_at - timedelta(days=1),
        reply="您反映的路灯已修好，欢迎监督。",
        public=True,
        result=CompletionResult.SOLVED,
        closed_at=case.due_at if case.lead_department_id != "cgj" else None,
    )


def test_what_is_taken_over_has_its_whole_history(city_conn: Connection, directory: Directory) -> None:
    new = [factories.letter(title="清楚", submitted_at=THEN), factories.letter(title="不清楚", submitted_at=THEN)]
    found = register(city_conn, new, actor="test", now=THEN, keys=KEYS, zone=ZONE)
    claimed = claim_pending(city_conn, 10)
    analyses = [factories.analysis(), factories.analysis(topic=None, confidence=0.0)]
    items = list(zip(claimed, analyses, strict=True))
    analysis_repository.add_analyses(city_conn, [(s.id, a) for s, a in items], actor="test", now=NOW)
    number = take_over(
        city_conn,
        items,
        directory,
        find_unit=lambda _: "cgj",
        handle=handle,
        dispatcher="account:2:李派单",
        actor="test",
        zone=ZONE,
    )
    mark_processed(city_conn, [s.id for s in claimed], actor="test")
    assert number == 2
    sure, unsure = (case_repository.get_case(city_conn, one.receipt_number) for one in found)
    assert (sure.status, unsure.status) == (CaseStatus.CLOSED, CaseStatus.COMPLETED)
    assert unsure.lead_department_id == "cgj" and unsure.triage_reason == "" and sure.opened_at == THEN
    for case, life in ((sure, [*LIFE, CaseAction.CLOSE]), (unsure, LIFE)):
        events = event_repository.list_events(city_conn, case.id)
        assert [event.action for event in events] == life
        assert sorted(events, key=lambda event: event.at) == events
        assert all(clock.met_at is not None for clock in list_clocks(city_conn, case.id))
        [reply] = case_repository.list_replies(city_conn, case.id)
        assert reply.public and reply.created_at == case.completed_at
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None
