"""An analyst's view: what its address says, what it is compared with, which periods it draws."""

from datetime import date
from typing import Any, get_args

import pytest

from dashboards.analysis.analysis_view import (
    COMPARISONS,
    GROUPINGS,
    MOST_PERIODS,
    PERIODS,
    PICTURES,
    AnalysisView,
    Comparison,
    Picture,
    choose_period,
    find_compared,
    find_conflict,
    list_starts,
    name_period,
    note_running,
    read_view,
)
from dashboards.daily_facts.fact_series import By, Period
from dashboards.metrics.metrics import METRICS
from models.criteria import CaseCriteria
from models.errors import Invalid

TODAY = date(2026, 11, 30)
NOVEMBER = CaseCriteria(submitted_from=date(2026, 11, 1), submitted_to=date(2026, 11, 30))


def test_every_choice_has_its_word() -> None:
    assert set(PICTURES) == set(get_args(Picture)) and set(GROUPINGS) == set(get_args(By))
    assert set(PERIODS) == set(get_args(Period)) and set(COMPARISONS) == set(get_args(Comparison))


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("metric", ["received", "on_time_completion_rate"])
def test_an_address_says_the_whole_view(picture: Picture, metric: str) -> None:
    view = AnalysisView(
        metric=metric,
        picture=picture,
        by="region",
        split="tone",
        period="quarter",
        compare="year",
        criteria=CaseCriteria(topic="T04", submitted_from=date(2026, 1, 1)),
    )
    assert read_view(view.parameters(), view.criteria) == view
    assert AnalysisView().parameters() == {}
    assert read_view({}, CaseCriteria(state="open")) == AnalysisView()


@pytest.mark.parametrize("given", [{"metric": "x"}, {"chart": "pie"}, {"by": "county"}, {"period": "hour"}])
def test_what_there_is_not_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        read_view(given, CaseCriteria())


def test_a_chosen_topic_is_divided_into_those_below() -> None:
    assert AnalysisView(picture="tree").group == "topic"
    assert AnalysisView(picture="tree", criteria=CaseCriteria(topic="T04")).group == "sub_topic"
    assert AnalysisView(picture="cross", by="topic", split="topic").second != "topic"
    assert AnalysisView(picture="bars", by="duty").group == "duty"
    below = AnalysisView(picture="cross", by="duty", split="duty", criteria=CaseCriteria(duty="zjj"))
    assert below.group == "department" and below.second == "appeal_type"
    assert AnalysisView().group is None and AnalysisView(picture="bars").group == "topic"


@pytest.mark.parametrize(
    ("compare", "before", "until"),
    [
        ("previous", date(2026, 10, 2), date(2026, 10, 31)),
        ("year", date(2025, 11, 1), date(2025, 11, 30)),
    ],
)
def test_as_many_days_before_or_the_same_days_a_year_ago(compare: Any, before: date, until: date) -> None:
    criteria, words = find_compared(AnalysisView(compare=compare, criteria=NOVEMBER), TODAY)
    assert criteria == CaseCriteria(submitted_from=before, submitted_to=until)
    assert f"{before}" in words
    leap = CaseCriteria(submitted_from=date(2024, 2, 29), submitted_to=date(2024, 2, 29))
    found, _ = find_compared(AnalysisView(compare="year", criteria=leap), TODAY)
    assert found is not None and found.submitted_from == date(2023, 2, 28)


def test_what_cannot_be_compared_says_so() -> None:
    assert find_compared(AnalysisView(compare="year"), TODAY) == (None, "选定开始日期后才能比较。")
    assert find_compared(AnalysisView(compare="year", picture="calendar", criteria=NOVEMBER), TODAY) == (None, "")


def test_a_metric_of_moods_is_asked_of_no_others() -> None:
    for metric in METRICS:
        assert find_conflict(AnalysisView(metric=metric, picture="bars", by="topic")) == ""
    assert find_conflict(AnalysisView(metric="displeased_rate", picture="bars", by="tone"))
    assert find_conflict(AnalysisView(metric="displeased_rate", criteria=CaseCriteria(sentiment="positive")))
    assert find_conflict(AnalysisView(metric="displeased_rate", criteria=CaseCriteria(sentiment="negative"))) == ""
    assert find_conflict(AnalysisView(picture="cross", split="tone")) == ""


def test_no_picture_has_more_periods_than_can_be_read() -> None:
    first = date(2000, 1, 1)
    period, note = choose_period(AnalysisView(period="day"), first, TODAY)
    assert period == "month" and "改为按月" in note
    assert len(list_starts(first, TODAY, period)) <= MOST_PERIODS
    assert choose_period(AnalysisView(), date(2026, 11, 1), TODAY) == ("day", "")


@pytest.mark.parametrize("period", PERIODS)
def test_periods_follow_each_other_without_a_gap(period: Period) -> None:
    starts = list_starts(date(2025, 12, 30), date(2026, 4, 2), period)
    assert starts == sorted(set(starts)) and starts[0] <= date(2025, 12, 30) and starts[-1] <= date(2026, 4, 2)
    assert {"day": 94, "week": 14, "month": 5, "quarter": 3, "year": 2}[period] == len(starts)
    assert len({name_period(start, period) for start in starts}) == len(starts)


def test_a_period_that_is_not_over_is_said() -> None:
    new_year = date(2027, 1, 1)
    assert note_running(new_year, "month", new_year) == "最后一段2027年1月还没有过完，只有1天。"
    assert note_running(new_year, "week", new_year) == "最后一段2026年12月28日起一周还没有过完，只有5天。"
    assert note_running(new_year, "day", new_year) == ""
    assert note_running(date(2026, 12, 31), "year", new_year) == "", "what is over is a whole one"
