"""How traditional characters become simplified ones, one for one, so that no position in the text moves.

OpenCC knows which words a character stands in (乾淨 → 干净, 乾隆 → 乾隆); where it is not installed our own table of
the commonest characters does the work.
"""

import re
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from typing import TYPE_CHECKING

from nlp.lexicon import load_lexicon

if TYPE_CHECKING:
    from opencc import OpenCC

# 看著 is 看着, but 名著 is 名著: OpenCC's rule for the mainland leaves both, the one for Taiwan changes both.
_KEPT_BEFORE = "名显編编原论卓拙专译土巨遗合昭所遺論專譯顯"
_KEPT_AFTER = "名作称书者述录有書錄"
_PARTICLE = re.compile(rf"(?<![{_KEPT_BEFORE}])著(?![{_KEPT_AFTER}])")


def version() -> str:
    """Which of the two ways this machine has: texts read by one and by the other may differ."""
    try:
        return f"opencc-{installed('OpenCC')}"
    except PackageNotFoundError:
        return "table"


def simplify(text: str) -> str:
    """`text` in simplified characters, as long as before; itself where there is nothing to do."""
    if not _trigger().search(text):
        return text
    converter = _opencc()
    if converter is None:
        text = text.translate(_table())
    else:
        lines = text.split("\n")
        changed = [_convert(converter, line) for line in lines]
        text = "\n".join(new if len(new) == len(old) else old for new, old in zip(changed, lines, strict=True))
        text = _PARTICLE.sub("着", text).translate(_unknown_to_opencc())
    return text


def _convert(converter: "OpenCC", line: str) -> str:
    try:
        converted: str = converter.convert(line)
        return converted
    except UnicodeEncodeError:  # half a character is in it
        return line.translate(_table())


@cache
def traditional_characters() -> str:
    """What a simplified text does not hold: the common part of Big5 without GB 2312, and our own table."""
    common = _decoded("big5", range(0xA4, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    simplified = _decoded("gb2312", range(0xB0, 0xF8), range(0xA1, 0xFF))
    return "".join(sorted(common.difference(simplified).union(map(chr, _table()))))


@cache
def _trigger() -> re.Pattern[str]:
    """Most texts have nothing to convert, and looking is ten times as fast as converting."""
    return re.compile(f"[{''.join(map(re.escape, traditional_characters()))}]")


@cache
def _table() -> dict[int, int]:
    pairs: str = load_lexicon("traditional")["pairs"]
    return {ord(pair[0]): ord(pair[1]) for pair in pairs.split()}


@cache
def _unknown_to_opencc() -> dict[int, int]:
    converter = _opencc()
    return {old: new for old, new in _table().items() if converter and converter.convert(chr(old)) == chr(old)}


@cache
def _opencc() -> "OpenCC | None":
    """The converter, loaded when the first traditional character comes; None where it is not installed."""
    try:
        from opencc import OpenCC
    except ImportError:
        return None
    return OpenCC("t2s")


def _decoded(encoding: str, leads: range, trails: tuple[int, ...] | range) -> set[str]:
    """All characters of a two-byte encoding in the given rows that lie in the CJK block."""
    every = b"".join(bytes((lead, trail)) for lead in leads for trail in trails)
    return {character for character in every.decode(encoding, "ignore") if "\u4e00" <= character <= "\u9fff"}
