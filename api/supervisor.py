"""`wenzheng up`: one process that starts the web and the worker, and starts them again when they die."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from api.child_process import PARENT_VARIABLE
from models.errors import Unavailable

_STOP_SECONDS = 20
_RESTART_SECONDS = 1.0


@contextlib.contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """One `wenzheng up` per data folder. Raises `Unavailable` where one runs."""
    with (data_dir / "up.lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unavailable(f"数据目录 {data_dir.resolve()} 上已经有一个问政在运行。") from None
        yield


def check_port(host: str, port: int) -> None:
    """Raises `Unavailable` where the address cannot be had."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except PermissionError as error:
        raise Unavailable(f"没有使用端口 {port} 的权限，请用 --port 指定 1024 以上的端口。") from error
    except OSError as error:
        raise Unavailable(f"地址 {host}:{port} 已被占用或不可用，请用 --port 指定其他端口。") from error


class Child:
    """One process of ours and its log file."""

    def __init__(self, name: str, arguments: list[str], log: Path) -> None:
        self.name = name
        self._arguments = arguments
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0

    def start(self) -> None:
        environment = os.environ | {PARENT_VARIABLE: str(os.getpid()), "PYTHONUNBUFFERED": "1"}
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            # a session of its own: Ctrl-C reaches the parent alone, which stops its children in order
            self._process = subprocess.Popen(
                [sys.executable, "-m", "api.cli", *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        self._started = time.monotonic()

    def restart_if_dead(self) -> bool:
        if self._process is None or self._process.poll() is None:
            return False
        if time.monotonic() - self._started < _RESTART_SECONDS:
            time.sleep(_RESTART_SECONDS)
        self.start()
        return True

    def stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def wait_until_ready(url: str, seconds: float, stop: threading.Event) -> bool:
    """Whether /readyz answers 200 within so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not stop.is_set():
        with (
            contextlib.suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(f"{url}/readyz", timeout=5) as got,
        ):
            if got.status == 200:
                return True
        time.sleep(0.2)
    return False


def supervise(
    children: list[Child], keep_database: Callable[[], None], stop: threading.Event, report: Callable[[str], None]
) -> None:
    """Keep the children and the database running until `stop` is set; then stop the children, last started first."""
    try:
        while not stop.wait(0.5):
            with contextlib.suppress(Unavailable):
                keep_database()
            for child in children:
                if child.restart_if_dead():
                    report(f"{child.name}意外停止，已重新启动。")
    finally:
        for child in reversed(children):
            child.stop()
