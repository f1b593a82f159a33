"""Where parts of casework that know nothing of each other meet: merged, split, confidential and taken-back cases."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from models.account import Role
from models.analysis import AppealType
from models.case import CaseAction, CaseStatus
from models.database import Connection
from models.errors import Conflict, NotFound
from models.issue_response import AnsweredCase
from models.link import LinkKind, SubmissionLink
from models.notification import NotificationKind
from routing import case_repository, event_repository, lifecycle, scoring
from routing import scoring_repository as scores
from routing.alike.near_duplicate_repository import add_links
from routing.casework import callbacks
from routing.directory import Directory
from routing.issues import issue_response_repository
from routing.notifications import kinds_of
from tests import factories
from tests.database import test_scoring, test_splitting
from tests.database.follow_up_cases import DISPATCHER, DISPLEASED, LATER, OFFICER, call, completed
from tests.database.test_merging import answered, finish, in_triage, merge, now_of, opened, whole


def test_what_was_published_before_a_report_was_merged_is_told_to_its_writer_alone(
    city_conn: Connection, directory: Directory
) -> None:
    head = answered(city_conn, opened(city_conn, directory), public=True)
    plain = opened(city_conn, directory)
    report = opened(city_conn, directory, appeal_type=AppealType.REPORT)
    finish(city_conn, merge(city_conn, head, plain, report))
    of_plain, of_report = (case_repository.list_replies(city_conn, case.id) for case in (plain, report))
    assert ([r.public for r in of_plain], [r.public for r in of_report]) == ([True], [False])
    whole(city_conn)


def test_a_letter_is_not_archived_while_a_part_waits_for_a_decision(
    city_conn: Connection, directory: Directory
) -> None:
    letter = test_splitting.split(city_conn, test_splitting.letter_case(city_conn, directory), directory)
    parts = [
        test_splitting.finish(city_conn, test_splitting.answered(city_conn, part))
        for part in test_splitting.parts_of(city_conn, letter)
    ]
    now = test_splitting.LATER + timedelta(hours=3)
    call(city_conn, now_of(city_conn, parts[0]), answers=DISPLEASED, now=now)
    letter = now_of(city_conn, letter)
    assert letter.status is CaseStatus.COMPLETED
    with pytest.raises(Conflict, match="请先决定重办"):
        lifecycle.close(city_conn, letter, actor=DISPATCHER, now=now)
    callbacks.settle(city_conn, now_of(city_conn, parts[0]), reason="已解释。", actor=DISPATCHER, now=now)
    lifecycle.close(city_conn, letter, actor=DISPATCHER, now=now)
    assert {now_of(city_conn, part).status for part in parts} == {CaseStatus.CLOSED}


def test_what_protects_the_writer_in_one_part_does_so_in_all(city_conn: Connection, directory: Directory) -> None:
    first, second = test_splitting.two()
    secret = replace(directory.topics["T0403"], confidential=True)
    directory = replace(directory, topics={**directory.topics, "T0403": secret})
    case = test_splitting.letter_case(city_conn, directory)
    letter = test_splitting.split(city_conn, case, directory, [first, replace(second, topic_code="T0403")])
    assert letter.confidential
    assert [part.confidential for part in test_splitting.parts_of(city_conn, letter)] == [True, True]
    whole(city_conn)


def test_a_merged_case_that_is_completed_from_triage_is_told_once(city_conn: Connection, directory: Directory) -> None:
    head = answered(city_conn, opened(city_conn, directory))
    member = in_triage(city_conn, directory)
    finish(city_conn, merge(city_conn, head, member))
    member = now_of(city_conn, member)
    told = [kind for event in event_repository.list_events(city_conn, member.id) for kind in kinds_of(event, member)]
    assert told == [NotificationKind.COMPLETED]


def test_a_reply_that_was_taken_back_is_no_answer(city_conn: Connection, directory: Directory) -> None:
    case = answered(city_conn, opened(city_conn, directory))
    [reply] = case_repository.list_replies(city_conn, case.id)
    city_conn.execute(
        "INSERT INTO reply_withdrawals (reply_id, at, actor, reason) VALUES (%s, %s, %s, '数字有误')",
        (reply.id, LATER, OFFICER),
    )
    with pytest.raises(Conflict, match="还没有答复"):
        finish(city_conn, case)


def test_nobody_is_given_the_case_of_the_own_unit_to_call(city_conn: Connection, directory: Directory) -> None:
    completed(city_conn, directory)
    assert callbacks.take_next(city_conn, department_id="zjj", actor=DISPATCHER, now=LATER) is None
    assert callbacks.take_next(city_conn, department_id="swj", actor=DISPATCHER, now=LATER) is not None


def test_an_appeal_is_decided_by_the_scheme_of_its_own_sheet(city_conn: Connection, directory: Directory) -> None:
    supervisor = factories.account(city_conn, Role.SUPERVISOR)
    officer = factories.account(city_conn, Role.OFFICER, department="jyj")
    own = test_scoring.new_scheme(city_conn, directory, supervisor)
    other = test_scoring.new_scheme(city_conn, directory, supervisor, name="另一个方案")
    for until in (CaseAction.COMPLETE, CaseAction.ACKNOWLEDGE):
        factories.case(city_conn, directory, lead="jyj", until=until)
    sheet = test_scoring.publish(city_conn, own, supervisor, "jyj")
    [row] = scores.list_score_rows(city_conn, sheet)
    first, now = own.indicators[0].id, test_scoring.LATER
    scoring.appeal(city_conn, officer, row.id, indicator=first, case_id=None, reason="已报延期", now=now)
    [asked] = scores.list_appeals(city_conn, sheet)
    with pytest.raises(NotFound):
        scoring.decide_appeal(
            city_conn, supervisor, other, asked.id, accepted=True, points=Decimal(5), note="核实", now=now
        )


def test_a_matter_that_comes_back_makes_the_facts_of_the_earlier_case_stale(
    city_conn: Connection, directory: Directory
) -> None:
    earlier, again = completed(city_conn, directory), opened(city_conn, directory)
    city_conn.execute("DELETE FROM stale_facts")
    link = SubmissionLink(
        submission_id=again.submission_id,
        earlier_id=earlier.submission_id,
        kind=LinkKind.SAME_PERSON,
        score=0.9,
        certain=True,
        evidence={},
        found_at=LATER,
    )
    add_links(city_conn, [link], actor="test")
    add_links(city_conn, [replace(link, certain=False)], actor="test")
    assert city_conn.execute("SELECT kind::text, id FROM stale_facts").fetchall() == [("c", earlier.id)]


def test_an_answer_that_is_taken_back_is_taken_back_from_merged_cases_too(
    city_conn: Connection, directory: Directory
) -> None:
    head, member, other = (opened(city_conn, directory) for _ in range(3))
    head = finish(city_conn, answered(city_conn, merge(city_conn, head, member)))
    finish(city_conn, answered(city_conn, other))
    [reply] = case_repository.list_replies(city_conn, head.id)
    given = AnsweredCase(
        id=0,
        response_id=0,
        case_id=head.id,
        reply_id=reply.id,
        whole=True,
        case_version=head.version,
        answered_at=LATER,
        undone_at=None,
    )
    issue_response_repository.undo_answered_case(city_conn, given, reason="数字有误", actor=OFFICER, now=LATER)
    stands = [
        [r.withdrawn_at is None for r in case_repository.list_replies(city_conn, case.id)]
        for case in (head, member, other)
    ]
    assert stands == [[False], [False], [True]]
