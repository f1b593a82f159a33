"""Series 数列: numbers over time or over kinds, each point with the criteria that open its cases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboards.statistics.bins import Bin, BinUnit, sum_by_bin
from dashboards.statistics.rates import find_rate
from models.criteria import CaseCriteria
from models.submission import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """`key` is the code or, over time, the ISO date on which the bin begins. `criteria` is None where no filter
    selects exactly these cases (submissions without a case): the number then has no list, rather than a wrong one."""

    key: str
    label: str
    value: int
    criteria: CaseCriteria | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """`unit` is the width of the bins for a series over time, None for one over kinds."""

    id: str
    label: str
    definition: str
    points: tuple[Point, ...]
    unit: BinUnit | None = None

    @property
    def total(self) -> int:
        return sum(point.value for point in self.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSubmissions:
    """The submissions of one channel: `analysed` and `pending` of them, `cases` opened from them."""

    channel: Channel
    received: int
    pending: int
    analysed: int
    negative: int
    cases: int

    @property
    def negative_share(self) -> float | None:
        """负面占比 = negative / analysed; None where nothing has been analysed."""
        return find_rate(self.negative, self.analysed)


def series_over_time(
    id_: str, label: str, definition: str, *, bins: list[Bin], by_day: Mapping[date, int], criteria: CaseCriteria | None
) -> Series:
    """One point a bin, zero where nothing happened. `criteria` None: the points open no list."""
    values = sum_by_bin(bins, by_day) if bins else []
    points = (
        Point(key=b.start.isoformat(), label=b.label, value=value, criteria=criteria and _within(criteria, b))
        for b, value in zip(bins, values, strict=True)
    )
    return Series(id=id_, label=label, definition=definition, points=tuple(points), unit=bins[0].unit if bins else None)


def series_over_kinds(
    id_: str,
    label: str,
    definition: str,
    *,
    rows: Iterable[Mapping[str, Any]],
    criteria: CaseCriteria,
    field: str,
    unknown: str,
    larger: str = "",
    labels: Mapping[str, str] | None = None,
) -> Series:
    """One point a row (key, label, value), most cases first. A NULL key is labelled `unknown`.

    `field` is the criterion that a click sets. The row of the whole that the criteria select, beside its parts, is
    labelled `larger` and opens exactly itself ("T03!"): a filter by its bare code would select the parts too.
    """
    rows = list(rows)
    whole = getattr(criteria, field)
    points: list[Point] = []
    for row in rows:
        key, value = row["key"], row["value"]
        if key is None:
            point = Point(key="none", label=unknown, value=value, criteria=_select(criteria, field, "none"))
        elif key == whole and larger and len(rows) > 1:
            point = Point(key=f"{key}!", label=larger, value=value, criteria=_select(criteria, field, f"{key}!"))
        else:
            name = labels[key] if labels else row["label"]
            point = Point(key=key, label=name, value=value, criteria=_select(criteria, field, key))
        points.append(point)
    return Series(id=id_, label=label, definition=definition, points=tuple(points))


def _select(criteria: CaseCriteria, field: str, key: str) -> CaseCriteria:
    return criteria.changed({field: key})


def _within(criteria: CaseCriteria, b: Bin) -> CaseCriteria:
    """The bin's days, no further than what was asked for: a week at the edge of a month has only its days inside."""
    first = max(b.start, criteria.submitted_from or b.start)
    last = min(b.end, criteria.submitted_to or b.end)
    return criteria.changed({"submitted_from": first, "submitted_to": last})
