"""The figures of an evaluation, against small cases worked out by hand."""

import pytest

from nlp.topics.evaluation import Confusion, safe_threshold, score


def test_figures_of_a_small_case() -> None:
    gold = ["a", "a", "a", "b", "b", "c"]
    predicted = ["a", "a", "b", "b", "b", ""]
    scores = score(gold, predicted, [0.9, 0.9, 0.6, 0.9, 0.6, 0.0], [True, True, False, True, False, False])
    assert scores.letters == 6
    assert scores.accuracy == pytest.approx(4 / 6)
    assert [(row.label, row.letters) for row in scores.per_class] == [("a", 3), ("b", 2), ("c", 1)]
    a, b, c = scores.per_class
    assert (a.precision, a.recall, a.f1) == pytest.approx((1, 2 / 3, 0.8))
    assert (b.precision, b.recall, b.f1) == pytest.approx((2 / 3, 1, 0.8))
    assert (c.precision, c.recall, c.f1) == (0, 0, 0)
    assert scores.macro_f1 == pytest.approx(1.6 / 3)
    assert (scores.coverage_at_98, scores.accuracy_at_98) == (0.5, 1.0)
    assert scores.confusions == (Confusion("a", "b", 1), Confusion("c", "", 1))
    # bins: .9 → three letters, all right; .6 → two, one right; 0 → one, wrong and nobody claimed otherwise
    assert scores.ece == pytest.approx((3 * 0.1 + 2 * 0.1) / 6)


def test_nothing_automatic_promises_nothing() -> None:
    scores = score(["a"], ["a"], [0.9], [False])
    assert (scores.coverage_at_98, scores.accuracy_at_98) == (0.0, 1.0)


def test_the_threshold_needs_proof() -> None:
    """Without an error 149 letters prove "at most 2 %" to 95 %, 148 do not (.98 ** 149 < .05)."""
    assert safe_threshold([0.9] * 149, [True] * 149) == 0.9
    assert safe_threshold([0.9] * 148, [True] * 148) is None
    assert safe_threshold([], []) is None


def test_the_threshold_is_the_lowest_that_holds() -> None:
    confidences = [0.9] * 300 + [0.5] * 300
    right = [True] * 300 + [i % 10 > 0 for i in range(300)]
    assert safe_threshold(confidences, right) == 0.9
    assert safe_threshold(confidences, [True] * 600) == 0.5


def test_errors_among_letters_of_one_confidence_are_not_cut_away() -> None:
    """All of a confidence are dispatched or none: the lucky order of a sort must not decide."""
    assert safe_threshold([0.9] * 200, [True] * 160 + [False] * 40) is None
