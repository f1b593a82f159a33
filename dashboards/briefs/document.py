"""What does a report consist of? Sections of sentences, tables and charts over figures. Pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from dashboards.briefs.figures import Figure
from models.report import ReportKind


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text; `figure` is the id of the figure that it prints, "" for words."""

    text: str
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`evidence`: the ids of the figures that it rests on, and of issues as "issue:12"."""

    parts: tuple[Part, ...]
    evidence: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One value a label; `figures` has the id of each, in the same order."""

    caption: str
    kind: Literal["bar", "line"]
    labels: tuple[str, ...]
    values: tuple[int, ...]
    figures: tuple[str, ...]


Block = Sentence | Table | Chart


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`hot`: id and name of the issues it names, by heat, for comparing with the next one. `note`: where the numbers
    come from, "" where nothing is to be said. `basis`: the code of the report that a circular is made of."""

    kind: ReportKind
    title: str
    city: str
    period: str
    first: date
    last: date
    as_of: datetime
    note: str
    sections: tuple[Section, ...]
    figures: tuple[Figure, ...]
    hot: tuple[tuple[int, str], ...] = ()
    basis: str = ""

    def blocks(self) -> Iterator[Block]:
        for section in self.sections:
            yield from section.blocks

    def charts(self) -> list[Chart]:
        return [block for block in self.blocks() if isinstance(block, Chart)]

    def tables(self) -> list[Table]:
        return [block for block in self.blocks() if isinstance(block, Table)]

    def sentences(self) -> list[Sentence]:
        return [block for block in self.blocks() if isinstance(block, Sentence)]


def as_json(document: Document) -> dict[str, Any]:
    """What is kept; `from_json` gives the same document."""
    plain = {name: getattr(document, name) for name in ("title", "city", "period", "note")}
    if document.basis:
        plain["basis"] = document.basis
    return plain | {
        "kind": document.kind.value,
        "first": document.first.isoformat(),
        "last": document.last.isoformat(),
        "as_of": document.as_of.isoformat(),
        "sections": [
            {"id": section.id, "heading": section.heading, "blocks": [_block(block) for block in section.blocks]}
            for section in document.sections
        ],
        "figures": [asdict(figure) for figure in document.figures],
        "hot": [list(pair) for pair in document.hot],
    }


def from_json(content: Mapping[str, Any]) -> Document:
    return Document(
        kind=ReportKind(content["kind"]),
        title=content["title"],
        city=content["city"],
        period=content["period"],
        note=content["note"],
        first=date.fromisoformat(content["first"]),
        last=date.fromisoformat(content["last"]),
        as_of=datetime.fromisoformat(content["as_of"]),
        sections=tuple(
            Section(section["id"], section["heading"], tuple(_read_block(block) for block in section["blocks"]))
            for section in content["sections"]
        ),
        figures=tuple(Figure(**(figure | {"of": tuple(figure["of"])})) for figure in content["figures"]),
        hot=tuple((id_, name) for id_, name in content["hot"]),
        basis=content.get("basis", ""),
    )


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content, whatever the order of its keys."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def ordinal(number: int) -> str:
    """一 to 十九: how the sections are numbered."""
    digits = "零一二三四五六七八九"
    return digits[number] if number < 10 else f"十{digits[number % 10] if number % 10 else ''}"


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Sentence):
        return {"is": "sentence", "parts": [[p.text, p.figure] for p in block.parts], "evidence": list(block.evidence)}
    if isinstance(block, Table):
        rows = [[[cell.text, cell.figure] for cell in row] for row in block.rows]
        return {"is": "table", "caption": block.caption, "headers": list(block.headers), "rows": rows}
    return {"is": "chart"} | {
        name: list(value) if isinstance(value, tuple) else value for name, value in asdict(block).items()
    }


def _read_block(block: Mapping[str, Any]) -> Block:
    if block["is"] == "sentence":
        return Sentence(tuple(Part(*part) for part in block["parts"]), tuple(block["evidence"]))
    if block["is"] == "table":
        rows = tuple(tuple(Part(*cell) for cell in row) for row in block["rows"])
        return Table(block["caption"], tuple(block["headers"]), rows)
    return Chart(
        block["caption"], block["kind"], tuple(block["labels"]), tuple(block["values"]), tuple(block["figures"])
    )
