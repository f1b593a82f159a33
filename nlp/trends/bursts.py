"""Where suddenly more is said, or less: a scan over windows of several lengths, with few false alarms over all series.

The counts of the last 1, 3, 6, 12 and 24 hours are set against a negative binomial distribution around what the series
expects (nlp/trends/surprise.py). What each surprise is worth is learnt from usual days (nlp/trends/tails.py): how often
a month chance would bring one like it, over all series together. In each step the alarms are chosen by Benjamini and
Hochberg (1995, "Controlling the false discovery rate"), at the level that the budget of false alarms leaves for one
step: alone, a series must be less likely than the whole budget; the second of two that break out in the same hour needs
twice that, the third three times. So the expected number of false alarms keeps to the budget, and among those that
are raised together the expected share of false ones is below the budget of that hour.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from nlp.trends.baseline import HOLIDAY, Baseline, BaselineSettings, Floats, first_day, fit_baseline
from nlp.trends.seasons import REACH, EarlierDays, same_weeks
from nlp.trends.sizes import measure
from nlp.trends.surprise import Scanned, scan
from nlp.trends.tails import DAILY, HOURLY, Tails, fit_tails

VERSION = "bursts/3"
_DAYS_A_MONTH = 30
# Further out than can be learnt from some weeks the tail is fatter than an exponential one: as made-up series with wild
# days show, about twice.
_RESERVE = 2.0
# The share of the budget that silence may use up.
_FOR_SILENCE = 0.1
# Usual days are learnt from this many days back at most, and not from a week with hardly anything before it.
_LEARNT_DAYS, _FIRST_LEARNT = 56, 7
_NEVER = -(10**6)


@dataclass(frozen=True, slots=True)
class BurstSettings:
    """`false_alarms` a month over all series together; a burst has at least `least_letters` of `least_persons` (where
    persons are known); after an alarm a series is silent for `refractory_hours`. The first `first_day` days are history
    only. Daily data have windows in days; windows are multiples of one another."""

    false_alarms: float = 0.5
    least_letters: int = 4
    least_persons: int = 3
    refractory_hours: int = 72
    hours: tuple[int, ...] = (1, 3, 6, 12, 24)
    days: tuple[int, ...] = (1, 3, 6, 12, 24)
    first_day: int = 14
    baseline: BaselineSettings = field(default_factory=BaselineSettings)


@dataclass(frozen=True, slots=True)
class CountTable:
    """`counts` (and `persons`, if known) are series × step; steps are hours or days from `start` (a midnight) without
    gaps, whole ones only. `persons`: of each step those who had not written on the series in the 24 hours before; so
    nobody is counted twice in a burst. `started[series]`: the step of its first row. `kinds[day]`: 0 for Monday to 6
    for Sunday, 7 for a holiday. `earlier`: totals of days before `start`, for the season only."""

    names: Sequence[str]
    start: datetime
    hourly: bool
    counts: Floats
    persons: Floats | None
    started: NDArray[np.int64]
    kinds: NDArray[np.int64]
    earlier: EarlierDays | None = None

    @property
    def steps(self) -> int:
        """Steps in a day."""
        return 24 if self.hourly else 1

    @property
    def step(self) -> timedelta:
        return timedelta(hours=1) if self.hourly else timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Burst:
    """`since` is the beginning of what is too much, `found` the end of the step in which it was seen. `count` and
    `expected` since then are persons where the table has them, else letters; `size` is the one less the other, and lies
    between `low` and `high` with 95 %. `direction` is "up" or "down"; `p` the chance of the most uncommon window
    without a cause; `a_month`: how often usual days bring such a thing in a month, over all series together."""

    series: str
    since: datetime
    found: datetime
    direction: str
    count: int
    expected: float
    low: float
    high: float
    p: float
    a_month: float

    @property
    def size(self) -> float:
        return self.count - self.expected


@dataclass(frozen=True, slots=True)
class Prepared:
    """What does not change within a day: `baseline` of the day, and `tails` of usual days."""

    day: datetime
    baseline: Baseline
    tails: Tails


def find_bursts(table: CountTable, settings: BurstSettings | None = None) -> list[Burst]:
    """All bursts in order of time, each found with nothing but what was known in its hour (or day)."""
    settings = settings or BurstSettings()
    [bursts] = find_bursts_at(table, [settings.false_alarms], settings)
    return bursts


def find_bursts_at(
    table: CountTable, budgets: Sequence[float], settings: BurstSettings | None = None
) -> list[list[Burst]]:
    """`find_bursts` for several budgets of false alarms at little more than the price of one: what each would have
    raised in the past, for whoever has to choose one."""
    settings = settings or BurstSettings()
    first = max(_FIRST_LEARNT, settings.first_day - _LEARNT_DAYS // 2)
    days = _scan_days(table, settings, first, -(-table.counts.shape[1] // table.steps))
    if len(budgets) > 1:
        days = list(days)
    return [
        [burst for found, _ in _walk(table, replace(settings, false_alarms=budget), days) for burst in found]
        for budget in budgets
    ]


def prepare(table: CountTable, settings: BurstSettings | None = None) -> Prepared:
    """For `detect_now` on the day of the table's newest step, good until the day ends: the days before are replayed to
    learn what chance does. Takes as long as `find_bursts` over four weeks."""
    settings = settings or BurstSettings()
    today = (table.counts.shape[1] - 1) // table.steps
    first = max(_FIRST_LEARNT, today - _LEARNT_DAYS // 2)
    tails = _guess(table)
    for _, learnt in _walk(table, settings, _scan_days(table, settings, first, today)):
        tails = learnt
    voices = _voices(table)
    weeks = _same_weeks(table, voices, today, today + 1, settings)
    return Prepared(_day(table, today), _baseline(table, voices, today, settings, weeks), tails)


def detect_now(
    table: CountTable,
    settings: BurstSettings | None = None,
    *,
    prepared: Prepared | None = None,
    alarmed: Mapping[str, datetime] | None = None,
) -> list[Burst]:
    """Bursts in the newest step of the table alone, each series once: the hourly question.

    `prepared` saves the replay of past days (one of another day, or of other series, gives only its tails); `alarmed`
    has `found` of each series' last alarm, so that what led to it leads to no other. The table needs the days that the
    baseline looks back on, and `first_day` at least: before that nothing is found.
    """
    settings = settings or BurstSettings()
    now = table.counts.shape[1] - 1
    today = now // table.steps
    if today < settings.first_day:
        return []
    prepared = prepared or prepare(table, settings)
    voices, baseline = _voices(table), prepared.baseline
    if prepared.day != _day(table, today) or baseline.today != today or len(baseline.expected) != len(voices):
        weeks = _same_weeks(table, voices, today, today + 1, settings)
        baseline = _baseline(table, voices, today, settings, weeks)
    last = np.full(len(voices), _NEVER, dtype=np.int64)
    for number, name in enumerate(table.names):
        if alarmed and name in alarmed:
            last[number] = (alarmed[name] - table.start) // table.step - 1
    surprise = _scan(table, voices, baseline, now, now + 1, settings)[:, :, 0]
    return _alarms(table, voices, baseline, surprise, now, last, prepared.tails, settings)


@dataclass(frozen=True, slots=True)
class _Day:
    """`surprise` is series × (windows up, windows down) × steps from `begin` on."""

    number: int
    begin: int
    baseline: Baseline
    surprise: Floats


def _scan_days(table: CountTable, settings: BurstSettings, first: int, stop: int) -> Iterable[_Day]:
    voices = _voices(table)
    weeks = _same_weeks(table, voices, first, stop, settings)
    for today in range(first, stop):
        baseline = _baseline(table, voices, today, settings, weeks)
        begin, end = today * table.steps, min((today + 1) * table.steps, table.counts.shape[1])
        yield _Day(today, begin, baseline, _scan(table, voices, baseline, begin, end, settings))


def _walk(table: CountTable, settings: BurstSettings, days: Iterable[_Day]) -> Iterator[tuple[list[Burst], Tails]]:
    """Of each day the bursts, and the tails as they were known in the evening. Alarms are given from `first_day` on."""
    series = len(table.counts)
    voices = _voices(table)
    last = np.full(series, _NEVER, dtype=np.int64)
    largest: list[Floats] = []
    tails = _guess(table)
    for day in days:
        baseline, surprise, begin = day.baseline, day.surprise, day.begin
        raised = np.zeros(series, dtype=np.bool_)
        bursts: list[Burst] = []
        for now in range(begin, begin + surprise.shape[2]):
            silent = now - last < _silence(table, settings)
            found = _alarms(table, voices, baseline, surprise[:, :, now - begin], now, last, tails, settings)
            raised |= silent | (last == now)
            bursts.extend(found)
        # a day of alarm is not a usual day
        up, down = np.split(surprise[~raised].max(axis=2), 2, axis=1)
        largest.append(np.stack([up.max(axis=1), down.max(axis=1)], axis=1))
        tails = fit_tails(largest[-_LEARNT_DAYS:], _guess(table))
        yield (bursts if day.number >= settings.first_day else []), tails


def _alarms(
    table: CountTable, voices: Floats, baseline: Baseline, surprise: Floats, now: int, last: NDArray[np.int64],
    tails: Tails, settings: BurstSettings,
) -> list[Burst]:  # fmt: skip
    """The bursts of one step; their step is written into `last`."""
    windows = _windows(table, settings)
    # what led to the last alarm leads to no other
    fresh = last[:, None] < now + 1 - np.array(windows * 2)[None, :]
    fresh &= (now - last >= _silence(table, settings))[:, None]
    surprise = np.where(fresh, surprise, 0.0)
    many = len(windows)
    up, down = surprise[:, :many].max(axis=1), surprise[:, many:].max(axis=1)
    scale = len(voices) * _DAYS_A_MONTH * _RESERVE
    a_month = np.minimum(
        np.where(up > 0, scale * tails.up.a_day(up) / (1 - _FOR_SILENCE), np.inf),
        np.where(down > 0, scale * tails.down.a_day(down) / _FOR_SILENCE, np.inf),
    )
    bursts = []
    for i in _discoveries(a_month, settings.false_alarms):
        last[i] = now
        number = int(surprise[i].argmax())
        upward = number < many
        seen = measure(voices[i], baseline, i, now, windows[number % many], table.steps, upward=upward)
        bursts.append(
            Burst(
                series=table.names[i],
                since=table.start + table.step * seen.first,
                found=table.start + table.step * (now + 1),
                direction="up" if upward else "down",
                count=seen.count,
                expected=seen.expected,
                low=seen.low,
                high=seen.high,
                p=float(np.exp(-surprise[i, number])),
                a_month=float(a_month[i]),
            )
        )
    return bursts


def _discoveries(a_month: Floats, budget: float) -> list[int]:
    """Benjamini and Hochberg's: of the smallest k all, where the k-th is at most k times the budget."""
    order = np.argsort(a_month, kind="stable")
    within = np.flatnonzero(a_month[order] <= budget * np.arange(1, len(order) + 1))
    return sorted(order[: within[-1] + 1].tolist()) if len(within) else []


