"""What a text looks like to the analysis: simplified, without tags, control characters, odd widths; positions kept."""

import html
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

from nlp.lexicon import load_lexicon

MAX_LENGTH = 50_000
VERSION = "cleaning/2"

# Full-width letters and digits become ASCII; Chinese punctuation stays as it is.
_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
# Bounded repetition: a text made of opening brackets must not cost the square of its length.
# A tag begins with a letter, a slash or an exclamation mark: "3<5 且 6>2" is none.
_INVISIBLE = (
    r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
)
# What noise begins with comes first: elsewhere nothing more is tried.
_NOISE = re.compile(
    rf"(?=[<&\s{_INVISIBLE}])"
    r"(?:(?P<hidden><(script|style)\b[^<>]{0,500}>.{0,2000}?</\2\s*>|<!--.{0,2000}?-->)"
    r"|(?P<block></?(?:p|div|br|li|ul|ol|tr|table|h[1-6])\b[^<>]{0,500}>)"
    r"|(?P<tag></?[a-zA-Z!][^<>]{0,500}>)"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});)"
    r"|(?P<line>[^\S\n]*[\n\r\v\f\x85\u2028\u2029]\s*)"
    r"|(?P<space>[^\S\n]{2,}|[\t\xa0\u3000\u2002-\u200a])"
    rf"|(?P<invisible>[{_INVISIBLE}]+))",
    re.DOTALL | re.IGNORECASE,
)
_REPLACEMENT = {"hidden": " ", "block": "\n", "tag": "", "line": "\n", "space": " ", "invisible": ""}


@dataclass(frozen=True, slots=True)
class CleanText:
    """A cleaned text that still knows where each of its characters stood in the original."""

    text: str
    cuts: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the original; `end` > `start`."""
        return self._original(start), self._original(end - 1) + 1

    def _original(self, position: int) -> int:
        before = bisect_right(self.cuts, position)
        return position + self.shifts[before - 1] if before else position


def clean(text: str) -> CleanText:
    """Normalise `text` for analysis; what goes beyond `MAX_LENGTH` characters is not analysed."""
    text = text[:MAX_LENGTH]
    if _foldable().search(text):
        text = text.translate(_folding())
    pieces: list[str] = []
    cuts: list[int] = []
    shifts: list[int] = []
    done = length = 0
    for noise in _NOISE.finditer(text):
        kind = noise.lastgroup or "entity"
        replacement = _REPLACEMENT[kind] if kind in _REPLACEMENT else _unescape(noise[0])
        piece = text[done : noise.start()]
        pieces += (piece, replacement)
        length += len(piece) + len(replacement)
        done = noise.end()
        cuts.append(length)
        shifts.append(done - length)
    if not cuts:
        return CleanText(text)
    pieces.append(text[done:])
    return CleanText("".join(pieces), tuple(cuts), tuple(shifts))


def clean_text(text: str) -> str:
    """`clean` for those who need no positions, without space at the ends."""
    return clean(text).text.strip()


@cache
def _folding() -> dict[int, int]:
    """One character to one, so that no position moves: widths, and traditional characters to simplified ones."""
    pairs: str = load_lexicon("traditional")["pairs"]
    return _WIDTH | {ord(pair[0]): ord(pair[1]) for pair in pairs.split()}


@cache
def _foldable() -> re.Pattern[str]:
    """Whether there is anything to fold: most texts have nothing, and looking is ten times as fast as translating."""
    return re.compile(f"[{''.join(map(re.escape, map(chr, _folding())))}]")


def _unescape(entity: str) -> str:
    """The character an entity stands for; what is invisible or half a character becomes a space."""
    character = html.unescape(entity)
    return character if character.isprintable() and not character.isspace() else " "
