"""How unusual is a week beside earlier weeks, when weeks differ by themselves more than chance alone would have it?

Every test measures the weeks' own unrest in the earlier ones and pays for knowing only so many of them.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, ndtri, stdtr  # scipy.stats is a second of loading, for every command

Floats: TypeAlias = NDArray[np.float64]
_LEAST_EXPECTED = 5.0


def share_test(shares: Sequence[float], sizes: Sequence[int], share: float, size: int) -> tuple[float, float]:
    """Two proportions on Anscombe's scale (1948), with overdispersion: the deviation in standard errors and its p,
    two-sided, by Student's t with as many degrees as there are earlier weeks, less one."""
    earlier = np.array([_stabilised(x, n) for x, n in zip(shares, sizes, strict=True)])
    return mean_test(earlier, sizes, _stabilised(share, size), size, least_spread=0.5)


def mean_test(
    means: Sequence[float] | Floats, sizes: Sequence[int], mean: float, size: int, *, least_spread: float = 0.0
) -> tuple[float, float]:
    """The same for a mean, of which earlier weeks alone say how far it strays; never less than `least_spread`, a
    standard deviation per letter. Prediction of one more week: Student's t."""
    weights, values = np.array(sizes, dtype=np.float64), np.array(means, dtype=np.float64)
    middle = float(np.average(values, weights=weights))
    spread = float(np.sqrt((weights * (values - middle) ** 2).sum() / (len(values) - 1)))
    error = max(spread, least_spread) * np.sqrt(1 / size + 1 / weights.sum())
    if error == 0:
        return (0.0, 1.0) if mean == middle else (float(np.sign(mean - middle)) * np.inf, 0.0)
    deviation = float((mean - middle) / error)
    return deviation, float(2 * stdtr(len(values) - 1, -abs(deviation)))


def mix_test(earlier: Sequence[Mapping[str, int]], week: Mapping[str, int]) -> tuple[float, float]:
    """The population stability index of the topics, and the p of a G-test against the sum of the earlier weeks,
    divided by those weeks' own unrest (F-test). Topics of which fewer than five are expected are one."""
    total = {code: sum(mix.get(code, 0) for mix in earlier) for code in {*week, *(c for mix in earlier for c in mix)}}
    size, whole = sum(week.values()), sum(total.values())
    if not size or not whole:
        return 0.0, 1.0
    large = sorted(code for code, count in total.items() if count * size / whole >= _LEAST_EXPECTED)
    table = np.array([[*(mix.get(code, 0) for code in large), 0] for mix in (*earlier, week)], dtype=np.float64)
    table[:, -1] = [sum(mix.values()) for mix in (*earlier, week)] - table[:, :-1].sum(axis=1)
    table = table[:, table.sum(axis=0) > 0]
    classes = table.shape[1]
    if classes < 2:
        return 0.0, 1.0
    pooled, last = table[:-1].sum(axis=0), table[-1]
    expected, observed = (pooled + 0.5) / (pooled.sum() + classes / 2), (last + 0.5) / (last.sum() + classes / 2)
    index = float(((observed - expected) * np.log(observed / expected)).sum())
    degrees = classes - 1
    own_degrees = (len(earlier) - 1) * degrees
    unrest = max(1.0, _heterogeneity(table[:-1]) / own_degrees)
    value = _heterogeneity(np.stack([pooled, last])) / degrees / unrest
    return index, float(fdtrc(degrees, own_degrees, value))


def cusum_down(means: Sequence[float], sizes: Sequence[int], known: int, slack: float) -> float:
    """How far the means have fallen by now, after the first `known` of them: a self-starting CUSUM (Hawkins 1987).

    Each week is judged by all weeks before it, which makes its score exactly normal however few they are; the sum goes
    up by each score's fall beyond `slack` and never below 0.
    """
    weights, values = np.array(sizes, dtype=np.float64), np.array(means, dtype=np.float64)
    values = values - values[0]  # so that the squares below lose no digits
    before, numbers = slice(known - 1, len(values) - 1), np.arange(known, len(values))
    sums, products, squares = (np.cumsum(weights * values**power)[before] for power in (0, 1, 2))
    middle = products / sums
    spread = np.sqrt(np.maximum(squares - sums * middle**2, 0.0) / (numbers - 1))
    errors = np.maximum(spread * np.sqrt(1 / weights[known:] + 1 / sums), 1e-12)
    scores = -ndtri(stdtr(numbers - 1, (middle - values[known:]) / errors))
    total = 0.0
    for score in np.clip(scores, -4.0, 4.0).tolist():
        total = max(0.0, total - score - slack)
    return total


def _stabilised(share: float, size: int) -> float:
    """Anscombe 1948: a share of `size` letters has a standard deviation of ½ / √size here, whatever it is."""
    return float(np.arcsin(np.sqrt((share * size + 3 / 8) / (size + 3 / 4))))


def _heterogeneity(table: Floats) -> float:
    """The G statistic of rows × columns."""
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    filled = table > 0
    return float(2 * (table[filled] * np.log(table[filled] / expected[filled])).sum())
