"""A second opinion on the first-level topic, from cue words alone: where two readers differ, nobody is sure.

The corpus avoids the catalogue's words on purpose, so what it teaches trusts them less than real letters deserve.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.department import Topic
from nlp.topics.cue_evidence import CueEvidence
from nlp.topics.cue_table import CueTable
from nlp.topics.features import Matrix
from nlp.topics.heads import Scores

# As in `nlp.topics.cue_classifier.Weighting`: evidence to odds; long letters collect cues of every topic; it may be
# something else.
_TEMPERATURE, _LENGTH_SCALE, _UNKNOWN = 0.4, 6.0, 1.0
# What the second reader counts beside the first, and what it leaves to every topic. These two numbers were chosen with
# real letters in view (docs/quality.md says what they change).
_SAY, _FLOOR = 0.25, 0.02


class SecondReader:
    """Knows the first-level topics above `classes`; a class without one is never spoken against."""

    def __init__(self, evidence: CueEvidence, topics: Sequence[Topic], classes: Sequence[str]) -> None:
        above = {topic.code: topic.parent_code for topic in topics}
        parents = sorted({str(above[code]) for code in classes if above.get(code)})
        self._table = CueTable(evidence, topics, parents).kinds[0]
        self._places = np.array([parents.index(str(above[c])) if above.get(c) else -1 for c in classes], dtype=np.int64)

    def shares(self, said: Matrix) -> Scores:
        """Documents × first-level topics: together below 1, for there is always something else."""
        evidence = (said @ self._table).astype(np.float64)
        scale = _TEMPERATURE * (1 + evidence.sum(axis=1, keepdims=True) / _LENGTH_SCALE)
        odds = np.exp(evidence / scale)
        found: Scores = odds / (odds.sum(axis=1, keepdims=True) + np.exp(_UNKNOWN / scale))
        return found

    def join(self, shares: Scores, second: Scores) -> Scores:
        """The first reader's `shares` of the classes with a say of the second; rows still add up to 1."""
        weights = (second + _FLOOR) ** _SAY
        joint = shares * np.where(self._places >= 0, weights[:, self._places], 1.0)
        found: Scores = joint / joint.sum(axis=1, keepdims=True)
        return found

    def agreement(self, best: NDArray[np.int64], second: Scores) -> NDArray[np.float64]:
        """1 where the second reader has no better idea than the topic above class `best`; less, the surer it is of
        another one."""
        places = self._places[best]
        own = np.where(places >= 0, second[np.arange(len(best)), places], second.max(axis=1))
        found: NDArray[np.float64] = 1 - (second.max(axis=1) - own)
        return found
