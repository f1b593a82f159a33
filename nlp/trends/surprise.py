"""How little chance alone explains the counts of the last 1, 3, 6, 12 and 24 hours: minus the logarithm of p."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincc

from nlp.trends.baseline import Baseline, Floats

_NEVER = 1e-300


@dataclass(frozen=True, slots=True)
class Scanned:
    """`voices` are what is tested, `letters` what was written (they differ where one person wrote many); series × step.
    `persons_known`: voices are persons. `started[series]`: the step of its first row."""

    letters: Floats
    voices: Floats
    persons_known: bool
    started: NDArray[np.int64]


def scan(
    scanned: Scanned, baseline: Baseline, begin: int, end: int, *,
    steps: int, windows: tuple[int, ...], least_letters: int, least_persons: int,
) -> Floats:  # fmt: skip
    """Series × (windows upward, windows downward) × steps from `begin` to `end`, all on the baseline's day.

    The counts of each window that ends with the step are set against a negative binomial distribution around what is
    expected; 0 where it is near, where there are too few letters or persons, or the series is younger than the window.
    Silence is told by windows of a day or more only: a quiet hour is nothing.
    """
    reach = baseline.expected.shape[1] - steps
    origin = baseline.today * steps - reach
    base = max(origin, 0)
    voices = _running(scanned.voices[:, base:end])
    letters = _running(scanned.letters[:, base:end]) if scanned.persons_known else voices
    expected = _running(baseline.expected)
    surprise = np.zeros((len(scanned.voices), 2 * len(windows), end - begin))
    for number, window in enumerate(windows):
        last = np.arange(begin + 1, end + 1)
        first = last - window
        valid = first >= base
        if not valid.any():
            continue
        last, first = last[valid], first[valid]
        places = np.flatnonzero(valid)
        seen = voices[:, last - base] - voices[:, first - base]
        written = letters[:, last - base] - letters[:, first - base]
        usual = expected[:, last - origin] - expected[:, first - origin]
        shape = 1 / (baseline.spread[window] + baseline.level_spread)
        # one standard deviation off is nothing yet, and most windows are not asked further
        off = (seen - usual) ** 2 > usual * (1 + usual / shape[:, None])
        off &= scanned.started[:, None] <= first[None, :]
        enough = off & (seen > usual) & (written >= least_letters)
        if scanned.persons_known:
            enough &= seen >= least_persons
        row, place = np.nonzero(enough)
        chance = betainc(seen[row, place], shape[row], usual[row, place] / (shape[row] + usual[row, place]))
        surprise[row, number, places[place]] = -np.log(np.maximum(chance, _NEVER))
        if window < steps:
            continue
        row, place = np.nonzero(off & (seen < usual))
        chance = betaincc(seen[row, place] + 1, shape[row], usual[row, place] / (shape[row] + usual[row, place]))
        surprise[row, len(windows) + number, places[place]] = -np.log(np.maximum(chance, _NEVER))
    return surprise


def _running(values: Floats) -> Floats:
    """Sums from the first step to before each, so that a window is a difference."""
    sums = np.zeros((len(values), values.shape[1] + 1))
    np.cumsum(values, axis=1, out=sums[:, 1:])
    return sums
