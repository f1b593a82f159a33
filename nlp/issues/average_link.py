"""Into which groups does a handful of submissions fall, when the two most alike groups are joined till none are?"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nlp.similarity import Vector


def likenesses(vectors: Sequence[Vector]) -> NDArray[np.int64]:
    """All pairs, in millionths; whole numbers, so that sums do not depend on their order."""
    terms = np.concatenate([vector.terms for vector in vectors])
    rows = np.repeat(np.arange(len(vectors)), [len(vector.terms) for vector in vectors])
    different, columns = np.unique(terms, return_inverse=True)
    weights = np.concatenate([vector.weights for vector in vectors]).astype(np.float64)
    products = np.zeros((len(vectors), len(vectors)), dtype=np.int64)
    bounds = np.searchsorted(rows, np.arange(len(vectors) + 1)).tolist()
    # one by one: a product of matrices would start threads for a handful of rows
    for row, (start, end) in enumerate(pairwise(bounds)):
        dense = np.zeros(len(different))
        dense[columns[start:end]] = weights[start:end]
        products[row] = np.bincount(rows, weights * dense[columns], minlength=len(vectors))
    return products


def average_link(vectors: Sequence[Vector], least: float) -> list[list[int]]:
    """Positions that belong together, each group ascending, by their first; of one vector at least.

    Two groups are joined while the average cosine between their members is `least` or more; the first of equals first.
    Quadratic in memory.
    """
    sums = likenesses(vectors).astype(np.float64)
    groups: list[list[int] | None] = [[position] for position in range(len(vectors))]
    sizes = np.ones(len(vectors))
    np.fill_diagonal(sums, -np.inf)
    while True:
        average = sums / np.outer(sizes, sizes)
        one, other = divmod(int(average.argmax()), len(vectors))
        if average[one, other] < least * Vector.SQUARE:
            break
        one, other = sorted((one, other))
        first, second = groups[one], groups[other]
        assert first is not None and second is not None
        groups[one], groups[other] = sorted(first + second), None
        sums[one] += sums[other]
        sums[:, one] += sums[:, other]
        sums[one, one] = -np.inf
        sums[other], sums[:, other] = -np.inf, -np.inf
        sizes[one] += sizes[other]
    return sorted(group for group in groups if group is not None)
