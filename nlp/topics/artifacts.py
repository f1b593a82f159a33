"""A trained classifier on disk, as arrays and a card (`nlp.artifact_files`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import Invalid
from nlp import artifact_files, cleaning
from nlp.artifact_files import Arrays
from nlp.topics import features
from nlp.topics.features import BITS, BLOCKS, WITH_CUES, Block
from nlp.topics.half_tables import HalfTables
from nlp.topics.heads import Linear
from nlp.topics.model import Level, TopicModel
from nlp.topics.nearest import Nearest
from nlp.topics.neighbours import NeighbourIndex
from nlp.topics.taxonomy_parts import TaxonomyParts

FORMAT = "wenzheng-topics"
FORMAT_VERSION = 3
_TOP = "top"
_TAXONOMY, _NEIGHBOURS, _NEAREST = "taxonomy/", "neighbours/", "nearest/"


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
    card = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "version": model.version,
        "features": features.VERSION,
        "cleaning": cleaning.VERSION,
        "segmenter": segmenter,
        "levels": levels,
        **about,
    }
    artifact_files.write(folder, arrays, card)


def load(folder: Path) -> Artifact:
    """Raises `Invalid` for what is no artifact, is damaged, or was written by another version of the program."""
    versions = (
        ("format_version", FORMAT_VERSION, "格式"),
        ("features", features.VERSION, "特征"),
        ("cleaning", cleaning.VERSION, "清洗"),
    )
    card = artifact_files.read_card(folder, kind=FORMAT, called="诉求类别模型", versions=versions)
    with artifact_files.reading(folder, card) as arrays:
        model = _rebuild(card, arrays)
        taxonomy, neighbours = _part(arrays, _TAXONOMY), _part(arrays, _NEIGHBOURS)
        return Artifact(
            model,
            card,
            TaxonomyParts.from_arrays(taxonomy, model.blocks) if taxonomy else None,
            NeighbourIndex.from_arrays(neighbours) if neighbours else None,
        )


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
    for name, table in weights.items():
        _require(table.shape == (sizes[name], len(codes)))
    return Level(codes, Linear(HalfTables(weights), bias), columns)


def _require(fits: bool) -> None:
    if not fits:
        raise ValueError("arrays do not fit")
