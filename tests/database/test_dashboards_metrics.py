"""The numbers over a small set whose every figure can be counted by hand."""

from datetime import date, datetime, timedelta

import pytest
from psycopg.types.json import Jsonb

from dashboards.analysis.breakdowns import list_keywords, volume_by_topic
from dashboards.daily_facts.facts import read_query
from dashboards.metrics.dispatch_metrics import DISPATCH_METRICS
from dashboards.metrics.follow_up_metrics import FOLLOW_UP_METRICS
from dashboards.metrics.metrics import METRICS, Overview, list_cases, list_metrics, overview, status_counts
from dashboards.statistics.rates import wilson_interval
from dashboards.statistics.series import Series
from models.criteria import CaseCriteria
from models.database import Connection
from models.errors import Invalid
from models.submission import Channel
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference, add_submission

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
PAST = NOW - 5 * DAY
FUTURE = NOW + 5 * DAY

GOLDEN = (
    # on time at the last instant; late by a second
    CaseRowSpec(status="completed", due_at=PAST, completed_at=PAST, topic="T0101", region="910101"),
    CaseRowSpec(status="completed", due_at=PAST, completed_at=PAST + SECOND, topic="T0102", region="9101"),
    # not yet due; overdue
    CaseRowSpec(status="dispatched", due_at=FUTURE, topic="T0201", region="9102", department="d2"),
    CaseRowSpec(status="in_progress", due_at=PAST, topic="T01", region="91", channel="hotline"),
    # finished before it is due; without a due date; finished early and due since
    CaseRowSpec(status="completed", due_at=FUTURE, completed_at=PAST, topic="T0101"),
    CaseRowSpec(status="triage", department=None, dispatched=False, sentiment="negative"),
    CaseRowSpec(status="closed", due_at=PAST, completed_at=PAST - DAY, sentiment="positive", topic="T0101"),
)

# Numbers that the columns of a case give by themselves.
PLAIN = frozenset(METRICS) - {m.id for m in (*DISPATCH_METRICS, *FOLLOW_UP_METRICS)}


def look(conn: Connection, criteria: CaseCriteria | None = None, now: datetime = NOW) -> Overview:
    return overview(conn, criteria or CaseCriteria(), now=now, zone=ZONE)


def behind(conn: Connection, criteria: CaseCriteria | None, now: datetime = NOW) -> int:
    """How many cases the list opened by `criteria` really holds."""
    assert criteria is not None
    page = list_cases(conn, criteria, now=now, zone=ZONE, limit=10_000)
    assert page.total == len(page.rows)
    return page.total


def values(series: Series) -> dict[str, int]:
    return {point.label: point.value for point in series.points}


@pytest.fixture
def golden(conn: Connection) -> list[int]:
    add_reference(conn)
    return add_cases(conn, GOLDEN)


@pytest.mark.usefixtures("golden")
def test_every_number_of_the_hand_made_set(conn: Connection) -> None:
    found = look(conn).metrics
    assert list(found) == list(METRICS)
    # the others have records of their own: tests/database/test_follow_up_metrics.py, test_desk.py
    assert {name: metric.numerator for name, metric in found.items() if metric.id in PLAIN} == {
        "received": 7,
        "open": 3,
        "overdue": 1,
        "completed": 4,
        "awaiting_triage": 1,
        "dispatched": 6,
        "without_due_date": 1,
        "due": 4,
        "on_time_completion_rate": 2,
        "overdue_rate": 2,
        "completion_rate": 4,
        "displeased_rate": 0,
        "displeased_department_rate": 0,
        "displeased_reply_rate": 0,
        "displeased_policy_rate": 0,
    }
    on_time = found["on_time_completion_rate"]
    assert (on_time.value, on_time.numerator, on_time.denominator) == (0.5, 2, 4)
    assert on_time.interval == wilson_interval(2, 4)
    assert on_time.text == "50.0%"
    assert found["completion_rate"].value == 4 / 7
    assert found["received"].interval is None


@pytest.mark.usefixtures("golden")
def test_a_case_finished_early_counts_from_its_due_day_on(conn: Connection) -> None:
    """It would otherwise push the rate up with cases that never could have been late yet."""
    rate = look(conn, now=FUTURE + DAY).metrics["on_time_completion_rate"]
    assert (rate.numerator, rate.denominator) == (3, 6)


