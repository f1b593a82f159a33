"""How long do counting and looking for bursts take over so many submissions? Times, not quality: they come evenly.

The submissions are rows with an analysis, as the pipeline leaves them, without their texts. The days of a year before
are counts only: what was counted, moved back by a year, which is all that the season asks for.
"""

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from api.benchmarks.pipeline import temporary_database
from api.city_setup import sample_city, set_up_city
from api.runtime import Runtime
from models.database import Connection, transaction
from models.settings import Settings
from nlp.trends.seasons import YEAR
from routing.alerts.bursts import HISTORY, BurstWatch
from routing.alerts.counting import bring_up_to_date
from routing.alerts.noticing import load_watch, notice_many_cases, notice_urgent
from routing.directory import Directory

DAYS = HISTORY.days
_ACTOR = "bench"
Progress = Callable[[str, float], None]
Owner = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`seconds` of the wall; `computing` those of them in which this process used a processor, the rest is the
    database's."""

    name: str
    seconds: float
    computing: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendFigures:
    """`rows` of counts in `series`; `found` bursts, of which there should be none; most memory of this process."""

    submissions: int
    days: int
    rows: int
    series: int
    found: int
    megabytes: int
    steps: tuple[Step, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def measure_trends(settings: Settings, dsn: str, *, submissions: int, on_progress: Progress) -> TrendFigures:
    """In a database of its own, dropped afterwards. Raises `Unavailable` where none may be created."""
    with (
        temporary_database(dsn) as bench_dsn,
        closing(Runtime(settings, bench_dsn)) as runtime,
        psycopg.connect(bench_dsn, autocommit=True) as owner,
    ):
        now = runtime.now()
        with transaction(runtime.pool) as conn:
            set_up_city(conn, sample_city(), now=now)
            directory = runtime.directory(conn)
        on_progress("来件", 0.05)
        add_submissions(owner, submissions, now=now)
        with runtime.pool.connection() as conn:
            return time_steps(conn, owner, directory, submissions, now=now, zone=settings.zone, on_progress=on_progress)


def add_submissions(owner: Owner, submissions: int, *, now: datetime) -> None:
    """Spread evenly over DAYS, the places, the topics and three people for each four submissions."""
    given = {"now": now, "days": DAYS, "number": submissions}
    owner.execute("SELECT setseed(0.5)")
    owner.execute(
        """
        INSERT INTO submissions (receipt_number, channel, source, identity, content_hash, title, body, submitted_at,
            received_at, submitter_key, state)
        SELECT 'R' || g, (ARRAY['letter', 'hotline', 'survey', 'social'])[1 + g %% 4]::channel, 'bench', int8send(g),
               '', '', '', %(now)s::timestamptz - random() * make_interval(days => %(days)s), %(now)s,
               int8send(floor(random() * %(number)s * 3 / 4)::bigint), 'processed'
        FROM generate_series(1::bigint, %(number)s) g
        """,
        given,
    )
    owner.execute(
        """
        INSERT INTO analyses (submission_id, topic_code, topic_confidence, suggestions, appeal_type, appeal_confidence,
            sentiment, sentiment_confidence, urgency, urgency_confidence, detector_hits, region_code,
            region_confidence, place_text, keywords, organisations, versions, analysed_at)
        SELECT s.id, t.codes[1 + floor(random() * cardinality(t.codes))::integer], 1, '[]', 'complain', 1,
               (ARRAY['negative', 'neutral', 'positive'])[1 + s.id %% 3]::sentiment, 1, 'normal', 1, '[]',
               r.codes[1 + floor(random() * cardinality(r.codes))::integer], 1, '', '[]', '{}', '{}', %(now)s
        FROM submissions s, (SELECT array_agg(code ORDER BY code) AS codes FROM topics WHERE parent_code IS NOT NULL) t,
             (SELECT array_agg(code ORDER BY code) AS codes FROM regions WHERE level IN ('county', 'town')) r
        WHERE s.source = 'bench'
        """,
        given,
    )
    owner.execute("ANALYZE submissions, analyses")


def time_steps(
    conn: Connection, owner: Owner, directory: Directory, submissions: int, *, now: datetime, zone: ZoneInfo,
    on_progress: Progress = lambda _, __: None,
) -> TrendFigures:  # fmt: skip
    """What the worker does, step by step, each committed."""
    steps: list[Step] = []

    @contextmanager
    def step(name: str, share: float) -> Iterator[None]:
        on_progress(name, share)
        began, computing = time.monotonic(), time.process_time()
        yield
        conn.commit()
        spent = Step(name=name, seconds=time.monotonic() - began, computing=time.process_time() - computing)
        steps.append(spent)

    with step("全部计数", 0.2):
        bring_up_to_date(conn, actor=_ACTOR, zone=zone)
    owner.execute("ANALYZE series_counts, hourly_counts")
    owner.execute("INSERT INTO stale_hours VALUES (date_trunc('hour', %s::timestamptz))", (now,))
    with step("每分钟计数", 0.6):
        bring_up_to_date(conn, actor=_ACTOR, zone=zone)
    watch = load_watch(conn, directory, actor=_ACTOR, now=now, zone=zone)
    found = 0

    def look(bursts: BurstWatch) -> None:
        nonlocal found
        found += len(bursts.look(conn, directory.calendar, watch.settings, actor=_ACTOR, now=now, zone=zone))

    bursts = BurstWatch()
    with step("每天第一次检测", 0.65):
        look(bursts)
    with step("其后每次检测", 0.75):
        look(bursts)
    rows = conn.execute(
        "SELECT (SELECT count(*) FROM hourly_counts) + count(*), count(DISTINCT (topic_code, region_code))"
        " FROM series_counts"
    ).fetchone()
    assert rows is not None
    owner.execute(
        "INSERT INTO series_counts SELECT topic_code, region_code, hour - make_interval(days => %s), submissions,"
        " persons FROM series_counts",
        (YEAR,),
    )
    owner.execute("ANALYZE series_counts")
    with step("有上一年时每天第一次检测", 0.85):
        look(BurstWatch())
    with step("紧急来件和三天三单", 0.95):
        notice_urgent(conn, watch)
        notice_many_cases(conn, watch)
    return TrendFigures(
        submissions=submissions,
        days=DAYS,
        rows=int(rows[0]),
        series=int(rows[1]),
        found=found,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        steps=tuple(steps),
    )
