"""config: the city's directory as one YAML file, to review, keep and apply."""

import difflib
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.city_config import apply_config, export_config, read_config
from api.commands.console import ACTOR, console, open_runtime
from models.database import transaction

app = typer.Typer(help="城市资料：单位、区划、类别、派单目录、时限。", no_args_is_help=True)

_File = Annotated[Path, typer.Argument(help="YAML 文件")]


@app.command("export")
def export() -> None:
    """把现在的城市资料写到标准输出。"""
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        sys.stdout.write(export_config(conn))


@app.command("diff")
def diff(file: _File) -> None:
    """比较文件与现在的资料；有差别时返回 1。"""
    wanted = read_config(file)
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        current = export_config(conn)
    lines = list(difflib.unified_diff(current.splitlines(True), wanted.as_yaml().splitlines(True), "现在", str(file)))
    sys.stdout.writelines(lines)
    if lines:
        raise typer.Exit(1)


@app.command("apply")
def apply(file: _File) -> None:
    """按文件更新城市资料；后台处理随即使用新的资料。"""
    wanted = read_config(file)
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        apply_config(conn, wanted, actor=ACTOR, now=runtime.now())
    console.print("已更新城市资料。")
