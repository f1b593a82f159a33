"""Real processes of the product for tests: started, watched, killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WENZHENG_")}
    return kept | {"WENZHENG_DATA_DIR": str(data_dir)} | more


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "api.cli", *arguments]


def run(data_dir: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    done = subprocess.run(
        command(*arguments), env=environment(data_dir), capture_output=True, text=True, timeout=180, check=False
    )
    assert not check or done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
    return done


def start(data_dir: Path, *arguments: str, start_new_session: bool = False, **more: str) -> subprocess.Popen[str]:
    """Start a command that goes on."""
    return subprocess.Popen(
        command(*arguments),
        env=environment(data_dir, **more),
        start_new_session=start_new_session,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def status(data_dir: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(data_dir, "status", "--json").stdout)
    return found


def fetch(url: str, body: dict[str, Any] | None = None) -> Any:
    """GET, or POST of JSON; the decoded answer."""
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read())


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_for(condition: Callable[[], bool], seconds: float, what: str, *, longest_pause: float = 0.2) -> None:
    """Ask until it is so; each pause is twice the one before, `longest_pause` at most."""
    deadline = time.monotonic() + seconds
    pause = 0.2
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(pause)
        pause = min(2 * pause, longest_pause)
    raise AssertionError(f"not within {seconds} s: {what}")


def processes_of(data_dir: Path) -> dict[int, str]:
    """Processes that belong to this data folder, by their environment or command line."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            words = (folder / "cmdline").read_bytes()
            variables = (folder / "environ").read_bytes()
        except OSError:
            continue
        ours = f"WENZHENG_DATA_DIR={data_dir}\0".encode() in variables or os.fsencode(data_dir) in words
        if ours and words:
            found[int(folder.name)] = words.replace(b"\0", b" ").decode(errors="replace").strip()
    return found


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
