"""The night's work of one process: learn from what people said, store a candidate, have it judged."""

import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from api.learning.added_candidate import store_candidate
from api.learning.candidate_gate import judge_candidate
from api.learning.checked_letters import arrange_letters, read_labelled, to_learn
from api.learning.classifier_store import read_files, training_segmenter
from api.learning.found_encoders import folder_of, list_found, read_request
from api.learning.training_lock import hold_training_lock
from api.runtime import Runtime
from models.classifier import ClassifierState, ClassifierVersion, TrainingOutcome
from models.database import transaction
from models.errors import Conflict, Invalid, WenzhengError
from nlp.topics.city_training import CityTraining, train_city
from nlp.topics.default_classifier import default_folders, prepare_default
from routing.learning import classifier_repository, label_repository, training_repository
from routing.learning.held_out import may_learn

ACTOR = "system:learning"
# Fewer new labels since the last training are not worth a night.
LEAST_NEW_LABELS = 50
KIND = "taxonomy"
_REPORT_SECONDS = 1.0

Progress = Callable[[str, float], None]


def is_worthwhile(runtime: Runtime) -> bool:
    """Whether a night's training has something to do: enough new labels, or a candidate that was never judged."""
    with transaction(runtime.pool) as conn:
        if classifier_repository.find_in_state(conn, ClassifierState.CANDIDATE) is not None:
            return True
        newest = classifier_repository.list_versions(conn, limit=1)
        return label_repository.count_labels_after(conn, newest[0].last_label_id if newest else 0) >= LEAST_NEW_LABELS


def run_training(runtime: Runtime, *, actor: str, on_progress: Progress = lambda *_: None) -> TrainingOutcome:
    """One training from beginning to end. Raises `Conflict` where another process trains, whatever the machine.

    Killed at any point, it leaves no more than a run that does not go on, or a candidate that the next run judges.
    """
    with hold_training_lock(runtime.dsn):
        with transaction(runtime.pool) as conn:
            run_id, wanted_by, wanted = training_repository.claim_run(conn, actor=actor, now=runtime.now())
        run = _Run(runtime, run_id, wanted_by, on_progress)
        try:
            return _add_encoder(runtime, run, wanted) if wanted else _learn(runtime, run)
        except WenzhengError as error:
            return run.finish(TrainingOutcome.FAILED, reason=error.message)
        except BaseException:
            run.finish(TrainingOutcome.FAILED, reason="训练程序出错，详情见日志。")
            raise


class _Run:
    """One row of `training_runs` while it runs; tells how far it is, once a second."""

    def __init__(self, runtime: Runtime, run_id: int, actor: str, on_progress: Progress) -> None:
        self._runtime = runtime
        self._id = run_id
        self.actor = actor
        self._on_progress = on_progress
        self._told_at = 0.0

    def tell(self, step: str, fraction: float) -> None:
        self._on_progress(step, fraction)
        if time.monotonic() - self._told_at >= _REPORT_SECONDS:
            self._told_at = time.monotonic()
            with transaction(self._runtime.pool) as conn:
                training_repository.set_progress(
                    conn, self._id, step=step, fraction=fraction, actor=self.actor, now=self._runtime.now()
                )

    def finish(
        self, outcome: TrainingOutcome, *, reason: str = "", classifier_id: int | None = None
    ) -> TrainingOutcome:
        with transaction(self._runtime.pool) as conn:
            training_repository.finish_run(
                conn,
                self._id,
                outcome,
                reason=reason,
                classifier_id=classifier_id,
                actor=self.actor,
                now=self._runtime.now(),
            )
        return outcome


def _add_encoder(runtime: Runtime, run: _Run, wanted: str) -> TrainingOutcome:
    """Instead of learning from labels: an encoder that lies in the data folder becomes a candidate, and is judged."""
    asked = read_request(wanted)
    data_dir = runtime.settings.data_dir
    run.tell("读取编码器", 0.01)
    folder = folder_of(data_dir, asked.name, list_found(data_dir))
    try:
        candidate = store_candidate(runtime, folder, actor=run.actor, below=asked.below)
    except Conflict as error:
        return run.finish(TrainingOutcome.UNCHANGED, reason=error.message)
    return _judge(runtime, run, candidate)


def _judge(runtime: Runtime, run: _Run, candidate: ClassifierVersion) -> TrainingOutcome:
    run.tell("与现用模型比较", 0.85)
    passed = judge_candidate(runtime, candidate, actor=run.actor)
    outcome = TrainingOutcome.SHADOW if passed else TrainingOutcome.REJECTED
    return run.finish(outcome, classifier_id=candidate.id)


def _learn(runtime: Runtime, run: _Run) -> TrainingOutcome:
    with transaction(runtime.pool) as conn:
        left = classifier_repository.find_in_state(conn, ClassifierState.CANDIDATE)
    if left is not None:
        run.tell("检验上次中断的模型", 0.0)
        judge_candidate(runtime, left, actor=run.actor)
    run.tell("读取人工标注", 0.01)
    now = runtime.now()
    with transaction(runtime.pool) as conn:
        directory = runtime.directory(conn)
        last_label_id = label_repository.count_labels(conn).newest_id
        letters = read_labelled(conn, directory)
    chosen = [g.letter for g in arrange_letters(letters, training_segmenter()) if may_learn(g, trained_at=now)]
    try:
        training = train_city(
            [
                (to_learn(letter), "" if letter.confidential else f"submission:{letter.submission_id}")
                for letter in chosen
            ],
            list(directory.topics.values()),
            list(directory.departments.values()),
            default=prepare_default(default_folders(runtime.settings.data_dir)),
            on_progress=lambda step, fraction: run.tell(step, 0.05 + 0.75 * fraction),
        )
    except Invalid as error:
        return run.finish(TrainingOutcome.TOO_FEW, reason=error.message)
    try:
        candidate = _store(runtime, training, last_label_id, actor=run.actor, now=now)
    except Conflict as error:
        return run.finish(TrainingOutcome.UNCHANGED, reason=error.message)
    return _judge(runtime, run, candidate)


def _store(
    runtime: Runtime, training: CityTraining, last_label_id: int, *, actor: str, now: datetime
) -> ClassifierVersion:
    """Raises `Conflict` where the same letters have been learnt before: the same letters give the same version."""
    with tempfile.TemporaryDirectory(prefix="wenzheng-training-") as folder:
        training.save(Path(folder))
        files = read_files(Path(folder))
    with transaction(runtime.pool) as conn:
        return classifier_repository.add_version(
            conn,
            version=training.version,
            kind=KIND,
            card=training.about,
            files=files,
            last_label_id=last_label_id,
            labels=training.letters,
            actor=actor,
            now=now,
        )
