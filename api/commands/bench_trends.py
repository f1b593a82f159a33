"""bench trends: seconds of counting and looking for bursts over many submissions; how bench bursts tells of seasons."""

from collections.abc import Iterable
from typing import Annotated

import typer

from api.benchmarks.made_seasons import SeasonPoint
from api.benchmarks.trends import measure_trends
from api.commands.console import console, print_json, progress_bar
from api.installation import load_settings, use_database

_SEASONS = {"heating": "供暖", "school": "入学", "floods": "汛期"}


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


def print_seasons(points: Iterable[SeasonPoint]) -> None:
    console.print("季节性诉求上升的月份：")
    for season in points:
        of_season = "，".join(f"{_SEASONS[name]} {alarms:.1f}" for name, alarms in season.of_season.items())
        found = "，".join(
            f"+{size} 有季节的 {season.found_seasonal[size]:.2f}、其他 {season.found_others[size]:.2f}"
            for size in season.found_others
        )
        console.print(
            f"  {season.months_of_history} 个月历史，{'参照' if season.seasons_used else '不参照'}往年：每月误报 "
            f"{season.false_alarms:.2f}（{of_season}）；{found}"
        )
