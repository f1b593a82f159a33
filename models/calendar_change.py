"""Changes of the working calendar, and who is told about a case that nobody finishes."""

from dataclasses import dataclass
from datetime import date, datetime

from models.account import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedDay:
    """One day before and after, each (kind, name), None for a day of the plain week."""

    day: date
    region_code: str | None
    before: tuple[str, str] | None
    after: tuple[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChange:
    """`recalculated_at` None: the open clocks are still to be counted anew. `moved` clocks moved; `kept` were not what
    the rules in force give, and stay."""

    id: int
    changed_at: datetime
    changed_by: str
    reason: str
    days: tuple[ChangedDay, ...]
    recalculated_at: datetime | None
    moved: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRule:
    """`days` working days from the due day: -1 the one before, 0 once it has passed, 3 three later. `role` is told: of
    cases that were due after the rule was made (`created_at`), not of everything that lay about then."""

    id: int
    name: str
    days: int
    role: Role
    active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DueEscalation:
    """A case that a rule tells of, once for each due time."""

    case_id: int
    rule_id: int
    role: Role
    due_at: datetime
