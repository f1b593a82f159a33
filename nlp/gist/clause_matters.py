"""Which several matters a text raises, by what each of its clauses is about: no word has to say that another begins.

Most texts raise one. The words of their clauses say so quickly; where they leave room for two topics, all that the
classifier reads is asked of each clause, then of both parts. A proposal for a person, who may split the case.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.analysis import Matter, TextSpan, TopicSuggestion
from nlp.cues import Cue
from nlp.cut_words import word_ends
from nlp.document import Document
from nlp.gist.changes import Changes, Logs, TopicLogs, find_changes, topic_logs
from nlp.gist.clauses import Clauses, cut
from nlp.gist.matters import NOT_HERE, TURN, TURN_BEGINS
from nlp.gist.parts import alone
from nlp.gist.sentences import Sentences
from nlp.gist.spotting import flags
from nlp.ngrams import Batch, Numbers, lay_out
from nlp.topics.city_topics import CityTopics
from nlp.topics.cue_classifier import TopicClassifier
from nlp.topics.features import CHUNK, chunks
from nlp.topics.stretches import Scores

# The first-level topic in the code of a sub-topic.
_PARENT = 3
# Suggestions to those who govern: beside another topic it is how a letter ends, 希望领导重视.
_NO_MATTER = frozenset({"T2107"})
# A title that names several things.
_SEVERAL = re.compile(r"[和与及]|[两二三四几](?:件|个|点|条|项|大|样)|[一-鿿]、")
Suggestions = tuple[TopicSuggestion, ...]


@dataclass(frozen=True, slots=True)
class Weighing:
    """When to propose. Chosen on the development letters of tests/quality/matters_bench.py, and so that of real letters
    no more are proposed than before (docs/quality.md).

    Gains are those of `nlp.gist.changes`. Another matter rather begins with a sentence (`sentence`) or with a word that
    says so (`turn`): so much is added there. Texts whose quick gain (with `quick_sign` of that), less `quick_clause`
    for each clause, does not come to `quick_least` are read no further. What comes to `least` is proposed: the gain,
    `quick` of the quick gain up to `quick_most`, `fit` of the share that the less certain side leaves to its topic,
    `title` where the title names several things, less `related` where both topics are of one first level and `clause`
    for each clause. Parts are cut again, in `rounds` all together, where they come to `again` more. A part has
    `shortest` characters at least, and of both the classifier is `sure` so far, unless a word says that another begins:
    complaints about an office, appeals and the history of a matter change the topic, and name none surely.
    """

    quick_least: float = 1.3
    quick_sign: float = 0.4
    quick_clause: float = 0.05
    quick: float = 0.5
    quick_most: float = 2.5
    sentence: float = 0.8
    turn: float = 1.1
    related: float = 0.3
    clause: float = 0.02
    fit: float = 1.0
    title: float = 0.8
    least: float = 5.9
    again: float = 1.0
    rounds: int = 2
    shortest: int = 18
    sure: float = 0.3


@dataclass(frozen=True, slots=True)
class _Part:
    """The clauses `first` up to `last` of those that are read, and what the classifier says they are about."""

    first: int
    last: int
    said: Suggestions = ()


class ClauseMatters:
    """`reader` says what clauses are about, `classifier` what a part is about: the one that decides in this city."""

    version = "matters/4"

    def __init__(self, reader: CityTopics, classifier: TopicClassifier, weighing: Weighing | None = None) -> None:
        self._reader = reader.stretches
        self._parents = np.unique([code[:_PARENT] for code in reader.topics], return_inverse=True)[1]
        self._ask = classifier.name if isinstance(classifier, CityTopics) else classifier.predict
        self._weighing = weighing or Weighing()

    def propose(self, sentences: Sentences, batches: Sequence[Batch] | None = None) -> list[tuple[Matter, ...]]:
        """Two or more matters of each document, in its order, or none. `batches` are the documents in chunks, where
        they are laid out already."""
        clauses, first = cut(sentences), 0
        found: list[tuple[Matter, ...]] = []
        laid_out = batches if batches is not None else map(lay_out, chunks(sentences.documents))
        for batch in laid_out:
            documents = sentences.documents[first : first + CHUNK]
            found += self._in_batch(sentences, clauses, documents, batch, first)
            first += CHUNK
        return found

    def _in_batch(
        self, sentences: Sentences, clauses: Clauses, documents: Sequence[Document], batch: Batch, row: int
    ) -> list[tuple[Matter, ...]]:
        weighing = self._weighing
        found: list[tuple[Matter, ...]] = [()] * len(documents)
        bounds = clauses.bounds[row : row + len(documents) + 1]
        counts = np.diff(bounds)
        several = np.flatnonzero(counts > 1)
        if not len(several):
            return found
        here = slice(bounds[0], bounds[-1])
        starts, offset = clauses.starts[here], sentences.offsets[row]
        stretches = self._reader.lay(documents, batch, starts - offset, clauses.ends[here] - offset)
        signs = self._signs(sentences, clauses, here)
        firsts, counts = (bounds[:-1] - bounds[0])[several], counts[several]
        quick = self._logs(self._reader.by_words(stretches), firsts, counts)
        begins = counts.cumsum() - counts
        read = _places(firsts, counts)
        gains = find_changes(quick, begins, begins + counts, signs[read] * weighing.quick_sign).gains
        kept = np.flatnonzero(gains - weighing.quick_clause * counts >= weighing.quick_least)
        if not len(kept):
            return found
        some = _places(begins[kept], counts[kept])
        read, rows, counts = read[some], several[kept], counts[kept]
        shares = self._reader.by_all(stretches, read)
        begins = counts.cumsum() - counts
        said = self._logs(shares, begins, counts)
        quickly = TopicLogs(quick.logs[some], quick.topics[kept], said.rows)
        spans = (
            np.column_stack([starts[read], clauses.ends[here][read]]) - sentences.offsets[row + rows][said.rows, None]
        )
        text = _Text(
            said, quickly, signs[read], spans.tolist(), clauses.sentences[here][read].tolist(), said.rows.tolist()
        )
        readers = [documents[number] for number in rows.tolist()]
        whole = [_Part(first, last) for first, last in zip(begins.tolist(), (begins + counts).tolist(), strict=True)]
        for number, parts in self._split(text, readers, whole).items():
            found[int(rows[number])] = _matters(readers[number], text, parts)
        return found

    def _logs(self, scores: Scores, firsts: Numbers, counts: Numbers) -> TopicLogs:
        kept = scores[_places(firsts, counts)] if len(scores) != counts.sum() else scores
        return topic_logs(kept, np.append(0, counts.cumsum()))

    def _signs(self, sentences: Sentences, clauses: Clauses, here: slice) -> Logs:
        """For each clause what speaks for a beginning there."""
        weighing, starts, numbers = self._weighing, clauses.starts[here], clauses.sentences[here]
        signs = np.where(np.diff(numbers, prepend=-1) > 0, weighing.sentence, 0.0)
        for place in flags(TURN_BEGINS, sentences.codes[starts]).nonzero()[0].tolist():
            if TURN.match(sentences.text, int(starts[place])):
                signs[place] += weighing.turn
        return signs

    def _split(self, text: "_Text", documents: Sequence[Document], parts: Sequence[_Part]) -> dict[int, list[_Part]]:
        """The parts of each text that is split."""
        weighing = self._weighing
        done: dict[int, list[_Part]] = defaultdict(list)
        for turn in range(weighing.rounds):
            longer = [part for part in parts if part.last - part.first > 1]
            halves: list[_Part] = []
            cut_now: set[_Part] = set()
            if longer:
                found, scores = self._scores(text, longer)
                if not turn:
                    titles = [documents[text.rows[part.first]].title.text for part in longer]
                    scores += [weighing.title if _SEVERAL.search(title) else 0.0 for title in titles]
                enough = np.flatnonzero(scores >= weighing.least + turn * weighing.again).tolist()
                halves = [half for number in enough for half in text.halves(longer[number], int(found.places[number]))]
                said = self._name(text, documents, halves)
                halves, pairs = [], zip(enough, halves[::2], halves[1::2], said[::2], said[1::2], strict=True)
                for number, one, other, first, second in pairs:
                    differ = first and second and first[0].topic_code != second[0].topic_code
                    differ = differ and not {first[0].topic_code, second[0].topic_code} & _NO_MATTER
                    differ = differ and min(text.length(one), text.length(other)) >= weighing.shortest
                    document = documents[text.rows[other.first]]
                    differ = differ and (
                        min(first[0].confidence, second[0].confidence) >= weighing.sure
                        or text.announced(document, other)
                    )
                    if differ and not text.set_aside(document, other):
                        halves += [replace(one, said=first), replace(other, said=second)]
                        cut_now.add(longer[number])
            for part in parts:
                if part not in cut_now:
                    done[text.rows[part.first]].append(part)
            parts = halves
        for part in parts:
            done[text.rows[part.first]].append(part)
        return {row: sorted(some, key=lambda part: part.first) for row, some in done.items() if len(some) > 1}

    def _name(self, text: "_Text", documents: Sequence[Document], parts: Sequence[_Part]) -> list[Suggestions]:
        if not parts:
            return []
        ends = {row: documents[row].body_words for row in {text.rows[part.first] for part in parts}}
        ends_of = {row: word_ends(words, documents[row].body_start) for row, words in ends.items()}
        rows = [text.rows[part.first] for part in parts]
        return self._ask(
            [text.document(documents[row], part, ends_of[row]) for row, part in zip(rows, parts, strict=True)]
        )

    def _scores(self, text: "_Text", parts: Sequence[_Part]) -> tuple[Changes, Logs]:
        """Where each part changes, and what speaks for it but what the classifier says of its halves."""
        weighing = self._weighing
        firsts, lasts = (
            np.array(ends, dtype=np.int64) for ends in zip(*((p.first, p.last) for p in parts), strict=True)
        )
        found = find_changes(text.said, firsts, lasts, text.signs)
        quick = find_changes(text.quickly, firsts, lasts, text.signs).gains
        related = self._parents[found.before] == self._parents[found.after]
        scores = found.gains + weighing.quick * np.minimum(quick, weighing.quick_most)
        scores += weighing.fit * found.fits
        return found, scores - weighing.related * related - weighing.clause * (lasts - firsts)


@dataclass(frozen=True, slots=True)
class _Text:
    """The clauses of the texts that are read whole: what they say, `spans` in the text of their document, the number of
    the sentence, and that of the text among these."""

    said: TopicLogs
    quickly: TopicLogs
    signs: Logs
    spans: list[list[int]]
    sentences: list[int]
    rows: list[int]

    def halves(self, part: _Part, place: int) -> tuple[_Part, _Part]:
        return _Part(part.first, place), _Part(place, part.last)

    def length(self, part: _Part) -> int:
        return self.spans[part.last - 1][1] - self.spans[part.first][0]

    def document(self, document: Document, part: _Part, ends: Sequence[int]) -> Document:
        return alone(document, self.spans[part.first][0], self.spans[part.last - 1][1], ends)

    def announced(self, document: Document, part: _Part) -> bool:
        """Whether it begins with a word that turns to something else."""
        return TURN.match(document.text, self.spans[part.first][0]) is not None

    def set_aside(self, document: Document, part: _Part) -> bool:
        """Whether its first sentence says that this is not for here."""
        last = part.first
        while last + 1 < part.last and self.sentences[last + 1] == self.sentences[part.first]:
            last += 1
        return NOT_HERE.search(document.text, self.spans[part.first][0], self.spans[last][1]) is not None

    def lines(self, part: _Part) -> list[tuple[int, int]]:
        """What stands of each sentence in the part."""
        lines: list[tuple[int, int]] = []
        latest = -1
        for (start, end), sentence in zip(
            self.spans[part.first : part.last], self.sentences[part.first : part.last], strict=True
        ):
            lines[-1:] = [(lines[-1][0], end)] if sentence == latest else [*lines[-1:], (start, end)]
            latest = sentence
        return lines


def _matters(document: Document, text: _Text, parts: Sequence[_Part]) -> tuple[Matter, ...]:
    found: dict[str, tuple[float, list[tuple[int, int]]]] = {}
    for part in parts:
        best = part.said[0]
        confidence, lines = found.get(best.topic_code, (0.0, []))
        found[best.topic_code] = max(confidence, best.confidence), lines + text.lines(part)
    if len(found) < 2:
        return ()
    return tuple(
        Matter(code, sure, tuple(TextSpan(*document.original_span(Cue(start, end, ""))) for start, end in lines))
        for code, (sure, lines) in found.items()
    )


def _places(firsts: Numbers, counts: Numbers) -> Numbers:
    """`counts` numbers from each of `firsts` on."""
    begins = counts.cumsum() - counts
    places: Numbers = np.arange(int(counts.sum())) - (begins - firsts).repeat(counts)
    return places
