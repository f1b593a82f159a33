"""How are rows of the facts kept as columns, and added up? Pure.

A chunk is some thousand rows of one month. Each of its columns is one array of numbers, as short as its values allow:
one value for all, a bit, or one to eight bytes each. What is asked is added up in the memory of the program.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]
# One number where all are the same.
Column = Numbers | int
# Rows of a chunk: an array of them stays in the cache of a processor.
CHUNK = 16_384
# Up to so many possible groups, and four times as many sums, each has its place in an array.
_SOME = 4_000_000
# So many rows are counted at a time: what is there for each group is gone through as seldom.
_TOGETHER = 400_000
# Where not each group has its place: so many rows wait at most, and twice as many as there are groups.
_AT_MOST = 2_000_000
_SAME, _BITS = b"s", b"b"
# By the character that `data` begins with.
_WIDTHS = {"1": "<u1", "2": "<i2", "4": "<i4", "8": "<i8"}


def encode(values: Numbers) -> bytes:
    """The shortest way to keep these whole numbers; at least one."""
    low, high = int(values.min()), int(values.max())
    if low == high:
        return _SAME + low.to_bytes(8, "little", signed=True)
    if low == 0 and high == 1:
        return _BITS + np.packbits(values.astype(np.uint8)).tobytes()
    kind, width = next((k, w) for k, w in _WIDTHS.items() if np.iinfo(w).min <= low and high <= np.iinfo(w).max)
    return kind.encode() + values.astype(width).tobytes()


def decode(data: bytes, size: int) -> Column:
    """What `encode` made of `size` numbers. Raises `ValueError` for what it never makes."""
    kind, kept = data[:1], memoryview(data)[1:]
    if kind == _SAME:
        return int.from_bytes(kept, "little", signed=True)
    if kind == _BITS:
        return np.unpackbits(np.frombuffer(kept, np.uint8), count=size).view(np.bool_)
    if kind.decode() not in _WIDTHS:
        raise ValueError(f"no column: {kind!r}")
    return np.frombuffer(kept, _WIDTHS[kind.decode()], size)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of a month: `columns` by name, encoded. A column that is not there is 0 everywhere."""

    month: int
    size: int
    columns: Mapping[str, bytes]

    def __getitem__(self, name: str) -> Column:
        data = self.columns.get(name)
        return 0 if data is None else decode(data, self.size)


class Rows(Protocol):
    """Some rows of a month, by column."""

    @property
    def month(self) -> int: ...

    @property
    def size(self) -> int: ...

    def __getitem__(self, name: str) -> Column: ...


@dataclass(frozen=True, slots=True)
class Between:
    """Lets numbers from `first` to `last` through."""

    first: int
    last: int

    def holds(self, column: Column) -> Column:
        if isinstance(column, int):
            return self.first <= column <= self.last
        found: Numbers = (column >= self.first) & (column <= self.last)
        return found


Allowed = NDArray[np.bool_] | int | Between


@dataclass(slots=True)
class JoinedRows:
    """Rows of chunks of several months as of one, so that each question goes through them at once. Their `month` is 0;
    their days are counted on over the months."""

    size: int = 0
    _parts: list[tuple[int, Mapping[str, Column]]] = field(default_factory=list)
    _columns: dict[str, Column] = field(default_factory=dict)

    @property
    def month(self) -> int:
        return 0

    def append(self, chunk: Chunk, allowed: Mapping[str, Allowed], names: Iterable[str], days: int) -> None:
        """The rows of a chunk that `allowed` (as of `ColumnSums`) lets through: these columns, and the day, on which
        so many days are counted before the month."""
        chosen = _choose(chunk, allowed, None)
        if chosen is None:
            return
        at, _ = chosen
        size = chunk.size if at is None else len(at)
        of_chunk = {name: _pick(chunk[name], at) for name in {*names}}
        of_chunk["day"] = np.full(size, _pick(chunk["day"], at), np.int32) + days
        self._parts.append((size, of_chunk))
        self._columns.clear()
        self.size += size

    def __getitem__(self, name: str) -> Column:
        if name not in self._columns:
            self._columns[name] = self._join([(size, part.get(name, 0)) for size, part in self._parts])
        return self._columns[name]

    def _join(self, columns: Sequence[tuple[int, Column]]) -> Column:
        numbers = {column for _, column in columns if isinstance(column, int)}
        if len(numbers) == 1 and all(isinstance(column, int) for _, column in columns):
            return numbers.pop()
        bits = all(_is_bit(column) for _, column in columns)
        parts = [
            np.full(size, column, np.bool_ if bits else _type_of(column)) if isinstance(column, int) else column
            for size, column in columns
        ]
        return np.concatenate(parts)


