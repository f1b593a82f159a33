"""Documents and schema that are printed from the program, so that they cannot lie.

`python -m tests.generate` writes them; `--check` writes nothing, shows what is stale and fails.
"""

import difflib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from api.embedded import EmbeddedPostgres, find_binaries
from models.case import TRANSITIONS, CaseAction, CaseStatus
from models.migrate import migrate
from models.settings import Settings

ROOT = Path(__file__).parent.parent
CASE_STATES = ROOT / "docs" / "case-states.md"
SETTINGS = ROOT / "docs" / "settings.md"
SCHEMA = ROOT / "models" / "schema.sql"

_BY = "python -m tests.generate"


def case_states() -> str:
    """The life of a case as a Mermaid diagram and a table, from TRANSITIONS."""
    moves = [(status, action, to) for status, row in TRANSITIONS.items() for action, to in row.items()]
    diagram = [
        "stateDiagram-v2",
        *(f'    state "{status.label} {status.value}" as {status.value}' for status in CaseStatus),
        f"    [*] --> {CaseStatus.TRIAGE.value}: {CaseAction.OPEN.label} {CaseAction.OPEN.value}",
        *(f"    {status.value} --> {to.value}: {action.label} {action.value}" for status, action, to in moves),
    ]
    table = [
        "| status | action | status afterwards |",
        "|---|---|---|",
        f"| – | {_word(CaseAction.OPEN)} | {_word(CaseStatus.TRIAGE)} |",
        *(f"| {_word(status)} | {_word(action)} | {_word(to)} |" for status, action, to in moves),
    ]
    return "\n".join(
        [
            "# The life of a case",
            "",
            f"Generated from `TRANSITIONS` (models/case.py) by `{_BY}`. Button, event and address share one word.",
            "",
            "```mermaid",
            *diagram,
            "```",
            "",
            *table,
            "",
        ]
    )


def _word(member: CaseStatus | CaseAction) -> str:
    return f"{member.label} `{member.value}`"


def settings() -> str:
    """Every setting with its variable, default and limits, from the fields of `Settings`."""
    prefix = Settings.model_config["env_prefix"]
    rows = [
        f"| `{prefix}{name.upper()}` | {_default(field)} | {_limits(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            f"Environment variables, read once at start. Generated from `Settings` (models/settings.py) by `{_BY}`.",
            "",
            "| variable | default | values | meaning |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _default(field: FieldInfo) -> str:
    if field.default is None:
        return "–"
    value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _limits(field: FieldInfo) -> str:
    if choices := re.search(r"Literal\[(.*)\]", str(field.annotation)):
        return " or ".join(f"`{choice.strip()[1:-1]}`" for choice in choices[1].split(","))
    kinds: dict[Any, str] = {int: "whole number", bool: "`true` or `false`", Path: "folder"}
    kind = kinds.get(field.annotation, "text")
    bounds = [
        f"{word} {value}"
        for word, name in (("from", "ge"), ("to", "le"))
        for rule in field.metadata
        if (value := getattr(rule, name, None)) is not None
    ]
    return " ".join([kind, *bounds])


def schema(dsn: str) -> str:
    """The migrated database at `dsn` as SQL, without what differs between servers, dumps and versions."""
    dump = subprocess.run(
        [find_binaries() / "pg_dump", "--schema-only", "--no-owner", dsn], capture_output=True, text=True, check=True
    ).stdout
    kept = re.sub(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)$", "", dump, flags=re.MULTILINE)
    body = re.sub(r"\n{2,}", "\n\n", kept).strip()
    with psycopg.connect(dsn) as conn:
        version = conn.info.server_version // 10_000
    header = f"-- Generated from models/migrations by `{_BY}` on PostgreSQL {version}. Not to be edited."
    return f"{header}\n\n{body}\n"


def made_on(content: str) -> str:
    """The version of PostgreSQL that a schema was made on; dumps of two versions cannot be compared."""
    found = re.search(r"on PostgreSQL (\d+)", content)
    return found[1] if found else ""


@contextmanager
def migrated_database() -> Iterator[str]:
    """A throw-away server with the migrations applied."""
    folder = Path(tempfile.mkdtemp(prefix="wz-schema-"))
    folder.chmod(0o755)
    postgres = EmbeddedPostgres(folder)
    try:
        postgres.start()
        migrate(postgres.dsn)
        yield postgres.dsn
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(postgres.socket_dir, ignore_errors=True)


def generate() -> dict[Path, str]:
    """Every generated file with its content as of now."""
    with migrated_database() as dsn:
        return {CASE_STATES: case_states(), SETTINGS: settings(), SCHEMA: schema(dsn)}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def stale(path: Path, content: str) -> str:
    """How the file differs from its content as of now; empty where it does not."""
    old = read(path)
    name = str(path.relative_to(ROOT))
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), content.splitlines(keepends=True), name, f"{name} (from the program)"
    )
    return "".join(lines)


def main() -> int:
    check = sys.argv[1:] == ["--check"]
    differences = ""
    for path, content in generate().items():
        if not check:
            path.write_text(content, encoding="utf-8")
        elif path == SCHEMA and made_on(read(path)) not in ("", made_on(content)):
            print(f"models/schema.sql was made on PostgreSQL {made_on(read(path))}: not compared on {made_on(content)}")
        else:
            differences += stale(path, content)
    if differences:
        print(f"{differences}\nstale: run {_BY}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
