"""The forecast from the facts: what it counts, what it keeps, what a number opens."""

from datetime import date, datetime, time, timedelta

import numpy as np

from dashboards.forecasts.forecasting import make_volume_forecast, read_volume_forecast, recent_days
from dashboards.lists.case_lists import list_cases
from models.database import Connection
from nlp.trends.forecast import HORIZON
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference
from tests.database.test_daily_facts import count

TODAY = NOW.astimezone(ZONE).date()


def at(day: date) -> datetime:
    return datetime.combine(day, time(9), ZONE)


def kind_of_day(day: date) -> int:
    return day.weekday()


def add_days(conn: Connection, days: int) -> None:
    """Two a day on street lamps in 甲, one on noise in 乙 on Mondays; today ten, which are no history."""
    add_reference(conn)
    past = [TODAY - timedelta(days=n) for n in range(days, 0, -1)]
    lamps = [CaseRowSpec(submitted_at=at(day), topic="T0101", region="910101") for day in past for _ in range(2)]
    noise = [CaseRowSpec(submitted_at=at(day), topic="T0201", region="9102") for day in past if day.weekday() == 0]
    today = [CaseRowSpec(submitted_at=NOW - timedelta(minutes=n), topic="T0101", region="9101") for n in range(10)]
    add_cases(conn, [*lamps, *noise, *today])
    count(conn)


def test_what_is_forecast_is_what_the_facts_say(conn: Connection) -> None:
    add_days(conn, 130)
    made = make_volume_forecast(conn, kind_of_day, now=NOW, zone=ZONE, actor="test")
    assert made is not None and made == read_volume_forecast(conn)
    assert made.first_day == TODAY and made.history_days == 130
    lamps = made.find("T01", "9101")
    assert lamps is not None and lamps.recent == 2 * HORIZON
    assert 24 <= lamps.total <= 32 and lamps.total_low <= 28 <= lamps.total_high
    city, topic = made.find("", ""), made.find("T01", "")
    assert city is not None and topic is not None
    assert topic.recent == lamps.recent
    assert city.recent == lamps.recent + 2
    listed = list_cases(conn, lamps.criteria(*recent_days(TODAY)), now=NOW, zone=ZONE, limit=1)
    assert listed.total == lamps.recent * 4
    noise = made.find("T02", "9102")
    assert noise is not None
    mondays = np.array(noise.mean)[[n for n in range(HORIZON) if (TODAY + timedelta(days=n)).weekday() == 0]]
    assert mondays.mean() > 1.3 * np.mean(noise.mean)
    assert made.pairs_test is not None and lamps.times == made.pairs_test.origins
    assert made.list_likely() == []


def test_made_twice_on_a_day_there_is_one(conn: Connection) -> None:
    add_days(conn, 60)
    for _ in range(2):
        assert make_volume_forecast(conn, kind_of_day, now=NOW, zone=ZONE, actor="test") is not None
    row = conn.execute("SELECT count(*) FROM forecasts").fetchone()
    assert row == (1,)


def test_without_history_there_is_none(conn: Connection) -> None:
    add_days(conn, 40)
    assert make_volume_forecast(conn, kind_of_day, now=NOW, zone=ZONE, actor="test") is None
    assert read_volume_forecast(conn) is None
