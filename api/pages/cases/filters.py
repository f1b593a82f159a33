"""The filter form, the chips of what is chosen, the addresses of pages: one look for every list and number. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from dashboards.figures.figures import query_string
from models.analysis import AppealType, Emotion, Sentiment, Urgency
from models.case import CaseStatus
from models.criteria import CaseCriteria, CaseState, Counting, Displeasure, GivenOn
from models.desk import DispatchSource
from models.labels import LabelledEnum
from models.submission import Channel
from routing.directory import Directory

PAGE_SIZE = 50

_ENUMS: dict[str, tuple[str, type[LabelledEnum]]] = {
    "state": ("情况", CaseState),
    "status": ("状态", CaseStatus),
    "channel": ("渠道", Channel),
    "appeal_type": ("类型", AppealType),
    "sentiment": ("情感", Sentiment),
    "emotion": ("情绪", Emotion),
    "displeased_with": ("对谁不满", Displeasure),
    "urgency": ("紧急程度", Urgency),
    "dispatch_source": ("首派方式", DispatchSource),
    "given_on": ("转手方式", GivenOn),
    "counted": ("并单和拆分", Counting),
}
_WORDS = {
    "topic": "类别",
    "department": "主办单位",
    "duty": "条线",
    "first_unit": "首次派给",
    "region": "地区",
    "submitted_from": "提交不早于",
    "submitted_to": "提交不晚于",
    "due_from": "到期不早于",
    "due_to": "到期不晚于",
    "lasted_from": "历时不少于（天）",
    "lasted_to": "历时不多于（天）",
    "import_id": "导入批次",
    "issue_id": "热点问题",
    "alert_id": "预警",
    "unit": "单位",
    "text": "文字",
    "q": "搜索",
    "person": "诉求人",
}


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter in words; `without` is the address of the list without it."""

    name: str
    value: str
    without: str


def address(path: str, criteria: CaseCriteria, **more: Any) -> str:
    """`path` with the criteria as its query; `more` are further parameters, left out where empty."""
    kept = {name: value for name, value in more.items() if value not in (None, "")}
    query = urlencode(criteria.as_parameters() | kept) if kept else query_string(criteria)
    return f"{path}?{query}" if query else path


def chips(
    path: str, criteria: CaseCriteria, directory: Directory, *, hidden: tuple[str, ...] = (), **more: Any
) -> list[Chip]:
    """What is filtered, but for `hidden` criteria that the person cannot take away."""
    return [
        Chip(_name(field), _value(field, value, directory), address(path, _without(criteria, field), **more))
        for field, value in criteria.as_parameters().items()
        if field not in hidden
    ]


def in_words(criteria: CaseCriteria, directory: Directory) -> str:
    """The filter as people read it in a file; "" for everything."""
    return "；".join(f"{chip.name}：{chip.value}" for chip in chips("", criteria, directory))


def page_address(path: str, criteria: CaseCriteria, **more: Any) -> Callable[[int], str]:
    """Page number → address, for the pagination macro."""
    return lambda page: address(path, criteria, **more, page=page if page > 1 else "")


def count_pages(total: int, size: int = PAGE_SIZE) -> int:
    return max(1, -(-total // size))


def visible(criteria: CaseCriteria) -> Mapping[str, str]:
    """The values of the filter form."""
    names = [*_ENUMS, *_WORDS]
    return dict.fromkeys(names, "") | criteria.as_parameters()


def _without(criteria: CaseCriteria, field: str) -> CaseCriteria:
    change: dict[str, Any] = {field: None}
    return replace(criteria, **change)


def _name(field: str) -> str:
    return _ENUMS[field][0] if field in _ENUMS else _WORDS[field]


def _value(field: str, value: str, directory: Directory) -> str:
    if field in _ENUMS:
        return _ENUMS[field][1](value).label
    if field in ("topic", "department", "duty", "region") and value == "none":
        return "未定"
    names: dict[str, Callable[[str], str]] = {
        "topic": directory.topic_name,
        "department": directory.department_name,
        "duty": directory.duty_name,
        "first_unit": directory.department_name,
        "unit": directory.department_name,
        "person": lambda _: "按联系方式查到的",
        "region": lambda code: directory.region_name(code) or directory.city.name,
    }
    return names[field](value) or value if field in names else value
