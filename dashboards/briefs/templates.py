"""Which sections has a report of a kind, and below which support is a sentence not written? The program's own words."""

from collections.abc import Mapping

from dashboards.statistics.rates import INTERVAL_BELOW
from models.report import ReportKind, ReportTemplate, TemplateSection

# id → (what it is called, value, least, most)
THRESHOLDS: Mapping[str, tuple[str, float, float, float]] = {
    "least_cases": ("比率的分母至少多少件才写", 30, 1, 10_000),
    "few_cases": ("分母不足多少件的比率附95%区间", INTERVAL_BELOW, 0, 10_000),
    "least_base": ("上一期至少多少件才写增减", 10, 1, 10_000),
    "least_group": ("单项至少多少件才列入", 5, 1, 10_000),
    "least_persons": ("热点问题至少多少人反映才列入", 5, 2, 10_000),
    "hot_most": ("热点问题最多写几个", 10, 1, 50),
    "groups_most": ("类别、单位、地区最多列几项", 10, 1, 50),
    "flat": ("增减不足百分之几写为持平", 0.5, 0, 10),
    "rise": ("类别环比上升百分之几以上提出建议", 30, 1, 1000),
}

# Five people on one day are an alert already.
_OWN: Mapping[ReportKind, Mapping[str, float]] = {ReportKind.DAILY: {"least_persons": 3}}

_SECTIONS: Mapping[ReportKind, tuple[tuple[str, str], ...]] = {
    ReportKind.DAILY: (
        ("intake", "总量与环比"),
        ("hot", "热点问题"),
        ("sensitive", "敏感和紧急事项"),
        ("response", "办理和回应情况"),
        ("ahead", "明日关注"),
        ("compare", "与上一期相比"),
    ),
    ReportKind.WEEKLY: (
        ("intake", "受理概况"),
        ("topics", "诉求类别"),
        ("units", "承办单位"),
        ("hot", "热点分析"),
        ("handling", "办理情况"),
        ("sensitive", "敏感和紧急事项"),
        ("ahead", "下周关注"),
        ("compare", "与上一期相比"),
    ),
    ReportKind.MONTHLY: (
        ("intake", "受理概况"),
        ("channels", "诉求来源"),
        ("types", "诉求类型"),
        ("topics", "诉求类别"),
        ("regions", "地区分布"),
        ("units", "承办单位"),
        ("hot", "热点分析"),
        ("handling", "办理情况"),
        ("circular", "通报"),
        ("advice", "建议"),
        ("compare", "与上一期相比"),
    ),
    ReportKind.ISSUE: (
        ("overview", "概况"),
        ("spread", "传播情况"),
        ("content", "内容分析"),
        ("judgement", "研判与建议"),
        ("compare", "与上一期相比"),
    ),
}


def default_template(kind: ReportKind) -> ReportTemplate:
    return ReportTemplate(
        kind=kind,
        sections=tuple(TemplateSection(id=id_, heading=heading) for id_, heading in _SECTIONS[kind]),
        thresholds={name: value for name, (_, value, _, _) in THRESHOLDS.items()} | dict(_OWN.get(kind, {})),
    )


def complete(template: ReportTemplate) -> ReportTemplate:
    """What a kept template does not know yet comes behind, in the program's words; what the program lacks goes."""
    own = default_template(template.kind)
    known = {section.id for section in own.sections}
    kept = tuple(section for section in template.sections if section.id in known)
    added = tuple(section for section in own.sections if section.id not in {k.id for k in kept})
    thresholds = dict(own.thresholds) | {n: v for n, v in template.thresholds.items() if n in THRESHOLDS}
    return ReportTemplate(
        kind=template.kind, sections=kept + added, thresholds=thresholds, at=template.at, actor=template.actor
    )
