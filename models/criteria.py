"""Which cases are meant: one filter for lists, numbers, API and address bar alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

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
    SUSPENDED = "suspended", "挂起中"
    FINISHED = "finished", "办结过"
    REWORKED = "reworked", "重办过"
    RESPONSE_DUE = "response_due", "应响应"
    RESPONDED = "responded", "按时响应"
    CALLBACK_WAITING = "callback_waiting", "待回访"
    CALLBACK_VALID = "callback_valid", "有效回访"
    CALLBACK_SOLVED = "callback_solved", "回访已解决"
    CALLBACK_SATISFIED = "callback_satisfied", "回访满意"
    CALLBACK_UNREACHABLE = "callback_unreachable", "回访未接通"
    CALLBACK_REFUSED = "callback_refused", "拒绝回访"
    DISSATISFIED = "dissatisfied", "不满意待处理"
    IN_TIME = "in_time", "在办未超期"
    FIRST_DISPATCHED = "first_dispatched", "有首次派单"
    FIRST_RIGHT = "first_right", "首派准确"
    RETURN_ASKED = "return_asked", "申请过退单"
    RETURN_ACCEPTED = "return_accepted", "退单获同意"
    RETURN_REFUSED = "return_refused", "退单未获同意"
    SIGN_IN_DUE = "sign_in_due", "应签收"
    SIGNED_IN_ON_TIME = "signed_in_on_time", "及时签收"


class Counting(LabelledEnum):
    """Cases that are shown beside what counts, or instead of it; defined in SQL by `matching_cases`."""

    MERGED = "merged", "已并入其他工单"
    SPLIT = "split", "已拆分"
    PARTS = "parts", "拆分出的子工单"
    ALL = "all", "全部，含已并入和已拆分的"


class Displeasure(LabelledEnum):
    """With whom a writer is displeased, by the negative aspects of the text; defined in SQL by `displeased_with`."""

    HANDLING = "handling", "部门或办理"
    AUTHORITY = "authority", "部门、办理或政策"
    DEPARTMENT = "department", "部门和人员"
    REPLY = "reply", "办理和答复"
    POLICY = "policy", "政策规定"
    NOBODY = "nobody", "不针对部门、办理和政策"


class GivenOn(LabelledEnum):
    """How a case left the unit that it was dispatched to first; defined in SQL by `matching_cases`."""

    RETURNED = "returned", "退单获同意"
    REDISPATCHED = "redispatched", "改派"


@dataclass(frozen=True, kw_only=True)
class CaseCriteria:
    """None = not filtered. The field names are the query parameters of every page and of the API.

    `topic`, `department`, `duty` and `region` also take "none" (= not known); `topic` and `region` include everything
    below, unless written "T03!" (= exactly this code). `duty`: the lead department has it (条线), wherever it sits.
    `unit` selects cases a department works on now, lead or co-handling. `first_unit`: dispatched to it first.
    Dates are local days, inclusive; `due_from` and `due_to` are about the due day. `lasted_from`, `lasted_to`:
    whole natural days (24 hours each) from submission to completion, of an open case until now. `dispatch_source`: by
    what the first lead was named. `issue_id`: what belongs to it; `alert_id`: what it counted.
    Without `counted` a case merged into another is left out, and of a letter that was split its parts stand for it:
    every number counts so, but for what people said when they were called back: of merged cases too (decision 0012). A
    case asked for by its number in `q` or `text` is found all the same.
    `text`: part of a title. `q`: what the search box asks for (`nlp.search_query`); `person`: a look at the
    cases of one person (`api.staff.person_search`), by its number.
    """

    status: str | None = None
    state: str | None = None
    topic: str | None = None
    department: str | None = None
    duty: str | None = None
    region: str | None = None
    channel: str | None = None
    appeal_type: str | None = None
    sentiment: str | None = None
    emotion: str | None = None
    displeased_with: str | None = None
    urgency: str | None = None
    submitted_from: date | None = None
    submitted_to: date | None = None
    due_from: date | None = None
    due_to: date | None = None
    lasted_from: int | None = None
    lasted_to: int | None = None
    dispatch_source: str | None = None
    first_unit: str | None = None
    given_on: str | None = None
    import_id: int | None = None
    issue_id: int | None = None
    alert_id: int | None = None
    counted: str | None = None
    unit: str | None = None
    text: str | None = None
    q: str | None = None
    person: int | None = None

    def as_parameters(self) -> dict[str, str]:
        """Only what is set, as text: for addresses."""
        return {name: str(value) for name, value in vars(self).items() if value is not None and value != ""}

    def changed(self, change: Mapping[str, Any]) -> "CaseCriteria":
        """As `dataclasses.replace`, a tenth of its time: a page names some thousand lists. Raises `TypeError` for a
        name that there is not."""
        if not change.keys() <= vars(self).keys():
            raise TypeError(f"no criterion: {', '.join(change.keys() - vars(self).keys())}")
        other = object.__new__(CaseCriteria)
        vars(other).update(vars(self))
        vars(other).update(change)
        return other

    def as_json(self, zone: str) -> dict[str, str]:
        """The `criteria` argument of the SQL function `matching_cases`."""
        return self.as_parameters() | {"zone": zone}
