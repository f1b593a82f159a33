"""What is different in a burst: words, places, channels and mood of its submissions against those of the time before.

Words, places and channels are compared by log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn
2008, "Fightin' words"): what is frequent anyway needs more to stand out, and what two people said stands for nothing.
Persons are counted, not letters: somebody who writes a hundred times says each word once.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

# Standard deviations of the log-odds; words are many and need more than places and channels.
_WORDS_FROM, _OTHERS_FROM = 3.0, 2.0
_LEAST_PERSONS = 3
# Persons that the prior is worth.
_PRIOR = 20.0
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Said:
    """One submission: who, its words (keywords of the analysis serve well), places, channel; `negative` is None where
    the mood is not known. Names are shown as they are given."""

    person: str
    words: Collection[str]
    places: Collection[str]
    channel: str
    negative: bool | None


@dataclass(frozen=True, slots=True)
class Shift:
    """`now` of `now_all` persons against `before` of `before_all`; `z` is how surely it is more."""

    name: str
    now: int
    now_all: int
    before: int
    before_all: int
    z: float


@dataclass(frozen=True, slots=True)
class Change:
    """What is more than before, surest first. `negative`: the share of displeased persons before and now with 95 %
    intervals, None where too few are known; `negative_changed`: the intervals do not meet."""

    words: tuple[Shift, ...]
    places: tuple[Shift, ...]
    channels: tuple[Shift, ...]
    negative: tuple[tuple[float, float, float], tuple[float, float, float]] | None
    negative_changed: bool
    persons: int


def find_changes(now: Sequence[Said], before: Sequence[Said]) -> Change:
    """`now` are the submissions of the burst, `before` those of the same series in the weeks before it."""
    moods = (_negative(before), _negative(now))
    known = moods[0] is not None and moods[1] is not None
    return Change(
        words=_shifts(now, before, lambda said: said.words, _WORDS_FROM),
        places=_shifts(now, before, lambda said: said.places, _OTHERS_FROM),
        channels=_shifts(now, before, lambda said: (said.channel,), _OTHERS_FROM),
        negative=(moods[0], moods[1]) if moods[0] is not None and moods[1] is not None else None,
        negative_changed=known and _apart(moods[0], moods[1]),
        persons=len({said.person for said in now}),
    )


def spell_out(change: Change) -> str:
    """For people: 「与之前相比，…」; says so where nothing stands out."""
    parts = []
    if change.words:
        parts.append("多说" + "、".join(f"“{shift.name}”" for shift in change.words[:_MOST_NAMED]))
    for label, shifts in (("集中在", change.places), ("多来自", change.channels)):
        if shifts:
            named = "、".join(f"{s.name}（{s.now_all} 人中 {s.now} 人）" for s in shifts[:_MOST_NAMED])
            parts.append(label + named)
    if change.negative and change.negative_changed:
        (before, *_), (share, *_) = change.negative
        parts.append(f"负面由 {before:.0%} {'升' if share > before else '降'}到 {share:.0%}")
    return f"与之前相比，{'；'.join(parts)}。" if parts else "与之前相比，说法、地点、渠道没有明显不同。"


def _shifts(
    now: Sequence[Said], before: Sequence[Said], names: Callable[[Said], Iterable[str]], least_z: float
) -> tuple[Shift, ...]:
    new, old = _persons_by_name(now, names), _persons_by_name(before, names)
    now_all, before_all = len({said.person for said in now}), len({said.person for said in before})
    if not now_all or not before_all:
        return ()
    shifts = []
    for name, persons in new.items():
        earlier = old[name]
        # the prior: as many as all together would say it, and half a person, so that nothing is impossible
        expected = _PRIOR * (persons + earlier + 0.5) / (now_all + before_all + 1)
        odds = _log_odds(persons, now_all, expected) - _log_odds(earlier, before_all, expected)
        z = odds / math.sqrt(1 / (persons + expected) + 1 / (earlier + expected))
        if persons >= _LEAST_PERSONS and z >= least_z:
            shifts.append(Shift(name, persons, now_all, earlier, before_all, z))
    return tuple(sorted(shifts, key=lambda shift: (-shift.z, shift.name)))


def _log_odds(persons: int, everybody: int, expected: float) -> float:
    said = persons + expected
    return math.log(said / (everybody + _PRIOR - said))


def _persons_by_name(several: Sequence[Said], names: Callable[[Said], Iterable[str]]) -> Counter[str]:
    return Counter(name for name, _ in {(name, said.person) for said in several for name in names(said)})


def _negative(several: Sequence[Said]) -> tuple[float, float, float] | None:
    """Share of displeased persons and 95 % around it (Jeffreys); somebody who is both counts by halves."""
    moods: dict[str, list[bool]] = {}
    for said in several:
        if said.negative is not None:
            moods.setdefault(said.person, []).append(said.negative)
    if len(moods) < 2 * _LEAST_PERSONS:
        return None
    displeased = sum(sum(mood) / len(mood) for mood in moods.values())
    content = len(moods) - displeased
    low, high = betaincinv(displeased + 0.5, content + 0.5, np.array([0.025, 0.975])).tolist()
    return displeased / len(moods), low, high


def _apart(one: tuple[float, float, float] | None, other: tuple[float, float, float] | None) -> bool:
    return one is not None and other is not None and (one[2] < other[1] or other[2] < one[1])
