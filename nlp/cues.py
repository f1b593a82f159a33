"""Which of many phrases stand in a text, and where: one pass for topics, appeal types, urgency, places and units."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

# The first two characters of a phrase, hashed to so many bits, lead to it.
_BITS = 18
_SPREAD, _STEP = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B)
_MIX, _BASE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
# Stands between texts, and in no phrase: it is no character.
_BORDER = 0xFFFFFFFF
# Fewer texts are quicker lowered one by one.
_WORTH_IT = 8
# Characters from here on are left to Python: some have a small letter.
_ODD_FROM = 1 << 16
_SMALL, _CAPITAL, _ODD = 0, 1, 2


class Cue(NamedTuple):
    """`phrase` (as it was given to the index) stands at `start`:`end` of the text."""

    start: int
    end: int
    phrase: str


class Together(NamedTuple):
    """The cues of many texts, one text after the other: of each its place in its own text, and the number of its phrase
    in the index."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    numbers: NDArray[np.int64]


class FoundCues(Sequence[Cue]):
    """All cues of one text, by start, then end; made into `Cue`s when somebody reads them. They are those from `begin`
    to `stop` of `together`.

    Whoever reads thousands of texts reads the arrays instead (`nlp.cue_places`): `numbers` are those of the phrases in
    `source`, at `starts`:`ends`.
    """

    __slots__ = ("_made", "begin", "source", "stop", "together")

    def __init__(self, source: "CueIndex", together: Together, begin: int, stop: int) -> None:
        self.source, self.together, self.begin, self.stop = source, together, begin, stop
        self._made: list[Cue] | None = None

    @classmethod
    def of(
        cls, source: "CueIndex", starts: NDArray[np.int64], ends: NDArray[np.int64], numbers: NDArray[np.int64]
    ) -> "FoundCues":
        return cls(source, Together(starts, ends, numbers), 0, len(numbers))

    @property
    def starts(self) -> NDArray[np.int64]:
        return self.together.starts[self.begin : self.stop]

    @property
    def ends(self) -> NDArray[np.int64]:
        return self.together.ends[self.begin : self.stop]

    @property
    def numbers(self) -> NDArray[np.int64]:
        return self.together.numbers[self.begin : self.stop]

    def _all(self) -> list[Cue]:
        if self._made is None:
            names = map(self.source.phrases.__getitem__, self.numbers.tolist())
            self._made = list(map(Cue, self.starts.tolist(), self.ends.tolist(), names))
        return self._made

    def __len__(self) -> int:
        return self.stop - self.begin

    @overload
    def __getitem__(self, place: int) -> Cue: ...
    @overload
    def __getitem__(self, place: slice) -> list[Cue]: ...
    def __getitem__(self, place: int | slice) -> Cue | list[Cue]:
        return self._all()[place]

    def __iter__(self) -> Iterator[Cue]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == list(other)

    def __repr__(self) -> str:
        return repr(self._all())


class CueIndex:
    """Finds every occurrence of every phrase of two characters or more, overlapping ones too, without regard to case.

    Phrases are filed under their first two characters, and whole batches of texts are searched at once: where the
    first two fit, the whole is compared by a hash of 64 bits (Karp and Rabin 1987): the sum of the characters before
    its end, less the sum before its start, each character times a power of its place.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        filed = [(phrase.lower(), phrase) for phrase in sorted(set(phrases)) if len(phrase) >= 2]
        filed = [(lowered, phrase) for lowered, phrase in filed if len(phrase[:2].lower()) == 2]
        width = max(3, *(len(lowered) for lowered, _ in filed), 0)
        letters = _codes("".join([lowered.ljust(width, "\0") for lowered, _ in filed])).reshape(len(filed), width)
        slots = _slots(letters)[:, 0]
        order = np.argsort(slots, kind="stable")  # phrases of one slot stay in their own order
        self._counts = np.bincount(slots, minlength=1 << _BITS)
        self._first = np.cumsum(self._counts) - self._counts
        self._taken = self._counts > 0
        self.phrases = [filed[place][1] for place in order.tolist()]
        self._lengths = np.array([len(filed[place][0]) for place in order.tolist()], dtype=np.int64)
        inside = np.arange(width) < self._lengths[:, None]
        self._hashes = (np.where(inside, _scatter(letters[order]), 0) * _powers(width)).sum(axis=1, dtype=np.uint64)

    def find(self, text: str) -> FoundCues:
        """All cues in `text`, by start, then end."""
        return self.find_all([text])[0]

    def find_all(self, texts: Sequence[str]) -> list[FoundCues]:
        """All cues in each of `texts`."""
        if not self.phrases or not any(texts):
            return [self._nothing() for _ in texts]
        ends = np.array([len(text) + 1 for text in texts], dtype=np.int64).cumsum()
        codes = _folded(texts, ends)
        codes[ends - 1] = _BORDER
        at, phrases = self._compare(codes)
        bounds = at.searchsorted(ends)
        counts = bounds.copy()
        counts[1:] -= bounds[:-1]
        begins = np.zeros_like(ends)
        begins[1:] = ends[:-1]
        starts = at - begins.repeat(counts)
        stops = starts + self._lengths[phrases]
        together = Together(starts, stops, phrases)
        return [FoundCues(self, together, begin, stop) for begin, stop in pairwise([0, *bounds.tolist()])]

    def _nothing(self) -> FoundCues:
        none = np.empty(0, dtype=np.int64)
        return FoundCues.of(self, none, none, none)

    def _compare(self, codes: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where in `codes` a phrase begins, and the number of the phrase, by place."""
        slots = _slots(codes)
        places = self._taken[slots].nonzero()[0]
        slots = slots[places]
        counts = self._counts[slots]
        at = places.repeat(counts)
        phrases = np.arange(len(at)) + (self._first[slots] - counts.cumsum() + counts).repeat(counts)
        powers = _powers(len(codes))
        sums = np.zeros(len(codes) + 1, dtype=np.uint64)
        (_scatter(codes) * powers).cumsum(out=sums[1:])
        # what would run on beyond the end is compared with less than it is, and is not found
        ends = np.minimum(at + self._lengths[phrases], len(codes))
        found = (sums[ends] - sums[at] == self._hashes[phrases] * powers[at]).nonzero()[0]
        return at[found], phrases[found]


