"""What people teach the topic classifier, and the versions of it that learnt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.labels import LabelledEnum


class LabelSource(LabelledEnum):
    """By which act of a person a letter came to its topic."""

    TRIAGE = "triage", "人工分拣"
    REDISPATCH = "redispatch", "改派"
    RETURN = "return", "退单"
    REVIEW = "review", "标注复核"
    AUDIT = "audit", "随机抽查"
    NAME_TOPIC = "name_topic", "补充类别"


class TopicLevel(LabelledEnum):
    """How exactly a topic is named; each level has its own promise."""

    FIRST_LEVEL = "first_level", "一级类别"
    SUB_TOPIC = "sub_topic", "二级类别"


class ClassifierPart(LabelledEnum):
    """Which part of the analysis a version speaks for."""

    TOPIC = "topic", "诉求类别"
    SENTIMENT = "sentiment", "情感"
    EMOTION = "emotion", "情绪"


class ClassifierState(LabelledEnum):
    CANDIDATE = "candidate", "待检验"
    SHADOW = "shadow", "并行试用"
    LIVE = "live", "正在使用"
    RETIRED = "retired", "已停用"
    REJECTED = "rejected", "未通过"


class TrainingOutcome(LabelledEnum):
    """How far a training run is, or how it ended."""

    REQUESTED = "requested", "排队中"
    RUNNING = "running", "进行中"
    SHADOW = "shadow", "通过检验，并行试用"
    REJECTED = "rejected", "未通过检验"
    UNCHANGED = "unchanged", "与已有版本相同"
    TOO_FEW = "too_few", "可学的来信不足"
    FAILED = "failed", "失败"
    INTERRUPTED = "interrupted", "中断"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLabel:
    """A person's word on one submission. `predicted_code`, `predicted_confidence` and `classifier_version` are what the
    classifier had said; `probability` is the chance with which the letter came before a person, None where somebody
    picked it."""

    submission_id: int
    topic_code: str
    source: LabelSource
    actor: str
    at: datetime
    predicted_code: str | None
    predicted_confidence: float
    classifier_version: str
    probability: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSubmission:
    """What training and checking read: the de-identified text with its newest label. `first_at` is when a person first
    said something about it; `probability` the chance with which it came before one, None where somebody picked it;
    `audited` that this was the random audit. What is `confidential` may be learnt from and never be shown."""

    submission_id: int
    label_id: int
    channel: str
    title: str
    body: str
    place: str
    topic_code: str
    first_at: datetime
    at: datetime
    probability: float | None
    audited: bool = False
    confidential: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierVersion:
    """`card` is what the training wrote about itself, `gate` the verdict of the comparison with the live version,
    `problem` why a process could not load it (empty: none could not)."""

    id: int
    version: str
    part: ClassifierPart
    kind: str
    state: ClassifierState
    card: Mapping[str, Any]
    gate: Mapping[str, Any]
    last_label_id: int
    labels: int
    trained_at: datetime
    trained_by: str
    shadow_since: datetime | None
    shadow_claimed: int
    shadow_compared: int
    promoted_at: datetime | None
    promoted_by: str | None
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRun:
    """`updated_at` moves with the progress: one that stands still for long was killed."""

    id: int
    actor: str
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    step: str
    fraction: float
    outcome: TrainingOutcome
    reason: str
    classifier_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningSettings:
    """`max_error` is the promised share of wrong automatic dispatches, None where nothing is promised; `audit_share`
    the share of automatic dispatches that a person looks at again, drawn at random."""

    max_error: float | None
    audit_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchThresholds:
    """What may be dispatched automatically when `classifier_version` speaks and at most `max_error` may go wrong: from
    which confidence on, by the lead duty that the program names, `pooled` for all others. None: nothing is proved.
    `report` holds the figures, and under "levels" the thresholds from which on a case names its topic
    (`routing.learning.topic_levels`)."""

    computed_at: datetime
    classifier_version: str
    max_error: float
    pooled: float | None
    by_stratum: Mapping[str, float | None]
    report: Mapping[str, Any]
