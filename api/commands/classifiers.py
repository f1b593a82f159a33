"""classifier: train from what people said, list, promote, roll back; the same as the administrator's page."""

import logging
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.child_process import die_with_parent
from api.commands.console import ACTOR, console, open_runtime, print_json
from api.learning.added_candidate import LABEL, TEXT, TITLE, add_candidate, write_letters
from api.learning.added_tone import add_tone
from api.learning.candidate_training import ACTOR as LEARNING
from api.learning.candidate_training import run_training
from api.learning.classifiers import promote as promote_version
from api.learning.classifiers import roll_back
from api.pages.administration.classifier_wording import verdict
from models.classifier import ClassifierPart, ClassifierState
from models.database import transaction
from models.errors import Conflict, Invalid
from nlp.tone.artifacts import is_tone
from routing.learning import classifier_repository, training_repository

What = Annotated[ClassifierPart, typer.Option("--what", help="判断什么的模型：topic、sentiment 或 emotion")]

app = typer.Typer(help="从人工标注学习的类别模型。", no_args_is_help=True)


@app.command("train")
def train(child: Annotated[bool, typer.Option("--child", hidden=True)] = False) -> None:
    """用数据库里的人工标注训练一个新模型，并与现用模型比较；通过的并行试用。"""
    if child:
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        die_with_parent()
        os.nice(10)
    with open_runtime(up_to_date=False) as (runtime, _):
        run_training(runtime, actor=LEARNING if child else ACTOR)
        with transaction(runtime.pool) as conn:
            run = training_repository.list_runs(conn, limit=1)[0]
    console.print(f"训练{run.outcome.label}。{run.reason}", markup=False)


@app.command("letters")
def letters(output: Annotated[Path, typer.Option("--output", "-o", help="写入的 .csv 文件")]) -> None:
    """导出可供学习的人工标注来信（已去除个人信息，不含留作检验的和保密的），用于在别处微调编码器。"""
    with open_runtime() as (runtime, _):
        number = write_letters(runtime, output)
    console.print(f"已写入 {output}，{number} 件。", markup=False)
    console.print(
        f"微调：wenzheng nlp finetune --encoder 编码器文件夹 --data {output} --title {TITLE} --text {TEXT}"
        f" --label {LABEL} --output 模型文件夹",
        markup=False,
    )


@app.command("add")
def add(
    folder: Annotated[Path, typer.Argument(help="wenzheng nlp finetune 或 nlp train --what 写出的模型文件夹")],
    below: Annotated[
        float | None, typer.Option(help="只在现用模型的把握低于此值（0–1）时才问编码器；缺省每件都问")
    ] = None,
) -> None:
    """把微调好的编码器作为候选模型存入数据库，并与现用模型比较，通过的并行试用；或存入本市的情感、情绪模型，待启用。"""
    tone = is_tone(folder)
    if tone and below is not None:
        raise Invalid("--below 只用于编码器。")
    with open_runtime() as (runtime, _):
        added = (
            add_tone(runtime, folder, actor=ACTOR) if tone else add_candidate(runtime, folder, actor=ACTOR, below=below)
        )
    console.print(f"{added.version}：{added.state.label}。", markup=False)
    if tone:
        console.print(
            f"{''.join(s for _, s in verdict(added))}启用：wenzheng classifier promote {added.id}", markup=False
        )
        return
    for passed, sentence in verdict(added):
        console.print(f"{'通过' if passed else '未通过'}：{sentence}", markup=False)


@app.command("list")
def list_classifiers(
    what: What = ClassifierPart.TOPIC,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
) -> None:
    """所有版本。"""
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        versions = classifier_repository.list_versions(conn, part=what)
    if as_json:
        print_json(
            [
                {
                    "id": v.id,
                    "version": v.version,
                    "state": v.state.value,
                    "trained_at": v.trained_at,
                    "letters": v.labels,
                }
                for v in versions
            ]
        )
        return
    table = Table("编号", "版本", "状态", "训练时间", "来信")
    for v in versions:
        table.add_row(str(v.id), v.version, v.state.label, f"{v.trained_at:%Y-%m-%d %H:%M}", str(v.labels))
    console.print(table if versions else f"还没有本市自己的{what.label}模型，正在使用随程序提供的。")


@app.command("promote")
def promote(classifier_id: Annotated[int, typer.Argument(help="list 中的编号")]) -> None:
    """启用一个并行试用或曾经使用的版本。"""
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        version = promote_version(conn, classifier_id, actor=ACTOR, now=runtime.now())
    console.print(f"已启用 {version.version}。", markup=False)


@app.command("rollback")
def rollback(what: What = ClassifierPart.TOPIC) -> None:
    """退回上一个版本。"""
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        live = classifier_repository.find_in_state(conn, ClassifierState.LIVE, part=what)
        if live is None:
            raise Conflict(f"没有启用过{what.label}模型，无可退回。")
        earlier = roll_back(conn, live.id, actor=ACTOR, now=runtime.now())
    console.print(f"已退回 {earlier.version if earlier else '随程序提供的'}。", markup=False)
