"""The hash chain: any change of any field breaks it."""

import json
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.analysis import AppealType, Sentiment, Urgency
from models.case import Case, CaseAction, CaseStatus
from models.submission import Channel
from routing.events import GENESIS, NewEvent, case_digest, event_hash, seal_hash
from tests.factories import KEYS, NOW, ZONE

KEY = KEYS.seals

EVENT = NewEvent(
    case_id=7,
    at=NOW,
    actor="account:1:李向阳",
    action=CaseAction.DISPATCH,
    from_status=CaseStatus.TRIAGE,
    to_status=CaseStatus.DISPATCHED,
    payload={"lead": "zjj", "co_handling": ["cgj"], "note": None},
)
CHANGES: dict[str, list[Any]] = {
    "case_id": [8],
    "at": [NOW + timedelta(microseconds=1)],
    "actor": ["account:2:李向阳", ""],
    "action": [CaseAction.REDISPATCH],
    "from_status": [CaseStatus.IN_PROGRESS, None],
    "to_status": [CaseStatus.IN_PROGRESS],
    "payload": [
        {},
        {"lead": "cgj", "co_handling": ["cgj"], "note": None},
        {"lead": "zjj", "co_handling": ["cgj", "x"], "note": None},
        {"lead": "zjj", "co_handling": ["cgj"]},
    ],
}
LINK = event_hash(EVENT, 2, GENESIS)


def test_every_field_has_a_change_here() -> None:
    assert CHANGES.keys() == {f.name for f in fields(NewEvent)}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in CHANGES.items() for value in values])
def test_a_change_of_any_field_gives_another_link(name: str, value: Any) -> None:
    assert event_hash(replace(EVENT, **{name: value}), 2, GENESIS) != LINK


def test_place_and_predecessor_are_in_the_link() -> None:
    assert event_hash(EVENT, 3, GENESIS) != LINK
    assert event_hash(EVENT, 2, LINK) != LINK


def test_the_same_moment_in_another_zone_is_the_same_link() -> None:
    """The database gives back UTC whatever came in."""
    assert event_hash(replace(EVENT, at=NOW.astimezone(ZONE)), 2, GENESIS) == LINK


def test_the_order_of_keys_does_not_count() -> None:
    """jsonb keeps no order."""
    payload = dict(reversed(EVENT.payload.items()))
    assert list(payload) != list(EVENT.payload)
    assert event_hash(replace(EVENT, payload=payload), 2, GENESIS) == LINK


def test_the_format_is_stable() -> None:
    """A later version must still verify the chains of an earlier one: this value changes only with a migration."""
    assert LINK.hex() == "52fdc630f9e3bb39d44096a70df6be213f3eb5e42625697d143e36cce60fdde1"


CASE = Case(
    id=7,
    case_number="20261130-000007",
    submission_id=9,
    channel=Channel.LETTER,
    title="楼上漏水",
    status=CaseStatus.DISPATCHED,
    appeal_type=AppealType.HELP,
    topic_code=None,
    region_code="990102",
    sentiment=Sentiment.NEGATIVE,
    urgency=Urgency.NORMAL,
    confidential=False,
    lead_department_id="zjj",
    triage_reason="",
    submitted_at=NOW,
    received_at=NOW,
    opened_at=NOW,
    dispatched_at=NOW,
    acknowledged_at=None,
    completed_at=None,
    completion_result=None,
    closed_at=None,
    due_date=NOW.date(),
    due_at=NOW.astimezone(ZONE),
    due_basis="",
    version=2,
)


def test_the_digest_of_a_case_is_stable() -> None:
    """As the format of events; a column that came later counts only where it says something."""
    assert case_digest(CASE) == "d8fbe9f2f42ced40a481a5c8ddfa027151618c892f1cc14c961f0f7945ce6014"
    assert case_digest(replace(CASE, due_at=NOW)) == case_digest(CASE)
    assert len({case_digest(one) for one in (CASE, replace(CASE, parts=2), replace(CASE, parent_id=1))}) == 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_a_payload_read_back_from_json_gives_the_same_link(payload: dict[str, Any]) -> None:
    event = replace(EVENT, payload=payload)
    read_back = replace(EVENT, payload=json.loads(json.dumps(payload)))
    assert event_hash(event, 1, GENESIS) == event_hash(read_back, 1, GENESIS)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=6, unique=True), st.data())
def test_a_seal_notices_a_link_changed_lost_added_or_swapped(links: list[bytes], data: st.DataObject) -> None:
    seal = seal_hash(KEY, GENESIS, NOW, links)
    at = data.draw(st.integers(0, len(links) - 1))
    assert seal_hash(KEY, GENESIS, NOW, links[:at] + links[at + 1 :]) != seal
    assert seal_hash(KEY, GENESIS, NOW, [*links, GENESIS]) != seal
    assert seal_hash(KEY, GENESIS, NOW, [*links[:at], bytes(32), *links[at + 1 :]]) != seal or links[at] == bytes(32)
    if len(links) > 1:
        assert seal_hash(KEY, GENESIS, NOW, links[1:] + links[:1]) != seal
    assert seal_hash(KEY, seal, NOW, links) != seal
