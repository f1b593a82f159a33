"""The clustering itself: the same for the same order, however it is cut; what forbids; what is forgotten; why."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

from api.benchmarks.issues import adjusted_rand, b_cubed
from api.benchmarks.made_arrivals import made_arrivals
from nlp.issues.arrivals import Arrival
from nlp.issues.average_link import average_link
from nlp.issues.belonging import Limits, belongs
from nlp.issues.book import BookSettings, IssueBook
from nlp.issues.changes import (
    Change,
    Joining,
    KnownCluster,
    Merging,
    Placement,
    Proposing,
    Splitting,
    current_issues,
    grouped,
)
from nlp.similarity import Vector, add_up, hash_term


def arrival(key: int, words: str, *, day: int = 700_000, places: Sequence[str] = (), **parts: Any) -> Arrival:
    """A submission whose words, one character each, all weigh the same."""
    terms = sorted(map(hash_term, words))
    weight = round(1000 / max(len(terms), 1) ** 0.5)
    vector = Vector(np.array(terms, dtype=np.uint32), np.full(len(terms), weight, dtype=np.int16))
    return Arrival(key, vector, day, places=tuple(places), **parts)


def joined(*arrivals: Arrival, settings: BookSettings | None = None) -> list[list[int]]:
    return grouped(IssueBook(settings).take(arrivals))


def test_alike_ones_are_one_matter_and_others_stay_alone() -> None:
    assert joined(arrival(1, "abcdef"), arrival(2, "uvwxyz"), arrival(3, "abcxyf"), arrival(4, "abcdeg")) == [
        [1, 3, 4],
        [2],
    ]


def plain(changes: Iterable[Change]) -> list[Any]:
    """As it can be compared: arrays have no equality of their own."""
    return [(one.arrival.key, _rest(one)) if isinstance(one, Placement) else one for one in changes]


def _rest(placement: Placement) -> list[Any]:
    return [getattr(placement, field.name) for field in fields(placement) if field.name != "arrival"]


def plain_known(book: IssueBook) -> list[object]:
    return [([(n, a.pack()) for n, a in one.members], replace(one, members=[])) for one in book.known()]


@pytest.fixture(scope="module")
def made() -> list[Arrival]:
    return list(made_arrivals(3000, seed=3))


SMALL = BookSettings(known=5, young=4, alone_for=500, silent_for=900)


@pytest.mark.parametrize("settings", [BookSettings(), SMALL], ids=["usual", "forgetful"])
def test_batches_and_restarts_make_no_difference(made: list[Arrival], settings: BookSettings) -> None:
    whole = IssueBook(settings)
    changes = whole.take(made)
    cut, seen, source = IssueBook(settings), [], iter(made)
    for size in (1, 7, 256, 900, 3000):
        seen += cut.take(islice(source, size))
        # what is kept is packed and read again, in another order
        kept = [
            replace(one, members=[(n, Arrival.unpack(a.key, a.pack())) for n, a in one.members])
            for one in reversed(cut.known())
        ]
        cut = IssueBook.restore(kept, arrivals=cut.arrivals, last_issue=cut.last_issue, settings=settings)
    assert plain(seen) == plain(changes)
    assert plain_known(cut) == plain_known(whole)
    assert {type(change) for change in changes} >= {Placement, Joining}


def test_it_finds_what_was_made(made: list[Arrival]) -> None:
    """Those of one matter share its place, which nobody else has."""
    marks = {one.key: str(min(one.place_terms)) for one in made if len(one.place_terms) == 2}
    labels = [0] * (len(made) + 1)
    for number, keys in enumerate(grouped(IssueBook().take(made, explained=False)), 1):
        for key in keys:
            labels[key] = number
    precision, recall, _ = b_cubed(labels, marks)
    assert precision > 0.95 and recall > 0.85


def test_memory_is_bounded(made: list[Arrival]) -> None:
    book = IssueBook(SMALL)
    book.take(made, explained=False)
    known = book.known()
    assert max(len(one.members) for one in known) <= SMALL.known
    assert len(known) <= SMALL.alone_for + SMALL.silent_for
    assert all(book.arrivals - one.members[-1][0] <= SMALL.silent_for for one in known)


def test_another_estate_another_district_another_year_is_another_matter() -> None:
    here = arrival(1, "abcdefgh", places=["e丽发新城"], region="990102")
    for other, same in (
        (arrival(2, "abcdwxyz", places=["e丽发新城小区"], region="990102"), True),
        (arrival(2, "abcdwxyz", places=["r滨江路"]), True),
        (arrival(2, "abcdwxyz", places=["e锦绣华庭"]), False),
        (arrival(2, "abcdwxyz", region="990103"), False),
        (arrival(2, "abcdwxyz", region="990102003"), True),
        (arrival(2, "abcdwxyz", day=700_181), False),
        (arrival(2, "abcdwxyz", day=700_180), True),
        (arrival(2, "abcdwxyz", day=0), True),
    ):
        assert (len(joined(here, other)) == 1) is same, other


def test_a_copy_outweighs_a_misread_name_but_not_time() -> None:
    here = arrival(1, "abcdefgh", places=["e丽发新城"])
    assert len(joined(here, arrival(2, "abcdefgz", places=["e锦绣华庭"]))) == 1
    assert len(joined(here, arrival(2, "abcdefgz", day=710_000))) == 2


def test_a_street_in_common_is_no_matter_in_common() -> None:
    place = (hash_term("a"), hash_term("b"))
    assert len(joined(arrival(1, "abcde", place_terms=place), arrival(2, "abxyz", place_terms=place))) == 2
    assert len(joined(arrival(1, "abcde", place_terms=place), arrival(2, "abcyz", place_terms=place))) == 1


def test_within_a_week_at_one_place_less_is_enough() -> None:
    place = (hash_term("a"),)
    first = arrival(1, "abcdefghij", place_terms=place)
    for day, terms, same in ((700_007, place, True), (700_008, place, False), (700_000, (), False)):
        second = arrival(2, "acuvwxyz", day=day, place_terms=terms)
        likeness = second.vector.product(*add_up([first.vector]))
        assert Limits().near <= likeness < Limits().threshold
        assert belongs(second, [first], likeness, Limits()) is same, day


def test_two_that_grew_alike_become_one_and_the_older_number_stays() -> None:
    bridge = [arrival(1, "abcdefgh"), arrival(2, "abcdefgx"), arrival(3, "ijklmnop"), arrival(4, "ijklmnoy")]
    between = [arrival(n, "abcdijkl") for n in (5, 6, 7)]
    book = IssueBook()
    changes = book.take([*bridge, *between])
    merged = [change for change in changes if isinstance(change, Merging)]
    assert [(one.issue, one.gone) for one in merged] == [(1, 2)]
    assert set(current_issues(changes).values()) == {1}


def test_what_people_shaped_is_neither_merged_nor_split_but_proposed() -> None:
    members = [arrival(n, words) for n, words in enumerate(("abcdefgh", "abcdefgx", "ijklmnop", "ijklmnoy"), 1)]
    for held, separate, kind in ((True, frozenset[int](), Proposing), (True, frozenset({2}), None)):
        known = [
            KnownCluster(1, 2, [(1, members[0]), (2, members[1])], held, separate, 1),
            KnownCluster(2, 2, [(3, members[2]), (4, members[3])], held, frozenset({1}) if separate else separate, 2),
        ]
        book = IssueBook.restore(known, arrivals=4, last_issue=2)
        changes = book.take([arrival(n, "abcdijkl") for n in (5, 6, 7)])
        assert not any(isinstance(change, Merging | Splitting) for change in changes)
        assert any(isinstance(change, Proposing) for change in changes) is (kind is not None)


def test_the_parts_of_a_merged_issue_take_more_each() -> None:
    known = [
        KnownCluster(1, 1, [(1, arrival(1, "abcdefgh"))], True, frozenset(), 1),
        KnownCluster(1, 1, [(2, arrival(2, "ijklmnop"))], True, frozenset(), 2),
    ]
    book = IssueBook.restore(known, arrivals=2, last_issue=2)
    placed = [c for c in book.take([arrival(3, "abcdefgx"), arrival(4, "ijklmnox")]) if isinstance(c, Placement)]
    assert [(one.issue, one.part) for one in placed] == [(1, 1), (1, 2)]


def test_what_has_grown_apart_is_split() -> None:
    settings = BookSettings(young=4, limits=Limits(threshold=0.1, near=0.1), loose=0.3)
    chain = ("abcdefgh", "ghabijkl", "klmnghop", "opqrklst")
    changes = IssueBook(settings).take([arrival(n, words) for n, words in enumerate(chain, 1)])
    assert any(isinstance(change, Splitting) for change in changes)
    assert sorted(key for keys in grouped(changes) for key in keys) == [1, 2, 3, 4]


def test_the_evidence_adds_up() -> None:
    changes = IssueBook().take([arrival(1, "abcdef"), arrival(2, "abcxyz"), arrival(3, "abcdxy", places=["e丽发新城"])])
    second, third = [c for c in changes if isinstance(c, Placement)][1:]
    assert second.nearest == 1 and second.days == 0
    assert {term for term, _ in second.shared} == set(map(hash_term, "abc"))
    assert sum(share for _, share in second.shared) == pytest.approx(1, abs=0.01)
    assert second.likeness == pytest.approx(0.5, abs=0.01)
    assert third.likeness == pytest.approx(
        (third.arrival.vector.product(*add_up([arrival(1, "abcdef").vector, arrival(2, "abcxyz").vector]))) / 2
    )


def test_what_says_nothing_stands_alone() -> None:
    assert joined(arrival(1, ""), arrival(2, ""), arrival(3, "abc")) == [[1], [2], [3]]


def test_packed_and_read_again_it_is_the_same() -> None:
    one = arrival(7, "abc", places=["e丽发新城", "r滨江路"], region="990102", place_terms=(1, 2))
    assert Arrival.unpack(7, one.pack()).pack() == one.pack()
    with pytest.raises(ValueError, match="format"):
        Arrival.unpack(7, b"\xff" + one.pack()[1:])


def test_average_link_joins_what_is_alike_on_average() -> None:
    vectors = [arrival(n, words).vector for n, words in enumerate(("abcd", "abce", "wxyz", "wxyq", "kkkl"))]
    assert average_link(vectors, 0.5) == [[0, 1], [2, 3], [4]]
    assert average_link(vectors[:1], 0.5) == [[0]]


def test_the_measures() -> None:
    assert b_cubed([1, 1, 2, 3], {0: "a", 1: "a", 2: "b", 3: "c"}) == (1.0, 1.0, 1.0)
    precision, recall, _ = b_cubed([1, 1, 1, 2], {0: "a", 1: "a", 2: "b", 3: "b"})
    assert (precision, recall) == pytest.approx(((2 * 2 / 3 + 1 / 3 + 1) / 4, (2 + 1) / 4))
    assert adjusted_rand([1, 1, 2, 2], [5, 5, 6, 6]) == 1
    assert adjusted_rand([1, 1, 2, 2], [1, 2, 1, 2]) < 0.01
