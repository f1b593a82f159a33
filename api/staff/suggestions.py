"""What the classifier suggests, the unit each suggestion would go to, and the row of 派单目录 that says so. Pure."""

from dataclasses import dataclass
from math import isinf

from models.analysis import Analysis, AppealType
from models.case import Case
from models.department import Department, DispatchRule
from routing.clocks.deadlines import ClockUnit, DeadlineRule
from routing.directory import Directory
from routing.rules import dispatch_region, find_rule, names_unit

_UNITS = {
    ClockUnit.WORKING_DAYS: "个工作日",
    ClockUnit.NATURAL_DAYS: "日",
    ClockUnit.NATURAL_DAYS_ROLL: "日（遇休息日顺延）",
    ClockUnit.HOURS: "小时",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """派单目录条目: the rule that matches today, in words, and the limit of this type of appeal.

    `promised` is the confidence that "at most so many wrong" asks for beside the rule's own minimum; None: there is no
    promise. `unproved`: there is one, but no confidence is known to keep it.
    """

    rule: DispatchRule
    conditions: str
    lead_duty: str
    co_duties: tuple[str, ...]
    min_confidence: float
    promised: float | None
    unproved: bool
    time_limit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """`lead` is None where no rule matches or the place is missing. `named` warns that the text speaks of that unit:
    a report must not go to whom it accuses (信访工作条例 30), so it is not offered with one click."""

    topic_code: str
    topic_name: str
    confidence: float
    cues: tuple[str, ...]
    lead: Department | None
    co_handling: tuple[Department, ...]
    named: bool
    entry: CatalogueEntry | None


def suggest(directory: Directory, case: Case, analysis: Analysis) -> list[Suggestion]:
    """The suggested topics, best first, each with where 派单目录 would send this case."""
    region = dispatch_region(analysis)
    protect = case.confidential or case.appeal_type is AppealType.REPORT
    found = []
    for topic in analysis.suggestions:
        rule = find_rule(
            directory, topic.topic_code, channel=case.channel, appeal_type=case.appeal_type, region_code=region
        )
        lead = directory.unit_for(rule.lead_duty, region) if rule else None
        others = [directory.unit_for(duty, region) for duty in rule.co_duties] if rule else []
        co_handling = tuple(
            unit
            for unit in others
            if unit is not None and unit != lead and not (protect and names_unit(analysis, unit))
        )
        found.append(
            Suggestion(
                topic_code=topic.topic_code,
                topic_name=directory.topic_name(topic.topic_code) or topic.topic_code,
                confidence=topic.confidence,
                cues=topic.cues,
                lead=lead,
                co_handling=co_handling,
                named=protect and lead is not None and names_unit(analysis, lead),
                entry=_entry(directory, rule, case, analysis) if rule else None,
            )
        )
    return found


def _entry(directory: Directory, rule: DispatchRule, case: Case, analysis: Analysis) -> CatalogueEntry:
    needed = directory.promise.needed(analysis.versions.get("topic", ""), rule.lead_duty)
    names = directory.duty_names
    return CatalogueEntry(
        rule=rule,
        conditions=_conditions(directory, rule, case),
        lead_duty=names.get(rule.lead_duty, rule.lead_duty),
        co_duties=tuple(names.get(duty, duty) for duty in rule.co_duties),
        min_confidence=rule.min_confidence,
        promised=None if needed is None or isinf(needed) else needed,
        unproved=needed is not None and isinf(needed),
        time_limit=_time_limit(directory.deadline_rules.get(case.appeal_type)),
    )


def _conditions(directory: Directory, rule: DispatchRule, case: Case) -> str:
    """What the rule asks for, e.g. 市政公用 · 路灯照明，投诉，热线."""
    parts = [
        directory.topic_name(rule.topic_code) or rule.topic_code or "任何类别",
        directory.region_name(rule.region_code),
        case.appeal_type.label if rule.appeal_type else "",
        case.channel.label if rule.channel else "",
    ]
    return "，".join(filter(None, parts))


def _time_limit(rule: DeadlineRule | None) -> str:
    """E.g. 求助类，派单后5个工作日; empty where the city has no limit for this type."""
    return f"{rule.appeal_type.label}类，派单后{rule.n}{_UNITS[rule.unit]}内办结" if rule else ""
