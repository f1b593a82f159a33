"""Every file that leaves the program: counted against a limit, written down, and marked with who took it and when."""

from datetime import datetime
from zoneinfo import ZoneInfo

from api.dependencies import limit_attempts
from api.runtime import Runtime
from models.account import Account
from models.database import Connection
from routing.casework import disclosure_repository

# Nobody needs more by hand; a program that takes one part after the other meets it soon.
EXPORTS_PER_HOUR = 30


def check_may_export(runtime: Runtime, account: Account, *, now: datetime) -> None:
    """Before the rows are read. Raises `TooMany`."""
    limit_attempts(runtime, f"exports:{account.id}", EXPORTS_PER_HOUR, now=now)


def record_export(
    conn: Connection,
    account: Account | None,
    *,
    what: str,
    file_format: str,
    criteria: str,
    row_count: int,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> str:
    """The line that the file must carry. It is written down in the same transaction as the file is made: no file
    without its row. `criteria` is the filter in words, "" for everything; `account` is None on the command line."""
    number = disclosure_repository.add_export(
        conn,
        account=account,
        what=what,
        file_format=file_format,
        criteria=criteria or "全部",
        row_count=row_count,
        actor=actor,
        now=now,
    )
    who = f"{account.display_name}（{account.username}，{account.role.label}）" if account else "服务器命令行"
    local = now.astimezone(zone)
    return (
        f"{what}由{who}于{local:%Y-%m-%d %H:%M:%S}导出；范围：{criteria or '全部'}；共{row_count}行；"
        f"导出编号{number}。仅供工作使用，请勿外传。"
    )
