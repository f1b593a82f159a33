"""up, web, worker, migrate: the commands that run the service."""

import logging
import signal
import threading
from types import FrameType
from typing import Annotated

import typer

from api.child_process import die_with_parent
from api.commands.console import ACTOR, console, open_runtime
from api.embedded import EmbeddedPostgres
from api.first_start import DemoAccounts, find_demo_accounts, set_up_first_time
from api.installation import load_settings, use_database
from api.runtime import Runtime
from api.supervisor import Child, check_port, only_one, supervise, wait_until_ready
from models.errors import Unavailable
from models.migrate import migrate
from models.settings import Settings

# Web pages on a busy machine; a port that is taken or a wrong setting ends the command long before.
READY_SECONDS = 180.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def register(app: typer.Typer) -> None:
    app.command("up")(up)
    app.command("web", hidden=True)(web)
    app.command("worker")(worker)
    app.command("migrate")(migrate_database)


def up(
    host: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="监听端口", min=1, max=65535)] = 8000,
    sample: Annotated[bool, typer.Option("--sample/--no-sample", help="首次启动时装入示例城市")] = True,
) -> None:
    """启动数据库、网页和后台处理；Ctrl-C 全部停止。"""
    settings = load_settings()
    check_port(host, port)
    stop = _stop_on_signals()
    if settings.database_url is None:
        EmbeddedPostgres(settings.data_dir).prepare()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with only_one(settings.data_dir), use_database(settings) as (opened, dsn):
        _prepare(opened, dsn, sample=sample, host=host, stop=stop)
        url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"
        logs = settings.data_dir / "logs"
        children = [
            Child("网页", ["web", "--host", host, "--port", str(port)], logs / "web.log"),
            Child("后台处理", ["worker"], logs / "worker.log"),
        ]
        for child in children:
            child.start()
        try:
            if wait_until_ready(url, READY_SECONDS, stop):
                _greet(url, settings)
            elif not stop.is_set():
                raise Unavailable(f"网页没有在 {READY_SECONDS:.0f} 秒内启动，原因见 {logs / 'web.log'}。")
        except BaseException:
            stop.set()
            raise
        finally:
            supervise(children, lambda: _keep_database(settings), stop, console.print)
        console.print("已停止。")


def web(host: Annotated[str, typer.Option()] = "127.0.0.1", port: Annotated[int, typer.Option()] = 8000) -> None:
    """只启动网页（生产环境可启动多个）。"""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    die_with_parent()
    from api.web import serve  # each process loads what it needs: that is seconds

    with open_runtime(up_to_date=False) as (runtime, _):
        if not serve(runtime, host, port):
            raise typer.Exit(1)


def worker() -> None:
    """只启动后台处理（生产环境可启动多个）。"""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    die_with_parent()
    stop = _stop_on_signals()
    from api.worker import run_worker  # see `web`

    with open_runtime(up_to_date=False) as (runtime, dsn):
        run_worker(runtime, dsn, stop, on_ready=lambda: console.print("后台处理已就绪。"))


def migrate_database() -> None:
    """把数据库结构升级到最新。"""
    with use_database(load_settings()) as (_, dsn):
        count = migrate(dsn, report=lambda name: console.print(f"  {name}"))
        console.print(f"已执行 {count} 个变更。" if count else "数据库结构已是最新。")


def _prepare(settings: Settings, dsn: str, *, sample: bool, host: str, stop: threading.Event) -> None:
    def go_on() -> None:
        if stop.is_set():
            raise Unavailable("已停止，首次启动没有做完，没有留下半份资料；再次启动会重新开始。")

    migrate(dsn)
    runtime = Runtime(settings, dsn)
    try:
        set_up_first_time(runtime, sample=sample, actor=ACTOR, report=console.print, go_on=go_on)
        accounts = find_demo_accounts(settings.data_dir)
        if accounts is not None and accounts.sample and host not in _LOOPBACK:
            console.print("[yellow]注意[/yellow]：示例城市的演示账号正对外开放，请只用于演示。")
    finally:
        runtime.close()


def _greet(url: str, settings: Settings) -> None:
    console.print(f"\n[bold]问政已启动：{url}[/bold]   （Ctrl-C 停止）")
    accounts = find_demo_accounts(settings.data_dir)
    if accounts is not None:
        _print_accounts(accounts)


def _print_accounts(accounts: DemoAccounts) -> None:
    console.print(f"{'演示账号' if accounts.sample else '管理员账号'}（密码均为 [bold]{accounts.password}[/bold]）：")
    for username, description in accounts.accounts.items():
        console.print(f"  {username:<10} {description}")


def _keep_database(settings: Settings) -> None:
    if settings.database_url is None:
        EmbeddedPostgres(settings.data_dir).start()


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handle)
    return stop
