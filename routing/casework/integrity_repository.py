"""What is written about the integrity rules: thresholds, what people found who looked into a hit, counts made ahead."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from psycopg.types.json import Jsonb

from models.database import Connection
from models.errors import NotFound
from models.integrity import IntegrityRule

_RECOUNT = "INSERT INTO stale_facts SELECT DISTINCT 'c'::\"char\", case_id FROM returned_matters"


def set_threshold(conn: Connection, rule: IntegrityRule, name: str, value: int, *, actor: str) -> int:
    """The value before. Raises `NotFound` for a threshold that the rule does not have. The days of `came_back` count in
    the resolution rate: the cases that they concern, before and after, are counted anew."""
    row = conn.execute(
        "SELECT value FROM integrity_rules WHERE rule = %s AND name = %s FOR UPDATE", (rule, name)
    ).fetchone()
    if row is None:
        raise NotFound("没有这个规则数值。")
    counts = rule is IntegrityRule.CAME_BACK and row[0] != value
    if counts:
        conn.execute(_RECOUNT)
    conn.execute("UPDATE integrity_rules SET value = %s WHERE rule = %s AND name = %s", (value, rule, name))
    if counts:
        conn.execute(_RECOUNT)
    return int(row[0])


def add_review(
    conn: Connection, rule: IntegrityRule, case_id: int, hit_at: datetime, *, note: str, actor: str, now: datetime
) -> None:
    conn.execute(
        "INSERT INTO integrity_reviews (rule, case_id, hit_at, note, at, actor) VALUES (%s, %s, %s, %s, %s, %s)",
        (rule, case_id, hit_at, note, now, actor),
    )


def find_last_review(conn: Connection) -> int | None:
    row = conn.execute("SELECT max(id) FROM integrity_reviews").fetchone()
    return row[0] if row else None


def keep_counts(
    conn: Connection,
    *,
    first: date,
    last: date,
    thresholds: Mapping[str, Mapping[str, int]],
    last_review: int,
    counts: Mapping[str, Sequence[Mapping[str, Any]]],
    actor: str,
    now: datetime,
) -> None:
    """In the place of what was kept before. `last_review`: the newest that the counts know."""
    conn.execute(
        "INSERT INTO integrity_counts (counted_at, first_day, last_day, thresholds, last_review, counts)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (only_one) DO UPDATE SET counted_at = excluded.counted_at,"
        " first_day = excluded.first_day, last_day = excluded.last_day, thresholds = excluded.thresholds,"
        " last_review = excluded.last_review, counts = excluded.counts",
        (now, first, last, Jsonb(thresholds), last_review, Jsonb(counts)),
    )
