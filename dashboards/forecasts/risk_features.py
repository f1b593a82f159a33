"""What was known of a case at a moment, as numbers: only what had happened by then; and did it become late? Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboards.forecasts.risk_model import Floats

DAY = 86_400.0
WEEK = 7 * DAY
FEATURES = ("days_left", "used", "unsigned", "unit", "topic", "appeal_type", "extended", "returned", "load")
# A unit's own share of late cases is drawn towards that of all by so many cases.
_OF_ALL = 10.0
_NEVER = np.inf


@dataclass(frozen=True)
class RiskRows:
    """Cases as columns; times in seconds, inf where it did not happen. `changes`: (when, time limit before, extended),
    oldest first; `pauses`: (from, to) in which the clock stood. `sampled`: stands for the cases that were left out."""

    ids: NDArray[np.int64]
    sampled: NDArray[np.bool_]
    groups: Mapping[str, NDArray[np.int64]]
    dispatched: Floats
    acknowledged: Floats
    completed: Floats
    due: Floats
    changes: Sequence[Sequence[tuple[float, float, bool]]]
    returns: Sequence[Sequence[float]]
    pauses: Sequence[Sequence[tuple[float, float]]]


@dataclass(frozen=True)
class Moment:
    """The cases (places in the rows) that run at `at` and fall due within a week after; `features` as FEATURES;
    `late`: not completed by the time limit of that moment, True also where nobody knows yet. `unit_late`, `all_late`:
    the shares behind the feature "unit", for the explanation."""

    at: float
    places: NDArray[np.int64]
    features: Floats
    late: NDArray[np.bool_]
    days_left: Floats
    unit_late: Floats
    all_late: float


def read_rows(rows: Sequence[Mapping[str, Any]]) -> RiskRows:
    def seconds(name: str) -> Floats:
        values: list[datetime | None] = [row[name] for row in rows]
        return np.array([value.timestamp() if value else _NEVER for value in values], dtype=np.float64)

    groups = {}
    for name in ("department", "topic", "appeal_type"):
        _, groups[name] = np.unique(
            np.array([row[name] for row in rows], dtype=object).astype(str), return_inverse=True
        )
    return RiskRows(
        ids=np.array([row["id"] for row in rows], dtype=np.int64),
        sampled=np.array([row["sampled"] for row in rows], dtype=np.bool_),
        groups=groups,
        dispatched=seconds("dispatched_at"),
        acknowledged=seconds("acknowledged_at"),
        completed=seconds("completed_at"),
        due=seconds("due_at"),
        changes=[[(float(at), float(before), bool(more)) for at, before, more in row["changes"]] for row in rows],
        returns=[list(row["returns"]) for row in rows],
        pauses=[
            [(float(since), _NEVER if until is None else float(until)) for since, until in row["pauses"]]
            for row in rows
        ],
    )


def look_at(rows: RiskRows, at: float, *, sampled_only: bool) -> Moment:
    """The state of things at `at`, in seconds. `sampled_only`: of the past, where the others are not there."""
    due = rows.due.copy()
    extended, returned = np.zeros(len(due)), np.zeros(len(due))
    stands = np.zeros(len(due), dtype=np.bool_)
    for n, changes in enumerate(rows.changes):
        if changes:
            # the time limit of the moment: that before the first change which came later
            due[n] = next((before for when, before, _ in changes if when > at), due[n])
            extended[n] = sum(more and when <= at for when, _, more in changes)
        if rows.returns[n]:
            returned[n] = sum(when <= at for when in rows.returns[n])
        if rows.pauses[n]:
            stands[n] = any(since <= at < until for since, until in rows.pauses[n])
    running = (rows.dispatched <= at) & (rows.completed > at)
    chosen = running & (due > at) & (due <= at + WEEK) & ~stands
    if sampled_only:
        chosen &= rows.sampled
    places = np.flatnonzero(chosen)
    past = rows.sampled & (rows.due <= at)
    late_past = past & (rows.completed > rows.due)
    all_late = (late_past.sum() + 1) / (past.sum() + 2)
    shares = {name: _shares(codes, past, late_past, all_late) for name, codes in rows.groups.items()}
    units = rows.groups["department"]
    left = (due - at) / DAY
    used = (at - rows.dispatched) / np.maximum(due - rows.dispatched, 3600.0)
    columns = (
        left,
        np.clip(used, 0, 1),
        (rows.acknowledged > at).astype(np.float64),
        _log_odds(shares["department"][units]),
        _log_odds(shares["topic"][rows.groups["topic"]]),
        _log_odds(shares["appeal_type"][rows.groups["appeal_type"]]),
        np.minimum(extended, 2),
        np.minimum(returned, 2),
        _load(rows, units, running, at),
    )
    return Moment(
        at=at,
        places=places,
        features=np.column_stack([column[places] for column in columns]),
        late=(rows.completed > due)[places],
        days_left=left[places],
        unit_late=shares["department"][units][places],
        all_late=float(all_late),
    )


def _shares(codes: NDArray[np.int64], past: NDArray[np.bool_], late: NDArray[np.bool_], all_late: float) -> Floats:
    many = int(codes.max()) + 1 if len(codes) else 0
    of_past, of_late = (
        np.bincount(codes, weights=past, minlength=many),
        np.bincount(codes, weights=late, minlength=many),
    )
    shares: Floats = (of_late + _OF_ALL * all_late) / (of_past + _OF_ALL)
    return shares


def _load(rows: RiskRows, units: NDArray[np.int64], running: NDArray[np.bool_], at: float) -> Floats:
    """How much a unit has open now against eight weeks before on average; a logarithm, 0 is as always."""
    many = int(units.max()) + 1 if len(units) else 0

    def open_at(moment: float) -> Floats:
        held = rows.sampled & (rows.dispatched <= moment) & (rows.completed > moment)
        return np.bincount(units, weights=held.astype(np.float64), minlength=many).astype(np.float64)

    usual = np.mean([open_at(at - n * WEEK) for n in range(1, 9)], axis=0)
    load: Floats = np.log((open_at(at) + 3) / (usual + 3))
    return load[units]


def _log_odds(shares: Floats) -> Floats:
    shares = np.clip(shares, 0.002, 0.998)
    odds: Floats = np.log(shares / (1 - shares))
    return odds
