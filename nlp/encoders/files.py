"""How a folder appears whole or not at all, and which folders may be replaced."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from models.errors import Invalid, Unavailable

CARD = "card.json"


def check_output(folder: Path, *formats: str) -> None:
    """Raises `Invalid` where `folder` holds anything but an earlier result of one of the `formats`, before hours of
    work are spent on it."""
    if folder.is_dir() and any(folder.iterdir()) and find_card(folder).get("format") not in formats:
        raise Invalid(f"{folder} 不是空文件夹，也不是此前的结果；请换一个文件夹。")
    if folder.exists() and not folder.is_dir():
        raise Invalid(f"{folder} 是文件，不是文件夹。")


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A new folder to fill, which takes the place of `folder` when all went well; otherwise nothing has changed.

    Raises `Unavailable` where that is not allowed.
    """
    folder = folder.resolve()
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}")
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh.mkdir()
        yield fresh
        for path in fresh.iterdir():
            _to_disk(path)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
        _to_disk(folder.parent)
    except OSError as error:
        raise Unavailable(f"无法写入 {folder}：{error.strerror or error}。") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        if not folder.exists() and old.exists():
            old.rename(folder)
        shutil.rmtree(old, ignore_errors=True)


def find_card(folder: Path) -> dict[str, Any]:
    """The card in `folder`; empty where there is none that can be read."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return card if isinstance(card, dict) else {}


def write_card(folder: Path, card: dict[str, Any]) -> None:
    (folder / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
