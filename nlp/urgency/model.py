"""What has been learnt about alarms: one linear score for "any alarm" and one for each detector."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.urgency import windows
from nlp.urgency.windows import Codes, Floats


@dataclass(frozen=True, slots=True)
class AlarmModel:
    """`alarm` gives each hash its weight for "any alarm", `places` its row in `weights` (0: unknown, all zero), whose
    columns are the `detectors`; `mark_alarm` and `mark_weights` are the same for the groups of words and the patterns
    of `nlp.urgency.company`, one after the other. A score near 1 is as sure as the lessons, near -1 as calm."""

    detectors: tuple[str, ...]
    alarm: Floats
    places: NDArray[np.uint32]
    weights: Floats
    mark_alarm: Floats
    mark_weights: Floats
    alarm_bias: float
    biases: Floats

    @classmethod
    def of(
        cls,
        detectors: tuple[str, ...],
        any_alarm: tuple[Codes, Floats],
        by_detector: tuple[Codes, Floats],
        by_mark: Floats,
        biases: Floats,
    ) -> "AlarmModel":
        """`any_alarm` and `by_detector` are the hashes, ascending, and what each says; of `by_mark` and `biases` the
        first column is of any alarm. Raises `ValueError` for what does not fit together."""
        shapes = (len(by_detector[0]), len(detectors)), (len(detectors) + 1,)
        if (by_detector[1].shape, biases.shape) != shapes or by_mark.shape[1:] != shapes[1] or len(by_mark) < 1:
            raise ValueError("other shapes")
        alarm, places = np.zeros(1 << windows.BITS, np.float32), np.zeros(1 << windows.BITS, np.uint32)
        try:
            alarm[any_alarm[0]] = any_alarm[1]
            places[by_detector[0]] = np.arange(1, len(by_detector[0]) + 1)
        except IndexError as error:
            raise ValueError("no such hash") from error
        return cls(
            detectors=detectors,
            alarm=alarm,
            places=places,
            weights=np.concatenate([np.zeros((1, len(detectors))), by_detector[1]]).astype(np.float32),
            mark_alarm=np.ascontiguousarray(by_mark[:, 0], dtype=np.float32),
            mark_weights=np.ascontiguousarray(by_mark[:, 1:], dtype=np.float32),
            alarm_bias=float(biases[0]),
            biases=biases[1:].astype(np.float32),
        )
