"""What is proposed of a letter depends on that letter alone, points into it, and is not slow to come."""

from time import process_time

import pytest

from api.commands.default_classifier import ready_shipped
from models.analysis import AnalyserInput, Matter
from nlp.gist.clause_matters import ClauseMatters, Weighing
from nlp.gist.sentences import split
from nlp.pipeline import Pipeline, build_reference_pipeline
from tests.quality import matters_bench

LIGHT = "柳巷的六盏路灯坏了五盏，晚上一片漆黑，老人出门要打手电，反映了三次也没有人来修。"
WAGES = "我在城北的服装厂做了八个月，老板拖欠我们三个月的工资，劳动监察大队来过一次也没有下文。"
BUSES = "27路公交车早高峰半个小时才来一趟，站台上挤满了人，公交公司说司机不够。"


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return build_reference_pipeline(ready_shipped())


@pytest.fixture(scope="module")
def matters(pipeline: Pipeline) -> ClauseMatters:
    return matters_bench.make(pipeline)


def propose(pipeline: Pipeline, matters: ClauseMatters, *bodies: str) -> list[tuple[Matter, ...]]:
    return matters.propose(split(pipeline._read([AnalyserInput("", body, "letter") for body in bodies])))


def test_another_matter_needs_no_word_for_it(pipeline: Pipeline, matters: ClauseMatters) -> None:
    body = f"您好！{LIGHT}{WAGES}谢谢！"
    [found] = propose(pipeline, matters, body)
    assert [matter.topic_code for matter in found] == ["T0402", "T1301"]
    said = [[f"\n{body}"[span.start : span.end] for span in matter.sentences] for matter in found]
    assert said == [[LIGHT], [WAGES]]


def test_within_a_sentence_each_matter_has_its_clauses(pipeline: Pipeline, matters: ClauseMatters) -> None:
    body = f"{LIGHT[:-1]}，{WAGES}"
    [found] = propose(pipeline, matters, body)
    assert [f"\n{body}"[span.start : span.end] for matter in found for span in matter.sentences] == [
        f"{LIGHT[:-1]}，",
        WAGES,
    ]


def test_a_part_is_cut_again(pipeline: Pipeline, matters: ClauseMatters) -> None:
    [found] = propose(pipeline, matters, LIGHT + WAGES + BUSES)
    assert [matter.topic_code for matter in found] == ["T0402", "T1301", "T0601"]


@pytest.mark.parametrize(
    "grumble",
    [
        "夜里翻来覆去合不上眼，头发愁白了一半，叫我往后的日子靠什么。",
        "还有没有盼头，夜里翻来覆去合不上眼，头发愁白了一半。",
    ],
)
def test_what_names_no_topic_surely_is_no_other_matter(
    pipeline: Pipeline, matters: ClauseMatters, grumble: str
) -> None:
    assert propose(pipeline, matters, WAGES + grumble) == [()]


def test_unless_the_writer_says_that_another_begins(pipeline: Pipeline, matters: ClauseMatters) -> None:
    [case] = [case for case in matters_bench.load_cases("kept") if case.title == "公司断缴和退休年龄"]
    [found] = matters_bench.read([case], pipeline, matters)
    assert [matter.confidence > Weighing().sure for matter in found] == [True, False]


def test_what_is_set_aside_is_not_proposed(pipeline: Pipeline, matters: ClauseMatters) -> None:
    [found] = propose(pipeline, matters, f"{LIGHT}{WAGES[:-1]}，那件事我另写一封。")
    assert found == ()


@pytest.mark.parametrize("body", [LIGHT, f"{LIGHT}另外，路灯的灯杆也歪了，请一起修好路灯。", "谢谢！", "", "😀" * 300])
def test_one_matter_is_left_alone(pipeline: Pipeline, matters: ClauseMatters, body: str) -> None:
    assert propose(pipeline, matters, body) == [()]


def test_the_batch_does_not_matter(pipeline: Pipeline, matters: ClauseMatters) -> None:
    bodies = [
        LIGHT,
        LIGHT + WAGES,
        "",
        f"{WAGES}\n{BUSES}{LIGHT}",
        *(case.body for case in matters_bench.load_cases("kept")),
    ]
    bodies += bodies[: 300 - len(bodies)]
    assert len(bodies) > 256
    together = propose(pipeline, matters, *bodies)
    assert together[:12] == [propose(pipeline, matters, body)[0] for body in bodies[:12]]
    assert together[-20:] == propose(pipeline, matters, *bodies[-20:])


@pytest.mark.parametrize("piece", ["，", "另外，", f"{LIGHT}{WAGES}", "路灯坏了没有工资，"])
def test_a_text_made_to_be_slow_is_not(pipeline: Pipeline, matters: ClauseMatters, piece: str) -> None:
    seconds = []
    for length in (10_000, 50_000):
        sentences = split(pipeline._read([AnalyserInput("", piece * (length // len(piece)), "letter")]))
        started = process_time()
        matters.propose(sentences)
        seconds.append(process_time() - started)
    assert seconds[1] < max(15 * seconds[0], 0.5)  # 25 times, were it quadratic
