"""What does a finished PDF say? Each text where it stands, the figures by the links that they are, what charts draw."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, groupby
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ContentStream

from dashboards.briefs.said import BASIS, DIGEST, MARK, Printed, ReadFile
from models.errors import Invalid

_TARGET = re.compile(r"source-(F\d+)")
_PAGE_NUMBER = re.compile(r"第\d+页，共\d+页")
_CODES = re.compile(rb"<([0-9A-Fa-f]+)>")
_CHARS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
# Nobody's report is larger; a small file can unpack to anything, and reading takes time by its length.
_MOST_PAGES, _MOST_BYTES, _DEEPEST = 300, 12_000_000, 3
# Margins of the page in points, where only page numbers and the mark of the export stand; as in write_pdf.
_TOP, _BOTTOM = 62.0, 66.0
_NEAR = 0.5

Matrix = tuple[float, float, float, float, float, float]
_PLAIN: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text; `x`, `y` in points from the lower left corner; `group`: the text object that it is part of."""

    text: str
    x: float
    y: float
    group: int


@dataclass
class _Page:
    """What is on the way through one page. `left`: bytes that may still be unpacked."""

    left: int
    groups: int = 0
    pieces: list[_Piece] = field(default_factory=list)
    added: int = 0
    fonts: dict[int, Mapping[bytes, str]] = field(default_factory=dict)


def read_pdf(data: bytes) -> ReadFile:
    """Raises `Invalid` for what is no PDF, or none of a size that a report has."""
    try:
        file = PdfReader(io.BytesIO(data))
        if file.is_encrypted or len(file.pages) > _MOST_PAGES:
            raise Invalid("文件无法打开，请选择问政生成的报告。")
        return _read(file)
    # whatever a broken file makes the reader stumble over is no fault of ours
    except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid("文件无法打开，请选择问政生成的报告。") from error


def _read(file: PdfReader) -> ReadFile:
    texts: list[str] = []
    figures: list[Printed] = []
    drawn: list[tuple[str, ...]] = []
    added, left, places = 0, _MOST_BYTES, _charts(file)
    for sheet in file.pages:
        page = _Page(left)
        contents = sheet.get_contents()
        if contents is not None:
            _walk(page, file, contents, sheet.get("/Resources", {}), _PLAIN, depth=0)
        left, added = page.left, added + page.added
        bounds = places.get(sheet.indirect_reference, [])
        charts = [[p for p in page.pieces if low < p.y < high] for low, high in bounds]
        for pieces in charts:
            groups = groupby(pieces, key=lambda piece: piece.group)
            drawn.append(tuple("".join(piece.text for piece in group) for _, group in groups))
        page.pieces = [p for p in page.pieces if not any(low < p.y < high for low, high in bounds)]
        links = _links(sheet)
        added += len(sheet.get("/Annots", ())) - len(links)
        for target, box in links:
            figures.append(Printed(target, "".join(p.text for p in page.pieces if _is_inside(p, box))))
        texts.append(_text(page.pieces, float(sheet.mediabox.height)))
    whole = "".join(texts)
    code, basis = DIGEST.search(whole), BASIS.search(whole)
    return ReadFile(
        texts=tuple(texts),
        figures=tuple(figures),
        sources={},
        digest=code[1] if code else "",
        format="pdf",
        drawn=tuple(drawn),
        basis=basis[1] if basis else "",
        added=added,
    )


def _text(pieces: list[_Piece], height: float) -> str:
    """In the order of the file; of the margins only what does not belong there."""
    top = "".join(p.text for p in pieces if p.y > height - _TOP)
    bottom = "".join(p.text for p in pieces if p.y < _BOTTOM)
    between = "".join(p.text for p in pieces if _BOTTOM <= p.y <= height - _TOP)
    strange = [
        text
        for text, usual in ((top, MARK.search(top)), (bottom, _PAGE_NUMBER.fullmatch(bottom)))
        if text and not usual
    ]
    return "".join((between, *strange))


def _charts(file: PdfReader) -> dict[Any, list[tuple[float, float]]]:
    """By page from the lower to the upper edge of each drawing: it and its caption have names."""
    found: dict[Any, list[tuple[float, float]]] = {}
    names = file.named_destinations
    for n in count(1):
        above, below = names.get(f"chart-{n}"), names.get(f"chart-{n}-end")
        if above is None or below is None:
            return found
        found.setdefault(above.page, []).append((float(below.top or 0), float(above.top or 0)))
    raise AssertionError("counting does not end")


