"""Which columns of a month are added up beforehand, and when do these sums answer? Pure.

How long cases took stands in no sum of a day: it would be a sum for nearly every case. Over a month many took as long.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dashboards.daily_facts.fact_columns import Numbers

# What is kept apart in each: what the pages of completion times and flows group by, and are mostly filtered by. Small
# ones first.
DIGESTS: Mapping[str, tuple[str, ...]] = {
    "appeals": ("taken", "appeal_type", "county", "channel"),
    "topics": ("taken", "main_topic", "county"),
    "topics and appeals": ("taken", "main_topic", "appeal_type"),
    "units": ("taken", "department", "appeal_type"),
    "flows": ("flow", "department", "county"),
}


def find_digest(columns: Iterable[str]) -> str | None:
    """The one that keeps all of these columns apart; None: no digest does."""
    wanted = {*columns}
    return next((name for name, kept in DIGESTS.items() if wanted <= {*kept}), None)


@dataclass(slots=True)
class DigestMaker:
    """Adds up the cases of a month by the columns of one digest, some thousand at a time."""

    columns: tuple[str, ...]
    _parts: list[tuple[list[Numbers], Numbers]] = field(default_factory=list)

    def add(self, columns: Mapping[str, Numbers], cases: Numbers) -> None:
        """Rows by column; each counts for as many `cases`."""
        at = np.flatnonzero(cases)
        if len(at):
            self._parts.append(_add_up([columns[name][at].astype(np.int64) for name in self.columns], cases[at]))

    def total(self) -> tuple[dict[str, Numbers], Numbers]:
        """What was added: of each column one value a group, and the cases of the groups; none where nothing was."""
        if not self._parts:
            return {name: np.empty(0, np.int64) for name in self.columns}, np.empty(0, np.int64)
        together = [np.concatenate(column) for column in zip(*(keys for keys, _ in self._parts), strict=True)]
        keys, cases = _add_up(together, np.concatenate([cases for _, cases in self._parts]))
        return dict(zip(self.columns, keys, strict=True)), cases


def _add_up(keys: Sequence[Numbers], cases: Numbers) -> tuple[list[Numbers], Numbers]:
    """One row for each combination of the keys."""
    order = np.lexsort([*reversed(keys)])
    ordered = [key[order] for key in keys]
    new = np.ones(len(order), np.bool_)
    new[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in ordered])
    first = np.flatnonzero(new)
    return [key[first] for key in ordered], np.add.reduceat(cases[order].astype(np.int64), first)
