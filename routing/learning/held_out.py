"""Which labelled letters a classifier may learn from, and which it is judged by. Pure.

Letters that say nearly the same form a group and stay together; a hash of the group's oldest letter decides for ever.
Some groups are frozen: nobody ever learns them. As many are held out while they are young, so that the last month can
be judged by letters that neither the live classifier nor the candidate has learnt from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.classifier import LabelledSubmission
from routing.learning.labels import lot

FROZEN_SHARE = 0.15
YOUNG_SHARE = 0.15
YOUNG = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Grouped:
    """A labelled letter in its group: `place` in [0, 1) is the group's lot, `first_at` when a person first spoke of any
    of its letters."""

    letter: LabelledSubmission
    group: int
    place: float
    first_at: datetime

    @property
    def frozen(self) -> bool:
        return self.place < FROZEN_SHARE


def arrange(letters: Sequence[LabelledSubmission], groups: Sequence[int]) -> list[Grouped]:
    """The letters with their lots; `groups` are the group numbers, letter by letter."""
    oldest: dict[int, int] = {}
    first: dict[int, datetime] = {}
    for letter, group in zip(letters, groups, strict=True):
        oldest[group] = min(oldest.get(group, letter.submission_id), letter.submission_id)
        first[group] = min(first.get(group, letter.first_at), letter.first_at)
    return [
        Grouped(letter, group, lot("frozen", oldest[group]), first[group])
        for letter, group in zip(letters, groups, strict=True)
    ]


def may_learn(grouped: Grouped, *, trained_at: datetime) -> bool:
    """Whether a training at that time learns from the letter."""
    if grouped.first_at > trained_at or grouped.frozen:
        return False
    young = grouped.first_at >= trained_at - YOUNG
    return not (young and grouped.place < FROZEN_SHARE + YOUNG_SHARE)


def is_unseen(grouped: Grouped, *, trained_at: datetime | None) -> bool:
    """Whether a classifier trained at that time has never learnt from the letter; the cold start (None) never has."""
    return trained_at is None or not may_learn(grouped, trained_at=trained_at)