class Axis(Protocol):
    """What rows are grouped by: for those of a chunk (`at` these places of it, None: all) the place of their group
    among `size`."""

    @property
    def size(self) -> int: ...

    def places(self, chunk: Rows, at: Numbers | None) -> Column: ...


@dataclass(frozen=True, slots=True)
class CodeAxis:
    """By a column of numbers; `place_of` each number the place of its group, None: the number itself."""

    name: str
    place_of: Numbers | None
    size: int

    def places(self, chunk: Rows, at: Numbers | None) -> Column:
        column = _pick(chunk[self.name], at)
        return column if self.place_of is None else _look_up(self.place_of, column)


@dataclass(frozen=True, slots=True)
class DayAxis:
    """By time: for each month the place of each of its days, from the 1st at 1."""

    place_of: Mapping[int, Numbers]
    size: int

    def places(self, chunk: Rows, at: Numbers | None) -> Column:
        table = self.place_of[chunk.month]
        if (table[1:] == table[1]).all():
            return int(table[1])
        return _look_up(table, _pick(chunk["day"], at))


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """By what `value` makes of a column, from `lowest` on. Raises `OverflowError` for what is beyond either end."""

    name: str
    value: Callable[[Numbers], Numbers]
    lowest: int
    size: int

    def places(self, chunk: Rows, at: Numbers | None) -> Column:
        numbers = np.asarray(_pick(chunk[self.name], at)).astype(np.int64)
        found: Numbers = self.value(numbers) - self.lowest
        if found.size and not 0 <= found.min() <= found.max() < self.size:
            raise OverflowError(self.name)
        return int(found) if found.ndim == 0 else found


@dataclass(slots=True)
class ColumnSums:
    """Adds up `measures` of the rows that `allowed` lets through (by column: the number, of each number whether, or a
    range of numbers), in each group of `axes`. `signs`: of months of which not every day counts, what each day counts:
    1, 0 or -1."""

    measures: Sequence[str]
    axes: Sequence[Axis]
    allowed: Mapping[str, Allowed]
    signs: Mapping[int, Numbers]
    # keys with a bit for each measure, where all of them are 0 or 1: their combinations are counted at once
    _marked: list[Numbers] = field(default_factory=list)
    _others: list[tuple[Numbers, list[Column]]] = field(default_factory=list)
    _waiting: int = 0
    _found: int = 0
    _sums: list[Numbers] = field(default_factory=list)

    @property
    def groups(self) -> int:
        return prod(axis.size for axis in self.axes)

    @property
    def _is_placed(self) -> bool:
        return self.groups <= _SOME and self.groups * len(self.measures) <= 4 * _SOME

    def add(self, chunk: Rows) -> None:
        chosen = _choose(chunk, self.allowed, self.signs.get(chunk.month))
        if chosen is None:
            return
        at, sign = chosen
        values = [_pick(chunk[name], at) for name in self.measures]
        if all(isinstance(value, int) and value == 0 for value in values):
            return
        key: Numbers = np.zeros(chunk.size if at is None else len(at), np.int64)
        for n, axis in enumerate(self.axes):
            if n:
                key *= axis.size
            key += axis.places(chunk, at)
        few = self.groups << len(values) <= _SOME
        if few and isinstance(sign, int) and sign == 1 and all(map(_is_bit, values)):
            for value in values:
                key <<= 1
                key |= value
            self._marked.append(key)
        else:
            self._others.append((key, [_times(value, sign) for value in values]))
        self._waiting += len(key)
        if self._is_placed and self._waiting >= max(_TOGETHER, self.groups):
            self._count()
        elif not self._is_placed and self._waiting >= _AT_MOST + 2 * self._found:
            self._sort()

    def totals(self) -> dict[tuple[int, ...], tuple[int, ...]]:
        """By the places on the axes the sums of the measures; groups of which all are 0 are left out."""
        places, sums = self.arrays()
        keys = zip(*(column.tolist() for column in places), strict=True) if places else ((),) * len(sums[0])
        return dict(zip(keys, zip(*(total.tolist() for total in sums), strict=True), strict=True))

    def arrays(self) -> tuple[list[Numbers], list[Numbers]]:
        """As `totals`: of each axis the places, of each measure the sums, one for each group."""
        if self._is_placed:
            self._count()
            rest, sums = np.arange(self.groups), self._sums
        else:
            rest, sums = self._sort()
        if not sums:
            return [rest for _ in self.axes], [rest for _ in self.measures]
        some = np.flatnonzero(np.any([total != 0 for total in sums], axis=0))
        rest = rest[some]
        places: list[Numbers] = []
        for axis in reversed(self.axes):
            rest, own = np.divmod(rest, axis.size)
            places.insert(0, own)
        return places, [total[some] for total in sums]

    def _count(self) -> None:
        """Add what waits to the sums, each group in its place."""
        self._sums = self._sums or [np.zeros(self.groups, np.int64) for _ in self.measures]
        if self._marked:
            size = len(self.measures)
            counts = np.bincount(np.concatenate(self._marked), minlength=self.groups << size)
            counts = counts.reshape(self.groups, 1 << size)
            for total, bit in zip(self._sums, reversed(range(size)), strict=True):
                total += counts[:, np.arange(1 << size) >> bit & 1 == 1].sum(axis=1)
        if self._others:
            key, columns = _join(self._others)
            for total, column in zip(self._sums, columns, strict=True):
                total += _add_up(key, column, self.groups)
        self._marked, self._others, self._waiting = [], [], 0

    def _sort(self) -> tuple[Numbers, list[Numbers]]:
        """The groups that there are, and their sums, which then wait in place of the rows: for so many possible ones
        that not each has a place."""
        if not self._others:
            return np.arange(0), []
        key, columns = _join(self._others)
        found, places = np.unique(key, return_inverse=True)
        sums = [_add_up(places, column, len(found)) for column in columns]
        self._others, self._waiting, self._found = [(found, [*sums])], len(found), len(found)
        return found, sums


