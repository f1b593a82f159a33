"""Issues as the pipeline leaves them, from submissions that went through intake."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from psycopg.types.json import Jsonb

from intake.registration import register
from models.analysis import Analysis, Sentiment
from models.case import Case
from models.database import Connection
from models.submission import Channel, NewSubmission
from routing.directory import Directory
from routing.process import process_batch
from tests import factories
from tests.factories import KEYS, NOW, ZONE, FixedAnalyser, analysis, letter

_numbers = count(500_000)


def voices(
    conn: Connection,
    directory: Directory,
    new: Sequence[NewSubmission],
    *,
    says: Analysis | None = None,
    now: datetime = NOW,
) -> list[int]:
    """Registered and analysed; the ids of the submissions."""
    registered = register(conn, list(new), actor="test", now=now, keys=KEYS, zone=ZONE)
    process_batch(conn, FixedAnalyser(says or analysis()), directory, now=now, zone=ZONE, limit=1000)
    rows = conn.execute(
        "SELECT id, receipt_number FROM submissions WHERE receipt_number = ANY(%s)",
        ([one.receipt_number for one in registered],),
    ).fetchall()
    ids = {number: id_ for id_, number in rows}
    conn.commit()
    return [ids[one.receipt_number] for one in registered]


def posts(how_many: int, *, start: datetime = NOW, every: timedelta = timedelta(hours=1)) -> list[NewSubmission]:
    """Posts of different people, the first at `start`."""
    return [
        letter(
            channel=Channel.SOCIAL,
            title="",
            body=f"桂香街道的路灯还是不亮，第{number}天摸黑回家",
            name=f"网友{number}",
            contact="",
            submitted_at=start + n * every,
            likes=n,
        )
        for n, number in enumerate(next(_numbers) for _ in range(how_many))
    ]


def issue(conn: Connection, submissions: Iterable[int], *, name: str = "桂香街道路灯不亮", **given: Any) -> int:
    """An issue with these submissions as members; committed."""
    members = list(submissions)
    # the pipeline counts on from the largest
    last = conn.execute("SELECT coalesce(max(id), 0) FROM issues").fetchone()
    assert last
    number = int(last[0]) + 1
    row: dict[str, Any] = {
        "id": number,
        "name": name,
        "place": "桂香街道",
        "region_code": "990102",
        "topic_code": "T0402",
        "first_at": NOW - timedelta(days=3),
        "last_at": NOW,
        "submissions": max(2, len(members)),
        "persons": max(2, len(members)),
        "live_persons": float(len(members)),
        "live_submissions": float(len(members)),
        "arrival": next(_numbers),
        "step": number,
        # a person's word: the program neither merges nor splits what a test has put together
        "shaped_by": "test",
    } | given
    columns = ", ".join(row)
    conn.execute(f"INSERT INTO issues ({columns}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))
    evidence = {"words": [["路灯", 0.7], ["桂香街道", 0.3]], "places": ["桂香街道"]}
    moved = conn.execute(
        "UPDATE issue_members SET issue_id = %s, part = %s, similarity = 0.8, evidence = %s"
        " WHERE submission_id = ANY(%s)",
        (number, number, Jsonb(evidence), members),
    ).rowcount
    assert moved == len(members), "the pipeline knows each submission"
    conn.commit()
    return number


def issue_of_cases(conn: Connection, directory: Directory, how_many: int = 2) -> tuple[int, list[Case]]:
    """An issue of letters by different people, each with an open case led by zjj."""
    cases = [
        factories.case(conn, directory, lead="zjj", new=letter(name=f"市民{n}", contact=f"199000{next(_numbers):05}"))
        for n in range(how_many)
    ]
    return issue(conn, [case.submission_id for case in cases]), cases


NEGATIVE = analysis(sentiment=Sentiment.NEGATIVE)
