"""What holds for any text: spans point to what they say, masking is idempotent, no number survives in any dress."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intake.redaction import PersonalKind, find_exposed, redact, redact_together
from intake.redaction.dictionary import load_words
from intake.redaction.name_weights import load_weights

DIGITS = "0123456789"
DRESSES = {
    "plain": DIGITS,
    "wide": "０１２３４５６７８９",
    "circled": "⓪①②③④⑤⑥⑦⑧⑨",
    "bold": "".join(chr(0x1D7CE + i) for i in range(10)),
}
WORDS = {
    "words": "零一二三四五六七八九",
    "telephone words": "〇幺二三四五六七八九",
    "capitals": "零壹贰叁肆伍陆柒捌玖",
}
GROUPS = ((3, 4, 4), (4, 3, 4), (3, 3, 5), (1,) * 11)
SEPARATORS = ("", " ", "-", "—", "－", "　")
CONTEXTS = ("我的电话是{}，请回电。", "{}", "联系{}", "客户{}来过", "手机：{}（晚上打）", "邻居小区的灯坏了{}\n谢谢")
LETTERS = st.text(
    "张王李刘陈于高方和向的是在我叫联系人:：,，。 \n0123456789一二三栋号室单元-*·@QQ微信abc川A", max_size=60
)

mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True, alphabet=DIGITS)


def _in_groups(number: str, sizes: tuple[int, ...], separator: str) -> str:
    parts, position = [], 0
    for size in sizes:
        parts.append(number[position : position + size])
        position += size
    return separator.join(parts)


def _covered(text: str, piece: str) -> bool:
    """Whether every digit of `piece`, which stands once in `text`, is inside spans."""
    start = text.index(piece)
    inside = {i for span in redact(text).spans for i in range(span.start, span.end)}
    return all(i in inside for i in range(start, start + len(piece)) if piece[i - start].isalnum())


@given(
    mobiles,
    st.sampled_from(list(DRESSES)),
    st.sampled_from(GROUPS),
    st.sampled_from(SEPARATORS),
    st.sampled_from(CONTEXTS),
)
def test_no_mobile_survives_in_digits(
    number: str, dress: str, sizes: tuple[int, ...], separator: str, context: str
) -> None:
    written = _in_groups(number, sizes, separator).translate(str.maketrans(DIGITS, DRESSES[dress]))
    assert _covered(context.format(written), written)


@given(
    mobiles,
    st.sampled_from(list(WORDS)),
    st.sampled_from(((3, 4, 4), (11,))),
    st.sampled_from(("", " ")),
    st.sampled_from(CONTEXTS),
)
def test_no_mobile_survives_in_words(
    number: str, words: str, sizes: tuple[int, ...], separator: str, context: str
) -> None:
    written = _in_groups(number, sizes, separator).translate(str.maketrans(DIGITS, WORDS[words]))
    assert _covered(context.format(written), written)


@given(mobiles, st.sampled_from((".", "·", "_", "/", "~", "转", "啊", "、", "**", "再 ")), st.sampled_from(CONTEXTS))
def test_no_mobile_survives_split_by_signs(number: str, sign: str, context: str) -> None:
    for sizes in ((3, 4, 4), (1,) * 11):
        written = _in_groups(number, sizes, sign)
        assert _covered(context.format(written), written)


@given(mobiles, st.sampled_from(list(WORDS)), st.sampled_from(CONTEXTS))
def test_no_mobile_survives_half_in_words(number: str, words: str, context: str) -> None:
    table = str.maketrans(DIGITS, WORDS[words])
    written = number[:3] + number[3:7].translate(table) + number[7:]
    assert _covered(context.format(written), written)


def _check_digit(first: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, weights, strict=True)) % 11]


identities = st.builds(
    lambda region, year, month, day, serial: _check_digit(f"{region}9901{year}{month:02}{day:02}{serial:03}"),
    st.sampled_from(("11", "33", "44", "51", "65")),
    st.integers(1930, 2024),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 999),
)


@given(
    identities,
    st.sampled_from(list(DRESSES)),
    st.sampled_from(((18,), (6, 8, 4), (4, 4, 4, 4, 2))),
    st.sampled_from((" ", "-", "　")),
)
def test_no_identity_card_survives(number: str, dress: str, sizes: tuple[int, ...], separator: str) -> None:
    written = _in_groups(number, sizes, separator).translate(str.maketrans(DIGITS, DRESSES[dress])).lower()
    text = f"本人证件{written}，请核实"
    [span] = [s for s in redact(text).spans if s.kind is PersonalKind.IDENTITY_CARD]
    assert text[span.start : span.end] == written
    assert number[6:14] not in redact(text).text


@given(st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}@[a-z0-9-]{1,20}\.(com|cn|net)", fullmatch=True))
def test_no_e_mail_survives(address: str) -> None:
    assert address.split("@")[0] + "@" not in redact(f"邮箱：{address}。").text


@given(LETTERS | st.text(max_size=80))
@example("我叫王小明，家住桐花苑7栋2单元1103，电话16812345678")
def test_spans_are_in_order_and_the_rest_is_untouched(text: str) -> None:
    redacted = redact(text)
    parts, position = [], 0
    for span in redacted.spans:
        assert position <= span.start < span.end <= len(text)
        parts += [text[position : span.start], span.mask]
        position = span.end
    assert redacted.text == "".join(parts) + text[position:]


@settings(max_examples=400)
@given(LETTERS)
@example("我叫王小明，家住桐花苑7栋2单元1103，电话16812345678，身份证519902195005056779，川X·0Z0Z1")
def test_masking_twice_masks_nothing_more(text: str) -> None:
    once = redact(text).text
    assert redact(once).text == once


def test_the_parts_of_a_letter_share_its_names() -> None:
    title, body = redact_together(("刘桂芳占道经营", "邻居刘桂芳天天占道"))
    assert (title.text, body.text) == ("刘**占道经营", "邻居刘**天天占道")


def test_an_officials_office_is_no_person() -> None:
    for text in ("尊敬的王建国市长：您好", "请李局长、张主任过问", "王老师说", "联系人：李女士"):
        assert redact(text).spans == ()
    assert redact("村支书王大山不管").text == "村支书王**不管"


def test_a_reply_shows_what_it_exposes() -> None:
    letter = "我叫陈晓梅，座机0821-2345678，家住和平路12号"
    exposed = find_exposed("陈晓梅您好，已致电0821-2345678。我局电话0821-7654321，地址文化路8号。", letter=letter)
    assert [span.kind for span in exposed] == [PersonalKind.NAME, PersonalKind.LANDLINE]
    assert find_exposed("和平路12号的井盖已换", letter=letter)[0].kind is PersonalKind.ADDRESS


PIECES = (
    "1", "一", "a@a.", "1-", "1栋1单元", "我叫张", "\n", "张\n", "敬礼 ", "张", "王伟",
    "联系人:", "阿·", "138转", "QQ1 2", "12-",
    "😀", "１", "①", "川A", "1、", "号", "3号楼", "村1组", "5116 ", "(0821)", "微信", "王小明、",
    "·", "叫张三", "年1", "小区1-",
)  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    load_words()
    load_weights()
    seconds = []
    for size in (6_250, 50_000):
        text = piece * (size // len(piece))
        began = time.process_time()
        redact(text)
        seconds.append(time.process_time() - began)
    assert seconds[1] < 2 and seconds[1] < 30 * seconds[0] + 0.05


def test_words_are_no_names() -> None:
    """Words that begin with a surname, in sentences of the kind that letters are made of."""
    text = (
        "于是马上安全检查，高新区和文明街道成华社区方便居民，应该平时严格管理。时间久了，金额不大，白天施工，周边全是车，"
        "高考期间严禁施工。黄河路、张家湾、王家沟都没有路灯。严重扰民，连续三天。常年失修的水渠终于修好。"
    )
    assert redact(text).text == text
    assert not re.search(r"\*", redact(text).text)
