"""Which detectors a batch of texts sounds like, and where: the best window of each text for each detector.

First one number per character says where any alarm may be; only there the detectors are asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.urgency import windows
from nlp.urgency.learning import AlarmModel

# Windows below this are no alarm for any detector.
_MAYBE = -0.75


@dataclass(frozen=True, slots=True)
class Reading:
    """The score of a detector in its best window of a text, `start`:`end`."""

    score: float
    start: int
    end: int


def read(
    texts: Sequence[str], marks: Sequence[Sequence[tuple[int, int]]], model: AlarmModel
) -> list[dict[str, Reading]]:
    """For each text the detectors that some window of it may call, with their best windows, and under "" any alarm.

    `marks` say for each text where (first character) a word of which group (its number) stands.
    """
    found: list[dict[str, Reading]] = [{} for _ in texts]
    layout = windows.lay_out(texts)
    slots = windows.slots(layout.codes)
    per_character = windows.weigh(slots, model.alarm, len(layout.codes))
    counts = list(map(len, marks))
    flat = np.array([pair for found_in in marks for pair in found_in], dtype=np.int64).reshape(-1, 2)
    places, groups = flat[:, 0] + np.repeat(layout.offsets, counts), flat[:, 1]
    clause_of = np.searchsorted(layout.starts, places, side="right") - 1
    sums = np.add.reduceat(per_character, layout.starts)
    sums += np.bincount(clause_of, model.group_alarm[groups], minlength=len(sums)).astype(np.float32)
    bounds = np.append(layout.starts, len(layout.codes))
    behind = np.concatenate(([0.0], np.cumsum(sums, dtype=np.float64)))
    first, stop, rows = windows.spans_of(layout)
    lengths = bounds[stop] - bounds[first]
    alarm = windows.damped((behind[stop] - behind[first]).astype(np.float32), lengths) + model.alarm_bias
    maybe = np.flatnonzero((alarm > _MAYBE) & (lengths > 4))
    if not len(maybe):
        return found
    first, stop, rows, lengths, alarms = first[maybe], stop[maybe], rows[maybe], lengths[maybe], alarm[maybe]
    clauses = np.zeros(len(layout.starts) + 1, dtype=np.int64)  # which clauses stand in any such window
    np.add.at(clauses, first, 1)
    np.add.at(clauses, stop, -1)
    wanted = np.flatnonzero(np.cumsum(clauses[:-1]) > 0)
    numbers = np.zeros(len(layout.starts) + 1, dtype=np.int64)
    numbers[wanted + 1] = 1
    numbers = np.cumsum(numbers)
    starts, sizes = layout.starts[wanted], bounds[wanted + 1] - layout.starts[wanted]
    edges = np.cumsum(sizes) - sizes
    at = np.repeat(starts - edges, sizes) + np.arange(int(sizes.sum()))
    total = model.weights[model.places[slots[0][at]]]
    for runs in slots[1:]:
        total += model.weights[model.places[runs[np.minimum(at, len(runs) - 1)]]]
    per_clause = np.add.reduceat(total, edges, axis=0)
    named = numbers[clause_of + 1] > numbers[clause_of]
    np.add.at(per_clause, numbers[clause_of[named]], model.group_weights[groups[named]])
    before = np.concatenate([np.zeros((1, per_clause.shape[1])), np.cumsum(per_clause, axis=0, dtype=np.float64)])
    # all clauses of a window are wanted, so they stand together among the wanted ones
    scores = windows.damped((before[numbers[stop]] - before[numbers[first]]).astype(np.float32), lengths)
    scores += model.biases
    offsets = layout.offsets
    order = np.argsort(rows, kind="stable")
    groups = np.flatnonzero(np.diff(rows[order], prepend=-1))
    for start, end in zip(groups, [*groups[1:], len(order)], strict=True):
        members = order[start:end]
        best = scores[members].argmax(axis=0)
        row = int(rows[members[0]])
        loudest = members[alarms[members].argmax()]
        found[row][""] = Reading(float(alarms[loudest]), int(bounds[first[loudest]] - offsets[row]), int(bounds[stop[loudest]] - offsets[row]))
        for number, detector in enumerate(model.detectors):
            window = members[best[number]]
            score = float(scores[window, number])
            if score > _MAYBE:
                begin = int(bounds[first[window]] - offsets[row])
                found[row][detector] = Reading(score, begin, int(bounds[stop[window]] - offsets[row]))
    return found
