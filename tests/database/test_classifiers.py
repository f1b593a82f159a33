"""Classifier versions: one live, one shadow, files that are what they were, and two people or processes at once."""

import contextlib
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from api.learning import classifiers
from api.learning.training_lock import hold_training_lock
from models.classifier import ClassifierState, LearningSettings, TrainingOutcome
from models.database import Connection, connect
from models.errors import Conflict, Invalid, NotFound
from routing.directory_repository import load_directory
from routing.learning import (
    classifier_repository,
    label_repository,
    promise_repository,
    shadow_repository,
    training_repository,
)
from routing.learning.shadow_repository import Difference
from tests import factories, learning
from tests.database.racing import race
from tests.factories import NOW

ADMINISTRATOR = "account:1:周宁"
SMALL = {"card.json": b"{}", "weights.npz": b"nothing"}
S = ClassifierState


def version(conn: Connection, state: ClassifierState, name: str, **more: Any) -> Any:
    return learning.version(conn, state, name=name, files=SMALL, **more)


def states(conn: Connection) -> dict[str, ClassifierState]:
    return {v.version: v.state for v in classifier_repository.list_versions(conn)}


def promote(conn: Connection, classifier_id: int) -> Any:
    return classifiers.promote(conn, classifier_id, actor=ADMINISTRATOR, now=NOW)


def test_files_come_back_as_they_were(conn: Connection) -> None:
    added = version(conn, S.CANDIDATE, "a")
    assert classifier_repository.get_files(conn, added.id) == SMALL


def test_files_that_were_changed_in_the_database_are_refused(conn: Connection, owner: Connection) -> None:
    added = version(conn, S.CANDIDATE, "a")
    owner.execute("UPDATE classifier_files SET content = 'replaced' WHERE name = 'weights.npz'")
    owner.commit()
    with pytest.raises(Invalid, match=r"weights\.npz"):
        classifier_repository.get_files(conn, added.id)
    conn.rollback()
    owner.execute("DELETE FROM classifier_files")
    owner.commit()
    with pytest.raises(Invalid, match="没有这个模型的文件"):
        classifier_repository.get_files(conn, added.id)


