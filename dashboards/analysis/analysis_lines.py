"""What is a line of an analysis? A number, what it is compared with, which list it opens, what lies below it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Protocol

from dashboards.analysis.analysis_view import AnalysisView
from dashboards.daily_facts.fact_series import By, FactRow, Period, find_period
from dashboards.statistics.rates import INTERVAL_BELOW, find_rate, wilson_interval
from models.criteria import CaseCriteria

# A rate over fewer cases is drawn weaker: its interval is wider than most differences (PEERS.md 1.9).
WEAK_BELOW = 30


class Opens(Protocol):
    """Finds the lists of a number when they are asked for: a table may have ten thousand lines, and shows some
    hundred."""

    @property
    def criteria(self) -> CaseCriteria | None: ...

    @property
    def denominator_criteria(self) -> CaseCriteria | None: ...


@dataclass(frozen=True, slots=True)
class Lists:
    """What a number and what it is divided by open."""

    criteria: CaseCriteria
    denominator_criteria: CaseCriteria | None = None


class Count(NamedTuple):
    """One number. `criteria` opens exactly the `numerator` cases, `denominator_criteria` the `denominator` ones; None
    where no filter selects exactly these."""

    numerator: int
    denominator: int | None = None
    lists: Opens | None = None

    @property
    def criteria(self) -> CaseCriteria | None:
        return self.lists.criteria if self.lists else None

    @property
    def denominator_criteria(self) -> CaseCriteria | None:
        return self.lists.denominator_criteria if self.lists else None

    @property
    def value(self) -> float | None:
        """Cases, or a share 0..1; None where there is nothing to divide by."""
        return self.numerator if self.denominator is None else find_rate(self.numerator, self.denominator)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval of a rate over fewer than 400 cases."""
        if not self.denominator or self.denominator >= INTERVAL_BELOW:
            return None
        return wilson_interval(self.numerator, self.denominator)

    @property
    def weak(self) -> bool:
        return self.denominator is not None and self.denominator < WEAK_BELOW


@dataclass(slots=True, kw_only=True)
class Line:
    """One line of the table: `keys` and `labels` of what it is grouped by, `start` and `label` of its period; `drill`:
    the criteria of the view one step deeper (None: no deeper). Nobody changes one; frozen it would take twice as long
    to make, and topics by units are twenty thousand."""

    keys: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    start: date | None = None
    period: str = ""
    count: Count | None = None
    compared: Count | None = None
    compared_period: str = ""
    drill: CaseCriteria | None = None


def count_of_row(row: FactRow) -> Count:
    return Count(row.numerator, row.denominator, row)


def none_of(view: AnalysisView) -> Count:
    return Count(numerator=0, denominator=0 if view.definition.denominator else None)


def find_drill(view: AnalysisView, by: Sequence[By], keys: Sequence[str]) -> CaseCriteria | None:
    """The criteria that choose this kind; None for a mood, which has no filter of one word."""
    change: dict[str, Any] = {}
    for name, key in zip(by, keys, strict=True):
        if name == "tone":
            return None
        change["topic" if name == "sub_topic" else name] = key
    return view.criteria.changed(change)


def find_within(
    view: AnalysisView, by: Sequence[By], keys: Sequence[str], start: date, period: Period
) -> CaseCriteria | None:
    """The criteria of this kind within this period."""
    chosen = find_drill(view, by, keys)
    if chosen is None:
        return None
    end = find_period(start, period).end
    first, last = view.criteria.submitted_from, view.criteria.submitted_to
    return chosen.changed({"submitted_from": max(start, first or start), "submitted_to": min(end, last or end)})
