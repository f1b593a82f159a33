"""Classifiers, their labels and what they promise."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from api.learning.classifier_view import Overview
from api.schemas.text import Text
from models.classifier import (
    ClassifierPart,
    ClassifierState,
    ClassifierVersion,
    LabelSource,
    TopicLabel,
    TrainingOutcome,
)


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ClassifierOut(Out):
    """`card` is what the training wrote about itself, `gate` the comparison with the classifier of the time."""

    id: int
    version: str
    part: ClassifierPart
    kind: str
    state: ClassifierState
    labels: int
    trained_at: datetime
    shadow_since: datetime | None
    shadow_compared: int
    promoted_at: datetime | None
    problem: str
    cases: int = 0
    gate: dict[str, Any]

    @classmethod
    def of(cls, version: ClassifierVersion, cases: int = 0) -> Self:
        return cls.model_validate(version).model_copy(update={"cases": cases})


class ClassifierDetailOut(ClassifierOut):
    card: dict[str, Any]


class DifferenceOut(Out):
    """`case_number` is null where the submission became no case; a topic is null where the side did not know."""

    case_number: str | None
    live_code: str | None
    live_confidence: float
    shadow_code: str | None
    shadow_confidence: float
    at: datetime


class DifferencePageOut(Out):
    total: int
    compared: int
    rows: list[DifferenceOut]


class RunOut(Out):
    started_at: datetime
    finished_at: datetime | None
    step: str
    fraction: float
    outcome: TrainingOutcome
    reason: str
    classifier_id: int | None


class ThresholdsOut(Out):
    """`pooled` and each of `by_stratum` (lead duties) are null where nothing is proved."""

    computed_at: datetime
    classifier_version: str
    max_error: float
    pooled: float | None
    by_stratum: dict[str, float | None]
    report: dict[str, Any]


class FoundEncoderOut(Out):
    """What the card in its folder says of it."""

    name: str
    version: str
    trained_on: str
    letters: int
    macro_f1: float | None


class EncoderIn(BaseModel):
    encoder: Text = Field(max_length=200)
    below: float | None = Field(None, allow_inf_nan=False)


class PromiseIn(BaseModel):
    """`max_error` null: no promise."""

    max_error: float | None = Field(None, allow_inf_nan=False)
    audit_share: float = Field(allow_inf_nan=False)


class PromiseOut(Out):
    max_error: float | None
    audit_share: float


class OverviewOut(BaseModel):
    """`speaking` names the classifier that decides now; `agreement` is the shadow's, null before there is any."""

    speaking: str
    live: int | None
    shadow: int | None
    agreement: float | None
    labelled: int
    new_labels: int
    promise: PromiseOut
    thresholds: ThresholdsOut | None
    drift_alarm: bool
    runs: list[RunOut]
    versions: list[ClassifierOut]
    tone: list[ClassifierOut] = Field(description="本市自己的情感、情绪模型")

    @classmethod
    def of(cls, view: Overview) -> Self:
        return cls(
            speaking=view.speaking,
            live=view.live.id if view.live else None,
            shadow=view.shadow.version.id if view.shadow else None,
            agreement=view.shadow.agreement if view.shadow else None,
            labelled=view.labels.submissions,
            new_labels=view.new_labels,
            promise=PromiseOut.model_validate(view.settings),
            thresholds=ThresholdsOut.model_validate(view.thresholds) if view.thresholds else None,
            drift_alarm=bool(view.drift and view.drift[1]),
            runs=[RunOut.model_validate(run) for run in view.runs],
            versions=[ClassifierOut.of(v, view.cases.get(v.version, 0)) for v in view.versions],
            tone=[ClassifierOut.of(v) for part in view.tone for v in part.versions],
        )


class ReviewIn(BaseModel):
    topic_code: str = Field(max_length=20)


class LabelOut(Out):
    topic_code: str
    source: LabelSource
    at: datetime
    predicted_code: str | None
    predicted_confidence: float
    classifier_version: str

    @classmethod
    def of(cls, label: TopicLabel) -> Self:
        return cls.model_validate(label)
