"""The alarms that come with the program: learnt once on each machine from what was written for it."""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from nlp import learnt_once
from nlp.lexicon import load_lexicon
from nlp.reference import load_taxonomy
from nlp.urgency import artifacts, learning, windows
from nlp.urgency.corpus import lessons_hash
from nlp.urgency.model import AlarmModel


def find_alarms(folders: Sequence[Path]) -> AlarmModel | None:
    """The model in the first folder that has it whole; None where it has not been learnt on this machine."""
    return learnt_once.find(folders, _name(), _load)


def prepare_alarms(folders: Sequence[Path]) -> AlarmModel:
    """Find it, or learn it into the first folder that can be written; takes some seconds.

    Raises `Unavailable` where no folder can be written.
    """
    return learnt_once.prepare(folders, _name(), _load, _learn, called="警情模型")


def _learn(draft: Path) -> None:
    artifacts.save(draft, learning.learn_alarms(), _hash())


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
