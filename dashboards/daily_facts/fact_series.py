"""How does any metric develop, and who has how much of it? By any dimensions and periods, each number with its list."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import add, itemgetter
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from dashboards.analysis.tones import TONES
from dashboards.daily_facts.fact_ahead import Question
from dashboards.daily_facts.fact_answers import Chosen, choose_facts, find_groups
from dashboards.daily_facts.fact_measures import Measure, count_by, list_measures
from dashboards.daily_facts.fact_projections import CASES
from dashboards.daily_facts.fact_reading import Facts, read_counts
from dashboards.daily_facts.fact_repository import count_by_cases
from dashboards.daily_facts.facts import case_parameters
from dashboards.metrics.metric_definition import MetricDefinition
from dashboards.metrics.metrics import METRICS
from dashboards.statistics.bins import Bin
from dashboards.statistics.rates import find_rate
from models.analysis import AppealType
from models.criteria import CaseCriteria
from models.database import Connection
from models.submission import Channel
from nlp.reference import kinds_of_unit

By = Literal["topic", "sub_topic", "duty", "department", "region", "channel", "appeal_type", "tone"]
Period = Literal["day", "week", "month", "quarter", "year"]

_DIMENSIONS = {"topic": "main_topic", "sub_topic": "topic", "duty": "department"}
# Of these there are many, and pictures draw few.
_MANY = ("department", "topic", "region")
_NO_LEAD = "尚无主办单位"
_UNKNOWN = {
    "topic": "类别不明",
    "sub_topic": "类别不明",
    "region": "地点不明",
    "duty": _NO_LEAD,
    "department": _NO_LEAD,
}
_LABELS: Mapping[str, Mapping[str, str]] = {
    "channel": {member.value: member.label for member in Channel},
    "appeal_type": {member.value: member.label for member in AppealType},
    "tone": {tone.id: tone.label for tone in TONES},
}
_TONES = {tone.id: tone for tone in TONES}
# SQL over case_facts as g, the same as in case_fact_rows.sql.
_EXPRESSIONS = {
    "topic": "coalesce(g.topic_code, 'none')",
    "main_topic": "coalesce(g.topic_code, 'none')",
    "department": "coalesce(g.lead_department_id, 'none')",
    "region": "coalesce(g.region_code, 'none')",
    "county": "coalesce(g.region_code, 'none')",
    "channel": "g.channel::text",
    "appeal_type": "g.appeal_type::text",
    "tone": "CASE WHEN g.sentiment <> 'negative' THEN g.sentiment::text"
    " WHEN displeased_with(g.negative_aspects, 'authority') THEN 'displeased' ELSE 'matter' END",
    "day": "(g.submitted_at AT TIME ZONE %(zone)s)::date",
    **{
        period: f"date_trunc('{period}', g.submitted_at AT TIME ZONE %(zone)s)::date"
        for period in ("week", "month", "quarter", "year")
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a series was asked for: from it each row finds its list."""

    metric: MetricDefinition
    criteria: CaseCriteria
    by: tuple[By, ...]
    period: Period | None


class FactRow(NamedTuple):
    """One number. `start`: first day of its period (None: no period asked); `keys`, `labels`: one for each of `by`, the
    key 'none' where not known. `value`: cases, or a share 0..1, None where there is nothing to divide by. `criteria`
    opens exactly the `numerator` cases, `denominator_criteria` exactly the `denominator` ones, as of now."""

    asked: Asked
    start: date | None
    keys: tuple[str, ...]
    labels: tuple[str, ...]
    numerator: int
    denominator: int | None

    @property
    def value(self) -> float | None:
        return self.numerator if self.denominator is None else find_rate(self.numerator, self.denominator)

    @property
    def criteria(self) -> CaseCriteria:
        metric = self.asked.metric
        return _narrow(self, {"state": metric.state and metric.state.value, **metric.only})

    @property
    def denominator_criteria(self) -> CaseCriteria | None:
        metric = self.asked.metric
        if metric.denominator is None:
            return None
        state = metric.denominator_state and metric.denominator_state.value
        return _narrow(self, {"state": state, **metric.denominator_only})


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSeries:
    """Rows by period, then the largest (denominator, else numerator) first. `as_of`: the moment of the numbers; `note`:
    what a reader should know of where they come from ('' where nothing), as on the overview."""

    metric: MetricDefinition
    as_of: datetime
    note: str
    rows: tuple[FactRow, ...]


