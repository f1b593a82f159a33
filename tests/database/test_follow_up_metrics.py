"""Response, resolution, satisfaction, rework: by the records of real lives, and each number opens its cases."""

from datetime import datetime, timedelta

from dashboards.metrics.metrics import Metric, list_cases, list_metrics
from models.account import CITIZEN_ACTOR
from models.callback import CallAnswers, CallbackEntry, CallOutcome, Satisfaction, SolvedAnswer
from models.case import Case, CaseAction, CompletionResult
from models.criteria import CaseCriteria, CaseState
from models.database import Connection
from routing import lifecycle
from routing.casework import callbacks, supervision
from routing.clocks import suspensions
from routing.directory import Directory
from routing.directory_repository import load_directory
from tests import factories
from tests.database.follow_up_cases import CONTENT, DISPATCHER, DISPLEASED, LATER, OFFICER, call, completed, rule
from tests.factories import NOW, ZONE


def metrics(conn: Connection, now: datetime = LATER) -> dict[str, Metric]:
    """With the check that each list has as many rows as its number says."""
    found = list_metrics(conn, CaseCriteria(), now=now, zone=ZONE)
    for metric in found.values():
        assert list_cases(conn, metric.criteria, now=now, zone=ZONE).total == metric.numerator, metric.id
        if metric.denominator_criteria is not None:
            assert list_cases(conn, metric.denominator_criteria, now=now, zone=ZONE).total == metric.denominator
    return found


def shares(found: dict[str, Metric], *ids: str) -> list[tuple[int, int | None]]:
    return [(found[id_].numerator, found[id_].denominator) for id_ in ids]


def city(conn: Connection) -> Directory:
    factories.city(conn)
    return load_directory(conn)


def test_the_rates_of_callbacks_and_what_stands_beside_them(conn: Connection) -> None:
    directory = city(conn)
    used = rule(conn, directory, attempts=1, basically_counts=False)
    basically = CallAnswers(solved=SolvedAnswer.PARTLY, satisfaction=Satisfaction.BASICALLY)
    call(conn, completed(conn, directory), answers=CONTENT)
    call(conn, completed(conn, directory), answers=basically)
    displeased = call(conn, completed(conn, directory), answers=DISPLEASED)
    call(conn, completed(conn, directory), CallOutcome.NO_ANSWER, None)
    call(conn, completed(conn, directory), CallOutcome.REFUSED, None)
    completed(conn, directory)
    rule(conn, directory, share=0.0, always=())
    alone = completed(conn, directory)
    callbacks.answer(conn, alone, directory, CONTENT, CallbackEntry.PAGE, actor=CITIZEN_ACTOR, now=LATER, zone=ZONE)
    callbacks.rework(conn, displeased, directory, reason="再修", actor=DISPATCHER, now=LATER, zone=ZONE)
    found = metrics(conn)
    assert shares(found, "resolution_rate", "satisfaction_rate", "rework_rate") == [(1, 3), (1, 3), (1, 7)]
    beside = ("callback_waiting", "callback_unreachable", "callback_refused")
    assert [found[id_].numerator for id_ in beside] == [1, 1, 1]
    interval = found["resolution_rate"].interval
    assert interval is not None and interval[0] < 1 / 3 < interval[1]
    assert found["resolution_rate"].note.startswith("抽样规则第2版：办结的工单不抽")
    assert found["rework_rate"].note == "" and used.version == 1


def test_basically_satisfied_counts_where_the_rule_of_that_draw_says_so(conn: Connection) -> None:
    directory = city(conn)
    basically = CallAnswers(solved=SolvedAnswer.YES, satisfaction=Satisfaction.BASICALLY)
    for counts in (True, False):
        rule(conn, directory, basically_counts=counts)
        call(conn, completed(conn, directory), answers=basically)
    assert shares(metrics(conn), "resolution_rate", "satisfaction_rate") == [(2, 2), (1, 2)]


def test_the_last_answer_stands_until_the_next_one(conn: Connection) -> None:
    directory = city(conn)
    case = call(conn, completed(conn, directory), answers=DISPLEASED)
    case = callbacks.rework(conn, case, directory, reason="再修", actor=DISPATCHER, now=LATER, zone=ZONE)
    assert shares(metrics(conn), "resolution_rate", "rework_rate") == [(0, 1), (1, 1)]
    at = LATER + timedelta(hours=1)
    case = lifecycle.reply(conn, case, body="修好了", public=False, department_id="zjj", actor=OFFICER, now=at)
    case = finish(conn, case, at)
    assert shares(metrics(conn, at), "resolution_rate", "rework_rate") == [(0, 1), (1, 1)]
    call(conn, case, answers=CONTENT, now=at)
    assert shares(metrics(conn, at), "resolution_rate", "rework_rate") == [(1, 1), (1, 1)]


def finish(conn: Connection, case: Case, at: datetime) -> Case:
    return lifecycle.complete(conn, case, result=CompletionResult.SOLVED, actor=OFFICER, now=at)


def test_response_is_sign_in_and_contact_both_in_time(conn: Connection) -> None:
    directory = city(conn)
    both = factories.case(conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
    supervision.contact(conn, both, text="已联系", reached=True, actor=OFFICER, now=LATER)
    signed = factories.case(conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
    factories.case(conn, directory, lead="zjj")
    conn.commit()
    assert shares(metrics(conn), "response_rate") == [(1, 1)]  # of the others nothing is decided yet
    late = NOW + timedelta(days=3)
    assert shares(metrics(conn, late), "response_rate") == [(1, 3)]
    supervision.contact(conn, signed, text="已联系", reached=True, actor=OFFICER, now=late)
    assert shares(metrics(conn, late), "response_rate") == [(1, 3)]  # too late


def test_a_suspended_case_is_found_and_not_late(conn: Connection) -> None:
    directory = city(conn)
    case = factories.case(conn, directory, lead="zjj", until=CaseAction.REPLY)
    assert case.due_at is not None and case.due_date is not None
    asked = suspensions.request_suspension(
        conn, case, directory, until=case.due_date, reason="等料", actor=OFFICER, now=LATER, zone=ZONE
    )
    suspensions.grant_suspension(conn, asked, directory, actor=DISPATCHER, now=LATER, zone=ZONE)
    suspended = CaseCriteria(state=CaseState.SUSPENDED.value)
    [row] = list_cases(conn, suspended, now=LATER, zone=ZONE).rows
    assert (row.suspended_until, row.is_overdue) == (case.due_date, False)
    assert metrics(conn, case.due_at + timedelta(hours=1))["overdue"].numerator == 0


def test_who_comes_back_with_the_matter_takes_solved_away(conn: Connection) -> None:
    """Whatever was said on the telephone: the same person wrote the same again after the completion."""
    directory = city(conn)
    rule(conn, directory)
    first = call(conn, completed(conn, directory), answers=CONTENT)
    call(conn, completed(conn, directory), answers=CONTENT)
    assert shares(metrics(conn), "resolution_rate") == [(2, 2)]
    again = factories.case(conn, directory, at=LATER)
    conn.execute(
        "INSERT INTO submission_links (submission_id, earlier_id, kind, score, certain, evidence, found_at)"
        " VALUES (%s, %s, 'same_person', 0.9, true, '{}', %s) ON CONFLICT DO NOTHING",
        (again.submission_id, first.submission_id, LATER),
    )
    assert shares(metrics(conn, LATER + timedelta(days=1)), "resolution_rate") == [(1, 2)]
