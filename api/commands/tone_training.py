"""nlp train --what sentiment|emotion, nlp evaluate: models of tone from a city's own labels, and their worth."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from rich.table import Table

from api.commands.console import console, print_json, progress_bar
from nlp.letters import LabelledLetter
from nlp.tone import artifacts
from nlp.tone.labels import VALUES, What
from nlp.tone.training import ToneTraining
from nlp.tone.training import evaluate as judge
from nlp.tone.training import train as learn
from nlp.topics.evaluation import Scores
from nlp.topics.training import Suspect

_SHOWN = 10


def train_tone(letters: Sequence[LabelledLetter], what: What, output: Path, *, as_json: bool) -> None:
    """Learn, write the artifact, and say what it is worth. Raises `Invalid` where the labels cannot teach anything."""
    with progress_bar() as on_progress:
        training = learn(letters, what, on_progress=on_progress)
    about = _about(training)
    artifacts.save(output, {what: training.model}, about)
    if as_json:
        print_json({"artifact": str(output), "version": training.model.version} | about)
        return
    console.print(f"{training.letters} 件，合并相同、相近的为 {training.groups} 组；按组五折交叉验证：")
    _print_scores(training.scores, what)
    _print_doubtful("标注可疑", training.suspects, what)
    _print_left_out(training.left_out)
    console.print(f"模型 {training.model.version} 已写入 {output}。", markup=False)


def evaluate_tone(artifact: Path, letters: Sequence[LabelledLetter], *, as_json: bool) -> None:
    """Say what the model that was trained into `artifact` is worth on `letters`."""
    loaded = artifacts.load(artifact)
    told = next(iter(loaded.models))
    judged = judge(loaded.models[told], told, letters)
    if as_json:
        print_json(
            _figures(judged.scores)
            | {
                "worst_errors": [asdict(error) for error in judged.worst],
                "unseen_labels": judged.unseen_labels,
                "left_out": judged.left_out,
                "version": loaded.models[told].version,
            }
        )
        return
    _print_scores(judged.scores, told)
    _print_doubtful("最有把握的错误", judged.worst, told)
    for name, count in judged.unseen_labels.items():
        console.print(f"模型没有见过“{_label(told, name)}”：{count} 件，按错误计。", markup=False)
    _print_left_out(judged.left_out)


def _about(training: ToneTraining) -> dict[str, Any]:
    """What the card says about the training, beside what the program needs to load it."""
    return {
        "what": training.what,
        "trained_on": date.today().isoformat(),
        "letters": training.letters,
        "groups": training.groups,
        "data_hash": training.data_hash,
        "cross_validation": _figures(training.scores),
        "left_out": training.left_out,
        "suspected_label_errors": [asdict(suspect) for suspect in training.suspects],
    }


def _figures(scores: Scores) -> dict[str, Any]:
    """Without what is about dispatch."""
    return {name: value for name, value in asdict(scores).items() if not name.endswith("_at_98")}


def _label(what: What, value: str) -> str:
    return VALUES[what](value).label


def _print_scores(scores: Scores, what: What) -> None:
    console.print(
        f"宏平均 F1 [bold]{scores.macro_f1:.3f}[/bold]，准确率 {scores.accuracy:.3f}，校准误差 {scores.ece:.3f}"
    )
    table = Table("标注", "件数", "精确率", "召回率", "F1")
    for row in scores.per_class:
        numbers = (f"{value:.3f}" for value in (row.precision, row.recall, row.f1))
        table.add_row(_label(what, row.label), str(row.letters), *numbers)
    console.print(table)
    for confusion in scores.confusions[:_SHOWN]:
        pair = f"{_label(what, confusion.label)} → {_label(what, confusion.predicted)}"
        console.print(f"  {pair}：{confusion.letters} 件", markup=False)


def _print_doubtful(heading: str, found: Sequence[Suspect], what: What) -> None:
    if found:
        console.print(f"{heading}的 {len(found)} 件，前 {min(_SHOWN, len(found))} 件：")
    for one in found[:_SHOWN]:
        said = f"标为{_label(what, one.label)}，更像{_label(what, one.suggested)}（{one.confidence:.2f}）"
        console.print(f"  第 {one.number} 行 {one.title[:30]}：{said}", markup=False)


def _print_left_out(left_out: dict[str, int]) -> None:
    for reason, count in left_out.items():
        console.print(f"未使用 {count} 件：{reason}。", markup=False)
