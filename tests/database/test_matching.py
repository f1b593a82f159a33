"""Whatever is asked for: what is written out of the definition selects what the definition selects."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from dashboards.lists.matching import MATCHING, read_definition, write_out
from models.analysis import AppealType, Emotion, Sentiment, Urgency
from models.case import CaseStatus
from models.criteria import CaseCriteria, CaseState, Counting, Displeasure, GivenOn
from models.database import Connection
from models.desk import DispatchSource
from models.submission import Channel
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference

DAY = timedelta(days=1)
TODAY = NOW.astimezone(ZONE).date()
VALUES: dict[str, tuple[Any, ...]] = {
    "state": tuple(CaseState),
    "status": tuple(CaseStatus),
    "counted": tuple(Counting),
    "topic": ("T01", "T0101", "T01!", "none"),
    "region": ("91", "9101", "9101!", "none"),
    "department": ("d1", "none"),
    "duty": ("d2", "none"),
    "unit": ("d2",),
    "channel": tuple(Channel),
    "appeal_type": tuple(AppealType),
    "sentiment": tuple(Sentiment),
    "emotion": tuple(Emotion),
    "displeased_with": tuple(Displeasure),
    "urgency": tuple(Urgency),
    "submitted_from": (TODAY - DAY,),
    "submitted_to": (TODAY - DAY,),
    "due_from": (TODAY,),
    "due_to": (TODAY,),
    "lasted_from": (0, 1, 3),
    "lasted_to": (0, 2),
    "dispatch_source": tuple(DispatchSource),
    "first_unit": ("d1",),
    "given_on": tuple(GivenOn),
    "text": ("路灯", "%"),
    "q": ("路灯",),
    "import_id": (1,),
    "issue_id": (1,),
    "alert_id": (1,),
    "person": (1,),
}


@pytest.fixture
def varied(conn: Connection) -> Connection:
    add_reference(conn)
    statuses = ("triage", "dispatched", "in_progress", "completed", "closed")
    specs = [
        CaseRowSpec(
            status=status,
            department=None if status == "triage" else ("d1", "d2")[n % 2],
            dispatched=status != "triage",
            due_at=None if n == 2 else NOW + (n - 3) * DAY,
            completed_at=NOW - n * DAY if status in ("completed", "closed") else None,
            submitted_at=NOW - n * DAY,
            topic=(None, "T01", "T0101", "T0201")[n % 4],
            region=(None, "91", "9101", "910101", "9102")[n],
            channel=("letter", "hotline", "survey")[n % 3],
            sentiment=("negative", "neutral", "positive")[n % 3],
            urgency=("normal", "urgent")[n % 2],
            co_handling="d2" if n == 2 else None,
            displeased_with=("department",) if n == 0 else (),
        )
        for status, n in product(statuses, range(5))
    ]
    ids = add_cases(conn, specs)
    conn.execute("UPDATE cases SET merged_into = %s WHERE id = %s", (ids[0], ids[1]))
    return conn


def asked() -> Iterator[CaseCriteria]:
    """Nothing, every value of every criterion, and each state together with another criterion."""
    yield CaseCriteria()
    for name, values in VALUES.items():
        for value in values:
            given: dict[str, Any] = {name: getattr(value, "value", value)}
            yield CaseCriteria(**given)
            yield CaseCriteria(**({"state": "open", "counted": "all"} | given))


def test_nothing_is_asked_in_vain() -> None:
    assert VALUES.keys() == vars(CaseCriteria()).keys()


def test_the_same_cases(varied: Connection) -> None:
    definition = read_definition(varied)
    plain = f"SELECT m.id FROM {MATCHING}"
    selected = set()
    for criteria in asked():
        values = criteria.as_json(ZONE.key)
        parameters = {"as_of": NOW, "criteria": Jsonb(values)}
        whole = {row[0] for row in varied.execute(plain.encode(), parameters)}
        written = {row[0] for row in varied.execute(write_out(plain, definition, values).encode(), parameters)}
        assert written == whole, criteria
        selected.add(frozenset(whole))
    assert len(selected) > 30  # these cases tell the criteria apart