def read_series(
    conn: Connection,
    metric: str,
    criteria: CaseCriteria,
    *,
    by: Sequence[By] = (),
    period: Period | None = None,
    now: datetime,
    zone: ZoneInfo,
    chosen: Chosen | None = None,
) -> FactSeries:
    """The metric `metric` of METRICS for each combination of `by` and each period, of the cases that `criteria` select
    (leaving out `state`), by the day on which they were submitted. What has neither numerator nor denominator is left
    out: a period or unit without cases is absent, not zero.

    `topic` is the first level, `sub_topic` exactly the topic; `duty` is the line of work of the lead unit; `region` is
    the county or zone, or of a region that the criteria choose what lies just below it ('CODE!': known only as this
    larger region). Reads the daily facts: a few milliseconds to about 100, whatever the number of cases, while single
    filters and at most two `by` are asked for; where the facts do not answer, the cases themselves. Raises `KeyError`
    for a metric that there is not.
    """
    found = read_many(conn, [metric], criteria, by=by, period=period, now=now, zone=zone, chosen=chosen)
    return found[metric]


def read_many(
    conn: Connection,
    metrics: Sequence[str],
    criteria: CaseCriteria,
    *,
    by: Sequence[By] = (),
    period: Period | None = None,
    now: datetime,
    zone: ZoneInfo,
    chosen: Chosen | None = None,
) -> dict[str, FactSeries]:
    """As `read_series`, several metrics of the same moment in one reading; by id. `chosen`: what `choose_facts` found
    for these criteria, where a page asks more than once."""
    found = read_sums(conn, metrics, criteria, by=by, period=period, now=now, zone=zone, chosen=chosen)
    return {name: found.series_of(name) for name in metrics}


Kinds = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSums:
    """Numbers before they are rows. `values`: of the columns of `places`, for each period and the keys and labels of
    `by`."""

    criteria: CaseCriteria
    by: tuple[By, ...]
    period: Period | None
    as_of: datetime
    note: str
    places: Mapping[Measure, int]
    values: Mapping[tuple[date | None, Kinds], Sequence[int]]

    def numerators(self, metric: str) -> dict[Kinds, int]:
        """Where no period was asked for."""
        place = self.find_places(METRICS[metric])[0]
        return {kinds: values[place] for (_, kinds), values in self.values.items() if values[place]}

    def pairs(self, metric: str) -> dict[Kinds, tuple[int, int]]:
        """Numerators and denominators of a rate where no period was asked for."""
        upper, lower = self.find_places(METRICS[metric])
        assert lower is not None
        return {k: (values[upper], values[lower]) for (_, k), values in self.values.items() if values[lower]}

    def list_of(self, metric: str, kinds: Kinds) -> CaseCriteria:
        """Opens exactly the numerator's cases of some kinds, also where there are none."""
        asked = Asked(metric=METRICS[metric], criteria=self.criteria, by=self.by, period=None)
        keys, labels = zip(*kinds, strict=True)
        return FactRow(asked=asked, start=None, keys=keys, labels=labels, numerator=0, denominator=None).criteria

    def rank(self, metric: str) -> list[Kinds]:
        """The kinds of all periods together, the largest (denominator, else numerator) first, unknown ones last."""
        upper, lower = self.find_places(METRICS[metric])
        place = upper if lower is None else lower
        sums: dict[Kinds, int] = defaultdict(int)
        for (_, kinds), values in self.values.items():
            if values[upper] or values[place]:
                sums[kinds] += values[place]
        return sorted(sums, key=lambda kinds: (any(key == "none" for key, _ in kinds), -sums[kinds], kinds))

    def series_of(self, metric: str, among: Collection[Kinds] | None = None) -> FactSeries:
        """The rows of a metric, of some kinds alone where they are given."""
        rows = _rows(self, METRICS[metric], among)
        return FactSeries(metric=METRICS[metric], as_of=self.as_of, note=self.note, rows=rows)

    def find_places(self, metric: MetricDefinition) -> tuple[int, int | None]:
        """Where numerator and denominator stand in the values."""
        upper = self.places[Measure(metric.query, metric.numerator)]
        return upper, self.places[Measure(metric.query, metric.denominator)] if metric.denominator else None


