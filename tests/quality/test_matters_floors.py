"""Proposals of several matters, summaries and elements keep their promises on letters that nothing was fitted to."""

import pytest

from api.commands.default_classifier import ready_shipped
from models.analysis import Element
from nlp.gist.summary import summarise
from nlp.pipeline import build_reference_pipeline
from tests.quality import elements_bench, matters_bench, summary_bench


@pytest.mark.parametrize(
    ("name", "precision", "recall"), [("kept", 0.94, 0.80), ("second:1", 0.88, 0.40), ("fresh", 0.82, 0.57)]
)
def test_several_matters_are_proposed_and_seldom_where_there_is_one(name: str, precision: float, recall: float) -> None:
    pipeline = build_reference_pipeline(ready_shipped())
    cases = matters_bench.load_cases(name)
    result = matters_bench.measure(cases, matters_bench.read(cases, pipeline, matters_bench.make(pipeline)))
    assert len(cases) > 70
    assert result.precision >= precision
    assert result.recall >= recall
    assert result.sentences >= 0.95
    assert result.parents >= 0.93


def test_a_summary_says_more_than_the_first_two_sentences() -> None:
    letters = summary_bench.load("hand10")
    assert len(letters) == 60
    result = summary_bench.measure(letters, summarise)
    usual = summary_bench.measure(letters, summary_bench.first_two)
    assert result.precision >= usual.precision + 0.10
    assert result.matter >= 0.65
    assert result.wish >= 0.60


def test_elements_are_found_and_right() -> None:
    letters = elements_bench.load("kept")
    assert len(letters) == 60
    for element, score in elements_bench.measure(letters, elements_bench.analyse(letters)).items():
        assert score.precision >= 0.80, element
        assert score.recall >= (0.72 if element is Element.WHERE else 0.90), element
