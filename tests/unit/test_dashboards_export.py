import csv
import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from dashboards.lists.export import Value, as_csv, as_workbook
from models.case import CaseStatus

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 11, 22, 17, 5, 6, 7, tzinfo=UTC)
FORMULAS = ["=1+1", "+86", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"]


def test_csv_is_read_by_excel_as_chinese_with_local_times_and_labels() -> None:
    row: list[Value] = ["路灯,不亮", CaseStatus.CLOSED, AT, date(2026, 1, 2), None]
    content = as_csv(["标题", "状态", "时间", "日期", "数"], [row], zone=ZONE)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[1] == ["路灯,不亮", "已归档", "2026-11-23 01:05:06", "2026-01-02", ""]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula(text: str) -> None:
    [row] = csv.reader(io.StringIO(as_csv([text], [], zone=ZONE).decode("utf-8-sig"), newline=""))
    assert row == ["'" + text]
    sheet = load_workbook(io.BytesIO(as_workbook([("表", ["标题"], [[text]])], zone=ZONE)))["表"]
    assert sheet["A2"].data_type == "s"


def test_numbers_stay_numbers() -> None:
    assert as_csv(["数"], [[-5]], zone=ZONE).decode("utf-8-sig") == "数\r\n-5\r\n"
    sheet = load_workbook(io.BytesIO(as_workbook([("表", ["数"], [[-5], [AT]])], zone=ZONE)))["表"]
    assert sheet["A2"].value == -5 and sheet["A3"].value == datetime(2026, 11, 23, 1, 5, 6)


def test_what_a_cell_cannot_hold_does_not_break_the_file() -> None:
    sheet = load_workbook(io.BytesIO(as_workbook([("表", ["文"], [["甲\x07" + "乙" * 40_000]])], zone=ZONE)))["表"]
    assert sheet["A2"].value == "甲" + "乙" * 32_766
