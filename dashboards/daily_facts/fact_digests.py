"""Which columns of a month are added up beforehand, and when do these sums answer? Pure.

How long cases took stands in no sum of a day: it would be a sum for nearly every case. Over a month many took as long.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dashboards.daily_facts.fact_columns import Numbers


@dataclass(frozen=True, slots=True)
class Digest:
    """What is kept apart; added up are all numbers of the rows, or (not `every`) only how many cases there are."""

    columns: frozenset[str]
    every: bool = False


def _digest(columns: str, *, every: bool = False) -> Digest:
    return Digest(frozenset(columns.split()), every)


# What the pages of completion times, flows and scores group by, and are mostly filtered by, and units by topics, which
# are two thousand sums of each period. Those with days are for months of which not all days are asked for. Small first.
DIGESTS: Mapping[str, Digest] = {
    "due": _digest("due_day department", every=True),
    "appeals": _digest("taken appeal_type county channel"),
    "units": _digest("taken department"),
    "topics": _digest("taken main_topic county"),
    "topics and appeals": _digest("taken main_topic appeal_type"),
    "days": _digest("day taken appeal_type"),
    "flows": _digest("flow department county"),
    "flows of days": _digest("day flow department county"),
    "topics of days": _digest("day taken main_topic"),
    "units and appeals": _digest("taken department appeal_type"),
    "units and topics": _digest("department main_topic county", every=True),
    "units and topics of days": _digest("day department main_topic"),
}


def find_digest(columns: Iterable[str], *, received_alone: bool) -> str | None:
    """The one that keeps all of these columns apart and adds up what is asked for; None: no digest does."""
    wanted = {*columns}
    return next(
        (name for name, one in DIGESTS.items() if wanted <= one.columns and (received_alone or one.every)), None
    )


@dataclass(slots=True)
class DigestMaker:
    """Adds up rows of a month by some columns, some thousand at a time."""

    columns: Collection[str]
    measures: Sequence[str]
    _parts: list[tuple[list[Numbers], list[Numbers]]] = field(default_factory=list)

    def add(self, rows: Mapping[str, Numbers]) -> None:
        """Rows by column, the measures among them."""
        keys = [rows[name].astype(np.int64) for name in self.columns]
        self._parts.append(_add_up(keys, [rows[name] for name in self.measures]))

    def total(self) -> dict[str, Numbers]:
        """What was added: the columns and the measures, one value for each group; nothing where nothing was."""
        if not self._parts:
            return {}
        keys, values = _add_up(*(_join([part[which] for part in self._parts]) for which in (0, 1)))
        return dict(zip((*self.columns, *self.measures), (*keys, *values), strict=True))


def _join(parts: Sequence[Sequence[Numbers]]) -> list[Numbers]:
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def _add_up(keys: Sequence[Numbers], values: Sequence[Numbers]) -> tuple[list[Numbers], list[Numbers]]:
    """One row for each combination of the keys that counts at all."""
    order = np.lexsort([*reversed(keys)])
    ordered = [key[order] for key in keys]
    new = np.ones(len(order), np.bool_)
    new[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in ordered])
    first = np.flatnonzero(new)
    sums = [np.add.reduceat(value[order].astype(np.int64), first) for value in values]
    some = np.logical_or.reduce([total != 0 for total in sums])
    return [key[first][some] for key in ordered], [total[some] for total in sums]
