"""Times in a text, as days."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.analysis import TimeMention
from nlp.hashing import code_points
from nlp.ngrams import lay_out
from nlp.times.beginnings import BEGINNINGS, find_beginnings
from nlp.times.festivals import festival_days, new_year
from nlp.times.grammar import TIME
from nlp.times.mentions import find_times
from tests.unit.nlp_documents import make_document

WEDNESDAY = date(2026, 3, 18)


def find(body: str, written_on: date | None = WEDNESDAY) -> tuple[TimeMention, ...]:
    return find_times([make_document(body, written_on=written_on)])[0]


def days(body: str, written_on: date | None = WEDNESDAY) -> list[tuple[str, str, str]]:
    return [(t.text, str(t.first or ""), str(t.last or "")) for t in find(body, written_on)]


@pytest.mark.parametrize(
    ("body", "first", "last"),
    [
        ("昨晚", "2026-03-17", "2026-03-17"),
        ("前天下午三点", "2026-03-16", "2026-03-16"),
        ("上周三", "2026-03-11", "2026-03-11"),
        ("周五", "2026-03-13", "2026-03-13"),
        ("上周", "2026-03-09", "2026-03-15"),
        ("上周末", "2026-03-14", "2026-03-15"),
        ("上个月", "2026-02-01", "2026-02-28"),
        ("本月初", "2026-03-01", "2026-03-10"),
        ("上个月15号", "2026-02-15", "2026-02-15"),
        ("近一周", "2026-03-11", "2026-03-18"),
        ("三天前", "2026-03-15", "2026-03-15"),
        ("两年前", "2024-01-01", "2024-12-31"),
        ("3月5日", "2026-03-05", "2026-03-05"),
        ("12月5日", "2025-12-05", "2025-12-05"),
        ("去年9月", "2025-09-01", "2025-09-30"),
        ("2025年3月", "2025-03-01", "2025-03-31"),
        ("2026-03-05", "2026-03-05", "2026-03-05"),
        ("今年", "2026-01-01", "2026-03-18"),
        ("3月", "2026-03-01", "2026-03-18"),
        ("今年以来", "2026-01-01", "2026-03-18"),
        ("去年8月至今", "2025-08-01", "2026-03-18"),
        ("10月1日至7日", "2025-10-01", "2025-10-07"),
        ("去年12月30日到1月3日", "2025-12-30", "2026-01-03"),
        ("国庆期间", "2025-10-01", "2025-10-08"),
        ("春节前", "2026-01-31", "2026-02-14"),
        ("五一", "2025-05-01", "2025-05-05"),
        ("去年腊月", "2026-01-18", "2026-02-16"),
        ("大年三十", "2026-02-16", "2026-02-16"),
        ("二〇二四年六月", "2024-06-01", "2024-06-30"),
        ("2月30日", "", ""),
        ("凌晨两点", "", ""),
    ],
)
def test_days(body: str, first: str, last: str) -> None:
    assert days(f"{body}停水") == [(body, first, last)]


@pytest.mark.parametrize(
    "body",
    [
        *("拖了三年了", "已经两个月", "连续五天", "三天内答复", "每周三", "每年春节", "每月5号", "3号楼", "2号线"),
        *("一月一次", "五一路上", "目前年久失修", "十年的小区", "24小时", "总有一天", ""),
    ],
)
def test_lengths_and_habits_are_no_times(body: str) -> None:
    assert days(body) == []


def test_what_lies_ahead_says_so() -> None:
    assert days("将于3月25日停水") == [("3月25日", "2026-03-25", "2026-03-25")]
    assert days("3月25日停水") == [("3月25日", "2025-03-25", "2025-03-25")]


def test_without_a_day_to_count_from_only_dates_with_their_year_are_days() -> None:
    assert days("昨天和2025年3月5日", None) == [("昨天", "", ""), ("2025年3月5日", "2025-03-05", "2025-03-05")]


def test_positions_are_those_of_the_original() -> None:
    body = "<b>３月</b>　５日停水"
    [time] = find(body)
    assert ("\n" + body)[time.start : time.end] == time.text
    assert time.first == date(2026, 3, 5)


def test_festivals_come_from_the_notice_else_from_the_calendar() -> None:
    assert festival_days("国庆", 2025) == (date(2025, 10, 1), date(2025, 10, 8))
    assert festival_days("国庆", 2020) == (date(2020, 10, 1), date(2020, 10, 7))
    assert festival_days("中秋", 2025) == (date(2025, 10, 6), date(2025, 10, 6))
    assert festival_days("泼水", 2025) is None
    assert new_year(1950) is None


@given(st.text(alphabet="0123456789一二十年月日号周天上下去今前昨晚点半春节国庆至到-. ", max_size=40))
def test_any_words_are_read_and_the_past_ends_today(body: str) -> None:
    for time in find(body):
        assert ("\n" + body)[time.start : time.end] == time.text
        assert (time.first is None) == (time.last is None)
        assert time.first is None or time.last is None or time.first <= time.last


@given(
    st.lists(
        st.sampled_from(
            [*BEGINNINGS, *"个期庆节秋夕旦旬至到以多半-/.: ", "晚上", "年底", "个月前", "😡", "昨天", "2026"]
        ),
        max_size=30,
    )
)
def test_no_place_where_a_time_begins_is_passed_over(parts: list[str]) -> None:
    document = make_document("".join(parts))
    text = document.text
    begins = {i for i, c in enumerate(text) if c in BEGINNINGS and BEGINNINGS[c](text, i) and TIME.match(text, i)}
    batch = lay_out([document])
    assert np.array_equal(batch.written, code_points(f"{text}\n"))
    assert begins <= set(find_beginnings(batch).tolist())


def test_each_text_of_several_batches_is_read_for_itself() -> None:
    bodies = ["昨天停水，", "", "天气好", "2026年", "1月", "今天，昨天"]
    documents = [make_document(body, written_on=WEDNESDAY) for body in bodies]
    batches = [lay_out(documents[:2]), lay_out(documents[2:])]
    assert find_times(documents, batches=batches) == list(map(find, bodies))
    assert [len(times) for times in find_times(documents)] == [1, 0, 0, 1, 1, 2]
    assert find_times([]) == []


@pytest.mark.parametrize("body", ["1" * 50_000, "一" * 50_000, "1月" * 25_000, "上" * 50_000, "2025年" * 10_000])
def test_hostile_texts_are_read_in_time(body: str) -> None:
    assert len(find(body)) <= 25_000
