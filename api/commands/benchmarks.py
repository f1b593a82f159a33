"""bench: figures others can repeat."""

from pathlib import Path
from typing import Annotated

import typer

from api.benchmarks.pipeline import PipelineFigures, measure_pipeline
from api.commands.console import console, print_json
from api.installation import load_settings, use_database

app = typer.Typer(help="性能与质量的测量，数字可复现。", no_args_is_help=True)

_STEPS = {
    "claim": "取件",
    "cleaning": "清洗",
    "segmentation": "分词",
    "cues": "查词",
    "topics": "类别",
    "appeal": "诉求类型",
    "sentiment": "情感",
    "urgency": "紧急",
    "places": "地点",
    "organisations": "单位",
    "keywords": "关键词",
    "neighbours": "相似来信",
    "analyse_other": "分析其余",
    "open": "立案与派单",
    "mark": "标记",
    "commit": "提交",
}


@app.callback()
def _group() -> None:
    """Keeps `pipeline` a subcommand while it is the only one."""


@app.command("pipeline")
def pipeline(
    data: Annotated[
        Path | None, typer.Option(help="来信文件（.csv/.xlsx）；缺省用自带的示例来信，反复改写编号直到够数")
    ] = None,
    rows: Annotated[int, typer.Option(help="件数", min=1)] = 5000,
    workers: Annotated[int, typer.Option(help="并行的处理进程", min=1, max=16)] = 1,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """从已入库的来件到已提交的派单，每秒多少件，各步占多少。用临时数据库，不动现有数据。"""
    with use_database(load_settings()) as (settings, dsn):
        figures = measure_pipeline(settings, dsn, data=data, rows=rows, workers=workers)
    if as_json:
        print_json(figures.as_dict())
        return
    _print(figures)


def _print(figures: PipelineFigures) -> None:
    console.print(
        f"{figures.submissions} 件（平均 {figures.mean_characters:.0f} 字），{figures.workers} 个进程，"
        f"{figures.seconds:.1f} 秒：[bold]每秒 {figures.per_second:.0f} 件[/bold]"
    )
    console.print(f"其中派单 {figures.dispatched}，待分拣 {figures.triage}。数据：{figures.source}。")
    total = sum(figures.steps.values()) or 1.0
    for step, seconds in figures.steps.items():
        console.print(f"  {_STEPS.get(step, step):　<6} {seconds / total:6.1%}")
