"""Where does a region stand in a map of squares? Sichuan's 21 prefectures by hand, every other set in rows. Pure.

The squares are as large as each other whatever the land is: the map says who has how much beside whom, not how far.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

# Laid out by us, one square each: west left, north above. Names as they are said, without 市 and 州.
SICHUAN: Mapping[str, tuple[str, int, int]] = {
    "513200": ("阿坝", 1, 0),
    "510700": ("绵阳", 2, 0),
    "510800": ("广元", 3, 0),
    "511900": ("巴中", 4, 0),
    "511700": ("达州", 5, 0),
    "513300": ("甘孜", 0, 1),
    "510600": ("德阳", 2, 1),
    "510900": ("遂宁", 3, 1),
    "511300": ("南充", 4, 1),
    "511600": ("广安", 5, 1),
    "511800": ("雅安", 1, 2),
    "510100": ("成都", 2, 2),
    "512000": ("资阳", 3, 2),
    "511400": ("眉山", 2, 3),
    "511000": ("内江", 3, 3),
    "513400": ("凉山", 1, 4),
    "511100": ("乐山", 2, 4),
    "510300": ("自贡", 3, 4),
    "510500": ("泸州", 4, 4),
    "510400": ("攀枝花", 1, 5),
    "511500": ("宜宾", 3, 5),
}
_WIDEST = 6
_LONGEST_NAME = 5


@dataclass(frozen=True, slots=True)
class Tile:
    """A region at `column` from the left and `row` from the top."""

    code: str
    name: str
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class TileMap:
    """`placed`: squares stand about where the regions lie; else in rows by their codes."""

    tiles: tuple[Tile, ...]
    placed: bool


def lay_out(regions: Sequence[tuple[str, str]]) -> TileMap:
    """A square for each (code, name). By place where all of them are prefectures of Sichuan, else in rows, at most six
    wide: so many can be read on a phone."""
    if regions and all(code in SICHUAN for code, _ in regions):
        return TileMap(tuple(Tile(code, *SICHUAN[code]) for code, _ in regions), True)
    width = min(_WIDEST, ceil(sqrt(len(regions)))) or 1
    ordered = sorted(regions)
    return TileMap(
        tuple(Tile(code, _short(name), n % width, n // width) for n, (code, name) in enumerate(ordered)), False
    )


def _short(name: str) -> str:
    """临溪区 stays; a long name keeps its beginning."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
