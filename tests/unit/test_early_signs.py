"""The level of an issue: from its numbers and the city's thresholds, and it says why."""

from dataclasses import replace
from math import comb
from statistics import mean
from typing import Any

import pytest

from models.alert import EarlySign, RiskLevel, SignReading, Threshold
from routing.issues.early_signs import IssueFacts, least_share, level_of, overall, read_signs

QUIET = IssueFacts(
    issue_id=1, recent=1, before=9, days_before=27, persons=4, negative=1, channels=("来信",), repeated=0, reopened=0,
    place="", at_place=0, in_lane=0, lanes=(), displeased=0,
)  # fmt: skip


def rows(**signs: dict[str, float]) -> list[Threshold]:
    return [
        Threshold(sign=EarlySign(sign), level=RiskLevel(level), at_least=value)
        for sign, levels in signs.items()
        for level, value in levels.items()
    ]


def read(thresholds: list[Threshold], **facts: Any) -> dict[EarlySign, SignReading]:
    return {reading.sign: reading for reading in read_signs(replace(QUIET, **facts), thresholds)}


def test_nothing_reaches_a_level_without_a_row() -> None:
    assert overall(read_signs(replace(QUIET, recent=500, in_lane=9), [])) == (None, "没有达到任何一项苗头的标准。")


def test_growth_is_told_against_what_is_usual() -> None:
    """9 people in 27 days are one in three days."""
    growth = read(rows(growth={"blue": 2, "orange": 8}), recent=16)[EarlySign.GROWTH]
    assert (growth.value, growth.level) == (8.0, RiskLevel.ORANGE)
    assert growth.sentence == "近3天16人反映，此前平均每3天1.0人"
    assert read(rows(growth={"blue": 2, "orange": 8}), recent=15)[EarlySign.GROWTH].level is RiskLevel.BLUE


def test_three_people_where_there_was_nobody_are_no_thousandfold_growth() -> None:
    assert read([], recent=3, before=0)[EarlySign.GROWTH].value == 3.0


def test_a_young_issue_has_the_days_it_has() -> None:
    assert read([], recent=4, before=3, days_before=3)[EarlySign.GROWTH].value == 1.0


def test_a_share_is_what_is_at_least_sure_and_nothing_of_a_few() -> None:
    thresholds = rows(negative_share={"blue": 0.5})
    assert EarlySign.NEGATIVE_SHARE not in read(thresholds, persons=4, negative=4)
    few = read(thresholds, persons=5, negative=4)[EarlySign.NEGATIVE_SHARE]
    many = read(thresholds, persons=50, negative=40)[EarlySign.NEGATIVE_SHARE]
    assert few.level is None
    assert many.level is RiskLevel.BLUE
    assert few.value < many.value < 0.8
    assert "50人中40人为负面" in many.sentence


def test_the_least_share_is_sure_in_19_of_20() -> None:
    """Against the exact coverage, summed over the binomial distribution; counts are whole, so it swings about 95 %."""
    sure = []
    for share in (percent / 100 for percent in range(20, 95)):
        chances = [comb(40, k) * share**k * (1 - share) ** (40 - k) for k in range(41)]
        sure.append(sum(chance for k, chance in enumerate(chances) if least_share(k, 40) <= share))
    assert min(sure) > 0.9
    assert 0.94 < mean(sure) < 0.96
    assert least_share(0, 40) == 0


def test_the_gravest_decides_and_the_others_are_named() -> None:
    thresholds = rows(fast_lane={"orange": 2}, channels={"blue": 2}, displeased={"orange": 9})
    readings = read_signs(
        replace(QUIET, in_lane=2, lanes=("扬言自伤自杀",), channels=("来信", "热线"), displeased=8), thresholds
    )
    assert readings[0].sign is EarlySign.FAST_LANE
    level, sentence = overall(readings)
    assert level is RiskLevel.ORANGE
    assert sentence == "橙色：2人的来件涉及扬言自伤自杀。另有多渠道反映（蓝色）。"


def test_several_signs_at_once_are_graver_than_each() -> None:
    thresholds = rows(
        channels={"yellow": 2}, displeased={"yellow": 2}, same_place={"yellow": 2}, together={"orange": 3, "red": 3}
    )
    facts: dict[str, Any] = {"channels": ("来信", "热线"), "displeased": 2, "at_place": 2, "place": "丽水路"}
    together = read(thresholds, **facts)[EarlySign.TOGETHER]
    assert together.level is RiskLevel.ORANGE
    assert together.sentence == "3项苗头同时出现（多渠道反映、同一地点、不满办理）"
    assert EarlySign.TOGETHER not in read(thresholds, **facts | {"at_place": 1})


def test_repetition_counts_people_and_reopened_cases() -> None:
    assert read([], repeated=2)[EarlySign.REPEAT].sentence == "办结后又有2人反映"
    both = read([], repeated=2, reopened=1)[EarlySign.REPEAT]
    assert (both.value, both.sentence) == (3.0, "办结后又有2人反映，1件工单办结后重启")
    assert read([], reopened=1)[EarlySign.REPEAT].sentence == "1件工单办结后重启"


@pytest.mark.parametrize(
    ("value", "level"), [(4.9, None), (5, RiskLevel.YELLOW), (49, RiskLevel.YELLOW), (50, RiskLevel.RED)]
)
def test_a_value_reaches_the_gravest_threshold(value: float, level: RiskLevel | None) -> None:
    assert level_of(value, EarlySign.BURST_SIZE, rows(burst_size={"yellow": 5, "red": 50})) is level
