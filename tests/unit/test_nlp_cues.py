"""Cues: every occurrence is found, the longest of nested ones kept."""

from hypothesis import given
from hypothesis import strategies as st

from nlp.cues import Cue, CueIndex, longest


def test_finds_all_occurrences_with_positions() -> None:
    index = CueIndex(["养老", "养老保险", "保险", "KTV"])
    assert index.find("养老保险和ktv的保险") == [
        Cue(0, 2, "养老"),
        Cue(0, 4, "养老保险"),
        Cue(2, 4, "保险"),
        Cue(5, 8, "KTV"),
        Cue(9, 11, "保险"),
    ]


def test_longest_drops_what_lies_inside() -> None:
    index = CueIndex(["养老", "养老保险", "保险"])
    assert [cue.phrase for cue in longest(index.find("养老保险，保险"))] == ["养老保险", "保险"]


def test_longest_keeps_overlapping_neighbours() -> None:
    assert [cue.phrase for cue in longest(CueIndex(["下水", "水井"]).find("下水井"))] == ["下水", "水井"]


def test_letters_that_grow_when_lowered_keep_positions() -> None:
    assert CueIndex(["跳楼"]).find("İİ跳楼") == [Cue(2, 4, "跳楼")]


def test_a_single_character_is_no_cue() -> None:
    assert CueIndex(["水"]).find("水水") == []


@given(st.lists(st.text("甲乙Kk\0", min_size=2, max_size=5), max_size=6), st.lists(st.text("甲乙Kk\0", max_size=30)))
def test_agrees_with_plain_search_in_every_text_of_a_batch(phrases: list[str], texts: list[str]) -> None:
    index = CueIndex(phrases)
    found = index.find_all(texts)
    assert len(found) == len(texts)
    for text, cues in zip(texts, found, strict=True):
        expected = [
            (start, start + len(phrase), phrase)
            for start in range(len(text))
            for phrase in sorted(set(phrases))
            if text.lower().startswith(phrase.lower(), start)
        ]
        assert [tuple(cue) for cue in cues] == expected
        assert index.find(text) == cues, "neighbours make no difference"


def test_no_phrase_reaches_from_one_text_into_the_next() -> None:
    assert CueIndex(["下水", "水\0下", "\0下"]).find_all(["下", "水", "下水"]) == [[], [], [Cue(0, 2, "下水")]]


def test_an_index_of_nothing_finds_nothing() -> None:
    assert CueIndex([]).find_all(["下水", ""]) == [[], []]
    assert CueIndex(["下水"]).find_all(["", ""]) == [[], []]
    assert CueIndex(["下水"]).find_all([]) == []


def test_many_texts_are_lowered_like_one() -> None:
    index = CueIndex(["ab路灯", "ⅱ期", "σας", "路灯İ"[:2], "ß街"])
    texts = [
        "AB路灯",
        "Ab路灯ABAB路灯",
        "安和里Ⅱ期Ⅱ",
        "ΣΑΣ ΣΑΣ",
        "路灯İİ路灯",
        "ẞ街ß街",
        "𐐀路灯",
        "",
        "\ud800路灯",
        "x" * 50,
    ]
    assert [list(found) for found in index.find_all(texts)] == [list(index.find(text)) for text in texts]
    assert all(index.find_all(texts)[:4]), "found whatever its size"
