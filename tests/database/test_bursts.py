"""Bursts from the counts of the database: found once, explained, one alert for what one outbreak brings."""

from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

import pytest
from psycopg.types.json import Jsonb

from models.alert import AlertCriteria, AlertKind, BurstDirection, RiskLevel, SeriesKey, StoredBurst
from models.database import Connection
from routing.alerts import alert_repository, burst_repository, trend_repository
from routing.alerts.bursts import BurstWatch, build_table, series_name
from routing.alerts.counting import bring_up_to_date, day_bounds
from routing.alerts.noticing import follow_bursts, load_watch, notice_bursts
from routing.directory import Directory
from routing.directory_repository import load_directory
from tests import factories
from tests.database.issue_rows import add_issue, add_members
from tests.factories import NOW, ZONE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The hour that is looked at ends here.
END = NOW.replace(minute=0)
_numbers = count(1)


@pytest.fixture
def town(conn: Connection) -> Directory:
    factories.city(conn)
    return load_directory(conn)


def add(
    owner: Connection, at: datetime, *, topic: str = "T0402", person: int | None = None, words: str = "路灯",
    copy_of: int | None = None,
) -> int:  # fmt: skip
    """A post with its analysis, as the pipeline leaves them, without its cost."""
    number = next(_numbers)
    key = (person if person is not None else 10_000 + number).to_bytes(8, "big")
    row = owner.execute(
        "INSERT INTO submissions (receipt_number, channel, source, identity, content_hash, title, body, submitted_at,"
        " received_at, submitter_key, state) VALUES (%s, 'social', 'test', %s, '', '', '', %s, %s, %s, 'processed')"
        " RETURNING id",
        (f"R{number}", f"i{number}".encode(), at, at, key),
    ).fetchone()
    assert row is not None
    owner.execute(
        "INSERT INTO analyses (submission_id, topic_code, topic_confidence, suggestions, appeal_type,"
        " appeal_confidence, sentiment, sentiment_confidence, urgency, urgency_confidence, detector_hits, region_code,"
        " region_confidence, place_text, keywords, organisations, versions, analysed_at) VALUES"
        " (%s, %s, 1, '[]', 'complain', 1, 'negative', 1, 'normal', 1, '[]', '990102001', 1, '', %s, '{}', '{}', %s)",
        (row[0], topic, Jsonb([{"word": words, "weight": 1.0}]), at),
    )
    if copy_of is not None:
        owner.execute(
            "INSERT INTO submission_links (submission_id, earlier_id, kind, score, certain, evidence, found_at)"
            " VALUES (%s, %s, 'near', 1, true, '[]', %s)",
            (row[0], copy_of, at),
        )
    return int(row[0])


def usual_days(owner: Connection, days: int = 30) -> None:
    """Two topics with a handful of letters a day, by people who write once."""
    luck = Random(5)
    for back in range(1, days + 1):
        for topic in ("T0402", "T0101"):
            for _ in range(luck.randint(2, 5)):
                add(owner, END - back * DAY + timedelta(minutes=luck.randint(0, 10 * 60)), topic=topic)
    owner.commit()


def look(conn: Connection, town: Directory, watch: BurstWatch, *, now: datetime = NOW) -> list[StoredBurst]:
    bring_up_to_date(conn, actor="test", zone=ZONE)
    given = load_watch(conn, town, actor="test", now=now, zone=ZONE)
    found = watch.look(conn, town.calendar, given.settings, actor="test", now=now, zone=ZONE)
    notice_bursts(conn, given, found)
    follow_bursts(conn, given)
    conn.commit()
    return found


def all_alerts(conn: Connection) -> list[tuple[str, int]]:
    return [(a.title, a.submissions) for a in alert_repository.list_alerts(conn, AlertCriteria(), now=NOW)]


def test_an_outbreak_is_one_alert_with_its_numbers(conn: Connection, owner: Connection, town: Directory) -> None:
    usual_days(owner)
    for minute in range(12):
        add(owner, END - 2 * HOUR + timedelta(minutes=5 * minute), words="搅拌站")
    owner.commit()
    watch = BurstWatch()
    found = look(conn, town, watch)
    assert {burst.direction for burst in found} == {BurstDirection.UP}
    assert SeriesKey(topic_code="T0402") in {burst.series for burst in found}
    assert len(found) > 1, "topic, county and all show it"
    [alert] = alert_repository.list_alerts(conn, AlertCriteria(), now=NOW)
    assert (alert.kind, alert.submissions, alert.persons) == (AlertKind.BURST, 12, 12)
    assert alert.severity is RiskLevel.YELLOW
    assert "12人反映" in alert.sentence
    assert "多说“搅拌站”" in alert.sentence
    assert look(conn, town, watch) == [], "found once"
    assert len(burst_repository.list_bursts(conn)) == len(found)


