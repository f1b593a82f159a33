"""Who handles it: rules that are rows (派单目录) applied to what the analysis says. Pure."""

from dataclasses import dataclass
from math import ceil, isinf

from models.analysis import Analysis, AppealType, Scope, Urgency
from models.department import Department, DispatchRule
from routing.directory import Directory

# Below this the place is a guess: the matter goes to the city's unit, which knows its districts.
MIN_REGION_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchDecision:
    """Either `lead` (with `co_handling` and the rule that said so) or a `triage_reason` for a person."""

    lead: Department | None = None
    co_handling: tuple[Department, ...] = ()
    rule_id: int | None = None
    triage_reason: str = ""


def decide_dispatch(
    directory: Directory, analysis: Analysis, *, channel: str, appeal_type: AppealType, confidential: bool
) -> DispatchDecision:
    """The decision for one case. A person decides where life may be at risk, it may be no matter of this city, the
    topic is not known well enough, no rule matches, the place is missing, or a report names the very unit that would
    receive it (信访工作条例 30)."""
    if analysis.urgency is Urgency.CRITICAL:
        return DispatchDecision(triage_reason="可能危及人身安全，请立即人工处理")
    region = dispatch_region(analysis)
    if analysis.scope is not Scope.WITHIN:
        return DispatchDecision(triage_reason=f"{analysis.scope.label}，请人工判断")
    if _is_elsewhere(directory, region):
        return DispatchDecision(triage_reason=f"所述地点是{directory.region_name(region)}，可能不属于本市")
    if analysis.topic_code is None:
        return DispatchDecision(triage_reason="未能判断诉求类别")
    rule = find_rule(directory, analysis.topic_code, channel=channel, appeal_type=appeal_type, region_code=region)
    if rule is None:
        return DispatchDecision(triage_reason="派单目录中没有匹配的规则")
    if doubt := _doubt(directory, analysis, rule):
        return DispatchDecision(triage_reason=doubt)
    lead = directory.unit_for(rule.lead_duty, region)
    if lead is None:
        known = directory.has_unit_for(rule.lead_duty)
        return DispatchDecision(triage_reason="缺少地点，无法确定属地单位" if known else "没有负责此类事项的单位")
    protected = confidential or appeal_type is AppealType.REPORT
    if protected and names_unit(analysis, lead):
        return DispatchDecision(triage_reason=f"举报内容提到{lead.short_name}，请核对被反映单位")
    co_handling = tuple(
        unit
        for duty in rule.co_duties
        if (unit := directory.unit_for(duty, region)) is not None
        and unit.id != lead.id
        and not (protected and names_unit(analysis, unit))
    )
    return DispatchDecision(lead=lead, co_handling=co_handling, rule_id=rule.id)


def _is_elsewhere(directory: Directory, region: str | None) -> bool:
    """Whether the place is known and lies outside the city: the matter of a neighbour."""
    own = directory.city.region_code
    path = directory.region_path(region)
    # what lies above the city (the province) is no other place
    return bool(path) and own is not None and own not in path and region not in directory.region_path(own)


def _doubt(directory: Directory, analysis: Analysis, rule: DispatchRule) -> str:
    """Why the topic is not known well enough, for the rule or for what the administrator promised; else empty."""
    # rounded down: "60% of the 60% required" would explain nothing
    share = int(analysis.topic_confidence * 100)
    if analysis.topic_confidence < rule.min_confidence:
        return f"类别把握不足（{share}%，规则要求{rule.min_confidence:.0%}）"
    promise = directory.promise
    needed = promise.needed(analysis.versions.get("topic", ""), rule.lead_duty)
    if needed is None or promise.max_error is None or analysis.topic_confidence >= needed:
        return ""
    if isinf(needed):
        return f"此类来信还不能保证“错派不超过{format_share(promise.max_error)}”，须人工确认"
    return f"类别把握{share}%，低于“错派不超过{format_share(promise.max_error)}”所需的{_up(needed)}%"


def format_share(share: float) -> str:
    """2%, 0.5%: no more digits than needed."""
    return f"{share * 100:.3g}%"


def _up(threshold: float) -> int:
    """In per cent, rounded up: what is shown is never reached by what was not enough."""
    return ceil(threshold * 100)


def dispatch_region(analysis: Analysis) -> str | None:
    """The region that decides between units, or None where the place is only a guess."""
    return analysis.region_code if analysis.region_confidence >= MIN_REGION_CONFIDENCE else None


def names_unit(analysis: Analysis, unit: Department) -> bool:
    return unit.id in analysis.organisations


def find_rule(
    directory: Directory, topic_code: str, *, channel: str, appeal_type: AppealType, region_code: str | None
) -> DispatchRule | None:
    """The active rule that matches: lowest `priority`, then the longest topic, then most conditions, then oldest."""
    path = directory.region_path(region_code)
    matching = [
        rule
        for rule in directory.rules_of(topic_code)
        if (rule.appeal_type is None or rule.appeal_type == appeal_type)
        and (rule.channel is None or rule.channel == channel)
        and (rule.region_code is None or rule.region_code in path)
    ]
    return min(matching, key=_precedence, default=None)


def _precedence(rule: DispatchRule) -> tuple[int, int, int, int]:
    conditions = sum(value is not None for value in (rule.appeal_type, rule.region_code, rule.channel))
    return rule.priority, -len(rule.topic_code or ""), -conditions, rule.id
