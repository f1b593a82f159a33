"""Rows of the directory: reading them, and writing them when a city is set up or changed."""

from collections.abc import Iterable
from typing import Any

from psycopg.rows import class_row, dict_row

from models.database import Connection
from models.department import Department, DispatchRule, Topic
from models.errors import Unavailable
from models.region import Place, Region
from routing.casework.casework_repository import get_amber, get_rules
from routing.clocks.calendar import CalendarDay, DayKind, WorkingCalendar
from routing.clocks.deadlines import ClockUnit, DeadlineRule
from routing.directory import City, Directory
from routing.learning.learnt_place_repository import list_learnt_places
from routing.learning.promise_repository import get_dispatch_promise


def find_city(conn: Connection) -> City | None:
    with conn.cursor(row_factory=class_row(City)) as cur:
        return cur.execute("SELECT name, region_code, deadline_profile, is_sample FROM city").fetchone()


def get_city(conn: Connection) -> City:
    """The city of this installation. Raises `Unavailable` before it is set up."""
    city = find_city(conn)
    if city is None:
        raise Unavailable("城市资料尚未建立，请先运行 wenzheng up 或 wenzheng config apply。")
    return city


def list_regions(conn: Connection) -> list[Region]:
    with conn.cursor(row_factory=dict_row) as cur:
        rows = cur.execute("SELECT code, level, name, parent_code, aliases FROM regions ORDER BY code").fetchall()
    return [Region(**_tuples(row)) for row in rows]


def list_places(conn: Connection) -> list[Place]:
    with conn.cursor(row_factory=class_row(Place)) as cur:
        return cur.execute("SELECT name, kind, region_code FROM places ORDER BY name, region_code").fetchall()


def list_departments(conn: Connection) -> list[Department]:
    with conn.cursor(row_factory=dict_row) as cur:
        rows = cur.execute(
            "SELECT id, duty, name, short_name, kind, region_code, aliases, active FROM departments ORDER BY id"
        ).fetchall()
    return [Department(**_tuples(row)) for row in rows]


def list_topics(conn: Connection) -> list[Topic]:
    with conn.cursor(row_factory=dict_row) as cur:
        rows = cur.execute(
            "SELECT code, name, parent_code, lead_duty, co_duties, cues, urgent, confidential FROM topics ORDER BY code"
        ).fetchall()
    return [Topic(**_tuples(row)) for row in rows]


def list_dispatch_rules(conn: Connection) -> list[DispatchRule]:
    with conn.cursor(row_factory=dict_row) as cur:
        rows = cur.execute(
            "SELECT id, priority, topic_code, appeal_type, region_code, channel, lead_duty, co_duties,"
            " min_confidence, note, active FROM dispatch_rules ORDER BY id"
        ).fetchall()
    return [DispatchRule(**_tuples(row)) for row in rows]


def list_calendar_days(conn: Connection) -> list[CalendarDay]:
    """Those of the whole country before those of a region."""
    rows = conn.execute(
        "SELECT day, kind, name, region_code FROM calendar_days ORDER BY region_code IS NOT NULL, day, region_code"
    ).fetchall()
    return [CalendarDay(day=day, kind=DayKind(kind), name=name, region_code=code) for day, kind, name, code in rows]


def list_deadline_rules(conn: Connection, profile: str) -> list[DeadlineRule]:
    rows = conn.execute(
        "SELECT profile, appeal_type, n, unit FROM deadline_rules WHERE profile = %s ORDER BY appeal_type", (profile,)
    ).fetchall()
    return [
        DeadlineRule(profile=profile, appeal_type=appeal_type, n=n, unit=ClockUnit(unit))
        for profile, appeal_type, n, unit in rows
    ]


def load_directory(conn: Connection) -> Directory:
    """Everything in a dozen statements. Raises `Unavailable` before the city is set up.

    `places` are those that an administrator keeps, and what letters taught about other names."""
    city = get_city(conn)
    places = list_places(conn)
    registered = {place.name for place in places}
    places += [learnt.as_place() for learnt in list_learnt_places(conn) if learnt.name not in registered]
    regions = {r.code: r for r in list_regions(conn)}
    days = list_calendar_days(conn)
    return Directory(
        city=city,
        regions=regions,
        places=tuple(places),
        departments={d.id: d for d in list_departments(conn)},
        topics={t.code: t for t in list_topics(conn)},
        rules=tuple(list_dispatch_rules(conn)),
        calendar=WorkingCalendar(d for d in days if d.region_code in (None, city.region_code)),
        local_days=tuple(d for d in days if d.region_code not in (None, city.region_code)),
        deadline_rules={r.appeal_type: r for r in list_deadline_rules(conn, city.deadline_profile)},
        promise=get_dispatch_promise(conn),
        casework=get_rules(conn, city.deadline_profile),
        amber=get_amber(conn, city.deadline_profile),
    )


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


