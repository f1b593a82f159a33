"""Which columns has the table of an analysis? One reading for page and file; each number with its list. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dashboards.analysis.analysis import Analysis
from dashboards.analysis.analysis_lines import Count, Line
from dashboards.analysis.analysis_view import COMPARISONS, GROUPINGS, MOODS
from dashboards.figures.figure_parts import value_text
from dashboards.formats import format_rate
from dashboards.statistics.rates import wilson_interval
from models.criteria import CaseCriteria

Kind = Literal["label", "period", "number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`value` as it goes into a file (counts, shares 0..1, words), `text` as people read it, `criteria` what the number
    opens. `kind`: labels name the line, a period names its time, the rest are numbers."""

    name: str
    value: Callable[[Line], str | float | None]
    text: Callable[[Line], str]
    criteria: Callable[[Line], CaseCriteria | None] = lambda _: None
    kind: Kind = "number"


def list_columns(found: Analysis) -> list[Column]:
    """Labels first, then the number, what it is made of and how sure it is, then what it is compared with."""
    view = found.view
    metric = view.definition
    rate = found.is_rate
    columns = _labels(found)
    if rate:
        part, whole = metric.numerator_label, metric.denominator_label
        if view.picture == "aspect":
            part, whole = "不满", "负面工单"
        if view.picture == "sentiment":
            part, whole = "其中", "工单"
        columns += _rate("占比" if view.picture in MOODS else metric.label, part, whole, lambda line: line.count)
    else:
        columns.append(_count("工单" if view.picture == "flow" else metric.label, lambda line: line.count))
    if found.compared is None:
        return columns
    other = {"previous": "上期", "year": "上年同期"}[view.compare] if view.compare else ""
    if found.period:
        columns.append(_words(f"{other}时段", lambda line: line.compared_period, "period"))
    if rate:
        columns += _rate(other, f"{other}{part}", f"{other}{whole}", lambda line: line.compared)
    else:
        columns.append(_count(other, lambda line: line.compared))
    columns.append(Column(name="变化", value=lambda line: find_change(line.count, line.compared)[0], text=_change_text))
    return columns


def find_change(now: Count | None, then: Count | None) -> tuple[float | None, str]:
    """The change as a share of what was before (counts) or in shares (rates), and in words; None where one lacks."""
    if now is None or then is None or now.value is None or then.value is None:
        return None, "—"
    if now.denominator is None:
        if not then.value:
            return None, "—"
        change = (now.value - then.value) / then.value
        return change, "持平" if not change else f"{change:+.1%}"
    change = now.value - then.value
    return change, "持平" if not change else f"{change * 100:+.1f}个百分点"


def may_be_chance(now: Count, then: Count) -> bool:
    """Whether the 95 % intervals of two rates overlap: their difference then proves nothing."""
    if not now.denominator or not then.denominator:
        return False
    low, high = wilson_interval(now.numerator, now.denominator)
    other_low, other_high = wilson_interval(then.numerator, then.denominator)
    return low <= other_high and other_low <= high


def name_comparison(found: Analysis) -> str:
    return COMPARISONS[found.view.compare] if found.view.compare else ""


def _labels(found: Analysis) -> list[Column]:
    view = found.view
    columns = []
    if view.picture == "flow":
        names = ["首次派给", "怎么转手", "现主办单位"]
    elif view.picture in MOODS:
        names = ["情感" if view.picture == "sentiment" else "对谁不满"]
    else:
        names = [GROUPINGS[name] for name in (view.group, view.second) if name]
    if found.period:
        columns.append(_words("时段", lambda line: line.period, "period"))
    for n, name in enumerate(names):
        columns.append(_words(name, _label_at(n), "label"))
    return columns


def _label_at(place: int) -> Callable[[Line], str]:
    return lambda line: line.labels[place]


def _words(name: str, words: Callable[[Line], str], kind: Kind) -> Column:
    return Column(name=name, value=words, text=words, kind=kind)


def _count(name: str, find: Callable[[Line], Count | None]) -> Column:
    return Column(
        name=name,
        value=lambda line: _part(find(line)),
        text=lambda line: _exact(_part(find(line))),
        criteria=lambda line: _list(find(line)),
    )


def _rate(name: str, part: str, whole: str, find: Callable[[Line], Count | None]) -> list[Column]:
    return [
        Column(
            name=name,
            value=lambda line: _value(find(line)),
            text=lambda line: value_text(find(line)),
            criteria=lambda line: _list(find(line)) if _value(find(line)) is not None else None,
        ),
        _count(part, find),
        Column(
            name=whole,
            value=lambda line: _whole(find(line)),
            text=lambda line: _exact(_whole(find(line))),
            criteria=lambda line: _whole_list(find(line)),
        ),
        _words(f"{name}95%区间", lambda line: _interval(find(line)), "period"),
    ]


def _value(count: Count | None) -> float | None:
    return None if count is None or count.value is None else round(count.value, 6)


def _part(count: Count | None) -> int | None:
    return count.numerator if count else None


def _whole(count: Count | None) -> int | None:
    return count.denominator if count else None


def _list(count: Count | None) -> CaseCriteria | None:
    return count.criteria if count and count.numerator else None


def _whole_list(count: Count | None) -> CaseCriteria | None:
    return count.denominator_criteria if count and count.denominator else None


def _exact(value: int | None) -> str:
    return "—" if value is None else f"{value:,}"


def _interval(count: Count | None) -> str:
    if count is None or count.interval is None:
        return ""
    low, high = count.interval
    return f"{format_rate(low)}至{format_rate(high)}"


def _change_text(line: Line) -> str:
    return find_change(line.count, line.compared)[1]
