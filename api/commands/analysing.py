"""nlp analyse: everything that the program says about each row of a file; no database."""

import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from api.commands.console import console, progress_console
from api.commands.default_classifier import ready_shipped
from api.installation import load_settings
from api.letter_files.analysed_letters import AnalysedLetter, LetterColumns, analyse_letters
from api.letter_files.analysed_page import AnalysedPage, is_analysed_page, name_codes
from api.letter_files.result_file import check_replaceable, whole_file
from intake.headers import normalise_name
from intake.rejected import neutralise
from intake.tabular import name_columns, open_table
from models.analysis import Analysis
from models.errors import Invalid
from models.submission import Channel
from nlp.files import as_cells, as_object
from nlp.pipeline import build_reference_pipeline
from nlp.reference import load_departments, load_regions, load_topics

_STANDARD_OUTPUT = Path("-")
_FIRST_KEY, _FIRST_COLUMN = '{"row": ', "row,"


class ResultFormat(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    app.command("analyse")(analyse)


def analyse(
    text: Annotated[str, typer.Option(help="正文所在列")],
    file: Annotated[Path | None, typer.Argument(help=".xlsx 或 .csv 文件；也可用 --input 给出")] = None,
    source: Annotated[Path | None, typer.Option("--input", "-i", help="要分析的 .xlsx 或 .csv 文件")] = None,
    title: Annotated[str, typer.Option(help="标题所在列")] = "",
    moment: Annotated[str, typer.Option("--time", help="时间所在列；昨晚、上周三由它推算")] = "",
    channel: Annotated[
        Channel, typer.Option(help="渠道：letter 来信，hotline 热线，survey 问卷，social 网络帖文")
    ] = Channel.LETTER,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="结果文件；- 或缺省为标准输出（只要网页时可不写）")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="另写一个网页，在原文中标出各类线索（前 500 件）")] = None,
    form: Annotated[
        ResultFormat | None,
        typer.Option("--format", help="结果格式；缺省时 .csv 写成表格，其余每行一个 JSON 对象"),
    ] = None,
) -> None:
    """逐行分析：先去除个人信息，再给出类别、诉求类型、情感、紧急程度、地点、时间、机构、关键词、摘要，各附把握和依据。

    结果与文件同序，每行一条；没有文字或读不出的行也在其中，附原因。
    """
    path = _only_one(file, source)
    if output is None and html is None:
        output = _STANDARD_OUTPUT
    form = form or (ResultFormat.CSV if output and output.suffix.lower() == ".csv" else ResultFormat.JSONL)
    _check(path, output, html)
    zone = load_settings().zone
    wanted = [normalise_name(name) for name in (text, title, moment) if name]
    with open_table(path, wanted) as table, ExitStack() as files:
        columns = LetterColumns(*name_columns(table, (text, title, moment)))
        letters = analyse_letters(table, columns, build_reference_pipeline(ready_shipped()), channel=channel, zone=zone)
        page = AnalysedPage(path.name, name_codes(load_topics(), load_regions(), load_departments())) if html else None
        page_file = files.enter_context(whole_file(html)) if html else None
        write = _writer(_open(files, output, form), form) if output else None
        rows = left_out = 0
        with _progress() as on_progress:
            for letter in letters:
                rows += 1
                left_out += letter.analysis is None
                if write:
                    write(letter)
                if page:
                    page.add(letter)
                on_progress(rows, table.fraction())
        if not rows:
            raise Invalid("文件里没有数据行。")
        if page and page_file:
            page.write(page_file)
    _print(rows, left_out, output, html)


def _only_one(file: Path | None, source: Path | None) -> Path:
    if (file is None) == (source is None):
        raise Invalid("请给出一个要分析的文件。" if file is None else "文件给了两次，请只给一次。")
    path = file or source
    assert path is not None
    return path


def _check(path: Path, output: Path | None, html: Path | None) -> None:
    """Before the long work begins: nothing is to be lost by it. Raises `Invalid`."""
    written = [one for one in (output, html) if one and one != _STANDARD_OUTPUT]
    everything = [one.resolve() for one in (path, *written)]
    if len(set(everything)) < len(everything):
        raise Invalid("要分析的文件、结果文件和网页须是不同的文件。")
    if output and output != _STANDARD_OUTPUT:
        check_replaceable(output, lambda head: head.startswith((_FIRST_KEY, _FIRST_COLUMN)))
    if html:
        check_replaceable(html, is_analysed_page)


def _open(files: ExitStack, output: Path, form: ResultFormat) -> TextIO:
    if output == _STANDARD_OUTPUT:
        return sys.stdout
    # spreadsheet programs take a file for UTF-8 by its mark alone
    return files.enter_context(whole_file(output, "utf-8-sig" if form is ResultFormat.CSV else "utf-8"))


def _writer(handle: TextIO, form: ResultFormat) -> Callable[[AnalysedLetter], None]:
    return _csv_writer(handle) if form is ResultFormat.CSV else _json_writer(handle)


def _json_writer(handle: TextIO) -> Callable[[AnalysedLetter], None]:
    topics = {topic.code: topic for topic in load_topics()}

    def write(letter: AnalysedLetter) -> None:
        found = as_object(letter.analysis, letter.text, topics) if letter.analysis else {"error": letter.error}
        handle.write(json.dumps({"row": letter.number} | found, ensure_ascii=False) + "\n")

    return write


def _csv_writer(handle: TextIO) -> Callable[[AnalysedLetter], None]:
    writer = csv.DictWriter(handle, ["row", *as_cells(Analysis()), "error"], restval="")
    writer.writeheader()

    def write(letter: AnalysedLetter) -> None:
        cells = as_cells(letter.analysis) if letter.analysis else {"error": letter.error}
        # a spreadsheet would run a cell that begins like a formula
        safe = {name: neutralise(value) if isinstance(value, str) else value for name, value in cells.items()}
        writer.writerow({"row": letter.number} | safe)

    return write


@contextmanager
def _progress() -> Iterator[Callable[[int, float], None]]:
    """Rows done, rows a second and the share of the file read, beside the output; only where somebody is looking."""
    columns = (
        *(SpinnerColumn(), TextColumn("分析"), BarColumn(), TaskProgressColumn()),
        *(TextColumn("{task.fields[rows]} 行  每秒 {task.fields[rate]:.0f} 行"), TimeElapsedColumn()),
    )
    watched = progress_console.is_terminal
    with Progress(*columns, console=progress_console, transient=True, disable=not watched) as bar:
        task = bar.add_task("", total=1.0, rows=0, rate=0.0)

        def on_progress(rows: int, fraction: float) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            bar.update(task, completed=fraction, rows=rows, rate=rows / elapsed if elapsed else 0.0)

        yield on_progress


def _print(rows: int, left_out: int, output: Path | None, html: Path | None) -> None:
    """Where the results go to standard output, nothing else may."""
    told = progress_console if output == _STANDARD_OUTPUT else console
    written = [str(one) for one in (output, html) if one and one != _STANDARD_OUTPUT]
    where = f"；已写入 {'、'.join(written)}" if written else ""
    unread = f"，其中 {left_out} 行没有可分析的文字" if left_out else ""
    if written or left_out:
        told.print(f"共 {rows} 行{unread}{where}。", markup=False)
