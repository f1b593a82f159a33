"""bench dashboards: pages and queries of leaders over ever more cases."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.benchmarks.dashboards import DashboardFigures, measure_dashboards
from api.commands.console import console, print_json, progress_bar
from api.installation import load_settings, use_database
from models.errors import Invalid


def dashboards(
    cases: Annotated[str, typer.Option(help="工单数，逗号分隔；两千万件约占 30 GB")] = "1000000,5000000,20000000",
    times: Annotated[int, typer.Option(help="每个页面、每个查询问多少次，每次换条件", min=2)] = 20,
    data_dir: Annotated[
        Path | None, typer.Option(help="每种件数在这个目录里各建一个数据库，用后保留，下次不再生成")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """统计页面和查询各要多少毫秒。用临时数据库：按城市的分布生成工单，直接写成统计表，不写统计页面不读的工单表。"""
    try:
        sizes = [int(text) for text in cases.split(",")]
    except ValueError:
        raise Invalid("工单数应为逗号分隔的整数。") from None
    if any(size < 10_000 for size in sizes):
        raise Invalid("工单数至少为 10000。")
    figures = []
    with use_database(load_settings()) as (settings, dsn), progress_bar() as on_progress:
        for size in sizes:
            kept = data_dir / str(size) if data_dir else None
            figures.append(
                measure_dashboards(settings, dsn, cases=size, times=times, on_progress=on_progress, kept=kept)
            )
    if as_json:
        print_json([one.as_dict() for one in figures])
        return
    _print(figures)


_SUMMARIES: dict[str, Callable[[DashboardFigures], float]] = {
    "全部页面，95%": lambda one: one.of_pages,
    "全部查询，95%": lambda one: one.of_queries,
    "最慢的一项，95%": lambda one: one.slowest,
}


def _print(figures: list[DashboardFigures]) -> None:
    for one in figures:
        console.print(
            f"{one.cases:,} 件工单：{one.cells:,} 个合计（{one.cells_bytes / 1e9:.1f} GB）和 {one.rows:,} 行"
            f"（{one.rows_bytes / 1e9:.1f} GB），写入 {one.fill_seconds:.0f} 秒"
        )
    first, last = figures[0], figures[-1]
    compared = len(figures) > 1
    columns = [f"{one.cases:,}" for one in figures] + (["末列是首列的几倍"] if compared else [])
    table = Table("毫秒：中位／95%", *columns, box=None)
    for place, timed in enumerate(first.timed):
        found = [one.timed[place] for one in figures]
        times = [f"{found[-1].p50 / found[0].p50:.2f}／{found[-1].p95 / found[0].p95:.2f}"] if compared else []
        table.add_row(timed.name, *(f"{one.p50:.0f}／{one.p95:.0f}" for one in found), *times)
    for name, of in _SUMMARIES.items():
        times = [f"{of(last) / of(first):.2f}"] if compared else []
        table.add_row(name, *(f"{of(one):.0f}" for one in figures), *times)
    console.print(table)
