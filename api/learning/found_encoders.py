"""Which encoders lie ready to become candidates: folders that `wenzheng nlp finetune` wrote, in one known place.

A model may have a hundred megabytes, so nothing is uploaded: whoever runs the machine puts the folder there.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.errors import Invalid
from nlp.encoders.artifacts import FORMAT
from nlp.encoders.files import find_card

FOLDER = "encoders"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEncoder:
    """What its card says of it; nothing has been loaded or checked. `macro_f1` of letters held out, None where the
    card does not tell."""

    name: str
    version: str
    trained_on: str
    letters: int
    macro_f1: float | None


@dataclass(frozen=True, slots=True)
class EncoderRequest:
    """Which one shall become a candidate; `below`: asked only about letters of which the present classifier is less
    sure."""

    name: str
    below: float | None = None

    def written(self) -> str:
        """As a run that is asked for keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read_request(wanted: str) -> EncoderRequest:
    """What `written` gave. Raises `Invalid` for what is none."""
    try:
        return EncoderRequest(**json.loads(wanted))
    except (ValueError, TypeError) as error:
        raise Invalid("不认识的训练请求。") from error


def list_found(data_dir: Path) -> list[FoundEncoder]:
    """By name; empty where there is no such folder."""
    try:
        folders = sorted(path for path in (data_dir / FOLDER).iterdir() if path.is_dir())
    except OSError:
        return []
    cards = ((folder.name, find_card(folder)) for folder in folders if not folder.name.startswith("."))
    return [_found(name, card) for name, card in cards if card.get("format") == FORMAT]


def folder_of(data_dir: Path, name: str, found: Sequence[FoundEncoder]) -> Path:
    """Raises `Invalid` for a name that is none of `found`: nothing outside the folder is ever read."""
    if name not in [one.name for one in found]:
        raise Invalid("没有这个编码器，可能已被移走。", {"encoder": "请选择列表中的编码器"})
    return data_dir / FOLDER / name


def _found(name: str, card: dict[str, Any]) -> FoundEncoder:
    scores = card.get("held_out")
    macro_f1 = scores.get("macro_f1") if isinstance(scores, dict) else None
    letters = card.get("letters")
    return FoundEncoder(
        name=name,
        version=str(card.get("version", "")),
        trained_on=str(card.get("trained_on", "")),
        letters=letters if isinstance(letters, int) else 0,
        macro_f1=float(macro_f1) if isinstance(macro_f1, int | float) else None,
    )
