"""The learnt alarms on disk: plain arrays and a card, by the rules of `nlp.topics.artifacts`; no pickle."""

import json
import os
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from models.errors import Invalid, Unavailable
from nlp.topics.artifacts import CARD, WEIGHTS, file_hash
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
    try:
        folder.mkdir(parents=True, exist_ok=True)
        weights_path, card_path = (folder / f"{name}.{os.getpid()}" for name in (WEIGHTS, CARD))
        with weights_path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
        card = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "detectors": list(model.detectors),
            "data_hash": data_hash,
            "files": {WEIGHTS: file_hash(weights_path)},
        }
        card_path.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        weights_path.replace(folder / WEIGHTS)
        card_path.replace(folder / CARD)
    except OSError as error:
        raise Unavailable(f"无法写入 {folder}：{error.strerror}。") from error


def load(folder: Path) -> AlarmModel:
    """Raises `Invalid` for what is no artifact, is damaged, or was written by another version of the program."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        if card["format"] != FORMAT or card["format_version"] != FORMAT_VERSION:
            raise Invalid(f"{folder} 不是本程序的警情模型，或版本不同。")
        if file_hash(folder / WEIGHTS) != card["files"][WEIGHTS]:
            raise Invalid(f"{folder / WEIGHTS} 与模型卡片记录的校验值不符，文件已损坏或被替换，不予加载。")
        with np.load(folder / WEIGHTS, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        detectors = tuple(map(str, card["detectors"]))
        if not set(detectors) <= lanes().keys() or len(arrays["by_mark"]) != len(groups()) + len(patterns()):
            raise ValueError("other detectors")
        any_alarm = arrays["loud"], arrays["alarm"].astype(np.float32)
        by_detector = arrays["telling"], arrays["weights"].astype(np.float32)
        return AlarmModel.of(detectors, any_alarm, by_detector, arrays["by_mark"], arrays["biases"])
    except OSError as error:
        raise Invalid(f"无法读取 {folder}：{error.strerror or '文件不完整'}。") from error
    except (KeyError, TypeError, ValueError, AttributeError, BadZipFile) as error:
        raise Invalid(f"{folder} 的模型内容不完整或自相矛盾，不予加载。") from error
