"""The forecast of two weeks: how often its interval holds, that it sees nothing of the future, holidays, seasons."""

import numpy as np
import pytest
from scipy.stats import poisson

from api.benchmarks.made_days import MadeDays, made_days
from nlp.trends.forecast import HORIZON, LEAST_DAYS, Settings, _interval, back_test, forecast, predict


@pytest.fixture(scope="module")
def made() -> MadeDays:
    return made_days(7, series=60, days=420, most=15.0)


def test_the_interval_holds_what_it_promises_on_days_that_chose_nothing(made: MadeDays) -> None:
    end = made.counts.shape[1] - HORIZON
    found, test, _ = forecast(made.counts[:, :end], made.kinds, made.started)
    assert test is not None
    assert 0.74 <= test.coverage <= 0.93
    assert 0.75 <= test.coverage_day <= 0.88
    came = made.counts[:, end:].sum(axis=1)
    inside = (came >= found.total_low) & (came <= found.total_high)
    assert 0.7 <= inside[found.known].mean() <= 0.98


def test_it_is_better_than_the_weeks_before_again(made: MadeDays) -> None:
    _, test = back_test(made.counts, made.kinds, made.started)
    assert test is not None and test.mase < 0.9


def test_nothing_of_the_future_is_looked_at(made: MadeDays) -> None:
    origin = 300
    before = predict(made.counts, made.kinds, made.started, origin, Settings(0.004, 1.0))
    changed = made.counts.copy()
    changed[:, origin:] = 1000
    after = predict(changed, made.kinds, made.started, origin, Settings(0.004, 1.0))
    np.testing.assert_array_equal(before.mean, after.mean)
    np.testing.assert_array_equal(before.total_high, after.total_high)


def test_settings_are_chosen_before_the_days_they_are_measured_on(made: MadeDays) -> None:
    settings, test = back_test(made.counts, made.kinds, made.started)
    assert test is not None
    changed = made.counts.copy()
    changed[:, test.origins[0] :] *= 3
    again, other = back_test(changed, made.kinds, made.started)
    assert again == settings
    assert other is not None and other.coverage < test.coverage


def test_a_holiday_is_expected_to_be_quiet() -> None:
    # the last day of history is the eve of a week of holidays
    made = made_days(3, series=40, days=394, stray=0.1, drift=0.0, season=0.0, least=5.0)
    assert (made.kinds[394:401] == 7).all() and made.kinds[393] != 7
    quiet = predict(made.counts, made.kinds, made.started, 394, Settings())
    kinds = made.kinds.copy()
    kinds[394:401] = np.arange(7)
    usual = predict(made.counts, kinds, made.started, 394, Settings())
    assert quiet.mean[:, :7].sum() < 0.8 * usual.mean[:, :7].sum()
    np.testing.assert_allclose(quiet.mean[:, 7:], usual.mean[:, 7:])


def test_a_season_of_last_year_is_listed() -> None:
    made = made_days(5, series=30, days=500, season=0.0, drift=0.0, least=3.0)
    counts = made.counts.copy()
    counts[4, 500 - 364 : 500 - 364 + HORIZON] *= 3
    found = predict(counts, made.kinds, made.started, 500, Settings())
    assert found.seasonal[4] and found.season[4] > 1.5
    assert predict(counts, made.kinds, made.started, 500, Settings(season=1.0)).rising[4]


def test_too_little_history_gives_no_forecast(made: MadeDays) -> None:
    short = made.counts[:, : LEAST_DAYS - 1]
    found, test, _ = forecast(short, made.kinds, made.started)
    assert test is None and not found.known.any() and np.isnan(found.total).all()
    counts = made.counts.copy()
    counts[0] = 0
    assert not forecast(counts, made.kinds, made.started)[0].known[0]
    young = made.started.copy()
    young[1] = counts.shape[1] - LEAST_DAYS + 1
    assert not predict(counts, made.kinds, young, counts.shape[1], Settings()).known[1]


def test_an_interval_is_that_of_counts_around_the_mean() -> None:
    """By hand: without spread Poisson, of 12 from 8 to 17; with Var = m + c·m² wider, as counts that are drawn so."""
    mean = np.array([12.0])
    low, high = _interval(mean, np.array([0.0]))
    assert (low[0], high[0]) == tuple(poisson.ppf([0.1, 0.9], 12.0)) == (8, 17)
    low, high = _interval(mean, np.array([0.25]))
    random = np.random.default_rng(3)
    drawn = random.poisson(12.0 * random.gamma(4.0, 0.25, 200_000))
    assert (low[0], high[0]) == tuple(np.quantile(drawn, [0.1, 0.9]))
