"""How many bursts are found within six hours, by their size, and how many alarms are false: ours beside others."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from api.benchmarks.burst_rivals import RIVALS, Rival, alarms, limit_for
from api.benchmarks.made_seasons import SeasonPoint, measure_seasons
from api.benchmarks.made_series import (
    HARD,
    HISTORY,
    MONTH,
    OTHERS,
    OUTBREAKS,
    Kind,
    Outbreak,
    add_outbreaks,
    made_series,
    table_of,
)
from nlp.trends.baseline import Floats
from nlp.trends.bursts import Burst, BurstSettings, CountTable, detect_now, find_bursts, find_bursts_at, prepare

SIZES = (100, 50, 25, 12)
WITHIN = 6
# Seeds for choosing are below 1,000; what is reported was never looked at while choosing.
REPORTED = 1000
OURS = "wenzheng"
_BUDGETS = (0.05, 0.5, 5.0, 50.0)
# False alarms a month at which the others are asked, beside their textbook's limit.
_WANTED = (0.5, 5.0, 50.0)
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Point:
    """One detector at one setting: false alarms a month over all series together, and the share of outbreaks of each
    size found within six hours."""

    detector: str
    setting: str
    false_alarms: float
    found: dict[int, float]


@dataclass(frozen=True, slots=True)
class BurstFigures:
    """`others`: ours at the budget of .5 on series harder in one way; `seasons`: where a season rises. `covered`: the
    share of bursts whose size interval holds the letters that really were of the outbreak; `onset_hours`: the median
    distance of the beginning given from the true one. `speed`: series × hours replayed a second, seconds of preparing a
    day (all four weeks before are replayed), and of one hourly question."""

    months: int
    outbreaks: int
    curve: list[Point]
    others: list[Point]
    seasons: list[SeasonPoint]
    covered: float
    onset_hours: float
    speed: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Months:
    """Counts without an outbreak, and for each size counts with some."""

    quiet: list[Floats]
    with_outbreaks: dict[int, list[tuple[Floats, dict[int, Outbreak]]]]


def measure_bursts(
    *, months: int = 20, seed: int = REPORTED, others: int = 4, on_progress: Progress = lambda _, __: None
) -> BurstFigures:
    """The operating curve over `months` made-up months without an outbreak and half as many with twenty of each size,
    and ours on `others` months of every other kind."""
    made = make_months(HARD, seed, months, max(months // 2, 1))
    on_progress("series", 0.05)
    curve = measure_ours(made, _BUDGETS)
    on_progress("ours", 0.55)
    # their limits are chosen on other months
    choosing = make_months(HARD, REPORTED // 2, months, 0)
    for rival in RIVALS:
        curve.extend(measure_rival(rival, made, choosing, _WANTED))
    on_progress("rivals", 0.7)
    harder = []
    for name, kind in OTHERS.items():
        [point] = measure_ours(make_months(kind, seed, others, others, sizes=(50, 25, 12)), [0.5])
        harder.append(replace(point, setting=name))
    on_progress("seasons", 0.8)
    seasons = measure_seasons(seed, max(months // 10, 1))
    covered, onset = measure_sizes(made)
    on_progress("speed", 0.95)
    outbreaks = len(made.with_outbreaks[SIZES[0]]) * OUTBREAKS
    return BurstFigures(months, outbreaks, curve, harder, seasons, covered, onset, measure_speed(made.quiet[0]))


def make_months(kind: Kind, seed: int, quiet: int, busy: int, sizes: Sequence[int] = SIZES) -> Months:
    outbreaks: dict[int, list[tuple[Floats, dict[int, Outbreak]]]] = {size: [] for size in sizes if busy}
    for size, months in outbreaks.items():
        for month in range(busy):
            random = np.random.default_rng([seed, month, size])
            counts = made_series(random, kind)
            months.append((counts, add_outbreaks(random, counts, size)))
    return Months([made_series(np.random.default_rng([seed, month]), kind) for month in range(quiet)], outbreaks)


def measure_ours(made: Months, budgets: Sequence[float]) -> list[Point]:
    settings = BurstSettings(first_day=HISTORY)
    false = np.zeros(len(budgets))
    for counts in made.quiet:
        false += [len(bursts) for bursts in find_bursts_at(table_of(counts), budgets, settings)]
    found: list[dict[int, float]] = [{} for _ in budgets]
    for size, months in made.with_outbreaks.items():
        shares = np.zeros(len(budgets))
        for counts, outbreaks in months:
            table = table_of(counts)
            for number, bursts in enumerate(find_bursts_at(table, budgets, settings)):
                shares[number] += share_caught(_places(table, bursts), outbreaks)
        for number, share in enumerate((shares / len(months)).tolist()):
            found[number][size] = share
    return [
        Point(OURS, f"budget {budget:g}", float(alarms_a_month), shares_by_size)
        for budget, alarms_a_month, shares_by_size in zip(budgets, false / len(made.quiet), found, strict=True)
    ]


def share_caught(raised: Sequence[tuple[int, int]], outbreaks: dict[int, Outbreak]) -> float:
    """Outbreaks with an alarm in the hours after they began; `raised` has series and the hour at whose end it was."""
    caught = {series for series, hour in raised if series in outbreaks and 0 <= hour - outbreaks[series].begin < WITHIN}
    return len(caught) / len(outbreaks)


def _places(table: CountTable, bursts: Sequence[Burst]) -> list[tuple[int, int]]:
    return [
        (int(burst.series), (burst.found - table.start) // table.step - 1)
        for burst in bursts
        if burst.direction == "up"
    ]


def measure_rival(rival: Rival, made: Months, choosing: Months, wanted: Sequence[float]) -> list[Point]:
    """At the limit of the textbook, and at those that gave so many false alarms in the months for choosing."""
    begin = HISTORY * 24
    chosen = [rival.score(counts, begin) for counts in choosing.quiet]
    limits = [("textbook", rival.limit), *((f"{want:g} a month", limit_for(chosen, want)) for want in wanted)]
    quiet = [rival.score(counts, begin) for counts in made.quiet]
    found: list[dict[int, float]] = [{} for _ in limits]
    for size, months in made.with_outbreaks.items():
        scored = [(rival.score(counts, begin), outbreaks) for counts, outbreaks in months]
        for number, (_, limit) in enumerate(limits):
            shares = [
                share_caught([(series, hour + begin) for series, hour in alarms(scores, limit)], outbreaks)
                for scores, outbreaks in scored
            ]
            found[number][size] = float(np.mean(shares))
    return [
        Point(rival.name, setting, float(np.mean([len(alarms(scores, limit)) for scores in quiet])), shares_by_size)
        for (setting, limit), shares_by_size in zip(limits, found, strict=True)
    ]


def measure_sizes(made: Months, size: int = 25) -> tuple[float, float]:
    """How often the interval holds the letters of the outbreak since the beginning given, and how many hours that
    beginning is away from the true one, for outbreaks found within a day."""
    settings = BurstSettings(first_day=HISTORY)
    inside, away = [], []
    for counts, outbreaks in made.with_outbreaks[size]:
        table = table_of(counts)
        for burst in find_bursts(table, settings):
            outbreak = outbreaks.get(int(burst.series))
            since, found = ((moment - table.start) // table.step for moment in (burst.since, burst.found))
            if burst.direction != "up" or outbreak is None or not outbreak.begin < found <= outbreak.begin + 24:
                continue
            letters = int(((outbreak.hours >= since) & (outbreak.hours < found)).sum())
            inside.append(burst.low <= letters <= burst.high)
            away.append(abs(since - outbreak.begin))
    return float(np.mean(inside)), float(np.median(away))


def measure_speed(counts: Floats) -> dict[str, float]:
    table = table_of(counts)
    begin = time.process_time()
    find_bursts(table, BurstSettings(first_day=HISTORY))
    replay = time.process_time() - begin
    begin = time.process_time()
    prepared = prepare(table)
    preparing = time.process_time() - begin
    begin = time.process_time()
    for _ in range(20):
        detect_now(table, prepared=prepared)
    return {
        # the month watched, and the four weeks before it that the tails are learnt from
        "series_hours_per_second": len(counts) * (MONTH + 28) * 24 / replay,
        "prepare_seconds": preparing,
        "hourly_seconds": (time.process_time() - begin) / 20,
    }
