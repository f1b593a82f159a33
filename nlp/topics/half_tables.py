"""Weights kept in half precision, made wide where they are asked for: the first letter does not wait for all of them.

A letter has some hundred of a classifier's 75,000 features; to widen all of them is 64 MB to fill, a fifth of a
second of every start.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_INFINITE = 0x7C00 << 1  # without its sign, at the top: what is not less is no number
_AT_ONCE = 1 << 16


class HalfTables(Mapping[str, NDArray[np.float32]]):
    """Tables of features × classes by block; `tables[block]` is a whole one, wide. Raises `ValueError` where a table is
    not in half precision or has what is no number."""

    def __init__(self, tables: Mapping[str, NDArray[Any]]) -> None:
        if not all(table.dtype == np.float16 and _is_finite(table) for table in tables.values()):
            raise ValueError("no numbers in half precision")
        self._half: dict[str, NDArray[np.float16]] = dict(tables)
        self._wide: dict[str, NDArray[np.float32]] = {}
        self._asked = dict.fromkeys(tables, 0)

    def __getitem__(self, block: str) -> NDArray[np.float32]:
        half = self._half[block]  # first: another thread may be replacing both, this one last
        table = self._wide.get(block)
        if table is None:
            table = self._wide[block] = _widened(half)
            self._half[block] = half[:0]
        return table

    def __iter__(self) -> Iterator[str]:
        return iter(self._half)

    def __len__(self) -> int:
        return len(self._half)

    def __contains__(self, block: object) -> bool:
        return block in self._half

    def for_letter(self, block: str, features: NDArray[np.int32]) -> NDArray[np.float32] | None:
        """The lines of some features, the whole table left as it is; None from when on so many have been asked for that
        the whole is the cheaper way."""
        half = self._half[block]
        self._asked[block] += len(features)
        if block in self._wide or self._asked[block] > len(half):
            return None
        return _widened(half[features])


def _widened(table: NDArray[np.float16]) -> NDArray[np.float32]:
    """Looked up number by number: quicker than converting, and the same to the bit."""
    return _every_half()[table.view(np.uint16)]


@cache
def _every_half() -> NDArray[np.float32]:
    return np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)


def _is_finite(table: NDArray[np.float16]) -> bool:
    numbers = np.ascontiguousarray(table).view(np.uint16).ravel()
    parts = (numbers[start : start + _AT_ONCE] << 1 for start in range(0, len(numbers), _AT_ONCE))
    return all(int(part.max()) < _INFINITE for part in parts)
