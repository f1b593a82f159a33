"""What the writer wants: 咨询 求助 投诉 举报 建议 表扬感谢."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from models.analysis import AppealType
from nlp.cues import Cue, longest
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.reference import load_taxonomy

VERSION = "appeal-cues/3"
_TITLE_WEIGHT = 2.0
# Beyond this a type has been said clearly; more cues of it say no more.
_SATURATION = 8.0
_DECLARED_CONFIDENCE = 0.95
# Thanks among the last so many characters are good manners; so are those of a letter that wants something.
_CLOSING = 12
_POLITE_WEIGHT = 0.5
_CLEAR_REPORT = 3.0
_QUESTION_WEIGHT = 2.0
_SHORT = 80
# An outright report is one from this share on, however likely a plain complaint is (信访工作条例 30: protection).
_PROTECTED_FROM = 0.2
_LEAST_PRAISE = 2.0
_QUESTION = re.compile(r"[?？]\s*$|[吗呢么][?？。！!\s]*$|(?:多少|什么|哪里|何时|多久)[?？\s]*$")
# Ties go to the type with the stronger protection or the longer path of work.
_ORDER = (
    AppealType.REPORT,
    AppealType.COMPLAIN,
    AppealType.HELP,
    AppealType.SUGGEST,
    AppealType.CONSULT,
    AppealType.PRAISE,
)
_ORDER_WITH_OTHER = (*_ORDER, AppealType.OTHER)


class Weighed(NamedTuple):
    """The score per type; whether the text outright reports somebody; whether its praise is mockery."""

    scores: dict[AppealType, float]
    reported: bool
    sarcastic: bool


class AppealDetector:
    """Weighs the cues of each type; what the writer chose counts, unless the text is a report (reporter protection)."""

    def __init__(self) -> None:
        lexicon = load_lexicon("appeal")
        self._weights: dict[str, list[tuple[AppealType, float]]] = {}
        for appeal_type, tiers in lexicon["weights"].items():
            for weight, cues in tiers.items():
                for cue in cues:
                    self._weights.setdefault(cue, []).append((AppealType(appeal_type), float(weight)))
        for row in load_taxonomy()["appeal_types"]:
            for cue in row["cues"]:
                if cue not in self._weights:
                    self._weights[cue] = [(AppealType(row["code"]), 1.0)]
        self._not_report = frozenset(lexicon["not_report"])
        self._politeness = frozenset(lexicon["politeness"])
        self._sarcasm = frozenset(lexicon["sarcasm"])
        self._known = self._not_report | self._sarcasm | self._weights.keys()

    @property
    def phrases(self) -> Iterable[str]:
        return self._known

    def detect(self, document: Document) -> tuple[AppealType, float]:
        """The appeal type and the confidence in it (0..1) by cue words alone; OTHER where nothing speaks for any."""
        scores, reported, sarcastic = self.weigh(document)
        declared = _declared(document, reported)
        if declared is not None:
            return declared
        praise = scores[AppealType.PRAISE]
        if sarcastic or praise < _LEAST_PRAISE or 2 * praise <= sum(scores.values()):
            scores[AppealType.PRAISE] = 0.0
        best = max(_ORDER, key=lambda t: scores[t])
        if scores[best] <= 0:
            return AppealType.OTHER, 0.2
        total = sum(scores.values())
        return best, min(0.95, scores[best] / (total + 2.0))

    def decide(
        self, document: Document, weighed: Weighed, shares: Mapping[AppealType, float]
    ) -> tuple[AppealType, float]:
        """The type where a trained model gave each its share; `weighed` are the document's cue words. What people
        declare counts; who reports is protected also in doubt; mockery is no praise."""
        scores, reported, sarcastic = weighed
        declared = _declared(document, reported)
        if declared is not None:
            return declared
        if reported and shares[AppealType.REPORT] >= _PROTECTED_FROM:
            return AppealType.REPORT, max(shares[AppealType.REPORT], 0.5)
        ranked = sorted(_ORDER_WITH_OTHER, key=lambda t: -shares[t])
        if sarcastic:
            ranked = [t for t in ranked if t is not AppealType.PRAISE]
        complains = scores[AppealType.COMPLAIN] >= _CLEAR_REPORT > scores[AppealType.REPORT]
        if ranked[0] is AppealType.REPORT and complains:
            # who says 投诉 and never 举报 complains, though both are about the same wrongs
            return AppealType.COMPLAIN, min(shares[AppealType.COMPLAIN] + shares[AppealType.REPORT], 1.0)
        return ranked[0], shares[ranked[0]]

    def weigh(self, document: Document) -> Weighed:
        """How loudly the cue words speak for each type, and what they say beside that."""
        scores = dict.fromkeys(_ORDER, 0.0)
        reported = sarcastic = False
        seen: set[tuple[str, bool]] = set()
        for cue in longest([cue for cue in document.cues if cue.phrase in self._known]):
            in_title = cue.start < document.body_start
            sarcastic |= cue.phrase in self._sarcasm
            if (cue.phrase, in_title) in seen:
                continue
            seen.add((cue.phrase, in_title))
            for appeal_type, weight in self._weights.get(cue.phrase, ()):
                if self._is_politeness(cue, document):
                    weight = _POLITE_WEIGHT
                reported |= appeal_type is AppealType.REPORT and weight >= _CLEAR_REPORT
                scores[appeal_type] += weight * (_TITLE_WEIGHT if in_title else 1.0)
        body = document.body.text
        if _QUESTION.search(document.title.text) or (len(body) < _SHORT and _QUESTION.search(body)):
            scores[AppealType.CONSULT] += _QUESTION_WEIGHT
        return Weighed({t: min(score, _SATURATION) for t, score in scores.items()}, reported, sarcastic)

    def _is_politeness(self, cue: Cue, document: Document) -> bool:
        """Thanks at the end of a letter are good manners, in its title they are the matter."""
        at_the_end = len(document.text.rstrip()) - cue.end <= _CLOSING
        return cue.phrase in self._politeness and cue.start >= document.body_start and at_the_end


def _declared(document: Document, reported: bool) -> tuple[AppealType, float] | None:
    """What the writer chose counts, unless the text outright reports somebody."""
    declared = document.source.declared_appeal_type
    if declared in (None, AppealType.OTHER):
        return None
    if reported and declared is not AppealType.REPORT:
        return AppealType.REPORT, 0.8
    return declared, _DECLARED_CONFIDENCE
