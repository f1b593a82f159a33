"""bench dashboards: pages and queries of leaders over ever more cases."""

from typing import Annotated

import typer
from rich.table import Table

from api.benchmarks.dashboards import DashboardFigures, measure_dashboards
from api.commands.console import console, print_json, progress_bar
from api.installation import load_settings, use_database
from models.errors import Invalid


def dashboards(
    cases: Annotated[str, typer.Option(help="工单数，逗号分隔；两千万件约占 20 GB")] = "1000000,5000000,20000000",
    times: Annotated[int, typer.Option(help="每个页面、每个查询问多少次，每次换条件", min=2)] = 20,
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
            figures.append(measure_dashboards(settings, dsn, cases=size, times=times, on_progress=on_progress))
    if as_json:
        print_json([one.as_dict() for one in figures])
        return
    _print(figures)


def _print(figures: list[DashboardFigures]) -> None:
    for one in figures:
        console.print(
            f"{one.cases:,} 件工单：{one.cells:,} 个合计（{one.cells_bytes / 1e9:.1f} GB）和 {one.rows:,} 行"
            f"（{one.rows_bytes / 1e9:.1f} GB），写入 {one.fill_seconds:.0f} 秒"
        )
    table = Table("毫秒：中位／95%", *(f"{one.cases:,}" for one in figures), box=None)
    for place, timed in enumerate(figures[0].timed):
        found = (one.timed[place] for one in figures)
        table.add_row(timed.name, *(f"{one.p50:.0f}／{one.p95:.0f}" for one in found))
    table.add_row("最慢的一项，95%", *(f"{one.slowest:.0f}" for one in figures))
    console.print(table)
