"""When it happened: the times that a text names, as first and last day, counted from the day it was written."""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache

from models.analysis import TimeMention
from nlp.document import Document
from nlp.ngrams import Batch, lay_out
from nlp.quoting import quote
from nlp.times.beginnings import BEGINNINGS, find_beginnings
from nlp.times.festivals import festival_days, new_year
from nlp.times.grammar import AHEAD, HABIT, LATER_DAY, SINCE, TIME, UNTIL, read_number, read_year

VERSION = "times/1"
Days = tuple[date, date]
# 春节前, 国庆后: so many days before or after it.
_AROUND = 15
_THIRDS = {"初": (1, 10), "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "底": (21, 31), "末": (21, 31)}
_YEARS_BACK = {"大前年": 3, "前年": 2, "去年": 1, "今年": 0, "明年": -1, "后年": -2}
_DAYS_BACK = {
    **{"大前天": 3, "前天": 2, "前晚": 2, "前夜": 2, "昨天": 1, "昨日": 1, "昨晚": 1, "昨夜": 1, "今天": 0, "今日": 0},
    **{"今晚": 0, "今早": 0, "今晨": 0, "明天": -1, "明日": -1, "明早": -1, "明晚": -1, "后天": -2, "大后天": -3},
}
_WEEKS_BACK = {"上上": 2, "上": 1, "本": 0, "这": 0, "下": -1}
_SEASONS = {"春": 3, "夏": 6, "秋": 9, "冬": 12}
_LOOK_BACK = 6
# Letters of one day name the same days again and again.
_REMEMBERED = 4096
_HABITUAL = frozenset("每个逢到的年历天月晚")
_NO_MORE = frozenset("，。、；！？,.的我他在就被\n") | {""}


class _Unknown(Exception):
    """The expression is a time, but on which day it was nobody can tell."""


def find_times(
    documents: Sequence[Document], *, batches: Sequence[Batch] | None = None
) -> list[tuple[TimeMention, ...]]:
    """The times of each text in its order. Past ones end on `AnalyserInput.written_on` at the latest.

    `batches` are `nlp.ngrams.lay_out` of the parts of `documents`, where somebody has them.
    """
    batches = [lay_out(documents)] if batches is None and documents else batches or []
    found: list[list[TimeMention]] = [[] for _ in documents]
    done = 0
    for batch in batches:
        at = find_beginnings(batch)
        rows = batch.rows[at]
        row, free = -1, 0
        for here, start in zip(rows.tolist(), (at - batch.starts[rows]).tolist(), strict=True):
            if here != row:
                row, free, document, mentions = here, 0, documents[done + here], found[done + here]
            if start >= free:
                free = _read_at(document, start, mentions)
        done += len(batch.starts)
    return list(map(tuple, found))


def _read_at(document: Document, start: int, found: list[TimeMention]) -> int:
    """Append the time that begins at `start`, if there is one; where the next can begin."""
    text, today = document.text, document.source.written_on
    if not BEGINNINGS[text[start]](text, start) or (match := TIME.match(text, start)) is None:
        return start + 1
    end = match.end()
    before = text[max(0, start - _LOOK_BACK) : start]
    if _is_none(match, text, before):
        return start + 1 if match.lastgroup != "clock" else end
    days = _resolve(match, today, ahead=AHEAD.search(before) is not None)
    if text[end : end + 1] in _NO_MORE:
        pass
    elif (until := UNTIL.match(text, end)) and days and (later := _range_end(text, until.end(), days, today)):
        days, end = (days[0], later[0]), later[1]
    elif since := SINCE.match(text, end):
        end = since.end()
        days = (days[0], today) if days and today else None
    first, last = days or (None, None)
    start, stop, words = quote(document, start, end)
    found.append(TimeMention(words, first, last, start, stop))
    return end


def _is_none(match: re.Match[str], text: str, before: str) -> bool:
    """Whether it only looks like a time: 每周三, 一月一次, 建设路3月…"""
    if before[-1:] in _HABITUAL and HABIT.search(before):
        return True
    if match.lastgroup != "date":
        return False
    if not any(match.group("date_y", "date_d", "date_f", "date_r", "date_t")):
        # 一月一次, 三月的期限: a month in Chinese numerals alone is as often a length
        return not match["date_m"].isdigit() or before[-1:] in ("-", "/", "第")
    return before[-1:] == "第"


def _range_end(text: str, position: int, days: Days, today: date | None) -> tuple[date, int] | None:
    """The end of 3月5日至8日, 2022年到2024年: its day, and where it ends in `text`."""
    match = TIME.match(text, position)
    if match is not None and match.lastgroup in ("iso", "date", "year", "month"):
        if match["date"] and not (match["date_y"] or match["date_r"]):
            month = read_number(match["date_m"])
            year = days[0].year + (month < days[0].month)
            later: Days | None = _month_part(year, month, match["date_d"], match["date_t"])
        else:
            later = _resolve(match, today, ahead=False)
        if later and later[1] >= days[0]:
            return later[1], match.end()
    if days[0] == days[1] and (day := LATER_DAY.match(text, position)):
        number = read_number(day[0][:-1])
        if days[0].day <= number <= monthrange(days[0].year, days[0].month)[1]:
            return days[0].replace(day=number), day.end()
    return None


def _resolve(match: re.Match[str], today: date | None, *, ahead: bool) -> Days | None:
    kind = match.lastgroup or "clock"
    try:
        known = today is not None or kind == "iso" or any(match.group("date_y", "year_y"))
        days = _READERS[kind](match, today or date.max, ahead) if known else None
    except (ValueError, OverflowError, _Unknown):  # 13月, 2月30日
        return None
    if days is None or today is None or days[0] > today or ahead:
        return days
    return (days[0], today) if days[1] > today and kind not in ("day", "week") else days


def _read_iso(match: re.Match[str], today: date, ahead: bool) -> Days:
    day = date(int(match["iso_y"]), int(match["iso_m"]), int(match["iso_d"]))
    return day, day


def _read_date(match: re.Match[str], today: date, ahead: bool) -> Days:
    return _date(*match.group("date_y", "date_r", "date_m", "date_d", "date_t"), today, ahead)


@lru_cache(_REMEMBERED)
def _date(
    year: str | None, relative: str | None, month: str, day: str | None, third: str | None, today: date, ahead: bool
) -> Days:
    number = read_number(month)
    if year:
        return _month_part(read_year(year), number, day, third)
    if relative:
        return _month_part(today.year - _YEARS_BACK[relative], number, day, third)
    return _nearest(lambda nearest: _month_part(nearest, number, day, third), today, ahead=ahead)


def _read_year(match: re.Match[str], today: date, ahead: bool) -> Days:
    written, relative, *more = match.group(
        "year_y", "year_r", "year_p", "year_q", "year_m1", "year_s", "year_l", "year_f"
    )
    year = read_year(written) if written else today.year - _YEARS_BACK[relative]
    if not any(more):
        return date(year, 1, 1), date(year, 12, 31)
    if part := match["year_p"]:
        return _year_part(year, part)
    if quarter := match["year_q"]:
        return _quarter(year, quarter)
    if match["year_m1"]:
        return date(year, int(match["year_m1"]), 1), _month_part(year, int(match["year_m2"]), None, None)[1]
    if season := match["year_s"]:
        first = date(year, _SEASONS[season[0]], 1)
        return first, _months_later(first, 3) - timedelta(days=1)
    if match["year_l"]:
        return _lunar(match["year_l"], year)
    return _festival(match["year_f"], match["year_a"], year)


def _read_day(match: re.Match[str], today: date, ahead: bool) -> Days:
    day = today - timedelta(days=_DAYS_BACK[match["day_w"]])
    return day, day


def _read_week(match: re.Match[str], today: date, ahead: bool) -> Days:
    monday = today - timedelta(days=today.weekday())
    weekday = match["week_d"] or match["week_b"]
    number = "一二三四五六日".find(weekday.replace("天", "日")) if weekday else -1
    if match["week_r"] is None:
        if weekday == "末":
            saturday = today - timedelta(days=(today.weekday() - 5) % 7)
            return saturday, saturday + timedelta(days=1)
        day = today - timedelta(days=(today.weekday() - number) % 7)
        return day, day
    monday -= timedelta(weeks=_WEEKS_BACK[match["week_r"]])
    if weekday is None:
        sunday = monday + timedelta(days=6)
        return monday, min(sunday, today) if match["week_r"] in ("本", "这") else sunday
    if weekday == "末":
        return monday + timedelta(days=5), monday + timedelta(days=6)
    return monday + timedelta(days=number), monday + timedelta(days=number)


def _read_month(match: re.Match[str], today: date, ahead: bool) -> Days:
    first = _months_later(today.replace(day=1), -_WEEKS_BACK[match["month_r"]])
    return _month_part(first.year, first.month, match["month_d"], match["month_t"])


def _read_edge(match: re.Match[str], today: date, ahead: bool) -> Days:
    if part := match["edge_m"]:
        this = _month_part(today.year, today.month, None, part)
        before = _months_later(today.replace(day=1), -1)
        return this if this[0] <= today or ahead else _month_part(before.year, before.month, None, part)
    if quarter := match["edge_q"]:
        return _nearest(lambda year: _quarter(year, quarter), today, ahead=ahead)
    return _nearest(lambda year: _year_part(year, match["edge_y"] or match["edge_h"]), today, ahead=ahead)


def _read_ago(match: re.Match[str], today: date, ahead: bool) -> Days:
    unit, number = match["ago_u"].lstrip("个"), read_number(match["ago_n"])
    if match["ago_n"] == "几":
        if unit not in "天日":
            raise _Unknown
        return today - timedelta(days=7), today - timedelta(days=1)
    half = match["ago_n"] == "半"
    if unit == "年" and not half and not match["ago_h"]:
        return date(today.year - number, 1, 1), date(today.year - number, 12, 31)
    if unit in "年月" and not (half and unit == "月"):
        months = number * 12 + 6 if unit == "年" else number
        first = _months_later(today.replace(day=1), -months)
        return first, _month_part(first.year, first.month, None, None)[1]
    days = 15 if unit == "月" else number * (1 if unit in "天日" else 7)
    if not days:
        raise _Unknown
    return today - timedelta(days=days), today - timedelta(days=days)


def _read_span(match: re.Match[str], today: date, ahead: bool) -> Days:
    unit, number = match["span_u"].lstrip("个"), read_number(match["span_n"])
    half = match["span_n"] == "半"
    if unit in "天日":
        # 这两天: yesterday and today
        days = 3 if match["span_n"] == "几" else number - match[0].startswith("这")
        return today - timedelta(days=days), today
    if not number and not half:
        raise _Unknown
    if unit == "年":
        return _months_later(today, -(6 if half else number * 12)), today
    if unit == "月":
        return (today - timedelta(days=15) if half else _months_later(today, -number)), today
    return today - timedelta(weeks=number), today


def _read_few(match: re.Match[str], today: date, ahead: bool) -> Days:
    days = {"两": 2, "三": 3}.get(match["few_n"], 7)
    return today - timedelta(days=days), today - timedelta(days=1)


def _read_lunar(match: re.Match[str], today: date, ahead: bool) -> Days:
    return _nearest(lambda year: _lunar(match["lunar"], year), today, ahead=ahead)


def _read_festival(match: re.Match[str], today: date, ahead: bool) -> Days:
    return _nearest(lambda year: _festival(match["festival_n"], match["festival_a"], year), today, ahead=ahead)


def _read_clock(match: re.Match[str], today: date, ahead: bool) -> Days:
    raise _Unknown


_READERS: dict[str, Callable[[re.Match[str], date, bool], Days]] = {
    **{"iso": _read_iso, "date": _read_date, "year": _read_year, "day": _read_day, "week": _read_week},
    **{"month": _read_month, "edge": _read_edge, "ago": _read_ago, "span": _read_span, "few": _read_few},
    **{"lunar": _read_lunar, "festival": _read_festival, "clock": _read_clock},
}


def _nearest(days_of: Callable[[int], Days], today: date, *, ahead: bool) -> Days:
    """The last such days that had begun by `today`; with `ahead` the first that are not over."""
    years = (today.year, today.year + 1) if ahead else (today.year, today.year - 1, today.year - 2)
    for year in years:
        days = days_of(year)
        if (days[1] >= today) if ahead else (days[0] <= today):
            return days
    raise _Unknown


def _festival(name: str, around: str | None, year: int) -> Days:
    plain = "五一" if name.startswith("五一") else name
    days = festival_days(plain, year) or festival_days(plain.removesuffix("节"), year)
    if days is None:
        raise _Unknown
    around = (around or "").replace("之", "").replace("的", "").replace("过", "")
    if around.startswith("前"):
        return days[0] - timedelta(days=_AROUND), days[0] - timedelta(days=1)
    if around == "后":
        return days[1] + timedelta(days=1), days[1] + timedelta(days=_AROUND)
    return days


def _lunar(name: str, year: int) -> Days:
    """Days of the old calendar. 腊月 is the twelfth month of the lunar `year`, taken as the 30 days before the next."""
    if name == "八月十五":
        return _festival("中秋", None, year)
    twelfth = name.startswith("腊月")
    first = new_year(year + twelfth)
    if first is None or (twelfth and name != "腊月"):
        raise _Unknown  # a twelfth month has 29 or 30 days
    if twelfth:
        return first - timedelta(days=30), first - timedelta(days=1)
    if name == "正月":
        return first, first + timedelta(days=29)
    if name.startswith(("除夕", "大年三十")):
        return first - timedelta(days=1), first - timedelta(days=1)
    written = name.removeprefix("大年").removeprefix("正月").removeprefix("初").replace("廿", "二十")
    day = first + timedelta(days=14 if name.startswith("元宵") else read_number(written) - 1)
    return day, day


def _month_part(year: int, month: int, day: str | None, third: str | None) -> Days:
    if day:
        exact = date(year, month, read_number(day.strip()[:-1]))
        return exact, exact
    length = monthrange(year, month)[1]
    first, last = _THIRDS.get(third or "", (1, 31))
    return date(year, month, first), date(year, month, min(last, length))


def _year_part(year: int, part: str) -> Days:
    first, last = {"初": (1, 1), "底": (12, 12), "末": (12, 12), "上半年": (1, 6), "下半年": (7, 12)}[
        part.removeprefix("年")
    ]
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def _quarter(year: int, number: str) -> Days:
    first = date(year, read_number(number) * 3 - 2, 1)
    return first, _months_later(first, 3) - timedelta(days=1)


@cache
def _months_later(day: date, months: int) -> date:
    """The same day of another month, or that month's last."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
