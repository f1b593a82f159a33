"""Query parameters of lists and numbers → `CaseCriteria`: one reading for pages and JSON."""

from dataclasses import fields
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Request

from models.analysis import AppealType, Sentiment, Urgency
from models.case import CaseStatus
from models.criteria import CaseCriteria, CaseState
from models.errors import Invalid
from models.labels import LabelledEnum
from models.submission import Channel

_ENUMS: dict[str, type[LabelledEnum]] = {
    "status": CaseStatus, "state": CaseState, "channel": Channel, "appeal_type": AppealType, "sentiment": Sentiment,
    "urgency": Urgency,
}
_LONGEST = 200


def read_criteria(request: Request) -> CaseCriteria:
    """The criteria of the address. Empty values count as absent (forms send them); unknown names are left alone.

    Raises `Invalid` naming the parameter that makes no sense.
    """
    values: dict[str, Any] = {}
    for field in fields(CaseCriteria):
        text = request.query_params.get(field.name, "").strip()
        if text:
            values[field.name] = _read(field.name, text)
    return CaseCriteria(**values)


def _read(name: str, text: str) -> str | int | date:
    try:
        if name in _ENUMS:
            return _ENUMS[name](text).value
        if name.startswith("submitted_"):
            return date.fromisoformat(text)
        if name == "import_id":
            return int(text)
    except ValueError:
        raise Invalid("筛选条件有误。", {name: "不在可选范围内"}) from None
    if len(text) > _LONGEST or "\0" in text:
        raise Invalid("筛选条件有误。", {name: "内容过长"})
    return text


CriteriaDep = Annotated[CaseCriteria, Depends(read_criteria)]