def _links(sheet: Any) -> list[tuple[str, tuple[float, ...]]]:
    """The id that each link leads to, and where it stands."""
    found: list[tuple[str, tuple[float, ...]]] = []
    for entry in sheet.get("/Annots", ()):
        note = entry.get_object()
        target = _TARGET.fullmatch(str(note.get("/Dest", "")))
        if note.get("/Subtype") == "/Link" and target and "/AP" not in note:
            x1, y1, x2, y2 = (float(number) for number in note["/Rect"])
            found.append((target[1], (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))))
    return found


def _is_inside(piece: _Piece, box: tuple[float, ...]) -> bool:
    return box[0] - _NEAR <= piece.x < box[2] - _NEAR and box[1] <= piece.y <= box[3]


def _walk(page: _Page, file: PdfReader, stream: Any, resources: Any, start: Matrix, *, depth: int) -> None:
    """The texts of a content stream in the order in which they are drawn, with those of the drawings in it."""
    page.left -= len(stream.get_data())
    if page.left < 0 or depth > _DEEPEST:
        raise ValueError("too large")
    content = stream if isinstance(stream, ContentStream) else ContentStream(stream, file)
    fonts, drawings = resources.get("/Font", {}), resources.get("/XObject", {})
    matrix, kept, place = start, [], _PLAIN
    codes: Mapping[bytes, str] = {}
    text: list[str] = []
    where: Matrix | None = None
    for operands, operator in content.operations:
        if operator == b"q":
            kept.append(matrix)
        elif operator == b"Q":
            matrix = kept.pop() if kept else start
        elif operator == b"cm":
            matrix = _times(_matrix(operands), matrix)
        elif operator in (b"BT", b"Tm", b"ET"):
            place = _matrix(operands) if operator == b"Tm" else _PLAIN
            text, where = _ended(page, text, where)
            page.groups += operator == b"BT"
        elif operator in (b"Td", b"TD"):
            place = _times((1, 0, 0, 1, float(operands[0]), float(operands[1])), place)
        elif operator == b"Tf":
            codes = _font(page, fonts[operands[0]].get_object())
        elif operator == b"Tr":
            page.added += int(operands[0]) != 0
        elif operator in (b"Tj", b"TJ", b"'", b'"'):
            where = where or _times(place, matrix)
            text += _decoded(operands[-1], codes)
        elif operator == b"Do":
            inner = drawings[operands[0]].get_object()
            if inner.get("/Subtype") == "/Form":
                moved = _times(_matrix(inner.get("/Matrix", _PLAIN)), matrix)
                _walk(page, file, inner, inner.get("/Resources", resources), moved, depth=depth + 1)
            else:
                page.added += 1
        elif operator == b"INLINE IMAGE":
            page.added += 1
    _ended(page, text, where)


def _ended(page: _Page, text: list[str], where: Matrix | None) -> tuple[list[str], None]:
    """The next text begins."""
    if where is not None:
        page.pieces.append(_Piece("".join(text), where[4], where[5], page.groups))
    return [], None


def _decoded(shown: Any, codes: Mapping[bytes, str]) -> Iterator[str]:
    """Of a text, or of a list of texts and the distances between them."""
    for part in shown if isinstance(shown, list) else [shown]:
        raw = getattr(part, "original_bytes", part)
        if isinstance(raw, bytes):
            # our fonts have codes of two bytes; another one's text is not ours, and is read as it comes
            yield from (
                (codes.get(raw[n : n + 2], "�") for n in range(0, len(raw), 2)) if codes else (raw.decode("latin-1"),)
            )


def _font(page: _Page, font: Any) -> Mapping[bytes, str]:
    """Code to characters, as the file says for whoever copies its text (ToUnicode)."""
    known = page.fonts.get(id(font))
    if known is None:
        found = font.get("/ToUnicode")
        known = page.fonts[id(font)] = _codes(found.get_object().get_data()) if found is not None else {}
    return known


def _codes(table: bytes) -> Mapping[bytes, str]:
    codes: dict[bytes, str] = {}
    for block in _CHARS.findall(table):
        numbers = [bytes.fromhex(code.decode()) for code in _CODES.findall(block)]
        codes |= {code: value.decode("utf-16-be") for code, value in zip(numbers[::2], numbers[1::2], strict=True)}
    for block in _RANGES.findall(table):
        numbers = [bytes.fromhex(code.decode()) for code in _CODES.findall(block)]
        for first, last, value in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
            begin, least = int.from_bytes(first, "big"), ord(value.decode("utf-16-be"))
            for code in range(begin, min(int.from_bytes(last, "big"), begin + 0xFFFF) + 1):
                codes[code.to_bytes(len(first), "big")] = chr(least + code - begin)
    return codes


def _matrix(operands: Any) -> Matrix:
    a, b, c, d, e, f = (float(number) for number in operands)
    return a, b, c, d, e, f


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m
