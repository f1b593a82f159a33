"""bench forecast: how far off forecasts are, how often intervals hold, how often the list of likely late cases does."""

import time
from math import isnan
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.benchmarks.forecast import HOT_SEARCH, LETTERS, measure_forecasts
from api.benchmarks.risk import REPLIES, RiskFigures, measure_risk
from api.commands.console import console, print_json, progress_bar


def forecast(
    data: Annotated[
        Path | None,
        typer.Option(
            envvar="WENZHENG_BENCH_DATA", help=f"存放 {LETTERS}、{HOT_SEARCH}、{REPLIES} 的文件夹；没有就只测人造序列"
        ),
    ] = None,
    seeds: Annotated[int, typer.Option(help="每种人造序列生成几次，每次两百个序列、八百天，约十秒", min=1)] = 1,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """来件预测的回测：误差与照搬前两周、近八周平均相比，80%区间的命中，未诉先办清单的命中；超期风险清单的命中。"""
    began, cpu = time.monotonic(), time.process_time()
    with progress_bar() as on_progress:
        figures = list(measure_forecasts(seeds, data, on_progress=on_progress))
        on_progress(REPLIES, 0.99)
        risk = measure_risk(data / REPLIES) if data is not None and (data / REPLIES).exists() else None
    took = {"seconds": time.monotonic() - began, "cpu_seconds": time.process_time() - cpu}
    if as_json:
        print_json({"series": [one.as_dict() for one in figures], "risk": risk and risk.as_dict(), **took})
        return
    console.print(
        "误差除以照搬前两周、近八周平均的误差；80%区间的命中：合计、单日、没有看过的最后两周；清单命中/列入。"
    )
    table = Table("", "序列", "÷两周", "÷八周", "合计", "单日", "末两周", "走高", "去年", "任取", box=None)
    for one in figures:
        table.add_row(
            one.name,
            str(one.series),
            *(f"{value:.2f}" for value in (one.mase, one.against_flat)),
            *("—" if isnan(value) else f"{value:.0%}" for value in (one.coverage, one.coverage_day, one.unseen)),
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
    _print_risk(data, risk)
    console.print(f"用时 {took['seconds']:.0f} 秒，其中处理器 {took['cpu_seconds']:.0f} 秒。")


def _print_risk(data: Path | None, risk: RiskFigures | None) -> None:
    if risk is None:
        there = data is not None and (data / REPLIES).exists()
        console.print("超期风险未测量：" + ("答复过的来信太少。" if there else f"没有 {REPLIES}。"))
        return
    console.print(
        f"超期风险（{REPLIES}，{risk.letters} 封答复过的来信，{risk.late_letters:.0%} 超过三周）："
        f"在较早的 {risk.fitted} 件次上学习，在较新的 {risk.measured} 件次上检验，其中超期 {risk.base:.0%}；"
        f"风险最高的一成 {risk.top} 件次里超期 {risk.top_late:.0%}，是平均的 {risk.lift:.2f} 倍；"
        f"AUC {risk.auc:.2f}，Brier {risk.brier:.3f}（只报平均数 {risk.brier_plain:.3f}），"
        f"推算与实际平均相差 {risk.calibration:.1%}。"
    )
    console.print("　".join(f"推算{said:.0%} 实际{was:.0%}（{n}）" for n, said, was in risk.bins))
