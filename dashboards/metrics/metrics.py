"""The numbers of the overview: what each means, from what it is divided, and which list it opens."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dashboards.analysis import breakdowns
from dashboards.daily_facts.fact_answers import Chosen, choose_facts, read_metric_counts
from dashboards.daily_facts.fact_measures import list_measures
from dashboards.daily_facts.fact_reading import Facts
from dashboards.daily_facts.facts import case_parameters, fetch_rows
from dashboards.formats import format_count, format_rate
from dashboards.lists.case_lists import CasePage, CaseRow, CaseSort, QueueCount, case_counts_by_state, list_cases
from dashboards.metrics.dispatch_metrics import DISPATCH_METRICS
from dashboards.metrics.follow_up_metrics import FOLLOW_UP_METRICS
from dashboards.metrics.metric_definition import MetricDefinition, count_of
from dashboards.metrics.tone_metrics import TONE_METRICS
from dashboards.statistics.rates import INTERVAL_BELOW, find_rate, wilson_interval
from dashboards.statistics.sampling import sampling_note
from dashboards.statistics.series import ChannelSubmissions, Point, Series
from models.criteria import CaseCriteria, CaseState
from models.database import Connection

__all__ = [
    "METRICS",
    "CasePage",
    "CaseRow",
    "CaseSort",
    "ChannelSubmissions",
    "Metric",
    "MetricDefinition",
    "Overview",
    "Point",
    "QueueCount",
    "Series",
    "case_counts_by_state",
    "list_cases",
    "overview",
    "status_counts",
]


METRICS: Mapping[str, MetricDefinition] = {
    metric.id: metric
    for metric in (
        count_of(
            "received",
            "收到工单",
            "所选范围内立案的全部工单，按群众提交日期计入；并入其他工单的不另计，拆分的按子工单计。",
            None,
        ),
        count_of("open", "在办", "尚未办结的工单：待分拣、待签收和办理中。", CaseState.OPEN),
        count_of("overdue", "超期未办结", "办理时限已过而仍未办结的工单。", CaseState.OVERDUE),
        count_of("completed", "已办结", "已经办结的工单，含超期后办结和已归档的。", CaseState.COMPLETED),
        count_of("awaiting_triage", "待分拣", "尚待人工确定主办单位的工单。", CaseState.AWAITING_TRIAGE),
        count_of("dispatched", "已派单", "已经派到主办单位的工单，含此后办结的。", CaseState.DISPATCHED),
        count_of("without_due_date", "无办理时限", "尚未定下办理时限的工单。", CaseState.WITHOUT_DUE_DATE),
        count_of("due", "应办结", "办理时限已到的工单，无论是否办结；时限未到的不计入。", CaseState.DUE),
        MetricDefinition(
            id="on_time_completion_rate",
            label="按时办结率",
            unit="%",
            definition="应办结工单中在时限内办结的比例。应办结指办理时限已到的工单，超期未办结的也计入；"
            "提前办结的，到时限之日才计入；无办理时限的不计入。",
            numerator="on_time",
            numerator_label="按时办结",
            state=CaseState.ON_TIME,
            denominator="due",
            denominator_label="应办结",
            denominator_state=CaseState.DUE,
            empty="暂无应办结工单",
        ),
        MetricDefinition(
            id="overdue_rate",
            label="超期率",
            unit="%",
            definition="应办结工单中超过时限才办结或至今未办结的比例，与按时办结率之和为100%。",
            numerator="not_on_time",
            numerator_label="应办结而未按时办结",
            state=CaseState.NOT_ON_TIME,
            denominator="due",
            denominator_label="应办结",
            denominator_state=CaseState.DUE,
            empty="暂无应办结工单",
        ),
        MetricDefinition(
            id="completion_rate",
            label="办结率",
            unit="%",
            definition="收到的全部工单中已办结的比例，含超期后办结的；时限未到、尚在办理的工单也在分母之内。",
            numerator="completed",
            numerator_label="已办结",
            state=CaseState.COMPLETED,
            denominator="received",
            denominator_label="收到工单",
            empty="暂无工单",
        ),
        *TONE_METRICS,
        *DISPATCH_METRICS,
        *FOLLOW_UP_METRICS,
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A number with its meaning. `value` is cases, or a share 0..1; None where the denominator is empty.

    `criteria` opens exactly the `numerator` cases, `denominator_criteria` exactly the `denominator` ones. `interval`
    is the 95 % Wilson interval of a rate over fewer than 400 cases. `note`: the rule by which its cases were drawn.
    """

    id: str
    label: str
    definition: str
    unit: Literal["件", "%"]
    value: float | None
    numerator: int
    numerator_label: str
    criteria: CaseCriteria
    denominator: int | None = None
    denominator_label: str = ""
    denominator_criteria: CaseCriteria | None = None
    interval: tuple[float, float] | None = None
    empty: str = ""
    note: str = ""

    @property
    def text(self) -> str:
        """The number as people read it: 1.2万, 93.4%, or the sentence that there is nothing to divide."""
        if self.denominator is None:
            return format_count(self.numerator)
        return self.empty if self.value is None else format_rate(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything of the leader's page at the moment `as_of`. `sentiment` and `submission_sentiment` hold one series
    each for the tones that the criteria allow (`dashboards.analysis.tones`); the second and `submissions` are empty
    where the criteria fit cases only. `note`: where the numbers come from, '' where they are the facts of this
    minute."""

    as_of: datetime
    note: str
    criteria: CaseCriteria
    metrics: Mapping[str, Metric]
    volume: Series
    sentiment: tuple[Series, ...]
    topics: Series
    departments: Series
    regions: Series
    channels: Series
    appeal_types: Series
    submissions: tuple[ChannelSubmissions, ...]
    submission_sentiment: tuple[Series, ...]


def choose_for_metrics(conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo) -> Chosen:
    """The facts for `overview` and for what stands beside it on a page: what one read, the others need not."""
    return choose_facts(conn, replace(criteria, state=None), list_measures(METRICS.values()), now=now, zone=zone)


def overview(
    conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo, chosen: Chosen | None = None
) -> Overview:
    """The overview of the cases that the criteria select, leaving out `state`: the metrics are the states.

    Run it in a REPEATABLE READ transaction where letters may arrive meanwhile: the parts then add up to the totals.
    Topics are first-level ones, or the sub-topics of the topic that the criteria select.
    """
    base = replace(criteria, state=None)
    facts, note = chosen or choose_for_metrics(conn, base, now=now, zone=zone)
    as_of = facts.mark.as_of if facts else now
    return Overview(
        as_of=as_of,
        note=note,
        criteria=base,
        metrics=_list_metrics(conn, base, now=as_of, zone=zone, facts=facts),
        volume=breakdowns.volume_over_time(conn, base, now=as_of, zone=zone, facts=facts),
        sentiment=breakdowns.sentiment_over_time(conn, base, now=as_of, zone=zone, facts=facts),
        topics=breakdowns.volume_by_topic(
            conn, base, now=as_of, zone=zone, facts=facts, sub_topics=base.topic is not None
        ),
        departments=breakdowns.volume_by_department(conn, base, now=as_of, zone=zone, facts=facts),
        regions=breakdowns.volume_by_region(conn, base, now=as_of, zone=zone, facts=facts),
        channels=breakdowns.volume_by_channel(conn, base, now=as_of, zone=zone, facts=facts),
        appeal_types=breakdowns.volume_by_appeal_type(conn, base, now=as_of, zone=zone, facts=facts),
        submissions=breakdowns.submissions_by_channel(conn, base, now=as_of, zone=zone, facts=facts),
        submission_sentiment=breakdowns.submission_sentiment_over_time(conn, base, now=as_of, zone=zone, facts=facts),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The metrics by id as of one moment; `note` as in `Overview`."""

    as_of: datetime
    note: str
    metrics: dict[str, Metric]


def measure(conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo) -> Measured:
    """The metrics of METRICS in that order, leaving out `state`: from the daily facts where they answer, else one query
    a file, not one a metric.

    A metric that itself chooses what the criteria choose otherwise (a share of negative cases among positive ones) is
    left out: no list would be exactly its cases.
    """
    base = replace(criteria, state=None)
    facts, note = choose_for_metrics(conn, base, now=now, zone=zone)
    found = _list_metrics(conn, base, now=now, zone=zone, facts=facts)
    return Measured(as_of=facts.mark.as_of if facts else now, note=note, metrics=found)


def list_metrics(conn: Connection, criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo) -> dict[str, Metric]:
    """The metrics of `measure` alone."""
    return measure(conn, criteria, now=now, zone=zone).metrics


def _list_metrics(
    conn: Connection, base: CaseCriteria, *, now: datetime, zone: ZoneInfo, facts: Facts | None
) -> dict[str, Metric]:
    asked = [m for m in METRICS.values() if all(getattr(base, name) in (None, v) for name, v in _chosen(m).items())]
    if facts is not None:
        counts = read_metric_counts(facts, base)
    else:
        parameters = case_parameters(base, now=now, zone=zone)
        counts = {query: fetch_rows(conn, query, parameters)[0] for query in {m.query for m in asked}}
    drawn = sampling_note(conn) if any(m.sampled for m in asked) else ""
    return {m.id: _measure(m, counts[m.query], base, note=drawn if m.sampled else "") for m in asked}


def status_counts(conn: Connection, now: datetime) -> dict[str, int | dict[str, int]]:
    """What `wenzheng status --json` prints: submissions and cases of the whole installation, by the same definitions as
    every page. `by_channel` counts submissions.

    `cases` is one for each letter that became one. What pages count is `counted`: cases - merged - split + parts, where
    `merged` are worked on with another case and `parts` stand for the letters `split` into them; open, overdue,
    completed and the others are of these."""
    everything = CaseCriteria()
    zone = ZoneInfo("UTC")  # no day is asked for
    channels = breakdowns.submissions_by_channel(conn, everything, now=now, zone=zone)
    totals = fetch_rows(conn, "totals", case_parameters(everything, now=now, zone=zone))[0]
    names = ("dispatched", "awaiting_triage", "open", "overdue", "completed", "without_due_date")
    return {
        "submissions": sum(c.received for c in channels),
        "pending": sum(c.pending for c in channels),
        "cases": sum(c.cases for c in channels),
        "counted": totals["received"],
        **fetch_rows(conn, "tied_cases", {})[0],
        **{name: totals[name] for name in names},
        "by_channel": {c.channel.value: c.received for c in channels},
    }


def _measure(metric: MetricDefinition, counts: Mapping[str, int], criteria: CaseCriteria, *, note: str = "") -> Metric:
    numerator = counts[metric.numerator]
    denominator = counts[metric.denominator] if metric.denominator else None
    return Metric(
        id=metric.id,
        label=metric.label,
        definition=metric.definition,
        unit=metric.unit,
        value=numerator if denominator is None else find_rate(numerator, denominator),
        numerator=numerator,
        numerator_label=metric.numerator_label,
        criteria=_narrow(criteria, metric.state, metric.only),
        denominator=denominator,
        denominator_label=metric.denominator_label,
        denominator_criteria=None
        if denominator is None
        else _narrow(criteria, metric.denominator_state, metric.denominator_only),
        empty=metric.empty,
        note=note,
        interval=wilson_interval(numerator, denominator) if denominator and denominator < INTERVAL_BELOW else None,
    )


def _chosen(metric: MetricDefinition) -> Mapping[str, str]:
    return {**metric.denominator_only, **metric.only}


def _narrow(criteria: CaseCriteria, state: CaseState | None, only: Mapping[str, str]) -> CaseCriteria:
    change: dict[str, Any] = {"state": state.value if state else None, **only}
    return replace(criteria, **change)
