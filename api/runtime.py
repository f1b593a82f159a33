"""What a running process holds: settings, pool, keys, the city's directory and the analyser built from it."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from psycopg_pool import ConnectionPool

from api.account_repository import reference_version
from api.learning.classifier_store import assemble, find_serving
from intake.encryption import Keys, derive_keys
from models.database import Connection, open_pool, transaction
from models.settings import Settings
from nlp.pipeline import Pipeline
from routing.directory import Directory
from routing.directory_repository import load_directory
from routing.issues.issues import IssueMemory
from routing.learning import classifier_repository

# A classifier that did not load (a full disk, a row being repaired) is tried again after so long.
RETRY = timedelta(minutes=5)
ACTOR = "system:runtime"


class Runtime:
    """Made once per process by the assemblers. Directory and analyser are rebuilt when reference rows change, and
    promoting a classifier counts as such a change."""

    def __init__(self, settings: Settings, dsn: str) -> None:
        self.settings = settings
        self.dsn = dsn
        self.keys: Keys = derive_keys(settings.secret_key.get_secret_value())
        self.pool: ConnectionPool[Connection] = open_pool(dsn, settings.pool_size)
        self.issues = IssueMemory()
        self._lock = threading.Lock()
        # a pipeline takes seconds: who only asks for the directory does not wait for it
        self._building = threading.Lock()
        self._version: int | None = None
        self._directory: Directory | None = None
        self._analyser: Pipeline | None = None
        self._built_for: Directory | None = None
        self._retry_at: datetime | None = None

    def now(self) -> datetime:
        return datetime.now(UTC)

    def directory(self, conn: Connection) -> Directory:
        """The directory as of now: one cheap statement unless something changed. Raises `Unavailable` before set-up."""
        version = reference_version(conn)
        with self._lock:
            if self._directory is None or version != self._version:
                self._directory, self._version = load_directory(conn), version
            return self._directory

    def analyser(self, conn: Connection) -> Pipeline:
        """The pipeline with the live classifier; where that does not load, with what spoke before it. The row of the
        version says so then: health check and page read it there."""
        with self._building:
            directory = self.directory(conn)
            late = self._retry_at is not None and self.now() >= self._retry_at
            if self._analyser is None or self._built_for is not directory or late:
                self._analyser = None  # two at once would take twice the memory
                trained, tone, problems = find_serving(conn, directory, self.settings.data_dir)
                self._report(problems)
                self._retry_at = self.now() + RETRY if any(problems.values()) else None
                self._analyser = assemble(directory, self.settings.data_dir, trained, tone)
                self._built_for = directory
            return self._analyser

    def _report(self, problems: Mapping[int, str]) -> None:
        """In a transaction of its own: it must hold no row while a batch is worked on."""
        for classifier_id, problem in problems.items():
            with transaction(self.pool) as conn:
                classifier_repository.set_problem(conn, classifier_id, problem, actor=ACTOR)

    def close(self) -> None:
        self.pool.close()
