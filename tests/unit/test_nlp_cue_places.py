"""Cues as arrays say the same as cues one by one."""

from hypothesis import given
from hypothesis import strategies as st

from nlp.cue_places import Wanted
from nlp.cues import is_whole, longest
from tests.unit.nlp_documents import make_document

PHRASES = ("保险", "养老保险", "养老", "老保", "险金", "12345", "app", "APP", "老年", "保险金")
LETTERS = st.text(st.sampled_from("养老保险金年 1234512aApPp"), max_size=40)


def test_longer_phrases_hide_what_lies_inside_them() -> None:
    wanted = Wanted(PHRASES)
    places = wanted.longest([make_document("app里查保险金", title="养老保险", phrases=PHRASES)])
    assert [wanted.phrases[column] for column in places.columns.tolist()] == ["养老保险", "APP", "保险金"]


@given(texts=st.lists(st.tuples(LETTERS, LETTERS), max_size=5), chosen=st.sets(st.sampled_from(PHRASES)))
def test_the_same_as_one_by_one(texts: list[tuple[str, str]], chosen: set[str]) -> None:
    kinds = PHRASES, PHRASES[2:]
    documents = [
        make_document(body, title=title, phrases=kinds[number % 2]) for number, (title, body) in enumerate(texts)
    ]
    wanted = Wanted(sorted(chosen))
    places = wanted.longest(documents)
    found = [
        (row, start, end, wanted.phrases[column])
        for row, start, end, column in zip(
            *(part.tolist() for part in (places.rows, places.starts, places.ends, places.columns)), strict=True
        )
    ]
    assert found == [
        (row, *cue)
        for row, document in enumerate(documents)
        for cue in longest([c for c in document.cues if c.phrase in chosen and is_whole(c, document.text)])
    ]


def test_no_documents_no_places() -> None:
    assert not len(Wanted(PHRASES).longest([]).rows)
