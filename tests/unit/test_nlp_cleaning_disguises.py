"""Words written around a filter are restored, those of the list and no others; positions lead back."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.cleaning import clean, clean_text
from nlp.disguises import find_disguises
from nlp.lexicon import load_lexicon


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("他们强*拆我家", "他们强拆我家"),
        ("遇到强 拆", "遇到强拆"),
        ("强＊＊＊拆", "强拆"),
        ("强\u200b拆", "强拆"),
        ("强<b></b>拆", "强拆"),
        ("弓虽拆我家", "强拆我家"),
        ("告到氵去院", "告到法院"),
        ("政+府不管", "政府不管"),
        ("县政～府", "县政府"),
        ("找ZF反映，jc不来", "找政府反映，警察不来"),
        ("他想自sha", "他想自杀"),
        ("黑 社 会", "黑社会"),
        ("被河蟹了", "被和谐了"),
        ("砖家说没事", "专家说没事"),
        ("強*拆", "强拆"),
        ("村里的书 记拿了", "村里的书记拿了"),
        ("城.管收了车", "城管收了车"),
        ("物ye不管，踢pi球", "物业不管，踢皮球"),
        ("停 电 一 整 天", "停电 一 整 天"),
    ],
)
def test_a_disguised_word_is_restored(written: str, meant: str) -> None:
    assert clean_text(written) == meant


@pytest.mark.parametrize(
    "plain",
    [
        "村民 主任说了算",
        "我们小区.长期没人管",
        "请马上 访问网站",
        "妹妹上 访谈节目",
        "小区物 业主委员会",
        "警 察觉到有人翻墙",
        "我家宝贝有点发烧",
        "全城 管理混乱",
        "ZF-6HP变速箱",
        "型号 JC200",
        "see zf and jc",
        "河蟹养殖户",
        "政府不管，强拆我家",
        "家住A市/长江路",
        "吃了木又果",
        "墙拆了",
    ],
)
def test_what_merely_could_be_a_word_stays(plain: str) -> None:
    assert clean_text(plain) == plain


def test_a_highlight_shows_the_whole_of_what_was_written() -> None:
    dirty = "<p>他们強*拆</p>&nbsp;zf不管&amp;弓虽占"
    cleaned = clean(dirty)
    for word, written in (("强拆", "強*拆"), ("政府", "zf"), ("强占", "弓虽占"), ("强", "強*拆")):
        start = cleaned.text.index(word)
        assert dirty[slice(*cleaned.span(start, start + len(word)))] == written


def test_every_form_of_the_list_is_found() -> None:
    lexicon = load_lexicon("disguises")
    for word, forms in lexicon["spelled"].items():
        for form in forms:
            assert word in clean_text(f"说的{form}是"), form
    for kind, sign in (("firm", " "), ("firm", "*"), ("loose", "*")):
        for word in lexicon["broken"][kind]:
            assert clean_text(f"说的{sign.join(word)}，") == f"说的{word}，", word


_PIECES = ["强", "拆", "*", " ", "弓虽", "zf", "政", "府", "．", "<br>", "&amp;", "長", "、", "我", "sha", "自"]


@given(st.lists(st.sampled_from(_PIECES), max_size=40).map("".join))
def test_every_position_leads_into_the_original(dirty: str) -> None:
    cleaned = clean(dirty)
    spans = [cleaned.span(position, position + 1) for position in range(len(cleaned.text))]
    assert all(0 <= start < end <= len(dirty) for start, end in spans)
    assert spans == sorted(spans), "in the order of the text"
    for character, (start, end) in zip(cleaned.text, spans, strict=True):
        if end - start == 1 and re.match("[我、]", character):
            assert dirty[start:end] == character


@given(st.text(alphabet="强拆政府*. zfZF自sha", max_size=60))
def test_disguises_stand_apart_and_cleaning_again_finds_none_of_them(text: str) -> None:
    found = find_disguises(text)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize("piece", ["政*府", "*", "强 ", "zf", "a*", "弓", "书～～"])
def test_a_text_made_to_be_slow_is_not(piece: str) -> None:
    assert clean(piece * (50_000 // len(piece))).text
