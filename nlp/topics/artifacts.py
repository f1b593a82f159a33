"""A trained classifier on disk: one file of plain arrays and a card. What is not ours, or not whole, is refused.

Nothing is ever unpickled. The same model and card give the same bytes.
"""

import hashlib
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
from nlp.topics import features
from nlp.topics.features import BITS, BLOCKS, WITH_CUES, Block
from nlp.topics.heads import Linear
from nlp.topics.model import Level, TopicModel
from nlp.topics.nearest import Nearest
from nlp.topics.neighbours import NeighbourIndex
from nlp.topics.taxonomy_parts import TaxonomyParts

FORMAT = "wenzheng-topics"
FORMAT_VERSION = 3
CARD, WEIGHTS = "card.json", "weights.npz"
_TOP = "top"
_TAXONOMY, _NEIGHBOURS, _NEAREST = "taxonomy/", "neighbours/", "nearest/"
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Artifact:
    """`card` is what the training wrote about itself: data, figures, versions, date. A classifier of the whole taxonomy
    has `taxonomy`, one that can name letters like a given one has `neighbours`."""

    model: TopicModel
    card: Mapping[str, Any]
    taxonomy: TaxonomyParts | None = None
    neighbours: NeighbourIndex | None = None

    @property
    def threshold(self) -> float | None:
        """The confidence above which the training promises at most 2 % errors; None: it promises nothing."""
        value: float | None = self.card["threshold"]
        return value

    def check_segmenter(self, version: str) -> None:
        """Raises `Invalid` where words would be cut by another dictionary than in training. The engine may differ."""
        trained = str(self.card["segmenter"])
        if trained.split("+")[-1] != version.split("+")[-1]:
            raise Invalid(f"模型训练时的词典（{trained}）与现在的（{version}）不同，请重新训练。")


def save(
    folder: Path,
    model: TopicModel,
    *,
    segmenter: str,
    about: Mapping[str, Any],
    taxonomy: TaxonomyParts | None = None,
    neighbours: NeighbourIndex | None = None,
) -> None:
    """Write the artifact into `folder`; `about` joins the card. Raises `Unavailable` where that is not allowed."""
    arrays: Arrays = {}
    if taxonomy is not None:
        arrays |= {f"{_TAXONOMY}{name}": array for name, array in taxonomy.arrays().items()}
    if neighbours is not None:
        arrays |= {f"{_NEIGHBOURS}{name}": array for name, array in neighbours.arrays().items()}
    for name, block in model.blocks.items():
        arrays[f"slots/{name}"] = block.slots
        arrays[f"idf/{name}"] = block.idf
    if model.nearest is not None:
        arrays |= {f"{_NEAREST}{name}": array for name, array in model.nearest.arrays().items()}
    levels = {}
    for number, (key, level) in enumerate([(None, model.top), *sorted(model.below.items())]):
        label = _TOP if key is None else f"below{number}"
        levels[label] = {"parent": key, "codes": list(level.codes)}
        arrays[f"{label}/bias"] = level.linear.bias
        for name, weights in level.linear.weights.items():
            arrays[f"{label}/weights/{name}"] = weights.astype(np.float16)
        for name, columns in (level.columns or {}).items():
            arrays[f"{label}/columns/{name}"] = columns
    try:
        folder.mkdir(parents=True, exist_ok=True)
        weights_path = folder / f"{WEIGHTS}.{os.getpid()}"
        with weights_path.open("wb") as file:
            # not compressed: that saves a third of the space and costs each start a third of a second
            np.savez(file, allow_pickle=False, **arrays)
        card = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "version": model.version,
            "features": features.VERSION,
            "cleaning": cleaning.VERSION,
            "segmenter": segmenter,
            "levels": levels,
            **about,
            "files": {WEIGHTS: file_hash(weights_path)},
        }
        card_path = folder / f"{CARD}.{os.getpid()}"
        # it quotes titles of letters: for its owner alone
        card_path.touch(mode=0o600)
        card_path.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        weights_path.replace(folder / WEIGHTS)
        card_path.replace(folder / CARD)
    except OSError as error:
        raise Unavailable(f"无法写入 {folder}：{error.strerror}。") from error


