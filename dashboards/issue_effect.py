"""Did an answer change anything? People a day before and after it, less what changed in comparison places meanwhile.

Answers come when voices are loudest, and voices fall silent anyway: the comparison takes out what moved everywhere,
not what would have faded here by itself. The pages say so beside the number.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp, log, sqrt
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dashboards.daily_facts.facts import fetch_rows
from models.database import Connection

LONGEST_DAYS = 14
LEAST_DAYS = 3
# Fewer people (each counted once a day) or submissions than this, before and after together, say nothing.
LEAST_PERSONS = 10
LEAST_JUDGED = 10
_Z = 1.959964

Verdict = Literal["less", "more", "unclear", "too_few"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Full local days: `persons` of each day, and of all days together the submissions and the negative ones."""

    persons: Sequence[int] = ()
    submissions: int = 0
    negative: int = 0

    @property
    def a_day(self) -> float:
        return sum(self.persons) / len(self.persons) if self.persons else 0.0

    @property
    def negative_share(self) -> float | None:
        return self.negative / self.submissions if self.submissions else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`value` with its 95 % interval; None where there was too little to say. Of people it is a share of before
    (-0.8: 80 % fewer), of the negative share a difference (-0.2: 20 points less)."""

    verdict: Verdict
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueEffect:
    """`compared`: the changes are those beyond the comparison places'; else only before and after here."""

    days: int
    before: Days
    after: Days
    comparison_before: Days
    comparison_after: Days
    compared: bool
    persons: Change
    negative_share: Change


def measure(before: Days, after: Days, comparison_before: Days, comparison_after: Days) -> IssueEffect:
    """The effect from full days before and after. The comparison is left out where it is too small to help."""
    compared = sum(comparison_before.persons) >= LEAST_PERSONS and sum(comparison_after.persons) >= LEAST_PERSONS
    against = (comparison_before, comparison_after) if compared else ()
    return IssueEffect(
        days=len(after.persons),
        before=before,
        after=after,
        comparison_before=comparison_before,
        comparison_after=comparison_after,
        compared=compared,
        persons=change_of_persons(before, after, *against),
        negative_share=change_of_share(before, after, *against),
    )


def change_of_persons(before: Days, after: Days, *against: Days) -> Change:
    """After ÷ before, divided by the same of the comparison, less 1.

    The logarithm of such a ratio of counts has about the variance Σ 1/n (half a person added to each, since none may
    have come); days differ by more than chance, so it grows by the dispersion of the days.
    """
    periods = (before, after, *against)
    if min(len(days.persons) for days in periods) < LEAST_DAYS:
        return Change(verdict="too_few")
    if sum(before.persons) + sum(after.persons) < LEAST_PERSONS:
        return Change(verdict="too_few")
    rates = [(sum(days.persons) + 0.5) / len(days.persons) for days in periods]
    ratio = rates[1] / rates[0] * (rates[2] / rates[3] if against else 1.0)
    variance = sum(1 / (sum(days.persons) + 0.5) for days in periods) * _dispersion(periods)
    half = _Z * sqrt(variance)
    low, high = exp(log(ratio) - half) - 1, exp(log(ratio) + half) - 1
    return Change(verdict=_verdict(low, high), value=ratio - 1, low=low, high=high)


def change_of_share(before: Days, after: Days, *against: Days) -> Change:
    """The difference of the negative shares, less the same of the comparison (Agresti and Caffo: one of each kind is
    added to every part, so that all and none have an interval too)."""
    periods = (before, after, *against)
    if min(days.submissions for days in periods) < LEAST_JUDGED:
        return Change(verdict="too_few")
    shares = [(days.negative + 1) / (days.submissions + 2) for days in periods]
    value = shares[1] - shares[0] - (shares[3] - shares[2] if against else 0.0)
    variance = sum(p * (1 - p) / (days.submissions + 2) for p, days in zip(shares, periods, strict=True))
    half = _Z * sqrt(variance)
    return Change(verdict=_verdict(value - half, value + half), value=value, low=value - half, high=value + half)


def read_effect(
    conn: Connection,
    issue_id: int,
    *,
    topic: str | None,
    county: str | None,
    answered_at: datetime,
    now: datetime,
    zone: ZoneInfo,
) -> IssueEffect | None:
    """As many full local days before the day of the answer as after it, at most `LONGEST_DAYS`; None before there are
    `LEAST_DAYS`. `county`: the issue's own; the topic elsewhere is what it is compared with."""
    day, today = answered_at.astimezone(zone).date(), now.astimezone(zone).date()
    length = min((today - day).days - 1, LONGEST_DAYS)
    if length < LEAST_DAYS:
        return None
    first, last = day - timedelta(days=length), day + timedelta(days=length)
    parameters = {
        "issue": issue_id,
        "topic": topic or "",
        "county": county or "",
        "first": first,
        "last": last,
        "zone": zone.key,
    }
    rows = fetch_rows(conn, "issue_effect", parameters)
    earlier = [first + timedelta(days=n) for n in range(length)]
    later = [day + timedelta(days=n + 1) for n in range(length)]
    parts = [_days(rows, part, days) for part in ("issue", "comparison") for days in (earlier, later)]
    return measure(*parts)


def _days(rows: Iterable[Mapping[str, Any]], part: str, days: Sequence[date]) -> Days:
    found = {row["day"]: row for row in rows if row["part"] == part and row["day"] in days}
    return Days(
        persons=tuple(found[day]["persons"] if day in found else 0 for day in days),
        submissions=sum(row["submissions"] for row in found.values()),
        negative=sum(row["negative"] for row in found.values()),
    )


def _dispersion(periods: Sequence[Days]) -> float:
    """How many times more the days differ than chance explains; never below 1."""
    squares = freedom = 0.0
    for days in periods:
        if mean := days.a_day:
            squares += sum((persons - mean) ** 2 for persons in days.persons) / mean
            freedom += len(days.persons) - 1
    return max(1.0, squares / freedom) if freedom else 1.0


def _verdict(low: float, high: float) -> Verdict:
    if high < 0:
        return "less"
    return "more" if low > 0 else "unclear"
