"""Why does a submission belong? The words it shares with the others, the places, the days between."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from nlp.issues.arrivals import Arrival
from nlp.issues.changes import Placement

WORDS = 6


def explain(placement: Placement, members: Sequence[Arrival]) -> Placement:
    """`placement` with its reasons: which hashes of words, and what share of the likeness each makes; the largest are
    kept, all of them would add up to 1."""
    arrival, parts = placement.arrival, Counter[int]()
    own = dict(zip(arrival.vector.terms.tolist(), arrival.vector.weights.tolist(), strict=True))
    products = []
    for member in members:
        shared = {
            term: own[term] * weight
            for term, weight in zip(member.vector.terms.tolist(), member.vector.weights.tolist(), strict=True)
            if term in own
        }
        parts.update(shared)
        products.append(sum(shared.values()))
    total = sum(products)
    ranked = sorted(parts.items(), key=lambda item: (-item[1], item[0]))[:WORDS]
    nearest = max(range(len(members)), key=lambda place: (products[place], -place))
    last = members[-1].day
    return replace(
        placement,
        nearest=members[nearest].key,
        shared=tuple((term, round(part / total, 3)) for term, part in ranked),
        places=tuple(place[1:] for place in arrival.places if any(place in member.places for member in members)),
        days=abs(arrival.day - last) if arrival.day and last else None,
    )
