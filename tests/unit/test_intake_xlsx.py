"""Workbooks: what spreadsheet programs write, what they do not, and what somebody made to do harm."""

import zipfile
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest

from intake.tabular import Row, open_table
from intake.xlsx_parts import shows_date
from models.errors import Invalid

KNOWN = frozenset(("标题", "内容", "时间", "编号"))
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _read(path: Path) -> list[Row]:
    with open_table(path, KNOWN) as table:
        return list(table.rows)


def _save(tmp_path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    return tmp_path / "t.xlsx"


def _package(
    tmp_path: Path, sheet: str, *, strings: str | None = None, styles: str = "", workbook: str = "", prolog: str = ""
) -> Path:
    """A workbook by hand; `sheet` is what stands in sheetData."""
    path = tmp_path / "t.xlsx"
    kinds = ["worksheet", "styles"] + (["sharedStrings"] if strings is not None else [])
    targets = {"worksheet": "worksheets/sheet1.xml", "styles": "styles.xml", "sharedStrings": "sharedStrings.xml"}
    relations = "".join(
        f'<Relationship Id="r{i}" Type="{RELATIONS}/{kind}" Target="{targets[kind]}"/>' for i, kind in enumerate(kinds)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "xl/workbook.xml",
            f'<workbook {MAIN} xmlns:r="{RELATIONS}">{workbook}<sheets><sheet name="S" sheetId="1" r:id="r0"/></sheets>'
            "</workbook>",
        )
        package.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{relations}</Relationships>")
        package.writestr("xl/styles.xml", f"<styleSheet {MAIN}>{styles}</styleSheet>")
        if strings is not None:
            package.writestr("xl/sharedStrings.xml", f"{prolog}<sst {MAIN}>{strings}</sst>")
        package.writestr(
            "xl/worksheets/sheet1.xml", f"{prolog}<worksheet {MAIN}><sheetData>{sheet}</sheetData></worksheet>"
        )
    return path


def _inline(*cells: str) -> str:
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells) + "</row>"


def test_what_a_spreadsheet_program_writes(tmp_path: Path) -> None:
    path = _save(
        tmp_path,
        [
            ["编号", "标题", "内容", "时间", "数", "真", "日", "时", "比"],
            [188006, "路灯", "一\n二", datetime(2019, 4, 18, 9, 14, 48), 1.5, True, date(2024, 1, 5), time(8, 3), 0.25],
            [13812345678, None, "=1+1", None, -3, False, None, None, None],
            [None, None, None, None, None, None, None, None, None],
        ],
    )
    first, second = _read(path)
    assert first.number == 2
    assert first.cells == {
        "编号": "188006", "标题": "路灯", "内容": "一\n二", "时间": datetime(2019, 4, 18, 9, 14, 48),
        "数": "1.5", "真": "是", "日": datetime(2024, 1, 5), "时": first.cells["时"], "比": "0.25",
    }  # fmt: skip
    assert second.cells["编号"] == "13812345678" and second.cells["真"] == "否"
    assert second.cells["内容"] == ""  # a formula that was never calculated says nothing


def test_shared_and_inline_strings_phonetics_and_escapes(tmp_path: Path) -> None:
    strings = (
        "<si><t>标题</t></si><si><t>内容</t></si>"
        '<si><r><t>富</t></r><r><rPr><b/></rPr><t xml:space="preserve"> 文本</t></r><rPh sb="0"><t>フ</t></rPh></si>'
        "<si><t>行_x000D_\n尾 _x005F_x</t></si>"
    )
    sheet = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>3</v></c></row>'
        '<row r="4"><c r="A4" t="s"><v>99</v></c><c r="B4" t="str"><f>A1</f><v>算出</v></c></row>'
        '<row r="5"><c r="A5" t="e"><v>#N/A</v></c>'
        '<c r="B5" t="inlineStr"><is><r><t>内</t></r><r><t>联</t></r></is></c></row>'
    )
    rows = _read(_package(tmp_path, sheet, strings=strings))
    assert [(row.number, row.cells["标题"], row.cells["内容"]) for row in rows] == [
        (2, "富 文本", "行\r\n尾 _x"), (4, "", "算出"), (5, "", "内联"),
    ]  # fmt: skip


def test_sparse_cells_stand_in_their_columns(tmp_path: Path) -> None:
    sheet = _inline("编号", "标题", "内容") + '<row r="7"><c r="C7" t="inlineStr"><is><t>丙</t></is></c></row>'
    [row] = _read(_package(tmp_path, sheet))
    assert row.number == 7 and row.cells == {"编号": "", "标题": "", "内容": "丙"}


