"""A report as a workbook: text, tables, charts and sources on sheets; each figure is a named cell."""

import io
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.properties import PageSetupProperties

from dashboards.briefs.document import Chart, Document, Part, Sentence, Table
from dashboards.briefs.sources import HEADERS, HEADING, opening, source_rows

TEXT = "正文"


def write_xlsx(document: Document, *, digest: str, zone: ZoneInfo, watermark: str = "") -> bytes:
    """`watermark` is the last line of every sheet and stands below every printed page."""
    book = Workbook()
    text: Any = book.active
    text.title = TEXT
    numbers = count(1)
    _row(text, [document.title], bold=True)
    for line in opening(document, digest, zone):
        _row(text, [line])
    tables = count(1)
    for section in document.sections:
        _row(text, [section.heading], bold=True)
        for block in section.blocks:
            if isinstance(block, Sentence):
                _row(text, [block.text, "、".join(block.evidence)])
            elif isinstance(block, Table):
                _table(book, block, next(tables), numbers)
            else:
                _chart(book, block, next(tables), numbers)
    text.column_dimensions["A"].width, text.column_dimensions["B"].width = 100, 30
    sources = book.create_sheet(HEADING)
    _row(sources, HEADERS, bold=True)
    for row in source_rows(document):
        _row(sources, row)
    for letter, width in zip("ABCDEF", (8, 40, 16, 24, 60, 60), strict=True):
        sources.column_dimensions[letter].width = width
    sheets: Any = book.worksheets
    for sheet in sheets:  # as wide as the paper, the head of each table on every page
        sheet.page_setup.paperSize, sheet.page_setup.orientation = sheet.PAPERSIZE_A4, "landscape"
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.oddFooter.center.text = "第&P页，共&N页"
        if sheet is not text:
            sheet.print_title_rows = "1:1"
    if watermark:
        for sheet in sheets:
            sheet.oddFooter.left.text = watermark.replace("&", "＆")[:200]  # "&" begins a code of the footer
            _row(sheet, [watermark])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _table(book: Any, table: Table, number: int, numbers: Any) -> None:
    sheet = book.create_sheet(f"{number}{table.caption}"[:31])
    sheet.freeze_panes = "A2"
    _row(sheet, table.headers, bold=True)
    for row in table.rows:
        _row(sheet, [_value(part) for part in row])
        for column, part in enumerate(row, 1):
            if part.figure:
                _name(book, sheet, sheet.max_row, column, part.figure, numbers)
    sheet.column_dimensions["A"].width = 24
    for column in range(2, len(table.headers) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 16


def _value(part: Part) -> int | str:
    """A count as a number that can be added up; what is read back says it as the report does."""
    digits = part.text.replace(",", "")
    return int(digits) if part.figure and digits.isdecimal() else part.text


def _chart(book: Any, chart: Chart, number: int, numbers: Any) -> None:
    """The numbers as numbers: the chart reads the cells."""
    sheet = book.create_sheet(f"{number}{chart.caption}"[:31])
    _row(sheet, ("", chart.caption), bold=True)
    for label, value, figure in zip(chart.labels, chart.values, chart.figures, strict=True):
        _row(sheet, [label, value])
        _name(book, sheet, sheet.max_row, 2, figure, numbers)
        sheet.cell(sheet.max_row, 2).number_format = "#,##0"
    drawn: Any = BarChart() if chart.kind == "bar" else LineChart()
    if chart.kind == "bar":
        drawn.type, drawn.x_axis.scaling.orientation = "bar", "maxMin"
    drawn.title, drawn.legend = chart.caption, None
    drawn.x_axis.delete = drawn.y_axis.delete = False
    last = len(chart.values) + 1
    drawn.add_data(Reference(sheet, min_col=2, min_row=1, max_row=last), titles_from_data=True)
    drawn.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
    drawn.width, drawn.height = 20, max(7, 1 + 0.8 * len(chart.values)) if chart.kind == "bar" else 9
    sheet.add_chart(drawn, "D2")
    sheet.column_dimensions["A"].width = 24


def _row(sheet: Any, values: Any, *, bold: bool = False) -> None:
    """A line below the last; texts stay texts, also where they begin like a formula."""
    # an empty sheet says that its last row is the first
    row = (
        1
        if sheet.max_row == 1 and sheet.cell(1, 1).value is None and sheet.cell(1, 2).value is None
        else sheet.max_row + 1
    )
    for column, value in enumerate(values, 1):
        cell = sheet.cell(row, column)
        cell.value = value
        if isinstance(value, int):
            cell.number_format = "#,##0"
        if isinstance(value, str):
            cell.data_type = "s"
            cell.quotePrefix = value[:1] in "=+-@"
        cell.alignment = Alignment(wrap_text=isinstance(value, str), vertical="top")
        if bold:
            cell.font = Font(bold=True)


def _name(book: Any, sheet: Any, row: int, column: int, figure: str, numbers: Any) -> None:
    title = sheet.title.replace("'", "''")
    # F1_2 alone would be a cell's address in some programs
    name = f"fig.{figure}.{next(numbers)}"
    letter = sheet.cell(row, column).column_letter
    book.defined_names[name] = DefinedName(name, attr_text=f"'{title}'!${letter}${row}")
