"""CSV files as they come: encodings, delimiters, quotes, damage."""

from pathlib import Path

import pytest

from intake.tabular import Row, open_table
from models.errors import Invalid

KNOWN = frozenset(("标题", "内容", "时间", "编号"))
HEADER = "编号,标题,内容,时间\n"
ROW = "1,路灯不亮,临溪区桂香街道路灯坏了很久请尽快维修,2024-01-05\n"


def _write(tmp_path: Path, data: str | bytes, encoding: str = "utf-8", name: str = "t.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    return path


def _read(path: Path) -> list[Row]:
    with open_table(path, KNOWN) as table:
        return list(table.rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends(tmp_path: Path, encoding: str, delimiter: str, line_end: str) -> None:
    text = (HEADER + ROW).replace(",", delimiter).replace("\n", line_end)
    [row] = _read(_write(tmp_path, text, encoding))
    assert row.number == 2 and not row.fault
    assert row.cells == {
        "编号": "1", "标题": "路灯不亮", "内容": "临溪区桂香街道路灯坏了很久请尽快维修", "时间": "2024-01-05"
    }  # fmt: skip


def test_gb18030_beyond_gbk(tmp_path: Path) -> None:
    [row] = _read(_write(tmp_path, "标题,内容\n𠮷祥路,臺灣😀", "gb18030"))
    assert row.cells == {"标题": "𠮷祥路", "内容": "臺灣😀"}


def test_quoted_line_breaks_quotes_and_delimiters(tmp_path: Path) -> None:
    text = '标题,内容\n"一,二","第一行\n第二行 ""引"" 完"\n三,四\n'
    rows = _read(_write(tmp_path, text))
    assert [row.cells["内容"] for row in rows] == ['第一行\n第二行 "引" 完', "四"]
    assert [row.number for row in rows] == [2, 3]  # as a spreadsheet program counts


def test_blank_rows_are_no_rows_but_are_counted(tmp_path: Path) -> None:
    rows = _read(_write(tmp_path, "标题,内容\n\n一,二\n,\n   , \n三,四\n\n,,\n"))
    assert [(row.number, row.cells["标题"]) for row in rows] == [(3, "一"), (6, "三")]


def test_nul_bytes_and_huge_fields_do_not_stop_the_file(tmp_path: Path) -> None:
    rows = _read(_write(tmp_path, f"标题,内容\n一\0,二\n三,{'字' * 1_000_000}\n五,六\n"))
    assert [row.fault for row in rows] == ["", "", ""]
    assert len(str(rows[1].cells["内容"])) == 1_000_000


def test_titles_above_the_header_and_unnamed_and_double_columns(tmp_path: Path) -> None:
    text = "2024年来信汇总,,,,\n制表：信访局,,,,\n标题,内容,,备注,备注\n一,二,三,四,五\n"
    [row] = _read(_write(tmp_path, text))
    assert row.cells == {"标题": "一", "内容": "二", "备注": "四", "备注(2)": "五"}


def test_damaged_bytes_cost_their_row_only(tmp_path: Path) -> None:
    data = (HEADER + ROW + ROW).encode() + b"3,\xff\xfe,x,\n" + ROW.encode()
    rows = _read(_write(tmp_path, data))
    assert [bool(row.fault) for row in rows] == [False, False, True, False]
    assert "损坏" in rows[2].fault


def test_a_file_cut_off_in_the_middle_of_a_row(tmp_path: Path) -> None:
    rows = _read(_write(tmp_path, HEADER + ROW + "2,路灯"))
    assert [row.fault for row in rows] == ["", "文件在这一行中断，内容不完整。"]
    rows = _read(_write(tmp_path, HEADER + ROW + '2,路灯,"这里还没'))
    assert rows[0].fault == "" and "引号没有闭合" in rows[1].fault
    cut = (HEADER + ROW + "2,路灯,坏").encode()[:-1]
    rows = _read(_write(tmp_path, cut))
    assert rows[0].fault == "" and rows[1].fault


def test_a_last_row_without_line_end_is_whole(tmp_path: Path) -> None:
    assert [row.fault for row in _read(_write(tmp_path, HEADER + ROW + ROW.rstrip()))] == ["", ""]


def test_an_unquoted_delimiter_is_not_taken_for_a_column(tmp_path: Path) -> None:
    rows = _read(_write(tmp_path, HEADER + ROW + "2,路灯,坏了,修一下,2024-01-05\n" + ROW))
    assert [bool(row.fault) for row in rows] == [False, True, False]


def test_a_quote_never_closed_ends_the_reading_with_a_row_that_says_so(tmp_path: Path) -> None:
    rows = _read(_write(tmp_path, HEADER + ROW + '2,"' + "长文\n" * 2_000_000))
    assert rows[0].fault == "" and "无法继续读取" in rows[-1].fault


def test_a_line_without_end_does_not_fill_memory(tmp_path: Path) -> None:
    rows = _read(_write(tmp_path, HEADER + ROW + "x" * 9_000_000))
    assert rows[0].fault == "" and "无法继续读取" in rows[-1].fault


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "t.csv", "空的"),
        (b"  \n ", "t.csv", "空的"),
        (b"", "t.xlsx", "空的"),
        (b"just text", "t.xlsx", "不是有效的 .xlsx"),
        (b"PK\x03\x04 broken", "t.xlsx", "不是有效的 .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "t.xls", "旧版"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 encrypted", "t.xlsx", "旧版"),
        (b"<html><table></table></html>", "t.xls", "网页格式"),
        (b"\x00\x01\x02\x00" * 100, "t.csv", "不是 .csv"),
        ("標題,內容\n".encode("big5") + b"\xff\xff\xff", "t.csv", "编码"),
        (b",,,\n,,\n", "t.csv", "没有数据"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path: Path, data: bytes, name: str, message: str) -> None:
    with pytest.raises(Invalid, match=message) as refusal:
        _read(_write(tmp_path, data, name=name))
    assert refusal.value.message.count("。") == 1


def test_folders_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="文件夹"):
        _read(tmp_path)
    with pytest.raises(Invalid, match="没有找到文件"):
        _read(tmp_path / "nothing.csv")


def test_the_fraction_reaches_the_end(tmp_path: Path) -> None:
    with open_table(_write(tmp_path, HEADER + ROW * 10_000), KNOWN) as table:
        before = table.fraction()
        assert sum(1 for _ in table.rows) == 10_000
        assert before < 0.5 and table.fraction() == 1.0
