"""The main job: claim stored submissions, analyse them, open and dispatch their cases. One batch, one transaction.

The row is the job. A batch that is cut off rolls back whole and its rows are claimed again; `FOR UPDATE SKIP LOCKED`
lets any number of workers share the queue without doing a letter twice.
"""

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from intake import repository as submissions_repository
from models.account import SYSTEM_ACTOR
from models.analysis import Analyser, AnalyserInput, Analysis
from models.database import Connection
from models.submission import Submission
from routing import analysis_repository
from routing.alike.alike import link_batch
from routing.directory import Directory
from routing.issues.issues import IssueMemory, join_batch
from routing.learning import shadow_repository
from routing.learning.labels import draw_audit
from routing.opening import open_cases

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """Counts of one batch; for the benchmark, by step (claim, analyse, open, mark, link, join), the `seconds` it took
    and `computing`, the seconds of them that this thread used a processor: the rest is the database, and waiting."""

    processed: int = 0
    cases: int = 0
    dispatched: int = 0
    triage: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    computing: dict[str, float] = field(default_factory=dict)


def process_batch(
    conn: Connection,
    analyser: Analyser,
    directory: Directory,
    *,
    actor: str = SYSTEM_ACTOR,
    now: datetime,
    zone: ZoneInfo,
    limit: int,
    issues: IssueMemory | None = None,
) -> BatchResult:
    """Process up to `limit` pending submissions in the caller's transaction; `processed == 0` means none was free.

    `issues` is what this process remembers of the issues between its batches; without it they are read anew.
    """
    marks = [_clocks()]
    claimed = submissions_repository.claim_pending(conn, limit)
    if not claimed:
        return BatchResult()
    marks.append(_clocks())
    analyses = analyse_all(analyser, claimed, zone)
    marks.append(_clocks())
    items = list(zip(claimed, analyses, strict=True))
    analysis_repository.add_analyses(conn, [(s.id, a) for s, a in items], actor=actor, now=now)
    opened = open_cases(
        conn, [(s, a) for s, a in items if s.channel.opens_case], directory, actor=actor, now=now, zone=zone
    )
    marks.append(_clocks())
    ids = [s.id for s in claimed]
    draw_audit(conn, ids, directory, actor=actor, now=now)
    shadow_repository.add_to_queue(conn, ids, actor=actor)
    submissions_repository.mark_processed(conn, ids, actor=actor)
    marks.append(_clocks())
    # last: these take locks that other batches wait for
    link_batch(conn, items, actor=actor, now=now)
    marks.append(_clocks())
    join_batch(conn, items, directory, issues or IssueMemory(), actor=actor, now=now, zone=zone)
    marks.append(_clocks())
    steps = list(zip(("claim", "analyse", "open", "mark", "link", "join"), pairwise(marks), strict=True))
    return BatchResult(
        processed=len(claimed),
        cases=opened.cases,
        dispatched=opened.dispatched,
        triage=opened.triage,
        seconds={name: end[0] - start[0] for name, (start, end) in steps},
        computing={name: end[1] - start[1] for name, (start, end) in steps},
    )


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.thread_time()


def analyse_all(analyser: Analyser, submissions: list[Submission], zone: ZoneInfo) -> list[Analysis]:
    """One analysis per submission; `zone` tells on which day it was written. A text that breaks the analyser must not
    hold up the others, nor be lost: it is found by halving the batch and goes to a person as "unknown"."""
    inputs = [
        AnalyserInput(
            title=s.title,
            body=s.body,
            channel=s.channel.value,
            place=s.place,
            declared_appeal_type=s.declared_appeal_type,
            written_on=s.submitted_at.astimezone(zone).date(),
        )
        for s in submissions
    ]
    return _analyse(analyser, submissions, inputs)


def _analyse(analyser: Analyser, submissions: list[Submission], inputs: list[AnalyserInput]) -> list[Analysis]:
    try:
        return analyser.analyse(inputs)
    except Exception:  # whatever a text can do to an analyser, the letter still becomes a case
        if len(inputs) == 1:
            logger.exception("analysis failed for submission %s; it goes to triage", submissions[0].id)
            return [Analysis.unknown("analysis-failed")]
        half = len(inputs) // 2
        return _analyse(analyser, submissions[:half], inputs[:half]) + _analyse(
            analyser, submissions[half:], inputs[half:]
        )
