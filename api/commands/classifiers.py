"""classifier: train from what people said, list, promote, roll back; the same as the administrator's page."""

import logging
import os
from typing import Annotated

import typer
from rich.table import Table

from api.candidate_training import ACTOR as LEARNING
from api.candidate_training import run_training
from api.child_process import die_with_parent
from api.classifiers import promote as promote_version
from api.classifiers import roll_back
from api.commands.console import ACTOR, console, open_runtime, print_json
from models.classifier import ClassifierState
from models.database import transaction
from models.errors import Conflict
from routing import classifier_repository, training_repository

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


@app.command("list")
def list_classifiers(as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False) -> None:
    """所有版本。"""
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        versions = classifier_repository.list_versions(conn)
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
    console.print(table if versions else "还没有训练过类别模型，正在使用随程序提供的分类器。")


@app.command("promote")
def promote(classifier_id: Annotated[int, typer.Argument(help="list 中的编号")]) -> None:
    """启用一个并行试用或曾经使用的版本。"""
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        version = promote_version(conn, classifier_id, actor=ACTOR, now=runtime.now())
    console.print(f"已启用 {version.version}。", markup=False)


@app.command("rollback")
def rollback() -> None:
    """退回上一个版本。"""
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        live = classifier_repository.find_in_state(conn, ClassifierState.LIVE)
        if live is None:
            raise Conflict("没有启用过类别模型，无可退回。")
        earlier = roll_back(conn, live.id, actor=ACTOR, now=runtime.now())
    console.print(f"已退回 {earlier.version if earlier else '随程序提供的分类器'}。", markup=False)
