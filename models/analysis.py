"""An analysis: what the pipeline says about one submission, each part with confidence and version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from models.labels import LabelledEnum


class AppealType(LabelledEnum):
    CONSULT = "consult", "咨询"
    HELP = "help", "求助"
    COMPLAIN = "complain", "投诉"
    REPORT = "report", "举报"
    SUGGEST = "suggest", "建议"
    PRAISE = "praise", "表扬感谢"
    OTHER = "other", "其他"


class Sentiment(LabelledEnum):
    NEGATIVE = "negative", "负面"
    NEUTRAL = "neutral", "中性"
    POSITIVE = "positive", "正面"


class Urgency(LabelledEnum):
    """Levels of the fast lane; `critical` is taxonomy level 1 (a person looks at once)."""

    NORMAL = "normal", "一般"
    ELEVATED = "elevated", "关注"
    URGENT = "urgent", "紧急"
    CRITICAL = "critical", "特急"


class Scope(LabelledEnum):
    """Whether a text is a matter for this city's departments at all."""

    WITHIN = "within", "本市事项"
    NO_MATTER = "no_matter", "没有可办理的事项"
    ELSEWHERE = "elsewhere", "可能是外地的事项"


@dataclass(frozen=True, slots=True)
class AnalyserInput:
    """One de-identified text. `place` and `declared_appeal_type` are what the submitter chose, if anything."""

    title: str
    body: str
    channel: str
    place: str = ""
    declared_appeal_type: AppealType | None = None


@dataclass(frozen=True, slots=True)
class TopicSuggestion:
    """One of the top topics with its calibrated confidence (0..1) and the cue words that speak for it."""

    topic_code: str
    confidence: float
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DetectorHit:
    """A fast-lane detector that fired: its id, what it found, and where (`start`/`end` in title + newline + body)."""

    detector: str
    cue: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Keyword:
    word: str
    weight: float


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A labelled letter much like this one; `likeness` is in 0..1, 1 the same text.

    `reference` says which: "corpus:hand3/417" a sample letter that comes with the program, "submission:1234" a letter
    of the city. The `title` of the latter is only for those who may see it (`api.explanations`).
    """

    reference: str
    topic_code: str
    title: str
    likeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All confidences are in 0..1. `topic_code` is None where the classifier does not know.

    `suggestions` holds up to three topics, best first, `neighbours` up to three labelled letters, the most alike first.
    `organisations` are department ids named in the text.
    `versions` says which component said each part, e.g. {"topic": "cues/1", "sentiment": "lexicon/1"}.
    """

    topic_code: str | None = None
    topic_confidence: float = 0.0
    suggestions: tuple[TopicSuggestion, ...] = ()
    scope: Scope = Scope.WITHIN
    appeal_type: AppealType = AppealType.OTHER
    appeal_confidence: float = 0.0
    sentiment: Sentiment = Sentiment.NEUTRAL
    sentiment_confidence: float = 0.0
    urgency: Urgency = Urgency.NORMAL
    urgency_confidence: float = 0.0
    detector_hits: tuple[DetectorHit, ...] = ()
    region_code: str | None = None
    region_confidence: float = 0.0
    place_text: str = ""
    keywords: tuple[Keyword, ...] = ()
    organisations: tuple[str, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def unknown(cls, reason: str) -> "Analysis":
        """What is stored where the text could not be analysed: everything open, a person decides."""
        return cls(versions={"topic": f"none:{reason}"})


class Analyser(Protocol):
    """Texts in, analyses out: one per text, in order, deterministic, no side effect, no I/O."""

    @property
    def version(self) -> str: ...

    def analyse(self, inputs: Sequence[AnalyserInput]) -> list[Analysis]: ...
