"""Which members are like an arrival is the same as word by word, whatever was added or taken out since."""

import numpy as np
import pytest

from api.benchmarks.made_arrivals import made_arrivals
from nlp.issues import member_index, word_columns
from nlp.issues.letter_words import LetterReader
from nlp.issues.member_index import MemberIndex
from nlp.issues.word_columns import WordColumns
from nlp.similarity import Vector


def words_of(vector: Vector) -> dict[int, int]:
    return dict(zip(vector.terms.tolist(), vector.weights.tolist(), strict=True))


def in_common(one: dict[int, int], other: dict[int, int]) -> int:
    return sum(one[term] * other[term] for term in one.keys() & other.keys())


@pytest.mark.parametrize("least", [0.1, 0.2])
def test_those_are_found_whose_words_are_alike(monkeypatch: pytest.MonkeyPatch, least: float) -> None:
    monkeypatch.setattr(member_index, "_RECENT", 40)
    monkeypatch.setattr(word_columns, "_WAITING", 300)
    made = [one.vector for one in made_arrivals(200, seed=2)]
    index, known, found = MemberIndex(), list[dict[int, int]](), 0
    for start in range(0, 200, 20):
        batch = made[start : start + 20]
        first = index.add(batch)
        known += map(words_of, batch)
        for one, hits in zip(known[-len(batch) :], index.alike(first, least), strict=True):
            products = {slot: in_common(one, other) for slot, other in enumerate(known)}
            assert hits == {slot: product for slot, product in products.items() if product >= least * Vector.SQUARE}
            found += len(hits)
        if start == 100:
            kept = list(range(0, len(known), 3))
            index.keep(kept)
            known = [known[slot] for slot in kept]
    assert found > len(made)


def test_a_word_keeps_its_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_columns, "_WAITING", 50)
    random, columns, known = np.random.default_rng(1), WordColumns(), dict[int, int]()
    for round_ in range(40):
        terms = random.integers(0, 400, size=30, dtype=np.uint32)
        for term, column in zip(terms.tolist(), columns.of(terms).tolist(), strict=True):
            assert known.setdefault(term, column) == column
        assert sorted(known.values()) == list(range(len(columns)))
        if round_ % 10 == 9:
            said = random.random(len(columns)) < 0.5
            now = columns.keep(said).tolist()
            known = {term: now[column] for term, column in known.items() if said[column]}
    assert columns.of(np.empty(0, dtype=np.uint32)).tolist() == []


def test_words_that_name_nothing_are_no_names() -> None:
    words = LetterReader().read("小区电梯破损严重无人解决", "").in_title
    assert "电梯" in words and not {"破损", "严重", "解决"} & words.keys()
