"""Which few numbers lie side by side as the pages of one topic, place, unit or channel read them?

fact_cells has every number of a combination in one row, and the rows of a day together: what a page reads of one town
in a year lies in a thousand places. A slice has three numbers (`dashboards.daily_facts.fact_measures.FEW`), and all
periods of a code follow each other in its index, which alone is read. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from dashboards.daily_facts.fact_projections import CASES, FROM_FINE, GRAINS, SUBMISSIONS, Grain, Kind, without_coarser

# The columns of fact_slices that `of` stands in.
PARTS = ("part1", "part2")


@dataclass(frozen=True)
class Slice:
    """Sums for each code of `by` (two are joined by a space, none is ''), divided by at most two dimensions `of`, by
    each of `grains`."""

    kind: Kind
    by: tuple[str, ...]
    of: tuple[str, ...]
    grains: tuple[Grain, ...]

    @cached_property
    def place(self) -> int:
        return SLICES.index(self)

    def id(self, grain: Grain) -> int:
        """As in fact_slices.slice."""
        return self.place * 8 + FROM_FINE.index(grain)

    def column(self, dimension: str) -> str:
        """The column of fact_slices that a dimension stands in."""
        return PARTS[self.of.index(dimension)] if dimension in self.of else "code"


_WEEK: tuple[Grain, ...] = ("week",)
_DAYS: tuple[Grain, ...] = ("day", "month")
# Pictures of a year have weeks: the mood of whatever is looked at. The days at both ends are in fact_cells.
_MOODS = ((), ("channel",), ("topic",), ("main_topic",), ("region",), ("county",), ("main_topic", "county"))
SLICES: tuple[Slice, ...] = (
    # what changed, of any range of days: at the towns of a county, and at the units whatever is looked at
    Slice(CASES, ("topic",), ("department",), _DAYS),
    Slice(CASES, ("region",), ("department",), _DAYS),
    Slice(CASES, ("county",), ("main_topic", "region"), GRAINS),
    *(Slice(CASES, by, ("tone",), _WEEK) for by in (*_MOODS, ("department",))),
    *(Slice(SUBMISSIONS, by, ("tone",), _WEEK) for by in _MOODS),
    *(Slice(CASES, by, ("department",), _DAYS) for by in (("channel",), ("main_topic",), ("county",))),
    Slice(CASES, ("main_topic", "county"), ("department",), _DAYS),
)


def choose_slice(kind: Kind, filtered: Iterable[str], divided: Iterable[str], grains: Iterable[Grain]) -> Slice | None:
    """The slice of exactly what is filtered, or divided by it too, with as much as is divided by and not more, with
    any of the grains. Beside a town its county is filtered too (`fact_reading.find_filters`): either may be what it is
    by."""
    return _choose(kind, frozenset(filtered), frozenset(divided), frozenset(grains))


@cache
def _choose(kind: Kind, filtered: frozenset[str], divided: frozenset[str], grains: frozenset[Grain]) -> Slice | None:
    # filtered by what it is divided by: part of each code is read
    fitting = (
        one
        for one in SLICES
        if one.kind == kind
        and divided == set(one.of)
        and set(one.by) <= filtered
        and without_coarser(filtered) <= {*one.by, *one.of}
        and not grains.isdisjoint(one.grains)
    )
    return max(fitting, key=lambda one: len(one.by), default=None)
