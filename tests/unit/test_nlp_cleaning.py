"""Cleaning takes away what is not text and knows where the rest stood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.cleaning import MAX_LENGTH, clean, clean_all, clean_text
from nlp.lexicon import load_lexicon


@pytest.mark.parametrize(
    ("dirty", "tidy"),
    [
        ("", ""),
        ("　 \t\r\n", ""),
        ("ＫＴＶ在１２号，很吵！", "KTV在12号，很吵！"),
        ("<p>第一段</p><p>第二段<br/>第三行</p>", "第一段\n\n第二段\n第三行"),
        ("<script>alert('x')</script>正文<!-- 注释 --><style>a{}</style>", "正文"),
        ("水&amp;电&nbsp;费&#20803;", "水&电 费元"),
        ("3<5 且 6>2，a<b", "3<5 且 6>2，a<b"),
        ("自\u200b杀\ufeff\x00念头\ud800", "自杀念头"),
        ("第一行\r\n\r\n   第二行", "第一行\n第二行"),
        ("隔得\u3000\u3000很  远", "隔得 很 远"),
        ("笑脸😀留下", "笑脸😀留下"),
        ("我們小區的電梯壞了兩個月", "我们小区的电梯坏了两个月"),
        ("著名的乾隆碑，瞭望塔", "著名的乾隆碑，瞭望塔"),
    ],
)
def test_clean_text(dirty: str, tidy: str) -> None:
    assert clean_text(dirty) == tidy


def test_a_text_beyond_the_limit_is_cut() -> None:
    assert len(clean("长" * (MAX_LENGTH + 5)).text) == MAX_LENGTH


def test_positions_lead_back_to_the_original() -> None:
    dirty = "<b>标题</b>&nbsp;\r\n\r\n有人\u200b想跳楼！"
    cleaned = clean(dirty)
    start = cleaned.text.index("跳楼")
    assert dirty[slice(*cleaned.span(start, start + 2))] == "跳楼"


def test_traditional_characters_keep_their_positions() -> None:
    dirty = "<b>標題</b>&nbsp;有人\u200b想跳樓！"
    cleaned = clean(dirty)
    start = cleaned.text.index("跳楼")
    assert dirty[slice(*cleaned.span(start, start + 2))] == "跳樓"


def test_the_table_of_traditional_characters_leaves_simplified_text_alone() -> None:
    pairs = load_lexicon("traditional")["pairs"].split()
    table = {pair[0]: pair[1:] for pair in pairs}
    assert len(table) == len(pairs) > 600
    assert all(len(simplified) == 1 and simplified not in table for simplified in table.values())
    # GB 2312 is the simplified standard: of its characters only these are folded, all hardly used in simplified text
    assert {character for character in table if character.encode("gb2312", "ignore")} == set("夥後於徵摺")
    assert all(simplified.encode("gb2312") for simplified in table.values())


@given(st.text(alphabet=st.sampled_from("跳楼<b>/&;amp \n\t\u200b１Ａ\x00x"), max_size=60), st.data())
def test_every_position_leads_back(dirty: str, data: st.DataObject) -> None:
    cleaned = clean(dirty)
    for position, character in enumerate(cleaned.text):
        start, end = cleaned.span(position, position + 1)
        assert 0 <= start < end <= len(dirty)
        if character in "跳楼":
            # of a disguised word (跳/楼) each character leads back to the whole
            assert dirty[start:end] == character or (character in dirty[start:end] and "跳楼" in cleaned.text)


@given(st.text(max_size=200))
def test_nothing_unprintable_survives(dirty: str) -> None:
    assert not [c for c in clean_text(dirty) if ord(c) < 32 and c != "\n"]
    clean_text(dirty).encode()


def test_many_texts_are_cleaned_as_each_alone() -> None:
    """Most are seen to be clean for all of them at once: not one that is not."""
    pieces = [
        "强",
        "*",
        "拆",
        " ",
        "\n",
        "\u3000",
        "\u200b",
        "<b>",
        "&lt;",
        "弓",
        "虽",
        "z",
        "f",
        "Ｋ",
        "１",
        "臺",
        "😀",
    ]
    texts = [f"我家{one}{two}{three}旁边" for one in pieces for two in pieces for three in pieces]
    alone = [clean(text) for text in texts]
    together = clean_all([*texts, "长" * (MAX_LENGTH + 5), ""])
    assert [one.text for one in together] == [*(one.text for one in alone), "长" * MAX_LENGTH, ""]
    for one, other in zip(alone, together, strict=False):
        places = range(len(one.text))
        assert [one.span(at, at + 1) for at in places] == [other.span(at, at + 1) for at in places]


def test_half_a_character_among_traditional_ones() -> None:
    assert clean_text("臺\ud800灣") == "台湾"