def test_what_comes_after_joins_the_alert(conn: Connection, owner: Connection, town: Directory) -> None:
    usual_days(owner)
    for minute in range(12):
        add(owner, END - HOUR + timedelta(minutes=4 * minute))
    owner.commit()
    watch = BurstWatch()
    look(conn, town, watch)
    [(title, number)] = all_alerts(conn)
    for minute in range(3):
        add(owner, END + timedelta(minutes=minute))
    owner.commit()
    look(conn, town, watch, now=NOW + HOUR)
    assert all_alerts(conn) == [(title, number + 3)]


def test_a_burst_that_goes_on_growing_makes_its_alert_graver(
    conn: Connection, owner: Connection, town: Directory
) -> None:
    usual_days(owner)
    for minute in range(12):
        add(owner, END - HOUR + timedelta(minutes=4 * minute))
    owner.commit()
    watch = BurstWatch()
    look(conn, town, watch)
    [alert] = alert_repository.list_alerts(conn, AlertCriteria(), now=NOW)
    owner.execute("UPDATE alerts SET acknowledged_by = 'test', acknowledged_at = %s", (NOW,))
    for minute in range(40):
        add(owner, END + timedelta(minutes=minute), person=7 if minute < 20 else None)
    owner.commit()
    assert look(conn, town, watch, now=NOW + HOUR) == [], "the series is silent"
    [grown] = alert_repository.list_alerts(conn, AlertCriteria(), now=NOW + HOUR)
    assert (alert.severity, grown.severity) == (RiskLevel.YELLOW, RiskLevel.ORANGE)
    assert "已有33人反映" in grown.sentence, "one person's twenty are one voice"
    assert grown.acknowledged_at is None, "whoever knew of it looks again"


def test_usual_days_bring_no_alert(conn: Connection, owner: Connection, town: Directory) -> None:
    usual_days(owner)
    add(owner, END - HOUR)
    owner.commit()
    assert look(conn, town, BurstWatch()) == []


def test_one_persons_flood_is_no_burst(conn: Connection, owner: Connection, town: Directory) -> None:
    usual_days(owner)
    for minute in range(50):
        add(owner, END - HOUR + timedelta(minutes=minute), person=7)
    owner.commit()
    assert look(conn, town, BurstWatch()) == []


def test_copied_texts_are_flagged_and_do_not_make_it_graver(
    conn: Connection, owner: Connection, town: Directory
) -> None:
    usual_days(owner)
    first = add(owner, END - HOUR)
    for minute in range(20):
        add(owner, END - HOUR + timedelta(minutes=minute + 1), copy_of=first)
    owner.commit()
    found = look(conn, town, BurstWatch())
    assert {burst.copies for burst in found} == {20}
    [alert] = alert_repository.list_alerts(conn, AlertCriteria(), now=NOW)
    assert alert.severity is RiskLevel.BLUE
    assert "21件（21人）文字相同或几乎相同" in alert.sentence


def test_an_issue_has_its_own_series(conn: Connection, owner: Connection, town: Directory) -> None:
    usual_days(owner)
    issue = add_issue(owner, first_at=END - 20 * DAY)
    old = [add(owner, END - back * DAY) for back in range(3, 20, 4)]
    new = [add(owner, END - HOUR + timedelta(minutes=4 * minute)) for minute in range(12)]
    owner.commit()
    add_members(owner, issue, [*old, *new])
    found = look(conn, town, BurstWatch())
    assert issue in {burst.issue_id for burst in found}
    [alert] = alert_repository.list_alerts(conn, AlertCriteria(), now=NOW)
    assert (alert.issue_id, alert.title) == (issue, "“丽水路搅拌站噪声”突增"), "the narrowest series leads"
    assert [b.issue_id for b in burst_repository.list_bursts(conn, issue_id=issue)] == [issue]


def test_nothing_is_found_before_there_is_a_history(conn: Connection, owner: Connection, town: Directory) -> None:
    usual_days(owner, days=10)
    for minute in range(30):
        add(owner, END - HOUR + timedelta(minutes=minute))
    owner.commit()
    assert look(conn, town, BurstWatch()) == []


def test_the_table_has_every_hour_and_kind_of_day(conn: Connection, owner: Connection, town: Directory) -> None:
    for back in (0, 0, 2, 2):
        add(owner, END - HOUR - back * DAY)
    owner.commit()
    bring_up_to_date(conn, actor="test", zone=ZONE)
    since, _ = day_bounds((NOW - 2 * DAY).astimezone(ZONE).date(), ZONE)
    rows = trend_repository.list_all_series(conn, since=since, until=END)
    keys, table = build_table(rows, town.calendar, since=since, until=END, zone=ZONE)
    assert set(table.names) == {series_name(key) for key in keys} == {
        "series:T0402:", "series:T04:", "series:T04:990102", "series::990102", "series::",
    }  # fmt: skip
    assert table.counts.shape == (5, 2 * 24 + 10)
    assert table.counts.sum() == 5 * 4
    assert table.persons is not None
    assert table.persons.sum() == 5 * 4
    # the day of NOW is a Monday
    assert table.kinds.tolist() == [5, 6, 0]
    assert table.start.tzinfo is UTC
