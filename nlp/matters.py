"""Which several matters a text raises: its sentences by matter, each with its likeliest topic; nothing for one matter.

Most letters raise one. Only those that show a sign of more (a word that turns to something else, a list, cue words that
change from one topic to another) are cut and their parts asked about: a proposal for a person, who may split the case.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.analysis import AnalyserInput, Matter, TextSpan, TopicSuggestion
from nlp.cleaning import CleanText
from nlp.cues import Cue, FoundCues
from nlp.document import Document
from nlp.sentence_topics import Evidence, SentenceTopics
from nlp.sentences import Sentence
from nlp.topics.cue_classifier import TopicClassifier

VERSION = "matters/1"
# The first-level topic in the code of a sub-topic.
_PARENT = 3


@dataclass(frozen=True, slots=True)
class Caution:
    """When to propose. Chosen on tests/quality/own_letters.yaml, put together two by two and alone.

    A part shorter than `shortest` characters belongs to the one before. A part counts from the `announced` confidence
    on where words say that something else comes (另外还有一件事), from `listed` on where it is an item of a list, which
    is mostly a list of wishes about one thing and therefore needs another first-level topic too, from `unannounced` on
    where only its cue words changed. Cue words have changed where either side has so much `evidence` for its topic and
    at most the share `left_over` of it on the other side.
    """

    shortest: int = 12
    announced: float = 0.3
    listed: float = 0.6
    unannounced: float = 0.7
    evidence: float = 1.5
    left_over: float = 0.2
    most: int = 6


# At the beginning of a sentence: here comes something else.
_TURN = re.compile(
    r"另外|此外|除此|还有|再有|再者|另(?:有|[询咨反]|，)|同时[，,反还另也]|顺[便带道]|捎带|第[二三四五六](?:件|个|[，,])|其次"
    r"|再(?:一个|就是|说说|问|咨询|反映|请问|提)|还(?:想|要(?:反映|咨询|说)|咨询|请问)|最后(?:是|一|说)|(?:在此|这里)?也(?:想|请)(?:反映|问|说)"
)
_ITEM = re.compile(r"其[二三四五]|[二三四五六][、是，,]|[2-6][、.．]|第[二三四五六](?![年天次季])|建议[二三四五六]")
_BEGINS = frozenset("另此除还再同顺捎第其最在这也二三四五六23456建")
# Set aside on purpose: the writer does not want it dealt with here.
_NOT_HERE = re.compile(
    r"另说|另行|另案|另写|另外(?:再|去|走|写)|另会|会另|另一(?:回事|码事|桩|本|封)|以后(?:再|专门)|暂(?:不|且)|不在(?:此|这)|下一封|后话|小事|小节"
    r"|分开处理|不归(?:你|这|此)|不谈|不说了|已经?另|不必|自己(?:会|去)|不劳"
)


class MatterSplitter:
    """`topics` reads the cue words of sentences, `classifier` says what a part is about (the pipeline's own)."""

    def __init__(self, topics: SentenceTopics, classifier: TopicClassifier, caution: Caution | None = None) -> None:
        self._topics = topics
        self._classifier = classifier
        self._caution = caution or Caution()

    def propose(
        self, documents: Sequence[Document], sentences: Sequence[Sequence[Sentence]]
    ) -> list[tuple[Matter, ...]]:
        """Two or more matters of each text, in its order, or none; a batch at a time."""
        parts: list[tuple[int, _Part]] = []
        for row, evidence in zip(range(len(documents)), self._topics.read(documents, sentences), strict=True):
            parts += [(row, part) for part in self._cut(documents[row], sentences[row], evidence)]
        suggested = self._classifier.predict([_alone(documents[row], part) for row, part in parts]) if parts else []
        by_row: dict[int, list[tuple[_Part, tuple[TopicSuggestion, ...]]]] = {}
        for (row, part), suggestions in zip(parts, suggested, strict=True):
            by_row.setdefault(row, []).append((part, suggestions))
        return [self._matters(document, by_row[row]) if row in by_row else () for row, document in enumerate(documents)]

    def _cut(self, document: Document, sentences: Sequence[Sentence], evidence: Evidence) -> list["_Part"]:
        """The parts of a text that shows a sign of several matters; none of others."""
        text, caution = document.text, self._caution
        own = [place for place, sentence in enumerate(sentences) if not sentence.courtesy]
        if len(own) < 2:
            return []
        turns: dict[int, float] = {}
        for place in own[1:]:
            start = sentences[place].start
            if text[start] in _BEGINS:
                if _TURN.match(text, start):
                    turns[place] = caution.announced
                elif _ITEM.match(text, start):
                    turns[place] = caution.listed
        if not turns or min(turns.values()) > caution.announced:
            # without a word for it, only letters whose cue words speak of two topics
            if np.count_nonzero(evidence.sum(axis=0) >= caution.evidence) < 2:
                return []
            turns = turns or dict.fromkeys(self._change(own, evidence), caution.unannounced)
        if not turns:
            return []
        least = {own[0]: min(turns.values()), **turns}
        parts = [
            _Part(tuple(sentences[p] for p in own if first <= p < last), least[first])
            for first, last in zip(least, [*turns, own[-1] + 1], strict=True)
        ]
        merged: list[_Part] = []
        for part in parts:
            if merged and part.length < caution.shortest:
                merged[-1] = replace(merged[-1], sentences=(*merged[-1].sentences, *part.sentences))
            else:
                merged.append(part)
        return merged if 2 <= len(merged) <= caution.most else []

    def _change(self, own: Sequence[int], evidence: Evidence) -> list[int]:
        """The sentence from which on the cue words speak for another topic, if there is one."""
        caution = self._caution
        before = np.cumsum(evidence[own], axis=0)
        before, after = before[:-1], before[-1] - before[:-1]
        rows = np.arange(len(before))
        one, other = before.argmax(axis=1), after.argmax(axis=1)
        strength = np.minimum(before[rows, one], after[rows, other])
        strength[(one == other) | (before[rows, other] > caution.left_over * after[rows, other])] = 0
        strength[after[rows, one] > caution.left_over * before[rows, one]] = 0
        best = int(strength.argmax())
        return [own[best + 1]] if strength[best] >= caution.evidence else []

    def _matters(
        self, document: Document, parts: Sequence[tuple["_Part", tuple[TopicSuggestion, ...]]]
    ) -> tuple[Matter, ...]:
        found: dict[str, tuple[float, list[Sentence]]] = {}
        waiting: list[Sentence] = []
        latest = ""
        for part, suggestions in parts:
            sure = bool(suggestions) and suggestions[0].confidence >= part.least
            if sure and part.least == self._caution.listed:
                sure = all(code[:_PARENT] != suggestions[0].topic_code[:_PARENT] for code in found)
            if not sure or any(_NOT_HERE.search(document.text, s.start, s.end) for s in part.sentences[:2]):
                if latest:
                    found[latest][1].extend(part.sentences)
                else:
                    waiting.extend(part.sentences)
                continue
            latest = suggestions[0].topic_code
            confidence, lines = found.get(latest, (0.0, []))
            found[latest] = max(confidence, suggestions[0].confidence), [*lines, *waiting, *part.sentences]
            waiting = []
        if len(found) < 2:
            return ()
        return tuple(
            Matter(
                code,
                confidence,
                tuple(TextSpan(*document.original_span(Cue(line.start, line.end, ""))) for line in sorted(lines)),
            )
            for code, (confidence, lines) in found.items()
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """Sentences that follow one another, and how sure their topic must `least` be."""

    sentences: tuple[Sentence, ...]
    least: float

    @property
    def length(self) -> int:
        return self.sentences[-1].end - self.sentences[0].start


def _alone(document: Document, part: _Part) -> Document:
    """The part as if it were the whole text, without a title."""
    start, end = part.sentences[0].start, part.sentences[-1].end
    body = CleanText(document.text[start:end])
    cues = document.cues
    kept = (cues.starts >= start) & (cues.ends <= end)
    return Document(
        source=AnalyserInput("", body.text, document.source.channel),
        title=CleanText(""),
        body=body,
        text=f"\n{body.text}",
        title_words=[],
        body_words=_words_between(document, start, end),
        cues=FoundCues(cues.source, cues.starts[kept] - start + 1, cues.ends[kept] - start + 1, cues.numbers[kept]),
    )


def _words_between(document: Document, start: int, end: int) -> list[str]:
    words: list[str] = []
    at = document.body_start
    for word in document.body_words:
        if at >= end:
            break
        if at + len(word) > start:
            words.append(word[max(0, start - at) : end - at])
        at += len(word)
    return words
