"""Scores from real cases: what is left out, frozen, appealed; and who may do what."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dashboards.exclusions import excluded_rates
from dashboards.metrics.metrics import measure
from dashboards.score_counts import SCORED_METRICS, period_criteria, score_counts
from dashboards.scoring import score_units
from models.account import Account, Role
from models.case import CaseAction
from models.casework import RequestState
from models.criteria import CaseCriteria
from models.database import Connection
from models.errors import Conflict, Forbidden, Invalid
from models.scoring import Scheme
from routing import scoring
from routing import scoring_repository as rows
from routing.directory import Directory
from tests import factories
from tests.factories import NOW, ZONE

# Everything that is dispatched now is due by then.
LATER = NOW + timedelta(days=60)
FIRST, LAST = date(2026, 11, 1), date(2027, 1, 31)
LINES = [
    {"label": "按时办结", "metric": "on_time_completion_rate", "points": "20", "target": "95", "slope": "1"},
    {"label": "答复质量", "metric": "", "points": "10", "slope": "1"},
]


@pytest.fixture
def supervisor(city_conn: Connection) -> Account:
    return factories.account(city_conn, Role.SUPERVISOR)


def new_scheme(conn: Connection, directory: Directory, account: Account, name: str = "月度考核") -> Scheme:
    id_ = scoring.save_scheme(
        conn,
        account,
        directory,
        name=name,
        unit_kinds=["gov"],
        indicators=scoring.read_indicators(LINES, SCORED_METRICS),
        least_cases=1,
        ranked=False,
        replaces=None,
        now=NOW,
    )
    return rows.get_scheme(conn, id_)


def counts(conn: Connection, scheme: Scheme, unit: str) -> Mapping[str, tuple[int, int, int]]:
    return score_counts(conn, scheme, [unit], FIRST, LAST, now=LATER, zone=ZONE).units.get(unit, {})


def test_a_scheme_comes_back_as_it_was_saved_and_a_change_is_a_new_one(
    city_conn: Connection, directory: Directory, supervisor: Account
) -> None:
    scheme = new_scheme(city_conn, directory, supervisor)
    assert [i.label for i in scheme.indicators] == ["按时办结", "答复质量"]
    assert (scheme.indicators[0].target, scheme.points) == (Decimal(95), Decimal(30))
    assert scheme.indicators[1].metric is None
    given: dict[str, Any] = {
        "name": "改过的",
        "unit_kinds": ["gov", "local"],
        "indicators": scheme.indicators,
        "least_cases": 5,
        "ranked": True,
    }
    newer = scoring.save_scheme(city_conn, supervisor, directory, **given, replaces=scheme, now=NOW)
    assert not rows.get_scheme(city_conn, scheme.id).active
    assert rows.get_scheme(city_conn, newer).replaces_id == scheme.id
    with pytest.raises(Conflict, match="刚刚被他人修改"):
        scoring.save_scheme(city_conn, supervisor, directory, **given, replaces=scheme, now=NOW)
    leader = factories.account(city_conn, Role.LEADER)
    with pytest.raises(Forbidden):
        scoring.save_scheme(city_conn, leader, directory, **given, replaces=None, now=NOW)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"points": "x"}, "points-0"),
        ({"points": "NaN"}, "points-0"),
        ({"least": "30"}, "least-0"),
        ({"metric": "received"}, "metric-0"),
        ({"empty": "maybe"}, "empty-0"),
        ({"slope": "0.001"}, "slope-0"),
    ],
)
def test_nonsense_in_a_line_is_named(change: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        scoring.read_indicators([LINES[0] | change], SCORED_METRICS)
    assert field in refused.value.fields


def test_scores_are_made_of_the_cases_whose_day_it_was_and_exclusions_stand_beside(
    city_conn: Connection, directory: Directory, supervisor: Account
) -> None:
    scheme = new_scheme(city_conn, directory, supervisor)
    unit = "swj"
    for _ in range(3):
        factories.case(city_conn, directory, lead=unit, until=CaseAction.COMPLETE)
    late = factories.case(city_conn, directory, lead=unit, until=CaseAction.ACKNOWLEDGE)
    first = scheme.indicators[0].id
    assert counts(city_conn, scheme, unit)[first] == (3, 4, 0)
    before = measure(city_conn, CaseCriteria(department=unit), now=LATER, zone=ZONE).metrics["on_time_completion_rate"]

    officer = factories.account(city_conn, Role.OFFICER, department=unit)
    scoring.request_exclusion(
        city_conn, officer, late.id, "on_time_completion_rate", reason="恶意诉求", metrics=SCORED_METRICS, now=NOW
    )
    assert counts(city_conn, scheme, unit)[first] == (3, 4, 0)  # asked for is not agreed to
    [asked] = rows.list_exclusions(city_conn, case_id=late.id)
    own = replace(supervisor, id=officer.id, display_name=officer.display_name)
    with pytest.raises(Forbidden, match="自己"):
        scoring.decide_exclusion(city_conn, own, asked.id, accepted=True, note="好", now=NOW)
    with pytest.raises(Forbidden):
        scoring.decide_exclusion(city_conn, officer, asked.id, accepted=True, note="好", now=NOW)
    scoring.decide_exclusion(city_conn, supervisor, asked.id, accepted=True, note="经核实", now=NOW)
    with pytest.raises(Conflict):
        scoring.decide_exclusion(city_conn, supervisor, asked.id, accepted=False, note="改主意", now=NOW)

    assert counts(city_conn, scheme, unit)[first] == (3, 3, 1)
    criteria = CaseCriteria(department=unit)
    after = measure(city_conn, criteria, now=LATER, zone=ZONE).metrics["on_time_completion_rate"]
    assert (after.numerator, after.denominator) == (before.numerator, before.denominator)  # the figure itself stays
    out = excluded_rates(city_conn, criteria, now=LATER, zone=ZONE)
    assert set(out) == {"on_time_completion_rate"}
    assert (out["on_time_completion_rate"].numerator, out["on_time_completion_rate"].denominator) == (0, 1)
    assert out["on_time_completion_rate"].rate(3, 4) == 1.0


def test_deductions_by_hand_count_until_they_are_withdrawn(
    city_conn: Connection, directory: Directory, supervisor: Account
) -> None:
    scheme = new_scheme(city_conn, directory, supervisor)
    by_hand = scheme.indicators[1].id
    given: dict[str, Any] = {
        "indicator": by_hand,
        "department_id": "jtj",
        "happened_on": date(2026, 11, 20),
        "reason": "答非所问",
    }
    scoring.enter_deduction(city_conn, supervisor, directory, scheme, times=2, now=NOW, **given)
    assert counts(city_conn, scheme, "jtj")[by_hand] == (2, 0, 0)
    [score] = score_units(scheme, {"jtj": counts(city_conn, scheme, "jtj")})
    assert score.items[1].score == 8
    with pytest.raises(Invalid) as refused:
        scoring.enter_deduction(
            city_conn, supervisor, directory, scheme, times=0, now=NOW, **given | {"indicator": scheme.indicators[0].id}
        )
    assert set(refused.value.fields) == {"indicator", "times"}
    [deduction] = rows.list_deductions(city_conn, scheme.id, FIRST, LAST)
    assert rows.withdraw_deduction(city_conn, deduction.id, actor=supervisor.actor, now=NOW)
    assert not rows.withdraw_deduction(city_conn, deduction.id, actor=supervisor.actor, now=NOW)
    assert counts(city_conn, scheme, "jtj") == {}


def publish(conn: Connection, scheme: Scheme, account: Account, unit: str) -> int:
    scores = score_units(scheme, {unit: counts(conn, scheme, unit)})
    return scoring.publish(conn, account, scheme, FIRST, LAST, scores, as_of=LATER, today=date(2027, 2, 1), now=LATER)


def test_what_is_published_stays_and_an_appeal_gives_back_no_more_than_was_taken(
    city_conn: Connection, directory: Directory, supervisor: Account
) -> None:
    scheme = new_scheme(city_conn, directory, supervisor)
    unit = "jyj"
    for until in (CaseAction.COMPLETE, CaseAction.ACKNOWLEDGE):
        case = factories.case(city_conn, directory, lead=unit, until=until)
    sheet = publish(city_conn, scheme, supervisor, unit)
    city_conn.commit()
    [row] = rows.list_score_rows(city_conn, sheet)
    assert (row.total, row.items[0].value, row.items[0].score) == (Decimal(10), Decimal(50), Decimal(0))
    with pytest.raises(Exception, match="published_once"):
        publish(city_conn, scheme, supervisor, unit)
    city_conn.rollback()

    first = scheme.indicators[0].id
    officer = factories.account(city_conn, Role.OFFICER, department=unit)
    other = factories.account(city_conn, Role.OFFICER, department="zjj")
    with pytest.raises(Forbidden):
        scoring.appeal(city_conn, other, row.id, indicator=first, case_id=None, reason="不服", now=LATER)
    scoring.appeal(city_conn, officer, row.id, indicator=first, case_id=case.id, reason="已报延期", now=LATER)
    city_conn.commit()
    with pytest.raises(Exception, match="one_open_appeal"):
        scoring.appeal(city_conn, officer, row.id, indicator=first, case_id=None, reason="再来", now=LATER)
    city_conn.rollback()
    [asked] = rows.list_appeals(city_conn, sheet)

    def decide(points: str, accepted: bool = True) -> None:
        scoring.decide_appeal(
            city_conn, supervisor, scheme, asked.id, accepted=accepted, points=Decimal(points), note="核实", now=LATER
        )

    for wrong in ("0", "20.5", "-1"):
        with pytest.raises(Invalid):
            decide(wrong)
    decide("5")
    with pytest.raises(Conflict):
        decide("5")
    [row] = rows.list_score_rows(city_conn, sheet)
    assert (row.total, row.given_back) == (Decimal(10), Decimal(5))
    [kept] = rows.list_appeals(city_conn, sheet)
    assert (kept.state, kept.note, kept.points) == (RequestState.ACCEPTED, "核实", Decimal(5))


def test_a_period_is_published_when_it_is_over(
    city_conn: Connection, directory: Directory, supervisor: Account
) -> None:
    scheme = new_scheme(city_conn, directory, supervisor)
    with pytest.raises(Conflict, match="还没有结束"):
        scoring.publish(city_conn, supervisor, scheme, FIRST, LAST, [], as_of=NOW, today=LAST, now=NOW)
    assert period_criteria(FIRST, LAST).due_from == FIRST
