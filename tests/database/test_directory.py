"""The directory: written row by row, read back the same, and set up again without harm."""

from datetime import date

import pytest

from api.city_setup import load_calendar, load_deadline_rules, plain_city, sample_city, set_up_city
from models.analysis import AppealType
from models.database import Connection
from models.department import Department, DispatchRule, Topic
from models.errors import Unavailable
from models.region import Place, Region
from nlp.reference import load_topics
from routing import directory_repository as rows
from routing.clocks.calendar import CalendarDay, DayKind
from routing.clocks.deadlines import ClockUnit, DeadlineRule
from routing.directory import City, Directory
from tests.factories import NOW


def test_before_the_city_is_set_up_everybody_is_told(conn: Connection) -> None:
    assert rows.find_city(conn) is None
    for read in (rows.get_city, rows.load_directory):
        with pytest.raises(Unavailable, match="城市资料尚未建立"):
            read(conn)


def test_every_kind_of_row_comes_back_as_it_was(conn: Connection) -> None:
    """Every field with another value than its default, and once with the defaults."""
    city = City(name="甲市", region_code="99", deadline_profile="p", is_sample=True)
    regions = [
        Region(code="99", level="prefecture", name="甲市", parent_code=None),
        Region(code="9901", level="county", name="乙区", parent_code="99", aliases=("乙", "老乙")),
    ]
    places = [Place(name="长街", kind="road", region_code="9901")]
    departments = [
        Department(id="a", duty="d", name="甲局", short_name="甲", kind="gov", region_code=None),
        Department(
            id="b",
            duty="d",
            name="乙局",
            short_name="乙",
            kind="local",
            region_code="9901",
            aliases=("老局",),
            active=False,
        ),
    ]
    topics = [
        Topic(code="T01", name="水", parent_code=None),
        Topic(
            code="T0101",
            name="停水",
            parent_code="T01",
            lead_duty="d",
            co_duties=("e", "f"),
            cues=("没水",),
            urgent=True,
            confidential=True,
        ),
    ]
    rules = [
        DispatchRule(
            id=0,
            priority=1,
            topic_code="T0101",
            appeal_type="help",
            region_code="9901",
            channel="letter",
            lead_duty="d",
            co_duties=("e",),
            min_confidence=0.25,
            note="说明",
            active=False,
        ),
        DispatchRule(
            id=0, priority=100, topic_code=None, appeal_type=None, region_code=None, channel=None, lead_duty="d"
        ),
    ]
    days = [CalendarDay(day=date(2030, 1, 1), kind=DayKind.HOLIDAY, name="元旦")]
    deadlines = [DeadlineRule(profile="p", appeal_type=AppealType.HELP, n=2, unit=ClockUnit.HOURS)]
    for _ in range(2):  # setting up again changes nothing
        rows.add_regions(conn, regions, actor="test")
        rows.add_places(conn, places, actor="test")
        rows.add_departments(conn, departments, actor="test")
        rows.add_topics(conn, topics, actor="test")
        rows.replace_dispatch_rules(conn, rules, actor="test")
        rows.add_calendar_days(conn, [(day, "high", "公告") for day in days], actor="test")
        rows.add_deadline_rules(conn, [(rule, "办法") for rule in deadlines], actor="test")
        rows.set_city(conn, city, actor="test")
    assert rows.get_city(conn) == city
    assert rows.list_regions(conn) == regions
    assert rows.list_places(conn) == places
    assert rows.list_departments(conn) == departments
    assert rows.list_topics(conn) == topics
    found = rows.list_dispatch_rules(conn)
    assert [r.id for r in found] == [3, 4]
    assert [(r.priority, r.topic_code, r.co_duties, r.note, r.active) for r in found] == [
        (1, "T0101", ("e",), "说明", False),
        (100, None, (), "", True),
    ]
    assert (found[0].appeal_type, found[0].region_code, found[0].channel) == ("help", "9901", "letter")
    assert found[0].min_confidence == 0.25
    assert rows.list_calendar_days(conn) == days
    assert rows.list_deadline_rules(conn, "p") == deadlines
    assert rows.list_deadline_rules(conn, "other") == []


def test_the_sample_city_in_one_piece(directory: Directory) -> None:
    reference = sample_city()
    assert directory.city == reference.city
    assert directory.regions == {r.code: r for r in reference.regions}
    assert set(directory.places) == set(reference.places)
    assert directory.departments == {d.id: d for d in reference.departments}
    assert directory.topics == {t.code: t for t in load_topics()}
    assert len(directory.rules) == 208
    assert directory.calendar.known_years == {2024, 2025, 2026}
    assert set(directory.deadline_rules) == set(AppealType)


def test_names_for_people(directory: Directory) -> None:
    assert directory.region_name("990102100") == "临溪区柳荫镇"
    assert directory.region_name("990100") == ""  # the city itself needs no naming
    assert directory.region_name(None) == directory.region_name("?") == ""
    assert directory.topic_name("T0402") == "市政设施与市容环境 · 路灯照明"
    assert directory.topic_name("T04") == "市政设施与市容环境"
    assert directory.topic_name(None) == directory.topic_name("?") == ""
    assert directory.department_name("zjj") == "青崖市住房和城乡建设局"
    assert directory.department_name(None) == directory.department_name("?") == ""


@pytest.mark.parametrize("name", ["sample", "plain"])
def test_a_city_can_be_set_up_twice(conn: Connection, name: str) -> None:
    city = sample_city() if name == "sample" else plain_city()
    set_up_city(conn, city, now=NOW)
    first = rows.load_directory(conn)
    set_up_city(conn, city, now=NOW)
    second = rows.load_directory(conn)
    assert first.departments == second.departments
    assert [(r.topic_code, r.lead_duty) for r in first.rules] == [(r.topic_code, r.lead_duty) for r in second.rules]


def test_every_rule_of_the_sample_city_leads_to_a_unit_or_to_a_person(directory: Directory) -> None:
    """A town office needs its town; everything else has a unit for the whole city."""
    duties = {rule.lead_duty for rule in directory.rules}
    assert [duty for duty in duties if not directory.has_unit_for(duty)] == []
    assert [duty for duty in duties if directory.unit_for(duty, None) is None] == ["jd"]


def test_reference_rows_from_the_package_are_complete() -> None:
    days = [day.day for day, _, _ in load_calendar()]
    assert days == sorted(set(days))
    profiles = {rule.profile for rule, _ in load_deadline_rules()}
    assert {sample_city().city.deadline_profile, plain_city().city.deadline_profile} <= profiles
