"""A promise about errors is kept as often as promised, by simulation; and what happens at the edges."""

from time import process_time

import numpy as np
import pytest
from scipy.stats import binom

from models.errors import Invalid
from nlp.oversight.risk_control import EVERYTHING, Checked, keep_promise, keep_promises, letters_needed
from tests.quality.promise_bench import (
    Population,
    calibrated,
    kept,
    lowest_bound,
    lowest_share,
    noisy_top,
    resample,
    searched,
    useless,
)

_RESAMPLES = 100
# so many broken ones in `_RESAMPLES` are bad luck in one test of a thousand at most
_ALLOWANCE = binom.ppf(0.999, _RESAMPLES, 0.05) / _RESAMPLES


def letters(*parts: tuple[float, int, int], sampled: float = 1.0, stratum: str = EVERYTHING) -> list[Checked]:
    """(confidence, right, wrong) each."""
    return [
        Checked(confidence, ok, stratum, sampled)
        for confidence, right, wrong in parts
        for ok in [True] * right + [False] * wrong
    ]


@pytest.mark.parametrize("allowed", [0.01, 0.02, 0.05])
@pytest.mark.parametrize("size", [300, 1_500])
@pytest.mark.parametrize("kind", ["calibrated", "noisy top", "useless"])
def test_the_promise_is_kept(kind: str, size: int, allowed: float) -> None:
    draw = {"calibrated": calibrated, "noisy top": noisy_top, "useless": useless(allowed)}[kind]
    [(broken, _)] = resample(Population.of(draw, 100_000), size, allowed, [kept], _RESAMPLES, seed=1)
    assert broken <= _ALLOWANCE


def test_the_simulation_finds_who_breaks_it() -> None:
    """The lowest of many thresholds, each looked at by itself, is a choice that the data has made."""
    population = Population.of(useless(0.02), 100_000)
    [(bound, _), (share, _)] = resample(population, 5_000, 0.02, [lowest_bound, lowest_share], _RESAMPLES, seed=1)
    assert bound > _ALLOWANCE
    assert share > 0.5


def test_more_is_automatic_than_by_the_halving_search() -> None:
    population = Population.of(calibrated, 100_000)
    [(_, ours), (broken, halving)] = resample(population, 5_000, 0.02, [kept, searched], 40, seed=1)
    assert ours > halving + 0.01
    assert broken <= 0.05 + 0.1
    assert ours > population.best(0.02) - 0.1


def test_an_audit_sample_stands_for_the_letters_it_was_drawn_from() -> None:
    """Automatic letters audited one in ten, triage whole: the promise is still kept, and not by promising nothing."""
    random = np.random.default_rng(2)
    allowed, broken, coverage = 0.05, 0, []
    population = Population.of(calibrated, 100_000)
    for _ in range(40):
        confidences, chances = calibrated(random, 10_000)
        wrong, sampled = random.random(10_000) < chances, np.where(confidences > 0.9, 0.1, 1.0)
        seen = random.random(10_000) < sampled
        rows = zip(confidences[seen], ~wrong[seen], sampled[seen], strict=True)
        promise = keep_promise((Checked(float(c), bool(ok), sampled=float(p)) for c, ok, p in rows), allowed=allowed)
        errors, share = population.truth(promise.threshold)
        broken += errors > allowed
        coverage.append(share)
        if promise.threshold is not None:
            assert promise.coverage == pytest.approx(share, abs=0.05)
            assert promise.upper_bound <= allowed
    assert broken <= binom.ppf(0.999, 40, 0.05)
    assert np.mean(coverage) > population.best(allowed) - 0.12


def test_taking_an_audit_sample_for_the_whole_breaks_the_promise() -> None:
    """Many right letters of triage hide the errors of few audited ones: weights are needed."""
    rows = letters((0.9, 94, 6), sampled=0.05) + letters((0.8, 1_000, 5))
    assert keep_promise([Checked(r.confidence, r.right) for r in rows], allowed=0.02).threshold == 0.8
    assert keep_promise(rows, allowed=0.02).threshold is None


def test_figures_of_a_promise() -> None:
    promise = keep_promise(letters((0.9, 995, 5), (0.4, 500, 500)), allowed=0.02)
    assert (promise.threshold, promise.letters, promise.errors, promise.coverage) == (0.9, 1_000, 5, 0.5)
    assert promise.upper_bound == pytest.approx(0.01048, abs=1e-5)  # Clopper-Pearson, 5 of 1,000
    assert (promise.allowed, promise.sureness) == (0.02, 0.95)


def test_letters_needed_at_least() -> None:
    assert [letters_needed(x) for x in (0.01, 0.02, 0.05)] == [299, 149, 59]
    assert (letters_needed(0.0), letters_needed(1.0)) == (None, 0)
    assert keep_promise(letters((0.9, 149, 0)), allowed=0.02).threshold == 0.9
    assert keep_promise(letters((0.9, 148, 0)), allowed=0.02).threshold is None


