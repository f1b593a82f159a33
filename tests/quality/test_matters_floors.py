"""Proposals of several matters and two-line summaries keep their promises on letters that nothing was fitted to."""

from api.commands.default_classifier import ready_shipped
from nlp.gist.summary import summarise
from nlp.pipeline import build_reference_pipeline
from tests.quality import matters_bench, summary_bench


def test_several_matters_are_proposed_and_seldom_where_there_is_one() -> None:
    pipeline = build_reference_pipeline(ready_shipped())
    cases = matters_bench.load_cases("fresh")
    assert len(cases) >= 100
    result = matters_bench.measure(cases, matters_bench.read(cases, pipeline, matters_bench.make(pipeline)))
    assert result.precision >= 0.90
    assert result.recall >= 0.60
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
