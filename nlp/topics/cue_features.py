"""Which of the packaged cue phrases stand in documents, as occurrences for a block of features."""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from nlp.cue_places import Wanted
from nlp.cues import CueIndex
from nlp.document import Document
from nlp.ngrams import Occurrences
from nlp.reference import load_departments, load_topics
from nlp.topics.cue_evidence import evidence_for

# A phrase counts as if said so often: in the title, among the first characters of the body, further on.
_TITLE, _OPENING, _LATER = 8, 3, 1
_OPENING_LENGTH = 200


@cache
def reference_cues() -> CueIndex:
    """Finds the cue phrases that come with the program; the same in every city."""
    return CueIndex(_hashes())


def cues(documents: Sequence[Document]) -> Occurrences:
    """Every packaged cue phrase that is not part of a longer one; `positions` are characters of the document."""
    wanted, hashes = _wanted()
    said = wanted.longest(documents)
    body_starts = np.array([document.body_start for document in documents], dtype=np.int64)[said.rows]
    in_title = said.starts < body_starts
    times = np.where(said.starts < body_starts + _OPENING_LENGTH, _OPENING, _LATER)
    times[in_title] = _TITLE
    return Occurrences(
        np.repeat(hashes[said.columns], times),
        np.repeat(said.rows, times),
        np.repeat(said.starts, times),
        np.repeat(in_title, times),
    )


@cache
def _wanted() -> tuple[Wanted, NDArray[np.uint64]]:
    phrases = _hashes()
    return Wanted(tuple(phrases)), np.array(list(phrases.values()), dtype=np.uint64)


@cache
def phrases_by_hash(bits: int) -> dict[int, str]:
    """The phrase behind the leading `bits` of a hash."""
    return {value >> (64 - bits): phrase for phrase, value in _hashes().items()}


@cache
def _hashes() -> dict[str, int]:
    phrases = evidence_for(load_topics(), load_departments()).weights
    return {phrase: int.from_bytes(sha256(phrase.encode()).digest()[:8]) for phrase in phrases}
