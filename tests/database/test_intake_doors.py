"""Whatever door a record comes through, nothing personal lies in the clear, and the same person is linked."""

import csv
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from psycopg_pool import ConnectionPool

from intake.encryption import derive_keys
from intake.importing import import_file
from intake.registration import register
from intake.repository import get_original
from models.database import Connection, transaction
from models.submission import Channel, NewSubmission

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
KEYS = derive_keys("a secret for tests only, long enough to pass")

TEXT = (
    "邻居刘桂芳占道，刘桂芳说不管。我叫陈建国，家住桐花苑7栋2单元1103，电话１６８ 1234 5678，车牌川X·0Z0Z1，"
    "身份证519902195005056779，卡号6299990000000000000，微信lanyu_2031，邮箱lanyu77@example.com。"
)
# Each of these lies in one of the records below and nowhere in a table.
PERSONAL = (
    "刘桂芳", "陈建国", "单元1103", "16812345678", "1234 5678", "0Z0Z1", "519902195005056779", "6299990000000000000",
    "lanyu_2031", "lanyu77@",
)  # fmt: skip

FILES: dict[Channel, tuple[list[str], list[str]]] = {
    Channel.LETTER: (
        ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "备注"],
        ["1", "陈建国", "刘桂芳占道", "2024/1/5 8:03:00", TEXT, "回电16812345678，找陈建国"],
    ),
    Channel.HOTLINE: (
        ["工单编号", "受理员工号", "受理员", "来电人", "来电号码", "主要内容", "受理时间", "受理备注"],
        ["G1", "7", "王小明", "陈建国", "16812345678", TEXT, "2024/1/5 8:03:00", "已告知陈建国，刘桂芳系邻居"],
    ),
    Channel.SURVEY: (
        ["序号", "提交答卷时间", "来自IP", "1、您的姓名", "2、您的手机号", "3、您的建议"],
        ["1", "2024/1/5 8:03:00", "203.0.113.7", "陈建国", "16812345678", TEXT],
    ),
    Channel.SOCIAL: (
        ["id", "user_id", "用户昵称", "微博正文", "发布时间", "发布位置"],
        ["99", "u77", "陈建国", TEXT, "2024/1/5 8:03:00", "桐花苑7栋2单元1103"],
    ),
}


def _everything(conn: Connection) -> str:
    """All rows of all tables that a registration fills, bytes as hexadecimal digits."""
    tables = ("submissions", "originals", "imports")
    return str([conn.execute(f"SELECT t::text FROM {table} t").fetchall() for table in tables])


def _assert_nothing_personal(stored: str) -> None:
    for personal in PERSONAL:
        assert personal not in stored, personal
        assert personal.encode().hex() not in stored, personal


@pytest.mark.parametrize("channel", Channel)
def test_an_imported_file_leaves_nothing_personal_in_the_clear(
    pool: ConnectionPool[Connection], tmp_path: Path, channel: Channel
) -> None:
    path = tmp_path / f"{channel.value}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(FILES[channel])
    summary = import_file(
        path, channel=channel, mapping=None, open_transaction=lambda: transaction(pool), actor="test", now=NOW,
        keys=KEYS, zone=ZONE, rejected_folder=tmp_path,
    )  # fmt: skip
    assert (summary.new, summary.rejected) == (1, 0)
    with transaction(pool) as conn:
        _assert_nothing_personal(_everything(conn))
        [(submission,)] = conn.execute("SELECT id FROM submissions").fetchall()
        assert get_original(conn, submission, KEYS).body == TEXT


def _letter(**changes: Any) -> NewSubmission:
    return replace(NewSubmission(channel=Channel.LETTER, source="web", body=TEXT), **changes)


def _register(conn: Connection, *new: NewSubmission) -> list[bytes | None]:
    """The person keys as stored."""
    ids = [r.submission_id for r in register(conn, new, actor="test", now=NOW, keys=KEYS, zone=ZONE)]
    rows = conn.execute("SELECT id, submitter_key FROM submissions").fetchall()
    stored = {row[0]: row[1] for row in rows}
    return [stored[submission] for submission in ids]


def test_a_letter_of_the_form_leaves_nothing_personal_in_the_clear(conn: Connection) -> None:
    """Title, place and columns without a home too: a name that the text shows to be one is masked in all of them."""
    _register(
        conn,
        _letter(title="刘桂芳占道", place="刘桂芳家门口", submitter_name="陈建国", submitter_contact="16812345678"),
    )
    _assert_nothing_personal(_everything(conn))


def test_one_telephone_links_the_doors_without_standing_in_the_table(conn: Connection) -> None:
    by_form, by_call, other = _register(
        conn,
        _letter(submitter_contact="168-1234-5678"),
        _letter(channel=Channel.HOTLINE, source="hotline", submitter_contact="＋86 16812345678"),
        _letter(source_id="2", submitter_contact="16800000000"),
    )
    assert by_form == by_call != other
    assert by_form is not None and len(by_form) == 32
