"""How large a burst is and since when: the beginning that the counts speak for most, and an interval for the size."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincc

from nlp.trends.baseline import Baseline, Floats

# 95 % between them.
_LOWER, _UPPER = 0.025, 0.975


@dataclass(frozen=True, slots=True)
class Size:
    """From step `first` on `count` were seen where `expected` were; between `low` and `high` are too many (or, below
    zero, too few) with 95 %."""

    first: int
    count: int
    expected: float
    low: float
    high: float


def measure(
    voices: Floats, baseline: Baseline, series: int, now: int, window: int, steps: int, *, upward: bool
) -> Size:
    """Of the burst that the last `window` steps up to `now` show in the counts of one series.

    An upward burst began where the likelihood ratio of a raised rate is largest (Kulldorff 1997, the scan statistic of
    time), within the longest window; silence is told by the window itself.
    """
    reach = baseline.expected.shape[1] - steps
    end = now + 1 - (baseline.today * steps - reach)
    longest = min(max(baseline.spread), now + 1) if upward else window
    usual = np.cumsum(baseline.expected[series, end - longest : end][::-1])
    seen = np.cumsum(voices[now + 1 - longest : now + 1][::-1])
    length = window
    if upward:
        ratio = np.where(seen > usual, seen * np.log(np.maximum(seen, 1e-9) / usual) - (seen - usual), 0.0)
        # nothing begins in a step without a voice
        ratio[voices[now + 1 - longest : now + 1][::-1] <= 0] = 0.0
        if ratio.any():
            length = int(ratio.argmax()) + 1
    count, expected = float(seen[length - 1]), float(usual[length - 1])
    # the spread of the window next in length
    near = min(baseline.spread, key=lambda known: (abs(known - length), known))
    low, high = _usual_range(expected, float(baseline.spread[near][series] + baseline.level_spread[series]))
    return Size(now + 1 - length, round(count), expected, count - high, count - low)


def _usual_range(expected: float, spread: float) -> tuple[int, int]:
    """What comes without a burst with 95 %, by the negative binomial distribution."""
    shape = 1 / spread
    most = int(expected + 12 * np.sqrt(expected + spread * expected**2) + 20)
    below = betaincc(np.arange(most) + 1.0, shape, expected / (shape + expected))
    low, high = np.searchsorted(below, [_LOWER, _UPPER]).tolist()
    return low, high
