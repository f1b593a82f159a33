"""Copies are known by their minima and their triples; like matters by their telling words."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.analysis import Keyword
from nlp.alike.minhash import KEPT, SHARED, minima, sign
from nlp.alike.near_duplicates import CERTAIN, SUGGESTED, common_passages, fingerprint, likeness
from nlp.alike.telling import TellingWords, shared_words, term_of
from nlp.corpus import load_corpus
from tests.unit.nlp_documents import make_document

LONG = [item for item in load_corpus() if len(item.body) > 150][:60]
TITLE = "云栖苑二期的暖气到现在也没有热起来"
BODY = (
    "我们云栖苑二期三栋的住户，从十一月十五日供暖开始到今天，客厅里只有十四度。物业公司说是热力公司压力不够，"
    "热力公司又说是小区里的管道老化，两家互相推了半个月。家里有八十岁的老人和刚满月的孩子，晚上只能开电暖器，"
    "电表跳得吓人。取暖费在十月份就已经一次交清，收据我们都留着。邻居们商量过，愿意配合入户检查管道。"
)


def shared(one: str, other: str) -> int:
    a, b = sign([make_document(one), make_document(other)])
    return len(set(minima(a)) & set(minima(b)))


def score(one: str, other: str) -> float:
    return likeness(fingerprint("", one), fingerprint("", other))


def shuffled(text: str) -> str:
    sentences = [f"{sentence}。" for sentence in text.split("。") if sentence]
    random.Random(3).shuffle(sentences)
    return "".join(sentences)


CHANGED = {
    "another greeting": f"尊敬的市长您好！我是一名普通市民，冒昧打扰了。{BODY}恳请领导重视，尽快解决，谢谢！",
    "sentences in another order": shuffled(BODY),
    "the first six tenths": BODY[: len(BODY) * 6 // 10],
    "mistyped": BODY.replace("暖", "nuan").replace("们", "门").replace("，", " "),
    "traditional characters": BODY.replace("热", "熱").replace("压", "壓").replace("费", "費"),
}


@pytest.mark.parametrize("change", CHANGED)
def test_a_changed_copy_is_still_a_copy(change: str) -> None:
    assert shared(BODY, CHANGED[change]) >= SHARED
    assert score(BODY, CHANGED[change]) >= SUGGESTED


def test_the_same_text_is_certain() -> None:
    assert shared(BODY, BODY) == KEPT
    assert score(BODY, BODY) == pytest.approx(1.0)
    assert score(BODY, CHANGED["another greeting"]) >= CERTAIN


def test_letters_of_different_writers_are_no_copies() -> None:
    signatures = [set(minima(s)) for s in sign([make_document(item.body, title=item.title) for item in LONG])]
    pairs = [(i, j) for i in range(len(LONG)) for j in range(i)]
    assert [pair for pair in pairs if len(signatures[pair[0]] & signatures[pair[1]]) >= SHARED] == []
    prints = [fingerprint(item.title, item.body) for item in LONG]
    assert max(likeness(prints[i], prints[j]) for i, j in pairs) < SUGGESTED


def test_greetings_make_no_copies() -> None:
    """More than half of each is courtesy, and it is the same courtesy."""
    frame = "尊敬的领导，您好！在百忙之中打扰您了，{}，恳请有关部门重视，尽快给予解决，谢谢！"
    one, other = frame.format("桂香街的下水道堵了一个星期"), frame.format("实验小学门口没有红绿灯")
    assert score(one, other) < 0.2
    assert score(one, frame.format("桂香街的下水道堵了一个星期，臭气熏天")) > SUGGESTED


def test_too_little_is_compared_with_nothing() -> None:
    assert score("谢谢领导", "谢谢领导") == 0.0
    assert score("路灯坏了", "路灯坏了") == 0.0
    assert sign([make_document("😀😀"), make_document("")]) == [b"", b""]


def test_a_signature_does_not_depend_on_its_neighbours() -> None:
    documents = [make_document(item.body, title=item.title) for item in LONG]
    assert sign(documents) == [signature for document in documents for signature in sign([document])]


def test_minima_are_ascending_and_fit_the_database() -> None:
    [signature] = sign([make_document(BODY, title=TITLE)])
    found = minima(signature)
    assert found == sorted(set(found)) and len(found) == KEPT
    assert found[0] >= 0 and found[-1] < 1 << 56


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    assert 0.0 <= score(one, other) <= 1.0
    assert score(one, other) == pytest.approx(score(other, one))
    for span in common_passages(one, one, other, other):
        assert 0 <= span.start < span.end <= 2 * len(one) + 1
    sign([make_document(one), make_document(other)])


def test_fifty_thousand_characters_are_no_trouble() -> None:
    text = "市民反映路灯坏了，" * 5500
    assert len(minima(sign([make_document(text)])[0])) <= KEPT
    assert score(text, text) == pytest.approx(1.0)
    assert common_passages("", text, "", text)


def test_common_passages_are_where_they_stand() -> None:
    title, body = "暖气不热", "<p>您好，物业公司说是热力公司压力不够。</p>另外，电梯也常坏。"
    spans = common_passages(title, body, "", "昨天物业公司說是熱力公司壓力不夠，推来推去。")
    text = f"{title}\n{body}"
    assert [text[span.start : span.end] for span in spans] == ["物业公司说是热力公司压力不够"]


def test_telling_words_are_those_of_the_matter() -> None:
    [found] = TellingWords().find([make_document(BODY, title=TITLE)])
    words = list(found)
    assert {"供暖", "管道", "电暖器"} <= set(words)
    assert not {"我们", "就", "一次", "。"} & set(words)
    assert sum(weight**2 for weight in found.values()) == pytest.approx(1.0, abs=0.02)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_words_of_the_title_tell_more() -> None:
    finder = TellingWords()
    [plain], [titled] = finder.find([make_document(BODY)]), finder.find([make_document(BODY, title="管道")])
    assert titled["管道"] > plain["管道"]


def test_shared_words_say_how_much_each_adds() -> None:
    one, other = {"暖气": 0.8, "物业": 0.6}, {"暖气": 0.5, "物业": 0.5, "漏水": 0.7}
    found, words = shared_words(one, other)
    assert found == pytest.approx(0.7)
    assert words == (Keyword("暖气", 0.571), Keyword("物业", 0.429))
    assert shared_words(one, {"漏水": 1.0}) == (0.0, ())


def test_a_term_is_a_signed_number_of_32_bits() -> None:
    terms = [term_of(item.title) for item in load_corpus()[:500]]
    assert all(-(1 << 31) <= term < 1 << 31 for term in terms)
    assert any(term < 0 for term in terms) and any(term > 0 for term in terms)
