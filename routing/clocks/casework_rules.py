"""The limits of a profile beside the completion of a case: sign-in, first contact, return, extension. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from models.casework import UnitClockKind
from routing.clocks.calendar import WorkingCalendar
from routing.clocks.deadlines import ClockUnit, due_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    n: int
    unit: ClockUnit = ClockUnit.WORKING_DAYS

    @property
    def words(self) -> str:
        return f"{self.n}{ {ClockUnit.HOURS: '小时', ClockUnit.WORKING_DAYS: '个工作日'}.get(self.unit, '日') }"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseworkRules:
    """None: no such limit. `extension_times` times `extension_days` working days at most; 0: no extensions.
    `suspension_times` suspensions of `suspension_days` working days together; 0: none.

    The defaults are what most published rules agree on: sign-in and first contact within one working day (上海's
    先行联系), returns within two (山东省政务服务热线管理办法), one extension of ten (the same). Of suspensions
    the published rules say little: one, of a month of work. All are rows that an administrator edits."""

    acknowledge: Limit | None = Limit(n=1)
    contact: Limit | None = Limit(n=1)
    return_within: Limit | None = Limit(n=2)
    extension_times: int = 1
    extension_days: int = 10
    suspension_times: int = 1
    suspension_days: int = 20


DEFAULT_RULES = CaseworkRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class AmberHours:
    """How many hours before it runs out a clock turns amber; after it, it is red. The defaults: the day before the due
    day, and half a working day for the unit's own clocks. They are rows (amber_thresholds)."""

    complete: int = 48
    acknowledge: int = 4
    contact: int = 4


DEFAULT_AMBER = AmberHours()


# as `routing.clocks.deadlines.deadline`: few of a batch differ
@lru_cache(maxsize=64)
def limit_end(start: datetime, limit: Limit, calendar: WorkingCalendar, zone: ZoneInfo) -> datetime:
    """The instant a limit from `start` (aware) ends: the end of its last local day, or after so many hours."""
    if limit.unit is ClockUnit.HOURS:
        return start + timedelta(hours=limit.n)
    last = due_date(start.astimezone(zone).date(), limit.n, limit.unit, calendar)
    return datetime.combine(last + timedelta(days=1), time(0), tzinfo=zone)


def clock_limit(rules: CaseworkRules, kind: UnitClockKind) -> Limit | None:
    return rules.acknowledge if kind is UnitClockKind.ACKNOWLEDGE else rules.contact


def clock_basis(kind: UnitClockKind, limit: Limit) -> str:
    """The sentence that explains the clock."""
    return f"应在派单后{limit.words}内{kind.label}"
