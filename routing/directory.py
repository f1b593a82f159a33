"""The city's directory: units, topics, regions, dispatch rules, calendar and limits, loaded once, asked often."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import inf

from models.analysis import AppealType
from models.classifier import DispatchThresholds, TopicLevel
from models.department import Department, DispatchRule, Topic
from models.region import Place, Region
from nlp.reference import kinds_of_unit
from routing.clocks.calendar import CalendarDay, WorkingCalendar
from routing.clocks.casework_rules import DEFAULT_AMBER, DEFAULT_RULES, AmberHours, CaseworkRules
from routing.clocks.deadlines import DeadlineRule


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    name: str
    region_code: str | None
    deadline_profile: str
    is_sample: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchPromise:
    """自动派单中最多 `max_error` 派错 (None: nothing is promised).

    `thresholds` are those in force, by the version of the topic classifier that they were proved for: another one's
    confidence means something else.
    """

    max_error: float | None = None
    audit_share: float = 0.0
    thresholds: Mapping[str, DispatchThresholds] = field(default_factory=dict)

    def needed(self, version: str, lead_duty: str) -> float | None:
        """The confidence that the promise asks of this classifier for this lead duty; infinite where nothing can be
        promised; None where there is no promise, or nothing is known of this classifier yet."""
        found = self.thresholds.get(version)
        if self.max_error is None or found is None:
            return None
        threshold = found.by_stratum.get(lead_duty, found.pooled)
        return inf if threshold is None else threshold

    def needed_to_name(self, version: str, level: TopicLevel, first_level: str) -> float | None:
        """The same for naming the topic of a case at this level, below the topic `first_level` or just it."""
        found = self.thresholds.get(version)
        entry = found.report.get("levels", {}).get(level.value) if found else None
        if self.max_error is None or entry is None or not entry["in_force"]:
            return None
        threshold: float | None = entry["by_topic"].get(first_level, entry["threshold"])
        return inf if threshold is None else threshold


NO_PROMISE = DispatchPromise()


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Reference rows with the look-ups routing needs. Pure: `routing.directory_repository.load_directory` fills it."""

    city: City
    regions: dict[str, Region]
    places: tuple[Place, ...]
    departments: dict[str, Department]
    topics: dict[str, Topic]
    rules: tuple[DispatchRule, ...]
    calendar: WorkingCalendar
    deadline_rules: dict[AppealType, DeadlineRule]
    promise: DispatchPromise = NO_PROMISE
    casework: CaseworkRules = DEFAULT_RULES
    amber: AmberHours = DEFAULT_AMBER
    # days off and on that hold in one region alone; `calendar` has those of the whole city
    local_days: tuple[CalendarDay, ...] = ()

    @cached_property
    def _by_duty(self) -> dict[str, list[Department]]:
        found = defaultdict(list)
        for department in self.departments.values():
            if department.active:
                found[department.duty].append(department)
        return found

    @cached_property
    def _by_topic(self) -> dict[str, list[DispatchRule]]:
        return {}

    def rules_of(self, topic_code: str) -> list[DispatchRule]:
        """The active rules of a topic, of what lies above it, and of every topic; each topic is looked up once."""
        found = self._by_topic.get(topic_code)
        if found is None:
            found = [rule for rule in self.rules if rule.active and topic_code.startswith(rule.topic_code or "")]
            self._by_topic[topic_code] = found
        return found

    def calendar_for(self, department_id: str | None) -> WorkingCalendar:
        """The working days of a unit: the city's, and the local ones of the region where it sits."""
        unit = self.departments.get(department_id or "")
        region = unit.region_code if unit and self.local_days else None
        return self.calendar if region is None else self._calendars[region]

    @cached_property
    def _calendars(self) -> dict[str, WorkingCalendar]:
        """Of the regions where units sit. Inner regions go before outer ones."""
        found = {}
        for region in {d.region_code for d in self.departments.values() if d.region_code}:
            path = self.region_path(region)
            days = [day for code in reversed(path) for day in self.local_days if day.region_code == code]
            found[region] = self.calendar.with_days(days) if days else self.calendar
        return found

    def region_path(self, code: str | None) -> list[str]:
        """From the region up to the root; empty for an unknown code."""
        path: list[str] = []
        while code is not None and code in self.regions and code not in path:
            path.append(code)
            code = self.regions[code].parent_code
        return path

    def region_name(self, code: str | None) -> str:
        """Full name below the city, e.g. 临溪区柳荫镇; empty when unknown."""
        names = [self.regions[c].name for c in reversed(self.region_path(code)) if c != self.city.region_code]
        return "".join(names)

    def topic_name(self, code: str | None) -> str:
        """Parent and own name, e.g. 物业与小区管理 · 物业收费; empty when unknown."""
        topic = self.topics.get(code or "")
        if topic is None:
            return ""
        parent = self.topics.get(topic.parent_code or "")
        return f"{parent.name} · {topic.name}" if parent else topic.name

    def department_name(self, department_id: str | None) -> str:
        department = self.departments.get(department_id or "")
        return department.name if department else ""

    @cached_property
    def duty_names(self) -> Mapping[str, str]:
        """What each duty is called: as the taxonomy calls the kind of unit, another one as its unit."""
        return {unit.duty: unit.short_name for unit in self.departments.values()} | dict(kinds_of_unit())

    def duty_name(self, duty: str | None) -> str:
        return self.duty_names.get(duty or "", "")

    def unit_for(self, duty: str, region_code: str | None) -> Department | None:
        """The unit with this duty closest to the place (属地): the town's, else the county's, else the city's."""
        units = self._by_duty.get(duty, [])
        for code in [*self.region_path(region_code), self.city.region_code, None]:
            for unit in units:
                if unit.region_code == code:
                    return unit
        return None

    def has_unit_for(self, duty: str) -> bool:
        """Whether any active unit has this duty, wherever it sits."""
        return bool(self._by_duty.get(duty))