def load(folder: Path) -> Artifact:
    """Raises `Invalid` for what is no artifact, is damaged, or was written by another version of the program."""
    card = _read_card(folder)
    path = folder / WEIGHTS
    try:
        if file_hash(path) != card["files"][WEIGHTS]:
            raise Invalid(f"{path} 与模型卡片记录的校验值不符，文件已损坏或被替换，不予加载。")
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        model = _rebuild(card, arrays)
        taxonomy, neighbours = _part(arrays, _TAXONOMY), _part(arrays, _NEIGHBOURS)
        return Artifact(
            model,
            card,
            TaxonomyParts.from_arrays(taxonomy, model.blocks) if taxonomy else None,
            NeighbourIndex.from_arrays(neighbours) if neighbours else None,
        )
    except OSError as error:
        raise Invalid(f"无法读取 {path}：{error.strerror or '文件不完整'}。") from error
    except (KeyError, TypeError, ValueError, AttributeError, BadZipFile) as error:
        raise Invalid(f"{folder} 的模型内容不完整或自相矛盾，不予加载。") from error


def _read_card(folder: Path) -> dict[str, Any]:
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except OSError as error:
        raise Invalid(f"{folder} 里没有模型卡片 {CARD}，不是本程序训练的模型。") from error
    except ValueError as error:
        raise Invalid(f"{folder / CARD} 已损坏，不予加载。") from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise Invalid(f"{folder} 不是本程序训练的诉求类别模型。")
    for key, current, name in (
        ("format_version", FORMAT_VERSION, "格式"),
        ("features", features.VERSION, "特征"),
        ("cleaning", cleaning.VERSION, "清洗"),
    ):
        if card.get(key) != current:
            raise Invalid(f"模型的{name}版本是 {card.get(key)}，本程序需要 {current}，请用原数据重新训练。")
    return card


def _part(arrays: Arrays, prefix: str) -> Arrays:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _rebuild(card: Mapping[str, Any], arrays: Arrays) -> TopicModel:
    """Raises `ValueError` where the arrays do not fit each other or the card."""
    names = WITH_CUES if f"slots/{WITH_CUES[-1]}" in arrays else BLOCKS
    blocks = {name: _block(arrays[f"slots/{name}"], arrays[f"idf/{name}"]) for name in names}
    sizes = {name: len(block.slots) for name, block in blocks.items()}
    levels = {
        about["parent"]: _level(label, tuple(map(str, about["codes"])), arrays, sizes)
        for label, about in card["levels"].items()
    }
    top = levels.pop(None)
    _require(levels.keys() <= set(top.codes))
    near = _part(arrays, _NEAREST)
    nearest = Nearest.from_arrays(near, sizes["words"], len(top.codes)) if near else None
    model = TopicModel(str(card["version"]), blocks, top, levels, nearest)
    _require(len(set(model.codes)) == len(model.codes))
    return model


def _block(slots: NDArray[Any], idf: NDArray[Any]) -> Block:
    _require(slots.dtype == np.int32 and idf.dtype == np.float32 and slots.ndim == 1 and slots.shape == idf.shape)
    _require(bool(np.all(np.diff(slots) > 0)) and (not len(slots) or (slots[0] >= 0 and slots[-1] < 1 << BITS)))
    _require(bool(np.all(np.isfinite(idf))))
    return Block.of(slots, idf)


def _level(label: str, codes: tuple[str, ...], arrays: Arrays, sizes: Mapping[str, int]) -> Level:
    bias = arrays[f"{label}/bias"]
    _require(bias.shape == (len(codes),) and len(codes) > 0 and bool(np.all(np.isfinite(bias))))
    columns = None
    if label != _TOP:
        columns = {name: arrays[f"{label}/columns/{name}"] for name in sizes}
        for name, kept in columns.items():
            _require(kept.dtype == np.int32 and kept.ndim == 1 and bool(np.all(np.diff(kept) > 0)))
            _require(not len(kept) or bool(kept[0] >= 0 and kept[-1] < sizes[name]))
            sizes = {**sizes, name: len(kept)}
    weights = {name: arrays[key] for name in sizes if (key := f"{label}/weights/{name}") in arrays}
    _require(len(weights) == (len(sizes) if len(codes) > 1 else 0))
    weights = {name: _widened(table) for name, table in weights.items()}
    for name, table in weights.items():
        _require(table.shape == (sizes[name], len(codes)) and bool(np.all(np.isfinite(table))))
    return Level(codes, Linear(weights, bias), columns)


def _widened(table: NDArray[Any]) -> NDArray[np.float32]:
    """Half precision as it is computed with. Looked up number by number: converting takes eight times as long, a fifth
    of a second for the shipped classifier."""
    _require(table.dtype == np.float16)
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)
    return every[table.view(np.uint16)]


def _require(fits: bool) -> None:
    if not fits:
        raise ValueError("arrays do not fit")


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
