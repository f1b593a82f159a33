"""What every command shares: the console, an opened installation, JSON output."""

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

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


@contextlib.contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """A bar beside the output, moved by telling it what is being done and which share of all is."""
    what = TextColumn("{task.description}")
    columns = (SpinnerColumn(), what, BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=progress_console, transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda what, share: bar.update(task, description=what, completed=share)


def print_json(value: Any) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")
