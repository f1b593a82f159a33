"""bench cases: how quick lists and searches are with a million cases, and whether a note is ever lost."""

from pathlib import Path
from typing import Annotated

import typer

from api.benchmarks.cases import CaseFigures, measure_cases
from api.commands.console import console, print_json, progress_bar
from api.installation import load_settings


def register(app: typer.Typer) -> None:
    app.command("cases")(cases)


def cases(
    count: Annotated[int, typer.Option("--cases", help="多少件工单（按固定的种子生成）", min=1000)] = 1_000_000,
    repeats: Annotated[int, typer.Option(help="每个页面问多少次", min=5)] = 40,
    people: Annotated[int, typer.Option(help="几个人同时改同一件工单", min=1)] = 16,
    seconds: Annotated[float, typer.Option(help="改多少秒", min=1)] = 10.0,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", help="数据库留在这个目录里：第一次填好，以后原样再测")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """清单和搜索的时间，多人同时改一件工单的结果。用自己的数据库，一百万件约占 12 GB，没有 --data-dir 就测完删掉。"""
    with progress_bar() as on_progress:
        figures = measure_cases(
            load_settings(),
            cases=count,
            repeats=repeats,
            people=people,
            seconds=seconds,
            data_dir=data_dir,
            on_progress=on_progress,
        )
    if as_json:
        print_json(figures.as_dict())
        return
    _print(figures)


def _print(figures: CaseFigures) -> None:
    size = figures.database_bytes / 1e9
    console.print(f"{figures.cases:,} 件工单，{size:.1f} GB，写入并建索引 {figures.fill_seconds:.0f} 秒")
    console.print(f"经 HTTP（uvicorn，本机套接字），{figures.cores} 核，当时负载 {figures.load:.1f}：")
    for page in figures.pages:
        spoken = (
            f"中位 {page.p50:.0f} 毫秒，[bold]95% {page.p95:.0f}[/bold]，最慢 {page.most:.0f}，首次 {page.cold:.0f}"
        )
        console.print(f"  {page.name}：{spoken}")
    notes = figures.notes
    console.print(
        f"{notes.people} 人同时在一件工单上写备注 {notes.seconds:.0f} 秒：写成 {notes.written}，"
        f"“已由他人更改” {notes.conflicts}，出错 [bold]{notes.errors}[/bold]，丢失 [bold]{notes.lost}[/bold]；"
        f"读加写一次中位 {notes.p50:.0f} 毫秒，95% {notes.p95:.0f}"
    )
