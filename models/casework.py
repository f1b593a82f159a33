"""What happens beside the status of a case: returns 退单, extensions 延期, supervision 督办, the clocks of the unit."""

from dataclasses import dataclass
from datetime import datetime

from models.labels import LabelledEnum


class RequestState(LabelledEnum):
    """Where a unit's request stands."""

    REQUESTED = "requested", "待审批"
    ACCEPTED = "accepted", "已同意"
    REFUSED = "refused", "未同意"


class ReturnReason(LabelledEnum):
    NOT_OUR_DUTY = "not_our_duty", "不属于本单位职责"
    OTHER_REGION = "other_region", "不在本单位辖区"
    SEVERAL_UNITS = "several_units", "涉及多个单位，应由其他单位牵头"
    DUPLICATE = "duplicate", "与在办工单重复"
    TOO_LITTLE = "too_little", "内容不清，无法办理"
    OTHER = "other", "其他"

    @property
    def needs_proposal(self) -> bool:
        """Who says that it is not theirs says whose it is (濮阳: with basis and a proposed owner)."""
        return self in (ReturnReason.NOT_OUR_DUTY, ReturnReason.OTHER_REGION, ReturnReason.SEVERAL_UNITS)


class SupervisionTrigger(LabelledEnum):
    """Why a case is supervised (济南市12345条例 28, 潍坊市12345条例 26)."""

    OVERDUE = "overdue", "超期未办结"
    REFUSED = "refused", "推诿拒办"
    REPEATED = "repeated", "群众多次或集体反映仍未解决"
    SOLVABLE = "solvable", "应当解决而未解决"
    EFFECT = "effect", "造成不良影响"
    OTHER = "other", "其他"


class SupervisionLevel(LabelledEnum):
    ORDINARY = "ordinary", "一般督办"
    SPECIAL = "special", "重点督办"
    LISTED = "listed", "挂牌督办"


class UnitClockKind(LabelledEnum):
    ACKNOWLEDGE = "acknowledge", "签收"
    CONTACT = "contact", "首次联系"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReturn:
    """`proposed_id`: who should have the case, says the unit. `window_ends`: until when it could be asked for, None
    where the city sets no limit. `given_to_id`: who has it now, where the return was accepted."""

    id: int
    case_id: int
    department_id: str
    reason: ReturnReason
    explanation: str
    proposed_id: str | None
    state: RequestState
    requested_at: datetime
    requested_by: str
    window_ends: datetime | None
    decided_at: datetime | None
    decided_by: str | None
    note: str
    given_to_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseExtension:
    """`days` are working days on top of `due_before`, which give `due_after`."""

    id: int
    case_id: int
    department_id: str
    days: int
    reason: str
    state: RequestState
    requested_at: datetime
    requested_by: str
    decided_at: datetime | None
    decided_by: str | None
    note: str
    due_before: datetime
    due_after: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSupervision:
    """`demand` must be answered by `due_at`; a case is not completed before it is."""

    id: int
    case_id: int
    trigger: SupervisionTrigger
    level: SupervisionLevel
    demand: str
    due_at: datetime
    given_at: datetime
    given_by: str
    answer: str
    answered_at: datetime | None
    answered_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitClock:
    """A clock of the unit that has the case. `ended_at`: the case was taken from it before the clock was met."""

    id: int
    case_id: int
    department_id: str
    kind: UnitClockKind
    started_at: datetime
    due_at: datetime
    basis: str
    met_at: datetime | None
    ended_at: datetime | None

    @property
    def runs(self) -> bool:
        return self.met_at is None and self.ended_at is None

    def is_late(self, now: datetime) -> bool:
        """Met late, or not met and late by now (or by when the case was taken away)."""
        return (self.met_at or self.ended_at or now) > self.due_at
