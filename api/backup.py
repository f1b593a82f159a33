"""Backup and restore: the whole database and the secret without which originals cannot be read, in one file."""

import io
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path

import psycopg

from api.embedded import find_binaries
from models.errors import Conflict, Invalid, Unavailable
from models.settings import Settings

_DUMP, _SECRET = "database.dump", "secret.key"


def write_backup(settings: Settings, dsn: str, output: Path) -> None:
    """Write `output`, readable by its owner alone. Raises `Conflict` where it exists: a backup is never overwritten."""
    with tempfile.TemporaryDirectory(prefix="wenzheng-backup-") as folder:
        dump = Path(folder) / _DUMP
        _run([str(find_binaries() / "pg_dump"), "--format=custom", "--no-owner", "--file", str(dump), dsn])
        try:
            descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise Conflict(f"{output} 已存在，备份不会覆盖它。") from error
        except OSError as error:
            raise Unavailable(f"无法写入 {output}：{error.strerror}。") from error
        with os.fdopen(descriptor, "wb") as handle, tarfile.open(fileobj=handle, mode="w") as archive:
            archive.add(dump, _DUMP)
            secret = settings.secret_key.get_secret_value().encode()
            entry = tarfile.TarInfo(_SECRET)
            entry.size, entry.mode = len(secret), 0o600
            archive.addfile(entry, io.BytesIO(secret))


def restore_backup(settings: Settings, dsn: str, source: Path) -> None:
    """Restore into an empty database. Raises `Conflict` where it holds anything, `Invalid` for another kind of file."""
    with psycopg.connect(dsn) as conn:
        tables = conn.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        if tables != (0,):
            raise Conflict("数据库里已有内容，请恢复到空的数据目录。")
    with tempfile.TemporaryDirectory(prefix="wenzheng-restore-") as folder:
        dump = Path(folder) / _DUMP
        try:
            with tarfile.open(source) as archive:
                member, secret = archive.extractfile(_DUMP), archive.extractfile(_SECRET)
                assert member is not None and secret is not None
                dump.write_bytes(member.read())
                key = secret.read()
        except (OSError, tarfile.TarError, KeyError) as error:
            raise Invalid(f"{source} 不是问政的备份文件。") from error
        with psycopg.connect(dsn, autocommit=True) as conn:
            conn.execute(
                "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wenzheng_app')"
                " THEN CREATE ROLE wenzheng_app NOLOGIN; END IF; END $$"
            )
        _run([str(find_binaries() / "pg_restore"), "--no-owner", "--exit-on-error", "--dbname", dsn, str(dump)])
    if settings.database_url is None:
        path = settings.data_dir / _SECRET
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(key)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        raise Unavailable(f"数据库工具报告：{lines[-1] if lines else '未知错误'}")
