"""Which several matters a text raises: its sentences by matter, each with its likeliest topic; nothing for one matter.

Most letters raise one. Only those that show a sign of more (a word that turns to something else, a list, cue words that
change from one topic to another) are cut and their parts asked about: a proposal for a person, who may split the case.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from models.analysis import Matter, TextSpan, TopicSuggestion
from nlp.cues import Cue
from nlp.cut_words import word_ends
from nlp.document import Document
from nlp.gist.parts import alone
from nlp.gist.sentence_topics import Evidence, SentenceTopics
from nlp.gist.sentences import Sentence, Sentences
from nlp.gist.spotting import by_character, flags
from nlp.gist.summary import Span
from nlp.ngrams import Batch, Flags, Numbers
from nlp.topics.city_topics import CityTopics
from nlp.topics.cue_classifier import TopicClassifier

# The first-level topic in the code of a sub-topic.
_PARENT = 3


@dataclass(frozen=True, slots=True)
class Caution:
    """When to propose. Chosen on tests/quality/own_letters.yaml, put together two by two and alone.

    A part shorter than `shortest` characters belongs to the one before. A part counts from the `announced` confidence
    on where words say that something else comes (另外还有一件事), from `listed` on where it is an item of a list, which
    is mostly a list of wishes about one thing and therefore needs another first-level topic too, from `unannounced` on
    where only its cue words changed. Cue words have changed where either side has so much `evidence` for its topic and
    at most the share `left_over` of it on the other side; less of the one and more of the other will do where a
    sentence follows a wish or a question, or says 也 or 又 near its beginning (`hinted_…`).
    """

    shortest: int = 12
    announced: float = 0.3
    listed: float = 0.6
    unannounced: float = 0.7
    wished: float = 0.55
    short: int = 6
    evidence: float = 1.5
    left_over: float = 0.2
    hinted_evidence: float = 1.0
    hinted_left_over: float = 0.5
    most: int = 6


# At the beginning of a sentence: here comes something else.
TURN = re.compile(
    r"另外|此外|除此|还有(?!没有)|再有|再者|另(?:有|[询咨反]|，|一(?:件事|个问题|方面))|与此同时|同时(?:[，,反还另也想请]|我)|顺[便带道]|捎带|第[二三四五六](?:件|个|[，,])|其次"
    r"|再(?:一个|就是|说说|问|咨询|反映|请问|提)|还(?:想|要(?:反映|咨询|说)|咨询|请问)|最后(?:是|一|说)|(?:在此|这里)?也(?:想|请)(?:反映|问|说)"
)
_ITEM = re.compile(r"其[二三四五]|[二三四五六][、是，,]|[2-6][、.．]|第[二三四五六](?![年天次季])|建议[二三四五六]")
_BEGINS = by_character(turns="另此与除还再同顺捎第其最在这也二三四五六23456建")
TURN_BEGINS = by_character(turns="另此与除还再同顺捎第其最在这也")
_HINTS, _NEAR = by_character(wishes="请望？?吗", also="也又"), 12
# Set aside on purpose: the writer does not want it dealt with here.
NOT_HERE = re.compile(
    r"另说|另行|另案|另写|另外(?:再|去|走|写)|另会|会另|另一(?:回事|码事|桩|本|封)|以后(?:再|专门)|暂(?:不|且)|不在(?:此|这)|下一封|后话|小事|小节"
    r"|分开处理|不归(?:你|这|此)|不谈|不说了|已经?另|不必|自己(?:会|去)|不劳"
)


class MatterSplitter:
    """For where no classifier reads clauses (`nlp.gist.clause_matters`). `topics` reads the cue words of sentences,
    `classifier` says what a part is about (the pipeline's own)."""

    version = "matters/2"

    def __init__(self, topics: SentenceTopics, classifier: TopicClassifier, caution: Caution | None = None) -> None:
        self._topics = topics
        self._ask = classifier.name if isinstance(classifier, CityTopics) else classifier.predict
        self._caution = caution or Caution()

    def propose(self, sentences: Sentences, batches: Sequence[Batch] | None = None) -> list[tuple[Matter, ...]]:
        """Two or more matters of each document, in its order, or none; a batch at a time. `batches` are not needed."""
        parts = self.parts(sentences)
        alone = [part.document for part in parts]
        return self.matters(sentences.documents, parts, self._ask(alone) if alone else [])

    def parts(self, sentences: Sentences) -> list["Part"]:
        """The parts of the texts that show a sign of several matters. Who asks a classifier about many documents anyway
        adds theirs: one call costs less than two."""
        if not len(sentences.rows):
            return []
        evidence = self._topics.read(sentences)
        turns = sorted(self._turns(sentences, evidence).items())
        own = (~sentences.courtesy).nonzero()[0]
        begins = own[own.searchsorted(sentences.bounds[:-1]).clip(max=len(own) - 1)].tolist() if len(own) else []
        stretches = [
            (first, last)
            for row, found in turns
            for first, last in pairwise([begins[row], *found, int(sentences.bounds[row + 1])])
        ]
        topics = iter(_loudest(evidence, sentences.courtesy, stretches, self._caution.evidence))
        parts: list[Part] = []
        bounds, courtesy = sentences.bounds.tolist(), sentences.courtesy.tolist()
        for row, found in turns:
            least = [min(found.values()), *found.values()]
            cuts = self._cut(sentences, pairwise([begins[row], *found, bounds[row + 1]]), least, topics, courtesy)
            if cuts:
                document = sentences.documents[row]
                ends = word_ends(document.body_words, document.body_start)
                parts += [
                    Part(
                        row,
                        part.sentences,
                        part.least,
                        alone(document, part.sentences[0].start, part.sentences[-1].end, ends),
                    )
                    for part in cuts
                ]
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

    def _turns(self, sentences: Sentences, evidence: Evidence) -> dict[int, dict[int, float]]:
        """By document the sentences with which another matter may begin, and how sure its topic must be."""
        caution = self._caution
        rows = sentences.rows
        own = (~sentences.courtesy).nonzero()[0]
        later = own[1:][rows[own[1:]] == rows[own[:-1]]]
        turns: dict[int, dict[int, float]] = defaultdict(dict)
        starts = sentences.starts[later]
        could = (flags(_BEGINS, sentences.codes[starts]) > 0).nonzero()[0]
        candidates = later[could]
        for place, row, start in zip(
            candidates.tolist(), rows[candidates].tolist(), starts[could].tolist(), strict=True
        ):
            if TURN.match(sentences.text, start):
                turns[row][place] = caution.announced
            elif _ITEM.match(sentences.text, start):
                turns[row][place] = caution.listed
        # without a word for it, only letters whose cue words speak of two topics
        filled = np.unique(rows)
        sums = np.add.reduceat(evidence, sentences.bounds[filled])
        spoken = np.count_nonzero(sums >= caution.hinted_evidence, axis=1) > 1
        several = dict(zip(filled.tolist(), spoken.tolist(), strict=True))
        turns = {row: found for row, found in turns.items() if several[row] or min(found.values()) <= caution.announced}
        asked = np.zeros(len(sentences.documents), dtype=np.bool_)
        asked[filled] = spoken
        asked[list(turns)] = False
        two = np.zeros((len(asked), 2), dtype=np.int64)
        two[filled] = np.argpartition(sums, -2, axis=1)[:, -2:]
        wishing, opening, hinted = _signs(sentences, own)
        hinted[1:] |= wishing[:-1]
        again = own[_wish_again(rows[own], wishing, opening, caution.short)]
        kept = asked[rows[own]]
        own, hinted = own[kept], hinted[kept]
        pair = np.take_along_axis(evidence[own], two[rows[own]], axis=1)
        changed = own[self._changes(rows[own], pair, hinted)]
        for places, least in ((changed, caution.unannounced), (again, caution.wished)):
            for place, row in zip(places.tolist(), rows[places].tolist(), strict=True):
                turns.setdefault(row, {place: least})
        return turns

    def _changes(self, rows: Numbers, said: Evidence, hinted: Flags) -> Numbers:
        """At most one place for each of `rows` (ascending): from there on the cue words speak for the other of the two
        topics of `said`."""
        caution = self._caution
        if not len(rows):
            return rows
        firsts = np.flatnonzero(np.diff(rows, prepend=-1))
        group = np.arange(len(firsts)).repeat(np.diff(np.append(firsts, len(rows))))
        before = said.cumsum(axis=0) - said
        before -= before[firsts][group]
        after = np.add.reduceat(said, firsts)[group] - before
        left_over = np.where(hinted, caution.hinted_left_over, caution.left_over)
        least = np.where(hinted, caution.hinted_evidence, caution.evidence)
        best = np.zeros(len(rows))
        for one, other in ((0, 1), (1, 0)):
            here, there = before[:, one], after[:, other]
            clean = (before[:, other] <= left_over * there) & (after[:, one] <= left_over * here)
            clean &= np.minimum(here, there) > least
            best = np.maximum(best, np.where(clean, np.minimum(here, there), 0.0))
        order = np.lexsort((-best, rows))
        tops = order[np.flatnonzero(np.diff(rows[order], prepend=-1))]
        found: Numbers = tops[best[tops] > 0]
        return found

    def _cut(
        self,
        sentences: Sentences,
        stretches: Iterable[Span],
        least: Sequence[float],
        topics: Iterator[int],
        courtesy: Sequence[bool],
    ) -> list["_Part"]:
        """The parts of a text, cut into `stretches` where another matter may begin; the cue words of each speak for the
        next of `topics`."""
        caution = self._caution
        wished = caution.wished in least
        parts: list[_Part] = []
        latest = -1  # the topic that the cue words of the part before speak for
        for (first, last), sure in zip(stretches, least, strict=True):
            topic, spans = next(topics), sentences.spans
            own = tuple(Sentence(*spans[place]) for place in range(first, last) if not courtesy[place])
            goes_on = sure > caution.announced and topic in (latest, latest if wished else -1)
            if parts and (goes_on or own[-1].end - own[0].start < caution.shortest):
                parts[-1] = replace(parts[-1], sentences=(*parts[-1].sentences, *own))
            else:
                parts.append(_Part(own, sure))
                latest = topic
        return parts if 2 <= len(parts) <= caution.most else []

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
            if not sure or any(NOT_HERE.search(document.text, s.start, s.end) for s in part.sentences[:2]):
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


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the document number `row`, and the part as a document of its own."""

    row: int
    sentences: tuple[Sentence, ...]
    least: float
    document: Document


def _loudest(evidence: Evidence, courtesy: Flags, stretches: Sequence[Span], least: float) -> list[int]:
    """The topic that the cue words of each stretch of sentences speak for, with at least so much evidence; else -1."""
    if not stretches:
        return []
    sums = np.zeros((len(evidence) + 1, evidence.shape[1]))
    np.where(courtesy[:, None], 0.0, evidence).cumsum(axis=0, out=sums[1:])
    firsts, lasts = np.array(stretches, dtype=np.int64).T
    said = sums[lasts] - sums[firsts]
    found: list[int] = np.where(said.max(axis=1) >= least, said.argmax(axis=1), -1).tolist()
    return found


def _wish_again(rows: Numbers, wishing: Flags, opening: Flags, short: int) -> Numbers:
    """Which sentences tell something after the first wish of a short text, where another wish follows. `rows` are their
    documents, `wishing` says which wish, `opening` which begin with it."""
    if not len(rows):
        return rows
    firsts = np.flatnonzero(np.diff(rows, prepend=-1))
    counts = np.diff(np.append(firsts, len(rows)))
    group = np.arange(len(firsts)).repeat(counts)
    before = wishing.cumsum() - wishing
    before -= before[firsts][group]
    total = np.add.reduceat(wishing.astype(np.int64), firsts)[group]
    after_wish = np.zeros(len(rows), dtype=np.bool_)
    after_wish[1:] = wishing[:-1]
    found: Numbers = (after_wish & (before == 1) & (total > 1) & ~opening & (counts[group] <= short)).nonzero()[0]
    return found


def _signs(sentences: Sentences, own: Numbers) -> tuple[Flags, Flags, Flags]:
    """Which of the sentences `own` wish or ask something, which begin with it, which say 也 or 又 near their
    beginning."""
    signs = flags(_HINTS, sentences.codes)
    starts, ends = sentences.starts[own], sentences.ends[own]
    near = np.minimum(starts + _NEAR, ends)
    wishes, also = ((signs & bit).nonzero()[0] for bit in (1, 2))
    before = wishes.searchsorted(starts)
    opening: Flags = wishes.searchsorted(near) > before
    return wishes.searchsorted(ends) > before, opening, also.searchsorted(near) > also.searchsorted(starts)
