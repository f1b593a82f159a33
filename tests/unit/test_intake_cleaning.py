"""Stored text is readable and holds nothing invisible."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.cleaning import clean_line, clean_submission, clean_text
from models.submission import Channel, NewSubmission


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("路灯不亮", "路灯不亮"),
        ("  路灯\u3000不亮 \n", "路灯\u3000不亮"),
        ("一\r\n二\r三", "一\n二\n三"),
        ("一\n\n\n\n二", "一\n\n二"),
        ("一_x000D_\n二_x000D_三", "一\n二\n三"),
        ("一  \n  二", "一\n二"),
        ("a\x00b\x07c", "abc"),
        ("零\u200b宽\ufeff字\u2060符", "零宽字符"),
        ("右\u202e到\u2066左", "右到左"),
        ("坏\ud800的", "坏的"),
        ("<p>第一段</p><p>第<b>二</b>段<br/>行</p>", "第一段\n第二段\n行"),
        ("<div class='a'>文<script>alert('1')</script>字</div>", "文字"),
        ("<!-- 注释 -->正文<style>p{}</style>", "正文"),
        ("5<6 并且 7>3", "5<6 并且 7>3"),
        ("<关于路灯>的来信", "<关于路灯>的来信"),
        ("A&amp;B&nbsp;C &lt;b&gt; &#20320;&#x597d;", "A&B C <b> 你好"),
        ("AT&T 与 R&D", "AT&T 与 R&D"),
        ("臺灣路燈壞了", "臺灣路燈壞了"),
        ("👍🏽👨\u200d👩\u200d👧 很好", "👍🏽👨\u200d👩\u200d👧 很好"),
        ("", ""),
        ("\x00\u200b <br> ", ""),
    ],
)
def test_clean_text(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


def test_entities_open_only_after_tags_are_gone() -> None:
    assert clean_text("<b>&lt;script&gt;</b>") == "<script>"


def test_a_line_has_no_breaks() -> None:
    assert clean_line(" 关于\n<b>路灯</b>\t问题 ") == "关于 路灯 问题"


@given(st.text(st.characters(), max_size=200))
def test_nothing_invisible_is_left_and_nothing_is_added(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned and "\r" not in cleaned
    assert len(cleaned) <= len(text)


@pytest.mark.parametrize("piece", ["<!--", "<script>", "<a href=", "&", "\n ", "  "])
def test_hostile_markup_takes_no_longer_than_other_text(piece: str) -> None:
    begin = time.process_time()
    clean_text(piece * (500_000 // len(piece)))
    assert time.process_time() - begin < 2


def test_all_texts_of_a_submission_are_cleaned() -> None:
    new = NewSubmission(
        channel=Channel.LETTER, source="x", title="a\x00\n", body="b\x00", source_id="7\x00", place="c\x00",
        submitter_name="d\x00", submitter_contact="e\x00", submitter_handle="f\x00",
    )  # fmt: skip
    cleaned = clean_submission(new)
    assert (cleaned.title, cleaned.body, cleaned.source_id, cleaned.place) == ("a", "b", "7", "c")
    assert (cleaned.submitter_name, cleaned.submitter_contact, cleaned.submitter_handle) == ("d", "e", "f")
