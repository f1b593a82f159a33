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
        "named_by": "test",
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
    """They belong to it from one step on, committed; also what the pipeline has put elsewhere."""
    row = owner.execute(
        "INSERT INTO issue_steps (step, token, arrivals, decided, actor, at) SELECT coalesce(max(step), 0) + 1,"
        " gen_random_uuid(), coalesce(max(arrivals), 0), true, 'test', %s FROM issue_steps RETURNING step",
        (NOW,),
    ).fetchone()
    assert row is not None
    step = row[0]
    for submission_id in submission_ids:
        owner.execute(
            "INSERT INTO issue_members (submission_id, issue_id, part, arrival, similarity, evidence, joined_at,"
            " packed, step) VALUES (%(id)s, %(issue)s, %(issue)s, %(arrival)s, 1, %(evidence)s, %(now)s, '', %(step)s)"
            " ON CONFLICT (submission_id) DO UPDATE SET issue_id = EXCLUDED.issue_id, part = EXCLUDED.part,"
            " step = EXCLUDED.step",
            {
                "id": submission_id,
                "issue": issue_id,
                "arrival": 1_000_000 + submission_id,
                "evidence": Jsonb({}),
                "now": NOW,
                "step": step,
            },
        )
    owner.execute("UPDATE issues SET step = %s WHERE id = %s", (step, issue_id))
    owner.commit()
