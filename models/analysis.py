"""An analysis: what the pipeline says about one submission, each part with confidence and version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
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


class Emotion(LabelledEnum):
    """What the writer feels, as far as the words show it."""

    NONE = "none", "不明显"
    ANGER = "anger", "愤怒"
    SADNESS = "sadness", "悲伤"
    FEAR = "fear", "担忧"
    JOY = "joy", "高兴"
    SURPRISE = "surprise", "惊讶"


class Aspect(LabelledEnum):
    """What a tone is about: that the road is broken is not yet anger at who should mend it."""

    MATTER = "matter", "事情本身"
    DEPARTMENT = "department", "部门和工作人员"
    POLICY = "policy", "政策规定"
    REPLY = "reply", "办理和答复"


class PlaceKind(LabelledEnum):
    REGION = "region", "行政区划"
    TOWN = "town", "街道乡镇"
    VILLAGE = "village", "村和社区"
    ESTATE = "estate", "小区楼盘"
    ROAD = "road", "道路"
    STATION = "station", "车站站点"
    SCHOOL = "school", "学校"
    OTHER = "other", "其他地点"


class OrganisationKind(LabelledEnum):
    DEPARTMENT = "department", "部门单位"
    COMPANY = "company", "企业商家"


class Element(LabelledEnum):
    """What a case worker looks for first in a letter."""

    WHO = "who", "何人"
    WHERE = "where", "何地"
    WHEN = "when", "何时"
    WHAT = "what", "何事"
    WISH = "wish", "诉求"


@dataclass(frozen=True, slots=True)
class AnalyserInput:
    """One de-identified text. `place` and `declared_appeal_type` are what the submitter chose, if anything.

    `written_on` is the local day it was written: what 昨晚 in it counts from.
    """

    title: str
    body: str
    channel: str
    place: str = ""
    declared_appeal_type: AppealType | None = None
    written_on: date | None = None


@dataclass(frozen=True, slots=True)
class TopicSuggestion:
    """One of the top topics with its calibrated confidence (0..1) and the cue words that speak for it.

    A classifier that adds up what leads to the same unit tells in `own_confidence` what is the topic's alone.
    """

    topic_code: str
    confidence: float
    cues: tuple[str, ...] = ()
    own_confidence: float | None = None


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
    of the city. The `title` of the latter is only for those who may see it (`api.staff.explanations`).
    """

    reference: str
    topic_code: str
    title: str
    likeness: float


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Where something stands in title + newline + body, as they came to the analysis; `end` is exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AspectTone:
    """What is said about one aspect: `score` in -1..1, and the words that say it most strongly."""

    aspect: Aspect
    sentiment: Sentiment
    score: float
    evidence: tuple[TextSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place named in the text. `region_code` is the region it is or lies in; None with two or more `candidates` where
    the name alone does not tell, None without where nobody knows it yet."""

    text: str
    kind: PlaceKind
    region_code: str | None
    candidates: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A time named in the text, resolved to whole days, first and last; None where there is no day to count from."""

    text: str
    first: date | None
    last: date | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class OrganisationMention:
    """An organisation named in the text; `department_id` where it is a unit of this city; `accused` where the text
    complains about it."""

    text: str
    kind: OrganisationKind
    department_id: str | None
    accused: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ElementMention:
    element: Element
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Matter:
    """One of several matters that a text raises: its sentences, its likeliest topic and how sure that is."""

    topic_code: str
    confidence: float
    sentences: tuple[TextSpan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All confidences are in 0..1. `topic_code` is None where the classifier does not know.

    `suggestions` holds up to three topics, best first, `neighbours` up to three labelled letters, the most alike first.
    `organisations` are the departments that the text is about: named, and not merely asked to act. `sentiment_score` is
    the strength of the tone in -1..1.
    `matters` is empty unless the text raises two or more; `summary` are up to two sentences of the text itself.
    `versions` says which component said each part, e.g. {"topic": "cues/1", "sentiment": "lexicon/1"}.
    By `signature` copies of the text are found (`nlp.alike.minhash`), by the words of `telling`, each with its weight,
    like matters (`nlp.alike.telling`): they go into the indexes of these and are not kept with the analysis.
    """

    topic_code: str | None = None
    topic_confidence: float = 0.0
    suggestions: tuple[TopicSuggestion, ...] = ()
    scope: Scope = Scope.WITHIN
    appeal_type: AppealType = AppealType.OTHER
    appeal_confidence: float = 0.0
    sentiment: Sentiment = Sentiment.NEUTRAL
    sentiment_confidence: float = 0.0
    sentiment_score: float = 0.0
    emotion: Emotion = Emotion.NONE
    emotion_confidence: float = 0.0
    aspects: tuple[AspectTone, ...] = ()
    urgency: Urgency = Urgency.NORMAL
    urgency_confidence: float = 0.0
    detector_hits: tuple[DetectorHit, ...] = ()
    region_code: str | None = None
    region_confidence: float = 0.0
    place_text: str = ""
    places: tuple[PlaceMention, ...] = ()
    times: tuple[TimeMention, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    organisations: tuple[str, ...] = ()
    organisation_mentions: tuple[OrganisationMention, ...] = ()
    matters: tuple[Matter, ...] = ()
    summary: tuple[TextSpan, ...] = ()
    elements: tuple[ElementMention, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    signature: bytes = b""
    telling: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def unknown(cls, reason: str) -> "Analysis":
        """What is stored where the text could not be analysed: everything open, a person decides."""
        return cls(versions={"topic": f"none:{reason}"})


class Analyser(Protocol):
    """Texts in, analyses out: one per text, in order, deterministic, no side effect, no I/O."""

    @property
    def version(self) -> str: ...

    def analyse(self, inputs: Sequence[AnalyserInput]) -> list[Analysis]: ...
