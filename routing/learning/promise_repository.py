"""Rows of the promise: how many automatic dispatches may go wrong, and from which confidence on that holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from models.classifier import DispatchThresholds, LearningSettings
from models.database import Connection
from nlp.oversight.active_selection import RANDOM_SHARE
from routing.directory import DispatchPromise
from routing.learning.report_json import as_json

DEFAULT = LearningSettings(max_error=None, audit_share=RANDOM_SHARE)
_THRESHOLDS = "computed_at, classifier_version, max_error, pooled, by_stratum, report"


def get_learning_settings(conn: Connection) -> LearningSettings:
    with conn.cursor(row_factory=class_row(LearningSettings)) as cur:
        found = cur.execute("SELECT max_error, audit_share FROM learning_settings ORDER BY id DESC LIMIT 1").fetchone()
    return found or DEFAULT


def add_learning_settings(conn: Connection, settings: LearningSettings, *, actor: str, now: datetime) -> None:
    conn.execute(
        "INSERT INTO learning_settings (at, actor, max_error, audit_share) VALUES (%s, %s, %s, %s)",
        (now, actor, settings.max_error, settings.audit_share),
    )


def add_thresholds(conn: Connection, thresholds: DispatchThresholds, *, actor: str) -> None:
    conn.execute(
        f"INSERT INTO dispatch_thresholds ({_THRESHOLDS}) VALUES (%s, %s, %s, %s, %s, %s)",
        (
            thresholds.computed_at,
            thresholds.classifier_version,
            thresholds.max_error,
            thresholds.pooled,
            as_json(thresholds.by_stratum),
            as_json({**thresholds.report, "actor": actor}),
        ),
    )


def find_thresholds(
    conn: Connection, version: str, max_error: float, *, any_city: bool = False
) -> DispatchThresholds | None:
    """The newest computation for this classifier and this promise. What a classifier calls itself may end in what the
    city's directory adds to it; `any_city` takes any such ending."""
    with conn.cursor(row_factory=class_row(DispatchThresholds)) as cur:
        return cur.execute(
            f"SELECT {_THRESHOLDS} FROM dispatch_thresholds WHERE max_error = %(error)s"
            " AND (classifier_version = %(version)s OR %(any)s AND starts_with(classifier_version, %(version)s || '+'))"
            " ORDER BY id DESC LIMIT 1",
            {"version": version, "error": max_error, "any": any_city},
        ).fetchone()


def get_dispatch_promise(conn: Connection) -> DispatchPromise:
    """What routing goes by: of each classifier the newest thresholds for the promise of today, where they decide."""
    settings = get_learning_settings(conn)
    if settings.max_error is None:
        return DispatchPromise(audit_share=settings.audit_share)
    with conn.cursor(row_factory=class_row(DispatchThresholds)) as cur:
        rows = cur.execute(
            f"SELECT DISTINCT ON (classifier_version) {_THRESHOLDS} FROM dispatch_thresholds WHERE max_error = %s"
            " ORDER BY classifier_version, id DESC",
            (settings.max_error,),
        ).fetchall()
    return DispatchPromise(
        max_error=settings.max_error,
        audit_share=settings.audit_share,
        thresholds={row.classifier_version: row for row in rows if in_force(row.report)},
    )


def in_force(report: Mapping[str, Any]) -> bool:
    """Whether the computation had enough letters to decide anything; else the rules' minimum goes on."""
    return bool(report.get("in_force"))
