"""Which several matters a text raises: its sentences by matter, each with its likeliest topic; nothing for one matter.

Most letters raise one. Only those that show a sign of more (a word that turns to something else, a list, cue words that
change from one topic to another) are cut and their parts asked about: a proposal for a person, who may split the case.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from models.analysis import AnalyserInput, Matter, TextSpan, TopicSuggestion
from nlp.cleaning import CleanText
from nlp.cues import Cue, FoundCues
from nlp.document import Document
from nlp.gist.sentence_topics import Evidence, SentenceTopics
from nlp.gist.sentences import Sentence
from nlp.topics.cue_classifier import TopicClassifier

VERSION = "matters/1"
# The first-level topic in the code of a sub-topic.
_PARENT = 3
# What a part is about stands among its first characters; reading on would cost more than it tells.
_READ = 160


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
        parts = self.parts(documents, sentences)
        alone = [part.document for part in parts]
        return self.matters(documents, parts, self._classifier.predict(alone) if alone else [])

    def parts(self, documents: Sequence[Document], sentences: Sequence[Sequence[Sentence]]) -> list["Part"]:
        """The parts of the texts that show a sign of several matters. Who asks a classifier about many documents anyway
        adds theirs: one call costs less than two."""
        read = self._topics.read(documents, sentences)
        topics = _topics_said(read, self._caution.evidence)
        parts: list[Part] = []
        for row, (document, evidence) in enumerate(zip(documents, read, strict=True)):
            found = self._cut(document.text, sentences[row], evidence, topics[row])
            if found:
                ends = list(accumulate(map(len, document.body_words), initial=document.body_start))[1:]
                parts += [Part(row, part.sentences, part.least, _alone(document, part, ends)) for part in found]
        return parts

    def matters(
        self,
        documents: Sequence[Document],
        parts: Sequence["Part"],
        suggested: Sequence[tuple[TopicSuggestion, ...]],
    ) -> list[tuple[Matter, ...]]:
        """`propose`, where somebody has said already what each of the `parts` is about."""
        by_row: dict[int, list[tuple[Part, tuple[TopicSuggestion, ...]]]] = {}
        for part, suggestions in zip(parts, suggested, strict=True):
            by_row.setdefault(part.row, []).append((part, suggestions))
        return [self._matters(document, by_row[row]) if row in by_row else () for row, document in enumerate(documents)]

    def _cut(self, text: str, sentences: Sequence[Sentence], evidence: Evidence, topics: int) -> list["_Part"]:
        """The parts of a text that shows a sign of several matters; none of others. Its cue words speak of so many
        `topics`."""
        caution = self._caution
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
            if topics < 2:
                return []
            turns = turns or dict.fromkeys(self._change(own, evidence), caution.unannounced)
        if not turns:
            return []
        least = {own[0]: min(turns.values()), **turns}
        parts: list[_Part] = []
        latest = -1  # the topic that the cue words of the part before speak for
        for first, last in zip(least, [*turns, own[-1] + 1], strict=True):
            places = [place for place in own if first <= place < last]
            part = _Part(tuple(sentences[place] for place in places), least[first])
            said = evidence[places].sum(axis=0)
            topic = int(said.argmax()) if said.max() >= caution.evidence else -1
            goes_on = part.least > caution.announced and topic in (-1, latest)
            if parts and (goes_on or part.length < caution.shortest):
                parts[-1] = replace(parts[-1], sentences=(*parts[-1].sentences, *part.sentences))
            else:
                parts.append(part)
                latest = topic
        return parts if 2 <= len(parts) <= caution.most else []

    def _change(self, own: Sequence[int], evidence: Evidence) -> list[int]:
        """The sentence from which on the cue words speak for the other of the two topics said most, if there is one."""
        caution = self._caution
        two = np.argpartition(evidence.sum(axis=0), -2)[-2:]
        lines: list[list[float]] = evidence[np.array(own)][:, two].tolist()
        first = second = 0.0
        all_first, all_second = (sum(line[topic] for line in lines) for topic in (0, 1))
        best, at = caution.evidence, 0
        for place, (one, other) in enumerate(lines[:-1], start=1):
            first, second = first + one, second + other
            for before, after, wrong_before, wrong_after in (
                (first, all_second - second, second, all_first - first),
                (second, all_first - first, first, all_second - second),
            ):
                clean = wrong_before <= caution.left_over * after and wrong_after <= caution.left_over * before
                if clean and min(before, after) > best:
                    best, at = min(before, after), place
        return [own[at]] if at else []

    def _matters(
        self, document: Document, parts: Sequence[tuple["Part", tuple[TopicSuggestion, ...]]]
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


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the document number `row`, and the part as a document of its own."""

    row: int
    sentences: tuple[Sentence, ...]
    least: float
    document: Document


def _topics_said(read: Sequence[Evidence], least: float) -> list[int]:
    """Of how many topics the cue words of each text speak."""
    filled = [row for row, evidence in enumerate(read) if len(evidence)]
    counts = [0] * len(read)
    if filled:
        lengths = np.array([len(read[row]) for row in filled])
        sums = np.add.reduceat(np.concatenate([read[row] for row in filled]), np.cumsum(lengths) - lengths)
        for row, count in zip(filled, np.count_nonzero(sums >= least, axis=1).tolist(), strict=True):
            counts[row] = count
    return counts


def _alone(document: Document, part: _Part, word_ends: Sequence[int]) -> Document:
    """The part, or its beginning, as if it were the whole text, without a title."""
    start = part.sentences[0].start
    end = min(part.sentences[-1].end, start + _READ)
    body = CleanText(document.text[start:end])
    cues = document.cues
    kept = (cues.starts >= start) & (cues.ends <= end)
    return Document(
        source=AnalyserInput("", body.text, document.source.channel),
        title=CleanText(""),
        body=body,
        text=f"\n{body.text}",
        title_words=[],
        body_words=_words_between(document.body_words, word_ends, start, end),
        cues=FoundCues(cues.source, cues.starts[kept] - start + 1, cues.ends[kept] - start + 1, cues.numbers[kept]),
    )


def _words_between(words: Sequence[str], ends: Sequence[int], start: int, end: int) -> list[str]:
    """The words from `start` to `end`, where `ends` says that they end; a word that reaches over an edge is cut."""
    first, last = bisect_right(ends, start), bisect_left(ends, end)
    found = list(words[first : last + 1])
    if found:
        found[-1] = found[-1][: len(found[-1]) - max(0, ends[min(last, len(ends) - 1)] - end)]
        found[0] = found[0][max(0, start - ends[first] + len(words[first])) :]
    return found
