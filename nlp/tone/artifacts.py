"""A learnt model of tone on disk: plain arrays and a card, by the rules of `nlp.artifact_files`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp import artifact_files, cleaning
from nlp.artifact_files import CARD
from nlp.tone import grams, words
from nlp.tone.labels import VALUES, What
from nlp.tone.model import ToneModel

FORMAT, FORMAT_VERSION = "wenzheng-tone", 1
_VERSIONS = (
    ("format_version", FORMAT_VERSION, "格式"),
    ("grams", grams.VERSION, "特征"),
    ("words", words.VERSION, "词表"),
    ("cleaning", cleaning.VERSION, "清洗"),
)


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
    card = {
        "format": FORMAT,
        **{name: value for name, value, _ in _VERSIONS},
        "models": {what: {"version": m.version, "labels": list(m.labels)} for what, m in sorted(models.items())},
        **about,
    }
    artifact_files.write(folder, arrays, card)


def load(folder: Path) -> ToneArtifact:
    """Raises `Invalid` for what is no artifact, is damaged, or was written by another version of the program."""
    card = artifact_files.read_card(folder, kind=FORMAT, called="情感模型", versions=_VERSIONS)
    with artifact_files.reading(folder, card) as arrays:
        return ToneArtifact({What(what): _model(What(what), m, arrays) for what, m in card["models"].items()}, card)


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
