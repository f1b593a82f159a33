"""Which sums are kept ready, and which of them answers a question with the fewest rows?"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from math import prod
from typing import Literal

Kind = Literal["c", "s"]
Grain = Literal["day", "week", "ten", "month", "quarter"]
CASES: Kind = "c"
SUBMISSIONS: Kind = "s"
# From fine to coarse, each within the next. ten: a third of a month 旬 (from the 1st, 11th, 21st).
GRAINS: tuple[Grain, ...] = ("day", "ten", "month", "quarter")
# A week lies in no month: its sums only go with those of days (dashboards.daily_facts.fact_slices).
FROM_FINE: tuple[Grain, ...] = ("day", "week", "ten", "month", "quarter")

# In the order of their bits. topic and main_topic (its first level) stand in one column of fact_cells, region and
# county (the county or zone it lies in) in another; a projection has one of each.
DIMENSIONS = ("department", "topic", "main_topic", "region", "county", "channel", "appeal_type", "tone")
COLUMNS = ("department", "topic", "region", "channel", "appeal_type", "tone")
_IN_COLUMN = {"topic": ("topic", "main_topic"), "region": ("region", "county")}
# What is known where the other is: a town lies in its county.
_COARSER = {"topic": "main_topic", "region": "county"}
# About how many values each takes in a city: only to choose the smaller of two projections that both answer.
_VALUES = {"department": 100, "topic": 100, "main_topic": 18, "region": 120, "county": 8}
_VALUES |= {"channel": 2, "appeal_type": 7, "tone": 4}
# How many times larger than the next finer one a projection may be: about what its periods save of those.
_WORTH: dict[Grain, float] = {"day": 1, "ten": 6, "month": 20, "quarter": 1.6}


@dataclass(frozen=True)
class Projection:
    """Sums of cases or submissions by day, third of a month, month or quarter and by `dimensions`."""

    kind: Kind
    grain: Grain
    dimensions: frozenset[str]

    @cached_property
    def id(self) -> int:
        """As in fact_cells.projection: one bit a dimension, then two for the grain, one for cases or submissions."""
        bits = sum(1 << place for place, name in enumerate(DIMENSIONS) if name in self.dimensions)
        return bits + (GRAINS.index(self.grain) << 8) + (1024 if self.kind == SUBMISSIONS else 0)

    @property
    def size(self) -> int:
        """How many rows a period of it may have at most."""
        return prod(_VALUES[name] for name in self.dimensions)

    def column(self, column: str) -> str | None:
        """The dimension that stands in a column of fact_cells; None: the column is ''."""
        return next((name for name in _IN_COLUMN.get(column, (column,)) if name in self.dimensions), None)


def column_of(dimension: str) -> str:
    """The column of fact_cells that a dimension stands in."""
    return next((column for column, names in _IN_COLUMN.items() if dimension in names), dimension)


def count_values(dimension: str) -> int:
    """About how many values a dimension takes in a city."""
    return _VALUES[dimension]


def without_coarser(needed: Iterable[str]) -> frozenset[str]:
    """What a projection must have: not the county beside its towns, nor the first level beside the topics."""
    names = frozenset(needed)
    return names - {coarse for fine, coarse in _COARSER.items() if fine in names}


def _sets(*texts: str) -> list[frozenset[str]]:
    return [frozenset(text.split()) for text in texts]


_MOODS = "channel appeal_type tone"
# By day: every dimension alone, what the overview draws beside one filter, and pairs of the large ones. By month all
# pairs, all triples without towns and single topics. The large ones by thirds and quarters too: any year is read from
# about twenty periods. Each costs rows: a day of 14,000 cases has about 21,000 sums together. What is not there by
# day is read from the rows: of at most ten days at the ends of a range, or of what several filters leave.
_BOTH = _sets(
    "",
    *DIMENSIONS,
    "department tone",
    "main_topic tone",
    "county tone",
    "region tone",
    "topic channel",
    "topic tone",
    _MOODS,
    *(f"{large} {_MOODS}" for large in ("department", "main_topic", "county")),
    "department main_topic",
    "department county",
    "main_topic county",
    "topic county",
    "main_topic county tone",
    "main_topic county channel",
    "department main_topic tone",
)
# By day too, of those that are there by month anyway: what is divided beside a channel or a county, and the kinds of
# appeal of whatever is looked at.
_DAYS = _sets(
    *(f"{large} channel" for large in ("department", "main_topic", "county", "region")),
    *(f"{large} appeal_type" for large in ("department", "main_topic", "county", "topic", "region")),
    "main_topic county appeal_type",
    "main_topic region",
    "department main_topic county",
)
_MONTHS = _sets(
    "topic appeal_type",
    *(
        f"{large} {small}"
        for large in ("department", "main_topic", "county", "region")
        for small in ("channel", "appeal_type")
    ),
    *(f"{large} {_MOODS}" for large in ("topic", "region")),
    f"main_topic county {_MOODS}",
    *(f"department county {small}" for small in _MOODS.split()),
    "department main_topic channel",
    "department main_topic appeal_type",
    "main_topic county appeal_type",
    "main_topic region",
    "department topic",
    "department region",
    "topic region",
    "department main_topic county",
)
_TENS = _sets(
    "department",
    "main_topic county",
    "department county",
    "department channel",
    "main_topic county channel",
    "department main_topic",
    "main_topic region",
    "department main_topic county",
)
# Their quarters are not worth it.
_TENS_ALONE = _sets("department topic", "department region")
_QUARTERS = _sets(
    *(f"department main_topic {small}" for small in _MOODS.split()),
    "topic region",
)
# Of submissions: no unit, and the channel is always kept apart.
_OF_SUBMISSIONS = _sets(
    "channel",
    "channel tone",
    *(f"channel {one}" for one in ("topic", "main_topic", "region", "county")),
    "channel topic tone",
    "channel region tone",
    "channel main_topic tone",
    "channel county tone",
    "channel appeal_type tone",
    "channel main_topic county tone",
)
_ALSO_MONTHS = _sets("channel topic county tone", "channel main_topic county appeal_type tone")

_KEPT: tuple[tuple[Kind, Grain, list[frozenset[str]]], ...] = (
    (CASES, "day", _BOTH + _DAYS),
    (CASES, "ten", _TENS + _TENS_ALONE),
    (CASES, "month", _BOTH + _MONTHS),
    (CASES, "quarter", _TENS + _QUARTERS),
    (SUBMISSIONS, "day", _OF_SUBMISSIONS),
    (SUBMISSIONS, "month", _OF_SUBMISSIONS + _ALSO_MONTHS),
)
PROJECTIONS: tuple[Projection, ...] = tuple(
    Projection(kind, grain, dimensions) for kind, grain, sets in _KEPT for dimensions in sets
)


def choose(kind: Kind, grain: Grain, needed: Iterable[str]) -> Projection | None:
    """The smallest projection with all the dimensions; None: only the rows themselves have them together."""
    return _choose(kind, grain, without_coarser(needed))


def choose_grains(kind: Kind, allowed: Iterable[Grain], needed: Iterable[str]) -> dict[Grain, Projection]:
    """What of each grain is read, of those that are worth it: coarse periods of a large projection may hold more rows
    than the finer ones of a small one."""
    wanted = without_coarser(needed)
    found: dict[Grain, Projection] = {}
    finer: Projection | None = None
    for grain in GRAINS:
        projection = _choose(kind, grain, wanted) if grain in allowed else None
        if projection and (finer is None or projection.size <= _WORTH[grain] * finer.size):
            found[grain] = finer = projection
    return found


@cache
def _choose(kind: Kind, grain: Grain, wanted: frozenset[str]) -> Projection | None:
    fitting = [p for p in PROJECTIONS if p.kind == kind and p.grain == grain and _knows(p, wanted)]
    return min(fitting, key=lambda p: (p.size, p.id), default=None)


def _knows(projection: Projection, wanted: frozenset[str]) -> bool:
    """A county is known by its towns, a first level by its topics."""
    known = projection.dimensions | {_COARSER[name] for name in projection.dimensions if name in _COARSER}
    return wanted <= known


def of_kind(kind: Kind) -> list[Projection]:
    return [p for p in PROJECTIONS if p.kind == kind]