def read_sums(
    conn: Connection,
    metrics: Sequence[str],
    criteria: CaseCriteria,
    *,
    by: Sequence[By] = (),
    period: Period | None = None,
    now: datetime,
    zone: ZoneInfo,
    chosen: Chosen | None = None,
    among: Collection[Kinds] | None = None,
) -> FactSums:
    """As `read_many`, for who looks at many numbers and opens few of their lists. `among`: the kinds that matter, of
    which alone all is read."""
    base = criteria.changed({"state": None})
    wanted = list_measures(METRICS[name] for name in metrics)
    facts, note = chosen or choose_facts(conn, base, list_measures(METRICS.values()), now=now, zone=zone)
    dimensions = [_dimension(name, base) for name in by]
    keys = [*([period] if period else []), *dict.fromkeys(dimensions)]
    groups = [_groups(conn, name, base, facts) for name in by]
    # what is grouped in one way alone is grouped by the database: fewer rows come over; these two already are
    once = {
        d: {c: key for c, (key, _) in g.items()}
        for d, g in zip(dimensions, groups, strict=True)
        if dimensions.count(d) == 1 and d not in ("county", "main_topic") and any(c != key for c, (key, _) in g.items())
    }
    only = {
        d: _codes_of(g, {kinds[n][0] for kinds in among})
        for n, (d, g) in enumerate(zip(dimensions, groups, strict=True))
        if among and d in _MANY
    }
    if facts is not None:
        groups = [_by_key(group) if d in once else group for d, group in zip(dimensions, groups, strict=True)]
    named = [
        (keys.index(dimension), group, _UNKNOWN.get(name))
        for name, dimension, group in zip(by, dimensions, groups, strict=True)
    ]
    counts = (
        read_counts(facts, CASES, base, wanted, keys, once, only)
        if facts is not None
        else _count_cases(conn, base, wanted, keys, now=now, zone=zone)
    )
    sums: dict[tuple[date | None, Kinds], Sequence[int]] = {}
    for key, values in counts.items():
        kinds = tuple([group.get(code := key[place]) or (code, unknown or code) for place, group, unknown in named])
        own = (key[0] if period else None, kinds)
        sums[own] = tuple(map(add, sums[own], values)) if own in sums else values
    return FactSums(
        criteria=base,
        by=tuple(by),
        period=period,
        as_of=facts.mark.as_of if facts else now,
        note=note,
        places={measure: n for n, measure in enumerate(wanted)},
        values=sums,
    )


def question_of(metrics: Sequence[str], periods: Sequence[CaseCriteria], by: Sequence[By]) -> Question:
    """What `read_sums` of each of these will ask the facts: criteria without a state that differ only in their days."""
    dimensions = dict.fromkeys(_dimension(name, periods[0]) for name in by)
    return Question(CASES, tuple(periods), list_measures(METRICS[name] for name in metrics), tuple(dimensions))


def _rows(found: FactSums, metric: MetricDefinition, among: Collection[Kinds] | None) -> tuple[FactRow, ...]:
    asked = Asked(metric=metric, criteria=found.criteria, by=found.by, period=found.period)
    upper, lower = found.find_places(metric)
    ordered = [
        (start or date.min, -values[lower] if lower is not None else 0, -values[upper], kinds, start)
        for (start, kinds), values in found.values.items()
        if (among is None or kinds in among) and (values[upper] or (lower is not None and values[lower]))
    ]
    ordered.sort(key=_order)
    return tuple(
        [
            FactRow(asked, start, *_keys_and_labels(kinds), -part, None if lower is None else -whole)
            for _, whole, part, kinds, start in ordered
        ]
    )


