"""A city learns: people dispatch, the night trains a child process, the candidate is judged, runs as the shadow, is
promoted with one click, speaks about new letters, and can be taken back."""

import contextlib
import itertools
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from api.health import run_checks
from api.learning import candidate_gate, classifiers, promise_keeping
from api.learning.candidate_training import is_worthwhile, run_training
from api.learning.drift_watch import watch_drift
from api.learning.shadow_run import ShadowRun
from api.tasks import alert_tasks
from api.tasks.learning_tasks import (
    COMPARE_SHADOW,
    KEEP_PROMISE,
    LEARN_NIGHTLY,
    LEARN_REQUESTED,
    WATCH_DRIFT,
    TrainingProcess,
)
from api.worker import create_celery, process_pending
from intake.registration import register
from models.classifier import ClassifierState, ClassifierVersion, LearningSettings, TrainingOutcome
from models.database import Connection, transaction
from models.errors import Conflict
from models.settings import Settings
from nlp.corpus import load_corpus
from nlp.topics.city_training import train_city
from nlp.topics.default_classifier import default_folders, prepare_default
from routing.directory_repository import load_directory
from routing.learning import classifier_repository, drift_repository, shadow_repository, training_repository
from routing.learning.held_out import is_unseen
from routing.process import process_batch
from tests import factories, learning
from tests.api.door import StoppedRuntime
from tests.factories import KEYS, NOW, SECRET, ZONE
from tests.pipeline.processes import processes_of, wait_for
from tests.unit.nlp_letters import corpus_letters

S = ClassifierState
_numbers = itertools.count(1)
MONTHS_AGO = NOW - timedelta(days=60)


@pytest.fixture
def runtime(dsn: str, conn: Connection, tmp_path: Path) -> Iterator[StoppedRuntime]:
    factories.city(conn)
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr(SECRET), pool_size=6)
    with contextlib.closing(StoppedRuntime(settings, dsn)) as opened:
        yield opened


