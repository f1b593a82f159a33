"""What an administrator sees of the classifiers, for page and JSON alike."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from api.learning.candidate_training import LEAST_NEW_LABELS
from models.classifier import (
    ClassifierPart,
    ClassifierState,
    ClassifierVersion,
    DispatchThresholds,
    LearningSettings,
    TrainingOutcome,
    TrainingRun,
)
from models.database import Connection
from nlp.oversight.risk_control import letters_needed
from routing.learning import (
    classifier_repository,
    drift_repository,
    label_repository,
    promise_repository,
    shadow_repository,
    training_repository,
)
from routing.learning.label_repository import LabelCounts
from routing.learning.promises import SURENESS


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowView:
    """`agreement` is the share of the compared letters on which both say the same; None before there are any. `failed`
    are letters that were taken out to be compared and never were."""

    version: ClassifierVersion
    differences: int
    agreement: float | None
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneView:
    """The city's own models of tone or emotion. `live` is None where what comes with the program speaks; `earlier` is
    what a rollback goes back to."""

    part: ClassifierPart
    live: ClassifierVersion | None
    earlier: ClassifierVersion | None
    versions: list[ClassifierVersion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """`speaking` is the version that the newest analysis names (empty before there is one); `live` is None where the
    cold start speaks. `earlier` is what a rollback goes back to."""

    speaking: str
    live: ClassifierVersion | None
    earlier: ClassifierVersion | None
    shadow: ShadowView | None
    versions: list[ClassifierVersion]
    cases: dict[str, int]
    labels: LabelCounts
    new_labels: int
    least_new_labels: int
    runs: list[TrainingRun]
    training: bool
    settings: LearningSettings
    thresholds: DispatchThresholds | None
    letters_needed: int | None
    drift: tuple[datetime, bool, dict[str, Any]] | None
    tone: list[ToneView]


def view_classifiers(conn: Connection) -> Overview:
    """Everything at one moment."""
    versions = classifier_repository.list_versions(conn)
    live = classifier_repository.find_in_state(conn, ClassifierState.LIVE)
    shadow = classifier_repository.find_in_state(conn, ClassifierState.SHADOW)
    settings = promise_repository.get_learning_settings(conn)
    speaking = live.version if live and not live.problem else drift_repository.find_speaking_version(conn) or ""
    promised = settings.max_error
    return Overview(
        speaking=speaking,
        live=live,
        earlier=classifier_repository.find_earlier(conn, live) if live else None,
        shadow=view_shadow(conn, shadow) if shadow else None,
        versions=versions,
        cases=count_cases(conn, versions),
        labels=label_repository.count_labels(conn),
        new_labels=label_repository.count_labels_after(conn, versions[0].last_label_id if versions else 0),
        least_new_labels=LEAST_NEW_LABELS,
        runs=_truthful(training_repository.list_runs(conn), training_repository.is_training(conn)),
        training=training_repository.is_training(conn),
        settings=settings,
        thresholds=promise_repository.find_thresholds(conn, speaking, promised, any_city=True) if promised else None,
        letters_needed=letters_needed(promised, SURENESS) if promised else None,
        drift=drift_repository.find_report(conn),
        tone=[_view_tone(conn, part) for part in (ClassifierPart.SENTIMENT, ClassifierPart.EMOTION)],
    )


def _view_tone(conn: Connection, part: ClassifierPart) -> ToneView:
    live = classifier_repository.find_in_state(conn, ClassifierState.LIVE, part=part)
    return ToneView(
        part=part,
        live=live,
        earlier=classifier_repository.find_earlier(conn, live) if live else None,
        versions=classifier_repository.list_versions(conn, part=part),
    )


def count_cases(conn: Connection, versions: Iterable[ClassifierVersion]) -> dict[str, int]:
    """How many cases each of these versions has spoken about, whatever the directory of the day added to its name."""
    counted = classifier_repository.count_cases_by_version(conn)
    return {
        v.version: sum(n for said, n in counted.items() if said == v.version or said.startswith(f"{v.version}+"))
        for v in versions
    }


def view_shadow(conn: Connection, version: ClassifierVersion) -> ShadowView:
    differences = shadow_repository.count_differences(conn, version.id)
    compared = version.shadow_compared
    return ShadowView(
        version=version,
        differences=differences,
        agreement=1 - differences / compared if compared else None,
        failed=version.shadow_claimed - compared,
    )


def _truthful(runs: list[TrainingRun], training: bool) -> list[TrainingRun]:
    """A run that nobody holds the lock for was killed, whatever its row still says."""
    return [
        replace(run, outcome=TrainingOutcome.INTERRUPTED)
        if run.outcome is TrainingOutcome.RUNNING and not training
        else run
        for run in runs
    ]
