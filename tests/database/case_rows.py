"""Cases as bare rows: for tests of what is counted, where the exact second of `due_at` is the point and the lifecycle
would only be in the way."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from models.database import Connection

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE).astimezone(UTC)
_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class CaseRowSpec:
    """Defaults: an open case, dispatched now, without anything known about it."""

    status: str = "dispatched"
    submitted_at: datetime = NOW
    due_at: datetime | None = None
    completed_at: datetime | None = None
    dispatched: bool = True
    topic: str | None = None
    region: str | None = None
    department: str | None = "d1"
    channel: str = "letter"
    appeal_type: str = "help"
    sentiment: str = "neutral"
    urgency: str = "normal"
    title: str = "路灯不亮"
    co_handling: str | None = None
    keywords: tuple[str, ...] = ()
    emotion: str = "none"
    displeased_with: tuple[str, ...] = ()


def add_reference(conn: Connection) -> None:
    """A city 市 with counties 甲 (town 甲一) and 乙, three sub-topics in two topics, two departments."""
    conn.execute(
        "INSERT INTO regions (code, level, name, parent_code) VALUES ('91', 'prefecture', '市', NULL),"
        " ('9101', 'county', '甲县', '91'), ('9102', 'county', '乙县', '91'), ('910101', 'town', '甲一镇', '9101')"
    )
    conn.execute(
        "INSERT INTO topics (code, name, parent_code) VALUES ('T01', '建设', NULL), ('T0101', '路灯', 'T01'),"
        " ('T0102', '道路', 'T01'), ('T02', '环保', NULL), ('T0201', '噪音', 'T02')"
    )
    conn.execute(
        "INSERT INTO departments (id, duty, name, short_name, kind) VALUES ('d1', 'd1', '市住建局', '住建局', 'gov'),"
        " ('d2', 'd2', '市环保局', '环保局', 'gov')"
    )


def add_submission(
    conn: Connection,
    *,
    channel: str,
    submitted_at: datetime = NOW,
    sentiment: str | None = "neutral",
    topic: str | None = None,
    region: str | None = None,
    appeal_type: str = "help",
    urgency: str = "normal",
    keywords: tuple[str, ...] = (),
    emotion: str = "none",
    displeased_with: tuple[str, ...] = (),
) -> int:
    """A submission; without `sentiment` it waits to be analysed."""
    number = next(_numbers)
    row = conn.execute(
        "INSERT INTO submissions (receipt_number, channel, source, identity, content_hash, title, body, submitted_at,"
        " received_at, state) VALUES (%s, %s, 'test', %s, '', '', '', %s, %s, %s) RETURNING id",
        (
            f"R{number}",
            channel,
            str(number).encode(),
            submitted_at,
            submitted_at,
            "processed" if sentiment else "pending",
        ),
    ).fetchone()
    assert row
    if sentiment:
        negative = [{"aspect": aspect, "sentiment": "negative"} for aspect in displeased_with]
        praise = [{"aspect": "policy", "sentiment": "positive"}]  # no displeasure
        conn.execute(
            "INSERT INTO analyses (submission_id, topic_code, topic_confidence, suggestions, appeal_type,"
            " appeal_confidence, sentiment, sentiment_confidence, urgency, urgency_confidence, detector_hits,"
            " region_code, region_confidence, place_text, keywords, organisations, versions, analysed_at, emotion,"
            " aspects) VALUES (%s, %s, 1, '[]', %s, 1, %s, 1, %s, 1, '[]', %s, 1, '', %s, '{}', '{}', %s, %s, %s)",
            (
                row[0],
                topic,
                appeal_type,
                sentiment,
                urgency,
                region,
                Jsonb([{"word": word, "weight": 1.0} for word in keywords]),
                NOW,
                emotion,
                Jsonb(negative or praise),
            ),
        )
    return int(row[0])


def add_cases(conn: Connection, specs: Iterable[CaseRowSpec]) -> list[int]:
    """The ids of the cases, in the order of the specs."""
    ids = []
    for spec in specs:
        submission = add_submission(
            conn,
            channel=spec.channel,
            submitted_at=spec.submitted_at,
            sentiment=spec.sentiment,
            topic=spec.topic,
            region=spec.region,
            appeal_type=spec.appeal_type,
            urgency=spec.urgency,
            keywords=spec.keywords,
            emotion=spec.emotion,
            displeased_with=spec.displeased_with,
        )
        row = conn.execute(
            "INSERT INTO cases (case_number, submission_id, channel, title, status, appeal_type, topic_code,"
            " region_code, sentiment, urgency, confidential, lead_department_id, submitted_at, received_at, opened_at,"
            " dispatched_at, completed_at, due_at, due_date, emotion, negative_aspects) VALUES"
            " (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, false, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            (
                f"GD{submission}",
                submission,
                spec.channel,
                spec.title,
                spec.status,
                spec.appeal_type,
                spec.topic,
                spec.region,
                spec.sentiment,
                spec.urgency,
                spec.department,
                spec.submitted_at,
                spec.submitted_at,
                spec.submitted_at,
                spec.submitted_at if spec.dispatched else None,
                spec.completed_at,
                spec.due_at,
                spec.due_at and spec.due_at.astimezone(ZONE).date(),
                spec.emotion,
                Jsonb(spec.displeased_with),
            ),
        ).fetchone()
        assert row
        ids.append(int(row[0]))
        for department, role in ((spec.department, "lead"), (spec.co_handling, "co_handling")):
            if department:
                conn.execute(
                    "INSERT INTO assignments (case_id, department_id, role, assigned_at) VALUES (%s, %s, %s, %s)",
                    (row[0], department, role, spec.submitted_at),
                )
    return ids
