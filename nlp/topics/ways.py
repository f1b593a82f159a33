"""Which ways to go does a letter have? Array operations over a whole batch."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.ngrams import Numbers
from nlp.topics.heads import Scores

_WORTH_SHOWING = 0.01


@dataclass(frozen=True, slots=True)
class Choices:
    """By document, the likeliest first: the document, the class that stands for the way, the probability of the way,
    and that of the class `alone`."""

    rows: Numbers
    classes: Numbers
    confidences: Scores
    alone: Scores


def likeliest(shares: Scores, ways: Numbers, known: NDArray[np.bool_], asked: Numbers, most: int) -> Choices:
    """For each document of `asked` (ascending) up to `most` ways, each with the likeliest class among its own.

    `shares` are documents × classes, `ways` the way of each class; classes that are not `known` are never named. Each
    document is decided on its own: neighbours make no difference, not even in a bit.
    """
    shares, width = shares[asked], len(ways)
    named, order = np.flatnonzero(known), np.arange(len(asked))
    if not len(named):
        return Choices(asked[:0], asked[:0], np.empty(0), np.empty(0))
    cells = order[:, None] * width + ways[named]
    together = np.bincount(cells.ravel(), shares[:, named].ravel(), minlength=len(asked) * width)
    together = together.reshape(len(asked), width)
    together[:, np.bincount(ways[named], minlength=width) == 0] = -1.0
    found: list[tuple[Numbers, Numbers, Scores, Scores]] = []
    for rank in range(most):
        best = together.argmax(axis=1)
        sure = together[order, best]
        together[order, best] = -1.0
        kept = np.flatnonzero(sure >= (_WORTH_SHOWING if rank else 0.0))
        inside = known & (ways == best[kept, None])
        classes = np.where(inside, shares[kept], -1.0).argmax(axis=1)
        found.append((kept, classes, sure[kept], shares[kept, classes]))
    rows, classes, confidences, alone = (np.concatenate(parts) for parts in zip(*found, strict=True))
    by_row = np.argsort(rows, kind="stable")
    return Choices(asked[rows[by_row]], classes[by_row], confidences[by_row], alone[by_row])
