"""nlp train: a classifier from a city's own labelled letters."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from api.commands.console import console, print_json, progress_bar
from api.commands.scores import SHOWN, print_doubtful, print_left_out, print_scores
from api.commands.tone_training import train_tone
from intake.headers import normalise_name
from intake.tabular import name_columns, open_table
from intake.values import as_text
from models.errors import Invalid
from nlp.letters import LabelledLetter
from nlp.segmentation import make_segmenter
from nlp.tone.labels import What
from nlp.topics import artifacts
from nlp.topics.training import Training
from nlp.topics.training import train as train_topics


def register(app: typer.Typer) -> None:
    app.command("train")(train)


TextOption = Annotated[str, typer.Option(help="正文所在列")]
TitleOption = Annotated[str, typer.Option(help="标题所在列")]
LabelOption = Annotated[str, typer.Option(help="类别所在列")]
ParentOption = Annotated[str, typer.Option(help="上级类别所在列；给出时训练两级类别")]
_What = Annotated[
    Literal["topics", "sentiment", "emotion"], typer.Option(help="训练什么：topics 类别，sentiment 情感，emotion 情绪")
]
JsonOption = Annotated[bool, typer.Option("--json", help="以 JSON 输出结果")]


def train(
    data: Annotated[Path, typer.Option(help="已标类别的来信，.xlsx 或 .csv 文件")],
    text: TextOption,
    label: LabelOption,
    output: Annotated[Path, typer.Option("--output", "-o", help="写入模型的文件夹")],
    title: TitleOption = "",
    parent: ParentOption = "",
    what: _What = "topics",
    as_json: JsonOption = False,
) -> None:
    """用本市已标注的来信训练类别、情感或情绪模型，并给出交叉验证的成绩（相同或相近的来信不会同时出现在两边）。"""
    letters = read_letters(data, title=title, text=text, label=label, parent=parent)
    if what != "topics":
        train_tone(letters, What(what), output, as_json=as_json)
        return
    segmenter = make_segmenter()
    with progress_bar() as on_progress:
        training = train_topics(letters, segmenter, on_progress=on_progress)
    about = _about(training)
    artifacts.save(output, training.model, segmenter=segmenter.version, about=about)
    if as_json:
        print_json({"artifact": str(output), "version": training.model.version} | about)
        return
    _print_training(training, output)


def read_letters(data: Path, *, title: str = "", text: str, label: str = "", parent: str = "") -> list[LabelledLetter]:
    """The rows of a file. Raises `Invalid` where a column is not there, or no row."""
    wanted = [column for column in (title, text, label, parent) if column]
    with open_table(data, [normalise_name(column) for column in wanted]) as table:
        title, text, label, parent = name_columns(table, (title, text, label, parent))
        letters = [
            LabelledLetter(
                title=as_text(row.cells[title]).strip() if title else "",
                body=as_text(row.cells[text]).strip(),
                label=as_text(row.cells[label]).strip() if label else "",
                parent=as_text(row.cells[parent]).strip() if parent else "",
                number=row.number,
            )
            for row in table.rows
            if not row.fault
        ]
    if not letters:
        raise Invalid("文件里没有数据行。")
    return letters


def _about(training: Training) -> dict[str, Any]:
    """What the card says about the training, beside what the program needs to load it."""
    return {
        "trained_on": date.today().isoformat(),
        "letters": training.letters,
        "groups": training.groups,
        "data_hash": training.data_hash,
        "threshold": training.threshold,
        "cross_validation": asdict(training.scores),
        "cross_validation_parents": asdict(training.parent_scores) if training.parent_scores else None,
        "left_out": training.left_out,
        "contradictory_rows": training.contradictory,
        "suspected_label_errors": [asdict(suspect) for suspect in training.suspects],
    }


def _print_training(training: Training, output: Path) -> None:
    console.print(f"{training.letters} 件来信，合并相同、相近的为 {training.groups} 组；按组五折交叉验证：")
    if training.parent_scores is not None:
        console.print(
            f"第一级：宏平均 F1 {training.parent_scores.macro_f1:.3f}，准确率 {training.parent_scores.accuracy:.3f}"
        )
    print_scores(training.scores)
    print_doubtful("标签可疑", training.suspects)
    for rows in training.contradictory[:SHOWN]:
        console.print(f"内容相同而类别不同：第 {'、'.join(map(str, rows))} 行。")
    print_left_out(training.left_out)
    console.print(f"模型 {training.model.version} 已写入 {output}。", markup=False)
