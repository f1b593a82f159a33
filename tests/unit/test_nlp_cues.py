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


@given(st.lists(st.text("甲乙丙", min_size=2, max_size=4), max_size=6), st.text("甲乙丙", max_size=30))
def test_agrees_with_plain_search(phrases: list[str], text: str) -> None:
    expected = {
        (start, start + len(phrase), phrase)
        for phrase in phrases
        for start in range(len(text))
        if text.startswith(phrase, start)
    }
    found = CueIndex(phrases).find(text)
    assert {tuple(cue) for cue in found} == expected
    assert found == sorted(found)
