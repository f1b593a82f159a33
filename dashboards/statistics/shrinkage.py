"""What is the rate of a unit with few cases likely to be, given those of its like?

Empirical Bayes for shares (beta-binomial): the rates of units of one kind are taken to spread as a beta distribution;
its mean and spread come from the units themselves by the method of moments of Kleinman (1973), Proportions with
extraneous variance, Journal of the American Statistical Association 68, 46-54, with the cases as weights. The estimate
of a unit is the mean of the beta distribution given its cases: its own rate drawn to the common one, the more so the
fewer cases it has. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import betaincinv

# Fewer units say too little of how units differ.
LEAST_UNITS = 3


@dataclass(frozen=True, slots=True)
class Prior:
    """How the rates of units of one kind spread: `mean` 0..1; `weight`: as many cases count as what is known before
    the first case is seen. None: the units differ no more than by chance, and no number of cases would tell."""

    mean: float
    weight: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """The likely rate 0..1 with its 95 % interval."""

    rate: float
    low: float
    high: float


def find_prior(counts: Sequence[tuple[int, int]]) -> Prior | None:
    """The prior of (numerator, denominator) pairs; None where fewer than `LEAST_UNITS` units have cases."""
    counts = [(k, n) for k, n in counts if n > 0]
    if len(counts) < LEAST_UNITS:
        return None
    cases = sum(n for _, n in counts)
    mean = sum(k for k, _ in counts) / cases
    if mean in (0, 1):
        return Prior(mean, None)
    spread = sum(n * (k / n - mean) ** 2 for k, n in counts)
    variance = mean * (1 - mean)
    chance = len(counts) - 1
    room = cases - sum(n * n for _, n in counts) / cases - chance
    # the correlation of two cases of one unit
    alike = (spread - variance * chance) / (variance * room) if room > 0 else 0.0
    if alike <= 0:
        return Prior(mean, None)
    return Prior(mean, (1 - min(alike, 1 - 1e-9)) / min(alike, 1 - 1e-9))


def shrink(numerator: int, denominator: int, prior: Prior) -> Estimate:
    """The estimate of a unit with `numerator` of `denominator` cases; without a case it is the prior's."""
    if prior.weight is None:
        return Estimate(prior.mean, prior.mean, prior.mean)
    hits = numerator + prior.mean * prior.weight
    misses = denominator - numerator + (1 - prior.mean) * prior.weight
    return Estimate(
        rate=hits / (hits + misses),
        low=float(betaincinv(hits, misses, 0.025)),
        high=float(betaincinv(hits, misses, 0.975)),
    )
