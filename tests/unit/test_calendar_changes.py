"""The calendar as people change it: lines read, regions apart, days counted out, spans of escalation."""

from datetime import date, datetime

import pytest

from models.calendar_change import ChangedDay
from models.department import Department
from models.errors import Invalid
from models.region import Region
from routing.clocks.calendar import CalendarDay, DayKind, WorkingCalendar
from routing.clocks.calendar_changes import changed_days, done, read_days, undone
from routing.clocks.day_count import count_days
from routing.clocks.escalation import due_span
from routing.directory import City, Directory
from tests.factories import ZONE


def off(day: str, name: str = "节", region: str | None = None, kind: DayKind = DayKind.HOLIDAY) -> CalendarDay:
    return CalendarDay(day=date.fromisoformat(day), kind=kind, name=name, region_code=region)


def test_lines_are_read_in_any_order_and_with_either_comma() -> None:
    text = "2027-02-06 放假 春节\n\n2027-02-05，放假，春节\n2027-02-20, 上班\n"
    assert read_days(text, "x") == [
        off("2027-02-05", "春节", "x"),
        off("2027-02-06", "春节", "x"),
        off("2027-02-20", "调休上班", "x", DayKind.WORKDAY),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "至少写一天"),
        ("2027-02-05 春节", "第1行看不懂"),
        ("2027-02-05 放假\n2月6日 放假", "第2行看不懂"),
        ("2027-02-30 放假", "第1行看不懂"),
        ("0027-02-05 放假", "年份不对"),
        ("2027-02-05 放假\n2027-02-05 上班", "写了两次"),
        ("\n".join(f"2027-{m:02}-{d:02} 放假" for m in range(1, 7) for d in range(1, 22)), "一次最多"),
    ],
)
def test_what_cannot_be_read_names_its_line(text: str, told: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_days(text, None)
    assert told in refused.value.fields["days"]


def test_a_whole_year_takes_the_provisional_days_away_and_leaves_other_years_and_regions() -> None:
    present = [
        off("2027-01-01", kind=DayKind.STATUTORY_PROVISIONAL),
        off("2027-01-02", region="r"),
        off("2026-01-01"),
    ]
    wanted = [off("2027-02-05")]
    partly = changed_days(present, wanted, None, whole_years=False)
    assert [d.day for d in partly] == [date(2027, 2, 5)]
    whole = changed_days(present, wanted, None, whole_years=True)
    assert [(d.day, d.after) for d in whole] == [
        (date(2027, 1, 1), None),
        (date(2027, 2, 5), ("holiday", "节")),
    ]
    after = done(present, whole)
    assert {(d.day, d.region_code) for d in after} == {
        (date(2027, 2, 5), None),
        (date(2027, 1, 2), "r"),
        (date(2026, 1, 1), None),
    }
    assert sorted(undone(after, [whole]), key=str) == sorted(present, key=str)


def test_several_changes_are_undone_the_newest_first() -> None:
    day = date(2027, 2, 5)
    first = ChangedDay(day=day, region_code=None, before=None, after=("holiday", "甲"))
    second = ChangedDay(day=day, region_code=None, before=("holiday", "甲"), after=("workday", "乙"))
    assert undone([off("2027-02-05", "乙", kind=DayKind.WORKDAY)], [[first], [second]]) == []


def test_a_local_holiday_is_off_in_its_region_and_below_and_makes_no_year_known() -> None:
    day = date(2027, 7, 28)  # a Wednesday
    units = [
        Department(id=name, duty="d", name=name, short_name=name, kind="gov", region_code=region)
        for name, region in (("town", "t"), ("other", None))
    ]
    local = Directory(
        city=City(name="甲市", region_code="p", deadline_profile="test", is_sample=False),
        regions={
            "p": Region(code="p", level="prefecture", name="甲市", parent_code=None),
            "c": Region(code="c", level="county", name="乙县", parent_code="p"),
            "t": Region(code="t", level="town", name="丙镇", parent_code="c"),
        },
        places=(),
        departments={u.id: u for u in units},
        topics={},
        rules=(),
        calendar=WorkingCalendar([]),
        deadline_rules={},
        local_days=(off("2027-07-28", "火把节", "c"),),
    )
    assert not local.calendar_for("town").is_working_day(day)
    assert local.calendar_for("other").is_working_day(day)
    assert local.calendar_for(None).is_working_day(day)
    assert 2027 not in local.calendar_for("town").known_years


def test_the_days_of_a_limit_are_counted_out_with_their_reasons() -> None:
    calendar = WorkingCalendar(
        [
            off("2026-10-01", "国庆节"),
            off("2026-09-20", "国庆节", kind=DayKind.WORKDAY),
            off("2027-01-01", "元旦", kind=DayKind.STATUTORY_PROVISIONAL),
        ]
    )
    days = count_days(date(2026, 9, 18), date(2026, 9, 21), calendar)
    assert [(d.number, d.why, d.weekday) for d in days] == [
        (None, "周末", "周六"),
        (1, "国庆节调休上班", "周日"),
        (2, "", "周一"),
    ]
    assert count_days(date(2026, 9, 30), date(2026, 10, 1), calendar)[0].why == "国庆节放假"
    assert count_days(date(2026, 12, 31), date(2027, 1, 1), calendar)[0].why == "元旦放假（暂定）"
    assert count_days(date(2026, 9, 18), date(2026, 9, 18), calendar) == []
    assert count_days(date(2026, 1, 1), date(2027, 1, 1), calendar) == []


@pytest.mark.parametrize(
    ("days", "due", "told"),
    [
        (-1, "2026-11-28T00:00", True),  # due on Friday, told on Thursday
        (-1, "2026-11-29T00:00", False),
        (-1, "2026-11-26T09:59", False),  # overdue: no longer before
        (0, "2026-11-26T10:00", True),
        (0, "2026-11-27T00:00", False),
        (3, "2026-11-24T00:00", True),  # due on Monday; Tuesday, Wednesday, Thursday have begun
        (3, "2026-11-25T00:00", False),
        (3, "2026-11-22T00:00", True),
    ],
)
def test_a_rule_tells_of_what_is_so_many_working_days_away(days: int, due: str, told: bool) -> None:
    now = datetime(2026, 11, 26, 10, 0, tzinfo=ZONE)
    after, until = due_span(days, WorkingCalendar([]), now=now, zone=ZONE)
    assert (after < datetime.fromisoformat(due).replace(tzinfo=ZONE) <= until) is told


def test_over_a_weekend_the_last_working_day_tells() -> None:
    friday = datetime(2026, 11, 27, 10, 0, tzinfo=ZONE)
    _, until = due_span(-1, WorkingCalendar([]), now=friday, zone=ZONE)
    assert until == datetime(2026, 12, 1, tzinfo=ZONE)
