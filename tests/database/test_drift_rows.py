"""The weeks of a classifier, summed up in the database as they would be by hand."""

from datetime import date, timedelta
from math import inf, nan

from models.analysis import Analysis, TopicSuggestion
from models.database import Connection
from models.submission import Channel
from routing.directory import Directory
from routing.learning import drift_repository
from tests import factories
from tests.factories import NOW, ZONE

MONDAY = date(2026, 11, 16)  # NOW is the Monday after


def says(topic: str | None, confidence: float, version: str = "v/1") -> Analysis:
    return Analysis(
        topic_code=topic,
        topic_confidence=confidence,
        suggestions=(TopicSuggestion(topic, confidence),) if topic else (),
        versions={"topic": version},
    )


def test_weeks_are_counted_by_submission_and_version(city_conn: Connection, directory: Directory) -> None:
    def letter(topic: str | None, confidence: float, days_ago: float, **more: str) -> None:
        at = NOW - timedelta(days=days_ago)
        new = factories.letter(submitted_at=at, channel=Channel(more.pop("channel", "letter")))
        factories.case(city_conn, directory, says=says(topic, confidence, **more), new=new, at=at)

    for topic, confidence, days_ago in (("T0402", 0.95, 3), ("T0402", 0.85, 4), ("T1001", 0.9, 5), (None, 0.0, 6)):
        letter(topic, confidence, days_ago)
    letter("T0201", 0.5, 10)
    letter("T0402", 0.99, 3, version="v/2")
    letter("T0402", 0.99, 0.01)  # the running week is not over

    weeks = drift_repository.list_weeks(city_conn, "v/1", before=NOW.astimezone(ZONE).date(), zone=ZONE)
    assert [day for day, _ in weeks] == [MONDAY - timedelta(days=7), MONDAY]
    week = weeks[1][1]
    assert (week.letters, week.sure_share, week.unknown_share) == (4, 0.5, 0.25)
    assert abs(week.mean_confidence - (0.95 + 0.85 + 0.9) / 4) < 1e-9
    assert week.topics == {"T0402": 2, "T1001": 1}
    assert weeks[0][1].topics == {"T0201": 1}
    assert drift_repository.find_speaking_version(city_conn) == "v/1"


def test_a_week_begins_on_monday_of_the_city(city_conn: Connection, directory: Directory) -> None:
    """Sunday 23:30 and Monday 0:30 in Shanghai are both Sunday in Greenwich."""
    midnight = NOW.astimezone(ZONE).replace(hour=0, minute=0) - timedelta(days=28)
    for minutes in (-30, 30):
        at = midnight + timedelta(minutes=minutes)
        new = factories.letter(submitted_at=at)
        factories.case(city_conn, directory, says=says("T0402", 0.9, "v/3"), new=new, at=at)
    weeks = drift_repository.list_weeks(city_conn, "v/3", before=NOW.astimezone(ZONE).date(), zone=ZONE)
    assert [day for day, _ in weeks] == [midnight.date() - timedelta(days=7), midnight.date()]


def test_the_newest_report_counts(city_conn: Connection) -> None:
    assert drift_repository.find_report(city_conn) is None
    endless = {"level": "alarm", "reasons": ({"score": -inf, "p": nan, "observed": 0.5},)}
    drift_repository.add_report(city_conn, endless, alarm=True, actor="a", now=NOW)
    kept = drift_repository.find_report(city_conn)
    assert kept is not None and kept[2]["reasons"] == [{"score": None, "p": None, "observed": 0.5}]
    drift_repository.add_report(city_conn, {"level": "none"}, alarm=False, actor="a", now=NOW)
    found = drift_repository.find_report(city_conn)
    assert found is not None and (found[0], found[1], found[2]["level"]) == (NOW, False, "none")
