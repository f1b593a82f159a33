"""What is shown of a case that was found."""

from api.pages.cases.case_wording import Piece
from api.pages.cases.search_marks import mark


def words_of(pieces: list[Piece]) -> list[tuple[str, bool]]:
    return [(piece.text, piece.telling) for piece in pieces]


def test_the_longest_word_is_marked_and_the_text_is_cut_around_the_first() -> None:
    text = "路灯坏了\n" + "前" * 60 + "停车位太少，停车难" + "后" * 200
    marked = mark("停车位和路灯", text, ("停车", "停车位"))
    assert words_of(marked.title) == [("停车位", True), ("和路灯", False)]
    assert words_of(marked.excerpt)[:2] == [("…" + "前" * 24, False), ("停车位", True)]
    assert ("停车", True) in words_of(marked.excerpt) and words_of(marked.excerpt)[-1][0].endswith("…")


def test_nothing_is_marked_that_is_not_there_and_signs_are_no_patterns() -> None:
    assert words_of(mark("路灯", "路灯\n文字", ("a.c",)).title) == [("路灯", False)]
    assert mark("标题", "标题\n别的文字", ("没有",)).excerpt == []
    assert words_of(mark("A座", "x\nb座 A座", ("a座",)).title) == [("A座", True)]
