"""Cases as one hand wrote them: which detectors must fire, which may, and what a case only resembles.

A line of hand_*.psv is `mark|title|body`. The mark names the detectors that must fire (`self_harm,wage`), those that
may (`?threat`), or what the case only resembles (`-wage`): then nothing may fire. Each file is one hand, written by one
writer or in one voice, half of it near misses: whoever asks how good the detectors are for a writer they have not met
learns from the other hands. Of the `VOICES` every fifth case is kept aside and never learnt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# The first four were written to test with, before a set that nobody reads took their place.
WRITERS = ("development", "unseen", "kept", "second")
# One line for each writer, a word for each voice: who writes, or how. "indirect" never names what happens; "mixed" and
# "plain" have no manner of their own.
VOICES = (
    *("village", "voice", "netizen", "letter", "child", "neighbour", "plain", "hotline", "indirect", "mixed"),
    *("night", "clerk", "mother"),
    *("elder", "shop", "student", "watcher", "worker"),
    *("veteran", "migrant", "farmer", "patient", "online"),
    *("officer", "teacher"),
    *("driver", "relative"),
    *("counsel", "youth"),
    *("tenant", "trader"),
    *("memo", "irony"),
    *("brief", "spoken"),
    *("long", "courier"),
    *("nurse", "pupil"),
    *("grid", "bystander"),
    *("operator", "kin"),
    *("owner", "crew"),
    *("lonely", "civic"),
    *("asker", "angry"),
    *("campus", "story"),
    *("chain", "everyday"),
    *("couple", "saver"),
    *("site", "weather"),
    *("thanks", "plainfolk"),
    *("dialect", "netslang"),
    *("shopper", "commuter"),
    *("guardian", "carer"),
    *("caseworker", "tipline"),
    *("workmate", "boss"),
    *("faith", "hill"),
    *("feud", "duty"),
    *("poet", "terse"),
    *("insider", "mild"),
)
HANDS = (*WRITERS, *VOICES)
_ASIDE = 5


@dataclass(frozen=True, slots=True)
class Case:
    """`must`, `may` and `resembles` are ids of detectors; a case with none that must is a near miss."""

    must: frozenset[str]
    may: frozenset[str]
    resembles: str
    title: str
    body: str


def parse_cases(lines: Sequence[str]) -> tuple[Case, ...]:
    """Raises `ValueError` for a line that has not three fields."""
    return tuple(map(_case, lines))


@cache
def load_hand(name: str) -> tuple[Case, ...]:
    """All cases of a hand, in the order of its file."""
    return parse_cases(hand_content(name).decode().splitlines())


def taught(name: str) -> tuple[Case, ...]:
    """The cases of a hand that are lessons."""
    return tuple(case for number, case in enumerate(load_hand(name), start=1) if not _is_aside(name, number))


def aside(name: str) -> tuple[Case, ...]:
    """The cases of a hand that are for measuring only."""
    return tuple(case for number, case in enumerate(load_hand(name), start=1) if _is_aside(name, number))


def hand_content(name: str) -> bytes:
    return (files("nlp.urgency.corpus") / f"hand_{name}.psv").read_bytes()


def _is_aside(name: str, number: int) -> bool:
    return name in VOICES and number % _ASIDE == 0


def _case(line: str) -> Case:
    mark, title, body = line.split("|")
    if mark.startswith("-"):
        return Case(frozenset(), frozenset(), mark[1:], title, body)
    names = mark.split(",")
    must, may = (name for name in names if name[0] != "?"), (name[1:] for name in names if name[0] == "?")
    return Case(frozenset(must), frozenset(may), "", title, body)
