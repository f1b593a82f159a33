"""Which sums are kept ready, and which of them answers a question with the fewest rows?"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Literal

Kind = Literal["c", "s"]
Grain = Literal["day", "month"]
CASES: Kind = "c"
SUBMISSIONS: Kind = "s"

# In the order of their bits. county and region stand in one column of fact_cells; a projection has one of them.
DIMENSIONS = ("department", "topic", "region", "county", "channel", "appeal_type", "tone")
COLUMNS = ("department", "topic", "region", "channel", "appeal_type", "tone")
# About how many values each takes in a city: only to choose the smaller of two projections that both answer.
_VALUES = {"department": 60, "topic": 100, "region": 150, "county": 12, "channel": 3, "appeal_type": 7, "tone": 4}


@dataclass(frozen=True)
class Projection:
    """Sums of cases or submissions by day or month and by `dimensions`."""

    kind: Kind
    grain: Grain
    dimensions: frozenset[str]

    @cached_property
    def id(self) -> int:
        """As in fact_cells.projection: one bit a dimension, then day or month, then cases or submissions."""
        bits = sum(1 << place for place, name in enumerate(DIMENSIONS) if name in self.dimensions)
        return bits + (128 if self.grain == "month" else 0) + (256 if self.kind == SUBMISSIONS else 0)

    @property
    def size(self) -> int:
        """How many rows a day or month of it may have at most."""
        return prod(_VALUES[name] for name in self.dimensions)

    def column(self, column: str) -> str | None:
        """The dimension that stands in a column of fact_cells; None: the column is ''."""
        if column == "region":
            return next((name for name in ("region", "county") if name in self.dimensions), None)
        return column if column in self.dimensions else None


def _sets(texts: Iterable[str]) -> list[frozenset[str]]:
    return [frozenset(text.split()) for text in texts]


# By day: every dimension alone, what the overview draws beside one filter, two filters that leave much. By month too
# what is finer. Each costs rows: a day of 14,000 cases has about 4,000 sums of `_BOTH` together.
_BOTH = _sets(
    (
        "",
        *DIMENSIONS,
        *(f"{large} {small}" for large in ("department", "topic", "county") for small in ("channel", "tone")),
        "channel appeal_type",
        "channel tone",
        "department county",
        "topic county",
    )
)
_MONTHS = _sets(
    (
        "appeal_type tone",
        "department topic",
        "department region",
        "topic region",
        "region channel",
        "region tone",
        "department topic county",
        *(f"{large} channel appeal_type tone" for large in ("department", "topic", "county")),
    )
)
# Of submissions: no unit, and the channel is always kept apart.
_OF_SUBMISSIONS = _sets(
    (
        "channel",
        "channel tone",
        "channel topic",
        "channel region",
        "channel county",
        "channel topic tone",
        "channel county tone",
        "channel appeal_type tone",
    )
)

_KEPT: tuple[tuple[Kind, Grain, list[frozenset[str]]], ...] = (
    (CASES, "day", _BOTH),
    (CASES, "month", _BOTH + _MONTHS),
    (SUBMISSIONS, "day", _OF_SUBMISSIONS),
    (SUBMISSIONS, "month", _OF_SUBMISSIONS),
)
PROJECTIONS: tuple[Projection, ...] = tuple(
    Projection(kind, grain, dimensions) for kind, grain, sets in _KEPT for dimensions in sets
)


def choose(kind: Kind, grain: Grain, needed: Iterable[str]) -> Projection | None:
    """The smallest projection with all the dimensions; None: only the rows themselves have them together."""
    wanted = frozenset(needed)
    fitting = [p for p in PROJECTIONS if p.kind == kind and p.grain == grain and wanted <= p.dimensions]
    return min(fitting, key=lambda p: (p.size, p.id), default=None)


def of_kind(kind: Kind) -> list[Projection]:
    return [p for p in PROJECTIONS if p.kind == kind]
