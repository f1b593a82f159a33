"""Rows of bursts, and the submissions that a series counted: what an alert about it opens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from psycopg.rows import class_row

from models.alert import SeriesKey, StoredBurst
from models.analysis import Sentiment
from models.database import Connection
from models.errors import NotFound
from models.submission import Channel

_BURST = ", ".join(field.name for field in fields(StoredBurst))
_GIVEN = ", ".join(field.name for field in fields(StoredBurst) if field.name != "id")
# The rows of a series, by the same rules that count it (trend_repository.replace_day).
_OF_SERIES = """
    FROM voices v
    LEFT JOIN topics t ON t.code = v.topic_code
    WHERE v.submitted_at >= %(since)s AND v.submitted_at < %(until)s
      AND (%(issue)s::bigint IS NULL OR EXISTS (
           SELECT FROM issue_members m WHERE m.submission_id = v.submission_id AND m.issue_id = %(issue)s))
      AND (%(topic)s = '' OR v.topic_code = %(topic)s OR t.parent_code = %(topic)s)
      AND (%(region)s = '' OR county_of(v.region_code) = %(region)s)"""


@dataclass(frozen=True, slots=True)
class Voice:
    """One submission of a series as bursts are explained by it. `person` tells two people apart, nothing else, and
    `first_seen` is when that person wrote first; `copy_of` is an earlier submission whose text it repeats."""

    submission_id: int
    submitted_at: datetime
    person: bytes
    channel: Channel
    sentiment: Sentiment
    place_text: str
    keywords: Sequence[Mapping[str, object]]
    copy_of: int | None
    first_seen: datetime


def list_voices(
    conn: Connection, key: SeriesKey, *, since: datetime, until: datetime, limit: int = 5000
) -> list[Voice]:
    """What the series counted, the latest first."""
    with conn.cursor(row_factory=class_row(Voice)) as cursor:
        return cursor.execute(
            "SELECT v.submission_id, v.submitted_at, v.person, v.channel, v.sentiment, v.place_text, v.keywords,"
            " (SELECT min(l.earlier_id) FROM submission_links l WHERE l.submission_id = v.submission_id"
            "  AND l.kind IN ('exact', 'near') AND l.certain) AS copy_of,"
            # of somebody unknown nobody can say that the account is new
            " coalesce((SELECT min(x.submitted_at) FROM submissions x WHERE x.submitter_key = v.person),"
            f"  v.submitted_at - interval '10 years') AS first_seen {_OF_SERIES}"
            " ORDER BY v.submitted_at DESC, v.submission_id DESC LIMIT %(limit)s",
            _series(key) | {"since": since, "until": until, "limit": limit},
        ).fetchall()


def add_burst(conn: Connection, burst: StoredBurst, *, actor: str) -> int:
    """Its id. Two workers do not find one twice: they look under the lock of the counts."""
    columns = [field.name for field in fields(StoredBurst) if field.name != "id"]
    row = conn.execute(
        f"INSERT INTO bursts ({_GIVEN}) VALUES ({', '.join(f'%({name})s' for name in columns)}) RETURNING id",
        {name: getattr(burst, name) for name in columns},
    ).fetchone()
    assert row is not None
    return int(row[0])


def get_burst(conn: Connection, burst_id: int) -> StoredBurst:
    """Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(StoredBurst)) as cursor:
        row = cursor.execute(f"SELECT {_BURST} FROM bursts WHERE id = %s", (burst_id,)).fetchone()
    if row is None:
        raise NotFound("没有找到这条记录。")
    return row


def list_bursts(
    conn: Connection, *, issue_id: int | None = None, since: datetime | None = None, limit: int = 100
) -> list[StoredBurst]:
    """The latest first; of one issue or of all series."""
    with conn.cursor(row_factory=class_row(StoredBurst)) as cursor:
        return cursor.execute(
            f"SELECT {_BURST} FROM bursts WHERE (%(issue)s::bigint IS NULL OR issue_id = %(issue)s)"
            " AND (%(since)s::timestamptz IS NULL OR found >= %(since)s) ORDER BY found DESC, id DESC LIMIT %(limit)s",
            {"issue": issue_id, "since": since, "limit": limit},
        ).fetchall()


def list_last_alarms(conn: Connection, *, since: datetime) -> dict[SeriesKey, datetime]:
    """When each series last had a burst."""
    rows = conn.execute(
        "SELECT topic_code, region_code, issue_id, max(found) FROM bursts WHERE found >= %s GROUP BY 1, 2, 3", (since,)
    ).fetchall()
    return {
        SeriesKey(topic_code=topic, region_code=region, issue_id=issue): found for topic, region, issue, found in rows
    }


def _series(key: SeriesKey) -> dict[str, object]:
    return {"topic": key.topic_code, "region": key.region_code, "issue": key.issue_id}
