"""What a text looks like to the analysis: simplified, without tags, control characters, odd widths and disguised words;
positions kept."""

import html
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from nlp import traditional
from nlp.clean_already import find_clean
from nlp.disguises import Disguise, find_disguises

MAX_LENGTH = 50_000
# Fewer texts are quicker cleaned one by one.
_WORTH_IT = 8
VERSION = f"cleaning/3+{traditional.version()}"

# Full-width letters and digits become ASCII; Chinese punctuation stays as it is.
_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
# Bounded repetition: a text made of opening brackets must not cost the square of its length.
# A tag begins with a letter, a slash or an exclamation mark: "3<5 且 6>2" is none.
_INVISIBLE = (
    r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
)
_LINE_END = r"\n\r\v\f\x85\u2028\u2029"
# What noise begins with comes first, and is what is searched for: elsewhere nothing more is tried.
_NOISE = re.compile(
    rf"[<&\s{_INVISIBLE}](?:"
    r"(?<=<)(?:(?P<hidden>(?i:(script|style)\b[^<>]{0,500}>.{0,2000}?</\2\s*>)|!--.{0,2000}?-->)"
    r"|(?P<block>/?(?i:p|div|br|li|ul|ol|tr|table|h[1-6])\b[^<>]{0,500}>)"
    r"|(?P<tag>/?[a-zA-Z!][^<>]{0,500}>))"
    r"|(?<=&)(?P<entity>(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});)"
    rf"|(?P<line>(?<=[{_LINE_END}])\s*|(?<=[^\S\n])[^\S\n]*[{_LINE_END}]\s*)"
    r"|(?P<space>(?<=[^\S\n])[^\S\n]+|(?<=[\t\xa0\u3000\u2002-\u200a]))"
    rf"|(?P<invisible>(?<=[{_INVISIBLE}])[{_INVISIBLE}]*))",
    re.DOTALL,
)
_REPLACEMENT = {"hidden": " ", "block": "\n", "tag": "", "line": "\n", "space": " ", "invisible": ""}


@dataclass(frozen=True, slots=True)
class CleanText:
    """A cleaned text that still knows where each of its characters stood in the original.

    Most texts differ in few places: `cuts` and `shifts` say by how much a position is off from there on. Where words
    were restored, `places` says it for every character: several may stand for several others.
    """

    text: str
    cuts: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()
    places: tuple[tuple[int, int], ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the original; `end` > `start`."""
        if self.places:
            return self.places[start][0], self.places[end - 1][1]
        return self._original(start), self._original(end - 1) + 1

    def _original(self, position: int) -> int:
        before = bisect_right(self.cuts, position)
        return position + self.shifts[before - 1] if before else position


def clean(text: str) -> CleanText:
    """Normalise `text` for analysis; what goes beyond `MAX_LENGTH` characters is not analysed."""
    return _undisguised(_without_noise(_fold(text[:MAX_LENGTH])))


def _undisguised(tidy: CleanText) -> CleanText:
    disguises = find_disguises(tidy.text)
    return _restore(tidy, disguises) if disguises else tidy


def clean_all(texts: Sequence[str]) -> list[CleanText]:
    """The same for many: most need nothing, which is seen for all of them together."""
    if len(texts) < _WORTH_IT:
        return list(map(clean, texts))
    kept = [text[:MAX_LENGTH] for text in texts]
    found = zip(kept, find_clean(kept, _odd_characters()), strict=True)
    return [
        (CleanText(text) if plain else _undisguised(CleanText(text))) if tidy else clean(text)
        for text, (tidy, plain) in found
    ]


@cache
def _odd_characters() -> str:
    """What is never left as it is; kinds of white space are not named."""
    invisible = re.compile(f"[<&{_INVISIBLE}]")
    every = "".join(map(chr, range(1 << 16)))
    folded = "".join(map(chr, _WIDTH)) + traditional.traditional_characters()
    return "".join(invisible.findall(every)) + folded


def _fold(text: str) -> str:
    """One character for one: widths, and traditional characters."""
    if text.isascii():
        return text
    if _foldable().search(text):
        text = traditional.simplify(text.translate(_WIDTH))
    return text


@cache
def _foldable() -> re.Pattern[str]:
    """Whether there is anything to fold: most texts have nothing, and looking is ten times as fast as translating."""
    return re.compile(f"[{re.escape(''.join(map(chr, _WIDTH)) + traditional.traditional_characters())}]")


def _without_noise(text: str) -> CleanText:
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


def _restore(tidy: CleanText, disguises: list[Disguise]) -> CleanText:
    """`tidy` with the words that were meant; each of their characters stands for the whole of what was written."""
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    done = 0
    for start, end, word in (*disguises, Disguise(len(tidy.text), len(tidy.text), "")):
        pieces += (tidy.text[done:start], word)
        places += (tidy.span(position, position + 1) for position in range(done, start))
        if word:
            places += [tidy.span(start, end)] * len(word)
        done = end
    return CleanText("".join(pieces), places=tuple(places))


def clean_text(text: str) -> str:
    """`clean` for those who need no positions, without space at the ends."""
    return clean(text).text.strip()


def _unescape(entity: str) -> str:
    """The character an entity stands for; what is invisible or half a character becomes a space."""
    character = html.unescape(entity)
    return character if character.isprintable() and not character.isspace() else " "
