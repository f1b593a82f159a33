"""Funnel, shrinkage, survival, log-odds, contributions: against statsmodels or numbers worked by hand."""

import random
from itertools import pairwise
from math import log, sqrt

import numpy as np
import pytest
from scipy.stats import beta, binom
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from dashboards.analysis.contributions import Change, decompose_rate, list_supported
from dashboards.statistics.funnel import draw_limits, find_limits, find_standing, pool
from dashboards.statistics.log_odds import WordCounts, contrast
from dashboards.statistics.shrinkage import Prior, find_prior, shrink
from dashboards.statistics.survival import DayCount, find_median, open_after, trace, watch


@pytest.mark.parametrize("overall", [0.02, 0.5, 0.87, 0.985])
@pytest.mark.parametrize("n", [1, 2, 22, 150, 2_000])
def test_outside_the_funnel_is_where_the_exact_interval_leaves_out_the_overall_rate(overall: float, n: int) -> None:
    limits = find_limits(overall, n)
    assert limits.lowest <= limits.low <= overall <= limits.high <= limits.highest
    for k in range(0, n + 1, max(1, n // 50)):
        standing = find_standing(k, limits)
        for alpha, outside in ((0.05, standing != "inside"), (0.002, standing.startswith("far"))):
            low, high = proportion_confint(k, n, alpha=alpha, method="beta")
            assert outside is not (low <= overall <= high), (k, alpha)


def test_a_limit_lies_between_the_two_numbers_of_cases_that_it_divides() -> None:
    limits = find_limits(0.9, 40)
    k = limits.low * 40
    assert binom.cdf(np.floor(k), 40, 0.9) <= 0.025 <= binom.cdf(np.ceil(k), 40, 0.9)
    share = k - np.floor(k)
    under, above = binom.cdf(np.floor(k), 40, 0.9), binom.cdf(np.ceil(k), 40, 0.9)
    assert under + share * (above - under) == pytest.approx(0.025)


def test_the_funnel_narrows_and_knows_its_ends() -> None:
    curve = draw_limits(0.9, 5_000)
    assert curve[0].n == 1 and curve[-1].n == 5_000
    assert curve[-1].high - curve[-1].low < 0.02 < curve[10].high - curve[10].low
    assert find_limits(0.0, 10).highest == 0 and find_limits(1.0, 10).lowest == 1
    with pytest.raises(ValueError, match="at least one case"):
        find_limits(0.5, 0)
    assert pool([(9, 10), (0, 0), (81, 90)]) == 0.9
    assert pool([(0, 0)]) is None


def test_the_prior_of_units_worked_by_hand() -> None:
    """Four units of 100: 80, 85, 90, 95. mean 0.875; spread 100·(0.075²+0.025²+0.025²+0.075²) = 1.25;
    variance 0.109375, chance 3, room 400 - 100 - 3 = 297; alike = (1.25 - 0.328125) / (0.109375·297) = 0.0283790."""
    prior = find_prior([(80, 100), (85, 100), (90, 100), (95, 100)])
    assert prior is not None and prior.weight is not None
    assert prior.mean == 0.875
    alike = 0.921875 / 32.484375
    assert prior.weight == pytest.approx((1 - alike) / alike)
    assert shrink(22, 22, prior).rate == pytest.approx((22 + 0.875 * prior.weight) / (22 + prior.weight))


def test_moments_find_the_spread_that_units_were_drawn_with() -> None:
    rng = np.random.default_rng(1)
    rates = rng.beta(18, 2, size=400)
    sizes = rng.integers(20, 400, size=400)
    prior = find_prior([(int(rng.binomial(n, p)), int(n)) for p, n in zip(rates, sizes, strict=True)])
    assert prior is not None and prior.weight is not None
    assert prior.mean == pytest.approx(0.9, abs=0.01)
    assert prior.weight == pytest.approx(20, rel=0.2)
    # and the estimate is nearer to the truth than the plain rate
    plain, drawn = 0.0, 0.0
    for p, n in zip(rates, sizes, strict=True):
        k = int(rng.binomial(n, p))
        plain += (k / n - p) ** 2
        drawn += (shrink(k, int(n), prior).rate - p) ** 2
    assert drawn < 0.9 * plain


def test_a_unit_with_22_cases_is_not_first() -> None:
    counts = [(22, 22), (1_960, 2_000), (900, 1_000), (450, 500), (1_400, 1_600)]
    prior = find_prior(counts)
    assert prior is not None
    estimates = [shrink(k, n, prior) for k, n in counts]
    assert max(range(5), key=lambda at: counts[at][0] / counts[at][1]) == 0
    assert max(range(5), key=lambda at: estimates[at].rate) == 1
    for estimate in estimates:
        assert estimate.low < estimate.rate < estimate.high
    assert estimates[0].high - estimates[0].low > estimates[1].high - estimates[1].low


def test_the_interval_is_that_of_the_beta_distribution() -> None:
    found = shrink(7, 10, Prior(0.6, 5))
    assert (found.low, found.high) == pytest.approx(beta.ppf([0.025, 0.975], 7 + 3, 3 + 2))


def test_units_that_differ_by_chance_alone_are_all_the_same() -> None:
    prior = find_prior([(90, 100), (89, 100), (91, 100)])
    assert prior == Prior(0.9, None)
    assert shrink(91, 100, prior).rate == 0.9
    assert find_prior([(3, 4), (2, 4), (0, 0)]) is None
    assert find_prior([(4, 4), (4, 4), (4, 4)]) == Prior(1, None)


def cases(seed: int, n: int, watched: int) -> tuple[list[int], list[int]]:
    """Days and whether finished (1) or last seen open (0)."""
    rng = random.Random(seed)
    days, done = [], []
    for _ in range(n):
        needs, seen = int(rng.expovariate(1 / 9)), rng.randint(0, watched)
        days.append(min(needs, seen))
        done.append(int(needs <= seen))
    return days, done


@pytest.mark.parametrize(("seed", "n", "watched"), [(1, 30, 10), (2, 400, 60), (3, 2_000, 25), (4, 7, 90)])
def test_the_curve_is_that_of_statsmodels(seed: int, n: int, watched: int) -> None:
    days, done = cases(seed, n, watched)
    with np.errstate(all="ignore"):
        reference = SurvfuncRight(days, done)
    counts = [DayCount(day, one, 1 - one) for day, one in zip(days, done, strict=True)]
    steps = trace(watch(counts))
    assert [s.days for s in steps] == [
        int(t) for t, d in zip(reference.surv_times, reference.n_events, strict=True) if d
    ]
    kept = [at for at, d in enumerate(reference.n_events) if d]
    assert [s.open for s in steps] == pytest.approx([reference.surv_prob[at] for at in kept])
    assert [s.at_risk for s in steps] == [int(reference.n_risk[at]) for at in kept]
    for step, at in zip(steps, kept, strict=True):
        if step.low is None or step.high is None:
            assert step.open == 0
            continue
        s, error = reference.surv_prob[at], reference.surv_prob_se[at]
        half = 1.959963984540054 * error / (s * log(s))
        # log(-log S) ± z·se/(S log S)
        bounds = sorted(np.exp(-np.exp(np.log(-np.log(s)) + sign * half)) for sign in (1, -1))
        assert (step.low, step.high) == pytest.approx(bounds)
    median = find_median(steps)
    expected = reference.quantile(0.5)
    assert (median.days is None) == bool(np.isnan(expected))
    if median.days is not None:
        assert median.days == expected
    with np.errstate(all="ignore"):  # at a share of 1 or 0
        low, high = reference.quantile_ci(0.5, alpha=0.05, method="cloglog")
    for found, wanted in ((median.low, low), (median.high, high)):
        assert found is None or found == wanted
    seen = watch(counts)
    assert [seen.count_at_risk(day) for day in (0, 5, 10)] == [sum(day >= d for day in days) for d in (0, 5, 10)]


def test_the_curve_by_hand() -> None:
    """Five cases: done after 1, 3, 3 days, open since 2 and 5. S(1) = 4/5; at day 3 three are left: S(3) = 4/5·1/3."""
    steps = trace(watch([DayCount(3, 2, 0), DayCount(1, 1, 0), DayCount(2, 0, 1), DayCount(5, 0, 1)]))
    assert [(s.days, s.at_risk, s.completed) for s in steps] == [(1, 5, 1), (3, 3, 2)]
    assert [s.open for s in steps] == pytest.approx([0.8, 0.8 / 3])
    assert find_median(steps).days == 3
    assert [open_after(steps, day) for day in (0, 1, 2, 9)] == pytest.approx([1, 0.8, 0.8, 0.8 / 3])
    assert trace(watch([])) == [] and find_median([]).days is None
    assert trace(watch([DayCount(4, 2, 0)]))[0].open == 0
    with pytest.raises(ValueError, match="before it came"):
        watch([DayCount(-1, 1, 0)])


def test_log_odds_by_hand() -> None:
    """30 of 100 mentions now, 10 of 100 before; prior 20: α = 20·40/200 = 4; y+α 34 and 14, the rest 86 and 106."""
    [found] = contrast([WordCounts("停水", 30, 10)], 100, 100, prior=20)
    assert found.log_odds == pytest.approx(log(34 / 86) - log(14 / 106))
    assert found.z == pytest.approx(found.log_odds / sqrt(1 / 34 + 1 / 14))


def test_a_rare_word_is_less_sure_than_a_frequent_one_and_the_sides_mirror() -> None:
    words = [
        WordCounts("停水", 300, 100),
        WordCounts("锅炉", 3, 1),
        WordCounts("路灯", 200, 200),
        WordCounts("无", 0, 0),
    ]
    found = contrast(words, 5_000, 5_000)
    assert [c.word for c in found] == ["停水", "锅炉", "路灯"]
    assert found[0].z > 3 * found[1].z > 0 and found[2].z == pytest.approx(0)
    mirrored = contrast([WordCounts(w.word, w.before, w.now) for w in words], 5_000, 5_000)
    assert {c.word: c.z for c in mirrored} == pytest.approx({c.word: -c.z for c in found})
    assert contrast(words, 5_000, 0) == []


def test_chance_is_no_news() -> None:
    now, before = {"a": 120, "b": 30, "c": 8, "e": 10}, {"a": 60, "b": 34, "d": 5, "e": 95}
    assert list_supported(now, before) == [Change("e", 10, 95), Change("a", 120, 60)]
    assert Change("a", 120, 60).z == pytest.approx(60 / sqrt(180))
    # one of five by chance: 2.58 standard errors; two numbers far apart are no news where they are few
    assert list_supported({**now, "a": 94, "e": 95}, before) == [Change("a", 94, 60)]
    assert list_supported({**now, "a": 91, "e": 95}, before) == []
    assert list_supported({"few": 9}, {}) == [] == list_supported({}, {})


def test_a_change_of_a_rate_by_hand() -> None:
    """Shares 0.5/0.5 before, 0.75/0.25 now; rates 0.8 and 0.4 before, 0.9 and 0.4 now. 0.6 → 0.775.
    within: a (0.625)(0.1) = 0.0625, b 0; mix: a 0.85·0.25, b 0.4·(-0.25): 0.1125. Together 0.175."""
    before = {"a": (40, 50), "b": (20, 50)}
    now = {"a": (135, 150), "b": (20, 50)}
    found = decompose_rate(now, before)
    assert found is not None
    assert (found.before, found.now) == pytest.approx((0.6, 0.775))
    assert (found.within, found.mix) == pytest.approx((0.0625, 0.1125))
    assert found.effects[0].key == "a"


def test_the_parts_of_a_rate_are_its_change_also_where_groups_come_and_go() -> None:
    rng = random.Random(5)
    for _ in range(50):
        periods = []
        for _ in range(2):
            sizes = {key: rng.choice([0, 1, 20, 300]) for key in "abcdef"}
            periods.append({key: (rng.randint(0, n), n) for key, n in sizes.items() if n})
        found = decompose_rate(*periods)
        if found is None:
            continue
        assert found.within + found.mix == pytest.approx(found.now - found.before)
        assert sum(e.within + e.mix for e in found.effects) == pytest.approx(found.now - found.before)
        ordered = [abs(e.within + e.mix) for e in found.effects]
        assert all(a >= b for a, b in pairwise(ordered))
    assert decompose_rate({"a": (0, 0)}, {"a": (1, 2)}) is None
