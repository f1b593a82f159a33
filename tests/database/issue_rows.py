"""Issues with members, as the pipeline leaves them, for tests that are about something else."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

from psycopg.types.json import Jsonb

from models.database import Connection
from tests.factories import NOW

_numbers = count(1_000)


def add_issue(owner: Connection, **given: Any) -> int:
    """An issue without members, committed."""
    number = next(_numbers)
    row: dict[str, Any] = {
        "id": number,
        "name": "丽水路搅拌站噪声",
        "region_code": "990102",
        "topic_code": "T0402",
        "first_at": NOW - timedelta(days=20),
        "last_at": NOW,
        "submissions": 5,
        "persons": 4,
        "arrival": number,
        "step": number,
    } | given
    owner.execute(f"INSERT INTO issues ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))
    owner.commit()
    return number


def add_members(owner: Connection, issue_id: int, submission_ids: Sequence[int]) -> None:
    """One step of the issue, committed."""
    step = next(_numbers)
    owner.execute(
        "INSERT INTO issue_steps (step, token, arrivals, actor, at) VALUES (%s, gen_random_uuid(), %s, 'test', %s)",
        (step, step, NOW),
    )
    for submission_id in submission_ids:
        owner.execute(
            "INSERT INTO issue_members (submission_id, issue_id, arrival, similarity, evidence, joined_at, packed,"
            " step) VALUES (%s, %s, %s, 1, %s, %s, '', %s)",
            (submission_id, issue_id, submission_id, Jsonb({}), NOW, step),
        )
    owner.execute("UPDATE issues SET step = %s WHERE id = %s", (step, issue_id))
    owner.commit()
