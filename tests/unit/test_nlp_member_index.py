"""What an arrival has in common with the members is the same as word by word, whatever was added or taken out since."""

import pytest

from api.benchmarks.made_arrivals import made_arrivals
from nlp.issues import member_index
from nlp.issues.arrivals import Arrival
from nlp.issues.letter_words import LetterReader
from nlp.issues.member_index import PLACE_BITS, TOTAL, MemberIndex


def in_common(one: Arrival, other: Arrival) -> tuple[int, int]:
    """The whole product, and what names of places make of it."""
    weights = dict(zip(other.vector.terms.tolist(), other.vector.weights.tolist(), strict=True))
    parts = {
        term: weight * weights.get(term, 0)
        for term, weight in zip(one.vector.terms.tolist(), one.vector.weights.tolist(), strict=True)
    }
    return sum(parts.values()), sum(parts.get(term, 0) for term in one.place_terms)


def test_products_are_those_of_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(member_index, "_RECENT", 40)
    made = list(made_arrivals(200, seed=2))
    index, known = MemberIndex(), list[Arrival]()
    for start in range(0, 200, 20):
        batch = made[start : start + 20]
        first = index.add([one.vector for one in batch])
        known += batch
        for one, likeness in zip(batch, index.compare(batch, first, 0.2), strict=True):
            expected = [in_common(one, other) for other in known]
            found = likeness.products(range(len(known)))
            assert list(zip((found & TOTAL).tolist(), (found >> PLACE_BITS).tolist(), strict=True)) == expected
            hits = {slot: (both & TOTAL, both >> PLACE_BITS) for slot, both in likeness.hits}
            assert hits == {slot: pair for slot, pair in enumerate(expected) if pair[0] >= 200_000}
        if start == 100:
            kept = list(range(0, len(known), 3))
            index.keep(kept)
            known = [known[slot] for slot in kept]
    assert any(one.place_terms for one in made)


def test_words_that_name_nothing_are_no_names() -> None:
    words = LetterReader().read("小区电梯破损严重无人解决", "").in_title
    assert "电梯" in words and not {"破损", "严重", "解决"} & words.keys()
