"""Rows of learnt places: what letters say about where a name lies, what was learnt from it, what people withdrew."""

from collections.abc import Iterable
from datetime import datetime

from psycopg.rows import class_row

from models.database import Connection
from models.errors import NotFound
from routing.learning.learnt_places import LearntPlace, PlaceSighting

# A region is certain where the submitter chose it (`nlp.places.gazetteer` says so by this confidence) …
_CHOSEN = 0.98


def list_sightings(conn: Connection) -> list[PlaceSighting]:
    """Who wrote of which place in which region. The region is what the submitter chose, else that of the unit which
    completed the case. A choice that names the place itself would teach the program its own belief, and a text without
    a known submitter counts for nobody."""
    with conn.cursor(row_factory=class_row(PlaceSighting)) as cur:
        return cur.execute(
            "SELECT mention->>'text' AS name, mention->>'kind' AS kind, certain.region_code,"
            " s.submitter_key AS submitter, min(s.submitted_at) AS first_seen, max(s.submitted_at) AS last_seen"
            " FROM analyses a"
            " JOIN submissions s ON s.id = a.submission_id AND s.submitter_key IS NOT NULL"
            " LEFT JOIN cases c ON c.submission_id = s.id AND c.status IN ('completed', 'closed')"
            " AND c.parent_id IS NULL"
            " LEFT JOIN departments d ON d.id = c.lead_department_id"
            " CROSS JOIN LATERAL (SELECT CASE WHEN a.region_confidence >= %(chosen)s AND s.place <> ''"
            " THEN a.region_code ELSE d.region_code END AS region_code) certain"
            " CROSS JOIN LATERAL jsonb_array_elements(a.places) mention"
            " WHERE certain.region_code IS NOT NULL AND mention->>'kind' <> 'region'"
            " AND strpos(s.place, mention->>'text') = 0"
            " GROUP BY 1, 2, 3, 4",
            {"chosen": _CHOSEN},
        ).fetchall()


def list_learnt_places(conn: Connection, *, withdrawn: bool | None = False) -> list[LearntPlace]:
    """By name; those in use, with `withdrawn` those that people took back, with None all."""
    with conn.cursor(row_factory=class_row(LearntPlace)) as cur:
        return cur.execute(
            "SELECT name, kind, region_code, submitters, share, first_seen, last_seen, withdrawn_at, withdrawn_by"
            " FROM learnt_places WHERE %(withdrawn)s::boolean IS NULL OR (withdrawn_at IS NOT NULL) = %(withdrawn)s"
            " ORDER BY name",
            {"withdrawn": withdrawn},
        ).fetchall()


def replace_learnt_places(conn: Connection, places: Iterable[LearntPlace], *, actor: str) -> bool:
    """Keep what was learnt now and forget the rest, but not what people withdrew. Whether any name, kind or region in
    use is another one than before."""
    before = {(p.name, p.kind, p.region_code) for p in list_learnt_places(conn)}
    learnt = list(places)
    conn.execute(
        "DELETE FROM learnt_places WHERE withdrawn_at IS NULL AND NOT name = ANY(%s)", ([p.name for p in learnt],)
    )
    with conn.cursor() as cur:
        cur.executemany(
            "INSERT INTO learnt_places (name, kind, region_code, submitters, share, first_seen, last_seen)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, region_code = excluded.region_code,"
            " submitters = excluded.submitters, share = excluded.share, first_seen = excluded.first_seen,"
            " last_seen = excluded.last_seen WHERE learnt_places.withdrawn_at IS NULL",
            [(p.name, p.kind, p.region_code, p.submitters, p.share, p.first_seen, p.last_seen) for p in learnt],
        )
    return before != {(p.name, p.kind, p.region_code) for p in list_learnt_places(conn)}


def withdraw_learnt_place(conn: Connection, name: str, *, actor: str, now: datetime) -> None:
    """Never use or learn it again. Raises `NotFound` where none of that name is in use."""
    done = conn.execute(
        "UPDATE learnt_places SET withdrawn_at = %s, withdrawn_by = %s WHERE name = %s AND withdrawn_at IS NULL",
        (now, actor, name),
    )
    if done.rowcount == 0:
        raise NotFound("没有这个学到的地名。")
