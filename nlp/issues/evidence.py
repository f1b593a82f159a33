"""Why does a submission belong? The words it shares with the others, the places, the days between."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nlp.issues.arrivals import Arrival
from nlp.issues.changes import Placement
from nlp.similarity import meet

WORDS = 6


def explain(placement: Placement, members: Sequence[Arrival]) -> Placement:
    """`placement` with its reasons: which hashes of words, and what share of the likeness each makes; the largest are
    kept, all of them would add up to 1."""
    arrival = placement.arrival
    words, rows, parts = meet(arrival.vector, [member.vector for member in members])
    by_word = np.bincount(words, parts, minlength=len(arrival.vector.terms))
    by_member = np.bincount(rows, parts, minlength=len(members))
    total = float(by_word.sum())
    # of equals the smaller hash, and the earlier member
    ranked = np.argsort(-by_word, kind="stable")[:WORDS]
    shared = zip(arrival.vector.terms[ranked].tolist(), by_word[ranked].tolist(), strict=True)
    last = members[-1].day
    places = {place for member in members for place in member.places} if arrival.places else ()
    return replace(
        placement,
        nearest=members[int(by_member.argmax())].key,
        shared=tuple((term, round(part / total, 3)) for term, part in shared if part),
        places=tuple(place[1:] for place in arrival.places if place in places),
        days=abs(arrival.day - last) if arrival.day and last else None,
    )
