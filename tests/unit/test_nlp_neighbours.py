"""The most similar labelled letters: found, in a fixed order, whatever else is in the batch; or none."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models.analysis import Neighbour
from models.errors import Invalid
from nlp.document import Document
from nlp.pipeline import build_pipeline
from nlp.reference import load_departments, load_regions, load_topics
from nlp.topics.neighbours import LEAST_LIKENESS, NeighbourIndex, title_of
from tests.analyser_contract import INPUTS, check_analyser
from tests.unit.nlp_documents import make_document
from tests.unit.nlp_letters import corpus_letters

LETTERS = (
    ("T0402", "桥头路灯不亮", "桥头五盏路灯坏了一个月，夜里走路看不见，请维修。"),
    ("T0402", "巷子里没有路灯", "巷子里一直没有路灯，夜里黑，老人摔跤，请安装路灯。"),
    ("T1301", "拖欠农民工工资", "包工头拖欠我们二十个农民工工资半年，劳动监察大队不管。"),
    ("T1301", "", "工地欠薪，包工头跑了，农民工的工资要不回来，请劳动监察处理。"),
    ("T1002", "学区划分不合理", "孩子上小学，学区划分把我们小区划到很远的学校。"),
    ("T0203", "电梯困人", "小区电梯三天两头坏，昨天又困人，物业不维修。"),
)


def index_of(*letters: tuple[str, str, str]) -> NeighbourIndex:
    documents = [make_document(body, title=title) for _, title, body in letters]
    references = [f"corpus:hand1/{number}" for number in range(1, len(letters) + 1)]
    return NeighbourIndex.build(documents, references, [code for code, *_ in letters])


@pytest.fixture(scope="module")
def index() -> NeighbourIndex:
    return index_of(*LETTERS)


@pytest.fixture(scope="module")
def corpus() -> tuple[NeighbourIndex, list[Document]]:
    """An index of one half of some corpus letters, and the other half."""
    letters = corpus_letters("T02", "T06", "T10", "T13")
    documents = [make_document(letter.body, title=letter.title) for letter in letters]
    known = range(0, len(letters), 2)
    built = NeighbourIndex.build(
        [documents[n] for n in known], [f"corpus:x/{n}" for n in known], [letters[n].label for n in known]
    )
    return built, documents[1::2]


def codes(found: tuple[Neighbour, ...]) -> list[str]:
    return [neighbour.topic_code for neighbour in found]


def test_the_obvious_ones_are_found(index: NeighbourIndex) -> None:
    lamps, wages = index.find(
        [
            make_document("公园门口的路灯坏了，夜里看不见，请维修路灯"),
            make_document("包工头欠农民工工资，劳动监察不管"),
        ]
    )
    assert codes(lamps)[:2] == ["T0402", "T0402"]
    assert codes(wages)[:2] == ["T1301", "T1301"]
    assert lamps[0].title and lamps[0].reference in ("corpus:hand1/1", "corpus:hand1/2")


def test_a_letter_is_most_like_itself(index: NeighbourIndex) -> None:
    for number, (code, title, body) in enumerate(LETTERS, start=1):
        [found] = index.find([make_document(body, title=title)])
        assert found[0] == Neighbour(f"corpus:hand1/{number}", code, title or title_of("", body), found[0].likeness)
        assert found[0].likeness == pytest.approx(1.0, abs=0.002)


def test_topics_of_real_letters_agree_far_more_often_than_by_chance(
    corpus: tuple[NeighbourIndex, list[Document]],
) -> None:
    built, others = corpus
    labels = [letter.label for letter in corpus_letters("T02", "T06", "T10", "T13")][1::2]
    found = built.find(others)
    right = [near[0].topic_code == label for near, label in zip(found, labels, strict=True) if near]
    assert len(right) > 0.5 * len(others)
    assert sum(right) / len(right) > 0.75


@pytest.mark.parametrize(
    "text", ["", "   ", "😡😡😡", "12345 67890", "qwertz asdf", "，。！？", "自殺 İstanbul ﬁ", "\ud800"]
)
def test_what_says_nothing_is_like_nothing(index: NeighbourIndex, text: str) -> None:
    assert index.find([make_document(text)]) == [()]


def test_one_everyday_word_is_no_likeness(corpus: tuple[NeighbourIndex, list[Document]]) -> None:
    found = corpus[0].find([make_document(text) for text in ("你好，请问", "今天", "希望领导")])
    assert found == [(), (), ()]


def test_batch_and_order_make_no_difference(corpus: tuple[NeighbourIndex, list[Document]]) -> None:
    built, others = corpus
    others = [*others, make_document("x" * 50_000), make_document("电梯坏了" * 5000)] * 2  # more than one chunk
    assert len(others) > 256
    found = built.find(others)
    assert built.find(others[::-1]) == found[::-1]
    assert [built.find([document])[0] for document in others[::9]] == found[::9]
    assert built.find([]) == []


def test_likeness_falls_and_never_below_the_least(corpus: tuple[NeighbourIndex, list[Document]]) -> None:
    for found in corpus[0].find(corpus[1]):
        values = [neighbour.likeness for neighbour in found]
        assert values == sorted(values, reverse=True)
        assert all(LEAST_LIKENESS <= value <= 1.0 for value in values)
        assert len(found) <= 3


def test_the_same_text_is_shown_once_and_the_first_one_stands_for_it() -> None:
    lamp = LETTERS[0]
    spaced = (lamp[0], lamp[1], lamp[2].replace("，", "， "))
    nearly = (lamp[0], lamp[1], lamp[2] + "谢谢。")
    built = index_of(lamp, *LETTERS[1:], lamp, spaced, nearly)
    [found] = built.find([make_document(lamp[2], title=lamp[1])])
    assert [n.reference for n in found].count("corpus:hand1/1") == 1
    assert not {"corpus:hand1/7", "corpus:hand1/8", "corpus:hand1/9"} & {n.reference for n in found}


def test_equally_near_letters_come_in_the_order_of_the_index() -> None:
    """The words that differ are unknown to the one who asks: both are exactly as near."""
    built = index_of(("A", "", "路灯坏了请维修 abc"), ("B", "", "路灯坏了请维修 xyz"), *LETTERS[2:])
    [found] = built.find([make_document("路灯坏了请维修")])
    assert [n.topic_code for n in found[:2]] == ["A", "B"]
    assert found[0].likeness == found[1].likeness


def test_words_of_the_title_weigh_more(index: NeighbourIndex) -> None:
    body = "路灯不亮，夜里看不见，电梯困人，物业不维修"
    lamp_first = index.find([make_document(body, title="路灯不亮")])[0]
    lift_first = index.find([make_document(body, title="电梯困人")])[0]
    assert (lamp_first[0].topic_code, lift_first[0].topic_code) == ("T0402", "T0203")


def test_a_letter_without_title_is_called_by_its_first_words() -> None:
    assert title_of(" ", "路灯\n坏了") == "路灯 坏了"
    assert title_of("标题", "正文") == "标题"
    assert title_of("", "字" * 50) == "字" * 40 + "…"


# The index as arrays


def test_arrays_survive_a_file_and_give_the_same_bytes(corpus: tuple[NeighbourIndex, list[Document]]) -> None:
    built, others = corpus
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **built.arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as stored:
        back = NeighbourIndex.from_arrays({name: stored[name] for name in stored.files})
    assert back.version == built.version
    assert back.find(others) == built.find(others)
    assert {n: a.tobytes() for n, a in back.arrays().items()} == {n: a.tobytes() for n, a in built.arrays().items()}


def test_the_version_follows_the_letters(index: NeighbourIndex) -> None:
    assert index_of(*LETTERS).version == index.version
    assert index_of(*LETTERS[:-1]).version != index.version
    assert index_of(*LETTERS[:-1], ("T0204", *LETTERS[-1][1:])).version != index.version


def test_an_index_of_nothing_finds_nothing() -> None:
    empty = NeighbourIndex.build([], [], [])
    assert empty.find([make_document("路灯坏了")]) == [()]
    assert NeighbourIndex.from_arrays(empty.arrays()).version == empty.version
    assert index_of(("T0402", "", "")).find([make_document("路灯坏了")]) == [()]


def test_letters_without_label_or_reference_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        NeighbourIndex.build([make_document("路灯坏了")], ["corpus:hand1/1"], [])


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("slots", lambda a: a[::-1]),
        ("slots", lambda a: a.astype(np.int64)),
        ("slots", lambda a: a + np.int32(1 << 22)),
        ("weights", lambda a: a[:-1]),
        ("weights", lambda a: np.full_like(a, np.nan)),
        ("pointers", lambda a: a[:-1]),
        ("pointers", lambda a: a + np.int32(1)),
        ("pointers", lambda a: a[::-1]),
        ("columns", lambda a: a - np.int32(5)),
        ("columns", lambda a: a + np.int32(10_000)),
        ("columns", lambda a: np.zeros_like(a)),
        ("columns", lambda a: a[None, :]),
        ("values", lambda a: np.full_like(a, np.inf)),
        ("values", lambda a: -a),
        ("values", lambda a: a[:-1]),
        ("groups", lambda a: a + np.int32(1)),
        ("groups", lambda a: a - np.int32(9)),
        ("letters", lambda a: a[:-1]),
        ("letters", lambda _: np.frombuffer(b"[[1,2,3]]", dtype=np.uint8)),
        ("letters", lambda _: np.frombuffer(b"{}", dtype=np.uint8)),
        ("letters", lambda _: np.frombuffer(b"7", dtype=np.uint8)),
        ("letters", lambda _: np.frombuffer(b"\xff\xfe\x00", dtype=np.uint8)),
        ("letters", None),
    ],
)
def test_damaged_arrays_are_refused(index: NeighbourIndex, name: str, damage: Callable[[Any], Any] | None) -> None:
    arrays = index.arrays()
    if damage is None:
        del arrays[name]
    else:
        arrays[name] = damage(arrays[name])
    with pytest.raises(Invalid, match="相似来信索引"):
        NeighbourIndex.from_arrays(arrays)


# In the pipeline


def test_the_pipeline_names_neighbours_and_their_version(index: NeighbourIndex) -> None:
    pipeline = build_pipeline(load_topics(), load_regions(), [], load_departments(), neighbours=index)
    check_analyser(pipeline, {topic.code for topic in load_topics()})
    lamp = replace(INPUTS[1], title="路灯不亮", body="桥头路灯坏了，夜里看不见，请维修")
    [analysis] = pipeline.analyse([lamp])
    assert codes(analysis.neighbours)[:1] == ["T0402"]
    assert analysis.versions["neighbours"] == index.version
    assert pipeline.timings["neighbours"] > 0
    without = build_pipeline(load_topics(), load_regions(), [], load_departments())
    assert without.analyse([lamp])[0].neighbours == ()
    assert without.version != pipeline.version
