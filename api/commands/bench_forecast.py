"""bench forecast: how far off the forecasts of two weeks are, and how often their intervals hold."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.benchmarks.forecast import HOT_SEARCH, LETTERS, measure_forecasts
from api.commands.console import console, print_json


def forecast(
    data: Annotated[
        Path | None,
        typer.Option(envvar="WENZHENG_BENCH_DATA", help=f"存放 {LETTERS}、{HOT_SEARCH} 的文件夹；没有就只测人造序列"),
    ] = None,
    seeds: Annotated[int, typer.Option(help="每种人造序列生成几次，每次两百个序列、八百天", min=1)] = 3,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """来件预测的回测：误差与照搬前两周、近八周平均相比，80%区间的命中，未诉先办清单的命中。"""
    figures = list(measure_forecasts(seeds, data))
    if as_json:
        print_json([one.as_dict() for one in figures])
        return
    columns = ("序列数", "误差÷前两周", "误差÷八周平均", "合计在区间内", "单日", "最后两周", "走高", "去年", "任取")
    table = Table("", *columns, box=None)
    for one in figures:
        table.add_row(
            one.name,
            str(one.series),
            *(f"{value:.2f}" for value in (one.mase, one.against_flat)),
            *(f"{value:.0%}" for value in (one.coverage, one.coverage_day, one.unseen)),
            *(f"{came}/{listed}" for listed, came in (one.rising, one.seasonal)),
            f"{one.base:.0%}",
        )
    console.print(table)
    names = {one.name for one in figures}
    for name in (LETTERS, HOT_SEARCH):
        if data is not None and (data / name).exists() and name not in names:
            console.print(f"{name} 天数不足，无法回测。")
    if data is None or not any((data / name).exists() for name in (LETTERS, HOT_SEARCH)):
        console.print("真实数据未测量：请用 --data 或环境变量 WENZHENG_BENCH_DATA 指明文件夹。")
