"""When a case is due to be completed: from the start of its clock, with every extension and suspension. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from models.analysis import AppealType
from models.callback import CaseSuspension
from models.casework import CaseExtension
from models.errors import Invalid
from routing.clocks.deadlines import Deadline, deadline, extended
from routing.directory import Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockParts:
    """What moved the clock of a case: granted extensions and suspensions, oldest first; since when it runs anew after
    a rework, None where it runs from the dispatch on."""

    extensions: Sequence[CaseExtension] = ()
    suspensions: Sequence[CaseSuspension] = ()
    renewed_at: datetime | None = None


def deadline_of(
    directory: Directory, appeal_type: AppealType, start: datetime, zone: ZoneInfo, *, lead: str | None = None
) -> Deadline:
    """The completion deadline by the city's profile and the working days of the unit that leads. Raises `Invalid`
    where the profile has no row for the type."""
    rule = directory.deadline_rules.get(appeal_type)
    if rule is None:
        raise Invalid(f"时限规则“{directory.city.deadline_profile}”缺少“{appeal_type.label}”类。")
    return deadline(start, rule, directory.calendar_for(lead), zone)


def moved_deadline(
    directory: Directory,
    appeal_type: AppealType,
    start: datetime,
    parts: ClockParts,
    zone: ZoneInfo,
    *,
    lead: str | None,
) -> Deadline:
    """The same with everything that moved it. `start`: the first dispatch. Raises `Invalid` as `deadline_of` does."""
    calendar = directory.calendar_for(lead)
    due = deadline_of(directory, appeal_type, parts.renewed_at or start, zone, lead=lead)
    for granted in parts.extensions:
        due = extended(due, granted.days, granted.reason, calendar, zone)
    for stood in parts.suspensions:
        if stood.days:
            due = extended(due, stood.days, stood.reason, calendar, zone, what="挂起")
    return due
