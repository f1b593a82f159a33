"""What does a finished file say? Read back into its texts, the figures in them and their sources."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import Document as open_document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from openpyxl import load_workbook

from dashboards.briefs.chart_xml import NAMESPACE
from dashboards.briefs.reading_pdf import read_pdf
from dashboards.briefs.said import BASIS, DIGEST, MARK, Printed, ReadFile
from dashboards.briefs.sources import HEADERS, HEADING, place_of
from models.errors import Invalid

_ID = re.compile(r"F\d+")
_BOOKMARK = re.compile(r"(F\d+)_\d+")
_NAME = re.compile(r"fig\.(F\d+)\.\d+")
# Of what is unpacked: nobody's report is larger, and a small file can unpack to anything.
_LARGEST = 50_000_000
CHOOSE = "请选择问政生成的 .docx、.xlsx 或 .pdf 报告。"


def read_file(data: bytes) -> ReadFile:
    """Raises `Invalid` for what is none of the three."""
    if data.startswith(b"%PDF"):
        return read_pdf(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > _LARGEST:
                raise Invalid("文件过大，不是问政生成的报告。")
            names = set(packed.namelist())
        if "word/document.xml" in names:
            return _read_docx(data)
        if "xl/workbook.xml" in names:
            return _read_xlsx(data)
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise Invalid(f"文件无法打开，{CHOOSE}") from error
    raise Invalid(CHOOSE)


def _read_docx(data: bytes) -> ReadFile:
    file = open_document(io.BytesIO(data))
    body = file.element.body
    texts = [_text(paragraph) for paragraph in body.iter(qn("w:p"))]
    charts = [
        _chart_values(part.blob)
        for part in sorted(file.part.package.iter_parts(), key=lambda p: _number(str(p.partname)))
        if str(part.partname).startswith("/word/charts/chart")
    ]
    tables = list(body.iter(qn("w:tbl")))
    lines = tables[-1].iter(qn("w:tr")) if tables else ()
    rows = [[_text(cell) for cell in line.iter(qn("w:tc"))] for line in lines]
    return ReadFile(
        texts=tuple(texts),
        figures=tuple(_bookmarks(body)),
        sources=_sources(rows),
        charts=tuple(charts),
        digest=_find(DIGEST, texts),
        basis=_find(BASIS, texts),
        format="docx",
    )


def _bookmarks(body: Any) -> Iterator[Printed]:
    """The text from a bookmark to its end; one whose end somebody deleted goes on to the end of the paragraph."""
    for start in body.iter(qn("w:bookmarkStart")):
        found = _BOOKMARK.fullmatch(start.get(qn("w:name")) or "")
        if not found:
            continue
        pieces = []
        for element in start.itersiblings():
            if element.tag == qn("w:bookmarkEnd") and element.get(qn("w:id")) == start.get(qn("w:id")):
                break
            pieces.append(_text(element))
        yield Printed(found[1], "".join(pieces))


def _text(element: Any) -> str:
    return "".join(node.text or "" for node in element.iter(qn("w:t")))


def _chart_values(blob: bytes) -> tuple[int, ...]:
    tree: Any = parse_xml(blob)
    return tuple(
        int(v.text or "") for v in tree.iterfind(f".//{{{NAMESPACE}}}numLit/{{{NAMESPACE}}}pt/{{{NAMESPACE}}}v")
    )


def _number(name: str) -> int:
    digits = re.sub(r"\D", "", name)
    return int(digits) if digits else 0


def _read_xlsx(data: bytes) -> ReadFile:
    book = load_workbook(io.BytesIO(data))
    texts = [
        str(value) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for value in row
        if value is not None and not MARK.search(str(value))
    ]  # fmt: skip
    figures = []
    for name, defined in book.defined_names.items():
        found = _NAME.fullmatch(name)
        if found:
            for title, place in defined.destinations:
                value = book[title][place].value
                figures.append(Printed(found[1], f"{value:,}" if isinstance(value, int) else str(value)))
    rows: list[list[str]] = []
    if HEADING in book.sheetnames:
        rows = [[str(v or "") for v in row] for row in book[HEADING].iter_rows(values_only=True)]
    return ReadFile(
        texts=tuple(texts),
        figures=tuple(figures),
        sources=_sources(rows),
        digest=_find(DIGEST, texts),
        basis=_find(BASIS, texts),
        format="xlsx",
    )


def _sources(rows: list[list[str]]) -> dict[str, tuple[str, str]]:
    value, address = HEADERS.index("数值"), HEADERS.index("查看")
    found = [row for row in rows if len(row) == len(HEADERS) and _ID.fullmatch(row[0])]
    return {row[0]: (row[value], row[address].removesuffix(place_of(row[address]) or " ")) for row in found}


def _find(line: re.Pattern[str], texts: list[str]) -> str:
    return next((found[1] for text in texts if (found := line.fullmatch(text))), "")