def test_nothing_is_promised_from_nothing() -> None:
    for checked in ([], letters((0.9, 0, 500)), letters((0.9, 400, 400))):
        promise = keep_promise(checked, allowed=0.02)
        assert (promise.threshold, promise.coverage, promise.letters, promise.errors) == (None, 0.0, 0, 0)
        assert promise.upper_bound == 1.0


def test_the_ends_of_what_can_be_allowed() -> None:
    perfect = letters((0.9, 5_000, 0))
    assert keep_promise(perfect, allowed=0.0).threshold is None, "no number of letters proves that none is wrong"
    everything = keep_promise(letters((0.9, 1, 9)), allowed=1.0)
    assert (everything.threshold, everything.coverage) == (0.0, 1.0)
    assert keep_promise([], allowed=1.0).threshold == 0.0
    assert keep_promise(letters((0.9, 10, 490)), allowed=0.999).coverage == 1.0


def test_letters_of_one_confidence_stay_together() -> None:
    """The lucky order of a sort must not decide."""
    assert keep_promise(letters((0.9, 300, 0), (0.5, 200, 30)), allowed=0.02).threshold == 0.9
    assert keep_promise(letters((0.9, 160, 40)), allowed=0.02).threshold is None
    mixed = letters((0.9, 160, 40))
    assert keep_promise(mixed[::-1], allowed=0.02) == keep_promise(mixed, allowed=0.02)


def test_the_order_of_letters_makes_no_difference() -> None:
    rows = letters((0.95, 500, 2), (0.8, 300, 9), sampled=0.1) + letters((0.5, 300, 60))
    shuffled = [rows[i] for i in np.random.default_rng(3).permutation(len(rows))]
    assert keep_promise(shuffled, allowed=0.05) == keep_promise(rows, allowed=0.05)


@pytest.mark.parametrize(
    "letter",
    [
        Checked(float("nan"), True),
        Checked(float("inf"), True),
        Checked(0.9, True, sampled=0.0),
        Checked(0.9, True, sampled=1.5),
        Checked(0.9, True, sampled=float("nan")),
    ],
)
def test_what_is_no_number_is_refused(letter: Checked) -> None:
    with pytest.raises(Invalid):
        keep_promise([*letters((0.9, 300, 0)), letter], allowed=0.02)


@pytest.mark.parametrize(("allowed", "sureness"), [(-0.1, 0.95), (1.1, 0.95), (float("nan"), 0.95), (0.02, 1.0)])
def test_shares_outside_their_range_are_refused(allowed: float, sureness: float) -> None:
    with pytest.raises(Invalid):
        keep_promise(letters((0.9, 300, 0)), allowed=allowed, sureness=sureness)


def test_each_stratum_has_its_own_threshold() -> None:
    easy = letters((0.9, 300, 0), (0.6, 300, 2), stratum="jd")
    hard = letters((0.9, 300, 0), (0.6, 200, 100), stratum="gaj")
    small = letters((0.9, 50, 0), (0.6, 20, 30), stratum="wjw")
    promises = keep_promises(easy + hard + small, allowed=0.02)
    assert {name: promise.threshold for name, promise in promises.items()} == {
        EVERYTHING: 0.9,
        "gaj": 0.9,
        "jd": 0.6,
        "wjw": 0.9,
    }
    assert promises["wjw"] is promises[EVERYTHING]
    assert promises["wjw"].letters == 650, "the small stratum alone could not be promised anything: all letters"


def test_small_strata_are_pooled_among_themselves_if_they_are_enough() -> None:
    """A promise about all letters would say nothing of the small strata, where more goes wrong."""
    large = letters((0.9, 9_000, 0), stratum="jd")
    small = [row for n in range(10) for row in letters((0.9, 45, 5), stratum=f"d{n}")]
    promises = keep_promises(large + small, allowed=0.02)
    assert promises["jd"].threshold == 0.9
    assert promises["d3"].threshold is None
    assert keep_promises([], allowed=0.02)[EVERYTHING].threshold is None


def test_fifty_thousand_letters_take_well_under_a_second() -> None:
    random = np.random.default_rng(4)
    confidences, chances = calibrated(random, 50_000)
    rows = zip(confidences.tolist(), (random.random(50_000) >= chances).tolist(), strict=True)
    checked = [Checked(*row) for row in rows]
    audited = [Checked(c.confidence, c.right, sampled=0.5 if c.confidence > 0.9 else 1.0) for c in checked]
    started = process_time()
    keep_promise(checked, allowed=0.02)
    counted = process_time()
    keep_promise(audited, allowed=0.02)
    assert counted - started < 0.5
    assert process_time() - counted < 2.0