# Writing: setting up a city (api/city_setup.py). Each call is an upsert, so that it can be repeated.


def set_city(conn: Connection, city: City, *, actor: str) -> None:
    conn.execute(
        "INSERT INTO city (name, region_code, deadline_profile, is_sample)"
        " VALUES (%(name)s, %(region_code)s, %(deadline_profile)s, %(is_sample)s)"
        " ON CONFLICT (only_one) DO UPDATE SET name = excluded.name, region_code = excluded.region_code,"
        " deadline_profile = excluded.deadline_profile, is_sample = excluded.is_sample",
        {
            "name": city.name,
            "region_code": city.region_code,
            "deadline_profile": city.deadline_profile,
            "is_sample": city.is_sample,
        },
    )


def add_regions(conn: Connection, regions: Iterable[Region], *, actor: str) -> None:
    """Parents before children."""
    with conn.cursor() as cur:
        cur.executemany(
            "INSERT INTO regions (code, level, name, parent_code, aliases) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (code) DO UPDATE SET level = excluded.level, name = excluded.name,"
            " parent_code = excluded.parent_code, aliases = excluded.aliases",
            [(r.code, r.level, r.name, r.parent_code, list(r.aliases)) for r in regions],
        )


def add_places(conn: Connection, places: Iterable[Place], *, actor: str) -> None:
    with conn.cursor() as cur:
        cur.executemany(
            "INSERT INTO places (name, kind, region_code) VALUES (%s, %s, %s)"
            " ON CONFLICT (name, region_code) DO UPDATE SET kind = excluded.kind",
            [(p.name, p.kind, p.region_code) for p in places],
        )


def add_departments(conn: Connection, departments: Iterable[Department], *, actor: str) -> None:
    with conn.cursor() as cur:
        cur.executemany(
            "INSERT INTO departments (id, duty, name, short_name, kind, region_code, aliases, active)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (id) DO UPDATE SET duty = excluded.duty, name = excluded.name,"
            " short_name = excluded.short_name, kind = excluded.kind, region_code = excluded.region_code,"
            " aliases = excluded.aliases, active = excluded.active",
            [
                (d.id, d.duty, d.name, d.short_name, d.kind, d.region_code, list(d.aliases), d.active)
                for d in departments
            ],
        )


def add_topics(conn: Connection, topics: Iterable[Topic], *, actor: str) -> None:
    """Parents before children."""
    with conn.cursor() as cur:
        cur.executemany(
            "INSERT INTO topics (code, name, parent_code, lead_duty, co_duties, cues, urgent, confidential)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (code) DO UPDATE SET name = excluded.name, lead_duty = excluded.lead_duty,"
            " co_duties = excluded.co_duties, cues = excluded.cues, urgent = excluded.urgent,"
            " confidential = excluded.confidential",
            [
                (t.code, t.name, t.parent_code, t.lead_duty, list(t.co_duties), list(t.cues), t.urgent, t.confidential)
                for t in topics
            ],
        )


def replace_dispatch_rules(conn: Connection, rules: Iterable[DispatchRule], *, actor: str) -> None:
    """The whole catalogue anew; ids are given by the database, `rule.id` is ignored."""
    conn.execute("DELETE FROM dispatch_rules")
    with conn.cursor() as cur:
        cur.executemany(
            "INSERT INTO dispatch_rules (priority, topic_code, appeal_type, region_code, channel, lead_duty, co_duties,"
            " min_confidence, note, active) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    r.priority,
                    r.topic_code,
                    r.appeal_type,
                    r.region_code,
                    r.channel,
                    r.lead_duty,
                    list(r.co_duties),
                    r.min_confidence,
                    r.note,
                    r.active,
                )
                for r in rules
            ],
        )


def add_calendar_days(conn: Connection, days: Iterable[tuple[CalendarDay, str, str]], *, actor: str) -> None:
    """Each with confidence and source."""
    with conn.cursor() as cur:
        cur.executemany(
            "INSERT INTO calendar_days (day, kind, name, region_code, confidence, source)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (day, (coalesce(region_code, ''))) DO UPDATE SET"
            " kind = excluded.kind, name = excluded.name, confidence = excluded.confidence, source = excluded.source",
            [(d.day, d.kind.value, d.name, d.region_code, confidence, source) for d, confidence, source in days],
        )


def add_deadline_rules(conn: Connection, rules: Iterable[tuple[DeadlineRule, str]], *, actor: str) -> None:
    """Each with its source."""
    with conn.cursor() as cur:
        cur.executemany(
            "INSERT INTO deadline_rules (profile, appeal_type, n, unit, source) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (profile, appeal_type) DO UPDATE SET n = excluded.n, unit = excluded.unit,"
            " source = excluded.source",
            [(r.profile, r.appeal_type, r.n, r.unit.value, source) for r, source in rules],
        )
