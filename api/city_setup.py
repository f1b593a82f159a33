"""Setting up a city: the reference rows of a fresh database, from the packaged facts or the sample city."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any

import yaml

from api.account_repository import add_administration_event
from models.analysis import AppealType
from models.database import Connection
from models.department import Department, DispatchRule, Topic
from models.region import Place, Region
from nlp.reference import load_departments, load_regions, load_topics
from routing import directory_repository as rows
from routing.clocks.calendar import CalendarDay, DayKind
from routing.clocks.deadlines import ClockUnit, DeadlineRule
from routing.directory import City

SETUP_ACTOR = "system:setup"
DEFAULT_PROFILE = "sichuan_12345_2025"
# Chosen on the calibration of the cold-start classifier (docs/quality.md): below it a person decides.
DEFAULT_MIN_CONFIDENCE = 0.6
# Types a published profile does not name take the limit of a near one: our choice, editable.
_STAND_INS = {AppealType.PRAISE: AppealType.SUGGEST, AppealType.OTHER: AppealType.HELP}


@dataclass(frozen=True, slots=True, kw_only=True)
class CityReference:
    """Everything a city needs before the first letter."""

    city: City
    regions: list[Region]
    places: list[Place]
    departments: list[Department]


def set_up_city(conn: Connection, reference: CityReference, *, actor: str = SETUP_ACTOR, now: datetime) -> None:
    """Write the reference rows of a new city: regions, units, topics, dispatch rules, calendar, deadline profile."""
    topics = load_topics()
    rows.add_regions(conn, reference.regions, actor=actor)
    rows.add_places(conn, reference.places, actor=actor)
    rows.add_departments(conn, reference.departments, actor=actor)
    rows.add_topics(conn, sorted(topics, key=lambda t: (t.parent_code or "", t.code)), actor=actor)
    rows.replace_dispatch_rules(conn, default_dispatch_rules(topics), actor=actor)
    rows.add_calendar_days(conn, load_calendar(), actor=actor)
    rows.add_deadline_rules(conn, load_deadline_rules(), actor=actor)
    rows.set_city(conn, reference.city, actor=actor)
    add_administration_event(
        conn,
        action="reference.setup",
        actor=actor,
        now=now,
        payload={"city": reference.city.name, "departments": len(reference.departments), "topics": len(topics)},
    )


def plain_city() -> CityReference:
    """A city without sample: the 50 usual departments and the regions of Sichuan, to be edited."""
    return CityReference(
        city=City(name="本市", region_code=None, deadline_profile=DEFAULT_PROFILE, is_sample=False),
        regions=load_regions(),
        places=[],
        departments=load_departments(),
    )


def sample_city() -> CityReference:
    """The fictional 青崖市 of api/sample_city/city.yaml."""
    content = load_sample_yaml()
    city = content["city"]
    return CityReference(
        city=City(name=city["name"], region_code=city["region"], deadline_profile=city["profile"], is_sample=True),
        regions=[
            Region(
                code=r["code"],
                level=r["level"],
                name=r["name"],
                parent_code=r.get("parent"),
                aliases=tuple(r.get("aliases", ())),
            )
            for r in content["regions"]
        ],
        places=[Place(name=p["name"], kind=p["kind"], region_code=p["region"]) for p in content["places"]],
        departments=[
            Department(
                id=d["id"],
                duty=d["duty"],
                name=d["name"],
                short_name=d["short_name"],
                kind=d["kind"],
                region_code=d["region"],
                aliases=tuple(d.get("aliases", ())),
            )
            for d in content["departments"]
        ],
    )


def load_sample_yaml() -> dict[str, Any]:
    text = (files("api") / "sample_city" / "city.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return content


def default_dispatch_rules(topics: Iterable[Topic]) -> list[DispatchRule]:
    """One rule per sub-topic from the taxonomy's typical lead and co-handling duties."""
    return [
        DispatchRule(
            id=0,
            priority=100,
            topic_code=topic.code,
            appeal_type=None,
            region_code=None,
            channel=None,
            lead_duty=topic.lead_duty,
            co_duties=topic.co_duties,
            min_confidence=DEFAULT_MIN_CONFIDENCE,
            note=topic.name,
        )
        for topic in topics
        if topic.lead_duty
    ]


def load_calendar() -> list[tuple[CalendarDay, str, str]]:
    """Days off and make-up days (models/reference/calendar.csv), each with confidence and source."""
    text = (files("models") / "reference" / "calendar.csv").read_text(encoding="utf-8-sig")
    return [
        (
            CalendarDay(day=date.fromisoformat(row["date"]), kind=DayKind(row["kind"]), name=row["name"]),
            row["confidence"],
            row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    ]


def load_deadline_rules() -> list[tuple[DeadlineRule, str]]:
    """The hotline profiles of models/reference/deadlines.yaml that give a limit per appeal type.

    `all` or `general` stands for every type that a profile does not name.
    """
    text = (files("models") / "reference" / "deadlines.yaml").read_text(encoding="utf-8")
    found: list[tuple[DeadlineRule, str]] = []
    for name, profile in yaml.load(text, yaml.CSafeLoader)["profiles"].items():
        fallback = profile.get("all") or profile.get("general")
        limits = {t: profile.get(t.value) or profile.get(_STAND_INS.get(t, t).value) or fallback for t in AppealType}
        if all(isinstance(limit, dict) and "due" in limit for limit in limits.values()):
            source = " ".join(profile["src"])
            found += [
                (
                    DeadlineRule(
                        profile=name,
                        appeal_type=appeal_type,
                        n=int(limit["due"]["n"]),
                        unit=ClockUnit(limit["due"]["unit"]),
                    ),
                    source,
                )
                for appeal_type, limit in limits.items()
            ]
    return found
