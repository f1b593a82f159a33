"""Which words belong more to one period than to the other, and how surely?

Log-odds ratio with informative Dirichlet prior: Monroe, Colaresi and Quinn (2008), Fightin' Words, Political Analysis
16, 372-403, equations 15, 19 and 22. The prior is what both periods say together, worth as much as `PRIOR` mentions:
it keeps rare words from looking decisive. The z-score tells how sure the difference is. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log, sqrt

# Mentions that the prior is worth; small beside the thousands of a period, large beside one word.
PRIOR = 500.0


@dataclass(frozen=True, slots=True)
class WordCounts:
    """In how many mentions each period has the word."""

    word: str
    now: int
    before: int


@dataclass(frozen=True, slots=True)
class Contrast:
    """`log_odds` above 0: more of the period now; `z` is it in standard errors, beyond ±1.96 in 5 of 100 words that
    do not differ."""

    word: str
    now: int
    before: int
    log_odds: float
    z: float


def contrast(
    counts: Iterable[WordCounts], total_now: int, total_before: int, *, prior: float = PRIOR
) -> list[Contrast]:
    """Every word with its contrast, the surest of the period now first. `total_now`, `total_before`: the mentions of
    all words, also of those not given. Empty where one period has none: there is nothing to compare."""
    if not total_now or not total_before:
        return []
    found = []
    for one in counts:
        if not one.now + one.before:
            continue
        expected = prior * (one.now + one.before) / (total_now + total_before)
        now, before = one.now + expected, one.before + expected
        rest_now, rest_before = total_now + prior - now, total_before + prior - before
        if rest_now <= 0 or rest_before <= 0:
            continue  # the only word there is: nothing to set it against
        difference = log(now / rest_now) - log(before / rest_before)
        found.append(Contrast(one.word, one.now, one.before, difference, difference / sqrt(1 / now + 1 / before)))
    return sorted(found, key=lambda c: (-c.z, c.word))
