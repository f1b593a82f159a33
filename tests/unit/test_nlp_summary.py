"""A summary is at most two sentences of the text itself: what it is about and what is wanted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.gist.sentences import split
from nlp.gist.summary import choose, summarise
from tests.unit.nlp_documents import make_document


def summary(body: str, title: str = "路灯坏了") -> list[str]:
    document = make_document(body, title=title)
    whole = f"{title}\n{body}"
    return [whole[span.start : span.end] for span in summarise(split([document]))[0]]


def test_matter_and_wish_in_the_order_of_the_text() -> None:
    body = "尊敬的领导：您好！我家住河边。滨江路的路灯从上个月起一盏都不亮。老人摔过两回。希望尽快派人来修。谢谢！"
    assert summary(body) == ["滨江路的路灯从上个月起一盏都不亮。", "希望尽快派人来修。"]


def test_what_is_set_aside_is_not_the_wish() -> None:
    body = "滨江路的路灯坏了一个月。我找过社区。请派人来修。请保密。"
    assert summary(body)[-1] == "请派人来修。"


def test_a_short_text_is_its_own_summary() -> None:
    assert summary("<p>路燈壞了。</p>&nbsp;請修。") == ["路燈壞了。", "請修。"]
    assert summary("谢谢！") == []
    assert summary("") == []


def test_where_nothing_is_asked_for_the_next_sentence_follows() -> None:
    assert summary("路灯坏了一个月了。晚上很黑。大家都绕路走。") == ["路灯坏了一个月了。", "晚上很黑。"]


def test_of_a_very_long_sentence_whole_clauses_only() -> None:
    long = "路灯坏了，" + "我们晚上都看不见路，" * 20 + "希望派人来修，" + "大家都会感谢的，" * 20
    [said] = summary(long)
    assert said.startswith("希望派人来修") and len(said) <= 100 and said.endswith("感谢的")


def test_a_courtesy_is_never_chosen() -> None:
    document = make_document("您好！路灯坏了。请修。谢谢您的帮助！")
    [chosen] = choose(split([document]))
    said = [document.text[slice(*span)] for span in (chosen.matter, chosen.wish, *chosen.wishes) if span]
    assert set(said) == {"路灯坏了。", "请修。"}


def test_the_batch_does_not_matter() -> None:
    bodies = ["路灯坏了一个月了。晚上很黑。大家都绕路走。", "谢谢！", "", "您好！路灯坏了。请修。", "能修吗？"]
    documents = [make_document(body, title="路灯") for body in bodies]
    assert summarise(split(documents)) == [summarise(split([document]))[0] for document in documents]
    assert summarise(split([])) == []


@settings(max_examples=50)
@given(st.text(alphabet="路灯请修希望？。！；\n，我&<b> 您好强*拆", max_size=120))
def test_spans_point_into_the_original(body: str) -> None:
    document = make_document(body, title="题")
    [spans] = summarise(split([document]))
    assert len(spans) <= 2
    assert all(2 <= span.start < span.end <= len(body) + 2 for span in spans)


@pytest.mark.parametrize("piece", ["请", "希望", "路，", "请。", "？", "一、", "："])
def test_a_text_made_to_be_slow_is_not(piece: str) -> None:
    document = make_document(piece * (50_000 // len(piece)))
    summarise(split([document]))
