"""The dictionary as arrays says what its lines say."""

from math import log
from pathlib import Path

import jieba
import numpy as np
import pytest

from nlp.hashing import HashTable, hash_spans, hash_words
from nlp.hashing import code_points as codes_of
from nlp.vocabulary import load_vocabulary

LINES = [line.split() for line in Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines()]
TOTAL = sum(int(count) for _, count, _ in LINES)
COUNTS = {word: (int(count), tag) for word, count, tag in LINES}


@pytest.mark.parametrize("word", ["业主", "噪音", "垃圾", "B超", "走投无路", "成都", "不动产"])
def test_a_word_is_as_rare_as_its_line_says(word: str) -> None:
    vocabulary = load_vocabulary()
    count, tag = COUNTS[word]
    [place] = vocabulary.places([word])
    assert vocabulary.word(place) == word
    assert vocabulary.rarities[place] == log(TOTAL / count)
    assert vocabulary.nominal[place] == (tag in {"n", "ns", "nt", "nz", "vn", "an", "j"})


def test_every_line_is_read() -> None:
    rarity, kept = load_vocabulary().rarity, {"n", "ns", "nt", "nz", "v", "vn", "a", "an", "i", "l", "j", "b", "vd"}
    wanted = {word for word, (_, tag) in COUNTS.items() if len(word) > 1 and tag in kept | {"f", "s"}}
    assert rarity.keys() == wanted
    assert all(rarity[word] == log(TOTAL / COUNTS[word][0]) for word in wanted)


def test_what_is_no_word_of_it_is_not_found() -> None:
    vocabulary = load_vocabulary()
    assert vocabulary.places(["", "的", "翠竹园三期", "b超"]).tolist() == [-1, -1, -1, -1]
    assert vocabulary.rarities_of(["翠竹园三期"], 16.0) == [16.0]


def test_capitals_become_small_in_the_hashes_asked_for() -> None:
    vocabulary = load_vocabulary()
    b_scan, owner = vocabulary.places(["B超", "业主"]).tolist()
    small = vocabulary.small_hashes[[b_scan, owner]].tolist()
    assert small == hash_words(["b超", "业主"]).tolist()


def test_a_hash_is_found_where_it_stands_and_nothing_else_is() -> None:
    known = np.array([7, 1 << 60, 2**64 - 1, 7, 1 << 63], dtype=np.uint64)
    asked = np.array([1 << 63, 7, 8, 2**64 - 1, 1 << 60, 0], dtype=np.uint64)
    assert HashTable(known).find(asked).tolist() == [4, 0, -1, 2, 1, -1]
    assert HashTable(known[:0]).find(asked).tolist() == [-1] * 6


def test_a_word_has_one_hash_wherever_it_stands() -> None:
    codes = codes_of("在翠竹园门口翠竹园")
    spans = hash_spans(codes, np.array([1, 6]), np.array([3, 3]))
    assert spans.tolist() == [hash_words(["翠竹园"])[0]] * 2
