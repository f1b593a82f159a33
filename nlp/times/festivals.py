"""On which days a festival falls: the announced days off where there is a notice, else what the calendar says."""

import csv
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from nlp.lexicon import load_lexicon

Days = tuple[date, date]
SPRING = "春节"
_SPRING_DAYS = 7


@cache
def new_year(year: int) -> date | None:
    """正月初一 of `year`; None outside the table."""
    return _table("new_year").get(year)


@cache
def festival_days(name: str, year: int) -> Days | None:
    """First and last day of the festival that people call `name` (without 节) in `year`; None where unknown."""
    called = load_lexicon("festivals")["calendar_names"].get(name, name)
    off = _days_off().get((called, year))
    if off is not None:
        return off
    if called == SPRING:
        first = new_year(year)
        return (first, first + timedelta(days=_SPRING_DAYS - 1)) if first else None
    moving = {"端午节": "dragon_boat", "中秋节": "mid_autumn"}.get(called)
    if moving:
        day = _table(moving).get(year)
        return (day, day) if day else None
    fixed = load_lexicon("festivals")["fixed"].get(called)
    if fixed is None:
        return None
    first, last = (date(year, *map(int, part.split("-"))) for part in fixed)
    return first, last


@cache
def _table(name: str) -> dict[int, date]:
    return {day.year: day for day in load_lexicon("festivals")[name]}


@cache
def _days_off() -> dict[tuple[str, int], Days]:
    """Days off by the yearly notice, by the name of the holiday; of a shared one (国庆节、中秋节) the first name's."""
    text = (files("models") / "reference" / "calendar.csv").read_text(encoding="utf-8-sig")
    found: dict[tuple[str, int], Days] = {}
    for row in csv.DictReader(text.splitlines()):
        if row["kind"] == "holiday":
            day = date.fromisoformat(row["date"])
            key = row["name"].split("、")[0], day.year
            first, last = found.get(key, (day, day))
            found[key] = min(first, day), max(last, day)
    return found
