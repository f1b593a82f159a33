"""A report as a Word file: each figure in a bookmark with its id, charts that Word draws, the sources at the end."""

import io
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from docx import Document as new_document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part as FilePart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor

from dashboards.briefs.chart_xml import chart_xml, drawing_xml
from dashboards.briefs.document import Chart, Document, Part, Sentence, Table, ordinal
from dashboards.briefs.sources import HEADERS, HEADING, HOW_TO_OPEN, opening, place_of, source_rows

_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BODY, _HEAD = "仿宋", "黑体"
_WIDTH = Cm(15)
_MUTED = RGBColor(0x5F, 0x6B, 0x76)


def write_docx(document: Document, *, digest: str, zone: ZoneInfo, watermark: str = "") -> bytes:
    """`watermark` stands at the foot of every page."""
    file = new_document()
    _set_style(file)
    numbers = count(1)
    file.core_properties.title, file.core_properties.author = document.title, document.city
    file.core_properties.created = file.core_properties.modified = document.as_of.replace(tzinfo=None)
    title = file.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, document.title, size=20, font=_HEAD)
    for line in opening(document, digest, zone):
        paragraph = file.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, line, size=10, colour=_MUTED)
    charts = count(1)
    for number, section in enumerate(document.sections, 1):
        _heading(file, f"{ordinal(number)}、{section.heading}")
        for block in section.blocks:
            if isinstance(block, Sentence):
                _sentence(file.add_paragraph(), block, numbers)
            elif isinstance(block, Table):
                _table(file, block, numbers)
            else:
                _chart(file, block, next(charts))
    _heading(file, HEADING)
    note = file.add_paragraph()
    _run(note, HOW_TO_OPEN, size=10)
    rows = tuple(tuple(Part(text) for text in row) for row in source_rows(document))
    _hide(_table(file, Table("", HEADERS, rows), numbers, size=8), HEADERS.index("查看"))
    _footer(file.sections[0].footer, watermark)
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def _set_style(file: Any) -> None:
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = _BODY, Pt(14)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _BODY)
    normal.paragraph_format.space_after = Pt(4)
    # Word's own checks and line breaks are those of Chinese
    for language in file.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "zh-CN")
        language.set(qn("w:eastAsia"), "zh-CN")
    section = file.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.8)


def _footer(footer: Any, watermark: str) -> None:
    """第1页，共3页 in the middle, below it who took the file."""
    paragraph = footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words, field in (("第", "PAGE"), ("页，共", "NUMPAGES"), ("页", "")):
        _run(paragraph, words, size=9, colour=_MUTED)
        if field:
            number = OxmlElement("w:fldSimple")
            number.set(qn("w:instr"), field)
            paragraph._p.append(number)
            run = _run(paragraph, "1", size=9, colour=_MUTED)
            number.append(run._r)
    if watermark:
        _run(footer.add_paragraph(), watermark, size=8, colour=_MUTED)


def _heading(file: Any, text: str) -> None:
    paragraph = file.add_paragraph(style="Heading 1")
    _run(paragraph, text, size=16, font=_HEAD, colour=RGBColor(0, 0, 0))


def _sentence(paragraph: Any, sentence: Sentence, numbers: Any) -> None:
    """The evidence follows as hidden text: read by programs, printed by none."""
    paragraph.paragraph_format.first_line_indent = Pt(28)
    for part in sentence.parts:
        _part(paragraph, part, numbers, size=14)
    if sentence.evidence:
        hidden = _run(paragraph, f"〔{'、'.join(sentence.evidence)}〕", size=8)
        hidden.font.hidden = True


def _part(paragraph: Any, part: Part, numbers: Any, *, size: int) -> None:
    run = _run(paragraph, part.text, size=size)
    if not part.figure:
        return
    number = str(next(numbers))
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), number)
    start.set(qn("w:name"), f"{part.figure}_{number}")
    run._r.addprevious(start)
    run._r.addnext(end)


def _hide(grid: Any, column: int) -> None:
    """Addresses are for programs: on paper their place says what they lead to."""
    for row in grid.rows[1:]:
        [paragraph] = row.cells[column].paragraphs
        for run in paragraph.runs:
            run.font.hidden = True
        if paragraph.text:
            _run(paragraph, place_of(paragraph.text), size=8)


def _table(file: Any, table: Table, numbers: Any, *, size: int = 11) -> Any:
    if table.caption:
        caption = file.add_paragraph()
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
        caption.paragraph_format.keep_with_next = True
        _run(caption, table.caption, size=12, font=_HEAD)
    grid = file.add_table(rows=1, cols=len(table.headers), style="Table Grid")
    for box, text in zip(grid.rows[0].cells, table.headers, strict=True):
        _run(box.paragraphs[0], text, size=size, font=_HEAD)
    # the head stands on every page
    repeat = OxmlElement("w:tblHeader")
    grid.rows[0]._tr.get_or_add_trPr().append(repeat)
    for row in table.rows:
        line = grid.add_row()
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for box, part in zip(line.cells, row, strict=True):
            if part.figure:
                box.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _part(box.paragraphs[0], part, numbers, size=size)
    file.add_paragraph()
    return grid


def _chart(file: Any, chart: Chart, number: int) -> None:
    caption = file.add_paragraph()
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.keep_with_next = True
    _run(caption, chart.caption, size=12, font=_HEAD)
    part = FilePart(PackURI(f"/word/charts/chart{number}.xml"), _CHART_TYPE, chart_xml(chart), file.part.package)
    relation = file.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    rows = len(chart.labels) if chart.kind == "bar" else 7
    height = Emu(int(Cm(1.4) + Cm(0.8) * rows))
    run = file.add_paragraph().add_run()
    run._r.append(parse_xml(drawing_xml(chart, number, relation, width=int(_WIDTH), height=int(height))))


def _run(paragraph: Any, text: str, *, size: int, font: str = _BODY, colour: RGBColor | None = None) -> Any:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, Pt(size)
    # without it Word takes a Latin font's Chinese
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    if colour is not None:
        run.font.color.rgb = colour
    return run
