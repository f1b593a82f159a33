"""No case without a due date: each profile that a city may choose has a limit for each appeal type."""

from collections import Counter

import pytest

from api.city_setup import load_deadline_rules
from models.analysis import AppealType
from models.database import Connection
from routing.clocks.completion_clock import deadline_of
from routing.directory import Directory
from tests import factories
from tests.factories import NOW, ZONE

PROFILES = sorted({rule.profile for rule, _ in load_deadline_rules()})


def test_there_are_profiles_to_choose_from() -> None:
    assert "sichuan_12345_2025" in PROFILES
    assert len(PROFILES) >= 4


@pytest.mark.parametrize("profile", PROFILES)
def test_no_profile_lacks_an_appeal_type(city_conn: Connection, profile: str) -> None:
    rows = city_conn.execute("SELECT appeal_type, n FROM deadline_rules WHERE profile = %s", (profile,)).fetchall()
    assert Counter(row[0] for row in rows) == Counter(AppealType)
    assert all(n > 0 for _, n in rows)


def test_every_limit_says_where_it_is_from(city_conn: Connection) -> None:
    assert city_conn.execute("SELECT profile FROM deadline_rules WHERE source = ''").fetchall() == []


@pytest.mark.parametrize("appeal_type", AppealType)
def test_each_appeal_type_gets_a_due_date_with_its_explanation(
    city_conn: Connection, directory: Directory, appeal_type: AppealType
) -> None:
    case = factories.case(city_conn, directory, says=factories.analysis(appeal_type=appeal_type))
    due = deadline_of(directory, appeal_type, NOW, ZONE)
    assert (case.due_date, case.due_at, case.due_basis) == (due.due_date, due.due_at, due.basis)
    assert case.due_basis.startswith(f"{appeal_type.label}类应在派单后")


def test_the_limits_of_the_profile_in_force(directory: Directory) -> None:
    """DOMAIN 1.2: 咨询 3, 求助 and 建议 7, 投诉 and 举报 15 working days; 表扬 and 其他 as the nearest (our choice)."""
    assert {kind.value: rule.n for kind, rule in directory.deadline_rules.items()} == {
        "consult": 3,
        "help": 7,
        "suggest": 7,
        "complain": 15,
        "report": 15,
        "praise": 7,
        "other": 7,
    }
    assert {rule.unit.value for rule in directory.deadline_rules.values()} == {"wd"}