def test_the_application_cannot_change_files(conn: Connection) -> None:
    version(conn, S.CANDIDATE, "a")
    for statement in ("UPDATE classifier_files SET content = ''", "DELETE FROM classifier_files"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(statement)
        conn.rollback()


@pytest.mark.parametrize("name", ["../evil", "a/b", "", ".hidden", "CARD"])
def test_a_file_name_cannot_leave_its_folder(conn: Connection, name: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        learning.version(conn, name="a", files={name: b"x"})


def test_too_large_is_refused(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier_repository, "MOST_BYTES", 5)
    with pytest.raises(Invalid, match="128 MB"):
        version(conn, S.CANDIDATE, "a")


def test_a_version_is_stored_once(conn: Connection) -> None:
    version(conn, S.CANDIDATE, "a")
    with pytest.raises(Conflict):
        version(conn, S.CANDIDATE, "a")


def test_promotion_retires_the_one_before_and_is_recorded(conn: Connection) -> None:
    version(conn, S.LIVE, "old", now=NOW - timedelta(days=1))
    shadow = version(conn, S.SHADOW, "new")
    promote(conn, shadow.id)
    conn.commit()
    assert states(conn) == {"old": S.RETIRED, "new": S.LIVE}
    found = classifier_repository.get_version(conn, shadow.id)
    assert (found.promoted_by, found.promoted_at) == (ADMINISTRATOR, NOW)
    row = conn.execute("SELECT actor, action, payload FROM administration_events").fetchone()
    assert row == (ADMINISTRATOR, "reference.classifier", {"act": "promote", "version": "new", "before": "old"})


@pytest.mark.parametrize("state", [S.CANDIDATE, S.REJECTED, S.LIVE])
def test_only_the_shadow_and_retired_ones_are_promoted(conn: Connection, state: ClassifierState) -> None:
    with pytest.raises(Conflict):
        promote(conn, version(conn, state, "a").id)
    with pytest.raises(NotFound):
        promote(conn, 999)


def test_rolling_back_goes_step_by_step_to_the_cold_start(conn: Connection) -> None:
    first = version(conn, S.SHADOW, "first")
    classifiers.promote(conn, first.id, actor="a", now=NOW)
    second = version(conn, S.SHADOW, "second")
    classifiers.promote(conn, second.id, actor="a", now=NOW + timedelta(days=1))
    later = NOW + timedelta(days=2)
    earlier = classifiers.roll_back(conn, second.id, actor="a", now=later)
    assert earlier is not None and earlier.version == "first"
    assert states(conn) == {"first": S.LIVE, "second": S.RETIRED}
    assert classifiers.roll_back(conn, first.id, actor="a", now=later) is None
    assert states(conn) == {"first": S.RETIRED, "second": S.RETIRED}
    with pytest.raises(Conflict):
        classifiers.roll_back(conn, first.id, actor="a", now=later)


# Two at once


def test_of_two_administrators_who_promote_the_same_one_wins(
    conn: Connection, pool: ConnectionPool[Connection]
) -> None:
    version(conn, S.LIVE, "live")
    shadow = version(conn, S.SHADOW, "shadow")
    outcomes = race(pool, lambda c: promote(c, shadow.id), lambda c: promote(c, shadow.id))
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1, outcomes
    assert states(conn) == {"live": S.RETIRED, "shadow": S.LIVE}


def test_of_two_administrators_who_promote_different_ones_one_wins(
    conn: Connection, pool: ConnectionPool[Connection]
) -> None:
    """Without a live version nothing but the unique index stands between them; who is late replaces the first."""
    retired, shadow = version(conn, S.RETIRED, "retired"), version(conn, S.SHADOW, "shadow")
    outcomes = race(pool, lambda c: promote(c, retired.id), lambda c: promote(c, shadow.id))
    assert all(not isinstance(outcome, Exception) or isinstance(outcome, Conflict) for outcome in outcomes), outcomes
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) <= 1, outcomes
    assert list(states(conn).values()).count(S.LIVE) == 1


def test_promoting_and_rolling_back_at_once_leaves_one_live(conn: Connection, pool: ConnectionPool[Connection]) -> None:
    live, shadow = version(conn, S.LIVE, "live"), version(conn, S.SHADOW, "shadow")
    outcomes = race(
        pool,
        lambda c: promote(c, shadow.id),
        lambda c: classifiers.roll_back(c, live.id, actor="b", now=NOW),
    )
    promoted, rolled_back = outcomes
    assert not isinstance(rolled_back, Exception) or isinstance(rolled_back, Conflict), outcomes
    if isinstance(promoted, Exception):
        # Both read "live" as it stood before: whoever was later gives way, and a lost promotion leaves the cold start.
        assert isinstance(promoted, Conflict) and not isinstance(rolled_back, Exception), outcomes
        assert states(conn) == {"live": S.RETIRED, "shadow": S.SHADOW}
    else:
        # One after the other in either order: promoted after the roll-back both succeed, before it the latter is late.
        assert states(conn) == {"live": S.RETIRED, "shadow": S.LIVE}


@pytest.fixture
def other(dsn: str) -> Iterator[Connection]:
    with contextlib.closing(connect(dsn)) as connection:
        yield connection


def test_whoever_asks_just_after_a_training_is_not_told_to_wait(conn: Connection, dsn: str) -> None:
    for _ in range(20):
        with hold_training_lock(dsn):
            assert training_repository.is_training(conn)
            with pytest.raises(Conflict), hold_training_lock(dsn):
                pass
        assert not training_repository.is_training(conn)


def test_one_process_trains_at_a_time_and_a_dead_one_holds_nothing(
    conn: Connection, other: Connection, dsn: str
) -> None:
    assert not training_repository.is_training(conn)
    with contextlib.closing(connect(dsn)) as first:
        assert training_repository.hold_training_lock(first)
        first.commit()
        assert not training_repository.hold_training_lock(other)
        assert training_repository.is_training(conn)
    deadline = time.monotonic() + 10  # the server notices a lost connection in its own time
    while not training_repository.hold_training_lock(other):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_run_that_was_killed_is_called_interrupted_by_the_next(conn: Connection) -> None:
    killed, *_ = training_repository.claim_run(conn, actor="a", now=NOW)
    training_repository.set_progress(conn, killed, step="训练", fraction=0.5, actor="a", now=NOW)
    training_repository.claim_run(conn, actor="b", now=NOW)
    newest, before = training_repository.list_runs(conn)
    assert (newest.outcome, before.outcome) == (TrainingOutcome.RUNNING, TrainingOutcome.INTERRUPTED)
    assert before.finished_at == NOW and before.fraction == 0.5
    training_repository.finish_run(conn, killed, TrainingOutcome.SHADOW, actor="a", now=NOW)
    assert training_repository.list_runs(conn)[1].outcome is TrainingOutcome.INTERRUPTED


def test_a_request_is_claimed_with_the_name_of_who_asked(conn: Connection) -> None:
    classifiers.request_training(conn, actor=ADMINISTRATOR, now=NOW)
    assert training_repository.is_requested(conn)
    with pytest.raises(Conflict, match="排队"):
        classifiers.request_training(conn, actor=ADMINISTRATOR, now=NOW)
    assert training_repository.claim_run(conn, actor="system", now=NOW)[1] == ADMINISTRATOR
    assert not training_repository.is_requested(conn)


# Shadow


def test_letters_wait_for_the_shadow_only_where_there_is_one(city_conn: Connection) -> None:
    directory = load_directory(city_conn)
    factories.case(city_conn, directory)
    assert city_conn.execute("SELECT count(*) FROM shadow_queue").fetchone() == (0,)
    shadow = version(city_conn, S.SHADOW, "s")
    case = factories.case(city_conn, directory)
    claimed = shadow_repository.claim_queue(city_conn, classifier_id=shadow.id, limit=10, actor="s")
    assert claimed == [case.submission_id]
    assert shadow_repository.claim_queue(city_conn, classifier_id=shadow.id, limit=10, actor="s") == []
    difference = Difference(
        submission_id=case.submission_id,
        case_number=None,
        title="",
        live_code="T0402",
        live_confidence=0.9,
        shadow_code=None,
        shadow_confidence=0.0,
        at=NOW,
    )
    shadow_repository.add_comparison(
        city_conn, classifier_id=shadow.id, compared=1, differences=[difference], live="l", actor="s"
    )
    found = classifier_repository.get_version(city_conn, shadow.id)
    assert (found.shadow_claimed, found.shadow_compared) == (1, 1)
    [listed] = shadow_repository.list_differences(city_conn, shadow.id, topic="T04")
    assert (listed.case_number, listed.title) == (case.case_number, case.title)
    assert shadow_repository.list_differences(city_conn, shadow.id, topic="T10") == []
    assert shadow_repository.count_differences(city_conn, shadow.id, topic="T04") == 1


# Promise


def test_the_newest_promise_counts_and_history_stays(conn: Connection) -> None:
    assert promise_repository.get_learning_settings(conn) == promise_repository.DEFAULT
    for error in (0.02, 0.05, None):
        wanted = LearningSettings(max_error=error, audit_share=0.2)
        classifiers.change_promise(conn, wanted, actor=ADMINISTRATOR, now=NOW)
        assert promise_repository.get_learning_settings(conn) == wanted
    assert conn.execute("SELECT count(*) FROM learning_settings").fetchone() == (3,)
    assert conn.execute("SELECT count(*) FROM administration_events").fetchone() == (3,)
    conn.commit()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("DELETE FROM learning_settings")


@pytest.mark.parametrize("settings", [(0.0, 0.1), (0.5, 0.1), (-1.0, 0.1), (0.02, 1.5), (0.02, float("nan"))])
def test_a_promise_that_makes_no_sense_is_refused(conn: Connection, settings: tuple[float, float]) -> None:
    with pytest.raises(Invalid):
        wanted = LearningSettings(max_error=settings[0], audit_share=settings[1])
        classifiers.change_promise(conn, wanted, actor=ADMINISTRATOR, now=NOW)


def test_labels_are_counted_since_the_last_training(conn: Connection) -> None:
    assert label_repository.count_labels(conn).newest_id == 0
    assert label_repository.count_labels_after(conn, 0) == 0
