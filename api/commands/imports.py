"""import: a file of letters, hotline records, answers or posts."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from api.commands.console import ACTOR, console, open_runtime, print_json, progress_console
from api.runtime import Runtime
from api.worker import process_pending
from intake.importing import ImportSummary, import_file
from intake.repository import count_pending
from models.database import transaction
from models.errors import Invalid
from models.submission import Channel
from routing.directory_repository import get_city


def register(app: typer.Typer) -> None:
    app.command("import")(import_records)


def import_records(
    file: Annotated[Path, typer.Argument(help=".xlsx 或 .csv 文件")],
    channel: Annotated[Channel, typer.Option(help="渠道：letter 来信，hotline 热线，survey 问卷，social 网络帖文")],
    mapping: Annotated[str, typer.Option("--map", help="列的对应，如 text=body,dt=submitted_at（文件列=字段）")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="等到全部分析、分派完毕再返回")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出结果")] = False,
) -> None:
    """导入文件：重复的跳过，有误的行写入 FILE.rejected.csv，其余入库。文件中途无法读取时退出码为 1。"""
    with open_runtime() as (runtime, _):
        with transaction(runtime.pool) as conn:
            get_city(conn)  # without a city nothing could be dispatched: say so before the first row
        summary = _import(runtime, file, channel, mapping, dry_run)
        if wait and not dry_run:
            _process(runtime)
        with transaction(runtime.pool) as conn:
            pending = count_pending(conn)
    if as_json:
        print_json(asdict(summary) | {"dry_run": dry_run, "pending": pending})
    else:
        _print(summary, dry_run, pending)
    if not summary.complete:
        raise Invalid(f"文件从第 {summary.broken_at} 行起无法读取，其后的行没有导入。")


def _import(runtime: Runtime, file: Path, channel: Channel, mapping: str, dry_run: bool) -> ImportSummary:
    columns = (
        SpinnerColumn(),
        TextColumn("导入"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("读 {task.fields[read]}  新 {task.fields[new]}  已有 {task.fields[here]}  退回 {task.fields[bad]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=progress_console, transient=True) as bar:
        task = bar.add_task("", total=1.0, read=0, new=0, here=0, bad=0)

        def on_progress(read: int, new: int, already_here: int, rejected: int, fraction: float) -> None:
            bar.update(task, completed=fraction, read=read, new=new, here=already_here, bad=rejected)

        return import_file(
            file,
            channel=channel,
            mapping=mapping,
            open_transaction=lambda: transaction(runtime.pool),
            actor=ACTOR,
            now=runtime.now(),
            keys=runtime.keys,
            zone=runtime.settings.zone,
            dry_run=dry_run,
            on_progress=on_progress,
            rejected_folder=runtime.settings.data_dir,
        )


def _process(runtime: Runtime) -> None:
    """Process to the end here, beside whatever workers run; wait for what they hold."""
    with transaction(runtime.pool) as conn:
        total = count_pending(conn)
    columns = (SpinnerColumn(), TextColumn("分析与分派"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=progress_console, transient=True) as bar:
        task = bar.add_task("", total=max(total, 1))
        while total:
            done = process_pending(runtime, once=True)
            with transaction(runtime.pool) as conn:
                pending = count_pending(conn)
            bar.update(task, completed=total - pending)
            if pending == 0:
                return
            if done == 0:
                time.sleep(0.2)


def _print(summary: ImportSummary, dry_run: bool, pending: int) -> None:
    console.print(
        f"{'检查完毕（未写入）' if dry_run else '导入完毕'}：读取 {summary.read} 行，"
        f"新增 {summary.new}，已有 {summary.already_here}，退回 {summary.rejected}。"
    )
    if summary.without_time:
        console.print(f"其中 {summary.without_time} 行没有时间，按导入时间计。")
    if summary.rejected_path:
        console.print(f"退回的行及原因：{summary.rejected_path}")
    if pending and not dry_run:
        console.print(f"还有 {pending} 件等待分析：wenzheng up 运行时会自动完成，或加 --wait。")
