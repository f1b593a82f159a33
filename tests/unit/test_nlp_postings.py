"""Lists of cases for a word: packed and read again, summed up as if each case were compared by itself."""

import random
from itertools import pairwise

import pytest

from nlp.alike.postings import BLOCK, best_cases, pack, postings, unpack
from nlp.alike.telling import shared_words


def test_what_is_packed_is_read_again_the_heaviest_first_and_of_equal_ones_the_newest() -> None:
    [block] = pack([postings([4, 4_000_000_000, 9], [0.5, 0.25, 1.0]), postings([5], [0.5])])
    one = unpack([block])
    assert one.cases.tolist() == [9, 5, 4, 4_000_000_000]
    assert [round(step / 250, 2) for step in one.steps.tolist()] == [1.0, 0.5, 0.5, 0.25]
    assert unpack([]).cases.tolist() == []


def test_a_long_list_makes_full_blocks_of_one_page() -> None:
    chance = random.Random(1)
    weights = [chance.random() for _ in range(BLOCK * 2 + 1)]
    blocks = pack([postings(range(len(weights)), weights)])
    assert [len(block) for block in blocks] == [BLOCK * 5, BLOCK * 5, 5]
    least = [min(unpack([block]).steps.tolist()) for block in blocks]
    most = [max(unpack([block]).steps.tolist()) for block in blocks]
    assert least[0] >= most[1] and least[1] >= most[2]
    assert sorted(unpack(blocks).cases.tolist()) == list(range(len(weights)))


def test_a_case_that_comes_again_is_packed_once() -> None:
    known = pack([postings([1, 2], [0.4, 0.8])])
    once = unpack(pack([postings([2, 3], [0.2, 0.1]), unpack(known)]))
    assert list(zip(once.cases.tolist(), once.steps.tolist(), strict=True)) == [(1, 100), (2, 50), (3, 25)]


def test_a_number_of_more_than_32_bits_is_refused() -> None:
    with pytest.raises(OverflowError):
        postings([1 << 32], [0.5])


@pytest.mark.parametrize("spread", [1, 1 << 18])
def test_the_best_are_those_of_comparing_one_by_one(spread: int) -> None:
    """`spread`: all numbers share their last bits, and are told apart all the same."""
    chance = random.Random(7)
    words = [f"词{n}" for n in range(40)]
    cases = {n * spread: {w: chance.random() / 3 for w in chance.sample(words, 8)} for n in range(1, 3000)}
    letter = {w: chance.random() / 3 for w in chance.sample(words, 8)}
    lists = [
        (weight, postings(*zip(*[(n, case[word]) for n, case in cases.items() if word in case], strict=True)))
        for word, weight in letter.items()
    ]
    exact = {n: shared_words(letter, case)[0] for n, case in cases.items()}
    expected = sorted(exact, key=lambda n: -exact[n])[:10]
    assert set(expected) <= set(best_cases(lists, 30))
    assert best_cases(lists, 1)[0] in expected[:2]
    scores = [exact[n] for n in best_cases(lists, 30)]
    assert all(one > other - 0.02 for one, other in pairwise(scores))


def test_fewer_than_asked_and_none() -> None:
    assert best_cases([], 5) == [] and best_cases([(1.0, unpack([]))], 5) == []
    assert best_cases([(1.0, postings([7, 8], [0.5, 0.9])), (0.5, postings([7], [0.9]))], 5) == [7, 8]
