"""A share with its uncertainty."""

from math import sqrt

# Below this many cases a rate is shown with its interval (DOMAIN 2.1, 9).
INTERVAL_BELOW = 400
_Z = 1.959964


def find_rate(numerator: int, denominator: int) -> float | None:
    """The share, 0..1; None where there is nothing to divide by: no due case is neither 0 % nor 100 % on time."""
    return numerator / denominator if denominator else None


def wilson_interval(numerator: int, denominator: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a share, within 0..1. Raises `ValueError` for an empty denominator."""
    if denominator <= 0:
        raise ValueError("an interval needs at least one case")
    share = numerator / denominator
    shrink = 1 + _Z**2 / denominator
    centre = (share + _Z**2 / (2 * denominator)) / shrink
    half = _Z / shrink * sqrt(share * (1 - share) / denominator + _Z**2 / (4 * denominator**2))
    # at the ends the formula gives 0 or 1 but for rounding
    low = 0.0 if numerator == 0 else max(0.0, centre - half)
    high = 1.0 if numerator == denominator else min(1.0, centre + half)
    return low, high
