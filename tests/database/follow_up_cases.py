"""Completed cases and what is said of them, for tests of callbacks and suspensions."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from models.analysis import Sentiment
from models.callback import CallAnswers, CallbackRule, CallOutcome, Satisfaction, SolvedAnswer
from models.case import Case, CaseAction
from models.database import Connection
from routing import callback_drawing, callbacks
from routing.directory import Directory
from tests import factories
from tests.factories import NOW

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
