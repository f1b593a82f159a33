"""What people change about the integrity rules: thresholds, and what was found when somebody looked into a hit."""

from datetime import datetime

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
