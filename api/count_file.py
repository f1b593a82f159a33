"""A file of counts per series and hour or day as the table that bursts are looked for in."""

import csv
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from intake.headers import normalise_name
from intake.tabular import open_table
from intake.values import Cell, as_count, as_moment, as_text, is_nothing
from models.errors import Invalid
from nlp.trends.bursts import CountTable

_COLUMNS = {
    "series": ("series", "序列", "系列", "名称", "类别"),
    "time": ("time", "时间", "日期", "date"),
    "count": ("count", "数量", "件数", "次数"),
    "persons": ("persons", "人数"),
}
_NEEDED = ("series", "time", "count")
_LARGEST = 40_000_000
# Kinds of day in the week's shape: a holiday is like a Sunday, a Sunday that is worked like a Wednesday.
_HOLIDAY, _WORKDAY = 6, 2


def read_counts(path: Path, zone: ZoneInfo, *, holidays: bool) -> CountTable:
    """Columns series, time, count and perhaps persons; what is absent is 0, what is there twice is added.

    Counts are per hour if any time has an hour, else per day. Raises `Invalid` with the row that cannot be read.
    """
    names: dict[str, int] = {}
    entries: list[tuple[int, datetime, int, int]] = []
    with open_table(path, frozenset(normalise_name(name) for group in _COLUMNS.values() for name in group)) as table:
        columns = _find_columns(table.columns)
        for row in table.rows:
            if row.fault:
                raise Invalid(f"第 {row.number} 行：{row.fault}")
            moment, count, persons = _read(row.number, row.cells, columns, zone)
            name = as_text(row.cells[columns["series"]]).strip()
            entries.append((names.setdefault(name, len(names)), moment, count, persons))
    if not entries:
        raise Invalid("文件里没有数据行。")
    hourly = any((moment.hour, moment.minute) != (0, 0) for _, moment, _, _ in entries)
    # by the clock on the wall: a day has 24 hours, also where clocks are changed
    first = min(moment for _, moment, _, _ in entries).replace(hour=0, minute=0, second=0, microsecond=0)
    scale = 24 if hourly else 1
    places = [(m.date() - first.date()).days * scale + (m.hour if hourly else 0) for _, m, _, _ in entries]
    length = max(places) + 1
    if length * len(names) > _LARGEST:
        raise Invalid(f"{len(names)} 个序列、{length} 个时段，超出一次能处理的范围，请按时间分成几个文件。")
    counts = np.zeros((len(names), length))
    people = np.zeros((len(names), length))
    started = np.full(len(names), length, dtype=np.int64)
    for (number, _, count, persons), place in zip(entries, places, strict=True):
        counts[number, place] += count
        people[number, place] += persons
        started[number] = min(started[number], place)
    days = -(-length // scale)
    calendar = _calendar() if holidays else {}
    dates = [first.date() + timedelta(days=day) for day in range(days)]
    kinds = np.array([calendar.get(day, day.weekday()) for day in dates], dtype=np.int64)
    return CountTable(list(names), first, hourly, counts, people if "persons" in columns else None, started, kinds)


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


def _read(
    number: int, cells: Mapping[str, Cell], columns: Mapping[str, str], zone: ZoneInfo
) -> tuple[datetime, int, int]:
    try:
        moment = as_moment(cells[columns["time"]], zone)
        count = as_count(cells[columns["count"]])
        persons = count
        if "persons" in columns and not is_nothing(cells[columns["persons"]]):
            persons = as_count(cells[columns["persons"]])
    except Invalid as error:
        raise Invalid(f"第 {number} 行：{error.message}") from error
    if moment is None:
        raise Invalid(f"第 {number} 行：没有时间。")
    return moment.astimezone(zone), count, persons


def _calendar() -> dict[date, int]:
    text = (files("models") / "reference" / "calendar.csv").read_text(encoding="utf-8")
    return {
        date.fromisoformat(row["date"]): _HOLIDAY if row["kind"] == "holiday" else _WORKDAY
        for row in csv.DictReader(text.splitlines())
    }
