"""Which cases are meant: one filter for lists, numbers, API and address bar alike."""

from dataclasses import dataclass, fields
from datetime import date

from models.labels import LabelledEnum


class CaseState(LabelledEnum):
    """States that a number on a page can stand for; defined in SQL by `case_facts` and `matching_cases`."""

    OPEN = "open", "在办"
    OVERDUE = "overdue", "超期未办结"
    COMPLETED = "completed", "已办结"
    DUE = "due", "应办结"
    ON_TIME = "on_time", "按时办结"
    NOT_ON_TIME = "not_on_time", "应办结而未按时办结"
    AWAITING_TRIAGE = "awaiting_triage", "待分拣"
    DISPATCHED = "dispatched", "已派单"
    WITHOUT_DUE_DATE = "without_due_date", "无办理时限"


class Displeasure(LabelledEnum):
    """With whom a writer is displeased, by the negative aspects of the text; defined in SQL by `displeased_with`."""

    HANDLING = "handling", "部门或办理"
    AUTHORITY = "authority", "部门、办理或政策"
    DEPARTMENT = "department", "部门和人员"
    REPLY = "reply", "办理和答复"
    POLICY = "policy", "政策规定"
    NOBODY = "nobody", "不针对部门、办理和政策"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCriteria:
    """None = not filtered. The field names are the query parameters of every page and of the API.

    `topic`, `department` and `region` also take "none" (= not known); `topic` and `region` include everything below,
    unless written "T03!" (= exactly this code). `unit` selects cases a department works on now, lead or co-handling.
    Dates are local days, inclusive. `issue_id`: what belongs to it; `alert_id`: what it counted.
    """

    status: str | None = None
    state: str | None = None
    topic: str | None = None
    department: str | None = None
    region: str | None = None
    channel: str | None = None
    appeal_type: str | None = None
    sentiment: str | None = None
    emotion: str | None = None
    displeased_with: str | None = None
    urgency: str | None = None
    submitted_from: date | None = None
    submitted_to: date | None = None
    import_id: int | None = None
    issue_id: int | None = None
    alert_id: int | None = None
    unit: str | None = None
    text: str | None = None

    def as_parameters(self) -> dict[str, str]:
        """Only what is set, as text: for addresses."""
        values = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {name: str(value) for name, value in values if value not in (None, "")}

    def as_json(self, zone: str) -> dict[str, str]:
        """The `criteria` argument of the SQL function `matching_cases`."""
        return self.as_parameters() | {"zone": zone}
