"""Scores: what 连云港 published comes out, and the edges of the formula."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from dashboards.scoring import score_item, score_rate, score_units, total_of
from models.scoring import EmptyRule, Indicator, Scheme


def indicator(id_: str = "x", **given: Any) -> Indicator:
    values: dict[str, Any] = {"label": id_, "metric": "m", "points": Decimal(20), "target": Decimal(95)} | given
    return Indicator(id=id_, **values)


ON_TIME = indicator("on_time")


def satisfaction(target: int) -> Indicator:
    return indicator(
        "satisfaction", points=Decimal(25), target=Decimal(target), slope=Decimal("0.5"), least=Decimal("12.5")
    )


SIGN_IN = indicator("sign_in", points=Decimal(10), target=Decimal(100), slope=Decimal("0.5"))
QUALITY = indicator("quality", points=Decimal(10), metric=None, slope=Decimal(1))


@pytest.mark.parametrize(
    ("line", "rate", "published"),
    [
        (ON_TIME, "89.82", "14.82"),
        (ON_TIME, "66.67", "0"),
        (ON_TIME, "97.2", "20"),
        (satisfaction(98), "87.5", "19.75"),
        (satisfaction(98), "83.33", "17.67"),
        (satisfaction(98), "75", "13.5"),
        (satisfaction(98), "71.43", "12.5"),
        (satisfaction(95), "70.59", "12.8"),
        (satisfaction(98), "66.67", "12.5"),
        (satisfaction(98), "50", "12.5"),
        (SIGN_IN, "80", "0"),
        (SIGN_IN, "77.27", "0"),
        (QUALITY, "1", "9"),
    ],
)
def test_published_scores_come_out(line: Indicator, rate: str, published: str) -> None:
    assert score_rate(line, Decimal(rate)) == Decimal(published)


def scheme(*indicators: Indicator, **given: Any) -> Scheme:
    values: dict[str, Any] = {
        "unit_kinds": ("gov",), "least_cases": 30, "ranked": False, "active": True, "replaces_id": None,
    } | given  # fmt: skip
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Scheme(id=1, name="s", indicators=indicators, created_at=now, created_by="t", **values)


LYG = scheme(
    ON_TIME, satisfaction(95), SIGN_IN, QUALITY, indicator("other", points=Decimal(35), metric=None, slope=Decimal(1))
)


@pytest.mark.parametrize(
    ("on_time", "satisfied", "signed_in", "unclear", "published"),
    [
        # 碱业 2022-02: 20 points lost on time, 12.5 on satisfaction, one in common
        ((2, 3), (1, 2), (5, 5), 0, "66.5"),
        # 体育局: sign-in 80 %, satisfaction at its floor, one unclear answer, one in common
        ((10, 10), (1, 2), (4, 5), 1, "75.5"),
        # 万联: sign-in 77.27 %, satisfaction 70.59 %, one in common
        ((22, 22), (12, 17), (17, 22), 0, "76.8"),
    ],
)
def test_published_totals_come_out(
    on_time: tuple[int, int], satisfied: tuple[int, int], signed_in: tuple[int, int], unclear: int, published: str
) -> None:
    counts = {
        "on_time": (*on_time, 0),
        "satisfaction": (*satisfied, 0),
        "sign_in": (*signed_in, 0),
        "quality": (unclear, 0, 0),
        "other": (1, 0, 0),
    }
    [score] = score_units(LYG, {"unit": counts})
    assert score.total == Decimal(published)


@pytest.mark.parametrize(
    ("empty", "score", "total"),
    [(EmptyRule.FULL, "20", "30"), (EmptyRule.NONE, "0", "10"), (EmptyRule.LEFT_OUT, None, "30")],
)
def test_an_indicator_over_nothing_follows_its_rule(empty: EmptyRule, score: str | None, total: str) -> None:
    line = indicator("on_time", empty=empty)
    item = score_item(line, 0, 0)
    assert item.value is None and item.score == (Decimal(score) if score else None)
    whole = scheme(line, QUALITY)
    assert total_of(whole, [item, score_item(QUALITY, 0, 0)]) == Decimal(total)


def test_nothing_that_counts_is_nothing() -> None:
    line = indicator("on_time", empty=EmptyRule.LEFT_OUT)
    assert total_of(scheme(line), [score_item(line, 0, 0)]) == 0


def test_a_rate_that_should_be_low() -> None:
    returns = indicator("return", target=Decimal(5), lower_is_better=True)
    assert [score_rate(returns, Decimal(r)) for r in (0, 5, 8, 90)] == [20, 20, 17, 0]


def test_a_unit_with_few_cases_is_shown_behind_and_has_no_place() -> None:
    counts = {
        "small": {"on_time": (22, 22, 0)},
        "good": {"on_time": (95, 100, 0)},
        "same": {"on_time": (190, 200, 3)},
        "bad": {"on_time": (60, 100, 0)},
    }
    plain = score_units(scheme(ON_TIME), counts)
    assert [(s.department_id, s.place) for s in plain] == [
        ("good", None),
        ("same", None),
        ("bad", None),
        ("small", None),
    ]
    ranked = score_units(scheme(ON_TIME, ranked=True), counts)
    assert [(s.department_id, s.place) for s in ranked] == [("good", 1), ("same", 1), ("bad", 3), ("small", None)]
    assert ranked[1].items[0].excluded == 3
