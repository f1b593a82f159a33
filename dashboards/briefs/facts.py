"""Which numbers does a report speak of? Read once, each with the criteria that open its rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.briefs.counts import BriefFacts, Count, Group, HotIssue, Rate, Responding, Unit, Voices
from dashboards.briefs.left_out import LeftOuts, read_left_out, with_left_out
from dashboards.briefs.periods import Days, before, year_before
from dashboards.daily_facts.fact_series import By, FactRow, read_many, read_series
from dashboards.daily_facts.facts import fetch_rows
from dashboards.metrics.metrics import Metric, measure
from models.criteria import CaseCriteria, CaseState
from models.database import Connection
from models.report import ReportKind

_UNIT_METRICS = (
    "received",
    "completion_rate",
    "on_time_completion_rate",
    "overdue",
    "satisfaction_rate",
    "rework_rate",
)
# The rates of 办理情况 in the order of the report.
HANDLING = (
    "completion_rate",
    "on_time_completion_rate",
    "sign_in_rate",
    "response_rate",
    "resolution_rate",
    "satisfaction_rate",
    "return_rate",
    "rework_rate",
)


def read_brief(
    conn: Connection,
    kind: ReportKind,
    days: Days,
    thresholds: Mapping[str, float],
    *,
    now: datetime,
    zone: ZoneInfo,
    issue_id: int | None = None,
) -> BriefFacts:
    """Everything that the report of these days says, of one moment (run it in a REPEATABLE READ transaction).
    `issue_id`: only what belongs to that issue."""
    earlier, year = before(kind, days), year_before(kind, days)
    base = CaseCriteria(issue_id=issue_id)
    here, there, then = (_within(base, d) for d in (days, earlier, year))
    measured = measure(conn, here, now=now, zone=zone)
    # every further number is of the same moment
    as_of = measured.as_of
    given: dict[str, Any] = {"now": as_of, "zone": zone}
    metrics = (
        measured.metrics,
        measure(conn, there, **given).metrics,
        measure(conn, then, **given).metrics,
    )
    left_out = read_left_out(conn, HANDLING, here, **given)
    reader = _Reader(conn, (days, earlier, year), as_of, zone, left_out)
    ahead_days = _ahead(kind, days)
    due = CaseCriteria(issue_id=issue_id, due_from=ahead_days.first, due_to=ahead_days.last)
    by_unit = read_series(conn, "open", due, by=("department",), **given)
    topics = reader.groups(base, "topic")
    kinds: tuple[By, ...] = ("channel", "appeal_type", "region", "tone")
    return BriefFacts(
        kind=kind,
        as_of=as_of,
        note=measured.note,
        days=days,
        before_days=earlier,
        year_days=year,
        counts={name: _metric_group(name, metrics, (days, earlier, year)) for name in ("received", "open", "overdue")},
        rates={name: _rates(name, metrics, (days, earlier), left_out) for name in HANDLING if name in metrics[0]},
        stock=_stock(measure(conn, base, **given).metrics),
        by={"topic": topics, **{name: reader.groups(base, name) for name in kinds}},
        top_regions={
            topic.key: reader.groups(replace(base, topic=topic.key), "region")
            for topic in topics[:3]
            if topic.key != "none"
        },
        units=reader.units(base),
        by_day=reader.by_day(here),
        urgent=reader.groups(replace(base, urgency="critical"), "topic"),
        ahead_days=ahead_days,
        ahead=Count(
            key="ahead",
            label=f"{ahead_days.words}到期的在办工单",
            value=sum(row.numerator for row in by_unit.rows),
            criteria=replace(due, state=CaseState.OPEN.value),
        ),
        ahead_units=tuple(
            Count(
                key=f"ahead:{row.keys[0]}",
                label=f"{row.labels[0]}到期的在办工单",
                value=row.numerator,
                criteria=row.criteria,
            )
            for row in by_unit.rows
        ),
        issues=_issues(conn, days, earlier, thresholds, as_of, zone, issue_id),
        responding=tuple(
            Responding(issue_id=row["id"], name=row["name"], stage=row["stage"].label, late=row["late"])
            for row in fetch_rows(conn, "brief_responses", {"as_of": as_of, "issue": issue_id, "most": 20})
        ),
    )


def read_voices(
    conn: Connection, issue_id: int, name: str, days: Days, *, zone: ZoneInfo, channel: str | None = None
) -> Voices:
    """What was said of an issue on these days."""
    [row] = fetch_rows(
        conn,
        "brief_voices",
        {"issue": issue_id, "first": days.first, "last": days.last, "zone": zone.key, "channel": channel},
    )
    return Voices(issue_id=issue_id, name=name, days=days, channel=channel, **row)


@dataclass(frozen=True, slots=True)
class _Reader:
    """The same question about the three periods."""

    conn: Connection
    periods: tuple[Days, Days, Days]
    as_of: datetime
    zone: ZoneInfo
    left_out: LeftOuts

    def groups(self, base: CaseCriteria, by: By) -> tuple[Group, ...]:
        """By the number of now; what had cases only before is left out."""
        now, earlier, year = (
            {row.keys[0]: row for row in self._rows(_within(base, days), "received", by)} for days in self.periods
        )
        scope = ":".join((*(f"{n}={v}" for n, v in base.as_parameters().items()), by))
        return tuple(self._group(scope, row, earlier.get(key), year.get(key)) for key, row in now.items())

    def units(self, base: CaseCriteria) -> tuple[Unit, ...]:
        periods = [
            read_many(self.conn, _UNIT_METRICS, _within(base, days), by=("department",), now=self.as_of, zone=self.zone)
            for days in self.periods
        ]
        rows = [{m: {r.keys[0]: r for r in s.rows} for m, s in found.items()} for found in periods]
        units = []
        for key, row in rows[0]["received"].items():
            if key == "none":
                continue
            late = rows[0]["overdue"].get(key)
            rates = {}
            for metric in _UNIT_METRICS:
                found = rows[0][metric].get(key)
                if found is not None and found.denominator_criteria is not None:
                    definition = periods[0][metric].metric
                    own = Rate(
                        id=metric,
                        label=definition.label,
                        definition=definition.definition,
                        part=Count(
                            key=f"{metric}:part:department:{key}",
                            label=f"{row.labels[0]}{definition.numerator_label}",
                            value=found.numerator,
                            criteria=found.criteria,
                        ),
                        whole=Count(
                            key=f"{metric}:whole:department:{key}",
                            label=f"{row.labels[0]}{definition.denominator_label}",
                            value=found.denominator or 0,
                            criteria=found.denominator_criteria,
                        ),
                    )
                    rates[metric] = with_left_out(own, self.left_out, key)
            units.append(
                Unit(
                    group=self._group("department", row, rows[1]["received"].get(key), rows[2]["received"].get(key)),
                    rates=rates,
                    overdue=Count(
                        key=f"overdue:department:{key}",
                        label=f"{row.labels[0]}超期未办结",
                        value=late.numerator if late else 0,
                        criteria=replace(row.criteria, state=CaseState.OVERDUE.value),
                    ),
                )
            )
        return tuple(units)

    def by_day(self, criteria: CaseCriteria) -> tuple[Count, ...]:
        """Each day of the period, also those without a case."""
        series = read_series(self.conn, "received", criteria, period="day", now=self.as_of, zone=self.zone)
        found = {row.start: row.numerator for row in series.rows}
        days, counts = self.periods[0], []
        day = days.first
        while day <= days.last:
            counts.append(
                Count(
                    key=f"received:day:{day}",
                    label=f"{day.month}月{day.day}日",
                    value=found.get(day, 0),
                    criteria=replace(criteria, submitted_from=day, submitted_to=day),
                )
            )
            day += timedelta(days=1)
        return tuple(counts)

    def _rows(self, criteria: CaseCriteria, metric: str, by: By) -> tuple[FactRow, ...]:
        return read_series(self.conn, metric, criteria, by=(by,), now=self.as_of, zone=self.zone).rows

    def _group(self, scope: str, row: FactRow, earlier: FactRow | None, year: FactRow | None) -> Group:
        counts = []
        for name, days, found in zip(("now", "before", "year"), self.periods, (row, earlier, year), strict=True):
            counts.append(
                Count(
                    key=f"received:{name}:{scope}:{row.keys[0]}",
                    label=f"{days.words}{row.labels[0]}受理",
                    value=found.numerator if found else 0,
                    criteria=_within(row.criteria, days),
                )
            )
        return Group(key=row.keys[0], label=row.labels[0], now=counts[0], before=counts[1], year=counts[2])


def _within(criteria: CaseCriteria, days: Days) -> CaseCriteria:
    return replace(criteria, submitted_from=days.first, submitted_to=days.last)


def _ahead(kind: ReportKind, days: Days) -> Days:
    """What the reader has before them: the day after the one on which a daily report is read, else the week after."""
    if kind is ReportKind.DAILY:
        return Days(days.last + timedelta(days=2), days.last + timedelta(days=2))
    return Days(days.last + timedelta(days=1), days.last + timedelta(days=7))


def _metric_group(name: str, metrics: tuple[Mapping[str, Metric], ...], periods: tuple[Days, Days, Days]) -> Group:
    counts = [
        Count(
            key=f"{name}:{when}",
            label=f"{days.words}{found[name].label}",
            value=found[name].numerator,
            criteria=found[name].criteria,
            definition=found[name].definition,
        )
        for when, days, found in zip(("now", "before", "year"), periods, metrics, strict=True)
    ]
    return Group(key=name, label=metrics[0][name].label, now=counts[0], before=counts[1], year=counts[2])


def _rates(
    name: str, metrics: tuple[Mapping[str, Metric], ...], periods: tuple[Days, Days], left_out: LeftOuts
) -> tuple[Rate, Rate]:
    now, earlier = (
        _rate(found[name], when, days) for when, days, found in zip(("now", "before"), periods, metrics, strict=False)
    )
    return with_left_out(now, left_out), earlier


def _rate(metric: Metric, when: str, days: Days) -> Rate:
    assert metric.denominator_criteria is not None, metric.id
    return Rate(
        id=metric.id,
        label=metric.label,
        definition=metric.definition,
        part=Count(
            key=f"{metric.id}:part:{when}",
            label=f"{days.words}{metric.numerator_label}",
            value=metric.numerator,
            criteria=metric.criteria,
        ),
        whole=Count(
            key=f"{metric.id}:whole:{when}",
            label=f"{days.words}{metric.denominator_label}",
            value=metric.denominator or 0,
            criteria=metric.denominator_criteria,
        ),
    )


def _stock(metrics: Mapping[str, Metric]) -> dict[str, Count]:
    return {
        name: Count(
            key=f"{name}:stock",
            label=f"截至统计时点{metrics[name].label}",
            value=metrics[name].numerator,
            criteria=metrics[name].criteria,
            definition=metrics[name].definition,
        )
        for name in ("open", "overdue", "awaiting_triage")
    }


def _issues(
    conn: Connection,
    days: Days,
    earlier: Days,
    thresholds: Mapping[str, float],
    as_of: datetime,
    zone: ZoneInfo,
    issue_id: int | None,
) -> tuple[HotIssue, ...]:
    rows = fetch_rows(
        conn,
        "brief_issues",
        {
            "first": days.first,
            "last": days.last,
            "zone": zone.key,
            "as_of": as_of,
            "issue": issue_id,
            "least": 1 if issue_id else int(thresholds["least_persons"]),
            "most": int(thresholds["hot_most"]),
        },
    )
    return tuple(
        HotIssue(
            id=row["id"],
            name=row["name"],
            topic=row["topic"],
            region=row["region"],
            now=read_voices(conn, row["id"], row["name"], days, zone=zone),
            before=read_voices(conn, row["id"], row["name"], earlier, zone=zone),
            closed=row["closed"],
        )
        for row in rows
    )
