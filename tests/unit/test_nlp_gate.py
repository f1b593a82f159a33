"""The gate lets through who is as good or better, and nobody who is worse: overall, in one topic, or in its word."""

from dataclasses import replace

import numpy as np
import pytest

from models.errors import Invalid
from nlp.oversight.gate import FROZEN, LAST_MONTH, Check, GateReport, Predictions, combine, judge

_CODES = [f"T{number:02}" for number in range(1, 11)]
# nine topics of 200 letters and one of 60
_GOLD = [code for code in _CODES[:9] for _ in range(200)] + ["T10"] * 60


def answers(accuracy: float, seed: int, *, boast: float = 0.0) -> Predictions:
    """Right with the probability that it claims; `boast` is added to the claim. Two answers of one seed and different
    accuracy are alike but for the letters that make the difference."""
    random = np.random.default_rng(seed)
    # half the letters are easy
    chances = np.clip(np.where(random.random(len(_GOLD)) < 0.5, 0.995, 2 * accuracy - 0.995), 0, 1)
    right = random.random(len(_GOLD)) < chances
    others = random.integers(1, len(_CODES), len(_GOLD))
    codes = [
        code if ok else _CODES[(_CODES.index(code) + int(other)) % len(_CODES)]
        for code, ok, other in zip(_GOLD, right, others, strict=True)
    ]
    noise = random.uniform(-0.003, 0.003, len(_GOLD))
    return Predictions(codes, np.clip(chances + noise + boast, 0, 1).tolist())


def spoilt(said: Predictions, code: str, letters: int) -> Predictions:
    """As many right answers of one topic fewer, and as many more elsewhere."""
    codes = list(said.codes)
    good = [row for row, gold in enumerate(_GOLD) if gold == code and codes[row] == code]
    bad = [row for row, gold in enumerate(_GOLD) if gold != code and codes[row] != gold]
    for row in good[:letters]:
        codes[row] = "T01"
    for row in bad[:letters]:
        codes[row] = _GOLD[row]
    return replace(said, codes=codes)


def failed(report: GateReport) -> set[str]:
    assert report.passed is not any(not check.passed for check in report.checks)
    return {check.name for check in report.checks if not check.passed}


def check_of(report: GateReport, name: str) -> Check:
    return next(check for check in report.checks if check.name == name)


def test_an_identical_candidate_passes() -> None:
    live = answers(0.9, 1)
    report = judge(live, live, _GOLD)
    assert report.passed
    assert [c.name for c in report.checks] == ["enough", "macro_f1", "accuracy", "classes", "calibration", "coverage"]
    assert all(check.live == check.candidate for check in report.checks)


def test_a_better_one_passes_with_its_figures() -> None:
    report = judge(answers(0.88, 2), answers(0.92, 2), _GOLD)
    assert failed(report) == set()
    accuracy = check_of(report, "accuracy")
    assert accuracy.candidate > accuracy.live + 0.02
    assert accuracy.figures["low"] > 0


def test_just_as_good_ones_pass_mostly() -> None:
    """Of a dozen candidates that differ by chance alone few are turned away."""
    passed = [judge(answers(0.9, 2 * seed), answers(0.9, 2 * seed + 1), _GOLD).passed for seed in range(12)]
    assert np.mean(passed) >= 0.75


def test_worse_overall_fails() -> None:
    assert {"accuracy", "macro_f1"} <= failed(judge(answers(0.92, 3), answers(0.88, 3), _GOLD))


def test_twenty_points_worse_in_one_topic_of_sixty_letters_fails() -> None:
    """However good the rest."""
    live = answers(0.9, 4)
    report = judge(live, spoilt(live, "T10", 12), _GOLD, names={"T10": "殡葬管理"})
    assert "classes" in failed(report)
    assert "殡葬管理" in check_of(report, "classes").sentence
    assert check_of(report, "accuracy").live == check_of(report, "accuracy").candidate


