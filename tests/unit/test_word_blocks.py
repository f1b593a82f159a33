"""Blocks of words say what their cases say, one mention a person and word."""

from collections import defaultdict
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.daily_facts.word_blocks import CODED, Block, Mentions, WordCase, compare, pack, take_newest, words_of

DAY = date(2026, 11, 20)
CASES = st.builds(
    WordCase,
    person=st.integers(-(2**63), 2**63 - 1) | st.integers(-2, 2),
    codes=st.tuples(*(st.integers(0, 3) for _ in CODED)),
    words=st.lists(st.integers(1, 70_000) | st.integers(1, 4), max_size=6, unique=True),
)
DAYS = st.lists(st.lists(st.lists(CASES, min_size=1, max_size=6), min_size=1, max_size=3), max_size=5)


def blocks_of(days: list[list[list[WordCase]]]) -> list[Block]:
    return [
        Block(DAY - timedelta(days=n), len(block), pack(block)) for n, of_day in enumerate(days) for block in of_day
    ]


@given(days=DAYS, enough=st.integers(1, 20), allowed=st.lists(st.booleans(), min_size=4, max_size=4))
def test_the_newest_days_are_taken_until_they_are_enough(
    days: list[list[list[WordCase]]], enough: int, allowed: list[bool]
) -> None:
    found, cases = take_newest(blocks_of(days), enough, {"topic": np.array([*allowed, False])})
    pairs: set[tuple[int, int]] = set()
    number = 0
    for of_day in days:
        for case in (case for block in of_day for case in block if allowed[case.codes[0]]):
            pairs |= {(case.person, word) for word in case.words}
            number += 1
        if number >= enough:
            break
    assert cases == number
    assert sorted(words_of(found).tolist()) == sorted(word for _, word in pairs)


@given(now=DAYS, before=DAYS)
def test_persons_of_both_periods_are_counted_once(
    now: list[list[list[WordCase]]], before: list[list[list[WordCase]]]
) -> None:
    def said(days: list[list[list[WordCase]]]) -> tuple[Mentions, dict[int, set[int]]]:
        persons: dict[int, set[int]] = defaultdict(set)
        for case in (case for of_day in days for block in of_day for case in block):
            for word in case.words:
                persons[word].add(case.person)
        return take_newest(blocks_of(days), 1_000, {})[0], persons

    (mentions, by_hand), (mentions_before, by_hand_before) = said(now), said(before)
    found = compare(mentions, mentions_before)
    assert found.words.tolist() == sorted(by_hand.keys() | by_hand_before.keys())
    for word, *counts in zip(*(column.tolist() for column in found), strict=True):
        one, other = by_hand.get(word, set()), by_hand_before.get(word, set())
        assert counts == [len(one), len(other), len(one | other)]


def test_no_further_blocks_are_asked_for_than_needed() -> None:
    one = [WordCase(1, (0,) * len(CODED), [1])]
    asked = iter(blocks_of([[one], [one], [one]]))
    assert take_newest(asked, 1, {})[1] == 1
    assert len(list(asked)) == 1, "the day that is enough, and the block that tells it is over"


def test_a_code_that_was_numbered_since_is_not_chosen() -> None:
    case = WordCase(1, (9,) * len(CODED), [1])
    assert take_newest(blocks_of([[[case]]]), 1, {"topic": np.array([True, True, False])})[1] == 0


def test_a_word_beyond_what_a_mention_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="more words"):
        pack([WordCase(1, (0,) * len(CODED), [1 << 26])])


@pytest.mark.parametrize("codes", [(0, 1, 2), (0, 1), (1, 1), (299, 300)])
def test_tables_may_be_longer_than_the_numbers_of_a_block(codes: tuple[int, ...]) -> None:
    cases = [WordCase(n, (code,) * len(CODED), [1]) for n, code in enumerate(codes)]
    table = np.zeros(400, np.bool_)
    table[codes[0]] = True
    assert take_newest(blocks_of([[cases]]), 9, {"topic": table})[1] == codes.count(codes[0])
