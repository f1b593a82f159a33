"""What the writer wants: 咨询 求助 投诉 举报 建议 表扬感谢."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from models.analysis import AppealType
from nlp.cue_places import Wanted
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.reference import load_taxonomy

VERSION = "appeal-cues/4"
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
        self._wanted = Wanted(sorted(self._not_report | self._sarcasm | self._weights.keys()))
        self._table = np.array(
            [[dict(self._weights.get(phrase, ())).get(t, 0.0) for t in _ORDER] for phrase in self._wanted.phrases]
        )
        self._is_polite = np.array([phrase in self._politeness for phrase in self._wanted.phrases])
        self._is_sarcastic = np.array([phrase in self._sarcasm for phrase in self._wanted.phrases])

    @property
    def phrases(self) -> Iterable[str]:
        return self._wanted.phrases

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
        return self.weigh_all([document])[0]

    def weigh_all(self, documents: Sequence[Document]) -> list[Weighed]:
        """`weigh` for a batch; neighbours make no difference. A cue counts once in the title and once in the body."""
        said = self._wanted.longest(documents)
        body_starts = np.array([document.body_start for document in documents], dtype=np.int64)
        in_title = said.starts < body_starts[said.rows]
        width = len(self._wanted.phrases)
        first = np.unique((said.rows * width + said.columns) * 2 + in_title, return_index=True)[1]
        first.sort()
        rows, columns, in_title = said.rows[first], said.columns[first], in_title[first]
        weights = self._table[columns]
        # thanks at the end of a letter are good manners, in its title they are the matter
        polite = (self._is_polite[columns] & ~in_title).nonzero()[0]
        for place in polite.tolist():
            if len(documents[rows[place]].text.rstrip()) - said.ends[first[place]] <= _CLOSING:
                weights[place] = np.where(weights[place] > 0, _POLITE_WEIGHT, 0.0)
        reported, sarcastic = np.zeros((2, len(documents)), dtype=np.bool_)
        reported[rows[weights[:, _ORDER.index(AppealType.REPORT)] >= _CLEAR_REPORT]] = True
        sarcastic[rows[self._is_sarcastic[columns]]] = True
        scores = np.zeros((len(documents), len(_ORDER)))
        np.add.at(scores, rows, weights * np.where(in_title, _TITLE_WEIGHT, 1.0)[:, None])
        scores[list(map(_asks, documents)), _ORDER.index(AppealType.CONSULT)] += _QUESTION_WEIGHT
        lines = zip(np.minimum(scores, _SATURATION).tolist(), reported.tolist(), sarcastic.tolist(), strict=True)
        return [Weighed(dict(zip(_ORDER, line, strict=True)), *flags) for line, *flags in lines]


def _asks(document: Document) -> bool:
    body = document.body.text
    return bool(_QUESTION.search(document.title.text) or (len(body) < _SHORT and _QUESTION.search(body)))


def _declared(document: Document, reported: bool) -> tuple[AppealType, float] | None:
    """What the writer chose counts, unless the text outright reports somebody."""
    declared = document.source.declared_appeal_type
    if declared in (None, AppealType.OTHER):
        return None
    if reported and declared is not AppealType.REPORT:
        return AppealType.REPORT, 0.8
    return declared, _DECLARED_CONFIDENCE
