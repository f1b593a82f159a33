"""A fine-tuned encoder on disk: an ONNX graph, a tokenizer and a card. What is not ours, or not whole, is refused.

Nothing is unpickled and no torch file is read.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import Invalid
from nlp import cleaning
from nlp.encoders import text as encoder_text
from nlp.encoders.files import CARD, find_card, replacing, write_card
from nlp.encoders.learnt import unpack
from nlp.encoders.model import Encoder, EncoderModel
from nlp.encoders.text import Reader
from nlp.encoders.vocabulary import TOKENIZER, parse_tokenizer

FORMAT = "wenzheng-encoder"
# 2: texts are filled up and go through the graph together; what it learnt from is told
FORMAT_VERSION = 2
GRAPH, LEARNT = "model.onnx", "learnt.bin"
FILES = (CARD, GRAPH, TOKENIZER, LEARNT)
# No encoder reads further, and what one letter takes grows with the square.
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class EncoderArtifact:
    """`card` is what the training wrote about itself, `learnt` the letters it learnt from (`nlp.encoders.learnt`)."""

    model: EncoderModel
    card: Mapping[str, Any]
    learnt: NDArray[np.uint64]

    @property
    def threshold(self) -> float | None:
        """The confidence above which letters held out promise at most 2 % errors; None: they promise nothing."""
        value: float | None = self.card["threshold"]
        return value

    def check_segmenter(self, version: str) -> None:
        """An encoder cuts letters itself: any dictionary will do."""


def save(folder: Path, graph: bytes, tokenizer: str, learnt: bytes, about: Mapping[str, Any]) -> None:
    """Write the artifact, whole or not at all; `about` joins the card and has what `load` needs: version, codes,
    parents, temperature, length, segment_types, threshold. Raises `Unavailable` where that is not allowed."""
    files = {GRAPH: graph, TOKENIZER: tokenizer.encode(), LEARNT: learnt}
    card = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "cleaning": cleaning.VERSION,
        "reading": encoder_text.VERSION,
        **about,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    with replacing(folder) as fresh:
        for name, content in files.items():
            (fresh / name).write_bytes(content)
        write_card(fresh, card)


def load(folder: Path) -> EncoderArtifact:
    """Raises `Invalid` for what is no such artifact, is damaged, or was written by another version of the program, and
    `Unavailable` where onnxruntime is not installed."""
    card = _read_card(folder)
    graph, tokenizer, learnt = (_read(folder, name, card) for name in (GRAPH, TOKENIZER, LEARNT))
    try:
        return EncoderArtifact(_rebuild(folder, card, graph, tokenizer), card, unpack(learnt))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid(f"{folder} 的模型内容不完整或自相矛盾，不予加载。") from error


def _read_card(folder: Path) -> dict[str, Any]:
    card = find_card(folder)
    if card.get("format") != FORMAT:
        raise Invalid(f"{folder} 里没有可读的模型卡片 {CARD}，或者不是本程序微调的编码器。")
    for key, current, name in (
        ("format_version", FORMAT_VERSION, "格式"),
        ("reading", encoder_text.VERSION, "读法"),
        ("cleaning", cleaning.VERSION, "清洗"),
    ):
        if card.get(key) != current:
            raise Invalid(f"模型的{name}版本是 {card.get(key)}，本程序需要 {current}，请用原数据重新训练。")
    return card


def _read(folder: Path, name: str, card: Mapping[str, Any]) -> bytes:
    """The very bytes that were checked."""
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise Invalid(f"无法读取 {folder / name}：{error.strerror or '文件不完整'}。") from error
    files = card.get("files")
    if not isinstance(files, dict) or files.get(name) != hashlib.sha256(content).hexdigest():
        raise Invalid(f"{folder / name} 与模型卡片记录的校验值不符，文件已损坏或被替换，不予加载。")
    return content


def _rebuild(folder: Path, card: Mapping[str, Any], graph: bytes, tokenizer: bytes) -> EncoderModel:
    """Raises `ValueError` where the parts do not fit each other."""
    codes, parents = tuple(map(str, card["codes"])), dict(card["parents"])
    length, segment_types, temperature = card["length"], card["segment_types"], float(card["temperature"])
    _require(len(codes) > 1 and len(set(codes)) == len(codes) and parents.keys() == set(codes))
    _require(all(isinstance(parent, str) and parent for parent in parents.values()))
    _require(isfinite(temperature) and temperature > 0)
    _require(all(isinstance(number, int) and 0 < number <= _LONGEST for number in (length, segment_types)))
    threshold = card["threshold"]
    _require(threshold is None or (isinstance(threshold, float) and 0 <= threshold <= 1))
    reader = Reader.of(parse_tokenizer(tokenizer.decode(), folder / TOKENIZER), length, segment_types)
    model = EncoderModel(str(card["version"]), Encoder(graph, length), reader, codes, parents, temperature)
    # the shortest text and one that fills all the room
    shares = model.probabilities([reader.join([], []), reader.join([], [0] * (length - reader.framing))])
    _require(shares.shape == (2, len(codes)) and bool(np.all(np.isfinite(shares))))
    return model


def _require(fits: bool) -> None:
    if not fits:
        raise ValueError("parts do not fit")
