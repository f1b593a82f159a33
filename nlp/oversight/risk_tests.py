"""How likely is it to see so few errors among the surest letters, if in truth more than the allowed share were wrong?

Both answers are valid for any number of letters, not only for many; one is exact, the other knows weights.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, logsumexp

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Numbers: TypeAlias = NDArray[np.int64]
# (wrong, weights, ends, allowed), letters surest first → for each end the p-value of the letters before it.
Evidence: TypeAlias = Callable[[Flags, Floats, Numbers, float], Floats]
# Bets: each is the best one where the true error rate is this part of the allowed.
_TRUE_PARTS = np.arange(0.0, 1.0, 0.1)


def chance_by_counting(wrong: Flags, weights: Floats, ends: Numbers, allowed: float) -> Floats:
    """Clopper and Pearson 1934: binomial, exact where all weights are equal."""
    errors = np.cumsum(wrong)[ends - 1]
    chances: Floats = bdtr(errors.astype(np.float64), ends, allowed)
    return chances


def chance_by_betting(wrong: Flags, weights: Floats, ends: Numbers, allowed: float) -> Floats:
    """A gambler stakes on each letter against "more than `allowed` are wrong", as much as its weight asks for; if the
    claim is true he multiplies his stake by 1 / p with a probability of p at most (Markov; Waudby-Smith and Ramdas
    2023). Several gamblers with fixed bets share the stake, so the order of the letters does not matter.

    `weights` are 1 / the probability of having been looked at, which makes an audit sample stand for all (Horvitz and
    Thompson 1952).
    """
    if not 0 < allowed < 1 or not len(wrong):
        return np.ones(len(ends))
    gains = (weights / weights.max()) * (wrong - allowed)
    purses = np.empty((len(_TRUE_PARTS), len(ends)))
    for number, part in enumerate(_TRUE_PARTS):
        bet = (1 - part) / (1 - allowed)
        purses[number] = np.cumsum(np.log(np.maximum(1 - bet * gains, 1e-300)))[ends - 1]
    together = logsumexp(purses, axis=0) - np.log(len(_TRUE_PARTS))
    proved: Floats = np.exp(-np.maximum(together, 0.0))
    return proved
