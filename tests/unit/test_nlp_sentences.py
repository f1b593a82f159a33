"""Sentences lie in the text, in order; what any letter could say is marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.gist.sentences import split
from tests.unit.nlp_documents import make_document


def pieces(body: str) -> list[tuple[str, bool]]:
    document = make_document(body, title="标题")
    return [(document.text[start:end], courtesy) for start, end, courtesy in split([document]).of(0)]


def own(body: str) -> list[str]:
    return [text for text, courtesy in pieces(body) if not courtesy]


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (
            "尊敬的市领导：您好！我家住长江路。路灯坏了；没人修。谢谢！此致敬礼",
            ["我家住长江路。", "路灯坏了；", "没人修。"],
        ),
        ("书记您好，我想问一下医保怎么报销？", ["我想问一下医保怎么报销？"]),
        ("王厅长：路不通。\n祝工作顺利，身体健康！", ["路不通。"]),
        ("我们局长，他贪污公款。", ["我们局长，他贪污公款。"]),
        ("投诉龙泉社区主任，他收钱。", ["投诉龙泉社区主任，他收钱。"]),
        ("答“正常吗？”，我不信。", ["答“正常吗？”", "，我不信。"]),
        ("他说“好。”。”再等。", ["他说“好。”", "”再等。"]),
        ("”怎么修？））\n（没人管）", ["”怎么修？））", "（没人管）"]),
        ("路灯坏了。\n一位普通市民\n2026年11月3日", ["路灯坏了。"]),
        ("时间：5月1日\n地点：长江路\n没有水。", ["时间：5月1日", "地点：长江路", "没有水。"]),
        ("谢谢", []),
        ("", []),
        ("。。。", []),
    ],
)
def test_the_letter_remains(body: str, kept: list[str]) -> None:
    assert own(body) == kept


def test_a_forwarded_mail_is_the_letter() -> None:
    body = "-----原始邮件-----\n发件人：王某\n收件人：市长信箱\n主题：路灯\n路灯坏了半年，请处理。\n发自我的iPhone"
    assert own(body) == ["路灯坏了半年，请处理。"]


def test_a_quoted_mail_under_a_letter_is_not() -> None:
    body = "我的信寄出去两周了还没有办，请再看。\n在 2026-10-02 市长信箱 写道：\n您的来信已收悉。\n> 原来的信"
    assert own(body) == ["我的信寄出去两周了还没有办，请再看。"]


def test_what_an_office_acknowledged_is_nobodys_sentence() -> None:
    assert own("您反映的问题已收悉，经核实。\n可是楼道还是黑的。") == ["可是楼道还是黑的。"]


@given(st.text(alphabet="。！？；\n路灯坏了您好尊敬的领导：谢> -发件人", max_size=80))
def test_sentences_stand_apart_inside_the_body(body: str) -> None:
    document = make_document(body, title="题")
    found = split([document]).of(0)
    ends = [document.body_start, *(sentence.end for sentence in found)]
    assert all(before <= sentence.start < sentence.end for before, sentence in zip(ends, found, strict=False))
    assert not found or found[-1].end <= len(document.text)


@given(st.lists(st.text(alphabet="。！？；\n路灯坏了您好尊敬的领导：谢> -发”）", max_size=40), max_size=5))
def test_the_batch_does_not_matter(bodies: list[str]) -> None:
    documents = [make_document(body, title="题") for body in bodies]
    together = split(documents)
    assert [together.of(row) for row in range(len(documents))] == [split([d]).of(0) for d in documents]


@pytest.mark.parametrize("piece", ["。", "您好", "尊敬的", ">\n", "发件人：\n", "谢", "路，", "\n"])
def test_a_text_made_to_be_slow_is_not(piece: str) -> None:
    split([make_document(piece * (50_000 // len(piece)))])
