"""What are the figures of a report when they are counted again from the rows? Not from the daily facts, one by one."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from dashboards.briefs.document import Document
from dashboards.briefs.figures import COUNTED, Figure, change_text, interval_text, points_text, share_text, without_text
from dashboards.daily_facts.facts import fetch_rows
from models.database import Connection


def recount(conn: Connection, document: Document, *, zone: ZoneInfo) -> dict[str, str]:
    """By figure its text as it would be printed from the rows as they are now, at the moment of the report; "" where
    there is nothing left to divide by."""
    counts: dict[str, int] = {}
    seen: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}
    for figure in document.figures:
        if figure.how not in COUNTED:
            continue
        key = figure.how, tuple(sorted(figure.select.items()))
        if key not in seen:
            seen[key] = _count(conn, document, figure, zone)
        counts[figure.id] = seen[key]
    return {figure.id: find_text(figure, counts) for figure in document.figures}


def find_text(figure: Figure, counts: Mapping[str, int]) -> str:
    """A figure as it is printed when the counts that it is made of are these. Pure."""
    if figure.how in COUNTED:
        return f"{counts[figure.id]:,}"
    given = [counts[id_] for id_ in figure.of]
    try:
        if figure.how == "share":
            return share_text(given[0], given[1])
        if figure.how == "change":
            return change_text(given[0], given[1], figure.flat)
        if figure.how == "without":
            return without_text(given[0], given[1], given[2], given[3])
        if figure.how == "interval":
            return interval_text(given[0], given[1])
        return points_text(given[0], given[1], given[2], given[3])
    except ValueError:
        return ""


def _count(conn: Connection, document: Document, figure: Figure, zone: ZoneInfo) -> int:
    select = figure.select
    if figure.how == "cases":
        criteria = Jsonb(dict(select) | {"zone": zone.key})
        [row] = fetch_rows(conn, "brief_count", {"as_of": document.as_of, "criteria": criteria})
        return int(row["value"])
    if figure.how == "left_out":
        criteria = Jsonb({n: v for n, v in select.items() if n != "metric"} | {"zone": zone.key})
        asked = {"as_of": document.as_of, "criteria": criteria, "metric": select["metric"]}
        return sum(int(row["value"]) for row in fetch_rows(conn, "excluded", asked))
    given: dict[str, Any] = {"issue": int(select["issue_id"]), "channel": select.get("channel"), "zone": zone.key}
    given |= {name: date.fromisoformat(select[name]) for name in ("first", "last")}
    [row] = fetch_rows(conn, "brief_voices", given)
    return int(row[select["count"]])
