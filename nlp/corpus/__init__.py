"""The letters, calls and posts written for this project: what the default classifier learns from.

Each file is one hand, that is one writer: whoever asks how good a classifier is trains on some hands and asks about
the others. Places, people and firms are invented. `outside*.psv` holds what is no matter of the city's departments, and
near misses: short, angry, odd or half foreign letters that are one (their first field is a topic).

Fields, separated by `|`: topic, channel (L letter, H hotline, S social post, Q survey), appeal type, tone (- 0 +),
urgency (0–3, see `_BY_LEVEL`), place, title, body (a line break is written `\\n`), and where there is one a note:
`multi:T0402` names the further matters of the letter, `near:T0801` what it resembles and is not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from models.analysis import AppealType, Sentiment, Urgency

# The topic of what lies outside of all topics. No code of a taxonomy looks like this.
OUTSIDE = "outside"
# The kind of what is outside because it lies in another city.
ELSEWHERE = "elsewhere"
HANDS = tuple(f"hand{number}" for number in range(1, 11))
OUTSIDE_HANDS = tuple(f"outside{number}" for number in range(1, 7))
_CHANNELS = {"L": "letter", "H": "hotline", "S": "social", "Q": "survey"}
_TONES = {"-": Sentiment.NEGATIVE, "0": Sentiment.NEUTRAL, "+": Sentiment.POSITIVE}
# Two hands count upwards; the others write the level of the taxonomy, where 1 is the highest.
_UPWARDS = ("hand9", "hand10")
_BY_LEVEL = (Urgency.NORMAL, Urgency.CRITICAL, Urgency.URGENT, Urgency.ELEVATED)
_TOPIC = re.compile(r"T\d{4}")


@dataclass(frozen=True, slots=True)
class Item:
    """One written text. `reference` finds it again; `topic_code` is a sub-topic, or `OUTSIDE` with its `kind`; `also`
    are the topics of further matters in it, `near` is a topic it resembles and does not belong to, or empty."""

    reference: str
    hand: str
    topic_code: str
    channel: str
    appeal_type: AppealType
    sentiment: Sentiment
    urgency: Urgency
    place: str
    title: str
    body: str
    also: tuple[str, ...] = ()
    near: str = ""
    kind: str = ""


@cache
def load_corpus() -> tuple[Item, ...]:
    """All items of all hands, in the order of the files. Raises `ValueError` naming the line that is not written so."""
    return tuple(item for hand in HANDS for item in _read(hand))


@cache
def load_outside() -> tuple[Item, ...]:
    """What no department of the city can do anything about: advertising, chatter, other cities, other languages."""
    return tuple(item for hand in OUTSIDE_HANDS for item in _read(hand) if item.topic_code == OUTSIDE)


@cache
def load_near_misses() -> tuple[Item, ...]:
    """Real matters that look like none: three words, an oath, an advertisement quoted by its victim."""
    return tuple(item for hand in OUTSIDE_HANDS for item in _read(hand) if item.topic_code != OUTSIDE)


@cache
def corpus_hash() -> str:
    """SHA-256 of all files: the same hash, the same classifier."""
    digest = sha256()
    for hand in (*HANDS, *OUTSIDE_HANDS):
        digest.update(_content(hand))
    return digest.hexdigest()


def find_item(reference: str) -> Item | None:
    """The item that `Neighbour.reference` names ("corpus:hand3/417"), or None."""
    return _by_reference().get(reference)


@cache
def _by_reference() -> dict[str, Item]:
    return {item.reference: item for item in (*load_corpus(), *load_outside(), *load_near_misses())}


def _content(hand: str) -> bytes:
    return (files("nlp.corpus") / f"{hand}.psv").read_bytes()


def _read(hand: str) -> Iterator[Item]:
    for number, line in enumerate(_content(hand).decode("utf-8").splitlines(), start=1):
        try:
            yield _item(hand, number, line)
        except (ValueError, KeyError, IndexError) as error:
            raise ValueError(f"nlp/corpus/{hand}.psv, line {number}: {error}") from error


def _item(hand: str, number: int, line: str) -> Item:
    topic, channel, appeal, tone, urgency, place, title, body, *note = line.split("|")
    also, near = _note(*note) if note else ((), "")
    outside = _TOPIC.fullmatch(topic) is None
    return Item(
        reference=f"corpus:{hand}/{number}",
        hand=hand,
        topic_code=OUTSIDE if outside else topic,
        channel=_CHANNELS[channel],
        appeal_type=AppealType(appeal),
        sentiment=_TONES[tone],
        urgency=(tuple(Urgency) if hand in _UPWARDS else _BY_LEVEL)[int(urgency)],
        place=place,
        title=title,
        body=body.replace("\\n", "\n"),
        also=also,
        near=near,
        kind=topic if outside else "",
    )


def _note(note: str) -> tuple[tuple[str, ...], str]:
    name, _, codes = note.partition(":")
    if name not in ("", "multi", "near"):
        raise ValueError(f"a note is multi: or near:, not {note!r}")
    return (tuple(codes.split(",")), "") if name == "multi" else ((), codes)
