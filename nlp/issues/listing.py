"""The issues of a collection of submissions, hottest first: who, how many, since when, which letters."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from zlib import crc32

from models.analysis import AnalyserInput
from nlp.issues.arrivals import Arrival, ArrivalReader, Said
from nlp.issues.book import BookSettings, IssueBook
from nlp.issues.changes import grouped
from nlp.issues.heat import Heat, HeatWeights, heat_of
from nlp.issues.names import IssueName, IssueNamer
from nlp.pipeline import Pipeline, build_reference_pipeline
from nlp.reference import load_regions

# A single letter is an issue where this many people, and this share of all clicks, are behind it: they are voices too.
# A post (no title) is not: clicks come by the thousand there.
_VOICES_OF_A_SINGLE = 100
_SHARE_OF_A_SINGLE = 0.1
# Letters of one issue that are read to name it.
_READ_FOR_NAME = 60
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Letter:
    """A submission as the clustering needs it. `person` is "" where nobody knows who wrote: then it is one of its own.
    `votes` are likes and dislikes together."""

    title: str
    body: str
    person: str = ""
    day: date | None = None
    votes: int = 0


@dataclass(frozen=True, slots=True)
class Issue:
    """`positions` are its letters in the order of reading, counted from 0."""

    rank: int
    heat: Heat
    persons: int
    positions: Sequence[int]
    first: date | None
    last: date | None

    @property
    def submissions(self) -> int:
        return len(self.positions)


def find_issues(
    read: Callable[[], Iterable[Letter]],
    settings: BookSettings | None = None,
    weights: HeatWeights | None = None,
    pipeline: Pipeline | None = None,
) -> list[Issue]:
    """All issues, hottest first; the same for the same letters in whatever order they stand: they arrive by their day,
    those of one day by a hash of their text. An issue has at least two letters, or one that a tenth of all clicks, a
    hundred at the least, went to.
    """
    persons, days, votes, titled = array("q"), array("l"), array("q"), bytearray()
    arrivals = []
    for position, (letter, arrival) in enumerate(read_arrivals(read(), pipeline or build_reference_pipeline())):
        arrivals.append(replace(arrival, text=None))
        # a person is known by a number only; the unknown are all different
        persons.append(crc32(letter.person.encode("utf-8", "replace")) if letter.person else -1 - position)
        days.append(arrival.day)
        votes.append(letter.votes)
        titled.append(bool(letter.title))
    groups = group(arrivals, settings)
    weights = weights or HeatWeights()
    enough = max(_VOICES_OF_A_SINGLE, _SHARE_OF_A_SINGLE * sum(votes))
    found = []
    for positions in groups:
        voices = sum(votes[position] for position in positions)
        if len(positions) < 2 and (voices < enough or not titled[positions[0]]):
            continue
        known = [days[position] for position in positions if days[position]]
        first, last = (min(known), max(known)) if known else (0, 0)
        people = len({persons[position] for position in positions})
        heat = heat_of(people, voices, len(positions), last - first + 1 if known else None, weights)
        found.append((heat, people, positions, first, last))
    found.sort(key=lambda issue: (-issue[0].total, -len(issue[2]), issue[2]))
    return [
        Issue(rank, heat, people, positions, _date(first), _date(last))
        for rank, (heat, people, positions, first, last) in enumerate(found, 1)
    ]


def group(arrivals: Iterable[Arrival], settings: BookSettings | None = None) -> list[list[int]]:
    """The keys that belong together, whatever order they stand in: they arrive by their day, those of one day by a hash
    of their words."""
    in_order = sorted(arrivals, key=lambda one: (one.day, crc32(one.vector.terms.tobytes()), one.key))
    return grouped(IssueBook(settings).take(in_order, explained=False))


def name_issues(issues: Sequence[Issue], read: Callable[[], Iterable[Letter]]) -> list[IssueName]:
    """A name for each of these issues, from the words of its own letters; `read` is called once."""
    wanted: dict[int, int] = {}
    for number, issue in enumerate(issues):
        wanted.update(dict.fromkeys(issue.positions[:_READ_FOR_NAME], number))
    texts: list[list[tuple[str, str]]] = [[] for _ in issues]
    for position, letter in enumerate(read()):
        if position in wanted:
            texts[wanted[position]].append((letter.title, letter.body))
    namer = IssueNamer()
    return [namer.name(members) for members in texts]


def read_arrivals(letters: Iterable[Letter], pipeline: Pipeline) -> Iterator[tuple[Letter, Arrival]]:
    """Each letter with what it is compared by; in batches, so that no text is kept. The keys are the positions."""
    reader, source, position = ArrivalReader(load_regions()), iter(letters), 0
    while batch := list(islice(source, _BATCH)):
        inputs = [AnalyserInput(one.title, one.body, "letter", written_on=one.day) for one in batch]
        said = [
            Said(number, letter.title, letter.body, analysis, letter.day)
            for number, (letter, analysis) in enumerate(zip(batch, pipeline.name_things(inputs), strict=True), position)
        ]
        yield from zip(batch, reader.read(said), strict=True)
        position += len(batch)


def _date(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None
