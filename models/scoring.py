"""Scores of units 考核: the scheme as data, what a unit gets, appeals 申诉; and cases left out of a rate 剔除."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from models.casework import RequestState
from models.labels import LabelledEnum


class EmptyRule(LabelledEnum):
    """What an indicator over nothing gives."""

    FULL = "full", "给满分"
    LEFT_OUT = "left_out", "不计，其余按比例折算"
    NONE = "none", "不得分"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One line of a scheme. With r the rate in per cent: score = clamp(points - slope * max(target - r, 0), least,
    points); where `lower_is_better`, max(r - target, 0). Without `metric`: points - slope * times, by hand."""

    id: str
    label: str
    metric: str | None
    points: Decimal
    target: Decimal = Decimal(0)
    slope: Decimal = Decimal(1)
    least: Decimal = Decimal(0)
    lower_is_better: bool = False
    empty: EmptyRule = EmptyRule.FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """`unit_kinds`: the kinds of unit scored together. `least_cases`: with fewer a unit is shown, not ranked."""

    id: int
    name: str
    unit_kinds: tuple[str, ...]
    indicators: tuple[Indicator, ...]
    least_cases: int
    ranked: bool
    active: bool
    replaces_id: int | None
    created_at: datetime
    created_by: str

    @property
    def points(self) -> Decimal:
        return sum((i.points for i in self.indicators), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What a unit got on one indicator. `value` in per cent (or times, by hand), None over nothing; `excluded` cases
    were left out of the denominator; `score` None where the indicator does not count for it."""

    indicator: str
    numerator: int
    denominator: int
    excluded: int
    value: Decimal | None
    score: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitScore:
    """`total` over all points of the scheme. `few`: too few cases to be ranked. `place`: None where not ranked."""

    department_id: str
    items: tuple[Item, ...]
    total: Decimal
    cases: int
    few: bool
    place: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSheet:
    id: int
    scheme_id: int
    first_day: date
    last_day: date
    as_of: datetime
    published_at: datetime
    published_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """A published line; what appeals gave back stands beside it."""

    id: int
    sheet_id: int
    department_id: str
    items: tuple[Item, ...]
    total: Decimal
    given_back: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreDeduction:
    id: int
    scheme_id: int
    indicator: str
    department_id: str
    happened_on: date
    times: int
    reason: str
    entered_at: datetime
    entered_by: str
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreAppeal:
    id: int
    row_id: int
    indicator: str
    case_id: int | None
    reason: str
    state: RequestState
    requested_at: datetime
    requested_by: str
    decided_at: datetime | None
    decided_by: str | None
    note: str
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseExclusion:
    """A case left out of the rate `metric` ('all': of every one), once somebody else than who asked has agreed."""

    id: int
    case_id: int
    metric: str
    reason: str
    state: RequestState
    requested_at: datetime
    requested_by: str
    decided_at: datetime | None
    decided_by: str | None
    note: str
