"""The clerk's set holds the right topic as often as promised, and is small."""

from typing import TypeAlias

import numpy as np
import pytest

from models.analysis import TopicSuggestion
from models.errors import Invalid
from nlp.oversight.conformal import SetRule, calibrate, predict_set

_CODES = ("T01", "T02", "T03", "T04", "T05")
Letters: TypeAlias = tuple[list[tuple[TopicSuggestion, ...]], list[str]]


def draw(random: np.random.Generator, size: int) -> Letters:
    """Five topics, the last one rare and badly known; three suggestions each."""
    gold = random.choice(5, size, p=[0.3, 0.3, 0.2, 0.12, 0.08])
    scores = random.normal(0, 1.3, (size, 5))
    scores[np.arange(size), gold] += np.where(gold == 4, 1.5, 4.0)
    odds = np.exp(scores)
    shares = odds / odds.sum(axis=1, keepdims=True)
    best = np.argsort(-shares, axis=1)[:, :3]
    found = [
        tuple(TopicSuggestion(_CODES[k], float(line[k])) for k in top) for line, top in zip(shares, best, strict=True)
    ]
    return found, [_CODES[code] for code in gold]


def hits(rule: SetRule, letters: Letters) -> tuple[float, dict[str, float], float]:
    """The share of letters whose true topic is shown, the same by topic, and the mean number shown."""
    shown = [predict_set(rule, found) for found in letters[0]]
    ok = np.array([code in codes for code, codes in zip(letters[1], shown, strict=True)])
    gold = np.array(letters[1])
    return (
        float(ok.mean()),
        {code: float(ok[gold == code].mean()) for code in _CODES},
        float(np.mean([*map(len, shown)])),
    )


@pytest.mark.parametrize("level", [0.8, 0.9])
def test_coverage_over_many_calibrations(level: float) -> None:
    """On average over calibration sets the promise holds, and no more is shown than needed."""
    random = np.random.default_rng(1)
    asked = draw(random, 3_000)
    found = [hits(calibrate(*draw(random, 150), level=level, least=None), asked) for _ in range(40)]
    coverage = float(np.mean([share for share, _, _ in found]))
    # a set is never empty, so a low level is passed by the best suggestion alone
    best_alone = float(np.mean([code == line[0].topic_code for line, code in zip(*asked, strict=True)]))
    assert coverage >= level - 0.01
    assert coverage <= max(level + 0.02, best_alone + 0.02)
    assert np.mean([size for _, _, size in found]) < 2


def test_every_topic_gets_what_is_promised() -> None:
    """By all letters together the rare topic is left out too often; by its own cut it is not."""
    random = np.random.default_rng(2)
    known, asked = draw(random, 4_000), draw(random, 6_000)
    together, alone = (hits(calibrate(*known, level=0.9, least=least), asked)[1] for least in (None, 50))
    assert together["T05"] < 0.8
    # what is not among the three suggestions cannot be shown
    pairs = list(zip(*asked, strict=True))
    among = {
        code: float(np.mean([code in {s.topic_code for s in line} for line, g in pairs if g == code]))
        for code in _CODES
    }
    for code in _CODES:
        assert alone[code] >= min(0.9, among[code]) - 0.03, code


def test_the_correction_for_few_letters() -> None:
    """With nineteen letters one may be left out at 95 %, with eighteen none."""
    letters = [(TopicSuggestion("a", 0.5 + n / 100),) for n in range(19)]
    assert calibrate(letters, ["a"] * 19, level=0.95, least=None).cut == 0.5
    assert calibrate(letters[:18], ["a"] * 18, level=0.95, least=None).cut == 0.0


def test_a_missing_truth_counts_as_missed() -> None:
    letters = [(TopicSuggestion("a", 0.9), TopicSuggestion("b", 0.1))] * 100
    rule = calibrate(letters, ["a"] * 80 + ["z"] * 20, level=0.9)
    assert rule.cut == 0.0
    assert predict_set(rule, (TopicSuggestion("b", 0.4), TopicSuggestion("c", 0.5))) == ("c", "b")


def test_nothing_known_shows_everything_and_nothing_suggested_shows_nothing() -> None:
    rule = calibrate([], [])
    assert predict_set(rule, (TopicSuggestion("a", 0.7), TopicSuggestion("b", 0.01))) == ("a", "b")
    assert predict_set(rule, ()) == ()


def test_the_best_is_shown_however_unsure() -> None:
    assert predict_set(SetRule(0.9, 0.8, {"a": 0.9}, 500), (TopicSuggestion("a", 0.3), TopicSuggestion("b", 0.2))) == (
        "a",
    )


def test_a_small_topic_has_the_cut_of_all() -> None:
    letters = [(TopicSuggestion("a", 0.9),)] * 60 + [(TopicSuggestion("b", 0.4),)] * 10
    rule = calibrate(letters, ["a"] * 60 + ["b"] * 10)
    assert rule.cuts == {"a": 0.9}
    assert (rule.cut, rule.letters) == (0.4, 70)


def test_bad_input_is_refused() -> None:
    with pytest.raises(Invalid):
        calibrate([()], [])
    with pytest.raises(Invalid):
        calibrate([], [], level=1.0)
