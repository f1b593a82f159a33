"""Why a topic was suggested, as programs read it."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from api.staff.explanations import Explanation, SimilarLetter
from api.staff.suggestions import CatalogueEntry, Suggestion
from api.staff.topic_sums import TopicSum


class CatalogueEntryOut(BaseModel):
    """派单目录条目, as of today. `min_confidence` is the rule's own. `promised_confidence` is what the promise "at most
    so many automatic dispatches wrong" asks for beside it; null where nothing is promised, and, with
    `promise_unproved`, where no confidence is known to keep the promise."""

    rule_id: int
    priority: int
    topic_code: str | None
    conditions: str
    lead_duty: str
    lead_duty_name: str
    co_duties: list[str]
    co_duty_names: list[str]
    min_confidence: float
    promised_confidence: float | None
    promise_unproved: bool
    time_limit: str

    @classmethod
    def of(cls, entry: CatalogueEntry) -> Self:
        return cls(
            rule_id=entry.rule.id,
            priority=entry.rule.priority,
            topic_code=entry.rule.topic_code,
            conditions=entry.conditions,
            lead_duty=entry.rule.lead_duty,
            lead_duty_name=entry.lead_duty,
            co_duties=list(entry.rule.co_duties),
            co_duty_names=list(entry.co_duties),
            min_confidence=entry.min_confidence,
            promised_confidence=entry.promised,
            promise_unproved=entry.unproved,
            time_limit=entry.time_limit,
        )


class ExplainedSuggestionOut(BaseModel):
    """`cues` are the words of the letter that moved it, the first the most. `lead_department_id` is where it would go;
    `names_lead` warns that a protected report speaks of that very unit."""

    topic_code: str
    topic_name: str
    confidence: float
    cues: list[str]
    lead_department_id: str | None
    co_handling_ids: list[str]
    names_lead: bool
    catalogue_entry: CatalogueEntryOut | None

    @classmethod
    def of(cls, suggestion: Suggestion) -> Self:
        return cls(
            topic_code=suggestion.topic_code,
            topic_name=suggestion.topic_name,
            confidence=suggestion.confidence,
            cues=list(suggestion.cues),
            lead_department_id=suggestion.lead.id if suggestion.lead else None,
            co_handling_ids=[unit.id for unit in suggestion.co_handling],
            names_lead=suggestion.named,
            catalogue_entry=CatalogueEntryOut.of(suggestion.entry) if suggestion.entry else None,
        )


class WordShareOut(BaseModel):
    """What a word or a phrase adds to the score of each topic, in the order of `topic_codes`."""

    text: str
    scores: list[float]


class TopicSumOut(BaseModel):
    """For each of `topic_codes`, the best first: `start` and all `words` together are the `total`. `as_analysed`: the
    classifier that spoke about the case says so; otherwise it is the one that speaks today."""

    classifier_version: str
    as_analysed: bool
    topic_codes: list[str]
    start: list[float]
    words: list[WordShareOut]
    total: list[float]

    @classmethod
    def of(cls, found: TopicSum) -> Self:
        shares = found.shares
        return cls(
            classifier_version=found.classifier,
            as_analysed=found.as_analysed,
            topic_codes=list(shares.codes),
            start=list(shares.start),
            words=[WordShareOut(text=share.text, scores=list(share.scores)) for share in shares.shares],
            total=list(shares.total),
        )


class SimilarLetterOut(BaseModel):
    """A labelled letter that resembles this one; `likeness` 0..1. `sample`: it was written for this program, `text` is
    all of it (null: the title is). Of a letter of the city `title` and `case_number` are null where they are not yours
    to know; confidential letters are not listed."""

    topic_code: str
    topic_name: str
    likeness: float
    sample: bool
    title: str | None
    text: str | None
    case_number: str | None

    @classmethod
    def of(cls, letter: SimilarLetter) -> Self:
        return cls(
            topic_code=letter.topic_code,
            topic_name=letter.topic_name,
            likeness=letter.likeness,
            sample=letter.sample,
            title=letter.title or None,
            text=letter.text or None,
            case_number=letter.case_number or None,
        )


class ExplanationOut(BaseModel):
    """`suggestions` best first, `similar_letters` most alike first. `classifier_version` said it, at `analysed_at`."""

    suggestions: list[ExplainedSuggestionOut]
    similar_letters: list[SimilarLetterOut]
    classifier_version: str
    analysed_at: datetime

    @classmethod
    def of(cls, explanation: Explanation) -> Self:
        return cls(
            suggestions=[ExplainedSuggestionOut.of(s) for s in explanation.suggestions],
            similar_letters=[SimilarLetterOut.of(letter) for letter in explanation.similar],
            classifier_version=explanation.classifier,
            analysed_at=explanation.analysed_at,
        )
