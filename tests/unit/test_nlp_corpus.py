"""The written corpus keeps what it promises: every sub-topic, many hands, nothing copied from one line to the next."""

import re
from collections import Counter, defaultdict

import pytest

from nlp.corpus import HANDS, OUTSIDE, find_item, load_corpus, load_near_misses, load_outside
from nlp.reference import load_topics

LEAVES = {topic.code for topic in load_topics() if topic.parent_code is not None}


def test_every_sub_topic_has_letters_of_every_hand() -> None:
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for item in load_corpus():
        written[item.topic_code][item.hand] += 1
    assert set(written) == LEAVES
    assert min(counts.total() for counts in written.values()) >= 40
    assert {len(counts) for counts in written.values()} == {len(HANDS)}


def test_all_channels_kinds_tones_and_urgencies_occur() -> None:
    items = load_corpus()
    for value in ("channel", "sentiment", "urgency"):
        assert min(Counter(getattr(item, value) for item in items).values()) > 50, value
    kinds = Counter(item.appeal_type.value for item in items)
    assert min(kinds[kind] for kind in ("consult", "help", "complain", "report", "suggest", "praise")) > 400


def test_there_are_long_letters_several_matters_and_near_misses() -> None:
    items = load_corpus()
    assert sum(len(item.body) >= 200 for item in items) >= 2 * len(LEAVES)
    assert sum(bool(item.also) for item in items) >= 150
    assert sum(bool(item.near) for item in items) >= len(LEAVES)
    assert {code for item in items for code in (*item.also, *filter(None, [item.near]))} <= LEAVES


def test_no_text_stands_there_twice() -> None:
    texts = [
        re.sub(r"\W", "", f"{item.title}{item.body}") for item in (*load_corpus(), *load_outside(), *load_near_misses())
    ]
    seen = Counter(text for text in texts if len(text) > 8)  # 顶, 如题如题 are said by everybody
    assert [text for text, times in seen.items() if times > 1] == []


def test_hardly_a_sentence_stands_there_twice() -> None:
    sentences = Counter(
        sentence
        for item in load_corpus()
        for sentence in {re.sub(r"\W", "", part) for part in re.split(r"[。！？!?\n]", item.body)}
        if len(sentence) >= 12
    )
    assert sum(times - 1 for times in sentences.values()) < 0.001 * len(sentences)


def test_nothing_personal_stands_in_it() -> None:
    text = "\n".join(f"{item.title}\n{item.body}" for item in (*load_corpus(), *load_outside(), *load_near_misses()))
    assert re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", text) == []
    assert re.findall(r"(?<!\d)\d{17}[\dXx](?!\d)", text) == []


def test_what_lies_outside_is_of_many_kinds() -> None:
    kinds = Counter(item.kind for item in load_outside())
    known = {"spam", "job", "chatter", "test", "prayer", "empty", "language", "news", "private", "assistant"}
    assert set(kinds) == known | {"elsewhere"}
    assert min(kinds.values()) >= 20
    assert min(Counter(item.hand for item in load_outside()).values()) >= 150
    assert {item.topic_code for item in load_outside()} == {OUTSIDE}


def test_beside_it_stand_real_matters_that_look_like_none() -> None:
    near = load_near_misses()
    assert len(near) >= 70 and {item.topic_code for item in near} <= LEAVES
    assert not {item.reference for item in near} & {item.reference for item in load_outside()}


@pytest.mark.parametrize("reference", ["corpus:hand3/417", "corpus:outside1/1"])
def test_an_item_is_found_by_its_reference(reference: str) -> None:
    item = find_item(reference)
    assert item is not None
    assert item.reference == reference


def test_an_unknown_reference_finds_nothing() -> None:
    assert find_item("corpus:hand3/99999") is None
    assert find_item("submission:1") is None