def longest(cues: Sequence[Cue]) -> list[Cue]:
    """`cues` (by start) without those that lie inside a longer one: 养老保险 is not also 保险."""
    kept: list[Cue] = []
    for cue in cues:
        while kept and kept[-1].start == cue.start and kept[-1].end < cue.end:
            kept.pop()
        if not kept or cue.end > kept[-1].end:
            kept.append(cue)
    return kept


def _fold(text: str) -> str:
    folded = text.lower()
    if len(folded) != len(text):  # a few letters grow when lowered, and positions must stay
        folded = "".join(c if len(c.lower()) > 1 else c.lower() for c in text)
    return folded


def _folded(texts: Sequence[str], ends: NDArray[np.int64]) -> NDArray[np.uint32]:
    """The characters of all in small letters, one text after the other, each with one more behind it."""
    if len(texts) < _WORTH_IT:
        return _codes("".join([f"{_fold(text)}\0" for text in texts])).copy()
    codes = _codes("\0".join([*texts, ""])).copy()
    sizes = _sizes()[np.minimum(codes, _ODD_FROM)]
    codes[sizes == _CAPITAL] += 32
    # capitals of other scripts are left to Python, with the text they stand in
    for number in np.unique(ends.searchsorted((sizes == _ODD).nonzero()[0], side="right")).tolist():
        end = int(ends[number]) - 1
        codes[end - len(texts[number]) : end] = _codes(_fold(texts[number]))
    return codes


@cache
def _sizes() -> NDArray[np.uint8]:
    """By character, to `_ODD_FROM`, whether it is a capital of ASCII, or becomes another one when lowered."""
    characters = map(chr, range(_ODD_FROM))
    sizes = [_CAPITAL if "A" <= c <= "Z" else _ODD if c.lower() != c else _SMALL for c in characters]
    return np.array([*sizes, _ODD], dtype=np.uint8)


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _slots(codes: NDArray[np.uint32]) -> NDArray[np.int64]:
    """A number of `_BITS` bits for each two neighbours in the last axis."""
    mixed = (codes[..., :-1] * _STEP ^ codes[..., 1:]) * _SPREAD
    return (mixed >> np.uint32(32 - _BITS)).astype(np.int64)


def _scatter(codes: NDArray[np.uint32]) -> NDArray[np.uint64]:
    mixed = codes.astype(np.uint64) * _MIX
    return mixed ^ (mixed >> np.uint64(29))


def _powers(count: int) -> NDArray[np.uint64]:
    powers = np.full(count, _BASE)
    powers[:1] = 1
    return np.multiply.accumulate(powers)


def is_whole(cue: Cue, text: str) -> bool:
    """Whether a phrase of letters or digits is not part of a longer one: 12345 does not stand in 123456."""
    if not cue.phrase.isascii():
        return True
    before, after = text[cue.start - 1 : cue.start], text[cue.end : cue.end + 1]
    return not ((before.isascii() and before.isalnum()) or (after.isascii() and after.isalnum()))
