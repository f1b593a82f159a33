"""The learnt alarms on disk: plain arrays and a card, by the rules of `nlp.artifact_files`."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import artifact_files
from nlp.urgency.company import groups, patterns
from nlp.urgency.lanes import lanes
from nlp.urgency.model import AlarmModel

FORMAT, FORMAT_VERSION = "wenzheng-alarms", 1


def save(folder: Path, model: AlarmModel, data_hash: str) -> None:
    """Write the artifact: what is known, in half precision. Raises `Unavailable` where that is not allowed."""
    loud, telling = np.flatnonzero(model.alarm), np.flatnonzero(model.places)
    arrays: dict[str, NDArray[Any]] = {
        "loud": loud.astype(np.uint32),
        "alarm": model.alarm[loud].astype(np.float16),
        "telling": telling.astype(np.uint32),
        "weights": model.weights[model.places[telling]].astype(np.float16),
        "by_mark": np.concatenate([model.mark_alarm[:, None], model.mark_weights], axis=1),
        "biases": np.concatenate([[model.alarm_bias], model.biases]).astype(np.float32),
    }
    card = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "detectors": list(model.detectors),
        "data_hash": data_hash,
    }
    artifact_files.write(folder, arrays, card, compressed=True)


def load(folder: Path) -> AlarmModel:
    """Raises `Invalid` for what is no artifact, is damaged, or was written by another version of the program."""
    versions = (("format_version", FORMAT_VERSION, "格式"),)
    card = artifact_files.read_card(folder, kind=FORMAT, called="警情模型", versions=versions)
    with artifact_files.reading(folder, card) as arrays:
        detectors = tuple(map(str, card["detectors"]))
        if not set(detectors) <= lanes().keys() or len(arrays["by_mark"]) != len(groups()) + len(patterns()):
            raise ValueError("other detectors")
        any_alarm = arrays["loud"], arrays["alarm"].astype(np.float32)
        by_detector = arrays["telling"], arrays["weights"].astype(np.float32)
        return AlarmModel.of(detectors, any_alarm, by_detector, arrays["by_mark"], arrays["biases"])