def _choose(chunk: Rows, every: Mapping[str, Allowed], table: Numbers | None) -> tuple[Numbers | None, Column] | None:
    """Which rows (None: all) and what each counts by its day in `table`; None: no row."""
    keep: Numbers | None = None
    for name, allowed in every.items():
        column = chunk[name]
        if isinstance(allowed, Between):
            let = allowed.holds(column)
        else:
            let = column == allowed if isinstance(allowed, int) else _look_up(allowed, column)
        if isinstance(let, int):
            if not let:
                return None
            continue
        keep = let if keep is None else keep & let
    sign: Column = 1
    if table is not None:
        sign = _look_up(table, chunk["day"])
        if isinstance(sign, int):
            if not sign:
                return None
        else:
            keep = sign != 0 if keep is None else keep & (sign != 0)
    if keep is None:
        return None if chunk.size == 0 else (None, sign)
    at = np.flatnonzero(keep)
    if table is not None and not ((table != 0) & (table != 1)).any():
        sign = 1  # no day is taken away
    return (at, _pick(sign, at)) if len(at) else None


def _type_of(number: int) -> type[Any]:
    """The shortest that has room for it."""
    return next(kind for kind in (np.int8, np.int16, np.int32, np.int64) if abs(number) <= np.iinfo(kind).max)


def _look_up(table: Numbers, column: Column) -> Column:
    if isinstance(column, int):
        return int(table[column])
    return np.take(table, column.view(np.uint8) if column.dtype == np.bool_ else column)


def _pick(column: Column, at: Numbers | None) -> Column:
    return column if isinstance(column, int) or at is None else np.take(column, at)


def _is_bit(column: Column) -> bool:
    return column in (0, 1) if isinstance(column, int) else column.dtype == np.bool_


def _times(column: Column, sign: Column) -> Column:
    if isinstance(sign, int) and (sign == 1 or isinstance(column, int)):
        return column if sign == 1 else column * sign
    return column * np.asarray(sign, np.int64)


def _add_up(key: Numbers, values: Numbers, groups: int) -> Numbers:
    if groups == 1:
        return np.array([values.sum(dtype=np.int64)])
    # sums of whole numbers below 2 ** 53 are exact in floating point
    return np.bincount(key, values, minlength=groups).astype(np.int64)


def _join(waiting: Sequence[tuple[Numbers, Sequence[Column]]]) -> tuple[Numbers, Iterator[Numbers]]:
    """The keys of all one after the other, and so each column."""
    keys = [key for key, _ in waiting]
    columns = (
        np.concatenate(
            [np.full(len(key), one) if isinstance(one, int) else one for key, one in zip(keys, column, strict=True)]
        )
        for column in zip(*(values for _, values in waiting), strict=True)
    )
    return np.concatenate(keys), columns
