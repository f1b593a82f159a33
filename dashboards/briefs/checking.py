"""Does a finished file say what the report said, and do the rows still say so? Every figure of it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from itertools import zip_longest
from typing import Literal

from dashboards.briefs.document import Document
from dashboards.briefs.drawing import chart_texts
from dashboards.briefs.said import ReadFile
from dashboards.briefs.sources import PRINTED_HEADERS

# altered: the file is not what was made; changed: the rows are not what they were; missing: a figure is not there
ProblemKind = Literal["altered", "changed", "missing"]
_MOST = 50
_CLAUSE = re.compile(r"[^。；：，]+[。；：，]?|[。；：，]")


@dataclass(frozen=True, slots=True)
class Problem:
    """`told`: what the file says, `counted`: what it should say. `figure`: "" where the words are meant."""

    kind: ProblemKind
    figure: str
    label: str
    told: str
    counted: str


@dataclass(frozen=True, slots=True)
class Findings:
    """`figures`: how many places with a figure were compared, in `files`."""

    figures: int
    problems: tuple[Problem, ...]
    files: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.figures > 0 and not self.problems


def check(given: ReadFile, own: ReadFile, document: Document, recounted: Mapping[str, str]) -> Findings:
    """`given`: the file as it was read; `own`: the same report written anew and read; `recounted`: from the rows."""
    problems: list[Problem] = []
    places = _check_printed(given, document, recounted, problems)
    if given.format == "pdf":
        printed = {place.figure for place in given.figures}
        problems += [
            Problem("missing", figure.id, figure.label, "", figure.text)
            for figure in document.figures
            if figure.id not in printed
        ]
        places += _check_drawn(given, document, recounted, problems)
    else:
        places += _check_sources(given, document, recounted, problems)
        places += _check_charts(given, document, recounted, problems)
        places += _check_written(given, document, recounted, problems) if given.format == "xlsx" else 0
    if _count(given) != _count(own):
        problems.append(Problem("missing", "", "数字出现的次数", str(len(given.figures)), str(len(own.figures))))
    if given.added != own.added:
        problems.append(Problem("altered", "", "图片、批注或隐藏的文字", f"{given.added}处", f"{own.added}处"))
    problems += _words(clauses(given, document), clauses(own, document))
    return Findings(places, tuple(dict.fromkeys(problems))[:_MOST], (given.format,))


def _check_printed(given: ReadFile, document: Document, recounted: Mapping[str, str], problems: list[Problem]) -> int:
    known = {figure.id: figure for figure in document.figures}
    places = 0
    for printed in given.figures:
        figure = known.get(printed.figure)
        if figure is None:
            problems.append(Problem("altered", printed.figure, "没有这个数字", printed.text, ""))
            continue
        places += 1
        counted = recounted[figure.id]
        if printed.text != counted:
            kind: ProblemKind = "changed" if printed.text == figure.text else "altered"
            problems.append(Problem(kind, figure.id, figure.label, printed.text, counted))
        elif printed.text != figure.text:
            problems.append(Problem("altered", figure.id, figure.label, printed.text, figure.text))
    return places


def _check_sources(given: ReadFile, document: Document, recounted: Mapping[str, str], problems: list[Problem]) -> int:
    for figure in document.figures:
        value, address = given.sources.get(figure.id, ("", ""))
        if not value:
            problems.append(Problem("missing", figure.id, figure.label, "", figure.text))
        elif (value, address) != (figure.text, figure.address):
            problems.append(Problem("altered", figure.id, figure.label, f"{value} {address}".strip(), figure.text))
        elif value != recounted[figure.id]:
            problems.append(Problem("changed", figure.id, figure.label, value, recounted[figure.id]))
    return len(document.figures)


def _check_written(given: ReadFile, document: Document, recounted: Mapping[str, str], problems: list[Problem]) -> int:
    """The sentences of a workbook: each is one cell, so that its figures have no names of their own."""
    places = 0
    for sentence in document.sentences():
        if sentence.text not in given.texts:
            [told] = get_close_matches(sentence.text, given.texts, 1) or [""]
            problems.append(Problem("altered", "", "文字", told[:200], sentence.text[:200]))
            continue
        for part in sentence.parts:
            places += bool(part.figure)
            if part.figure and part.text != recounted[part.figure]:
                problems.append(Problem("changed", part.figure, "正文", part.text, recounted[part.figure]))
    return places


def _check_charts(given: ReadFile, document: Document, recounted: Mapping[str, str], problems: list[Problem]) -> int:
    """The numbers that a chart draws. Of a workbook they are cells with a name, and compared as such."""
    places = 0
    if given.format == "xlsx":
        return places
    for chart, drawn in zip_longest(document.charts(), given.charts):
        if chart is None or drawn is None or len(drawn) != len(chart.values):
            problems.append(Problem("altered", "", chart.caption if chart else "图", "图的数据不全", ""))
            continue
        for label, value, id_ in zip(chart.labels, drawn, chart.figures, strict=True):
            places += 1
            if f"{value:,}" != recounted[id_]:
                kind: ProblemKind = "changed" if value in chart.values else "altered"
                problems.append(Problem(kind, id_, f"{chart.caption}：{label}", f"{value:,}", recounted[id_]))
    return places


def _check_drawn(given: ReadFile, document: Document, recounted: Mapping[str, str], problems: list[Problem]) -> int:
    """The labels and numbers that stand in the drawings of a PDF."""
    places = 0
    for chart, drawn in zip_longest(document.charts(), given.drawn):
        meant = chart_texts(chart, chart.values) if chart else ()
        if chart is None or drawn is None or len(drawn) != len(meant):
            problems.append(Problem("altered", "", chart.caption if chart else "图", "图上的文字不全", ""))
            continue
        counted = chart_texts(chart, [int(recounted[id_].replace(",", "")) for id_ in chart.figures])
        for told, was, now in zip(drawn, meant, counted, strict=True):
            places += 1
            if told != now:
                problems.append(Problem("changed" if told == was else "altered", "", chart.caption, told, now))
            elif told != was:
                problems.append(Problem("altered", "", chart.caption, told, was))
    return places


def _count(read: ReadFile) -> dict[str, int]:
    counts: dict[str, int] = {}
    for printed in read.figures:
        counts[printed.figure] = counts.get(printed.figure, 0) + 1
    return counts


def clauses(read: ReadFile, document: Document) -> tuple[str, ...]:
    """The texts to compare. Of a PDF wherever its lines and pages end: the head of a table that goes on over the page
    stands there once more."""
    if read.format != "pdf":
        return read.texts
    heads = ["".join(headers) for headers in (PRINTED_HEADERS, *(table.headers for table in document.tables()))]
    pages = [
        next((text.removeprefix(head) for head in heads if text.startswith(head)), text) if number else text
        for number, text in enumerate(read.texts)
    ]
    return tuple(_CLAUSE.findall("".join(pages)))


def _words(given: tuple[str, ...], own: tuple[str, ...]) -> list[Problem]:
    """Where the words are not those that were written. What follows the last line is the mark of the export."""
    if given == own:
        return []
    problems = []
    for kind, a, b, c, d in SequenceMatcher(None, given, own, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        told, meant = "；".join(given[a:b]), "；".join(own[c:d])
        problems.append(Problem("altered", "", "文字", told[:200], meant[:200]))
    return problems
