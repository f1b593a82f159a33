"""Our own word lists, one YAML file each. What an administrator edits (topics and their cues) is in the database."""

from functools import cache
from importlib.resources import files
from typing import Any

from nlp.lexicon.reading import parse


@cache
def load_lexicon(name: str) -> dict[str, Any]:
    """The word list nlp/lexicon/`name`.yaml; treat it as read-only. Raises `FileNotFoundError` for an unknown name."""
    text = (files("nlp") / "lexicon" / f"{name}.yaml").read_text(encoding="utf-8")
    lexicon: dict[str, Any] = parse(text)
    return lexicon
