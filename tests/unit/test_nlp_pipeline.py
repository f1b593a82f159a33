"""The whole line: contract, versions, timings, rows of a file."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from api.commands import benchmarks
from models.analysis import AnalyserInput, AppealType, Sentiment, TopicSuggestion, Urgency
from nlp.document import Document
from nlp.pipeline import STEPS, Pipeline, build_pipeline, build_reference_pipeline
from nlp.reference import load_departments, load_regions, load_topics
from tests.analyser_contract import check_analyser


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return build_reference_pipeline()


def test_contract(pipeline: Pipeline) -> None:
    check_analyser(pipeline, {topic.code for topic in load_topics()})


def test_a_letter_gets_every_part(pipeline: Pipeline) -> None:
    letter = AnalyserInput(
        "投诉岳池县工地拖欠农民工工资",
        "包工头跑了，四十多个农民工的工资半年没发，劳动监察大队和人社局多次反映没有结果，大家非常气愤。",
        "letter",
    )
    analysis = pipeline.analyse([letter])[0]
    assert analysis.topic_code == "T1301"
    assert analysis.appeal_type is AppealType.COMPLAIN
    assert analysis.sentiment is Sentiment.NEGATIVE
    assert analysis.urgency is Urgency.URGENT
    assert {hit.detector for hit in analysis.detector_hits} == {"wage", "repeat"}
    assert analysis.region_code == "511621"
    assert analysis.organisations == ("rsj",)
    assert "包工头" in {keyword.word for keyword in analysis.keywords}
    assert set(analysis.versions) == {
        *("cleaning", "segmentation", "topic", "appeal_type", "sentiment"),
        *("urgency", "place", "times", "organisations", "keywords", "scope", "matters", "summary", "alike"),
    }


def test_unknown_below_the_threshold_keeps_suggestions(pipeline: Pipeline) -> None:
    class Unsure:
        version = "unsure/1"

        def predict(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
            return [(TopicSuggestion("T0101", 0.1),) for _ in documents]

    unsure = Pipeline(replace(pipeline.parts, topics=Unsure()))
    analysis = unsure.analyse([AnalyserInput("规划", "规划", "letter")])[0]
    assert analysis.topic_code is None
    assert analysis.topic_confidence == 0.0
    assert analysis.suggestions[0].topic_code == "T0101"


def test_version_follows_the_reference_data(pipeline: Pipeline) -> None:
    other = build_pipeline(load_topics()[:30], load_regions(), [], load_departments())
    assert other.version != pipeline.version
    assert build_reference_pipeline().version == pipeline.version


def test_the_benchmark_has_a_name_for_every_step() -> None:
    assert set(STEPS) <= benchmarks._STEPS.keys()


def test_timings_add_up_and_reset(pipeline: Pipeline) -> None:
    pipeline.analyse([AnalyserInput("路灯不亮", "修一下", "letter")])
    assert set(pipeline.timings) == set(STEPS)
    assert all(seconds > 0 for seconds in pipeline.timings.values())
    pipeline.reset_timings()
    assert sum(pipeline.timings.values()) == 0.0
