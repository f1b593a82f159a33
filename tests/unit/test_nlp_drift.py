"""Drift is found within weeks; weeks that differ as weeks do raise no alarm in years."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from models.errors import Invalid
from nlp.oversight.drift import Week, check_drift, summarise

_MIX = np.array([0.25, 0.18, 0.14, 0.1, 0.08, 0.07, 0.06, 0.05, 0.03, 0.02, 0.01, 0.01])
_SURE_OF = np.linspace(3.2, 1.4, len(_MIX))
_REFERENCE = 8


def one_week(
    random: np.random.Generator, letters: int, *, fall: float = 0.0, unknown: float = 0.03, shift: float = 0.0
) -> Week:
    """Topics in proportions that move from week to week, each with its own confidence; `fall` lowers the confidence on
    the scale of logits, `shift` moves that share of all letters from the first topic to the tenth."""
    mix = _MIX.copy()
    mix[[0, 9]] += [-shift, shift]
    size = max(1, int(random.poisson(letters * random.lognormal(0, 0.15))))
    topics = random.choice(len(mix), size, p=random.dirichlet(mix * 800))
    known = random.random(size) >= unknown * random.lognormal(0, 0.1)
    sure = 1 / (1 + np.exp(-random.normal(_SURE_OF[topics] + random.normal(0, 0.03) - fall, 1.2)))
    return summarise(
        np.where(known, sure, 0.0).tolist(),
        [f"T{topic:02}" if yes else None for topic, yes in zip(topics, known, strict=True)],
        unknown_word_rate=float(0.02 * random.lognormal(0, 0.08)),
    )


def weeks(random: np.random.Generator, number: int, letters: int, **changes: float) -> list[Week]:
    return [one_week(random, letters, **changes) for _ in range(number)]


def alarms(reference: list[Week], recent: list[Week]) -> int:
    """How many times the level rises to an alarm."""
    levels = ["none", *(check_drift(reference, recent[: i + 1]).level for i in range(len(recent)))]
    return sum(now == "alarm" and before != "alarm" for before, now in pairwise(levels))


@pytest.mark.parametrize("letters", [150, 1_000])
def test_at_most_one_false_alarm_in_two_years(letters: int) -> None:
    random = np.random.default_rng(1)
    found = [alarms(weeks(random, _REFERENCE, letters), weeks(random, 104, letters)) for _ in range(12)]
    assert np.mean(found) <= 1.0


def power(letters: int, within: int, seed: int = 2, **changes: float) -> float:
    """In how many of 30 cities the change is an alarm within so many weeks, after four weeks without."""
    random = np.random.default_rng(seed)
    hits = 0
    for _ in range(30):
        reference, recent = weeks(random, _REFERENCE, letters), weeks(random, 4, letters)
        recent += weeks(random, within, letters, **changes)
        hits += any(check_drift(reference, recent[:end]).level == "alarm" for end in range(5, len(recent) + 1))
    return hits / 30


def test_a_new_kind_of_letters_is_found_within_three_weeks() -> None:
    """Mean confidence falls by some .05: less than what later mail did to a classifier of ours (.946 to .854)."""
    assert power(400, 3, fall=0.5) >= 0.9


def test_another_mix_of_topics_is_found_within_two_weeks() -> None:
    assert power(400, 2, shift=0.1) >= 0.9


def test_more_unknown_letters_are_found_within_two_weeks() -> None:
    assert power(400, 2, unknown=0.09) >= 0.9


def test_what_comes_slowly_is_found_by_the_sum() -> None:
    """A tenth of a logit more every three weeks: no week is conspicuous beside the last."""
    random = np.random.default_rng(3)
    reference = weeks(random, _REFERENCE, 400)
    recent = [one_week(random, 400, fall=week / 30) for week in range(26)]
    report = check_drift(reference, recent)
    assert "confidence_cusum" in {reason.statistic for reason in report.reasons}
    assert report.level == "alarm"


def test_reasons_name_figures_and_the_topic_that_grew() -> None:
    random = np.random.default_rng(4)
    reference = weeks(random, _REFERENCE, 2_000)
    report = check_drift(reference, weeks(random, 1, 2_000, shift=0.15, unknown=0.12))
    by_statistic = {reason.statistic: reason for reason in report.reasons}
    assert report.level == by_statistic["topic_mix"].level == by_statistic["unknown_share"].level == "alarm"
    assert by_statistic["topic_mix"].observed > 0.1
    assert "T09" in by_statistic["topic_mix"].sentence or "T00" in by_statistic["topic_mix"].sentence
    unknown = by_statistic["unknown_share"]
    assert unknown.expected == pytest.approx(0.03, abs=0.01)
    assert unknown.observed == pytest.approx(0.12, abs=0.03)
    assert unknown.p is not None
    assert unknown.p <= unknown.limit
    assert "上升" in unknown.sentence
    levels = [reason.level for reason in report.reasons]
    assert levels == sorted(levels), "alarms stand before what is to be watched"


def test_new_words_are_found_where_they_are_measured() -> None:
    random = np.random.default_rng(5)
    reference, [week] = weeks(random, _REFERENCE, 400), weeks(random, 1, 400)
    report = check_drift(reference, [replace(week, unknown_word_rate=0.06)])
    assert "unknown_word_rate" in {reason.statistic for reason in report.reasons}
    unmeasured = check_drift(reference, [replace(week, unknown_word_rate=None)])
    assert unmeasured.enough
    assert "unknown_word_rate" not in {reason.statistic for reason in unmeasured.reasons}


def test_small_changes_are_no_news_however_many_letters() -> None:
    steady = Week(100_000, 0.9, 0.8, 0.03, {"a": 60_000, "b": 40_000})
    report = check_drift([steady] * 8, [replace(steady, unknown_share=0.034, topics={"a": 61_000, "b": 39_000})])
    assert (report.level, report.reasons) == ("none", ())


def test_too_little_is_not_judged() -> None:
    week = Week(400, 0.9, 0.8, 0.03, {"a": 388})
    assert not check_drift([week] * 3, [week]).enough
    assert not check_drift([week] * 8, []).enough
    assert not check_drift([week] * 8, [week, replace(week, letters=5)]).enough
    assert not check_drift([replace(week, letters=0)] * 8, [week]).enough
    assert check_drift([week] * 8, [replace(week, letters=5), week]).enough


def test_the_figures_of_a_week() -> None:
    week = summarise([0.95, 0.9, 0.5, 0.0], ["a", "b", "a", None], unknown_word_rate=0.1)
    assert week == Week(4, 2.35 / 4, 0.5, 0.25, {"a": 2, "b": 1}, 0.1)
    assert summarise([], []).letters == 0
    with pytest.raises(Invalid):
        summarise([0.5], [])
