"""status, doctor, backup, restore, audit: looking after an installation."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.backup import restore_backup, write_backup
from api.commands.console import ACTOR, console, open_runtime, print_json
from api.health import run_checks
from api.installation import load_settings, use_database
from dashboards.metrics.metrics import status_counts
from models.database import transaction
from routing.event_repository import seal_events, verify_chains

audit = typer.Typer(help="办理记录的完整性。", no_args_is_help=True)

_STATUS_LABELS = {
    "submissions": "来件",
    "pending": "等待分析",
    "cases": "工单",
    "dispatched": "已派单",
    "awaiting_triage": "待分拣",
    "open": "在办",
    "overdue": "超期未办结",
    "completed": "已办结",
    "without_due_date": "无办理时限",
}


def register(app: typer.Typer) -> None:
    app.command("status")(status)
    app.command("doctor")(doctor)
    app.command("backup")(backup)
    app.command("restore")(restore)


def status(as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False) -> None:
    """来件与工单的数量，口径与页面相同。"""
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        counts = status_counts(conn, runtime.now())
    if as_json:
        print_json(counts)
        return
    table = Table(box=None, show_header=False)
    for name, label in _STATUS_LABELS.items():
        table.add_row(label, str(counts[name]))
    console.print(table)


def doctor(as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False) -> None:
    """检查数据库、结构、城市资料、后台处理和工作日历。"""
    with open_runtime(up_to_date=False) as (runtime, _):
        checks = run_checks(runtime, now=runtime.now())
    if as_json:
        print_json([{"name": c.name, "ok": c.ok, "required": c.required, "detail": c.detail} for c in checks])
    else:
        for check in checks:
            mark = "[green]✓[/green]" if check.ok else "[red]✗[/red]" if check.required else "[yellow]![/yellow]"
            console.print(f"{mark} {check.detail}")
    if not all(check.ok for check in checks if check.required):
        raise typer.Exit(1)


def backup(output: Annotated[Path, typer.Argument(help="备份文件（不存在）")]) -> None:
    """备份数据库和密钥到一个文件；请妥善保管，其中有个人信息。"""
    with use_database(load_settings()) as (settings, dsn):
        write_backup(settings, dsn, output)
    console.print(f"已备份到 {output}。")


def restore(source: Annotated[Path, typer.Argument(help="backup 写出的文件")]) -> None:
    """从备份恢复到空的数据目录。"""
    with use_database(load_settings()) as (settings, dsn):
        restore_backup(settings, dsn, source)
    console.print("已恢复。请运行 wenzheng audit verify 核对。")


@audit.command("verify")
def verify(as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False) -> None:
    """核对每件工单的记录链和跨工单的封存；指出第一处不符。"""
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        found = verify_chains(conn, runtime.keys.seals)
    if as_json:
        print_json({"events": found.events, "cases": found.cases, "seals": found.seals, "broken": found.broken})
    elif found.broken:
        console.print(f"[red]✗[/red] {found.broken}。")
    else:
        console.print(f"[green]✓[/green] {found.cases} 件工单的 {found.events} 条记录、{found.seals} 个封存完整。")
    if found.broken:
        raise typer.Exit(1)


@audit.command("seal")
def seal() -> None:
    """立即封存新的记录（每小时自动进行）。"""
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        count = seal_events(conn, runtime.keys.seals, actor=ACTOR, now=runtime.now())
    console.print(f"已封存 {count} 条记录。")