def test_without_a_due_case_there_is_no_rate(conn: Connection) -> None:
    add_reference(conn)
    nothing = look(conn)
    assert {m.text for m in nothing.metrics.values() if m.unit == "%"} == {m.empty for m in METRICS.values() if m.empty}
    assert all(m.empty.startswith("暂无") for m in METRICS.values() if m.empty)
    assert all(m.value is None and m.interval is None for m in nothing.metrics.values() if m.unit == "%")
    assert nothing.volume.points == () and nothing.topics.points == ()
    add_cases(conn, [CaseRowSpec(status="completed", completed_at=NOW, due_at=FUTURE)])
    assert look(conn).metrics["on_time_completion_rate"].value is None


CRITERIA = (
    CaseCriteria(),
    CaseCriteria(topic="T01"),
    CaseCriteria(topic="T0101"),
    CaseCriteria(topic="none"),
    CaseCriteria(region="91"),
    CaseCriteria(region="9101"),
    CaseCriteria(region="910101"),
    CaseCriteria(region="none"),
    CaseCriteria(department="d1"),
    CaseCriteria(department="none"),
    CaseCriteria(unit="d2"),
    CaseCriteria(channel="hotline"),
    CaseCriteria(appeal_type="help"),
    CaseCriteria(sentiment="negative"),
    CaseCriteria(urgency="critical"),
    CaseCriteria(status="completed"),
    CaseCriteria(text="路灯"),
    CaseCriteria(submitted_from=date(2026, 11, 1)),
    CaseCriteria(submitted_to=date(2026, 11, 22)),
    CaseCriteria(state="overdue"),
)


@pytest.mark.usefixtures("golden")
@pytest.mark.parametrize("criteria", CRITERIA, ids=lambda c: str(c.as_parameters()))
def test_every_number_opens_exactly_its_cases_and_every_breakdown_adds_up(
    conn: Connection, criteria: CaseCriteria
) -> None:
    found = look(conn, criteria)
    assert list_metrics(conn, criteria, now=NOW, zone=ZONE) == found.metrics
    for metric in found.metrics.values():
        assert behind(conn, metric.criteria) == metric.numerator, metric.id
        if metric.denominator is not None:
            assert behind(conn, metric.denominator_criteria) == metric.denominator, metric.id
    total = found.metrics["received"].numerator
    kinds = (found.topics, found.departments, found.regions, found.channels, found.appeal_types)
    for series in (found.volume, *kinds):
        assert series.total == total, series.id
    assert sum(s.total for s in found.sentiment) == total
    for series in (found.volume, *kinds, *found.sentiment):
        for point in series.points:
            assert behind(conn, point.criteria) == point.value, (series.id, point)


@pytest.mark.usefixtures("golden")
def test_regions_are_rolled_up_to_counties_and_down_to_towns(conn: Connection) -> None:
    assert values(look(conn).regions) == {"甲县": 2, "乙县": 1, "地点不明": 3, "市（未细分）": 1}
    assert values(look(conn, CaseCriteria(region="9101")).regions) == {"甲一镇": 1, "甲县（未细分）": 1}
    assert values(look(conn, CaseCriteria(region="910101")).regions) == {"甲一镇": 1}


@pytest.mark.usefixtures("golden")
def test_topics_are_first_level_until_one_is_chosen(conn: Connection) -> None:
    assert values(look(conn).topics) == {"建设": 5, "环保": 1, "类别不明": 1}
    chosen = look(conn, CaseCriteria(topic="T01")).topics
    assert values(chosen) == {"路灯": 3, "道路": 1, "未细分": 1}
    assert [point.criteria for point in chosen.points if point.label == "未细分"] == [CaseCriteria(topic="T01!")]
    exact = volume_by_topic(conn, CaseCriteria(), now=NOW, zone=ZONE, sub_topics=True)
    assert values(exact) == {"路灯": 3, "道路": 1, "噪音": 1, "建设": 1, "类别不明": 1}


def test_days_are_local_and_gaps_are_zero(conn: Connection) -> None:
    add_reference(conn)
    midnight = datetime(2026, 11, 20, 0, 0, tzinfo=ZONE)
    add_cases(
        conn,
        [
            CaseRowSpec(submitted_at=midnight),
            CaseRowSpec(submitted_at=midnight - SECOND),
            CaseRowSpec(submitted_at=midnight + 2 * DAY),
        ],
    )
    volume = look(conn).volume
    assert values(volume) == {"11月19日": 1, "11月20日": 1, "11月21日": 0, "11月22日": 1}
    asked = look(conn, CaseCriteria(submitted_from=date(2026, 11, 18))).volume
    assert values(asked) == {"11月18日": 0} | values(volume) | {"11月23日": 0}


