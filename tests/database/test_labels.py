"""A person's decision becomes a label, in the same transaction; the program's own decisions teach nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from intake.registration import register
from intake.repository import get_submission
from models.account import Role, is_person
from models.analysis import Analysis, TopicSuggestion, Urgency
from models.case import Case
from models.classifier import LabelSource, TopicLabel
from models.database import Connection
from models.errors import Conflict, Invalid
from models.submission import Channel
from routing import lifecycle
from routing.directory import NO_PROMISE, Directory, DispatchPromise
from routing.learning import label_repository, labels
from routing.opening import open_case_by_hand
from routing.process import process_batch
from tests import factories
from tests.factories import NOW, ZONE, analysis

PERSON = "account:7:王敏"


@pytest.fixture
def directory(directory: Directory) -> Directory:
    """Without the random audit, which would draw some of these cases."""
    return replace(directory, promise=NO_PROMISE)


def unsure(**more: Any) -> Any:
    return replace(analysis(topic="T0402", confidence=0.3, **more), suggestions=(TopicSuggestion("T0402", 0.3, ()),))


def dispatch(conn: Connection, case: Any, directory: Directory, *, actor: str = PERSON, **given: Any) -> Any:
    return lifecycle.dispatch(conn, case, directory, lead="zjj", actor=actor, now=NOW, zone=ZONE, **given)


def label_of(conn: Connection, case: Any) -> TopicLabel:
    found = label_repository.find_label(conn, case.submission_id)
    assert found is not None
    return found


def test_a_dispatch_from_triage_is_a_label_with_what_the_classifier_had_said(
    city_conn: Connection, directory: Directory
) -> None:
    case = factories.case(city_conn, directory, says=unsure())
    dispatch(city_conn, case, directory, topic_code="T1001")
    label = label_of(city_conn, case)
    assert (label.topic_code, label.source, label.actor, label.at) == ("T1001", LabelSource.TRIAGE, PERSON, NOW)
    assert (label.predicted_code, label.predicted_confidence, label.classifier_version) == ("T0402", 0.3, "fixed/1")
    # only the confidence was missing: every such letter comes before a person
    assert label.probability == 1.0


@pytest.mark.parametrize(
    "says", [analysis(topic=None), analysis(urgency=Urgency.CRITICAL)], ids=["no topic at all", "life at risk"]
)
def test_a_letter_that_no_threshold_would_have_sent_says_nothing_about_rates(
    city_conn: Connection, directory: Directory, says: Analysis
) -> None:
    case = factories.case(city_conn, directory, says=says)
    dispatch(city_conn, case, directory, topic_code="T1001")
    assert label_of(city_conn, case).probability is None


def test_a_case_opened_by_hand_says_nothing_about_rates(city_conn: Connection, directory: Directory) -> None:
    says = unsure()
    new = factories.letter(channel=Channel.SOCIAL, source_id="post-1")
    [registered] = register(city_conn, [new], actor="test", now=NOW, keys=factories.KEYS, zone=ZONE)
    process_batch(city_conn, factories.FixedAnalyser(says), directory, now=NOW, zone=ZONE, limit=10)
    row = city_conn.execute(
        "SELECT id FROM submissions WHERE receipt_number = %s", (registered.receipt_number,)
    ).fetchone()
    assert row is not None
    submission = get_submission(city_conn, row[0])
    case = open_case_by_hand(city_conn, submission, says, directory, actor=PERSON, now=NOW, zone=ZONE)
    dispatch(city_conn, case, directory, topic_code="T0402")
    assert label_of(city_conn, case).probability is None


@pytest.mark.parametrize(
    ("actor", "given"),
    [("system:pipeline", {"topic_code": "T1001"}), (PERSON, {})],
    ids=["the program", "a person who names no topic"],
)
def test_where_no_person_names_a_topic_there_is_no_label(
    city_conn: Connection, directory: Directory, actor: str, given: dict[str, str]
) -> None:
    case = factories.case(city_conn, directory, says=unsure())
    dispatch(city_conn, case, directory, actor=actor, **given)
    assert label_repository.find_label(city_conn, case.submission_id) is None


def test_a_redispatch_teaches_only_where_the_topic_changes(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory)
    case = dispatch(city_conn, case, directory, topic_code="T0402")
    assert label_repository.find_label(city_conn, case.submission_id) is None
    case = lifecycle.dispatch(
        city_conn, case, directory, lead="jyj", topic_code="T1001", actor=PERSON, now=NOW, zone=ZONE
    )
    label = label_of(city_conn, case)
    assert (label.topic_code, label.source, label.probability) == ("T1001", LabelSource.REDISPATCH, None)


def test_a_refused_dispatch_leaves_no_label(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, says=unsure())
    moved = dispatch(city_conn, case, directory, topic_code="T1001")
    city_conn.rollback()
    assert moved.version != case.version
    assert label_repository.find_label(city_conn, case.submission_id) is None


def test_the_newest_label_counts_and_is_read_with_the_text_alone(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(
        city_conn, directory, says=unsure(), new=factories.letter(name="钱多多", contact="13912345678")
    )
    case = dispatch(city_conn, case, directory, topic_code="T1001")
    lifecycle.dispatch(
        city_conn,
        case,
        directory,
        lead="jyj",
        topic_code="T0402",
        actor=PERSON,
        now=NOW + timedelta(hours=1),
        zone=ZONE,
    )
    until = label_repository.count_labels(city_conn).newest_id
    [found] = [
        x for x in label_repository.list_labelled(city_conn, until=until) if x.submission_id == case.submission_id
    ]
    assert (found.topic_code, found.first_at, found.at) == ("T0402", NOW, NOW + timedelta(hours=1))
    # the chance belongs to the letter: it came from triage, whatever was said later
    assert found.probability == 1.0
    assert "13912345678" not in f"{found.title}{found.body}{found.place}"
    [earlier] = [
        x for x in label_repository.list_labelled(city_conn, until=until - 1) if x.submission_id == case.submission_id
    ]
    assert earlier.topic_code == "T1001"


def test_labels_are_history(conn: Connection) -> None:
    for statement in ("UPDATE topic_labels SET topic_code = 'T01'", "DELETE FROM topic_labels"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(statement)
        conn.rollback()


# A sub-topic that was left open


def left_open(conn: Connection, directory: Directory) -> Case:
    case = factories.case(conn, directory, says=analysis(topic=None))
    dispatched: Case = dispatch(conn, case, directory, actor="test", topic_code="T04")
    return dispatched


def name(conn: Connection, case: Case, directory: Directory, *, actor: str = PERSON) -> Case:
    return lifecycle.name_topic(conn, case, directory, topic_code="T0402", actor=actor, now=NOW)


def test_a_sub_topic_filled_in_is_a_label_that_tells_no_rate(city_conn: Connection, directory: Directory) -> None:
    case = name(city_conn, left_open(city_conn, directory), directory)
    label = label_of(city_conn, case)
    assert (label.topic_code, label.source, label.actor, label.at) == ("T0402", LabelSource.NAME_TOPIC, PERSON, NOW)
    assert (label.predicted_code, label.classifier_version, label.probability) == (None, "fixed/1", None)


def test_the_program_filling_in_teaches_nothing(city_conn: Connection, directory: Directory) -> None:
    case = name(city_conn, left_open(city_conn, directory), directory, actor="system:pipeline")
    assert label_repository.find_label(city_conn, case.submission_id) is None


def test_the_audit_still_asks_whether_a_filled_in_topic_is_right(city_conn: Connection, directory: Directory) -> None:
    """Who fills in below a first-level topic cannot say that this one is wrong: chance has drawn the letter to ask."""
    case = left_open(city_conn, directory)
    label_repository.add_audit_samples(city_conn, [case.submission_id], probability=0.5, actor="test", now=NOW)
    before = label_repository.count_audit(city_conn, since=NOW)
    case = name(city_conn, case, directory)
    assert label_repository.count_audit(city_conn, since=NOW) == before
    waiting = [item.submission_id for item in label_repository.list_audit(city_conn, since=NOW, limit=1000)]
    assert case.submission_id in waiting
    labels.review(city_conn, case, directory, topic_code="T1001", actor=PERSON, now=NOW)
    name_after = label_of(city_conn, case)
    assert (name_after.source, name_after.probability) == (LabelSource.AUDIT, 0.5)
    assert label_repository.count_audit(city_conn, since=NOW) == (before[0], before[1] - 1)
    with pytest.raises(Conflict):
        labels.review(city_conn, case, directory, topic_code="T0402", actor="account:8:李四", now=NOW)


# Review and audit


def test_a_review_is_a_label_and_leaves_the_case_alone(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory)
    label = labels.review(city_conn, case, directory, topic_code="T1001", actor=PERSON, now=NOW)
    assert label == label_of(city_conn, case)
    assert (label.source, label.probability) == (LabelSource.REVIEW, None)
    row = city_conn.execute("SELECT topic_code, version FROM cases WHERE id = %s", (case.id,)).fetchone()
    assert row == (case.topic_code, case.version)


def test_the_second_of_two_reviewers_is_told_who_was_quicker(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory)
    labels.review(city_conn, case, directory, topic_code="T0402", actor=PERSON, now=NOW)
    with pytest.raises(Conflict, match="王敏"):
        labels.review(city_conn, case, directory, topic_code="T1001", actor="account:8:李四", now=NOW)


def test_a_review_with_an_unknown_topic_is_refused(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory)
    with pytest.raises(Invalid):
        labels.review(city_conn, case, directory, topic_code="T9999", actor=PERSON, now=NOW)


def test_the_audit_draws_its_share_of_dispatches_and_none_of_triage(
    city_conn: Connection, directory: Directory
) -> None:
    whole = replace(directory, promise=DispatchPromise(audit_share=1.0))
    drawn = factories.case(city_conn, whole)
    waiting = factories.case(city_conn, whole, says=unsure())
    never = factories.case(city_conn, replace(directory, promise=DispatchPromise(audit_share=0.0)))
    chances = [label_repository.find_audit_probability(city_conn, c.submission_id) for c in (drawn, waiting, never)]
    assert chances == [1.0, None, None]
    listed = [item.submission_id for item in label_repository.list_audit(city_conn, since=NOW, limit=1000)]
    assert drawn.submission_id in listed
    assert label_repository.list_audit(city_conn, since=NOW + timedelta(seconds=1), limit=1000) == []
    before = label_repository.count_audit(city_conn, since=NOW)
    label = labels.review(city_conn, drawn, directory, topic_code="T0402", actor=PERSON, now=NOW)
    assert (label.source, label.probability) == (LabelSource.AUDIT, 1.0)
    assert label_repository.count_audit(city_conn, since=NOW) == (before[0], before[1] - 1)
    assert drawn.submission_id not in [
        i.submission_id for i in label_repository.list_audit(city_conn, since=NOW, limit=1000)
    ]


def test_the_lot_keeps_its_share_and_never_changes() -> None:
    lots = [labels.lot("audit", number) for number in range(20_000)]
    assert abs(sum(x < 0.1 for x in lots) / len(lots) - 0.1) < 0.01
    assert lots[:100] == [labels.lot("audit", number) for number in range(100)]
    assert lots[:100] != [labels.lot("frozen", number) for number in range(100)]


def test_the_reviewer_is_an_account(city_conn: Connection) -> None:
    account = factories.account(city_conn, Role.DISPATCHER)
    assert is_person(account.actor) and not is_person("command-line")
