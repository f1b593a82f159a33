"""user: accounts of staff."""

import sys
from typing import Annotated

import typer
from rich.table import Table

from api import account_repository
from api.auth import hash_password
from api.commands.console import ACTOR, console, open_runtime, print_json
from models.account import Role
from models.database import transaction
from models.errors import Invalid
from routing.directory_repository import list_departments

app = typer.Typer(help="工作人员账号。", no_args_is_help=True)


@app.command("list")
def list_all(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """列出账号。"""
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        accounts = account_repository.list_accounts(conn)
        names = {d.id: d.name for d in list_departments(conn)}
    if as_json:
        print_json(
            [
                {
                    "username": a.username,
                    "display_name": a.display_name,
                    "role": a.role,
                    "department": a.department_id,
                    "active": a.active,
                }
                for a in accounts
            ]
        )
        return
    table = Table("用户名", "姓名", "角色", "单位", "状态", box=None)
    for a in accounts:
        table.add_row(
            a.username, a.display_name, a.role.label, names.get(a.department_id or "", ""), "" if a.active else "已停用"
        )
    console.print(table)


@app.command("add")
def add(
    username: Annotated[str, typer.Argument(help="用户名")],
    name: Annotated[str, typer.Option(help="姓名")],
    role: Annotated[Role, typer.Option(help="角色")],
    department: Annotated[str, typer.Option(help="单位编号（承办人员必填）")] = "",
) -> None:
    """新增账号；密码从终端或标准输入读取。"""
    password_hash = hash_password(_read_password())
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        if department and department not in {d.id for d in list_departments(conn)}:
            raise Invalid(f"没有编号为 {department} 的单位。")
        account_repository.add_account(
            conn,
            username=username,
            display_name=name,
            password_hash=password_hash,
            role=role,
            department_id=department or None,
            actor=ACTOR,
            now=runtime.now(),
        )
    console.print(f"已新增 {username}（{role.label}）。")


@app.command("password")
def password(username: str) -> None:
    """重设密码；该账号的所有登录随即失效。"""
    password_hash = hash_password(_read_password())
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        account_repository.set_password(conn, username, password_hash, actor=ACTOR, now=runtime.now())
    console.print(f"已重设 {username} 的密码。")


@app.command("deactivate")
def deactivate(username: str) -> None:
    """停用账号。"""
    _set_active(username, False)
    console.print(f"已停用 {username}。")


@app.command("activate")
def activate(username: str) -> None:
    """恢复账号。"""
    _set_active(username, True)
    console.print(f"已恢复 {username}。")


def _set_active(username: str, active: bool) -> None:
    with open_runtime() as (runtime, _), transaction(runtime.pool) as conn:
        account_repository.set_active(conn, username, active, actor=ACTOR, now=runtime.now())


def _read_password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("密码", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")
