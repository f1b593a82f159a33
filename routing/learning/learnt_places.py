"""Which places the city's own letters teach: names that several people use, nearly all for one region. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.region import Place

# So many different people, and so large a share of them in one region: 建设路 of five counties is learnt for none.
MIN_SUBMITTERS = 3
MIN_SHARE = 0.9
_MIN_LENGTH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSighting:
    """One person (a keyed hash) wrote of a place in a matter whose region is certain."""

    name: str
    kind: str
    region_code: str
    submitter: bytes
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LearntPlace:
    """`share` in 0..1 is that of the `submitters` whose matters lie in the region."""

    name: str
    kind: str
    region_code: str
    submitters: int
    share: float
    first_seen: datetime
    last_seen: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None

    def as_place(self) -> Place:
        return Place(name=self.name, kind=self.kind, region_code=self.region_code)


def learn_places(
    sightings: Iterable[PlaceSighting],
    region_path: Callable[[str], Sequence[str]],
    *,
    known: Iterable[str],
    root: str | None,
) -> list[LearntPlace]:
    """The places to be learnt, by name. `region_path` leads from a region up; a place belongs to the innermost region
    that is certain for it, and to none where that would be the whole city (`root`) or more. `known` names are left out.
    """
    left_out = set(known)
    by_name: dict[str, list[PlaceSighting]] = defaultdict(list)
    for sighting in sightings:
        if len(sighting.name) >= _MIN_LENGTH and sighting.name not in left_out:
            by_name[sighting.name].append(sighting)
    learnt = (_learn(name, seen, region_path, root) for name, seen in sorted(by_name.items()))
    return [place for place in learnt if place is not None]


def _learn(
    name: str, seen: Sequence[PlaceSighting], region_path: Callable[[str], Sequence[str]], root: str | None
) -> LearntPlace | None:
    people = {sighting.submitter for sighting in seen}
    if len(people) < MIN_SUBMITTERS:
        return None
    inside: dict[str, set[bytes]] = defaultdict(set)
    depth: dict[str, int] = {}
    above = set(region_path(root)) if root else set()
    for sighting in seen:
        path = region_path(sighting.region_code)
        for place, code in enumerate(path):
            inside[code].add(sighting.submitter)
            depth[code] = len(path) - place
    # somebody who has written of it in two regions speaks for neither alone
    certain = [code for code, who in inside.items() if code not in above and len(who) / len(people) >= MIN_SHARE]
    certain = [code for code in certain if len(inside[code]) >= MIN_SUBMITTERS]
    if not certain:
        return None
    code = min(certain, key=lambda c: (-depth[c], -len(inside[c]), c))
    kinds = [sighting.kind for sighting in seen]
    return LearntPlace(
        name=name,
        kind=max(sorted(set(kinds)), key=kinds.count),
        region_code=code,
        submitters=len(people),
        share=len(inside[code]) / len(people),
        first_seen=min(sighting.first_seen for sighting in seen),
        last_seen=max(sighting.last_seen for sighting in seen),
    )
