"""Every night, and after a change: from which confidence on does the promise hold, for the classifier that speaks?"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from api.account_repository import add_administration_event
from api.learning.checked_letters import arrange_letters, ask, read_labelled
from api.learning.classifier_store import assemble, open_version, training_segmenter
from api.runtime import Runtime
from models.classifier import ClassifierState, ClassifierVersion, DispatchThresholds
from models.database import transaction
from nlp.pipeline import Pipeline
from routing.directory import Directory
from routing.learning import classifier_repository, label_repository, promise_repository
from routing.learning.held_out import Grouped, is_unseen
from routing.learning.promises import check_dispatches, find_thresholds

# Older letters were dispatched by other rules and say little about today.
RECENT = timedelta(days=365)
MOST_LETTERS = 5000


def is_due(runtime: Runtime) -> bool:
    """Whether there is a promise and nobody has yet computed what it asks of the classifier that speaks."""
    with transaction(runtime.pool) as conn:
        max_error = promise_repository.get_learning_settings(conn).max_error
        if max_error is None:
            return False
        version = runtime.analyser(conn).versions["topic"]
        return promise_repository.find_thresholds(conn, version, max_error) is None


def keep_promise_today(runtime: Runtime, *, actor: str) -> list[DispatchThresholds]:
    """New thresholds for the live classifier (or the cold start) and for the shadow; none where nothing is promised.

    Each is computed from letters that the classifier in question has never learnt from, asked today.
    """
    now = runtime.now()
    with transaction(runtime.pool) as conn:
        max_error = promise_repository.get_learning_settings(conn).max_error
        if max_error is None:
            return []
        directory = runtime.directory(conn)
        live = classifier_repository.find_in_state(conn, ClassifierState.LIVE)
        shadow = classifier_repository.find_in_state(conn, ClassifierState.SHADOW)
        asked: list[tuple[Pipeline, datetime | None]] = [(runtime.analyser(conn), live.trained_at if live else None)]
        if shadow is not None:
            asked.append((_pipeline(runtime, shadow, directory), shadow.trained_at))
        sampled, waiting = label_repository.count_audit(conn, since=now - RECENT)
        audited = (sampled - waiting) / sampled if sampled > waiting else 1.0
        drawn = [letter for letter in read_labelled(conn, directory) if letter.first_at >= now - RECENT]
    letters = [g for g in arrange_letters(drawn, training_segmenter()) if g.letter.probability is not None]
    found = [
        _thresholds(pipeline, trained_at, letters, directory, audited=audited, max_error=max_error, now=now)
        for pipeline, trained_at in asked
    ]
    _store(runtime, found, actor=actor, now=now)
    return found


def _pipeline(runtime: Runtime, version: ClassifierVersion, directory: Directory) -> Pipeline:
    data_dir = runtime.settings.data_dir
    with transaction(runtime.pool) as conn:
        return assemble(directory, data_dir, open_version(conn, version, directory, data_dir))


def _thresholds(
    pipeline: Pipeline,
    trained_at: datetime | None,
    letters: Iterable[Grouped],
    directory: Directory,
    *,
    audited: float,
    max_error: float,
    now: datetime,
) -> DispatchThresholds:
    unseen = [g.letter for g in letters if is_unseen(g, trained_at=trained_at)][-MOST_LETTERS:]
    checked = check_dispatches(zip(unseen, ask(pipeline, unseen), strict=True), directory, audited=audited)
    return find_thresholds(checked, version=pipeline.versions["topic"], max_error=max_error, now=now)


def _store(runtime: Runtime, found: Iterable[DispatchThresholds], *, actor: str, now: datetime) -> None:
    """Every computation is kept; only one that changes what is dispatched makes the processes reload."""
    with transaction(runtime.pool) as conn:
        for thresholds in found:
            before = promise_repository.find_thresholds(conn, thresholds.classifier_version, thresholds.max_error)
            promise_repository.add_thresholds(conn, thresholds, actor=actor)
            if before is None or _in_words(before) != _in_words(thresholds):
                payload = {"version": thresholds.classifier_version, **_in_words(thresholds)}
                add_administration_event(conn, action="reference.thresholds", payload=payload, actor=actor, now=now)


def _in_words(thresholds: DispatchThresholds) -> dict[str, object]:
    return {
        "in_force": promise_repository.in_force(thresholds.report),
        "pooled": thresholds.pooled,
        "by_stratum": dict(thresholds.by_stratum),
        "levels": {
            level: {name: entry[name] for name in ("in_force", "threshold", "by_topic")}
            for level, entry in thresholds.report.get("levels", {}).items()
        },
    }
