"""What every command shares: the console, an opened installation, JSON output."""

import contextlib
import json
import sys
from collections.abc import Iterator
from typing import Any

from rich.console import Console

from api.installation import load_settings, use_database
from api.runtime import Runtime
from models.migrate import migrate

console = Console(highlight=False, soft_wrap=True)
progress_console = Console(stderr=True, highlight=False)
ACTOR = "command-line"


@contextlib.contextmanager
def open_runtime(*, up_to_date: bool = True) -> Iterator[tuple[Runtime, str]]:
    """A runtime on the installation and its connection string; starts the embedded database if none runs.

    `up_to_date`: apply pending migrations first (embedded only: in production that is `wenzheng migrate`).
    """
    with use_database(load_settings()) as (settings, dsn):
        if up_to_date and settings.database_url is None:
            migrate(dsn)
        runtime = Runtime(settings, dsn)
        try:
            yield runtime, dsn
        finally:
            runtime.close()


def print_json(value: Any) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")
