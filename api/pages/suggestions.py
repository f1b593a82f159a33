"""What the classifier suggests, and the unit that each suggestion would go to. Pure."""

from dataclasses import dataclass

from models.analysis import Analysis, AppealType
from models.case import Case
from models.department import Department
from routing.directory import Directory
from routing.rules import dispatch_region, find_rule, names_unit


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
                topic_name=directory.topic_name(topic.topic_code),
                confidence=topic.confidence,
                cues=topic.cues,
                lead=lead,
                co_handling=co_handling,
                named=protect and lead is not None and names_unit(analysis, lead),
            )
        )
    return found
