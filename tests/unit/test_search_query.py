"""What is found by which words, and what a search asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.search_query import MAX_LEXEMES, batch_lexemes, lexemes, read_query
from nlp.search_words import _EMPTY, asked_words, index_words, is_whole, words_within

TEXT = "临溪区桂香街道锦绣花园3号楼的路灯不亮，停车位太少，拨打12345热线没有回音。"


def found_by(text: str) -> set[str]:
    return index_words([text.lower()])[0]


@pytest.mark.parametrize(
    "typed",
    # a word inside a longer one, across two, a name that no dictionary has, digits, a word that is only begun
    [
        "停车位",
        "停车",
        "车位",
        "路灯",
        "灯不亮",
        "桂香",
        "桂香街道",
        "12345",
        "热线",
        "花园 路灯",
        "停车位太少",
        "锦绣花",
    ],
)
def test_a_text_is_found_by_the_words_in_it(typed: str) -> None:
    words = found_by(TEXT)
    *whole, last = [word for part in typed.split() for word in asked_words(part)]
    assert set(whole) <= words
    assert any(word.startswith(last) for word in words)


@pytest.mark.parametrize("typed", ["垃圾", "桂花", "1234", "灯亮"])
def test_it_is_not_found_by_others(typed: str) -> None:
    assert not set(asked_words(typed)) <= found_by(TEXT)


def test_words_that_tell_nothing_are_neither_kept_nor_asked_for() -> None:
    assert asked_words("的") == [] and "的" not in found_by(TEXT)
    assert read_query("的").words == "'#none'"


def test_a_text_has_the_same_words_alone_and_among_others() -> None:
    texts = [TEXT.lower(), "", "幸福路 a座", TEXT.lower()]
    alone = [index_words([text])[0] for text in texts]
    assert index_words(texts) == alone
    assert alone[1] == set() and index_words([]) == []


@pytest.mark.parametrize(("typed", "begun"), [("路灯", False), ("樟", True), ("1234", True), ("灯 a", True)])
def test_only_of_what_is_no_word_the_beginning_is_looked_for(typed: str, begun: bool) -> None:
    assert read_query(typed).words.endswith(":*") is begun


@given(st.integers(0, len(TEXT) - 4), st.integers(2, 4))
def test_a_text_with_a_longer_word_is_found_by_a_whole_one_that_it_begins_with(start: int, size: int) -> None:
    begun = TEXT[start : start + size].lower()
    if is_whole(begun) and begun not in _EMPTY:
        assert any(word.startswith(begun) for word in found_by(TEXT)) == (begun in found_by(TEXT))


def test_what_is_asked_for_in_quotes_stands_in_the_text_as_it_is() -> None:
    query = read_query("“路灯不亮” 停车")
    assert query.phrases == ("路灯不亮",) and query.marks == ("路灯不亮", "停车")
    assert query.words == "'停车' & '路灯' & '灯不亮'"
    assert read_query('"路灯').phrases == ()  # nobody closed it


@given(st.integers(0, len(TEXT) - 2), st.integers(2, 12))
def test_every_piece_of_a_text_as_a_phrase_leads_to_the_text(start: int, size: int) -> None:
    assert set(words_within(TEXT[start : start + size].lower())) <= found_by(TEXT)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("20261123-0001237", "20261123-0001237"),
        ("202611230001237", "20261123-0001237"),
        ("２０２６１１２３—０００１２３７", "20261123-0001237"),
        ("20261123", "20261123"),
        ("12345", ""),
        ("20261323", ""),
    ],
)
def test_a_number_is_seen_by_how_it_begins(typed: str, number: str) -> None:
    assert read_query(typed).number == number


def test_widths_capitals_and_traditional_characters_do_not_matter() -> None:
    assert read_query("路燈").words == read_query("路灯").words
    assert read_query("Ａ座").words == read_query("a座").words
    assert lexemes("A座") == lexemes("a座")


@given(st.text(max_size=120))
def test_no_text_ends_the_quotes_of_a_word(typed: str) -> None:
    query = read_query(typed)
    for word in query.words.replace(":*", "").split(" & ") if query.words else []:
        assert word[0] == word[-1] == "'" and "'" not in word[1:-1] and "\\" not in word


def test_a_hostile_text_is_indexed_in_no_time_and_within_bounds() -> None:
    many = "".join(chr(0x4E00 + number % 20_000) for number in range(50_000))
    assert len(lexemes(many).split()) <= MAX_LEXEMES
    assert batch_lexemes(["😀" * 50_000, "a" * 50_000])[0] == ""
