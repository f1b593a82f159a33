"""Completed cases and what is said of them, for tests of callbacks and suspensions."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from dashboards.daily_facts.fact_rebuild import bring_up_to_date, recount_last_days
from dashboards.daily_facts.fact_series import FactRow, read_many
from dashboards.lists.case_lists import list_cases
from dashboards.metrics import metrics
from dashboards.metrics.metrics import Metric, list_metrics
from models.analysis import Sentiment
from models.callback import CallAnswers, CallbackRule, CallOutcome, Satisfaction, SolvedAnswer
from models.case import Case, CaseAction
from models.criteria import CaseCriteria
from models.database import Connection
from routing.casework import callback_drawing, callbacks
from routing.directory import Directory
from tests import factories
from tests.factories import NOW, ZONE

OFFICER, DISPATCHER, SUPERVISOR = "account:1:经办", "account:2:派单", "account:3:督办"
LATER = NOW + timedelta(hours=3)
CONTENT = CallAnswers(solved=SolvedAnswer.YES, satisfaction=Satisfaction.SATISFIED)
DISPLEASED = CallAnswers(solved=SolvedAnswer.NO, satisfaction=Satisfaction.DISSATISFIED, note="路灯还是不亮")


def completed(
    conn: Connection,
    directory: Directory,
    *,
    at: datetime = NOW,
    sentiment: Sentiment = Sentiment.NEUTRAL,
    **changes: Any,
) -> Case:
    says = factories.analysis(sentiment=sentiment)
    return factories.case(conn, directory, lead="zjj", until=CaseAction.COMPLETE, at=at, says=says, **changes)


def rule(conn: Connection, directory: Directory, *, now: datetime = NOW, **changes: Any) -> CallbackRule:
    """A version of the city's rule."""
    wanted = replace(callback_drawing.new_rule(directory.city.deadline_profile, 1, now=now), **changes)
    return callback_drawing.set_rule(conn, wanted, actor="test")


def call(
    conn: Connection,
    case: Case,
    outcome: CallOutcome = CallOutcome.ANSWERED,
    answers: CallAnswers | None = CONTENT,
    *,
    department_id: str | None = None,
    actor: str = DISPATCHER,
    now: datetime = LATER,
) -> Case:
    return callbacks.record_call(conn, case, outcome, answers, department_id=department_id, actor=actor, now=now)


def forget_callbacks(conn: Connection) -> None:
    """As if nobody had been drawn so far, nor had answered."""
    conn.execute(
        "UPDATE case_callbacks SET state = 'cancelled', stands = false, elsewhere = false, solved = NULL,"
        " satisfaction = NULL"
    )


def agreed_numbers(conn: Connection, now: datetime, **filters: Any) -> dict[str, Metric]:
    """By cases and by facts alike, and each list has as many rows as its number says."""
    criteria = CaseCriteria(**filters)
    _count_anew(conn, now)
    found = list_metrics(conn, criteria, now=now, zone=ZONE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "choose_facts", lambda *_, **__: (None, ""))
        assert list_metrics(conn, criteria, now=now, zone=ZONE) == found
    for metric in found.values():
        assert list_cases(conn, metric.criteria, now=now, zone=ZONE).total == metric.numerator, metric.id
        if metric.denominator_criteria is not None:
            assert list_cases(conn, metric.denominator_criteria, now=now, zone=ZONE).total == metric.denominator
    return found


def agreed_units(conn: Connection, metric: str, now: datetime) -> dict[str, tuple[int, int | None]]:
    """Numerator and denominator by unit, by cases and by facts alike."""

    _count_anew(conn, now)

    def rows() -> tuple[FactRow, ...]:
        return read_many(conn, [metric], CaseCriteria(), by=("department",), now=now, zone=ZONE)[metric].rows

    found = rows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dashboards.daily_facts.fact_series.choose_facts", lambda *_, **__: (None, ""))
        assert rows() == found
    return {row.keys[0]: (row.numerator, row.denominator) for row in found}


def _count_anew(conn: Connection, now: datetime) -> None:
    while bring_up_to_date(conn, actor="test", now=now, zone=ZONE):
        pass
    assert recount_last_days(conn, 60, actor="test", now=now, zone=ZONE) == 0, "a change that nothing told of"
