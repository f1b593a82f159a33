"""A report never reaches whom it accuses, by whichever door; names are shown for a reason, to one person, for a day."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import psycopg
import pytest

from dashboards.lists.case_lists import list_cases
from intake.repository import get_submission
from models.account import Account, Role
from models.analysis import Analysis, AppealType, OrganisationKind, OrganisationMention, TextSpan
from models.case import Case, CaseAction, CaseStatus
from models.casework import ReturnReason
from models.criteria import CaseCriteria
from models.database import Connection, connect
from models.errors import Conflict, Forbidden, Invalid, NotFound, WenzhengError
from models.merge import NewPart
from models.protection import RevealReason
from routing import case_repository, event_repository, lifecycle, policies, protection, search_repository
from routing.casework import disclosure, disclosure_repository, merge_repository, merging, returns, splitting
from routing.directory import Directory
from tests import factories
from tests.factories import KEYS, NOW, ZONE

DISPATCHER, SUPERVISOR = "account:2:派单", "account:3:督办"
SECRET_TOPIC = "T2205"


def report(*, accused: str = "swj", named: tuple[str, ...] = (), kind: AppealType = AppealType.REPORT) -> Analysis:
    """What the pipeline says of a letter that reports the waterworks office (and speaks of others)."""
    mention = OrganisationMention(
        text="水务局", kind=OrganisationKind.DEPARTMENT, department_id=accused, accused=True, start=0, end=3
    )
    analysis = factories.analysis(topic=None, appeal_type=kind, organisations=(accused, *named))
    return replace(analysis, organisation_mentions=(mention,))


def give(conn: Connection, case: Case, directory: Directory, lead: str, **fields: Any) -> Case:
    return lifecycle.dispatch(
        conn,
        case,
        directory,
        lead=lead,
        actor=DISPATCHER,
        now=NOW,
        zone=ZONE,
        **fields,
    )


# Doors


def test_by_hand_no_report_goes_to_whom_it_accuses(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, says=report())
    assert case.status is CaseStatus.TRIAGE
    with pytest.raises(Conflict, match="水务局是被反映单位"):
        give(city_conn, case, directory, "swj", note="应由水务办理")
    with pytest.raises(Conflict, match="被反映单位"):
        give(city_conn, case, directory, "jwjw", co_handling=["zjj", "swj"])
    given = give(city_conn, case, directory, "jwjw")
    with pytest.raises(Conflict, match="被反映单位"):
        give(city_conn, given, directory, "swj")
    assert event_repository.list_events(city_conn, case.id)[-1].payload["lead"] == "jwjw"


def test_correcting_the_type_on_the_way_opens_no_door(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, says=report())
    with pytest.raises(Conflict, match="被反映单位"):
        give(city_conn, case, directory, "swj", appeal_type=AppealType.COMPLAIN)
    into_one = factories.case(city_conn, directory, says=report(kind=AppealType.COMPLAIN))
    with pytest.raises(Conflict, match="被反映单位"):
        give(city_conn, into_one, directory, "swj", appeal_type=AppealType.REPORT)


def test_what_the_submitter_called_a_report_stays_one(city_conn: Connection, directory: Directory) -> None:
    """Also where the program and then a dispatcher say otherwise."""
    new = factories.letter(appeal_type=AppealType.REPORT)
    case = factories.case(city_conn, directory, says=report(kind=AppealType.COMPLAIN), new=new)
    given = give(city_conn, case, directory, "jwjw", appeal_type=AppealType.COMPLAIN)
    with pytest.raises(Conflict, match="被反映单位"):
        give(city_conn, given, directory, "swj", appeal_type=AppealType.HELP)


def test_a_plain_complaint_goes_where_it_belongs(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, says=report(kind=AppealType.COMPLAIN))
    assert give(city_conn, case, directory, "swj").lead_department_id == "swj"


def test_a_unit_only_named_needs_a_written_reason(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, says=report(named=("cgj",)))
    with pytest.raises(Invalid, match="来件提到") as refused:
        give(city_conn, case, directory, "cgj")
    assert set(refused.value.fields) == {"note"}
    given = give(city_conn, case, directory, "cgj", note="只是作为地点提到。")
    assert event_repository.list_events(city_conn, case.id)[-1].payload["note"] == "只是作为地点提到。"
    assert given.lead_department_id == "cgj"


def test_a_protected_topic_given_by_hand_makes_the_case_confidential(
    city_conn: Connection, directory: Directory
) -> None:
    assert directory.topics[SECRET_TOPIC].confidential
    case = factories.case(city_conn, directory, says=report(kind=AppealType.COMPLAIN))
    assert not case.confidential
    with pytest.raises(Conflict, match="被反映单位"):
        give(city_conn, case, directory, "swj", topic_code=SECRET_TOPIC)
    given = give(city_conn, case, directory, "jwjw", topic_code=SECRET_TOPIC)
    assert given.confidential
    # and no later topic takes it away
    assert give(city_conn, given, directory, "zjj", topic_code="T0402").confidential
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None


def test_returns_and_disputes_are_doors_too(city_conn: Connection, directory: Directory) -> None:
    case = give(city_conn, factories.case(city_conn, directory, says=report()), directory, "zjj")
    asked = returns.request_return(
        city_conn,
        case,
        directory,
        reason=ReturnReason.NOT_OUR_DUTY,
        explanation="属水务。",
        proposed_id="swj",
        actor="account:1:经办",
        now=NOW,
        zone=ZONE,
    )
    with pytest.raises(Conflict, match="被反映单位"):  # the unit proposed is taken where no other is chosen
        returns.accept_return(city_conn, asked, directory, lead="", actor=DISPATCHER, now=NOW, zone=ZONE)
    with pytest.raises(Conflict, match="被反映单位"):
        returns.designate(
            city_conn, asked, directory, lead="swj", note="水务牵头", actor=SUPERVISOR, now=NOW, zone=ZONE
        )


def test_merging_carries_no_report_to_whom_it_accuses(city_conn: Connection, directory: Directory) -> None:
    """Not by merging it into a case of that unit, nor by giving that unit the case it was merged into."""
    says = report()
    member = give(city_conn, factories.case(city_conn, directory, says=says), directory, "zjj")
    of_the_accused = factories.case(city_conn, directory, lead="swj")
    with pytest.raises(Conflict, match="反映的可能正是主单的承办单位"):
        merging.merge(city_conn, of_the_accused, [member], reason="同一事项", actor=DISPATCHER, now=NOW)
    city_conn.rollback()
    member = give(city_conn, factories.case(city_conn, directory, says=says), directory, "zjj")
    head = factories.case(city_conn, directory, lead="cgj")
    head = merging.merge(city_conn, head, [member], reason="同一事项", actor=DISPATCHER, now=NOW)
    with pytest.raises(Conflict, match="被反映单位"):
        give(city_conn, head, directory, "swj")
    assert protection.is_protected(city_conn, head)


def test_a_case_that_becomes_protected_in_the_hands_of_the_accused_is_shown(
    city_conn: Connection, directory: Directory
) -> None:
    says = replace(report(kind=AppealType.COMPLAIN), topic_code="T22")
    case = give(city_conn, factories.case(city_conn, directory, says=says), directory, "swj", topic_code="T22")
    assert protection.held_by_complained(city_conn, case, directory, ["swj"]) == ()
    named = lifecycle.name_topic(city_conn, case, directory, topic_code=SECRET_TOPIC, actor=DISPATCHER, now=NOW)
    assert named.confidential
    assert protection.held_by_complained(city_conn, named, directory, ["swj", "zjj"]) == (
        directory.department_name("swj"),
    )


@pytest.mark.parametrize("declared", [True, False])
def test_nothing_protected_is_published(city_conn: Connection, directory: Directory, declared: bool) -> None:
    new = factories.letter(appeal_type=AppealType.REPORT) if declared else factories.letter(confidential=True)
    says = factories.analysis(appeal_type=AppealType.COMPLAIN if declared else AppealType.HELP)
    case = factories.case(city_conn, directory, says=says, new=new, lead="zjj", until=CaseAction.ACKNOWLEDGE)
    reply: dict[str, Any] = {"body": "已查处。", "department_id": "zjj", "actor": "account:1:经办", "now": NOW}
    with pytest.raises(Invalid, match="不能公开"):
        lifecycle.reply(city_conn, case, public=True, **reply)
    lifecycle.reply(city_conn, case, public=False, **reply)


# Reveals


def officer(conn: Connection, department: str = "zjj") -> Account:
    return factories.account(conn, department=department)


def ask(conn: Connection, case: Case, account: Account, **fields: Any) -> Case:
    given: dict[str, Any] = {"reason": RevealReason.CONTACT, "explanation": "约时间上门。", "now": NOW} | fields
    return disclosure.reveal(conn, case, account, **given)


def shown(conn: Connection, case: Case, account: Account, after: timedelta = timedelta(0)) -> bool:
    assignments = case_repository.list_assignments(conn, case.id)
    return disclosure.find_open(conn, account, case, assignments, now=NOW + after) is not None


def test_a_reveal_is_for_one_person_and_one_day_and_stands_in_the_chain(
    city_conn: Connection, directory: Directory
) -> None:
    account, colleague = officer(city_conn), officer(city_conn)
    case = factories.case(city_conn, directory, lead="zjj")
    assert not shown(city_conn, case, account)
    case = ask(city_conn, case, account)
    assert shown(city_conn, case, account) and not shown(city_conn, case, colleague)
    assert shown(city_conn, case, account, timedelta(hours=24, microseconds=-1))
    assert not shown(city_conn, case, account, timedelta(hours=24))
    event = event_repository.list_events(city_conn, case.id)[-1]
    assert (event.action, event.actor, event.payload["reason"], event.payload["department"]) == (
        CaseAction.REVEAL,
        account.actor,
        "contact",
        "zjj",
    )
    [row] = disclosure_repository.list_disclosures_of(city_conn, case.id)
    assert (row.account_id, row.reason, row.explanation) == (account.id, RevealReason.CONTACT, "约时间上门。")
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None


@pytest.mark.parametrize("fields", [{"reason": None}, {"explanation": " "}, {"explanation": "长" * 1001}])
def test_a_reveal_needs_its_reason(city_conn: Connection, directory: Directory, fields: dict[str, object]) -> None:
    case = factories.case(city_conn, directory, lead="zjj")
    with pytest.raises(Invalid):
        ask(city_conn, case, officer(city_conn), **fields)
    assert disclosure_repository.list_disclosures_of(city_conn, case.id) == []


def test_who_loses_the_case_sees_nothing_any_more(city_conn: Connection, directory: Directory) -> None:
    account = officer(city_conn)
    case = ask(city_conn, factories.case(city_conn, directory, lead="zjj"), account)
    moved = give(city_conn, case, directory, "swj")
    assert not shown(city_conn, moved, account)
    helping = give(city_conn, moved, directory, "swj", co_handling=["zjj"])
    assert not shown(city_conn, helping, account)  # a helper may read, not know who wrote
    with pytest.raises(NotFound):
        policies.check_can_act(
            officer(city_conn, "cgj"), CaseAction.REVEAL, moved, case_repository.list_assignments(city_conn, moved.id)
        )


def test_what_becomes_confidential_is_hidden_at_once(city_conn: Connection, directory: Directory) -> None:
    account, dispatcher = officer(city_conn), factories.account(city_conn, Role.DISPATCHER)
    case = factories.case(city_conn, directory, says=factories.analysis(topic="T22"), lead="zjj")
    case = give(city_conn, case, directory, "zjj", topic_code="T22", co_handling=["cgj"])
    case = ask(city_conn, ask(city_conn, case, account), dispatcher)
    assert shown(city_conn, case, account) and shown(city_conn, case, dispatcher)
    secret = lifecycle.name_topic(city_conn, case, directory, topic_code=SECRET_TOPIC, actor=DISPATCHER, now=NOW)
    assert not shown(city_conn, secret, account)
    assert shown(city_conn, secret, dispatcher)  # who decides, and has said why


def found_by_number(conn: Connection, case: Case, account: Account) -> set[int]:
    """The cases that this person finds by the number of whoever wrote the letter of `case`."""
    key = merge_repository.list_persons(conn, [case.id])[case.id]
    search = search_repository.add_person_search(
        conn, key, account_id=account.id, department_id=account.department_id, actor=account.actor, now=NOW
    )
    criteria = CaseCriteria(person=search, unit=account.department_id, counted="all")
    return {row.id for row in list_cases(conn, criteria, now=NOW, zone=ZONE).rows}


def test_what_is_merged_into_a_protected_case_is_not_found_by_its_writer(
    city_conn: Connection, directory: Directory
) -> None:
    account = officer(city_conn)
    says = factories.analysis(topic="T22")
    head, member = (
        factories.case(city_conn, directory, says=says, lead="zjj", new=factories.letter(contact=contact))
        for contact in ("19900004712", "19900004713")
    )
    head = merging.merge(city_conn, head, [member], reason="同一事项", actor=DISPATCHER, now=NOW)
    head = give(city_conn, head, directory, "zjj", topic_code="T22")
    assert found_by_number(city_conn, member, account) == {member.id}
    lifecycle.name_topic(city_conn, head, directory, topic_code=SECRET_TOPIC, actor=DISPATCHER, now=NOW)
    assert found_by_number(city_conn, member, account) == set()
    assert found_by_number(city_conn, member, factories.account(city_conn, Role.DISPATCHER)) == {member.id}
    city_conn.rollback()


@pytest.mark.parametrize("becomes", [{"topic_code": SECRET_TOPIC}, {"appeal_type": AppealType.REPORT}])
def test_a_protected_part_protects_the_writer_in_all_parts(
    city_conn: Connection, directory: Directory, becomes: dict[str, Any]
) -> None:
    account = officer(city_conn)
    letter = factories.case(city_conn, directory, lead="zjj", new=factories.letter(contact="19900004711"))
    spans = (TextSpan(0, 3),)
    parts = [NewPart(title="路灯", lead="zjj", sentences=spans), NewPart(title="水管", lead="swj", sentences=spans)]
    submission = get_submission(city_conn, letter.submission_id)
    splitting.split(city_conn, letter, submission, directory, parts, actor=DISPATCHER, now=NOW, zone=ZONE)
    ids = merge_repository.list_part_ids(city_conn, letter.id)
    mine, other = (case_repository.get_case_by_id(city_conn, id_) for id_ in ids)
    mine = ask(city_conn, mine, account)
    assert shown(city_conn, mine, account) and mine.id in found_by_number(city_conn, mine, account)
    give(city_conn, other, directory, "cgj", **becomes)
    assert not shown(city_conn, mine, account) and found_by_number(city_conn, mine, account) == set()
    with pytest.raises(Forbidden):
        ask(city_conn, mine, account)
    with pytest.raises(Invalid, match="不能公开"):
        protection.check_publishable(city_conn, mine)
    assert disclosure.may_ask(city_conn, factories.account(city_conn, Role.DISPATCHER), mine, [])
    city_conn.rollback()


def test_a_person_who_changed_unit_or_role_asks_anew(city_conn: Connection, directory: Directory) -> None:
    account = officer(city_conn)
    case = ask(city_conn, factories.case(city_conn, directory, lead="zjj"), account)
    as_dispatcher = replace(account, role=Role.DISPATCHER, department_id=None)
    assert not shown(city_conn, case, as_dispatcher)


def test_of_a_reveal_and_a_redispatch_at_once_one_wins(city_conn: Connection, directory: Directory) -> None:
    """The officer's page was read before the dispatcher's act."""
    account = officer(city_conn)
    seen = factories.case(city_conn, directory, lead="zjj")
    give(city_conn, seen, directory, "swj")
    city_conn.commit()
    with pytest.raises((Conflict, Forbidden)):
        ask(city_conn, seen, account)
    city_conn.rollback()
    assert disclosure_repository.list_disclosures_of(city_conn, seen.id) == []


def test_two_reveals_and_a_redispatch_on_real_connections(
    city_dsn: str, city_conn: Connection, directory: Directory
) -> None:
    account = officer(city_conn)
    seen = factories.case(city_conn, directory, lead="zjj")
    barrier = Barrier(2)

    def reveal() -> str:
        with contextlib.closing(connect(city_dsn)) as conn:
            barrier.wait()
            try:
                ask(conn, seen, account)
                conn.commit()
            except (WenzhengError, psycopg.errors.UniqueViolation):
                return "refused"
            return "revealed"

    def redispatch() -> str:
        with contextlib.closing(connect(city_dsn)) as conn:
            barrier.wait()
            try:
                give(conn, seen, directory, "swj")
                conn.commit()
            except (WenzhengError, psycopg.errors.UniqueViolation):
                return "refused"
            return "moved"

    with ThreadPoolExecutor(2) as pool:
        answers = {future.result() for future in (pool.submit(reveal), pool.submit(redispatch))}
    assert "refused" in answers and len(answers) == 2  # nobody is both shown the name and rid of the case
    case = case_repository.get_case(city_conn, seen.case_number)
    rows = disclosure_repository.list_disclosures_of(city_conn, seen.id)
    assert (case.lead_department_id, len(rows)) in (("swj", 0), ("zjj", 1))
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None
