"""How much will come in the next two weeks, about what and where: from the daily facts, with the error of before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from dashboards.daily_facts.fact_series import FactRow, read_series
from dashboards.forecasts.forecast_repository import newest_forecast, save_forecast
from models.criteria import CaseCriteria
from models.database import Connection
from nlp.trends.baseline import Floats
from nlp.trends.forecast import HORIZON, LEAST_DAYS, RECENT, BackTest, Forecast, forecast

# Two years and what the back-test looks back on from there.
_LOOKED_BACK = timedelta(days=900)
_YEAR = timedelta(days=364)
ALL = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesForecast:
    """Cases of one topic in one county (ALL: of any) in HORIZON days. `mean`, `low`, `high` by day, `total…` of all,
    between low and high with 80 %. `recent`: letters in HORIZON days at the level of the last RECENT ones;
    `last_year`: those of the same days a year ago, None where that is not known; `season`: how much that was above what
    was to be expected then. `mae`, `naive_mae`: mean error of `times` totals in the back-test, of which `hits` lay in
    their interval. `listed`: "rising" or "seasonal" where it stands on the list 未诉先办, else ""."""

    topic: str
    topic_name: str
    region: str
    region_name: str
    mean: list[float]
    low: list[int]
    high: list[int]
    total: float
    total_low: int
    total_high: int
    recent: float
    last_year: int | None
    season: float
    mae: float | None
    naive_mae: float | None
    times: int
    hits: int
    listed: str

    def criteria(self, first: date | None = None, last: date | None = None) -> CaseCriteria:
        """Opens the cases of the series that were submitted on these days."""
        return CaseCriteria(
            topic=self.topic or None, region=self.region or None, submitted_from=first, submitted_to=last
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TestFigures:
    """The back-test of one group of series, as nlp.trends.forecast.BackTest; None of the figures where none could be
    computed. `rising`, `seasonal`: (on the list, of them came)."""

    origins: int
    mase: float | None
    against_flat: float | None
    coverage: float
    coverage_day: float | None
    rising: tuple[int, int]
    seasonal: tuple[int, int]
    base: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeForecast:
    """`first_day`: the first of HORIZON days; history reaches to the day before. `history_days`: how far back it goes.
    `sums`: the city, each topic, each county; `pairs`: topic × county. `sums_test`, `pairs_test`: None where history is
    too short for a back-test. `too_few`: how many pairs have too little history for a forecast."""

    first_day: date
    made_at: datetime
    history_days: int
    sums: list[SeriesForecast]
    pairs: list[SeriesForecast]
    sums_test: TestFigures | None
    pairs_test: TestFigures | None
    too_few: int

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=HORIZON - 1)

    def find(self, topic: str, region: str) -> SeriesForecast | None:
        return next((one for one in (*self.sums, *self.pairs) if (one.topic, one.region) == (topic, region)), None)

    def list_likely(self) -> list[SeriesForecast]:
        """未诉先办: what is likely to come, most letters above the recent level first. A rule that did no better in the
        back-test than taking any series lists nothing."""
        test = self.pairs_test
        if test is None:
            return []
        good = {name for name in ("rising", "seasonal") if _better(getattr(test, name), test.base)}
        likely = [one for one in self.pairs if one.listed in good]
        return sorted(likely, key=lambda one: (one.listed != "rising", one.recent - one.total, one.topic, one.region))


def make_volume_forecast(
    conn: Connection, kind_of_day: Callable[[date], int], *, now: datetime, zone: ZoneInfo, actor: str
) -> VolumeForecast | None:
    """Forecast from today on and keep it. None: there are not LEAST_DAYS days of history yet."""
    today = now.astimezone(zone).date()
    criteria = CaseCriteria(submitted_from=today - _LOOKED_BACK, submitted_to=today - timedelta(days=1))
    found = read_series(conn, "received", criteria, by=("topic", "region"), period="day", now=now, zone=zone)
    made = forecast_rows(found.rows, kind_of_day, today=today, now=now)
    if made is not None:
        content = asdict(made)
        del content["first_day"], content["made_at"]
        save_forecast(conn, "volume", today, content, actor=actor, now=now)
    return made


def read_volume_forecast(conn: Connection) -> VolumeForecast | None:
    """The newest that was made."""
    found = newest_forecast(conn, "volume")
    if found is None:
        return None
    day, made_at, content = found
    return VolumeForecast(
        first_day=day,
        made_at=made_at,
        history_days=content["history_days"],
        sums=[SeriesForecast(**one) for one in content["sums"]],
        pairs=[SeriesForecast(**one) for one in content["pairs"]],
        sums_test=_load_test(content["sums_test"]),
        pairs_test=_load_test(content["pairs_test"]),
        too_few=content["too_few"],
    )


def forecast_rows(
    rows: Sequence[FactRow], kind_of_day: Callable[[date], int], *, today: date, now: datetime
) -> VolumeForecast | None:
    """Pure: `rows` are cases received by topic, region and day."""
    first = min((row.start for row in rows if row.start), default=today)
    days = (today - first).days
    if days < LEAST_DAYS:
        return None
    names: dict[tuple[str, str], tuple[str, str]] = {}
    by_series: dict[tuple[str, str], Floats] = {}
    for row in rows:
        (topic, region), (topic_name, region_name) = row.keys, row.labels
        assert row.start is not None
        # the city, the topic, the county, both
        for key, label in (
            ((ALL, ALL), ("全部", "全市")),
            ((topic, ALL), (topic_name, "全市")),
            ((ALL, region), ("全部", region_name)),
            ((topic, region), (topic_name, region_name)),
        ):
            names[key] = label
            by_series.setdefault(key, np.zeros(days))[(row.start - first).days] += row.numerator
    kinds = np.array([kind_of_day(first + timedelta(days=n)) for n in range(days + HORIZON)], dtype=np.int64)
    sums = [key for key in by_series if ALL in key]
    # what is not known of a case is no topic and no place that could be acted on
    pairs = [key for key in by_series if ALL not in key and "none" not in key and not key[1].endswith("!")]
    made: list[tuple[list[SeriesForecast], TestFigures | None]] = []
    too_few = 0
    for keys in (sums, pairs):
        if not keys:
            made.append(([], None))
            continue
        counts = np.stack([by_series[key] for key in keys])
        found, test, _ = forecast(counts, kinds, np.zeros(len(keys), dtype=np.int64))
        known = [n for n in range(len(keys)) if found.known[n]]
        made.append(([_spell(keys[n], names[keys[n]], counts[n], found, test, n) for n in known], _figures(test)))
        too_few = len(keys) - len(known)
    (of_sums, sums_test), (of_pairs, pairs_test) = made
    return VolumeForecast(
        first_day=today,
        made_at=now,
        history_days=days,
        sums=sorted(of_sums, key=_order),
        pairs=sorted(of_pairs, key=_order),
        sums_test=sums_test,
        pairs_test=pairs_test,
        too_few=too_few,
    )


def _spell(
    key: tuple[str, str], label: tuple[str, str], counts: Floats, found: Forecast, test: BackTest | None, n: int
) -> SeriesForecast:
    then = len(counts) - _YEAR.days
    return SeriesForecast(
        topic=key[0],
        topic_name=label[0],
        region=key[1],
        region_name=label[1],
        mean=[round(float(value), 2) for value in found.mean[n]],
        low=found.low[n].astype(int).tolist(),
        high=found.high[n].astype(int).tolist(),
        total=round(float(found.total[n]), 1),
        total_low=int(found.total_low[n]),
        total_high=int(found.total_high[n]),
        recent=float(found.recent[n]),
        last_year=int(counts[then : then + HORIZON].sum()) if then >= 0 else None,
        season=round(float(found.season[n]), 2),
        mae=_number(test.mae[n]) if test else None,
        naive_mae=_number(test.naive[n]) if test else None,
        times=int(test.times[n]) if test else 0,
        hits=int(test.hits[n]) if test else 0,
        listed="rising" if found.rising[n] else "seasonal" if found.seasonal[n] else "",
    )


def _figures(test: BackTest | None) -> TestFigures | None:
    if test is None or not test.times.sum():
        return None
    return TestFigures(
        origins=len(test.origins),
        mase=_number(test.mase),
        against_flat=_number(test.against_flat),
        coverage=round(test.coverage, 3),
        coverage_day=_number(test.coverage_day),
        rising=test.rising,
        seasonal=test.seasonal,
        base=round(test.base, 3),
    )


def _load_test(content: Mapping[str, Any] | None) -> TestFigures | None:
    if content is None:
        return None
    lists = {name: (content[name][0], content[name][1]) for name in ("rising", "seasonal")}
    return TestFigures(**{**content, **lists})


def _better(list_and_came: tuple[int, int], base: float) -> bool:
    listed, came = list_and_came
    return listed > 0 and came / listed > base


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else round(float(value), 3)


def _order(one: SeriesForecast) -> tuple[bool, bool, float, str, str]:
    """The city first, topics, counties; then the most."""
    return one.topic == ALL and one.region != ALL, one.topic != ALL, -one.total, one.topic, one.region


def recent_days(first_day: date) -> tuple[date, date]:
    """The days that `recent` is the mean of."""
    return first_day - timedelta(days=RECENT), first_day - timedelta(days=1)


def last_year_days(first_day: date) -> tuple[date, date]:
    """The same days of last year, weekday on weekday."""
    return first_day - _YEAR, first_day - _YEAR + timedelta(days=HORIZON - 1)