def test_weeks_at_the_edge_keep_to_the_days_that_were_asked_for(conn: Connection) -> None:
    add_reference(conn)
    add_cases(conn, [CaseRowSpec(submitted_at=datetime(2026, 6, day, 12, tzinfo=ZONE)) for day in (1, 2, 3)])
    volume = look(conn, CaseCriteria(submitted_from=date(2026, 6, 2), submitted_to=date(2026, 10, 1))).volume
    first = volume.points[0]
    assert volume.unit == "week" and (first.key, first.value) == ("2026-06-01", 2)
    assert behind(conn, first.criteria) == 2


@pytest.mark.usefixtures("golden")
def test_all_four_channels_are_heard_also_without_a_case(conn: Connection) -> None:
    add_submission(conn, channel="survey", sentiment="negative")
    add_submission(conn, channel="social", sentiment="positive", submitted_at=NOW - DAY)
    add_submission(conn, channel="social", sentiment=None)
    found = look(conn)
    by_channel = {c.channel: c for c in found.submissions}
    assert [(c.received, c.analysed, c.pending, c.cases) for c in by_channel.values()] == [
        (6, 6, 0, 6),
        (1, 1, 0, 1),
        (1, 1, 0, 0),
        (2, 1, 1, 0),
    ]
    assert by_channel[Channel.SURVEY].negative_share == 1.0
    assert {s.id: s.total for s in found.sentiment} == {"displeased": 0, "matter": 1, "neutral": 5, "positive": 1}
    assert {s.id: s.total for s in found.submission_sentiment} == {
        "displeased": 0,
        "matter": 2,
        "neutral": 5,
        "positive": 2,
    }
    assert {p.criteria for s in found.submission_sentiment for p in s.points} == {None}
    social = look(conn, CaseCriteria(channel="social", submitted_to=date(2026, 11, 22)))
    assert sum(c.received for c in social.submissions) == 1
    # what only a case can have leaves nothing to say about submissions
    assert look(conn, CaseCriteria(department="d1")).submissions == ()


@pytest.mark.usefixtures("golden")
def test_status_counts_are_those_of_the_page(conn: Connection) -> None:
    add_submission(conn, channel="letter", sentiment=None)
    assert status_counts(conn, NOW) == {
        "submissions": 8,
        "pending": 1,
        "cases": 7,
        "counted": 7,
        "merged": 0,
        "split": 0,
        "parts": 0,
        "dispatched": 6,
        "awaiting_triage": 1,
        "open": 3,
        "overdue": 1,
        "completed": 4,
        "without_due_date": 1,
        "by_channel": {"letter": 7, "hotline": 1, "survey": 0, "social": 0},
    }


def test_keywords_are_compared_with_the_period_before(conn: Connection) -> None:
    add_reference(conn)
    add_cases(
        conn,
        [
            CaseRowSpec(keywords=("路灯", "停电", "路灯")),
            CaseRowSpec(keywords=("路灯",)),
            CaseRowSpec(keywords=("停电", "旧词"), submitted_at=NOW - 3 * DAY),
            CaseRowSpec(keywords=("停电",), submitted_at=NOW - 4 * DAY),  # before the period before
        ],
    )
    period = CaseCriteria(submitted_from=date(2026, 11, 22), submitted_to=date(2026, 11, 23))
    words = list_keywords(conn, period, now=NOW, zone=ZONE)
    assert [(w.word, w.value, w.before) for w in words] == [("路灯", 2, 0), ("停电", 1, 1)]
    assert {w.before for w in list_keywords(conn, CaseCriteria(), now=NOW, zone=ZONE)} == {None}


def test_a_filter_that_no_text_can_contain_is_refused(conn: Connection) -> None:
    with pytest.raises(Invalid):
        look(conn, CaseCriteria(text="\0"))


@pytest.mark.parametrize("query", ["totals", "volume_by_day", "list_cases", "keywords"])
def test_the_two_functions_dissolve_into_the_plan(conn: Connection, query: str) -> None:
    """A function that is not inlined hands over every case before the filter sees one: 4 times slower at 100,000."""
    zone = {"criteria": Jsonb({"zone": "UTC", "state": "open"}), "zone": "UTC"}
    page = {"sort": "due", "limit": 9, "offset": 0, "before": None, "newest": 9}
    plan = conn.execute(b"EXPLAIN " + read_query(query), {"as_of": NOW} | zone | page).fetchall()
    assert not [line for (line,) in plan if "matching_cases" in line or "case_facts" in line]
