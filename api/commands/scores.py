"""How good a model or a part of the analysis is, as a table for people and as figures for scripts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from api.commands.console import console
from nlp.topics.evaluation import Scores
from nlp.topics.training import Suspect

SHOWN = 10
_NOTHING: Mapping[str, str] = {}


def print_scores(
    scores: Scores, *, labels: Mapping[str, str] = _NOTHING, about_dispatch: bool = True, sure: bool = True
) -> None:
    """`labels` by value is what it is called. `about_dispatch`: with what the promise to a city is worth. `sure`: the
    answers come with a confidence."""
    parts = [f"宏平均 F1 [bold]{scores.macro_f1:.3f}[/bold]，准确率 {scores.accuracy:.3f}"]
    if sure:
        parts.append(f"，校准误差 {scores.ece:.3f}")
    if about_dispatch:
        parts.append(
            f"；承诺错误不超过 2 % 时可自动派单 {scores.coverage_at_98:.1%}（实际准确率 {scores.accuracy_at_98:.3f}）"
        )
    console.print("".join(parts))
    table = Table("标注", "件数", "精确率", "召回率", "F1")
    for row in scores.per_class:
        numbers = (f"{value:.3f}" for value in (row.precision, row.recall, row.f1))
        table.add_row(_call(row.label, labels), str(row.letters), *numbers)
    console.print(table)
    for confusion in scores.confusions[:SHOWN]:
        predicted = _call(confusion.predicted, labels) if confusion.predicted else "不知道"
        console.print(f"  {_call(confusion.label, labels)} → {predicted}：{confusion.letters} 件", markup=False)


def print_doubtful(
    heading: str,
    found: Sequence[Suspect],
    *,
    labels: Mapping[str, str] = _NOTHING,
    shown: int = SHOWN,
    sure: bool = True,
) -> None:
    """Letters whose label and answer differ."""
    if found[:shown]:
        console.print(f"{heading}的 {len(found)} 件，前 {min(shown, len(found))} 件：")
    for one in found[:shown]:
        confidence = f"（{one.confidence:.2f}）" if sure else ""
        said = f"标为{_call(one.label, labels)}，程序判为{_call(one.suggested, labels)}{confidence}"
        console.print(f"  第 {one.number} 行 {one.title[:30]}：{said}", markup=False)


def print_left_out(left_out: Mapping[str, int]) -> None:
    for reason, count in left_out.items():
        console.print(f"未使用 {count} 件：{reason}。", markup=False)


def figures(scores: Scores, *, sure: bool = True) -> dict[str, Any]:
    """Without what is about dispatch, and without a calibration error where nothing is said of how sure."""
    kept = {name: value for name, value in asdict(scores).items() if not name.endswith("_at_98")}
    return kept if sure else kept | {"ece": None}


def _call(value: str, labels: Mapping[str, str]) -> str:
    return labels.get(value, value)