def _keys_and_labels(kinds: Kinds) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if len(kinds) == 2:  # most tables: twenty thousand of them are made one by one
        (key, label), (other_key, other_label) = kinds
        return (key, other_key), (label, other_label)
    return tuple([key for key, _ in kinds]), tuple([label for _, label in kinds])


_order = itemgetter(0, 1, 2, 3)


def _narrow(row: FactRow, more: Mapping[str, Any]) -> CaseCriteria:
    """The criteria that select exactly the cases of a row, and of these only what `more` says."""
    base, period = row.asked.criteria, row.asked.period
    narrowed = base
    change: dict[str, Any] = {}
    for name, key in zip(row.asked.by, row.keys, strict=True):
        if name == "tone":
            narrowed = _TONES[key].select(base)
        elif name == "sub_topic":
            change["topic"] = key if key == "none" else f"{key}!"
        elif name == "topic" and base.topic not in (None, key):
            pass  # the first level above what the criteria choose: they choose less
        else:
            change[name] = key
    if row.start is not None and period is not None:
        end = find_period(row.start, period).end
        change["submitted_from"] = max(row.start, base.submitted_from or row.start)
        change["submitted_to"] = min(end, base.submitted_to or end)
    return narrowed.changed({**change, **more})


def find_period(day: date, period: Period) -> Bin:
    """The period that a day lies in. Weeks begin on Monday."""
    start = _start(day, period)
    if period in ("day", "week"):
        return Bin("day" if period == "day" else "week", start, start + timedelta(days=0 if period == "day" else 6))
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return Bin("month", start, date(year, month + 1, 1) - timedelta(days=1))


def _start(day: date, period: Period) -> date:
    if period == "day":
        return day
    if period == "week":
        return day - timedelta(days=day.weekday())
    if period == "quarter":
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return date(day.year, 1 if period == "year" else day.month, 1)


def _dimension(name: By, criteria: CaseCriteria) -> str:
    if name in _DIMENSIONS:
        return _DIMENSIONS[name]
    return "county" if name == "region" and criteria.region is None else name


def _groups(conn: Connection, name: By, criteria: CaseCriteria, facts: Facts | None) -> Mapping[str, tuple[str, str]]:
    """For each code its key and label; what is absent stands for itself and is not known."""
    if name in ("topic", "sub_topic"):
        return find_groups(conn, "topic_groups", {"sub_topics": name == "sub_topic"}, facts)
    if name == "region":
        return find_groups(conn, "region_groups", {"region": criteria.region}, facts)
    if name == "department":
        return find_groups(conn, "department_groups", {}, facts)
    if name == "duty":
        kinds, units = kinds_of_unit(), find_groups(conn, "duty_groups", {}, facts)
        return {code: (key, kinds.get(key, own)) for code, (key, own) in units.items()}
    return {code: (code, label) for code, label in _LABELS[name].items()}


def _codes_of(group: Mapping[str, tuple[str, str]], keys: Collection[str]) -> set[str]:
    """The codes that are counted under these keys; what is not in the group stands for itself."""
    return {*keys, *(code for code, (key, _) in group.items() if key in keys)}


def _by_key(group: Mapping[str, tuple[str, str]]) -> Mapping[str, tuple[str, str]]:
    return {key: (key, label) for key, label in group.values()}


def _count_cases(
    conn: Connection,
    criteria: CaseCriteria,
    measures: Sequence[Measure],
    keys: Sequence[str],
    *,
    now: datetime,
    zone: ZoneInfo,
) -> Mapping[tuple[Any, ...], Sequence[int]]:
    """As `read_counts`, from the cases: each metric's own query, grouped."""
    parameters = case_parameters(criteria, now=now, zone=zone)
    named = [(f"k{n}", _EXPRESSIONS[key]) for n, key in enumerate(keys)]
    counts: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * len(measures))
    for query in sorted({measure.query for measure in measures}):
        for row in count_by_cases(conn, count_by(query, named), parameters):
            found = counts[tuple(row[name] for name, _ in named)]
            for n, measure in enumerate(measures):
                if measure.query == query:
                    found[n] = row[measure.column]
    return counts
