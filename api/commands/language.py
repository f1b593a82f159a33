"""nlp: language analysis of files, without a database; for analysts and for measuring."""

import csv
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import chain
from pathlib import Path
from typing import Annotated, TextIO

import typer

from api.commands import default_classifier, encoders, speech, training
from api.commands.default_classifier import ready_shipped
from intake.rejected import neutralise
from intake.tabular import open_table
from models.errors import Invalid
from nlp.files import analyse_rows
from nlp.pipeline import build_reference_pipeline

app = typer.Typer(help="文本分析：文件进，文件出，不用数据库。", no_args_is_help=True)
default_classifier.register(app)
training.register(app)
encoders.register(app)
speech.register(app)


@app.command("analyse")
def analyse(
    file: Annotated[Path, typer.Argument(help=".xlsx 或 .csv 文件")],
    text: Annotated[str, typer.Option(help="正文所在列")],
    title: Annotated[str, typer.Option(help="标题所在列")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写入的 .csv 文件；缺省为标准输出")] = None,
) -> None:
    """逐行分析：类别、诉求类型、情感、紧急程度、地点、关键词，各附把握。"""
    pipeline = build_reference_pipeline(ready_shipped())
    wanted = [column for column in (title, text) if column]
    with open_table(file, wanted) as table:
        missing = [column for column in wanted if column not in table.columns]
        if missing:
            raise Invalid(f"文件里没有列“{'”“'.join(missing)}”，现有：{'、'.join(table.columns)}。")
        rows = analyse_rows(
            pipeline, ((str(row.cells[title]) if title else "", str(row.cells[text])) for row in table.rows)
        )
        with output.open("w", encoding="utf-8-sig", newline="") if output else nullcontext(sys.stdout) as handle:
            _write(handle, rows)


def _write(handle: TextIO, rows: Iterator[dict[str, str | float]]) -> None:
    first = next(rows, None)
    if first is None:
        raise Invalid("文件里没有数据行。")
    writer = csv.DictWriter(handle, fieldnames=list(first))
    writer.writeheader()
    for row in chain([first], rows):
        # a spreadsheet would run a cell that begins like a formula
        writer.writerow({name: neutralise(value) if isinstance(value, str) else value for name, value in row.items()})
