"""What was read out of a finished file? Its words, its figures where they stand, its code, whatever the format."""

import re
from dataclasses import dataclass
from typing import Literal

FileFormat = Literal["docx", "xlsx", "pdf"]

# Whoever downloads the file is written into it; it is no part of the report.
MARK = re.compile(r"导出编号\d+。仅供工作使用，请勿外传。$")
DIGEST = re.compile(r"校验码：([0-9a-f]{64})")
# A circular names its own code first, then that of the report that it is made of.
BASIS = re.compile(r"所依据报告的校验码：([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure where it stands: its id and the text there."""

    figure: str
    text: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """`texts`: every paragraph and cell in order, of a PDF one text a page. `figures`: each place where one is printed.
    `sources`: id to value and address in the list at the end; in a PDF its values are among the figures. `charts`: the
    numbers that are drawn, `drawn` the texts of a drawing (PDF alone). `digest`: "" where there is none; `basis`: the
    code of the report that a circular is made of. `added`: pictures, notes and hidden texts, which no report has."""

    texts: tuple[str, ...]
    figures: tuple[Printed, ...]
    sources: dict[str, tuple[str, str]]
    digest: str
    format: FileFormat
    charts: tuple[tuple[int, ...], ...] = ()
    drawn: tuple[tuple[str, ...], ...] = ()
    basis: str = ""
    added: int = 0
