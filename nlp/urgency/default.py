"""The alarms that come with the program: learnt once on each machine from what was written for it."""

import contextlib
import fcntl
import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from models.errors import Invalid, Unavailable
from nlp.lexicon import load_lexicon
from nlp.reference import load_taxonomy
from nlp.urgency import artifacts, learning, windows
from nlp.urgency.corpus import lessons_hash
from nlp.urgency.model import AlarmModel

_LOCK = "alarms.lock"


def find_alarms(folders: Sequence[Path]) -> AlarmModel | None:
    """The model in the first folder that has it whole; None where it has not been learnt on this machine."""
    for folder in folders:
        with contextlib.suppress(Invalid, OSError):
            return _load(folder / _name())
    return None


def prepare_alarms(folders: Sequence[Path]) -> AlarmModel:
    """Find it, or learn it into the first folder that can be written; takes some seconds.

    Raises `Unavailable` where no folder can be written.
    """
    found = find_alarms(folders)
    if found is not None:
        return found
    reasons = []
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / _LOCK).open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if find_alarms([folder]) is None:
                    _learn_into(folder)
                return _load(folder / _name())
        except OSError as error:
            reasons.append(f"{folder}：{error.strerror or error}")
    raise Unavailable(f"没有可写的文件夹来存放警情模型（{'；'.join(reasons)}）。")


def _learn_into(folder: Path) -> None:
    draft = Path(tempfile.mkdtemp(prefix="alarms-draft-", dir=folder))
    try:
        artifacts.save(draft, learning.learn_alarms(), _hash())
        draft.chmod(0o755)
        for path in draft.iterdir():  # nothing in it is of a real person, and others may run the program
            path.chmod(0o644)
        shutil.rmtree(folder / _name(), ignore_errors=True)  # one that was damaged
        draft.rename(folder / _name())
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@cache
def _load(folder: Path) -> AlarmModel:
    return artifacts.load(folder)


@cache
def _hash() -> str:
    """Changes with everything the model is learnt from."""
    words = (load_lexicon("alarms"), load_lexicon("urgency"), load_taxonomy()["sensitive"])
    parts = (learning.VERSION, windows.VERSION, artifacts.FORMAT_VERSION, lessons_hash(), words)
    return sha256(repr(parts).encode()).hexdigest()


def _name() -> str:
    return f"alarms-{_hash()[:16]}"
