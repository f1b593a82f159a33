"""A learnt model of tone on disk: plain arrays and a card, by the rules of `nlp.topics.artifacts`; no pickle."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from models.errors import Invalid, Unavailable
from nlp import cleaning
from nlp.tone import grams, words
from nlp.tone.labels import VALUES, What
from nlp.tone.model import ToneModel
from nlp.topics.artifacts import CARD, WEIGHTS, file_hash

FORMAT, FORMAT_VERSION = "wenzheng-tone", 1
_VERSIONS = {
    "format_version": (FORMAT_VERSION, "格式"),
    "grams": (grams.VERSION, "特征"),
    "words": (words.VERSION, "词表"),
    "cleaning": (cleaning.VERSION, "清洗"),
}


@dataclass(frozen=True, slots=True)
class ToneArtifact:
    """The models by what they tell, and what the training wrote about itself."""

    models: Mapping[What, ToneModel]
    card: Mapping[str, Any]


def save(folder: Path, models: Mapping[What, ToneModel], about: Mapping[str, Any]) -> None:
    """Write the artifact; `about` joins the card. Raises `Unavailable` where that is not allowed."""
    arrays: dict[str, NDArray[Any]] = {}
    for what, model in models.items():
        arrays[f"{what}/slots"], arrays[f"{what}/weights"] = model.slots, model.weights[1:].astype(np.float16)
        arrays[f"{what}/sign_weights"], arrays[f"{what}/bias"] = model.sign_weights, model.bias
    try:
        folder.mkdir(parents=True, exist_ok=True)
        weights_path, card_path = (folder / f"{name}.{os.getpid()}" for name in (WEIGHTS, CARD))
        with weights_path.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        card = {
            "format": FORMAT,
            **{name: value for name, (value, _) in _VERSIONS.items()},
            "models": {what: {"version": m.version, "labels": list(m.labels)} for what, m in sorted(models.items())},
            **about,
            "files": {WEIGHTS: file_hash(weights_path)},
        }
        card_path.touch(mode=0o600)  # it quotes letters: for its owner alone
        card_path.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        weights_path.replace(folder / WEIGHTS)
        card_path.replace(folder / CARD)
    except OSError as error:
        raise Unavailable(f"无法写入 {folder}：{error.strerror}。") from error


def load(folder: Path) -> ToneArtifact:
    """Raises `Invalid` for what is no artifact, is damaged, or was written by another version of the program."""
    card = _read_card(folder)
    path = folder / WEIGHTS
    try:
        if file_hash(path) != card["files"][WEIGHTS]:
            raise Invalid(f"{path} 与模型卡片记录的校验值不符，文件已损坏或被替换，不予加载。")
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        return ToneArtifact({What(what): _model(What(what), m, arrays) for what, m in card["models"].items()}, card)
    except OSError as error:
        raise Invalid(f"无法读取 {path}：{error.strerror or '文件不完整'}。") from error
    except (KeyError, TypeError, ValueError, AttributeError, BadZipFile) as error:
        raise Invalid(f"{folder} 的模型内容不完整或自相矛盾，不予加载。") from error


def is_tone(folder: Path) -> bool:
    """Whether a card in `folder` says that a model of tone lies there."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(card, dict) and card.get("format") == FORMAT


def _model(what: What, about: Mapping[str, Any], arrays: Mapping[str, Any]) -> ToneModel:
    labels = tuple(map(str, about["labels"]))
    if not set(labels) <= {value.value for value in VALUES[what]}:
        raise ValueError("unknown labels")
    parts = (arrays[f"{what}/{name}"] for name in ("slots", "weights", "sign_weights", "bias"))
    slots, weights, sign_weights, bias = parts
    return ToneModel.of(str(about["version"]), labels, slots, weights.astype(np.float32), sign_weights, bias)


def _read_card(folder: Path) -> dict[str, Any]:
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except OSError as error:
        raise Invalid(f"{folder} 里没有模型卡片 {CARD}，不是本程序训练的模型。") from error
    except ValueError as error:
        raise Invalid(f"{folder / CARD} 已损坏，不予加载。") from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise Invalid(f"{folder} 不是本程序训练的情感模型。")
    for key, (current, name) in _VERSIONS.items():
        if card.get(key) != current:
            raise Invalid(f"模型的{name}版本是 {card.get(key)}，本程序需要 {current}，请用原数据重新训练。")
    return card
