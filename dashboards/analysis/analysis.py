"""What are the numbers of an analyst's view? Lines of a table, each number with its list; pictures are drawn of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.analysis.analysis_lines import Count, Line, Lists, count_of_row, find_drill, find_within, none_of
from dashboards.analysis.analysis_view import (
    MOODS,
    OVER_TIME,
    AnalysisView,
    choose_period,
    find_compared,
    find_conflict,
    list_starts,
    name_period,
    note_running,
)
from dashboards.analysis.dispatch_flows import Flow, read_flows
from dashboards.daily_facts.fact_series import (
    By,
    FactRow,
    FactSeries,
    Period,
    find_period,
    read_many,
    read_series,
    read_sums,
)
from dashboards.metrics.metrics import choose_for_metrics
from models.analysis import Sentiment
from models.criteria import CaseCriteria
from models.database import Connection

LINES_SHOWN = 5
PANELS_SHOWN = 12
CALENDAR_DAYS = 731
_ASPECTS = {
    "displeased_rate": "部门、办理或政策",
    "displeased_department_rate": "部门和人员",
    "displeased_reply_rate": "办理和答复",
    "displeased_policy_rate": "政策规定",
}
_NEGATIVE_TONES = ("displeased", "matter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """`total` and `compared` are of all cases that the criteria select; `notes` what a reader should know: where the
    numbers come from, what could not be done as asked. `lines` empty with a note: an honest nothing."""

    view: AnalysisView
    as_of: datetime
    total: Count
    compared: Count | None
    compared_days: str
    period: Period | None
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    flows: tuple[Flow, ...] = ()

    @property
    def is_rate(self) -> bool:
        """Whether the numbers of the lines are shares."""
        if self.view.picture == "flow":
            return False
        return self.view.picture in MOODS or self.view.definition.denominator is not None


def read_analysis(conn: Connection, view: AnalysisView, *, now: datetime, zone: ZoneInfo) -> Analysis:
    """The numbers of the view. Run it in a REPEATABLE READ transaction: the lines then add up to the total.

    Reads the daily facts as `dashboards.daily_facts.fact_series` does."""
    today = now.astimezone(zone).date()
    conflict = find_conflict(view)
    if conflict:
        return _nothing(view, now, conflict)
    chosen = choose_for_metrics(conn, view.criteria, now=now, zone=zone)
    moment: dict[str, Any] = {"now": now, "zone": zone, "chosen": chosen}
    compared, days = find_compared(view, today)
    notes = [chosen[1], days if compared is None else ""]
    period: Period | None = None
    flows: tuple[Flow, ...] = ()
    if view.picture == "flow":
        lines, flows = _flow_lines(conn, view.criteria, now=now, zone=zone)
    elif view.picture == "calendar":
        lines, period = _calendar(conn, view, today, notes, **moment), "day"
    elif view.picture in OVER_TIME:
        bounds = _bounds(conn, view, today, **moment)
        if bounds is None:
            lines = ()
        else:
            period, note = choose_period(view, *bounds)
            notes += [note, note_running(bounds[1], period, today)]
            lines = _over_time(conn, view, compared, period, bounds, today, notes, **moment)
    else:
        lines = _over_kinds(conn, view, compared, **moment)
    # last: of the facts it is what the lines add up to, not read again
    whole = read_series(conn, view.metric, view.criteria, **moment)
    before = read_series(conn, view.metric, compared, **moment) if compared else None
    return Analysis(
        view=view,
        as_of=whole.as_of,
        total=_total(whole, view),
        compared=_total(before, view) if before else None,
        compared_days=days if compared else "",
        period=period,
        lines=lines,
        notes=tuple(note for note in notes if note),
        flows=flows,
    )


def _over_kinds(conn: Connection, view: AnalysisView, compared: CaseCriteria | None, **moment: Any) -> tuple[Line, ...]:
    by = tuple(name for name in (view.group, view.second) if name)
    found = read_series(conn, view.metric, view.criteria, by=by, **moment)
    if compared is None:
        single = len(by) == 1
        return tuple(
            [
                Line(
                    keys=row.keys,
                    labels=row.labels,
                    count=count_of_row(row),
                    drill=find_drill(view, by, row.keys) if single else None,
                )
                for row in found.rows
            ]
        )
    before = read_series(conn, view.metric, compared, by=by, **moment)
    return tuple(
        Line(
            keys=keys,
            labels=labels,
            count=count_of_row(now) if now else None,
            compared=count_of_row(then) if then else None,
            drill=find_drill(view, by, keys) if len(by) == 1 else None,
        )
        for keys, labels, now, then in _pair(found.rows, before.rows)
    )


def _over_time(
    conn: Connection,
    view: AnalysisView,
    compared: CaseCriteria | None,
    period: Period,
    bounds: tuple[date, date],
    today: date,
    notes: list[str],
    **moment: Any,
) -> tuple[Line, ...]:
    by: tuple[By, ...] = (view.group,) if view.group else ()
    if view.picture in MOODS:
        lines_of = _sentiment_lines if view.picture == "sentiment" else _aspect_lines
        return lines_of(conn, view, period, bounds, **moment)
    # who is drawn first, then their days alone: a city has a hundred units
    ranked = read_sums(conn, [view.metric], view.criteria, by=by, **moment).rank(view.metric)
    drawn = ranked[: PANELS_SHOWN if view.picture == "small" else LINES_SHOWN]
    if by and len(ranked) > len(drawn):
        notes.append(f"只画件数最多的{len(drawn)}项。")
    sums = read_sums(conn, [view.metric], view.criteria, by=by, period=period, among=drawn, **moment)
    known = [start for (start, _), values in sums.values.items() if start and any(values)]
    starts = _without_ends(list_starts(*bounds, period), known, view)
    rows = {(row.keys, row.start): row for row in sums.series_of(view.metric, drawn).rows}
    then: dict[tuple[tuple[str, ...], date | None], FactRow] = {}
    other: list[date] = []
    if compared and compared.submitted_from and compared.submitted_to:
        before = read_sums(conn, [view.metric], compared, by=by, period=period, among=drawn, **moment)
        then = {(row.keys, row.start): row for row in before.series_of(view.metric, drawn).rows}
        other = list_starts(compared.submitted_from, compared.submitted_to, period)
    lines = []
    for kinds in drawn:
        keys, labels = tuple(key for key, _ in kinds), tuple(label for _, label in kinds)
        for start, earlier in zip_longest(starts, other):
            row, old = rows.get((keys, start)), then.get((keys, earlier))
            if start is None and old is None:
                continue  # the other time touches one period more, and nothing lies in it
            lines.append(
                Line(
                    keys=keys,
                    labels=labels,
                    start=start,
                    period=name_period(start, period) if start else "",
                    count=count_of_row(row) if row else none_of(view) if start else None,
                    compared=count_of_row(old) if old else none_of(view) if earlier else None,
                    compared_period=name_period(earlier, period) if earlier else "",
                    drill=find_within(view, by, keys, start, period) if start else None,
                )
            )
    return tuple(lines)


def _sentiment_lines(
    conn: Connection, view: AnalysisView, period: Period, bounds: tuple[date, date], **moment: Any
) -> tuple[Line, ...]:
    """The negative share of each period, and that of those displeased with a department, reply or policy."""
    found = read_series(conn, "received", view.criteria, by=("tone",), period=period, **moment)
    whole = read_series(conn, "received", view.criteria, period=period, **moment)
    rows = {row.start: row for row in whole.rows}
    starts = _without_ends(list_starts(*bounds, period), _starts(whole), view)
    tones: dict[tuple[date | None, str], FactRow] = {(row.start, row.keys[0]): row for row in found.rows}
    lines = []
    for key, label in (("negative", "负面"), ("displeased", "不满部门或政策")):
        names = _NEGATIVE_TONES if key == "negative" else (key,)
        for start in starts:
            row = rows.get(start)
            count = Count(numerator=0, denominator=0)
            if row:
                part = sum(tones[start, name].numerator for name in names if (start, name) in tones)
                criteria = row.criteria.changed({"sentiment": Sentiment.NEGATIVE.value})
                if key == "displeased" and (start, key) in tones:
                    criteria = tones[start, key].criteria
                count = Count(numerator=part, denominator=row.numerator, lists=Lists(criteria, row.criteria))
            lines.append(
                Line(
                    keys=(key,),
                    labels=(label,),
                    start=start,
                    period=name_period(start, period),
                    count=count,
                    drill=find_within(view, (), (), start, period),
                )
            )
    return tuple(lines)


def _aspect_lines(
    conn: Connection, view: AnalysisView, period: Period, bounds: tuple[date, date], **moment: Any
) -> tuple[Line, ...]:
    """Of the negative cases of each period the share that is displeased with anybody, and with each of them."""
    found = read_many(conn, list(_ASPECTS), view.criteria, period=period, **moment)
    lines = []
    for name, label in _ASPECTS.items():
        rows = {row.start: row for row in found[name].rows}
        for start in _without_ends(list_starts(*bounds, period), _starts(found[name]), view):
            row = rows.get(start)
            lines.append(
                Line(
                    keys=(name,),
                    labels=(label,),
                    start=start,
                    period=name_period(start, period),
                    count=count_of_row(row) if row else Count(numerator=0, denominator=0),
                    drill=find_within(view, (), (), start, period),
                )
            )
    return tuple(lines)


def _calendar(conn: Connection, view: AnalysisView, today: date, notes: list[str], **moment: Any) -> tuple[Line, ...]:
    found = read_series(conn, view.metric, view.criteria, period="day", **moment)
    rows = {row.start: row for row in found.rows if row.start}
    if not rows:
        return ()
    first = view.criteria.submitted_from or min(rows)
    last = view.criteria.submitted_to or max(*rows, min(today, max(rows)))
    earliest = date.fromordinal(max(1, last.toordinal() - CALENDAR_DAYS + 1))
    if first < earliest:
        first = earliest
        notes.append("日历只画最近两年。")
    return tuple(
        Line(
            start=day,
            period=name_period(day, "day"),
            count=count_of_row(rows[day]) if day in rows else none_of(view),
        )
        for day in list_starts(first, last, "day")
    )


def _flow_lines(conn: Connection, criteria: CaseCriteria, **moment: Any) -> tuple[tuple[Line, ...], tuple[Flow, ...]]:
    flows = read_flows(conn, criteria, **moment)
    lines = (
        Line(
            keys=(flow.first, flow.way, flow.last),
            labels=(flow.first_label, flow.way_label, flow.last_label),
            count=Count(numerator=flow.cases, lists=flow.lists),
        )
        for flow in flows
    )
    return tuple(lines), flows


def _bounds(conn: Connection, view: AnalysisView, today: date, **moment: Any) -> tuple[date, date] | None:
    """The days to draw: those asked for, else those with cases. None where there is none."""
    first, last = view.criteria.submitted_from, view.criteria.submitted_to
    if first and last:
        return (first, last) if first <= last else None
    months = [row.start for row in read_series(conn, "received", view.criteria, period="month", **moment).rows]
    known = [month for month in months if month]
    if not known:
        return None
    first = first or min(known)
    last = last or max(first, min(today, find_period(max(known), "month").end))
    return (first, last) if first <= last else None


def _starts(found: FactSeries) -> list[date]:
    return [row.start for row in found.rows if row.start]


def _without_ends(starts: list[date], known: Sequence[date], view: AnalysisView) -> list[date]:
    """The periods without those before the first of `known`, which have cases: nobody asked for the days of a month
    before it."""
    if view.criteria.submitted_from or not known:
        return starts
    return [start for start in starts if start >= min(known)]


def _pair(
    rows: Sequence[FactRow], before: Sequence[FactRow]
) -> list[tuple[tuple[str, ...], tuple[str, ...], FactRow | None, FactRow | None]]:
    """Keys and labels of every row that is there now or was then, with both."""
    now, then = {row.keys: row for row in rows}, {row.keys: row for row in before}
    labels = {row.keys: row.labels for row in (*rows, *before)}
    return [(keys, labels[keys], now.get(keys), then.get(keys)) for keys in labels]


def _total(found: FactSeries, view: AnalysisView) -> Count:
    return count_of_row(found.rows[0]) if found.rows else none_of(view)


def _nothing(view: AnalysisView, now: datetime, why: str) -> Analysis:
    return Analysis(
        view=view,
        as_of=now,
        total=none_of(view),
        compared=None,
        compared_days="",
        period=None,
        lines=(),
        notes=(why,),
    )
