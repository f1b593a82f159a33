"""What is a report made of? Counts, rates and groups with the criteria that open their rows; issues."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dashboards.briefs.periods import Days
from models.criteria import CaseCriteria
from models.report import ReportKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """`key` names it across issues; `label` as in the list of sources."""

    key: str
    label: str
    value: int
    criteria: CaseCriteria
    definition: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """剔除: cases taken from `part` and `whole` of a rate, with the reasons and who agreed, in words."""

    part: int
    whole: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    id: str
    label: str
    part: Count
    whole: Count
    definition: str = ""
    left_out: LeftOut | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One kind (a topic, a unit, a channel …): its cases now, in the period before, a year before."""

    key: str
    label: str
    now: Count
    before: Count
    year: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What a department did. `rates` by metric; `overdue` are open and late."""

    group: Group
    rates: Mapping[str, Rate]
    overdue: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """An issue on some days: what came, from how many people."""

    issue_id: int
    name: str
    days: Days
    submissions: int
    persons: int
    negative: int = 0
    channel: str | None = None

    def select(self, count: str) -> dict[str, str]:
        """For `Figure.select`."""
        given = {"issue_id": str(self.issue_id), "count": count}
        given |= {"first": self.days.first.isoformat(), "last": self.days.last.isoformat()}
        return given | ({"channel": self.channel} if self.channel else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class HotIssue:
    """`closed`: protected letters are left out of its numbers, and what would tell how many is not said."""

    id: int
    name: str
    topic: str
    region: str
    now: Voices
    before: Voices
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Responding:
    """An open response to an issue; `late`: a clock of it has run out."""

    issue_id: int
    name: str
    stage: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefFacts:
    """`now`, `before`, `year`: the counts and rates of the cases that were submitted then; `stock`: of all cases there
    are, as of `as_of`. `ahead`: what falls due on `ahead_days`, by unit."""

    kind: ReportKind
    as_of: datetime
    note: str
    days: Days
    before_days: Days
    year_days: Days
    counts: Mapping[str, Group]
    rates: Mapping[str, tuple[Rate, Rate]]
    stock: Mapping[str, Count]
    by: Mapping[str, tuple[Group, ...]]
    top_regions: Mapping[str, tuple[Group, ...]]
    units: tuple[Unit, ...]
    by_day: tuple[Count, ...]
    urgent: tuple[Group, ...]
    ahead_days: Days
    ahead: Count
    ahead_units: tuple[Count, ...]
    issues: tuple[HotIssue, ...]
    responding: tuple[Responding, ...]