def test_a_letter_or_two_of_one_topic_are_chance() -> None:
    live = answers(0.9, 4)
    assert "classes" not in failed(judge(live, spoilt(live, "T10", 2), _GOLD))


def test_small_topics_are_judged_together() -> None:
    """Twelve topics of ten letters: none says anything alone, together they do."""
    gold = ["big"] * 400 + [f"s{n:02}" for n in range(12) for _ in range(10)]
    live = Predictions(gold, [0.95] * len(gold))
    worse = [code if number % 10 or code == "big" else "big" for number, code in enumerate(gold)]
    report = judge(live, Predictions(worse, [0.95] * len(gold)), gold)
    assert check_of(report, "classes").figures["topics"] == 2
    assert "其余类别" in check_of(report, "classes").sentence
    assert "classes" in failed(report)


def test_one_that_boasts_fails() -> None:
    honest = answers(0.85, 5)
    report = judge(honest, replace(honest, confidences=[0.999] * len(_GOLD)), _GOLD, allowed=0.1)
    assert {"calibration", "coverage"} <= failed(report)
    slightly = replace(honest, confidences=[min(1.0, c + 0.002) for c in honest.confidences])
    assert "calibration" not in failed(judge(honest, slightly, _GOLD))


def test_groups_are_drawn_as_one() -> None:
    """A hundred copies of one letter prove no more than the letter."""
    gold = ["a", "b"] * 50 + ["a"] * 100
    live = Predictions(gold, [0.9] * 200)
    candidate = Predictions(["a", "b"] * 50 + ["a"] * 94 + ["b"] * 6, [0.9] * 200)
    alone = judge(live, candidate, gold, groups=[*range(100), *[100] * 100])
    apart = judge(live, candidate, gold)
    assert check_of(apart, "accuracy").figures["high"] < 0 <= check_of(alone, "accuracy").figures["high"]


def test_the_same_seed_gives_the_same_report() -> None:
    live, candidate = answers(0.9, 6), answers(0.9, 7)
    assert judge(live, candidate, _GOLD, seed=1) == judge(live, candidate, _GOLD, seed=1)
    assert judge(live, candidate, _GOLD, seed=1) != judge(live, candidate, _GOLD, seed=2)


def test_not_knowing_is_wrong_and_codes_of_nowhere_are_no_accident() -> None:
    live = answers(0.9, 8)
    report = judge(live, Predictions([""] * len(_GOLD), [0.0] * len(_GOLD)), _GOLD, allowed=0.1)
    assert {"accuracy", "macro_f1", "classes", "coverage"} <= failed(report)
    assert check_of(report, "accuracy").candidate == 0
    assert not judge(live, Predictions(["other"] * len(_GOLD), [0.9] * len(_GOLD)), _GOLD).passed


def test_too_few_letters_are_no_reason_to_promote() -> None:
    report = judge(Predictions(["a"] * 50, [0.9] * 50), Predictions(["a"] * 50, [0.9] * 50), ["a"] * 50)
    assert failed(report) == {"enough"}
    assert not judge(Predictions([], []), Predictions([], []), []).passed


def test_both_sets_must_pass() -> None:
    live, better = answers(0.88, 2), answers(0.92, 2)
    good, bad = judge(live, better, _GOLD), judge(better, live, _GOLD, where=LAST_MONTH)
    both = combine(good, bad)
    assert not both.passed
    assert combine(good, good).passed
    assert [check.where for check in both.checks] == [FROZEN] * 6 + [LAST_MONTH] * 6
    assert all(check.sentence.startswith(check.where) for check in both.checks)
    with pytest.raises(Invalid):
        combine()


def test_lengths_that_differ_are_refused() -> None:
    live = answers(0.9, 9)
    for other, groups in ((Predictions(live.codes[:-1], live.confidences), None), (live, [1, 2])):
        with pytest.raises(Invalid):
            judge(live, other, _GOLD, groups=groups)
