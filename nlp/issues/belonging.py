"""Is a submission of the same matter as others? Alike words, and nothing that speaks against it: another estate,
village, school or road in its title, another district, another time, or nothing in common but the place."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.issues.arrivals import Arrival
from nlp.similarity import Vector, meet

# So many of the members that say it make a cluster one of a district.
_SHARE = 0.6
# Words that are so much alike outweigh a name: it was misread, or misspelt.
_COPY = 0.6
# A place is named by both where its words make so much of the likeness.
_NAMED = 0.01
# District and county are the first characters of a code (GB/T 2260).
_COUNTY = 6


@dataclass(frozen=True, slots=True)
class Limits:
    """`threshold`: average cosine from which a submission is of a matter; `near`: the same for one that names the same
    place, at most `near_days` before or after another. `beyond_place`: how much of the likeness at least is made
    by words other than names of places: a street has many matters. `apart`: days after which it is another matter."""

    threshold: float = 0.3
    near: float = 0.2
    near_days: int = 7
    beyond_place: float = 0.05
    apart: int = 180


def belongs(
    arrival: Arrival, members: Sequence[Arrival], likeness: float, limits: Limits, by_place: float | None = None
) -> bool:
    """Whether `arrival` is of the same matter as `members`, the latest last; `likeness` is the average to them,
    `by_place` what names of places add to it, where that is known already."""
    last = members[-1].day
    if arrival.day and last and abs(arrival.day - last) > limits.apart:
        return False
    if likeness >= _COPY:
        return True
    if _differs_in_region(arrival, members) or _differs_in_place(arrival, members):
        return False
    if by_place is None:
        by_place = _likeness_of_places(arrival, members)
    if likeness - by_place < limits.beyond_place:
        return False
    return likeness >= limits.threshold or (by_place >= _NAMED and _is_near(arrival, members, limits.near_days))


def _likeness_of_places(arrival: Arrival, members: Sequence[Arrival]) -> float:
    """What the names of places add to the average cosine."""
    if not arrival.place_terms:
        return 0.0
    named = np.isin(arrival.vector.terms, arrival.place_terms, kind="sort")
    places = Vector(arrival.vector.terms[named], arrival.vector.weights[named])
    _, _, products = meet(places, [member.vector for member in members])
    return float(products.sum()) / Vector.SQUARE / len(members)


def _is_near(arrival: Arrival, members: Sequence[Arrival], days: int) -> bool:
    return bool(arrival.day) and any(member.day and abs(arrival.day - member.day) <= days for member in members)


def _differs_in_region(arrival: Arrival, members: Sequence[Arrival]) -> bool:
    if not arrival.region:
        return False
    counts = Counter(member.region[:_COUNTY] for member in members if member.region)
    if not counts:
        return False
    region, count = min(counts.items(), key=lambda item: (-item[1], item[0]))
    return not arrival.region.startswith(region) and count >= _SHARE * counts.total()


def _differs_in_place(arrival: Arrival, members: Sequence[Arrival]) -> bool:
    """Both name a place of one kind, most members do, and no name is another's."""
    for kind in {place[0] for place in arrival.places}:
        own = [place[1:] for place in arrival.places if place[0] == kind]
        said = [names for member in members if (names := [p[1:] for p in member.places if p[0] == kind])]
        if 2 * len(said) >= len(members) and not any(
            _is_one(one, other) for names in said for other in names for one in own
        ):
            return True
    return False


def _is_one(one: str, other: str) -> bool:
    """Half of the shorter one's own characters stand in the other: 中茂城 is 中贸城, 丽发新城 is 丽发新城小区."""
    if one in other or other in one:
        return True
    # what both end with is their kind: 小区, 花园
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    short, long = sorted((one, other), key=len)
    return 2 * sum(character in long for character in short) >= max(len(short), 1) and bool(short)