def _voices(table: CountTable) -> Floats:
    """Where persons are known they are what is counted: one person's hundred letters are one voice."""
    return table.counts if table.persons is None else np.minimum(table.counts, table.persons)


@dataclass(frozen=True, slots=True)
class _Weeks:
    """What the same weeks of earlier years brought, series × day from day `begin` on."""

    begin: int
    weekly: Floats


def _baseline(
    table: CountTable, voices: Floats, today: int, settings: BurstSettings, weeks: _Weeks | None
) -> Baseline:  # fmt: skip
    weekly, chosen = None, settings.baseline
    if weeks is not None:
        weekly = weeks.weekly[:, first_day(today, chosen) - weeks.begin : today + 1 + REACH - weeks.begin]
    windows = _windows(table, settings)
    return fit_baseline(voices, table.kinds, table.started, today, table.steps, windows, chosen, weekly)


def _same_weeks(table: CountTable, voices: Floats, first: int, stop: int, settings: BurstSettings) -> _Weeks | None:
    """For the baselines of days `first` to `stop`, from the table's own days and from those known from before it."""
    known = min(stop, voices.shape[1] // table.steps)
    daily = voices[:, : known * table.steps].reshape(len(voices), known, table.steps).sum(axis=2)
    # the last day may not be over; it is not asked for
    daily = np.pad(daily, ((0, 0), (0, stop - known)))
    kinds, started = table.kinds[:stop], -(-table.started // table.steps)
    if table.earlier is not None:
        daily, kinds = np.hstack([table.earlier.totals, daily]), np.concatenate([table.earlier.kinds, kinds])
        # what is there from the table's first step on was there before it
        started = np.where(started > 0, started + len(table.earlier.kinds), 0)
    begin = first_day(first, settings.baseline)
    weekly = same_weeks(daily, kinds == HOLIDAY, started, stop - begin, settings.baseline.years)
    return None if weekly is None else _Weeks(begin, weekly)


def _scan(
    table: CountTable, voices: Floats, baseline: Baseline, begin: int, end: int, settings: BurstSettings
) -> Floats:
    scanned = Scanned(table.counts, voices, table.persons is not None, table.started)
    return scan(
        scanned, baseline, begin, end, steps=table.steps, windows=_windows(table, settings),
        least_letters=settings.least_letters, least_persons=settings.least_persons,
    )  # fmt: skip


def _windows(table: CountTable, settings: BurstSettings) -> tuple[int, ...]:
    return settings.hours if table.hourly else settings.days


def _silence(table: CountTable, settings: BurstSettings) -> int:
    return settings.refractory_hours if table.hourly else -(-settings.refractory_hours // 24)


def _guess(table: CountTable) -> Tails:
    return HOURLY if table.hourly else DAILY


def _day(table: CountTable, today: int) -> datetime:
    return table.start + timedelta(days=today)
