"""What is a figure of a report: a number as it is printed, with what it is counted or computed from. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal
from urllib.parse import urlencode

from dashboards.formats import format_rate
from dashboards.statistics.rates import wilson_interval
from models.criteria import CaseCriteria

# cases: those that the criteria select; voices: submissions or persons of an issue;
# left_out: cases left out of a rate; share: a ÷ b; change: (a - b) ÷ b; points: the shares a ÷ b and c ÷ d, their
# difference; without: (a - c) ÷ (b - d); interval: the 95 % Wilson interval of a ÷ b
How = Literal["cases", "voices", "left_out", "share", "change", "points", "without", "interval"]
COUNTED: tuple[How, ...] = ("cases", "voices", "left_out")

_METHODS: Mapping[How, str] = {
    "cases": "符合条件的工单数",
    "voices": "热点问题的来件",
    "left_out": "获准剔除的工单数",
    "share": "{0}÷{1}",
    "change": "（{0}－{1}）÷{1}",
    "points": "{0}÷{1}－{2}÷{3}",
    "without": "（{0}－{2}）÷（{1}－{3}）",
    "interval": "{0}÷{1}的95%区间",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`text` is what stands in the report; `key` names the same figure in the next issue. `value` only of counts.

    `select`: of cases the criteria as in an address, of voices `issue_id`, `count` (submissions, persons, negative),
    `first`, `last` and perhaps `channel`; of cases left out the criteria and `metric`. `of`: the ids that it is
    computed from. `flat`: below it a change is 持平."""

    id: str
    key: str
    label: str
    text: str
    how: How
    value: int | None = None
    select: Mapping[str, str] = field(default_factory=dict)
    of: tuple[str, ...] = ()
    flat: float = 0.0
    definition: str = ""

    @property
    def address(self) -> str:
        """Where the rows behind it are listed; "" for what is computed from others."""
        if self.how == "cases":
            return f"/cases?{urlencode(self.select)}" if self.select else "/cases"
        if self.how == "left_out":
            return "/scoring#exclusions"
        return f"/issues/{self.select['issue_id']}" if self.how == "voices" else ""

    @property
    def method(self) -> str:
        """How it comes about, with the ids of what it is made of."""
        return _METHODS[self.how].format(*self.of)


class FigureBook:
    """The figures of one report in the order in which they are written; the same number is the same figure."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, str], Figure] = {}

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(self._by_key.values())

    def cases(self, key: str, label: str, value: int, criteria: CaseCriteria, definition: str = "") -> Figure:
        """A number of cases; `criteria` open exactly these."""
        select = criteria.as_parameters()
        return self._add(key, label, f"{value:,}", "cases", value=value, select=select, definition=definition)

    def voices(self, key: str, label: str, value: int, select: Mapping[str, str], definition: str = "") -> Figure:
        return self._add(key, label, f"{value:,}", "voices", value=value, select=select, definition=definition)

    def share(self, key: str, label: str, part: Figure, whole: Figure, definition: str = "") -> Figure:
        """Raises `ValueError` over nothing: that is no sentence."""
        text = share_text(counted(part), counted(whole))
        return self._add(key, label, text, "share", of=(part.id, whole.id), definition=definition)

    def change(self, key: str, label: str, now: Figure, before: Figure, flat: float) -> Figure:
        text = change_text(counted(now), counted(before), flat)
        definition = f"变化不足{format_rate(flat)}记为持平" if flat else ""
        return self._add(key, label, text, "change", of=(now.id, before.id), flat=flat, definition=definition)

    def points(self, key: str, label: str, now: tuple[Figure, Figure], before: tuple[Figure, Figure]) -> Figure:
        """The difference of two shares, in percentage points."""
        four = (*now, *before)
        text = points_text(*map(counted, four))
        return self._add(key, label, text, "points", of=tuple(f.id for f in four))

    def left_out(
        self, key: str, label: str, value: int, criteria: CaseCriteria, metric: str, definition: str = ""
    ) -> Figure:
        """Cases among those that the criteria select which were left out of the rate `metric`."""
        select = criteria.as_parameters() | {"metric": metric}
        return self._add(key, label, f"{value:,}", "left_out", value=value, select=select, definition=definition)

    def without(self, key: str, label: str, rate: tuple[Figure, Figure], out: tuple[Figure, Figure]) -> Figure:
        """A share without what was left out. Raises `ValueError` where nothing stays."""
        four = (*rate, *out)
        return self._add(key, label, without_text(*map(counted, four)), "without", of=tuple(f.id for f in four))

    def interval(self, key: str, label: str, part: Figure, whole: Figure) -> Figure:
        """Raises `ValueError` over nothing."""
        text = interval_text(counted(part), counted(whole))
        return self._add(key, label, text, "interval", of=(part.id, whole.id))

    def _add(
        self,
        key: str,
        label: str,
        text: str,
        how: How,
        *,
        value: int | None = None,
        select: Mapping[str, str] | None = None,
        of: tuple[str, ...] = (),
        flat: float = 0.0,
        definition: str = "",
    ) -> Figure:
        found = self._by_key.get((key, how))
        if found is not None:
            if (found.text, found.select, found.of) != (text, select or {}, of):
                raise ValueError(f"two figures are called {key}")
            return found
        figure = Figure(
            id=f"F{len(self._by_key) + 1}",
            key=key,
            label=label,
            text=text,
            how=how,
            value=value,
            select=select or {},
            of=of,
            flat=flat,
            definition=definition,
        )
        self._by_key[key, how] = figure
        return figure


def counted(figure: Figure) -> int:
    """Raises `ValueError` for what is not a count."""
    if figure.value is None:
        raise ValueError(f"{figure.key} is no count")
    return figure.value


def share_text(part: int, whole: int) -> str:
    """93.4%. Raises `ValueError` over nothing."""
    if not whole:
        raise ValueError("a share of nothing")
    return format_rate(part / whole)


def without_text(part: int, whole: int, part_out: int, whole_out: int) -> str:
    """Raises `ValueError` where nothing stays."""
    return share_text(part - part_out, whole - whole_out)


def interval_text(part: int, whole: int) -> str:
    """52.9%至79.1%. Raises `ValueError` over nothing."""
    return "至".join(map(format_rate, wilson_interval(part, whole)))


def change_text(now: int, before: int, flat: float) -> str:
    """上升12.3%, 下降3.0% or 持平. Raises `ValueError` where there was nothing before."""
    if not before:
        raise ValueError("a change from nothing")
    share = Decimal(now - before) / before
    rounded = (abs(share) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if abs(share) < Decimal(str(flat)) or not rounded:
        return "持平"
    return f"{'上升' if share > 0 else '下降'}{rounded}%"


def points_text(part: int, whole: int, part_before: int, whole_before: int) -> str:
    """上升1.2个百分点, 下降 … or 持平. Of the shares as they are, not as they are rounded. Raises `ValueError`."""
    if not whole or not whole_before:
        raise ValueError("a share of nothing")
    difference = (Decimal(part) / whole - Decimal(part_before) / whole_before) * 100
    rounded = abs(difference).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if not rounded:
        return "持平"
    return f"{'上升' if difference > 0 else '下降'}{rounded}个百分点"
