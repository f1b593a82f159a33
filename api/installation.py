"""One installation as a command finds it: settings with the kept secret, and a database that runs while it is used."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr, ValidationError

from api.child_process import PARENT_VARIABLE
from api.embedded import EmbeddedPostgres
from models.errors import Invalid, Unavailable
from models.settings import DEVELOPMENT_SECRET, Settings

_SECRET_FILE = "secret.key"


def load_settings() -> Settings:
    """Settings of the environment. Raises `Invalid` naming the variable that makes no sense."""
    try:
        return Settings()
    except ValidationError as error:
        reasons = "；".join(
            f"{'WENZHENG_' + '_'.join(map(str, e['loc'])).upper() if e['loc'] else '设置'}：{e['msg']}"
            for e in error.errors()
        )
        raise Invalid(f"设置有误：{reasons}") from error


@contextlib.contextmanager
def use_database(settings: Settings) -> Iterator[tuple[Settings, str]]:
    """Settings with the real secret, and a connection string that works inside the block.

    Embedded: the first user starts the server, the last one stops it (shared lock on the data folder; the system frees
    the lock of a killed process). Raises `Unavailable` with one clear sentence.
    """
    if settings.database_url is not None:
        yield _with_secret(settings), settings.database_url.get_secret_value()
        return
    postgres = EmbeddedPostgres(settings.data_dir)
    if PARENT_VARIABLE in os.environ:  # a child of `wenzheng up`, which alone starts and stops the server
        yield _with_secret(settings), postgres.dsn
        return
    postgres.prepare()
    with (postgres.root / "users.lock").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            postgres.start()
            yield _with_secret(settings), postgres.dsn
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                postgres.stop()


def _with_secret(settings: Settings) -> Settings:
    """Outside production a missing secret is made once and kept, readable by us alone, in the data folder."""
    if settings.secret_key.get_secret_value() != DEVELOPMENT_SECRET:
        return settings
    return settings.model_copy(update={"secret_key": SecretStr(_kept_secret(settings.data_dir / _SECRET_FILE))})


def _kept_secret(path: Path) -> str:
    with contextlib.suppress(FileExistsError):
        path.parent.mkdir(parents=True, exist_ok=True)
        # written under another name first: a full disk must not leave half a secret behind
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(48))
            handle.flush()
            os.fsync(handle.fileno())
        try:
            os.link(draft, path)  # fails where another process was quicker: its secret counts
        finally:
            draft.unlink()
    secret = path.read_text().strip()
    if len(secret) < 32:
        raise Unavailable(f"密钥文件 {path} 已损坏，请从备份恢复。")
    return secret
