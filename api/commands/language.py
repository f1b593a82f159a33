"""nlp: language analysis of files, without a database; for analysts and for measuring."""

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer

from intake.tabular import read_table
from models.errors import Invalid
from nlp.files import analyse_rows
from nlp.pipeline import build_pipeline
from nlp.reference import load_departments, load_regions, load_topics

app = typer.Typer(help="文本分析：文件进，文件出，不用数据库。", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `analyse` a subcommand while it is the only one."""


@app.command("analyse")
def analyse(
    file: Annotated[Path, typer.Argument(help=".xlsx 或 .csv 文件")],
    text: Annotated[str, typer.Option(help="正文所在列")],
    title: Annotated[str, typer.Option(help="标题所在列")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写入的 .csv 文件；缺省为标准输出")] = None,
) -> None:
    """逐行分析：类别、诉求类型、情感、紧急程度、地点、关键词，各附把握。"""
    pipeline = build_pipeline(load_topics(), load_regions(), [], load_departments())

    def texts() -> "list[tuple[str, str]]":
        found = []
        for _, row in read_table(file, needed=[column for column in (title, text) if column]):
            found.append((row.get(title, "") if title else "", row[text]))
        return found

    rows = analyse_rows(pipeline, texts())
    handle = output.open("w", encoding="utf-8-sig", newline="") if output else sys.stdout
    with handle:
        writer: csv.DictWriter[str] | None = None
        for row in rows:
            if writer is None:
                writer = csv.DictWriter(handle, fieldnames=list(row))
                writer.writeheader()
            writer.writerow(row)
    if writer is None:
        raise Invalid("文件里没有数据行。")
