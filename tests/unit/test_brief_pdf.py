"""A finished PDF is read back as text: every figure in it, whatever was laid over it; what was left out of a rate."""

import io
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import DecodedStreamObject, NameObject

from dashboards.briefs import sentences as s
from dashboards.briefs.building import build
from dashboards.briefs.checking import Findings, check
from dashboards.briefs.circulars import circulars
from dashboards.briefs.counts import LeftOut
from dashboards.briefs.document import Document, Part, Sentence, as_json, digest
from dashboards.briefs.figures import FigureBook
from dashboards.briefs.reading import read_file
from dashboards.briefs.said import ReadFile
from dashboards.briefs.templates import default_template
from dashboards.briefs.write_docx import write_docx
from dashboards.briefs.write_pdf import write_pdf
from models.errors import Invalid
from models.report import ReportKind
from tests.unit.test_briefs import MONTH, THRESHOLDS, ZONE, counted_again, facts, rate, report

CODE = "0" * 64
MARK = "甲导出；导出编号1。仅供工作使用，请勿外传。"


@pytest.fixture(scope="module")
def document() -> Document:
    """Of few sections and days: setting the type takes a second."""
    template = default_template(ReportKind.MONTHLY)
    kept = tuple(section for section in template.sections if section.id in ("intake", "channels", "handling"))
    given = facts()
    small = replace(given, by_day=given.by_day[:3], units=given.units[:1])
    return build(small, replace(template, sections=kept), city="甲市", earlier=None)


@pytest.fixture(scope="module")
def data(document: Document) -> bytes:
    return write_pdf(document, digest=CODE, zone=ZONE, watermark=MARK)


@pytest.fixture(scope="module")
def own(data: bytes) -> ReadFile:
    return read_file(data)


def checked(data: bytes, own: ReadFile, document: Document) -> Findings:
    return check(read_file(data), own, document, counted_again(document))


def test_a_pdf_read_back_says_every_figure_where_it_stands(document: Document, own: ReadFile) -> None:
    assert (own.digest, own.format, own.added) == (CODE, "pdf", 0)
    known = {figure.id: figure.text for figure in document.figures}
    assert {printed.figure for printed in own.figures} == set(known)
    assert all(printed.text == known[printed.figure] for printed in own.figures)
    text = "".join(own.texts)
    for sentence in document.sentences():
        assert sentence.text in text
    assert MARK not in text and "第1页" not in text
    days, channels = own.drawn
    assert days[:2] == ("3", "0") and channels == ("来信", "70", "热线", "30")
    found = check(own, own, document, counted_again(document))
    assert found.passed and found.files == ("pdf",)
    assert found.figures == len(own.figures) + len(days) + len(channels) > 1.5 * len(known)


def test_rows_that_changed_are_found_in_a_pdf(document: Document, own: ReadFile) -> None:
    changed = {document.figures[0].id: "101", document.charts()[1].figures[0]: "69"}
    found = check(own, own, document, counted_again(document) | changed)
    assert {(p.kind, p.told, p.counted) for p in found.problems} == {("changed", "100", "101"), ("changed", "70", "69")}


def test_a_pdf_that_says_another_number_is_found_whoever_took_it(document: Document, own: ReadFile) -> None:
    """The rate in the sentence, and the bar of a channel; without the mark of the export."""
    bars = document.charts()[1]

    def other(block: Any) -> Any:
        if block is bars:
            return replace(bars, values=(71, 30))
        if not isinstance(block, Sentence):
            return block
        return replace(block, parts=tuple(Part("95.0%", p.figure) if p.text == "75.0%" else p for p in block.parts))

    sections = tuple(replace(one, blocks=tuple(map(other, one.blocks))) for one in document.sections)
    lying = write_pdf(replace(document, sections=sections), digest=CODE, zone=ZONE)
    problems = {(p.kind, p.told, p.counted) for p in checked(lying, own, document).problems if p.label != "文字"}
    assert problems == {("altered", "95.0%", "75.0%"), ("altered", "71", "70")}


