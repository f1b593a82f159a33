"""A file of results takes its name when it is whole; what somebody else wrote under that name stays."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from models.errors import Invalid, Unavailable

_HEAD = 400


def check_replaceable(path: Path, is_ours: Callable[[str], bool]) -> None:
    """Raises `Invalid` where something stands at `path` that is no earlier result: `is_ours` tells by its beginning."""
    if path.is_dir():
        raise Invalid(f"{path} 是文件夹，请给出文件名。")
    if not path.is_file():
        return
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD).decode("utf-8-sig", "replace")
    except OSError as error:
        raise Invalid(f"无法读取已有的 {path}：{error.strerror}。") from error
    if head and not is_ours(head):
        raise Invalid(f"{path} 已存在，且不是本命令写出的结果，没有覆盖；请换一个文件名，或先移走它。")


@contextmanager
def whole_file(path: Path, encoding: str = "utf-8") -> Iterator[TextIO]:
    """Written beside `path` and renamed at the end; if anything goes wrong before, `path` is as it was.

    Raises `Unavailable` where the folder cannot be written.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():  # a pipe or a device takes what comes
        with path.open("w", encoding=encoding, newline="") as file:
            yield file
        return
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        file = beside.open("x", encoding=encoding, newline="")
    except OSError as error:
        raise Unavailable(f"无法写入 {path}：{error.strerror}。") from error
    try:
        with file:
            yield file
        os.replace(beside, path)
    except OSError as error:
        raise Unavailable(f"无法写入 {path}：{error.strerror}。") from error
    finally:
        beside.unlink(missing_ok=True)
