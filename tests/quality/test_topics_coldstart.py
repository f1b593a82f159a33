"""The cold start keeps its promises: on letters of our own wording always, on real ones where this machine has them."""

from importlib.resources import files

import pytest
import yaml

from api.commands.default_classifier import ready_shipped
from models.analysis import AnalyserInput, Analysis, Scope
from nlp.pipeline import Pipeline, build_reference_pipeline
from nlp.reference import load_topics
from tests.quality.letters_bench import DISPATCH_THRESHOLD, find_letters, measure


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return build_reference_pipeline(ready_shipped())


@pytest.fixture(scope="module")
def judged(pipeline: Pipeline) -> list[tuple[str, Analysis]]:
    """The right sub-topic and the analysis of each of our own letters."""
    letters = yaml.safe_load((files("tests.quality") / "own_letters.yaml").read_text(encoding="utf-8"))
    analyses = pipeline.analyse([AnalyserInput(title, body, "letter") for _, title, body in letters])
    return [(code, analysis) for (code, _, _), analysis in zip(letters, analyses, strict=True)]


def test_our_letters_cover_every_first_level_topic(judged: list[tuple[str, Analysis]]) -> None:
    assert len(judged) >= 100
    assert len({code[:3] for code, _ in judged}) >= 21


def test_first_level_topic_is_found(judged: list[tuple[str, Analysis]]) -> None:
    right = sum((a.topic_code or "").startswith(code[:3]) for code, a in judged)
    assert right / len(judged) >= 0.95


def test_sub_topic_is_found(judged: list[tuple[str, Analysis]]) -> None:
    assert sum(a.topic_code == code for code, a in judged) / len(judged) >= 0.90


def test_sub_topic_is_among_three_suggestions(judged: list[tuple[str, Analysis]]) -> None:
    assert sum(code in [s.topic_code for s in a.suggestions] for code, a in judged) / len(judged) >= 0.95


def test_what_is_dispatched_reaches_the_right_kind_of_department(judged: list[tuple[str, Analysis]]) -> None:
    leads = {topic.code: topic.lead_duty for topic in load_topics()}
    dispatched = [(code, a) for code, a in judged if a.topic_confidence >= DISPATCH_THRESHOLD]
    assert len(dispatched) / len(judged) >= 0.85
    right = sum(leads[str(a.topic_code)] == leads[code] for code, a in dispatched)
    assert right / len(dispatched) >= 0.97


def test_chatter_is_not_dispatched(pipeline: Pipeline) -> None:
    texts = ["今天天气真好，晚上想吃火锅", "哈哈哈哈笑死我了", "祝大家中秋快乐", "123456", "路过看看，顶一下"]
    analyses = pipeline.analyse([AnalyserInput("", text, "social") for text in texts])
    sure = [a for a in analyses if a.scope is Scope.WITHIN and a.topic_confidence >= DISPATCH_THRESHOLD]
    assert [a.topic_code for a in sure] == []


def test_real_letters(pipeline: Pipeline) -> None:
    path = find_letters()
    if path is None:
        pytest.skip("no real letters here: set WENZHENG_BENCH_DATA to a folder with letters_labelled.csv")
    result = measure(path, pipeline)
    assert result.macro_f1 >= 0.825
    assert result.dispatched_accuracy >= 0.885
    assert result.dispatched >= 0.84
    assert result.ece <= 0.11
    assert result.letters_per_second >= 500  # a floor for a busy machine; the aim is 1,500
