"""What a running process holds: settings, pool, keys, the city's directory and the analyser built from it."""

import threading
from datetime import UTC, datetime

from psycopg_pool import ConnectionPool

from api.account_repository import reference_version
from intake.encryption import Keys, derive_keys
from models.analysis import Analyser
from models.database import Connection, open_pool
from models.settings import Settings
from nlp.pipeline import build_pipeline
from routing.directory import Directory
from routing.directory_repository import load_directory


class Runtime:
    """Made once per process by the assemblers. Directory and analyser are rebuilt when reference rows change."""

    def __init__(self, settings: Settings, dsn: str) -> None:
        self.settings = settings
        self.keys: Keys = derive_keys(settings.secret_key.get_secret_value())
        self.pool: ConnectionPool[Connection] = open_pool(dsn, settings.pool_size)
        self._lock = threading.Lock()
        self._version: int | None = None
        self._directory: Directory | None = None
        self._analyser: Analyser | None = None

    def now(self) -> datetime:
        return datetime.now(UTC)

    def directory(self, conn: Connection) -> Directory:
        """The directory as of now: one cheap statement unless something changed. Raises `Unavailable` before set-up."""
        version = reference_version(conn)
        with self._lock:
            if self._directory is None or version != self._version:
                self._directory, self._version, self._analyser = load_directory(conn), version, None
            return self._directory

    def analyser(self, conn: Connection) -> Analyser:
        directory = self.directory(conn)
        with self._lock:
            if self._analyser is None:
                self._analyser = build_pipeline(
                    list(directory.topics.values()),
                    list(directory.regions.values()),
                    directory.places,
                    list(directory.departments.values()),
                )
            return self._analyser

    def close(self) -> None:
        self.pool.close()
