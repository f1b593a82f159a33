"""Which of the packaged cue phrases stand in documents, as occurrences for a block of features."""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256

import numpy as np

from nlp.cues import CueIndex, is_whole, longest
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
    known = _hashes()
    hashes: list[int] = []
    rows: list[int] = []
    places: list[int] = []
    titles: list[bool] = []
    times: list[int] = []
    for row, document in enumerate(documents):
        body_start = document.body_start
        said = longest([c for c in document.cues if c.phrase in known and is_whole(c, document.text)])
        for start, _, phrase in said:
            in_title = start < body_start
            times.append(_TITLE if in_title else _OPENING if start < body_start + _OPENING_LENGTH else _LATER)
            hashes.append(known[phrase])
            places.append(start)
            titles.append(in_title)
        rows += [row] * len(said)
    counts = np.array(times, dtype=np.int64)
    return Occurrences(
        np.repeat(np.array(hashes, dtype=np.uint64), counts),
        np.repeat(np.array(rows, dtype=np.int64), counts),
        np.repeat(np.array(places, dtype=np.int64), counts),
        np.repeat(np.array(titles, dtype=np.bool_), counts),
    )


@cache
def phrases_by_hash(bits: int) -> dict[int, str]:
    """The phrase behind the leading `bits` of a hash."""
    return {value >> (64 - bits): phrase for phrase, value in _hashes().items()}


@cache
def _hashes() -> dict[str, int]:
    phrases = evidence_for(load_topics(), load_departments()).weights
    return {phrase: int.from_bytes(sha256(phrase.encode()).digest()[:8]) for phrase in phrases}