@pytest.fixture
def small_corpus(runtime: StoppedRuntime, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the written corpus, so that a training takes seconds; the default classifier has read all of it."""
    prepare_default(default_folders(runtime.settings.data_dir))
    everything = load_corpus()
    monkeypatch.setattr("nlp.topics.taxonomy_examples.load_corpus", lambda: everything[::10])


@pytest.fixture
def taught(conn: Connection, runtime: StoppedRuntime) -> StoppedRuntime:
    """A dispatcher's work of long ago: some nine hundred letters, of which one in seven is frozen."""
    letters = corpus_letters("T02", "T03", "T04", "T06", "T07", "T10", "T13", "T14")
    learning.label_letters(conn, load_directory(conn), letters, at=MONTHS_AGO)
    return runtime


def newest(conn: Connection) -> ClassifierVersion:
    conn.rollback()
    return classifier_repository.list_versions(conn, limit=1)[0]


def last_run(conn: Connection) -> Any:
    conn.rollback()
    return training_repository.list_runs(conn, limit=1)[0]


def write_letters(runtime: StoppedRuntime, count: int = 6) -> list[str]:
    """New letters, processed as the worker does; their case numbers."""
    new = [
        factories.letter(title=letter.title, body=f"{letter.body}第{next(_numbers)}次反映。")
        for letter in corpus_letters("T04", "T10")[7::20][:count]
    ]
    with transaction(runtime.pool) as conn:
        registered = register(conn, new, actor="test", now=runtime.now(), keys=KEYS, zone=ZONE)
    process_pending(runtime)
    return [r.receipt_number for r in registered]


def versions_of(conn: Connection, numbers: list[str]) -> set[str]:
    conn.rollback()
    rows = conn.execute(
        "SELECT a.versions->>'topic' FROM analyses a JOIN submissions s ON s.id = a.submission_id"
        " WHERE s.receipt_number = ANY(%s)",
        (numbers,),
    ).fetchall()
    assert len(rows) == len(numbers)
    return {row[0] for row in rows}


def test_from_labels_to_a_promoted_classifier_and_back(
    conn: Connection, taught: StoppedRuntime, small_corpus: None
) -> None:
    runtime = taught
    before = versions_of(conn, write_letters(runtime))
    assert is_worthwhile(runtime)
    said: list[float] = []
    outcome = run_training(runtime, actor="system:learning", on_progress=lambda _, f: said.append(f))
    assert outcome is TrainingOutcome.SHADOW, newest(conn).gate
    assert said == sorted(said) and said[-1] > 0.8
    candidate = newest(conn)
    assert candidate.state is S.SHADOW and candidate.gate["passed"]
    assert "冻结测试集共" in candidate.gate["checks"][0]["sentence"]
    assert last_run(conn).classifier_id == candidate.id
    assert not is_worthwhile(runtime)
    # nothing new was said: the same letters give the same classifier, which is known
    assert run_training(runtime, actor="a") is TrainingOutcome.UNCHANGED

    numbers = write_letters(runtime)
    assert versions_of(conn, numbers) == before
    assert ShadowRun(runtime).compare_waiting() == len(numbers)
    compared = newest(conn)
    assert (compared.shadow_claimed, compared.shadow_compared) == (len(numbers), len(numbers))
    found = shadow_repository.count_differences(conn, compared.id)
    assert 0 < found <= len(numbers)

    classifiers.promote(conn, candidate.id, actor="account:1:周宁", now=NOW)
    conn.commit()
    numbers = write_letters(runtime)
    assert _trained(versions_of(conn, numbers)) == {candidate.version}
    classifiers.roll_back(conn, candidate.id, actor="account:1:周宁", now=NOW)
    conn.commit()
    assert versions_of(conn, write_letters(runtime)) == before
    # every case keeps the version that spoke
    assert _trained(versions_of(conn, numbers)) == {candidate.version}


def _trained(said: set[str]) -> set[str]:
    """Without what the city's directory adds to the name."""
    return {version.rsplit("+", 1)[0] for version in said}


def test_it_learns_nothing_of_what_it_is_judged_by(
    conn: Connection, taught: StoppedRuntime, small_corpus: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt: set[int] = set()
    judged: set[int] = set()
    compare = candidate_gate.compare

    def watch_training(letters: Any, *rest: Any, **more: Any) -> Any:
        learnt.update(letter.number for letter, _ in letters)
        return train_city(letters, *rest, **more)

    def watch_judging(live: Any, candidate: Any, letters: Any, *rest: Any, **more: Any) -> Any:
        at = more["candidate_trained_at"]
        judged.update(g.letter.submission_id for g in letters if is_unseen(g, trained_at=at))
        return compare(live, candidate, letters, *rest, **more)

    monkeypatch.setattr("api.learning.candidate_training.train_city", watch_training)
    monkeypatch.setattr("api.learning.candidate_gate.compare", watch_judging)
    run_training(taught, actor="a")
    assert len(learnt) > 300 and len(judged) > 30
    assert learnt & judged == set()


def test_too_few_labels_are_said_and_nothing_is_stored(conn: Connection, runtime: StoppedRuntime) -> None:
    assert run_training(runtime, actor="a") is TrainingOutcome.TOO_FEW
    learning.label_letters(conn, load_directory(conn), corpus_letters("T04")[:8])
    assert not is_worthwhile(runtime)
    assert run_training(runtime, actor="a") is TrainingOutcome.TOO_FEW
    assert "至少" in last_run(conn).reason
    assert classifier_repository.list_versions(conn) == []


def test_a_second_trainer_is_turned_away(conn: Connection, runtime: StoppedRuntime) -> None:
    assert training_repository.hold_training_lock(conn)
    conn.commit()
    with pytest.raises(Conflict, match="正在训练"):
        run_training(runtime, actor="b")
    assert not TrainingProcess(runtime).start()


# The child process


def _children(runtime: StoppedRuntime) -> list[int]:
    found = processes_of(runtime.settings.data_dir.resolve())
    return [pid for pid, words in found.items() if "classifier train" in words]


def test_the_child_trains_at_low_priority_and_what_was_asked_for_is_done(
    conn: Connection, taught: StoppedRuntime
) -> None:
    classifiers.request_training(conn, actor="account:1:周宁", now=NOW)
    conn.commit()
    process = TrainingProcess(taught)
    assert process.start()
    assert not process.start()
    wait_for(lambda: bool(_children(taught)), 20, "the child is there")
    [pid] = _children(taught)
    wait_for(lambda: training_repository.is_training(conn), 60, "the child holds the lock")
    assert os.getpriority(os.PRIO_PROCESS, pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
    conn.rollback()
    with pytest.raises(Conflict):
        classifiers.request_training(conn, actor="account:1:周宁", now=NOW)
    conn.rollback()
    wait_for(lambda: last_run(conn).finished_at is not None, 600, "the run ends")
    run = last_run(conn)
    assert run.actor == "account:1:周宁"
    assert run.outcome in (TrainingOutcome.SHADOW, TrainingOutcome.REJECTED), run.reason
    assert run.classifier_id == newest(conn).id


def test_a_child_that_is_killed_leaves_nothing_half_and_the_next_night_learns(
    conn: Connection, taught: StoppedRuntime, small_corpus: None
) -> None:
    process = TrainingProcess(taught)
    assert process.start()
    wait_for(lambda: _progress(conn) > 0.1, 120, "the training is under way")
    [pid] = _children(taught)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not training_repository.is_training(conn), 20, "the lock is free")
    conn.rollback()
    assert classifier_repository.list_versions(conn) == []
    killed = last_run(conn)
    assert killed.finished_at is None
    assert is_worthwhile(taught)
    assert run_training(taught, actor="system:learning") in (TrainingOutcome.SHADOW, TrainingOutcome.REJECTED)
    conn.rollback()
    outcomes = [run.outcome for run in training_repository.list_runs(conn)]
    assert outcomes[1:] == [TrainingOutcome.INTERRUPTED]


def _progress(conn: Connection) -> float:
    conn.rollback()
    runs = training_repository.list_runs(conn, limit=1)
    return runs[0].fraction if runs else 0.0


def test_a_candidate_that_was_never_judged_is_judged_first(
    conn: Connection, taught: StoppedRuntime, small_corpus: None
) -> None:
    left = learning.version(conn, S.CANDIDATE)
    run_training(taught, actor="a")
    conn.rollback()
    assert classifier_repository.get_version(conn, left.id).state in (S.SHADOW, S.RETIRED, S.REJECTED)
    assert classifier_repository.get_version(conn, left.id).gate


# The shadow


def test_a_shadow_that_does_not_load_is_rejected_and_hurts_nobody(
    conn: Connection, owner: Connection, runtime: StoppedRuntime
) -> None:
    shadow = learning.version(conn, S.SHADOW)
    owner.execute("UPDATE classifier_files SET content = 'rotten' WHERE name = 'weights.npz'")
    owner.commit()
    numbers = write_letters(runtime)
    run = ShadowRun(runtime)
    assert run.compare_waiting() == 0
    found = newest(conn)
    assert (found.id, found.state) == (shadow.id, S.REJECTED) and "校验值" in found.problem
    assert len(versions_of(conn, numbers)) == 1
    assert run.compare_waiting() == 0
    conn.rollback()
    assert conn.execute("SELECT count(*) FROM shadow_queue").fetchone() == (0,)


def test_a_letter_that_breaks_the_shadow_is_asked_once_and_counted(
    conn: Connection, runtime: StoppedRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    learning.version(conn, S.SHADOW)
    write_letters(runtime)

    def burst(*_: Any) -> Any:
        raise ZeroDivisionError

    run = ShadowRun(runtime)
    with monkeypatch.context() as patched:
        patched.setattr("nlp.pipeline.Pipeline.suggest", burst)
        with pytest.raises(ZeroDivisionError):
            run.compare_waiting()
    assert run.compare_waiting() == 0
    found = newest(conn)
    assert (found.shadow_claimed, found.shadow_compared) == (6, 0)
    assert found.state is S.SHADOW


def test_every_task_of_the_schedule_is_there(runtime: StoppedRuntime) -> None:
    app = create_celery(runtime)  # here alone: Celery refuses the same names twice in a process
    planned = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert planned <= set(app.tasks)
    assert {LEARN_NIGHTLY, LEARN_REQUESTED, COMPARE_SHADOW, KEEP_PROMISE, WATCH_DRIFT} <= planned
    assert {alert_tasks.LOOK, alert_tasks.LOOK_FOR_BURSTS, alert_tasks.SEND, alert_tasks.RECOUNT} <= planned


# The promise


def test_a_new_promise_is_computed_at_once_and_holds_for_the_classifier_it_was_computed_for(
    conn: Connection, taught: StoppedRuntime
) -> None:
    runtime = taught
    assert not promise_keeping.is_due(runtime)
    wanted = LearningSettings(max_error=0.02, audit_share=0.1)
    classifiers.change_promise(conn, wanted, actor="account:1:周宁", now=NOW)
    conn.commit()
    assert promise_keeping.is_due(runtime)
    [found] = promise_keeping.keep_promise_today(runtime, actor="a")
    assert not promise_keeping.is_due(runtime)
    with transaction(runtime.pool) as c:
        assert found.classifier_version == runtime.analyser(c).versions["topic"]
    assert found.report["checked"] > 0

    live = learning.version(conn, S.LIVE)
    reload_all(conn)
    assert promise_keeping.is_due(runtime)
    [found] = promise_keeping.keep_promise_today(runtime, actor="a")
    assert found.classifier_version == live.version


def reload_all(conn: Connection) -> None:
    conn.execute(
        "INSERT INTO administration_events (at, actor, action, payload) VALUES (now(), 'a', 'reference.apply', '{}')"
    )
    conn.commit()


def test_drift_is_watched_for_the_classifier_that_speaks(conn: Connection, taught: StoppedRuntime) -> None:
    report = watch_drift(taught, actor="a")
    assert not report.enough and report.level == "none"
    conn.rollback()
    kept = drift_repository.find_report(conn)
    assert kept is not None and kept[1] is False
    with transaction(taught.pool) as c:
        assert kept[2]["version"] == taught.analyser(c).versions["topic"]


def test_a_week_unlike_the_first_ones_is_an_alarm_on_page_and_health_check(
    conn: Connection, runtime: StoppedRuntime
) -> None:
    directory = load_directory(conn)
    with transaction(runtime.pool) as c:
        version = runtime.analyser(c).versions["topic"]
    for weeks_ago in range(12, 0, -1):
        confidence, topic = (0.93, "T0402") if weeks_ago > 1 else (0.55, "T1001")
        said = replace(factories.analysis(topic=topic, confidence=confidence), versions={"topic": version})
        at = NOW - timedelta(weeks=weeks_ago)
        new = [factories.letter(submitted_at=at + timedelta(minutes=n)) for n in range(60)]
        register(conn, new, actor="test", now=at, keys=KEYS, zone=ZONE)
        process_batch(conn, factories.FixedAnalyser(said), directory, now=at, zone=ZONE, limit=100)
    conn.commit()
    report = watch_drift(runtime, actor="a")
    assert (report.level, report.enough) == ("alarm", True)
    [check] = [c for c in run_checks(runtime, now=NOW) if c.name == "classifier"]
    assert not check.ok and "明显不同" in check.detail
