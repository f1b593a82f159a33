"""Query parameters of lists and numbers → `CaseCriteria`: one reading for pages and JSON."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from api.staff.person_search import check_not_personal
from models.analysis import AppealType, Emotion, Sentiment, Urgency
from models.case import CaseStatus
from models.criteria import CaseCriteria, CaseState, Counting, Displeasure, GivenOn
from models.desk import DispatchSource
from models.errors import Invalid
from models.labels import LabelledEnum
from models.submission import Channel

_ENUMS: dict[str, type[LabelledEnum]] = {
    "status": CaseStatus,
    "state": CaseState,
    "channel": Channel,
    "appeal_type": AppealType,
    "sentiment": Sentiment,
    "emotion": Emotion,
    "displeased_with": Displeasure,
    "urgency": Urgency,
    "dispatch_source": DispatchSource,
    "given_on": GivenOn,
    "counted": Counting,
}
_LONGEST = 200
_MOST_DAYS = 100_000
LARGEST_ID = 2**63 - 1  # bigint


async def read_criteria(request: Request) -> CaseCriteria:
    """The criteria of the address. Empty values count as absent (forms send them); unknown names are left alone.

    Raises `Invalid` naming the parameter that makes no sense.
    """
    return _criteria(request.query_params)


def parse_criteria(query: str) -> CaseCriteria:
    """The same from the query of an address that was kept, without "?". Raises `Invalid`."""
    return _criteria(dict(parse_qsl(query)))


def _criteria(given: Mapping[str, str]) -> CaseCriteria:
    values: dict[str, Any] = {}
    for field in fields(CaseCriteria):
        text = given.get(field.name, "").strip()
        if text and field.name != "person":  # a look at a person is read by those who check whose it is
            values[field.name] = _read(field.name, text)
    return CaseCriteria(**values)


def _read(name: str, text: str) -> str | int | date:
    try:
        if name in _ENUMS:
            return _ENUMS[name](text).value
        if name.startswith(("submitted_", "due_")):
            return _day(text)
        if name in ("import_id", "issue_id", "alert_id"):
            return row_id(text)
        if name.startswith("lasted_"):
            return _days(text)
    except ValueError:
        raise Invalid("筛选条件有误。", {name: "不在可选范围内"}) from None
    if len(text) > _LONGEST:
        raise Invalid("筛选条件有误。", {name: "内容过长"})
    if name == "q":
        check_not_personal(text)
    return text


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if not 1900 <= day.year <= 2200:  # further out, calendars and charts have nothing to say
        raise ValueError(day)
    return day


def _days(text: str) -> int:
    number = int(text)
    if not 0 <= number <= _MOST_DAYS:
        raise ValueError(number)
    return number


def row_id(text: str) -> int:
    """The id of a row. Raises `ValueError` for what cannot be one."""
    number = int(text)
    if not 0 < number <= LARGEST_ID:
        raise ValueError(number)
    return number


CriteriaDep = Annotated[CaseCriteria, Depends(read_criteria)]
