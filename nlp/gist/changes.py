"""Where a text passes from one topic to another: the place from which on two topics say so much more than one does.

Array operations over many texts; what is said of one does not depend on the others.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nlp.ngrams import Numbers

Logs: TypeAlias = NDArray[np.float64]
# Only so many topics of a text are looked at; a clause that speaks against a topic speaks so loudly at most.
_TOPICS, _FLOOR = 12, 0.03
# So rounded, sums are the same in whatever order they are added up.
_EXACT = 2.0**12


@dataclass(frozen=True, slots=True)
class Changes:
    """For each stretch of clauses the clause `places` with which another topic begins, the topics `before` and `after`,
    and by how much these two explain it better than the best single one, in units of what so many clauses do by chance
    (`gains`; below 0 where there is nothing to cut)."""

    gains: Logs
    fits: Logs
    places: Numbers
    before: Numbers
    after: Numbers


@dataclass(frozen=True, slots=True)
class TopicLogs:
    """Clauses × the likeliest topics of their text: log-probabilities, and which topics (texts × topics)."""

    logs: Logs
    topics: Numbers
    rows: Numbers


def topic_logs(scores: NDArray[np.float32], bounds: Numbers) -> TopicLogs:
    """`scores` are the log-odds of clauses × topics, `bounds` where the clauses of each text begin, and the end; no
    text is empty."""
    most, edges = min(_TOPICS, scores.shape[1]), bounds.tolist()
    loudest = np.empty((len(edges) - 1, scores.shape[1]), dtype=np.float32)
    for row, (first, last) in enumerate(pairwise(edges)):  # quicker than np.maximum.reduceat
        scores[first:last].max(axis=0, out=loudest[row])
    topics = np.sort(np.argpartition(loudest, -most, axis=1)[:, -most:], axis=1)
    rows = np.arange(len(edges) - 1).repeat(np.diff(bounds))
    kept = scores.ravel().take(topics[rows] + (np.arange(len(rows)) * scores.shape[1])[:, None])
    kept -= kept.max(axis=1, keepdims=True)
    odds = np.exp(kept)
    shares = odds / odds.sum(axis=1, keepdims=True)
    logs = np.log(np.float32(1 - _FLOOR) * shares + np.float32(_FLOOR / scores.shape[1]))
    return TopicLogs(np.round(logs.astype(np.float64) * _EXACT) / _EXACT, topics, rows)


def find_changes(said: TopicLogs, firsts: Numbers, lasts: Numbers, signs: Logs) -> Changes:
    """For each stretch `firsts`:`lasts` of the clauses, ascending, at least one clause long. `signs` say of each clause
    how much speaks for a beginning there, in the same units."""
    sizes = lasts - firsts
    begins = sizes.cumsum() - sizes
    group = np.arange(len(firsts)).repeat(sizes)
    clauses = np.arange(int(sizes.sum())) - (begins - firsts).repeat(sizes)
    logs = said.logs[clauses]
    before = logs.cumsum(axis=0)
    before -= (before[begins] - logs[begins])[group]
    total = before[begins + sizes - 1]
    after = total[group] - before
    gains = (before.max(axis=1) + after.max(axis=1) - total.max(axis=1)[group]) / np.sqrt(sizes + 1)[group]
    gains[:-1] += signs[clauses[1:]]
    gains[begins + sizes - 1] = -1.0
    # of equal places the first
    order = np.lexsort((np.arange(len(gains)), -gains, group))
    best = order[begins]
    topics = said.topics[said.rows[firsts]]
    sides = before[best].max(axis=1), after[best].max(axis=1)
    left = np.arange(len(clauses))[best] - begins + 1
    fits = np.exp(np.minimum(sides[0] / left, sides[1] / np.maximum(sizes - left, 1)))
    chosen = [np.take_along_axis(topics, part[best].argmax(axis=1)[:, None], axis=1)[:, 0] for part in (before, after)]
    return Changes(gains[best], fits, clauses[best] + 1, chosen[0], chosen[1])
