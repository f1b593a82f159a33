"""bench trends: seconds of counting and of looking for bursts over many submissions."""

from typing import Annotated

import typer

from api.benchmarks.trends import measure_trends
from api.commands.console import console, print_json, progress_bar
from api.installation import load_settings, use_database


def trends(
    submissions: Annotated[int, typer.Option(help="来件数，均匀分布在114天内", min=1000)] = 200_000,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """计数与突增检测各步要多少秒、多少内存。用临时数据库和合成来件：只测时间，不测质量。"""
    with use_database(load_settings()) as (settings, dsn), progress_bar() as on_progress:
        figures = measure_trends(settings, dsn, submissions=submissions, on_progress=on_progress)
    if as_json:
        print_json(figures.as_dict())
        return
    console.print(
        f"{figures.submissions:,} 件来件、{figures.days} 天：{figures.rows:,} 行计数，{figures.series} 个序列；"
        f"本进程最多占用 {figures.megabytes} MB；报出突增 {figures.found} 次（均匀分布，应为 0）"
    )
    for step in figures.steps:
        console.print(f"  {step.name}：{step.seconds:.2f} 秒，其中本进程计算 {step.computing:.2f} 秒")
