"""A spotter finds what a search through the whole text would find."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.gist.spotting import Spotter, numbers_of

ALTERNATIVES = ("希望", "望(?=能|早)", "请(?!假)", "能否", r"\?", "问：", "要求(?!我)")


@given(st.text(alphabet="希望能早请假否?问：要求我。\n𠀀", max_size=60))
def test_as_a_search_does(text: str) -> None:
    text += "\n"
    spotter = Spotter(ALTERNATIVES)
    found = list(spotter.find(text, spotter.could_begin(numbers_of(text))))
    assert found == [match.span() for match in re.finditer("|".join(ALTERNATIVES), text)]


def test_nothing_is_looked_at_where_none_can_begin() -> None:
    spotter = Spotter(ALTERNATIVES)
    assert spotter.could_begin(numbers_of("希有，能力，要我。请\n")).tolist() == [9]


@pytest.mark.parametrize("text", ["\n", "请\n"])
def test_short_texts(text: str) -> None:
    spotter = Spotter(ALTERNATIVES)
    assert len(list(spotter.find(text, spotter.could_begin(numbers_of(text))))) == text.count("请")
