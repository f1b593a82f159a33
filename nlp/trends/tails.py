"""How often chance alone brings a surprise as large as this: learnt from what these very series did on usual days.

A negative binomial distribution says too little about the far end of real counts (days that stray, changing levels),
and that is where false alarms are decided. So the largest surprise of each series and day is kept, and the exceedances
over a high level are fitted with an exponential tail: peaks over threshold (Pickands 1975; for streams Siffer and
others 2017, "Anomaly detection in streams with extreme value theory"), drawn towards what simulated series show.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.trends.baseline import Floats

# The share of days, largest first, that the tail is fitted to.
_TAIL = 0.02


@dataclass(frozen=True, slots=True)
class Tail:
    """Of a series' days, `share` have a surprise above `start`; beyond it the share falls by e each 1/`slope`."""

    start: float
    share: float
    slope: float

    def a_day(self, surprise: Floats) -> Floats:
        """The share of usual days of one series that reach such a surprise; 1 at most."""
        shares: Floats = np.minimum(1.0, self.share * np.exp(-self.slope * (surprise - self.start)))
        return shares


@dataclass(frozen=True, slots=True)
class Tails:
    """Sudden much and sudden silence have tails of their own."""

    up: Tail
    down: Tail


# Before anything is learnt: about what series with busy and quiet days, clumped hours and trends show
# (api/benchmarks/made_series.py, the seeds for choosing).
HOURLY = Tails(up=Tail(7.5, 0.025, 0.62), down=Tail(4.5, 0.02, 1.1))
DAILY = Tails(up=Tail(5.5, 0.02, 0.62), down=Tail(4.5, 0.02, 1.1))
# How many days of a series the first guess is worth.
_GUESS_DAYS = 2000.0


def fit_tails(largest: Sequence[Floats], guess: Tails) -> Tails:
    """`largest`: for each day, of each series that had no alarm, the largest surprise up and down (series × 2)."""
    if not largest:
        return guess
    seen = np.concatenate(largest)
    return Tails(up=_fit(seen[:, 0], guess.up), down=_fit(seen[:, 1], guess.down))


def _fit(seen: Floats, guess: Tail) -> Tail:
    if not len(seen):
        return guess
    # where much exceeds the first guess's level, further out is where the tail begins
    start = max(guess.start, float(np.quantile(seen, 1 - _TAIL)))
    guessed = _GUESS_DAYS * float(guess.a_day(np.array(start)))
    above = seen[seen > start] - start
    return Tail(
        start=start,
        share=(len(above) + guessed) / (len(seen) + _GUESS_DAYS),
        slope=(len(above) + guessed) / (float(above.sum()) + guessed / guess.slope),
    )
