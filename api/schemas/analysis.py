"""An analysis as programs read it: positions count characters of title + newline + body, `end` exclusive."""

from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from models.analysis import (
    Analysis,
    AppealType,
    Aspect,
    Element,
    Emotion,
    OrganisationKind,
    PlaceKind,
    Scope,
    Sentiment,
    Urgency,
)


class Out(BaseModel):
    """Answers are built from our dataclasses by attribute."""

    model_config = ConfigDict(from_attributes=True)


class SuggestionOut(Out):
    topic_code: str
    confidence: float
    cues: list[str]


class DetectorHitOut(Out):
    detector: str
    cue: str
    start: int
    end: int


class KeywordOut(Out):
    word: str
    weight: float


class SpanOut(Out):
    start: int = Field(description="位置从0起，按“标题+换行+正文”计")
    end: int = Field(description="不含本身")


class AspectOut(Out):
    aspect: Aspect = Field(description="matter 事情本身，department 部门和工作人员，policy 政策规定，reply 办理和答复")
    sentiment: Sentiment
    score: float = Field(description="-1（最负面）至1")
    evidence: list[SpanOut] = Field(description="说得最重的词句")


class PlaceOut(Out):
    text: str
    kind: PlaceKind
    region_code: str | None = Field(description="所指或所在的行政区；空而 candidates 有两个以上，是仅凭名称分不清")
    candidates: list[str] = Field(description="可能的行政区代码")
    start: int
    end: int


class TimeOut(Out):
    text: str
    first: date | None = Field(description="所指的第一天；不知从哪天算起时为空")
    last: date | None = Field(description="所指的最后一天，含当天")
    start: int
    end: int


class OrganisationOut(Out):
    text: str
    kind: OrganisationKind
    department_id: str | None = Field(description="本市单位时是其编号")
    accused: bool = Field(description="文中投诉的就是它")
    start: int
    end: int


class MatterOut(Out):
    topic_code: str
    confidence: float
    sentences: list[SpanOut]


class ElementOut(Out):
    element: Element = Field(description="who 何人，where 何地，when 何时，what 何事，wish 诉求")
    text: str
    start: int
    end: int


class AnalysisOut(Out):
    """程序对一件来件的判断；各项 confidence 在0至1之间。"""

    topic_code: str | None
    topic_confidence: float
    suggestions: list[SuggestionOut]
    scope: Scope
    appeal_type: AppealType
    appeal_confidence: float
    sentiment: Sentiment
    sentiment_confidence: float
    sentiment_score: float = Field(description="强度，-1（最负面）至1")
    emotion: Emotion
    emotion_confidence: float
    aspects: list[AspectOut] = Field(description="对什么：事情不好和对部门不满分开")
    urgency: Urgency
    urgency_confidence: float
    detector_hits: list[DetectorHitOut]
    region_code: str | None
    region_confidence: float
    place_text: str
    places: list[PlaceOut]
    times: list[TimeOut]
    keywords: list[KeywordOut]
    organisations: list[str] = Field(description="文中反映的本市单位的编号")
    organisation_mentions: list[OrganisationOut]
    matters: list[MatterOut] = Field(description="可能的几件事；只有一件时为空")
    summary: list[SpanOut] = Field(description="原文中最能概括的一两句")
    elements: list[ElementOut]
    versions: dict[str, str]

    @classmethod
    def of(cls, analysis: Analysis) -> Self:
        return cls.model_validate(analysis)
