"""The posts written for this project and marked with tone and emotion: what the model that comes with it learns from.

Each file is one sitting. Fields, separated by `|`: tone (- 0 +), emotion (a anger, s sadness, f fear, j joy, u
surprise, n none), text. People and places are invented.
"""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from models.analysis import Emotion, Sentiment

SITTINGS = ("posts1", "posts2", "posts3", "posts4")
_TONES = {"-": Sentiment.NEGATIVE, "0": Sentiment.NEUTRAL, "+": Sentiment.POSITIVE}
_EMOTIONS = {
    "a": Emotion.ANGER,
    "s": Emotion.SADNESS,
    "f": Emotion.FEAR,
    "j": Emotion.JOY,
    "u": Emotion.SURPRISE,
    "n": Emotion.NONE,
}


@dataclass(frozen=True, slots=True)
class Post:
    """One written post; `sitting` is its file."""

    sitting: str
    sentiment: Sentiment
    emotion: Emotion
    text: str


@cache
def load_posts() -> tuple[Post, ...]:
    """All posts, in the order of the files. Raises `ValueError` naming the line that is not written so."""
    return tuple(_post(sitting, number, line) for sitting in SITTINGS for number, line in _lines(sitting))


@cache
def posts_hash() -> str:
    """SHA-256 of all files."""
    return sha256(b"".join(map(_content, SITTINGS))).hexdigest()


def _content(sitting: str) -> bytes:
    return (files("nlp.tone.corpus") / f"{sitting}.psv").read_bytes()


def _lines(sitting: str) -> list[tuple[int, str]]:
    return list(enumerate(_content(sitting).decode("utf-8").splitlines(), start=1))


def _post(sitting: str, number: int, line: str) -> Post:
    try:
        tone, emotion, text = line.split("|")
        return Post(sitting, _TONES[tone], _EMOTIONS[emotion], text)
    except (ValueError, KeyError) as error:
        raise ValueError(f"nlp/tone/corpus/{sitting}.psv, line {number}: {error}") from error
