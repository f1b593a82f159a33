"""Cells as people and programs write them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from intake.acceptance import accept
from intake.values import as_appeal_type, as_contact, as_count, as_flag, as_identifier, as_moment, as_text
from models.analysis import AppealType
from models.errors import Invalid
from models.submission import Channel, NewSubmission

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "identifier"),
    [
        ("188006", "188006"), ("188006.0", "188006"), ("188006.00", "188006"), ("1.88006E5", "188006"),
        ("1.88006e+05", "188006"), ("1.38123456780E11", "138123456780"), ("１８８００６", "188006"), ("00123", "00123"),
        ("GD-2024-001", "GD-2024-001"), ("4231265311393455", "4231265311393455"), ("1.5", "1.5"), ("", None),
        ("无", None), ("NULL", None), ("(空)", None), ("1054_zChi_1.json", "1054_zChi_1.json"),
    ],
)  # fmt: skip
def test_identifiers_come_back_from_float_form(cell: str, identifier: str | None) -> None:
    assert as_identifier(cell) == identifier


@pytest.mark.parametrize("cell", ["4.23127E+15", "2.02403E+13", "1.88006123456789E17", "1.5E0", "-1E5", "1E400"])
def test_lost_digits_are_noticed(cell: str) -> None:
    with pytest.raises(Invalid, match="科学计数法"):
        as_identifier(cell)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2019/4/18 9:14:48", "2019-04-18T09:14:48+08:00"),
        ("2019/4/18 9:14", "2019-04-18T09:14:00+08:00"),
        ("2019-02-14 20:00:00", "2019-02-14T20:00:00+08:00"),
        ("2019-02-14T20:00:00", "2019-02-14T20:00:00+08:00"),
        ("2019-02-14T20:00:00.123Z", "2019-02-14T20:00:00+00:00"),
        ("2019-02-14 20:00:00+0800", "2019-02-14T20:00:00+08:00"),
        ("2019-02-14T12:00:00-05:00", "2019-02-14T12:00:00-05:00"),
        ("2019.2.14", "2019-02-14T00:00:00+08:00"),
        ("20190214", "2019-02-14T00:00:00+08:00"),
        ("20190214083015", "2019-02-14T08:30:15+08:00"),
        ("2024年1月5日", "2024-01-05T00:00:00+08:00"),
        ("2024年1月5日 8时3分", "2024-01-05T08:03:00+08:00"),
        ("2024年1月5日8时3分9秒", "2024-01-05T08:03:09+08:00"),
        ("２０２４／１／５ ８：０３", "2024-01-05T08:03:00+08:00"),
        ("2024/1/5 下午 3:04:05", "2024-01-05T15:04:05+08:00"),
        ("2024/1/5 3:04:05 PM", "2024-01-05T15:04:05+08:00"),
        ("2024/1/5 上午 12:04", "2024-01-05T00:04:00+08:00"),
        ("43573.385277777776", "2019-04-18T09:14:48+08:00"),
        ("43573", "2019-04-18T00:00:00+08:00"),
        ("1555550088", "2019-04-18T01:14:48+00:00"),
        ("1555550088000", "2019-04-18T01:14:48+00:00"),
        ("Thu Apr 18 09:14:48 +0800 2019", "2019-04-18T09:14:48+08:00"),
        (datetime(2019, 4, 18, 9, 14, 48), "2019-04-18T09:14:48+08:00"),
    ],
)
def test_times(cell: str | datetime, moment: str) -> None:
    found = as_moment(cell, ZONE)
    assert found is not None and found.isoformat() == datetime.fromisoformat(moment).isoformat()


@pytest.mark.parametrize("cell", ["", " ", "无", "NaT", "--"])
def test_a_missing_time_is_allowed(cell: str) -> None:
    assert as_moment(cell, ZONE) is None


@pytest.mark.parametrize(
    "cell", ["昨天", "2019-13-01", "2019-02-30", "2019/4/18 25:00", "3月5日", "188006", "12:30", "2019年", "2019-2-14x"]
)
def test_wrong_times_are_refused(cell: str) -> None:
    with pytest.raises(Invalid, match="无法识别"):
        as_moment(cell, ZONE)


@pytest.mark.parametrize(
    ("cell", "count"),
    [("", 0), ("3", 3), ("3.0", 3), ("1,234", 1234), ("1.2万", 12000), ("10万+", 100000), ("1.5w", 15000), ("赞", 0),
     ("转发", 0), ("１２", 12), ("1.5E3", 1500)],
)  # fmt: skip
def test_counts(cell: str, count: int) -> None:
    assert as_count(cell) == count


@pytest.mark.parametrize("cell", ["-1", "很多", "9999999999", "NaNx", "1e999"])
def test_wrong_counts_are_refused(cell: str) -> None:
    with pytest.raises(Invalid, match="数量"):
        as_count(cell)


def test_small_things() -> None:
    assert as_contact("13800001234.0") == "13800001234"
    assert as_contact("1.3800001234E10") == "13800001234"
    assert as_contact("无") == ""
    assert as_contact("0826-1234567") == "0826-1234567"
    assert [as_flag(cell) for cell in ("是", "1", "TRUE", "否", "", "0")] == [True, True, True, False, False, False]
    assert as_appeal_type("意见建议") is AppealType.SUGGEST
    assert as_appeal_type("市长信箱") is None
    assert as_text(datetime(2024, 1, 5, 8, 3)) == "2024-01-05 08:03:00"


def _letter(**changes: Any) -> NewSubmission:
    values: dict[str, Any] = {"channel": Channel.LETTER, "source": "x", "title": "标题", "body": "内容", **changes}
    return NewSubmission(**values)


def test_a_good_record_is_taken_as_it_is() -> None:
    letter = _letter(body="字" * 50_000, submitted_at=NOW + timedelta(hours=20))
    assert accept(letter, now=NOW) is letter


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"body": ""}, "内容为空"),
        ({"body": " \u200b<br>\n"}, "内容为空"),
        ({"body": "字" * 50_001}, "50001字"),
        ({"body": "字" * 3_000_000}, "3000000字"),
        ({"title": "字" * 501}, "标题"),
        ({"submitter_contact": "1" * 201}, "联系方式"),
        ({"source_id": "1" * 201}, "编号"),
        ({"submitted_at": NOW + timedelta(days=2)}, "未来"),
        ({"submitted_at": datetime(1900, 1, 1, tzinfo=UTC)}, "1990"),
    ],
)
def test_what_cannot_be_taken_says_why(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        accept(_letter(**changes), now=NOW)


def test_a_questionnaire_without_words_still_counts() -> None:
    answers = _letter(channel=Channel.SURVEY, body="", details={"answers": {"1、满意吗": "满意"}})
    assert accept(answers, now=NOW) is answers
    with pytest.raises(Invalid):
        accept(_letter(channel=Channel.SURVEY, body=""), now=NOW)
