"""Migrations: numbered SQL files, each applied once, in order, under an advisory lock."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

import psycopg

from models.errors import Invalid

# Any constant will do; it only has to be ours.
_LOCK = 0x57_45_4E_5A


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    sql: str


def list_migrations() -> list[Migration]:
    """All migrations shipped with the program, in order. Raises `ValueError` on a gap or a double number."""
    folder = files("models") / "migrations"
    found = sorted(
        (
            Migration(int(f.name[:4]), f.name.removesuffix(".sql"), f.read_text(encoding="utf-8"))
            for f in folder.iterdir()
            if f.name.endswith(".sql")
        ),
        key=lambda m: m.version,
    )
    if [m.version for m in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"migrations are not numbered 1..n: {[m.name for m in found]}")
    return found


def migrate(dsn: str, report: Callable[[str], None] = lambda _: None) -> int:
    """Bring the database at `dsn` (the owner's connection) up to date; the number of migrations applied.

    Two processes may call it at once: the second waits and finds nothing to do. Each file is one transaction.
    Raises `Invalid` where the database is newer than the program, or holds somebody else's tables.
    """
    migrations = list_migrations()
    applied = 0
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        known = conn.execute("SELECT to_regclass('schema_migrations') IS NOT NULL").fetchone()
        if known == (False,):
            foreign = conn.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
            if foreign != (0,):
                raise Invalid("数据库里已有其他程序的表，请换一个空的数据库。")
            conn.execute(
                "CREATE TABLE schema_migrations (version integer PRIMARY KEY, name text NOT NULL,"
                " applied_at timestamptz NOT NULL DEFAULT now())"
            )
        row = conn.execute("SELECT coalesce(max(version), 0) FROM schema_migrations").fetchone()
        current = row[0] if row else 0
        if current > len(migrations):
            raise Invalid("数据库由更新版本的程序建立，请先升级程序。")
        for migration in migrations[current:]:
            with conn.transaction():
                conn.execute(migration.sql.encode())
                conn.execute(
                    "INSERT INTO schema_migrations (version, name) VALUES (%s, %s)", (migration.version, migration.name)
                )
            report(migration.name)
            applied += 1
    return applied


def pending_migrations(conn: psycopg.Connection[tuple[object, ...]]) -> int:
    """How many migrations the program has that this database lacks."""
    row = conn.execute("SELECT count(*) FROM schema_migrations").fetchone()
    return len(list_migrations()) - int(str(row[0])) if row else len(list_migrations())
