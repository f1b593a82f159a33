"""What is learnt once on a machine and then found again: in the first folder that has it whole, else learnt into the
first one that can be written."""

import contextlib
import fcntl
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from models.errors import Invalid, Unavailable

T = TypeVar("T")


def find(folders: Sequence[Path], name: str, load: Callable[[Path], T]) -> T | None:
    """What `load` makes of the first folder called `name` that is whole; None where there is none."""
    for folder in folders:
        with contextlib.suppress(Invalid, OSError):
            return load(folder / name)
    return None


def prepare(
    folders: Sequence[Path], name: str, load: Callable[[Path], T], learn: Callable[[Path], None], *, called: str
) -> T:
    """Find it, or have `learn` write it into an empty folder first. Two processes learn it once: the second waits.

    `name` is a kind, a hyphen and a hash; `called` is what people call it. Raises `Unavailable` where no folder can be
    written.
    """
    found = find(folders, name, load)
    if found is not None:
        return found
    kind = name.partition("-")[0]
    reasons = []
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / f"{kind}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not (folder / name).is_dir() or find([folder], name, load) is None:
                    _learn(folder, name, learn)
                return load(folder / name)
        except OSError as error:
            reasons.append(f"{folder}：{error.strerror or error}")
    raise Unavailable(f"没有可写的文件夹来存放{called}（{'；'.join(reasons)}）。")


def _learn(folder: Path, name: str, learn: Callable[[Path], None]) -> None:
    draft = Path(tempfile.mkdtemp(prefix=f"{name.partition('-')[0]}-draft-", dir=folder))
    try:
        learn(draft)
        draft.chmod(0o755)
        for path in draft.iterdir():  # nothing in it is of a real person, and others may run the program
            path.chmod(0o644)
        shutil.rmtree(folder / name, ignore_errors=True)  # one that was damaged
        draft.rename(folder / name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