@pytest.mark.parametrize(("from_1904", "day"), [(False, datetime(2019, 4, 18, 12)), (True, datetime(2023, 4, 19, 12))])
def test_dates_by_style_in_both_date_systems(tmp_path: Path, from_1904: bool, day: datetime) -> None:
    styles = (
        '<numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs>'
    )
    workbook = '<workbookPr date1904="1"/>' if from_1904 else ""
    sheet = _inline("时间", "内容") + '<row><c s="1"><v>43573.5</v></c><c s="0"><v>43573.5</v></c></row>'
    [row] = _read(_package(tmp_path, sheet, styles=styles, workbook=workbook))
    assert row.cells == {"时间": day, "内容": "43573.5"}


@pytest.mark.parametrize(
    ("code", "date"),
    [("yyyy-mm-dd", True), ("m/d/yy h:mm", True), ("hh:mm:ss", True), ("[$-804]yyyy年m月d日;@", True), ("0.00", False),
     ("General", False), ("[Red]#,##0", False), ("[h]:mm", False), ('0"d"', False), ("@", False), ("0.00E+00", False)],
)  # fmt: skip
def test_which_formats_show_a_date(code: str, date: bool) -> None:
    assert shows_date(code) is date


def test_prefixed_elements_are_understood(tmp_path: Path) -> None:
    path = _package(tmp_path, "")
    rows = _inline("标题", "内容") + _inline("一", "二")
    for tag in ("row", "c"):
        for before, after in ((f"<{tag}>", f"<x:{tag}>"), (f"<{tag} ", f"<x:{tag} "), (f"</{tag}>", f"</x:{tag}>")):
            rows = rows.replace(before, after)
    data = f'<x:worksheet xmlns:x="a"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w") as package:
        for name, content in (parts | {"xl/worksheets/sheet1.xml": data.encode()}).items():
            package.writestr(name, content)
    assert _read(path)[0].cells == {"标题": "一", "内容": "二"}


def test_merged_headers_over_two_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["2024年第一季度来信汇总表", None, None, None, None],
        ["编号", "来信", None, "办理", None],
        [None, "标题", "内容", "单位", "办结时间"],
        ["1", "路灯", "坏了", "住建局", "2024-01-05"],
    ):
        sheet.append(row)
    for cells in ("A1:E1", "A2:A3", "B2:C2", "D2:E2"):
        sheet.merge_cells(cells)
    book.save(tmp_path / "t.xlsx")
    [read] = _read(tmp_path / "t.xlsx")
    assert read.cells == {"编号": "1", "标题": "路灯", "内容": "坏了", "单位": "住建局", "办结时间": "2024-01-05"}


def test_the_first_sheet_that_has_the_columns(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.create_sheet("说明").append(["填写说明：请逐行填写"])
    book.create_sheet("数据").append(["标题", "内容"])
    book["数据"].append(["一", "二"])
    book.save(tmp_path / "t.xlsx")
    assert [row.cells for row in _read(tmp_path / "t.xlsx")] == [{"标题": "一", "内容": "二"}]


def test_a_workbook_without_data(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="没有数据"):
        _read(_save(tmp_path, []))


def test_other_archives_are_no_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("content.xml", "<office/>")
    with pytest.raises(Invalid, match="不是有效的"):
        _read(path)


def test_a_truncated_workbook(tmp_path: Path) -> None:
    path = _save(tmp_path, [["标题", "内容"], ["一", "二"]])
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(Invalid, match="不是有效的"):
        _read(path)


@pytest.mark.parametrize("sheet", ["<row><c><v>1</c></row>", '<row r="x"/>', '<row><c s="x"/></row>'])
def test_broken_xml_is_refused(tmp_path: Path, sheet: str) -> None:
    with pytest.raises(Invalid, match="不是有效的"):
        _read(_package(tmp_path, sheet))


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    with pytest.raises(Invalid, match="文档类型"):
        _read(_package(tmp_path, _inline("标题", "内容"), prolog=bomb))
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    with pytest.raises(Invalid, match="文档类型"):
        _read(_package(tmp_path, _inline("标题", "内容"), strings="<si><t>&a;</t></si>", prolog=outside))


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        with package.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(40):
                part.write(b" " * (1 << 20))
    assert path.stat().st_size < 100_000
    with pytest.raises(Invalid, match="异常庞大"):
        _read(path)


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        for number in range(10_001):
            package.writestr(f"{number}", "")
    with pytest.raises(Invalid, match="异常庞大"):
        _read(path)


def test_a_tag_without_end_does_not_fill_memory(tmp_path: Path) -> None:
    noise = "".join(f"a{i}='{i:x}' " for i in range(200_000))
    with pytest.raises(Invalid, match="异常庞大"):
        _read(_package(tmp_path, f"<row {noise}"))


def test_columns_beyond_any_spreadsheet_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="列数"):
        _read(_package(tmp_path, _inline("标题") + '<row><c r="ZZZZZZ2"><v>1</v></c></row>'))


def test_a_cell_of_any_length_is_cut_at_a_million(tmp_path: Path) -> None:
    [row] = _read(_package(tmp_path, _inline("标题", "内容") + _inline("一", "ab字" * 1_000_000)))
    assert 1_000_000 < len(str(row.cells["内容"])) < 1_200_000
