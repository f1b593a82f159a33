"""nlp train, nlp evaluate: a classifier from a city's own labelled letters, and what it is worth on others."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.table import Table

from api.commands.console import console, print_json, progress_bar
from api.commands.tone_training import evaluate_tone, train_tone
from intake.tabular import open_table
from intake.values import as_text
from models.errors import Invalid
from nlp.letters import LabelledLetter
from nlp.segmentation import make_segmenter
from nlp.tone.artifacts import is_tone
from nlp.tone.labels import What
from nlp.topics import artifacts
from nlp.topics.artifact_loading import load_for_files, segmenter_for
from nlp.topics.evaluation import Scores
from nlp.topics.judging import evaluate as judge
from nlp.topics.training import Training
from nlp.topics.training import train as train_topics

_SHOWN = 10


def register(app: typer.Typer) -> None:
    app.command("train")(train)
    app.command("evaluate")(evaluate)


_Text = Annotated[str, typer.Option(help="正文所在列")]
_Title = Annotated[str, typer.Option(help="标题所在列")]
_Label = Annotated[str, typer.Option(help="类别所在列")]
_Parent = Annotated[str, typer.Option(help="上级类别所在列；给出时训练两级类别")]
_What = Annotated[
    Literal["topics", "sentiment", "emotion"], typer.Option(help="训练什么：topics 类别，sentiment 情感，emotion 情绪")
]
_Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出结果")]


def train(
    data: Annotated[Path, typer.Option(help="已标类别的来信，.xlsx 或 .csv 文件")],
    text: _Text,
    label: _Label,
    output: Annotated[Path, typer.Option("--output", "-o", help="写入模型的文件夹")],
    title: _Title = "",
    parent: _Parent = "",
    what: _What = "topics",
    as_json: _Json = False,
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


def evaluate(
    artifact: Annotated[Path, typer.Option(help="模型所在文件夹")],
    data: Annotated[Path, typer.Option(help="已标类别的来信，.xlsx 或 .csv 文件；不应是训练用过的")],
    text: _Text,
    label: _Label,
    title: _Title = "",
    parent: _Parent = "",
    as_json: _Json = False,
) -> None:
    """在另一批已标注的来信上检验模型；模型是类别、情感还是情绪的，由它的卡片说明。"""
    if is_tone(artifact):
        evaluate_tone(artifact, read_letters(data, title=title, text=text, label=label), as_json=as_json)
        return
    loaded = load_for_files(artifact)
    segmenter = segmenter_for(loaded)
    loaded.check_segmenter(segmenter.version)
    judged = judge(loaded, read_letters(data, title=title, text=text, label=label, parent=parent), segmenter)
    if as_json:
        print_json(
            asdict(judged.scores)
            | {
                "threshold": loaded.threshold,
                "unseen_labels": judged.unseen_labels,
                "left_out": judged.left_out,
                "version": loaded.model.version,
            }
        )
        return
    print_scores(judged.scores)
    for name, count in judged.unseen_labels.items():
        console.print(f"模型没有见过类别“{name}”：{count} 件，按错误计。", markup=False)
    print_left_out(judged.left_out)


def read_letters(data: Path, *, title: str = "", text: str, label: str = "", parent: str = "") -> list[LabelledLetter]:
    """The rows of a file. Raises `Invalid` where a column is not there, or no row."""
    wanted = [column for column in (title, text, label, parent) if column]
    with open_table(data, wanted) as table:
        missing = [column for column in wanted if column not in table.columns]
        if missing:
            raise Invalid(f"文件里没有列“{'”“'.join(missing)}”，现有：{'、'.join(table.columns)}。")
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
    if training.suspects:
        console.print(f"标签可疑的 {len(training.suspects)} 件，前 {min(_SHOWN, len(training.suspects))} 件：")
    for suspect in training.suspects[:_SHOWN]:
        console.print(
            f"  第 {suspect.number} 行 {suspect.title[:30]}：标为{suspect.label}，更像{suspect.suggested}"
            f"（{suspect.confidence:.2f}）",
            markup=False,
        )
    for rows in training.contradictory[:_SHOWN]:
        console.print(f"内容相同而类别不同：第 {'、'.join(map(str, rows))} 行。")
    print_left_out(training.left_out)
    console.print(f"模型 {training.model.version} 已写入 {output}。", markup=False)


def print_scores(scores: Scores) -> None:
    console.print(
        f"宏平均 F1 [bold]{scores.macro_f1:.3f}[/bold]，准确率 {scores.accuracy:.3f}，校准误差 {scores.ece:.3f}；"
        f"承诺错误不超过 2 % 时可自动派单 {scores.coverage_at_98:.1%}（实际准确率 {scores.accuracy_at_98:.3f}）"
    )
    table = Table("类别", "件数", "精确率", "召回率", "F1")
    for row in scores.per_class:
        table.add_row(row.label, str(row.letters), f"{row.precision:.3f}", f"{row.recall:.3f}", f"{row.f1:.3f}")
    console.print(table)
    for confusion in scores.confusions[:_SHOWN]:
        console.print(f"  {confusion.label} → {confusion.predicted or '不知道'}：{confusion.letters} 件", markup=False)


def print_left_out(left_out: dict[str, int]) -> None:
    for reason, count in left_out.items():
        console.print(f"未使用 {count} 件：{reason}。", markup=False)
