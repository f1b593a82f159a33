"""How far may a unit's rate lie from the overall rate by chance alone, given how many cases it has?

Funnel limits of Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24,
1185-1202, appendix A.1.1: exact binomial limits with interpolation between whole cases. The interpolation is done from
the nearer end at both sides, so that a rate lies outside exactly where the exact test of that tail says so. The limits
tell chance only: what makes the work of a unit harder is not in them. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scipy.special import bdtr

# One in twenty, and one in five hundred, of units that differ by chance alone lie outside.
INNER = 0.95
OUTER = 0.998
_POINTS = 48

Standing = Literal["inside", "above", "far_above", "below", "far_below"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a share of `n` cases reaches by chance: 95 % from `low` to `high`, 99.8 % from `lowest` to `highest`."""

    n: int
    lowest: float
    low: float
    high: float
    highest: float


def find_limits(overall: float, n: int) -> Limits:
    """The limits for a unit of `n` cases around the overall share 0..1. Raises `ValueError` without a case."""
    if n < 1 or not 0 <= overall <= 1:
        raise ValueError("limits need a share and at least one case")
    inner, outer = (1 - INNER) / 2, (1 - OUTER) / 2
    return Limits(
        n,
        lowest=_lower(overall, n, outer),
        low=_lower(overall, n, inner),
        high=1 - _lower(1 - overall, n, inner),
        highest=1 - _lower(1 - overall, n, outer),
    )


def draw_limits(overall: float, largest: int) -> list[Limits]:
    """The limits from one case to `largest`, closer together where the funnel is narrow in n."""
    sizes = {max(1, round(largest ** (step / _POINTS))) for step in range(_POINTS + 1)}
    return [find_limits(overall, n) for n in sorted(sizes)]


def find_standing(numerator: int, limits: Limits) -> Standing:
    """Where `numerator` of `limits.n` cases lie."""
    share = numerator / limits.n
    if share > limits.high:
        return "far_above" if share > limits.highest else "above"
    if share < limits.low:
        return "far_below" if share < limits.lowest else "below"
    return "inside"


def pool(counts: Sequence[tuple[int, int]]) -> float | None:
    """The overall share of (numerator, denominator) pairs; None without a case."""
    cases = sum(n for _, n in counts)
    return sum(k for k, _ in counts) / cases if cases else None


def _lower(share: float, n: int, tail: float) -> float:
    """The share below which `tail` of all samples of `n` lie, between whole cases by linear interpolation."""
    if share in (0, 1):
        return share
    below, reached = -1, n  # the chance of at most `below` is under `tail`, that of at most `reached` is not
    while reached - below > 1:
        middle = (below + reached) // 2
        if bdtr(middle, n, share) < tail:
            below = middle
        else:
            reached = middle
    above = float(bdtr(reached, n, share))
    under = float(bdtr(below, n, share)) if below >= 0 else 0.0
    return max(0.0, (reached - (above - tail) / (above - under)) / n)
