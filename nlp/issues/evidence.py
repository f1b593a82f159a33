"""Why does a submission belong? The words it shares with the others, the places, the days between."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nlp.issues.arrivals import Arrival
from nlp.issues.changes import Placement

WORDS = 6


def explain(
    placement: Placement,
    weights: Mapping[int, int],
    members: Sequence[Arrival],
    sums: Mapping[int, int],
    nearest: int,
) -> Placement:
    """`placement` with its reasons: which hashes of words, and what share of the likeness each makes; the largest are
    kept, all of them would add up to 1. `sums` is what each word weighs in all members together, `nearest` the key
    of the one that it is most like."""
    arrival = placement.arrival
    shared = [(term, part) for term, weight in weights.items() if (part := weight * sums.get(term, 0))]
    total = sum(part for _, part in shared)
    # of equals the smaller hash, and the earlier member
    shared.sort(key=lambda one: -one[1])
    last = members[-1].day
    places = {place for member in members for place in member.places} if arrival.places else ()
    return replace(
        placement,
        nearest=nearest,
        shared=tuple((term, round(part / total, 3)) for term, part in shared[:WORDS]),
        places=tuple(place[1:] for place in arrival.places if place in places),
        days=abs(arrival.day - last) if arrival.day and last else None,
    )
