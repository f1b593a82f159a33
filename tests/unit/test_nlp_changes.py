"""Clauses are cut at commas, and a text changes where two topics say so much more than one."""

import numpy as np
import pytest
from numpy.typing import NDArray

from nlp.gist.changes import Changes, find_changes, topic_logs
from nlp.gist.clauses import cut
from nlp.gist.sentences import split
from nlp.segmentation import make_segmenter
from tests.unit.nlp_documents import make_document

PLAIN = make_segmenter()
LONG = "巷口的路灯坏了三个月也没有人来修，楼下的垃圾堆了半个月也没有人来收"


def clauses(*bodies: str) -> list[list[str]]:
    sentences = split([make_document(body) for body in bodies])
    found = cut(sentences)
    texts = [sentences.text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]
    return [texts[first:last] for first, last in zip(found.bounds[:-1], found.bounds[1:], strict=True)]


def test_a_long_sentence_is_cut_at_a_comma() -> None:
    first, second = LONG.split("，")
    assert clauses(f"{LONG}。", "太黑，请修。天亮，再来。") == [
        [f"{first}，", f"{second}。"],
        ["太黑，请修。", "天亮，再来。"],
    ]


@pytest.mark.parametrize("body", ["", "谢谢！", "，，，，，，，，，，", "您好！谢谢！"])
def test_what_says_nothing_is_no_trouble(body: str) -> None:
    [before, _, after] = clauses(LONG, body, LONG)
    assert before == after == clauses(LONG)[0]


def test_clauses_cover_their_sentences() -> None:
    for body in (LONG, f"{LONG}，{LONG}。{LONG}", "，".join("水" * 20 for _ in range(30))):
        assert "".join(clauses(body)[0]) == body


def changes(topics: str, signs: NDArray[np.float64] | None = None) -> Changes:
    """Of one text, each of whose clauses speaks for the topic with its letter."""
    scores = np.zeros((len(topics), 4), dtype=np.float32)
    scores[np.arange(len(topics)), ["abcd".index(topic) for topic in topics]] = 4.0
    ends = np.array([len(topics)])
    said = topic_logs(scores, np.array([0, len(topics)]))
    return find_changes(said, ends - len(topics), ends, np.zeros(len(topics)) if signs is None else signs)


def test_the_change_stands_where_the_topics_do() -> None:
    found = changes("aaabbb")
    assert (found.places[0], found.before[0], found.after[0]) == (3, 0, 1)
    assert found.gains[0] > changes("aaabba").gains[0] > changes("aaabaa").gains[0] == 0
    assert found.fits[0] > changes("aabcbb").fits[0]


def test_the_same_gain_is_worth_less_in_a_longer_text() -> None:
    assert changes("aaabbb").gains[0] > changes("aaacdcdcbbb").gains[0]


def test_a_sign_draws_the_beginning_to_it() -> None:
    assert changes("aacbb").places[0] in (2, 3)
    for place in (2, 3):
        signs = np.zeros(5)
        signs[place] = 0.5
        assert changes("aacbb", signs).places[0] == place


def test_one_clause_has_no_change() -> None:
    assert changes("a").gains[0] < 0


def test_texts_do_not_see_each_other() -> None:
    generator = np.random.default_rng(3)
    scores = generator.normal(0, 3, (30, 20)).astype(np.float32)
    bounds = np.array([0, 7, 8, 20, 30])
    signs = generator.random(30)
    together = find_changes(topic_logs(scores, bounds), bounds[:-1], bounds[1:], signs)
    for number, (first, last) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
        said = topic_logs(scores[first:last], np.array([0, last - first]))
        alone = find_changes(said, np.array([0]), np.array([last - first]), signs[first:last])
        assert alone.gains[0] == together.gains[number]
        assert alone.places[0] + first == together.places[number]
