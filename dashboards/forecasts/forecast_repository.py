"""Which forecasts were made? Written at night, one a day and kind; the newest is what pages show."""

from datetime import date, datetime, timedelta
from typing import Any, Literal

from psycopg.types.json import Jsonb

from models.database import Connection

Kind = Literal["volume", "risk"]
# Forecasts are kept so long.
_KEPT = timedelta(days=400)


def save_forecast(
    conn: Connection, kind: Kind, day: date, content: dict[str, Any], *, actor: str, now: datetime
) -> None:
    """Instead of one made earlier on the same day; those of more than 400 days ago go."""
    conn.execute(
        "INSERT INTO forecasts (kind, day, made_at, content) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (kind, day) DO UPDATE SET made_at = EXCLUDED.made_at, content = EXCLUDED.content",
        (kind, day, now, Jsonb(content)),
    )
    conn.execute("DELETE FROM forecasts WHERE day < %s", (day - _KEPT,))


def newest_forecast(conn: Connection, kind: Kind) -> tuple[date, datetime, dict[str, Any]] | None:
    """First day, moment and content; None where none was made yet."""
    row = conn.execute(
        "SELECT day, made_at, content FROM forecasts WHERE kind = %s ORDER BY day DESC LIMIT 1", (kind,)
    ).fetchone()
    return None if row is None else (row[0], row[1], row[2])


def count_due(conn: Connection, since: datetime, until: datetime) -> int:
    """How many cases fell due after `since`, until `until`."""
    row = conn.execute("SELECT count(*) FROM cases WHERE due_at > %s AND due_at <= %s", (since, until)).fetchone()
    return 0 if row is None else int(row[0])
