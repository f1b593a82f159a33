"""A file of counts per series and hour or day as the table that bursts are looked for in."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from intake.headers import normalise_name
from intake.tabular import Row, open_table
from intake.values import as_count, as_moment, as_text, is_nothing
from models.errors import Invalid
from nlp.trends.baseline import HOLIDAY
from nlp.trends.bursts import CountTable

_COLUMNS = {
    "series": ("series", "序列", "系列", "名称", "类别"),
    "time": ("time", "时间", "日期", "date"),
    "count": ("count", "数量", "件数", "次数"),
    "persons": ("persons", "人数"),
}
_NEEDED = ("series", "time", "count")
_MOST_CELLS, _MOST_DAYS = 40_000_000, 4_000
# A Sunday that is worked is like a Wednesday.
_WORKDAY = 2


@dataclass(frozen=True, slots=True)
class CountFile:
    """`skipped` rows could not be read and are not counted; `first_skipped` says which was the first and why."""

    table: CountTable
    skipped: int
    first_skipped: str


def read_counts(path: Path, zone: ZoneInfo, *, holidays: bool) -> CountFile:
    """Columns series, time, count and perhaps persons; what is absent is 0, what is there twice is added.

    Counts are per hour if any time has an hour, else per day. A row that cannot be read is skipped. Raises `Invalid`
    where no row can be read, or the rows lie further apart than can be looked at.
    """
    names: dict[str, int] = {}
    entries: list[tuple[int, datetime, int, int, int]] = []
    skipped, first_skipped = 0, ""
    with open_table(path, frozenset(normalise_name(name) for group in _COLUMNS.values() for name in group)) as table:
        columns = _find_columns(table.columns)
        for row in table.rows:
            if row.fault and row.breaks_off:
                raise Invalid(f"第 {row.number} 行：{row.fault}")
            try:
                name, moment, count, persons = _read(row, columns, zone)
            except Invalid as error:
                skipped += 1
                first_skipped = first_skipped or f"第 {row.number} 行：{error.message}"
                continue
            entries.append((names.setdefault(name, len(names)), moment, count, persons, row.number))
    if not entries:
        raise Invalid(f"没有一行可用。{first_skipped}" if skipped else "文件里没有数据行。")
    counts = _table(list(names), entries, persons_known="persons" in columns, holidays=holidays)
    return CountFile(counts, skipped, first_skipped)


def _table(
    names: list[str], entries: list[tuple[int, datetime, int, int, int]], *, persons_known: bool, holidays: bool
) -> CountTable:
    hourly = any((moment.hour, moment.minute) != (0, 0) for _, moment, *_ in entries)
    # by the clock on the wall: a day has 24 hours, also where clocks are changed
    first, last = min(entries, key=lambda entry: entry[1]), max(entries, key=lambda entry: entry[1])
    start = first[1].replace(hour=0, minute=0, second=0, microsecond=0)
    if (last[1] - start).days > _MOST_DAYS:
        raise Invalid(
            f"时间从 {first[1]:%Y-%m-%d}（第 {first[4]} 行）到 {last[1]:%Y-%m-%d}（第 {last[4]} 行），超出 "
            f"{_MOST_DAYS} 天：如有误请更正，否则请分成几个文件。"
        )
    scale = 24 if hourly else 1
    places = [(m.date() - start.date()).days * scale + (m.hour if hourly else 0) for _, m, *_ in entries]
    length = max(places) + 1
    if length * len(names) > _MOST_CELLS:
        raise Invalid(f"{len(names)} 个序列、{length} 个时段，超出一次能处理的范围，请按时间分成几个文件。")
    counts = np.zeros((len(names), length))
    people = np.zeros((len(names), length))
    started = np.full(len(names), length, dtype=np.int64)
    for (number, _, count, persons, _), place in zip(entries, places, strict=True):
        counts[number, place] += count
        people[number, place] += persons
        started[number] = min(started[number], place)
    calendar = _calendar() if holidays else {}
    dates = [start.date() + timedelta(days=day) for day in range(-(-length // scale))]
    kinds = np.array([calendar.get(day, day.weekday()) for day in dates], dtype=np.int64)
    return CountTable(names, start, hourly, counts, people if persons_known else None, started, kinds)


def _find_columns(columns: tuple[str, ...]) -> dict[str, str]:
    own = {normalise_name(column): column for column in reversed(columns)}
    found = {
        field: own[normalise_name(name)]
        for field, names in _COLUMNS.items()
        for name in reversed(names)
        if normalise_name(name) in own
    }
    if missing := [field for field in _NEEDED if field not in found]:
        raise Invalid(
            f"缺少列 {'、'.join(missing)}；需要 series、time、count，可另有 persons。现有：{'、'.join(columns[:30])}。"
        )
    return found


def _read(row: Row, columns: Mapping[str, str], zone: ZoneInfo) -> tuple[str, datetime, int, int]:
    """Series, time by our clocks, count, persons (without their column: as many as the count)."""
    if row.fault:
        raise Invalid(row.fault)
    name = as_text(row.cells[columns["series"]]).strip()
    moment = as_moment(row.cells[columns["time"]], zone)
    if moment is None:
        raise Invalid("没有时间。")
    count = as_count(row.cells[columns["count"]])
    persons = count
    if "persons" in columns and not is_nothing(row.cells[columns["persons"]]):
        persons = min(count, as_count(row.cells[columns["persons"]]))
    return name, moment.astimezone(zone), count, persons


def _calendar() -> dict[date, int]:
    text = (files("models") / "reference" / "calendar.csv").read_text(encoding="utf-8")
    return {
        date.fromisoformat(row["date"]): HOLIDAY if row["kind"] == "holiday" else _WORKDAY
        for row in csv.DictReader(text.splitlines())
    }
