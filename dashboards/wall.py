"""What are the numbers of the wall screen? Sums alone, read from the daily facts; no letter, no case, no person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dashboards.analysis import breakdowns
from dashboards.daily_facts.fact_answers import choose_facts
from dashboards.daily_facts.fact_measures import list_measures
from dashboards.daily_facts.fact_reading import is_stale
from dashboards.daily_facts.fact_series import read_many
from dashboards.daily_facts.facts import fetch_rows
from dashboards.figures.tile_map import Tile, lay_out
from dashboards.metrics.metrics import METRICS, Metric, measure
from dashboards.statistics.rates import find_rate
from dashboards.statistics.series import ChannelSubmissions
from models.criteria import CaseCriteria
from models.database import Connection

DAYS = 14
# Rates and map look back so far: a calendar month would be empty on its first morning, and look broken.
RATE_DAYS = 30
# Shades of a map: by fifths of the largest.
SHADES = 5
RATES = ("on_time_completion_rate", "resolution_rate", "satisfaction_rate")


@dataclass(frozen=True, slots=True)
class DayCount:
    """Cases by the local day on which they were submitted."""

    day: date
    received: int


@dataclass(frozen=True, slots=True)
class Square:
    """A region on the map with its cases of the last `RATE_DAYS`; `shade` 0 (none) to 5 (as many as the largest)."""

    tile: Tile
    received: int
    shade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WallNumbers:
    """`as_of`: the moment of the oldest number; `stale`: the facts are behind. `rates` are of the cases submitted
    in the last `RATE_DAYS`, today among them."""

    as_of: datetime
    stale: bool
    today: tuple[ChannelSubmissions, ...]
    open: Metric
    overdue: Metric
    rates: tuple[Metric, ...]
    days: tuple[DayCount, ...]
    squares: tuple[Square, ...]
    placed: bool
    rate_days: int = RATE_DAYS

    @property
    def received_today(self) -> int:
        return sum(channel.received for channel in self.today)


def read_numbers(conn: Connection, regions: Sequence[tuple[str, str]], *, now: datetime, zone: ZoneInfo) -> WallNumbers:
    """`regions` are the (code, name) that get a square."""
    today = now.astimezone(zone).date()
    all_time = CaseCriteria()
    lately = CaseCriteria(submitted_from=today - timedelta(days=RATE_DAYS - 1), submitted_to=today)
    fortnight = CaseCriteria(submitted_from=today - timedelta(days=DAYS - 1), submitted_to=today)
    facts, _ = choose_facts(conn, all_time, list_measures(METRICS.values()), now=now, zone=zone)
    this_day = CaseCriteria(submitted_from=today, submitted_to=today)
    whole = measure(conn, all_time, now=now, zone=zone)
    of_lately = measure(conn, lately, now=now, zone=zone)
    by_day = read_many(conn, ["received"], fortnight, period="day", now=now, zone=zone)["received"]
    by_region = read_many(conn, ["received"], lately, by=("region",), now=now, zone=zone)["received"]
    counts = {row.start: row.numerator for row in by_day.rows}
    squares, placed = _squares(regions, {row.keys[0].rstrip("!"): row.numerator for row in by_region.rows})
    return WallNumbers(
        as_of=min(whole.as_of, of_lately.as_of, by_day.as_of, by_region.as_of),
        stale=facts is not None and is_stale(facts, now),
        today=breakdowns.submissions_by_channel(conn, this_day, now=now, zone=zone, facts=facts),
        open=whole.metrics["open"],
        overdue=whole.metrics["overdue"],
        rates=tuple(of_lately.metrics[name] for name in RATES),
        days=tuple(
            DayCount(day, counts.get(day, 0)) for day in (today - timedelta(days=n) for n in reversed(range(DAYS)))
        ),
        squares=squares,
        placed=placed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPart:
    """What a screen in a hall may say of an issue with something protected in it: the numbers of the rest. `told`:
    whether that is still an issue."""

    told: bool
    submissions: int
    persons: int
    negative_share: float | None


def list_open_parts(conn: Connection, issue_ids: Sequence[int]) -> dict[int, OpenPart]:
    """By issue, those with something confidential or a report in it; the others are absent."""
    return {
        row["id"]: OpenPart(
            told=row["told"],
            submissions=row["submissions"],
            persons=row["persons"],
            negative_share=find_rate(row["negative"], row["analysed"]),
        )
        for row in fetch_rows(conn, "issues_on_wall", {"issues": list(issue_ids)})
    }


def _squares(regions: Sequence[tuple[str, str]], counts: dict[str, int]) -> tuple[tuple[Square, ...], bool]:
    laid = lay_out(regions)
    most = max((counts.get(tile.code, 0) for tile in laid.tiles), default=0)
    return (
        tuple(
            Square(tile, count := counts.get(tile.code, 0), -(-SHADES * count // most) if most else 0)
            for tile in laid.tiles
        ),
        laid.placed,
    )
