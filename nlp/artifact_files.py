"""An artifact's files: plain arrays and a card with their hash. What is not ours, or not whole, is refused.

Nothing is ever unpickled. The same arrays and card give the same bytes.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from models.errors import Invalid, Unavailable

CARD, WEIGHTS = "card.json", "weights.npz"
Arrays = dict[str, NDArray[Any]]


def write(folder: Path, arrays: Arrays, card: Mapping[str, Any], *, compressed: bool = False) -> None:
    """Both files, each whole or not at all. Raises `Unavailable` where that is not allowed.

    A large artifact is not compressed: that saves a third of the space and costs each start a third of a second.
    """
    save = np.savez_compressed if compressed else np.savez
    try:
        folder.mkdir(parents=True, exist_ok=True)
        weights_path, card_path = (folder / f"{name}.{os.getpid()}" for name in (WEIGHTS, CARD))
        with weights_path.open("wb") as file:
            save(file, allow_pickle=False, **arrays)
        whole = {**card, "files": {WEIGHTS: file_hash(weights_path)}}
        card_path.touch(mode=0o600)  # it may quote letters: for its owner alone
        card_path.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        weights_path.replace(folder / WEIGHTS)
        card_path.replace(folder / CARD)
    except OSError as error:
        raise Unavailable(f"无法写入 {folder}：{error.strerror}。") from error


def read_card(folder: Path, *, kind: str, called: str, versions: Iterable[tuple[str, Any, str]]) -> dict[str, Any]:
    """The card of an artifact of this `kind`; `versions` are (key, what the program needs, what people call it).

    Raises `Invalid` for what is no such artifact, or was written by another version of the program.
    """
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except OSError as error:
        raise Invalid(f"{folder} 里没有模型卡片 {CARD}，不是本程序训练的模型。") from error
    except ValueError as error:
        raise Invalid(f"{folder / CARD} 已损坏，不予加载。") from error
    if not isinstance(card, dict) or card.get("format") != kind:
        raise Invalid(f"{folder} 不是本程序训练的{called}。")
    for key, current, name in versions:
        if card.get(key) != current:
            raise Invalid(f"模型的{name}版本是 {card.get(key)}，本程序需要 {current}，请用原数据重新训练。")
    return card


@contextmanager
def reading(folder: Path, card: Mapping[str, Any]) -> Iterator[Arrays]:
    """The arrays that the card knows by their hash. Raises `Invalid` where they are others, and for whatever goes wrong
    while something is made of them."""
    path = folder / WEIGHTS
    try:
        if file_hash(path) != card["files"][WEIGHTS]:
            raise Invalid(f"{path} 与模型卡片记录的校验值不符，文件已损坏或被替换，不予加载。")
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        yield arrays
    except OSError as error:
        raise Invalid(f"无法读取 {path}：{error.strerror or '文件不完整'}。") from error
    except (KeyError, TypeError, ValueError, AttributeError, BadZipFile) as error:
        raise Invalid(f"{folder} 的模型内容不完整或自相矛盾，不予加载。") from error


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
