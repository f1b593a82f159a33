"""From rates to points: what each unit gets by a scheme. Pure.

The shape, points - slope * shortfall within [least, points], fits what 连云港 published for its departments in 2022-02,
2022-08 and 2023-01 (on time: 20 points, full at 95 %, one less for each per cent; satisfaction: 25 points, half a point
for each per cent below 95 or 98, never below 12.5); the formula is our inference from those scores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from models.scoring import EmptyRule, Indicator, Item, Scheme, UnitScore

_CENT = Decimal("0.01")
_HUNDRED = Decimal(100)


def score_rate(indicator: Indicator, rate: Decimal) -> Decimal:
    """The points for a rate in per cent (or, by hand, for so many times), to two places, halves up."""
    if indicator.metric is None:
        short = rate
    elif indicator.lower_is_better:
        short = max(rate - indicator.target, Decimal(0))
    else:
        short = max(indicator.target - rate, Decimal(0))
    found = indicator.points - indicator.slope * short
    return min(max(found, indicator.least), indicator.points).quantize(_CENT, ROUND_HALF_UP)


def score_item(indicator: Indicator, numerator: int, denominator: int, excluded: int = 0) -> Item:
    """What a unit gets on an indicator: its rate, to two places as published rates are; by hand the times are the
    numerator."""
    if indicator.metric is None:
        value: Decimal | None = Decimal(numerator)
    elif denominator:
        value = (_HUNDRED * numerator / denominator).quantize(_CENT, ROUND_HALF_UP)
    else:
        value = None
    if value is not None:
        score: Decimal | None = score_rate(indicator, value)
    else:
        empty = {EmptyRule.FULL: indicator.points, EmptyRule.NONE: indicator.least, EmptyRule.LEFT_OUT: None}
        score = empty[indicator.empty]
    return Item(
        indicator=indicator.id,
        numerator=numerator,
        denominator=denominator,
        excluded=excluded,
        value=value,
        score=score,
    )


def total_of(scheme: Scheme, items: Sequence[Item]) -> Decimal:
    """The sum; where indicators do not count for the unit, the others are scaled to all points of the scheme."""
    points = {i.id: i.points for i in scheme.indicators}
    counted = [item for item in items if item.score is not None]
    whole = sum((points[item.indicator] for item in counted), Decimal(0))
    if not whole:
        return Decimal("0.00")
    got = sum((item.score for item in counted if item.score is not None), Decimal(0))
    return (got * scheme.points / whole).quantize(_CENT, ROUND_HALF_UP)


def score_units(scheme: Scheme, counts: Mapping[str, Mapping[str, tuple[int, int, int]]]) -> list[UnitScore]:
    """Every unit of `counts` (unit -> indicator -> numerator, denominator, excluded), the best first, those with too
    few cases behind; places only where the scheme ranks, equal totals share one."""
    scores = []
    for unit, by_indicator in counts.items():
        items = tuple(score_item(i, *by_indicator.get(i.id, (0, 0, 0))) for i in scheme.indicators)
        rates = [item for item, i in zip(items, scheme.indicators, strict=True) if i.metric is not None]
        cases = max((item.denominator for item in rates), default=0)
        scores.append(
            UnitScore(
                department_id=unit,
                items=items,
                total=total_of(scheme, items),
                cases=cases,
                few=cases < scheme.least_cases,
            )
        )
    scores.sort(key=lambda s: (s.few, -s.total, s.department_id))
    if not scheme.ranked:
        return scores
    full = [s.total for s in scores if not s.few]
    return [s if s.few else replace(s, place=1 + sum(t > s.total for t in full)) for s in scores]
