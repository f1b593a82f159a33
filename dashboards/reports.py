"""The overview as a file: every number with its definition, what it is divided by, and as of when."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from dashboards.formats import format_date, format_rate
from dashboards.lists.export import Value, as_workbook
from dashboards.metrics.metrics import Metric, Overview
from dashboards.statistics.series import Series
from models.analysis import AppealType, Emotion, Sentiment, Urgency
from models.case import CaseStatus
from models.criteria import CaseCriteria, Displeasure
from models.labels import LabelledEnum
from models.submission import Channel

_METRIC_HEADERS = ("指标", "数值", "分子", "分子数", "分母", "分母数", "95%置信区间", "定义")

# How the filters of models.criteria are called in a report.
_CRITERIA_LABELS = {
    "status": "工单状态",
    "topic": "诉求类别",
    "department": "主办单位",
    "region": "事发地区",
    "channel": "渠道",
    "appeal_type": "诉求类型",
    "sentiment": "情感倾向",
    "emotion": "情绪",
    "displeased_with": "对谁不满",
    "urgency": "紧急程度",
    "submitted_from": "提交日期起",
    "submitted_to": "提交日期止",
    "import_id": "导入批次",
    "issue_id": "热点问题",
    "alert_id": "预警",
    "unit": "承办单位",
    "text": "包含文字",
}
_CRITERIA_ENUMS: Mapping[str, type[LabelledEnum]] = {
    "status": CaseStatus,
    "channel": Channel,
    "appeal_type": AppealType,
    "sentiment": Sentiment,
    "emotion": Emotion,
    "displeased_with": Displeasure,
    "urgency": Urgency,
}


def write_overview_report(overview: Overview, *, city_name: str, zone: ZoneInfo, watermark: str = "") -> bytes:
    """An .xlsx: one sheet of metrics with city, moment and criteria below, and one sheet a series; `watermark` as in
    `as_workbook`."""
    local = overview.as_of.astimezone(zone)
    metrics: list[list[Value]] = [_metric_row(m) for m in overview.metrics.values()]
    metrics += [
        [],
        ["城市", city_name],
        ["统计时点", f"{format_date(local, zone)} {local:%H:%M}"],
        ["统计范围", _describe(overview.criteria)],
    ]
    if overview.note:
        metrics.append(["说明", overview.note])
    kinds = (overview.topics, overview.departments, overview.regions, overview.channels, overview.appeal_types)
    sheets: list[tuple[str, tuple[str, ...], list[list[Value]]]] = [("概况", _METRIC_HEADERS, metrics)]
    sheets.append(_time_sheet("工单量趋势", (overview.volume,)))
    sheets.append(_time_sheet("工单情感趋势", overview.sentiment))
    sheets += [(s.label, (s.label, "代码", "工单数"), [[p.label, p.key, p.value] for p in s.points]) for s in kinds]
    if overview.submissions:
        sheets.append(_time_sheet("全部来件情感趋势", overview.submission_sentiment))
        sheets.append(
            (
                "各渠道来件",
                ("渠道", "收到", "待分析", "已分析", "负面", "负面占比", "立案"),
                [
                    [c.channel, c.received, c.pending, c.analysed, c.negative, format_rate(c.negative_share), c.cases]
                    for c in overview.submissions
                ],
            )
        )
    return as_workbook(sheets, zone=zone, watermark=watermark)


def _describe(criteria: CaseCriteria) -> str:
    parts = []
    for name, value in criteria.as_parameters().items():
        words = {member.value: member.label for member in _CRITERIA_ENUMS.get(name, ())}
        parts.append(f"{_CRITERIA_LABELS[name]}：{words.get(value, value)}")
    return "；".join(parts) or "全部工单"


def _metric_row(metric: Metric) -> list[Value]:
    interval = "至".join(map(format_rate, metric.interval)) if metric.interval else ""
    value: Value = metric.numerator if metric.denominator is None else metric.text
    return [
        metric.label,
        value,
        metric.numerator_label,
        metric.numerator,
        metric.denominator_label,
        metric.denominator,
        interval,
        metric.definition,
    ]


def _time_sheet(name: str, series: tuple[Series, ...]) -> tuple[str, tuple[str, ...], list[list[Value]]]:
    rows: list[list[Value]] = [
        [points[0].key, points[0].label, *(p.value for p in points)]
        for points in zip(*(s.points for s in series), strict=True)
    ]
    return name, ("起始日", "时段", *(s.label for s in series)), rows
