"""SQL against a second opinion: random cases under random criteria, counted again in plain Python."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.metrics.dispatch_metrics import DISPATCH_METRICS
from dashboards.metrics.metrics import list_cases, overview
from models.criteria import CaseCriteria
from models.database import Connection
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference

HOUR = timedelta(hours=1)
COUNTIES = {"9101": "9101", "910101": "9101", "9102": "9102", "91": "91!", None: "none"}


WHOM = {
    "handling": {"department", "reply"},
    "authority": {"department", "reply", "policy"},
    "department": {"department"},
    "reply": {"reply"},
    "policy": {"policy"},
    "nobody": {"department", "reply", "policy"},
}
TONES = {
    "displeased_rate": "authority",
    "displeased_department_rate": "department",
    "displeased_reply_rate": "reply",
    "displeased_policy_rate": "policy",
}


@st.composite
def cases(draw: st.DrawFn) -> CaseRowSpec:
    status = draw(st.sampled_from(["triage", "dispatched", "in_progress", "completed", "closed"]))
    # whole hours around now, so that "exactly at" happens often
    around = st.integers(-60, 60).map(lambda hours: NOW + hours * HOUR)
    return CaseRowSpec(
        status=status,
        dispatched=status != "triage",
        department=None if status == "triage" else draw(st.sampled_from(["d1", "d2"])),
        submitted_at=draw(st.integers(0, 24 * 40).map(lambda hours: NOW - hours * HOUR)),
        due_at=draw(st.none() | around),
        completed_at=draw(around) if status in ("completed", "closed") else None,
        topic=draw(st.sampled_from([None, "T01", "T0101", "T0201"])),
        region=draw(st.sampled_from(list(COUNTIES))),
        channel=draw(st.sampled_from(["letter", "hotline", "survey"])),
        sentiment=draw(st.sampled_from(["negative", "neutral", "positive"])),
        co_handling=draw(st.sampled_from([None, "d9"])),
        emotion=draw(st.sampled_from(["none", "anger"])),
        displeased_with=tuple(draw(st.sets(st.sampled_from(["matter", "department", "policy", "reply"]), max_size=3))),
    )


@st.composite
def criterias(draw: st.DrawFn) -> CaseCriteria:
    days = st.none() | st.integers(0, 45).map(lambda back: (NOW - back * 24 * HOUR).astimezone(ZONE).date())
    return CaseCriteria(
        topic=draw(st.sampled_from([None, None, "none", "T01", "T0101", "T02"])),
        region=draw(st.sampled_from([None, None, "none", "91", "9101", "9102"])),
        department=draw(st.sampled_from([None, None, "none", "d1"])),
        duty=draw(st.sampled_from([None, None, None, "none", "works"])),
        unit=draw(st.sampled_from([None, None, None, "d9"])),
        channel=draw(st.sampled_from([None, None, "letter"])),
        sentiment=draw(st.sampled_from([None, None, "negative", "positive"])),
        emotion=draw(st.sampled_from([None, None, "anger"])),
        displeased_with=draw(st.sampled_from([None, None, *WHOM])),
        submitted_from=draw(days),
        submitted_to=draw(days),
    )


def selected(case: CaseRowSpec, criteria: CaseCriteria) -> bool:
    day = case.submitted_at.astimezone(ZONE).date()
    checks = (
        (
            criteria.topic,
            lambda wanted: case.topic is None if wanted == "none" else (case.topic or "").startswith(wanted),
        ),
        (
            criteria.region,
            lambda wanted: case.region is None if wanted == "none" else (case.region or "").startswith(wanted),
        ),
        (criteria.department, lambda wanted: case.department == (None if wanted == "none" else wanted)),
        (criteria.duty, lambda wanted: (case.department is None) == (wanted == "none")),
        (criteria.unit, lambda wanted: wanted in (case.department, case.co_handling)),
        (criteria.channel, lambda wanted: case.channel == wanted),
        (criteria.sentiment, lambda wanted: case.sentiment == wanted),
        (criteria.emotion, lambda wanted: case.emotion == wanted),
        (
            criteria.displeased_with,
            lambda wanted: bool(WHOM[wanted] & set(case.displeased_with)) != (wanted == "nobody"),
        ),
        (criteria.submitted_from, lambda wanted: day >= wanted),
        (criteria.submitted_to, lambda wanted: day <= wanted),
    )
    return all(wanted is None or check(wanted) for wanted, check in checks)


def count(cases_: list[CaseRowSpec]) -> dict[str, int]:
    is_open = [c for c in cases_ if c.status in ("triage", "dispatched", "in_progress")]
    due = [c for c in cases_ if c.due_at and c.due_at <= NOW]
    on_time = [c for c in due if c.completed_at and c.due_at and c.completed_at <= c.due_at]
    return {
        "received": len(cases_),
        "open": len(is_open),
        "overdue": sum(c.due_at is not None and c.due_at < NOW for c in is_open),
        "completed": len(cases_) - len(is_open),
        "awaiting_triage": sum(c.status == "triage" for c in cases_),
        "dispatched": sum(c.dispatched for c in cases_),
        "without_due_date": sum(c.due_at is None for c in cases_),
        "due": len(due),
        "on_time_completion_rate": len(on_time),
        "overdue_rate": len(due) - len(on_time),
        "completion_rate": len(cases_) - len(is_open),
        # bare rows have no events, returns and clocks: tests/database/test_desk.py has cases that do
        **dict.fromkeys((metric.id for metric in DISPATCH_METRICS), 0),
        # no bare row has callbacks or clocks: tests/database/test_follow_up_metrics.py has cases that lived
        **dict.fromkeys(("response_rate", "resolution_rate", "satisfaction_rate", "rework_rate"), 0),
        **dict.fromkeys(("callback_waiting", "callback_unreachable", "callback_refused"), 0),
        **{
            name: sum(c.sentiment == "negative" and bool(WHOM[whom] & set(c.displeased_with)) for c in cases_)
            for name, whom in TONES.items()
        },
    }


def tone(case: CaseRowSpec) -> str:
    if case.sentiment != "negative":
        return case.sentiment
    return "displeased" if WHOM["authority"] & set(case.displeased_with) else "matter"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case_sets=st.lists(cases(), max_size=25), criteria=criterias())
def test_sql_counts_what_plain_python_counts(
    conn: Connection, case_sets: list[CaseRowSpec], criteria: CaseCriteria
) -> None:
    conn.rollback()  # the example before
    add_reference(conn)
    conn.execute("INSERT INTO departments (id, duty, name, short_name, kind) VALUES ('d9', 'd9', '丙', '丙', 'gov')")
    conn.execute("UPDATE departments SET duty = 'works' WHERE id IN ('d1', 'd2')")
    add_cases(conn, case_sets)
    found = overview(conn, criteria, now=NOW, zone=ZONE)
    mine = [case for case in case_sets if selected(case, criteria)]
    counted = count(mine)
    for name, whom in TONES.items():
        if criteria.sentiment == "positive" or criteria.displeased_with not in (None, whom):
            del counted[name]  # a share of what is not there, and no list would be its cases
    assert {name: metric.numerator for name, metric in found.metrics.items()} == counted
    for metric in found.metrics.values():
        assert list_cases(conn, metric.criteria, now=NOW, zone=ZONE).total == metric.numerator, metric
        if metric.denominator_criteria is not None:
            assert list_cases(conn, metric.denominator_criteria, now=NOW, zone=ZONE).total == metric.denominator, metric
    for series in (found.volume, found.topics, found.departments, found.regions, found.channels, *found.sentiment):
        assert series.total == len(mine) or series in found.sentiment, series.id
        for point in series.points:
            if point.criteria is not None:
                assert list_cases(conn, point.criteria, now=NOW, zone=ZONE).total == point.value, point
    if criteria.region is None:
        by_county = {p.key: p.value for p in found.regions.points}
        assert by_county == {
            key: n for key in ("9101", "9102", "91!", "none") if (n := sum(COUNTIES[c.region] == key for c in mine))
        }
    by_tone = {s.id: s.total for s in found.sentiment}
    assert by_tone == {kind: sum(tone(c) == kind for c in mine) for kind in by_tone}
    assert sum(by_tone.values()) == len(mine)
