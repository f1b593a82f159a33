"""Floors of what is read as meant where words are disguised, on our own marked texts."""

from nlp.cleaning import clean
from nlp.disguises import find_disguises
from tests.quality.disguise_bench import read_cases


def test_most_disguised_words_are_read_as_meant() -> None:
    wanted = [(text, word) for text, words in read_cases() for word in words]
    found = [word for text, word in wanted if word in clean(text).text]
    assert len(wanted) > 90 and len(found) >= 0.93 * len(wanted)


def test_plain_texts_are_left_alone() -> None:
    plain = [text for text, words in read_cases() if not words]
    assert len(plain) > 40 and len([text for text in plain if find_disguises(text)]) <= 1
