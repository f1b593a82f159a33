"""How far are two texts the same text? The cosine of their character triples, courtesies left out.

Looked at only where a signature (`nlp.alike.minhash`) speaks for it. Weighing triples by rarity was tried and did not
separate copies from others any better, so nothing has to be learnt or stored for this.
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from models.analysis import TextSpan
from nlp.cleaning import CleanText, clean, clean_text
from nlp.hashing import Hashes, code_points
from nlp.lexicon import load_lexicon

VERSION = "near/1"
# From the first on two letters are shown as one text to a person, from the second on the program says so by itself.
SUGGESTED, CERTAIN = 0.55, 0.8
# With fewer characters left nothing is compared: two letters of three words are no copies of each other.
_SHORTEST = 8
# A common passage has at least so many characters.
_PASSAGE = 6
_LONGEST = 20_000
_MIX, _STEP = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The hashed character triples of a text, ascending, each with its weight; of length 1, or empty."""

    triples: Hashes
    weights: NDArray[np.float64]


def fingerprint(title: str, body: str) -> Fingerprint:
    """Of what is said: simplified, one width, without signs and courtesies; at most the first 20,000 characters."""
    text = clean_text(f"{title}\n{body}"[:_LONGEST]).lower()
    codes = code_points(_SIGNS.sub("", _courtesies().sub("", text))).astype(np.uint64)
    if len(codes) < _SHORTEST:
        return Fingerprint(np.empty(0, dtype=np.uint64), np.empty(0))
    mixed = codes * _MIX
    mixed ^= mixed >> np.uint64(29)
    triples, counts = np.unique(
        (mixed[:-2] * _STEP + mixed[1:-1]) * _STEP + mixed[2:],
        return_counts=True,
    )
    weights = 1 + np.log(counts)
    return Fingerprint(triples, weights / np.sqrt(np.dot(weights, weights)))


def likeness(one: Fingerprint, other: Fingerprint) -> float:
    """0..1: the cosine; 0 where one of the two is too short to say."""
    _, here, there = np.intersect1d(one.triples, other.triples, assume_unique=True, return_indices=True)
    return min(float(np.dot(one.weights[here], other.weights[there])), 1.0)


def common_passages(title: str, body: str, other_title: str, other_body: str) -> list[TextSpan]:
    """What of the first text stands in the second, at least six characters in a row: spans in title + newline + body as
    they came in."""
    in_title, in_body = clean(title[:_LONGEST]), clean(body[:_LONGEST])
    known = _runs(clean_text(other_title[:_LONGEST]).lower()) | _runs(clean_text(other_body[:_LONGEST]).lower())
    return [*_shared(in_title, known, 0), *_shared(in_body, known, len(title) + 1)]


def _shared(text: CleanText, known: set[str], offset: int) -> list[TextSpan]:
    runs: list[list[int]] = []
    lower = text.text.lower()
    if len(lower) != len(text.text):  # a capital whose small letter is two characters: rather no case than wrong places
        lower = text.text
    for start in range(len(lower) - _PASSAGE + 1):
        if lower[start : start + _PASSAGE] in known:
            if runs and start <= runs[-1][1]:
                runs[-1][1] = start + _PASSAGE
            else:
                runs.append([start, start + _PASSAGE])
    spans = (text.span(start, end) for start, end in runs)
    return [TextSpan(start + offset, end + offset) for start, end in spans]


def _runs(text: str) -> set[str]:
    return {text[start : start + _PASSAGE] for start in range(len(text) - _PASSAGE + 1)}


@cache
def _courtesies() -> re.Pattern[str]:
    lexicon = load_lexicon("courtesies")
    phrases = sorted({*lexicon["openings"], *lexicon["closings"]}, key=lambda phrase: (-len(phrase), phrase))
    return re.compile("|".join(map(re.escape, phrases)))