def edited(data: bytes, change: Any) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(data))
    change(writer)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def test_what_was_laid_over_a_figure_is_found(document: Document, data: bytes, own: ReadFile) -> None:
    note = FreeText(text="95.0%", rect=(100, 600, 200, 620))
    noted = checked(edited(data, lambda writer: writer.add_annotation(0, note)), own, document)
    assert [(p.label, p.told) for p in noted.problems] == [("图片、批注或隐藏的文字", "1处")]

    def write_over(writer: PdfWriter) -> None:
        page: Any = writer.pages[0]
        font = next(iter(page["/Resources"]["/Font"]))
        stream = DecodedStreamObject()
        stream.set_data(page.get_contents().get_data() + f"\nBT {font} 12 Tf 9 99 Td <00130013> Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)

    assert {p.label for p in checked(edited(data, write_over), own, document).problems} == {"文字"}


def test_a_pdf_without_its_links_or_pages_is_found(document: Document, data: bytes, own: ReadFile) -> None:
    printed = edited(data, lambda writer: writer.remove_links())
    assert {p.kind for p in checked(printed, own, document).problems if p.figure} == {"missing"}
    short = edited(data, lambda writer: writer.remove_page(len(own.texts) - 1))
    assert not checked(short, own, document).passed


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF", b"%PDF" * 99])
def test_a_broken_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        read_file(data)


def test_a_pdf_of_no_report_has_no_figures() -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    target = io.BytesIO()
    writer.write(target)
    assert (read_file(target.getvalue()).figures, read_file(target.getvalue()).digest) == ((), "")


# 剔除 and intervals


def test_what_was_left_out_stands_beside_the_rate() -> None:
    book = FigureBook()
    with_out = replace(rate(45, 60), left_out=LeftOut(1, 4, ("重复投诉（王督办审批）",)))
    found = s.left_out(book, with_out, THRESHOLDS)
    assert found is not None
    assert found.text == "按时办结率未扣除获准剔除的4件，扣除后为78.6%。剔除理由：重复投诉（王督办审批）。"
    by_how = {figure.how: figure for figure in book.figures}
    assert by_how["left_out"].select["metric"] == "on_time_completion_rate"
    assert by_how["left_out"].address == "/scoring#exclusions"
    assert len(by_how["without"].of) == 4
    assert s.left_out(book, rate(45, 60), THRESHOLDS) is None
    few = replace(rate(20, 29), left_out=with_out.left_out)
    assert s.left_out(book, few, THRESHOLDS) is None
    every = replace(rate(0, 30, id_="rework_rate"), left_out=LeftOut(0, 30, ("误录（王督办审批）",)))
    alone = s.left_out(FigureBook(), every, THRESHOLDS)
    assert alone is not None and "全部获准剔除" in alone.text


def test_a_rate_over_many_cases_has_no_interval() -> None:
    found = s.rate(FigureBook(), rate(380, 400), rate(40, 50, "before"), MONTH, THRESHOLDS)
    assert found is not None and "置信区间" not in found.text
    few = s.rate(FigureBook(), rate(379, 399), rate(40, 50, "before"), MONTH, THRESHOLDS)
    assert few is not None and "（399件中379件，置信区间92.4%至96.7%）" in few.text


def test_a_unit_reads_what_was_left_out_of_its_rate() -> None:
    given = facts()
    unit = given.units[0]
    own = replace(unit.rates["on_time_completion_rate"], left_out=LeftOut(0, 6, ("误录（王督办审批）",)))
    changed = replace(given, units=(replace(unit, rates={own.id: own}), *given.units[1:]))
    document = build(changed, default_template(ReportKind.MONTHLY), city="甲市", earlier=None)
    first, second = circulars(document, {"zjj": "甲市住建局", "hbj": "甲市环保局"})
    assert "以上未扣除获准剔除的6件。剔除理由：误录（王督办审批）。" in first.body
    assert "扣除后按时办结率100.0%。" in first.body or "扣除后按时办结率100%。" in first.body
    assert "剔除" not in second.body
    assert counted_again(first.document) == {figure.id: figure.text for figure in first.document.figures}


def test_a_circular_names_the_report_that_it_is_made_of() -> None:
    document = report()
    [one] = circulars(document, {"zjj": "甲市住建局"})
    code = digest(as_json(one.document))
    given = read_file(write_docx(one.document, digest=code, zone=ZONE))
    assert (given.digest, given.basis) == (code, digest(as_json(document)))
    assert check(given, given, one.document, counted_again(one.document)).passed
