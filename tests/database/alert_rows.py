"""What the tests of alerts share: a town, letters in it, and one look at it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from models.alert import AlertKind, AlertSettings, NewAlert, RiskLevel
from models.analysis import DetectorHit, Sentiment, Urgency
from models.database import Connection
from routing.alerts import alert_repository
from routing.alerts.counting import bring_up_to_date
from routing.alerts.noticing import Watch, load_watch
from routing.directory import Directory
from tests import factories
from tests.factories import NOW, ZONE

SETTINGS = AlertSettings()


def write(
    conn: Connection,
    town: Directory,
    *,
    person: int = 0,
    at: datetime = NOW,
    urgent: float | None = None,
    sentiment: Sentiment = Sentiment.NEGATIVE,
    topic: str = "T0402",
    **given: Any,
) -> int:
    """The submission of a letter by one of many people; `urgent`: with which confidence it cannot wait."""
    new = factories.letter(submitted_at=at, contact=f"1990000{person:04}", **given)
    says = factories.analysis(topic=topic, sentiment=sentiment)
    if urgent is not None:
        hit = DetectorHit(detector="self_harm", cue="不想活了", start=0, end=4)
        says = replace(says, urgency=Urgency.CRITICAL, urgency_confidence=urgent, detector_hits=(hit,))
    return factories.case(conn, town, new=new, at=at, says=says).submission_id


def watch(conn: Connection, town: Directory, *, now: datetime = NOW) -> Watch:
    bring_up_to_date(conn, actor="test", zone=ZONE)
    return load_watch(conn, town, actor="test", now=now, zone=ZONE)


def new_alert(**given: Any) -> NewAlert:
    values: dict[str, Any] = {
        "kind": AlertKind.LEVEL,
        "key": "level:1",
        "severity": RiskLevel.YELLOW,
        "title": "苗头：丽水路搅拌站噪声",
        "sentence": "黄色：近3天5人反映。",
        "submission_ids": [],
    }
    return NewAlert(**values | given)


def events(conn: Connection, alert_id: int) -> list[str]:
    """The history of an alert, the first first."""
    return [event.action.value for event in reversed(alert_repository.list_events(conn, alert_id))]


def at_hour(hour: int) -> datetime:
    """That local hour of the day of NOW."""
    return NOW.astimezone(ZONE).replace(hour=hour, minute=0) + timedelta()
