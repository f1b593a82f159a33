"""Rows by which copies of a text are found, and the links between submissions.

Entries are written under one lock (`lock_entries`), held until the commit: who holds it sees the entries of everybody
before him, and nobody can have looked without seeing and not yet written. So of two copies in two batches at the same
time, one is always found by the other, whichever commits first. The lock is taken last and held for some milliseconds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from models.database import Connection
from models.link import SubmissionLink

# Any constants will do; they only have to be ours.
_ENTRIES_LOCK, _FILLING_LOCK = 0x41_4C_49_4B, 0x46_49_4C_4C
# Of a key that more texts have only so many are read, the newest: a flood of one template makes no query slow.
NEWEST = 128
# So many earlier texts are compared whole, those that share the most.
COMPARED = 8
# Of one person so many letters are compared, the latest.
OF_ONE_PERSON = 50


@dataclass(frozen=True, slots=True)
class Text:
    """A stored text to compare. `content_hash` is equal for texts that say word for word the same."""

    id: int
    title: str
    body: str
    content_hash: bytes
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class PersonsPair:
    """Two submissions of one person, the first one asked about, with what each is about."""

    id: int
    submitted_at: datetime
    topic_code: str | None
    words: list[str]
    weights: list[float]
    other_id: int
    other_submitted_at: datetime
    other_topic_code: str | None
    other_words: list[str]
    other_weights: list[float]


def lock_entries(conn: Connection) -> None:
    """Until the end of the transaction nobody else adds signatures."""
    conn.execute("SELECT pg_advisory_xact_lock(%s)", (_ENTRIES_LOCK,))


def get_last_entry(conn: Connection) -> int:
    """The newest entry that this transaction sees; 0 where there is none."""
    row = conn.execute("SELECT coalesce(max(entry), 0) FROM near_signatures").fetchone()
    return int(row[0]) if row else 0


def list_sharing(conn: Connection, asked: Iterable[tuple[int, int, int]], *, least: int) -> list[tuple[int, int, int]]:
    """`asked` are (number, key, weight). For each number the texts whose shared keys weigh at least `least` together:
    (number, submission id, weight), the best `COMPARED` of each number, the heaviest and then the oldest first."""
    rows = list(asked)
    if not rows:
        return []
    numbers, keys, weights = map(list, zip(*rows, strict=True))
    return conn.execute(
        """
        SELECT number, s.submission_id, weight
        FROM (SELECT number, entry, weight, row_number() OVER (PARTITION BY number ORDER BY weight DESC, entry) AS rank
              FROM (SELECT a.number, n.entry, sum(a.weight)::integer AS weight
                    FROM unnest(%(numbers)s::integer[], %(keys)s::bigint[], %(weights)s::integer[])
                        AS a (number, key, weight)
                    CROSS JOIN LATERAL (SELECT k.entry FROM near_keys k WHERE k.key = a.key
                                        ORDER BY k.entry DESC LIMIT %(newest)s) n
                    GROUP BY a.number, n.entry
                    HAVING sum(a.weight) >= %(least)s) shared) ranked
        JOIN near_signatures s USING (entry)
        WHERE rank <= %(compared)s
        ORDER BY number, rank
        """,
        {
            "numbers": _number_array(numbers),
            "keys": _number_array(keys),
            "weights": _number_array(weights),
            "least": least,
            "newest": NEWEST,
            "compared": COMPARED,
        },
    ).fetchall()


def list_entries_after(conn: Connection, entry: int) -> list[tuple[int, list[int]]]:
    """(submission id, keys) of what was added after `entry`, in that order."""
    return conn.execute(
        "SELECT submission_id, keys FROM near_signatures WHERE entry > %s ORDER BY entry", (entry,)
    ).fetchall()


def lock_filling(conn: Connection) -> bool:
    """Whether this transaction is the one that fills in what older versions did not keep."""
    return conn.execute("SELECT pg_try_advisory_xact_lock(%s)", (_FILLING_LOCK,)).fetchone() == (True,)


def list_unsigned(conn: Connection, *, after: int, limit: int) -> list[int]:
    """Submissions that were analysed before signatures were kept, by id, from the first one after `after`."""
    rows = conn.execute(
        "SELECT a.submission_id FROM analyses a WHERE a.submission_id > %s"
        " AND NOT EXISTS (SELECT FROM near_signatures n WHERE n.submission_id = a.submission_id)"
        " ORDER BY a.submission_id LIMIT %s",
        (after, limit),
    ).fetchall()
    return [row[0] for row in rows]


def list_origins(conn: Connection, submission_ids: Sequence[int]) -> list[tuple[int, int]]:
    """(submission id, earlier id) of what these texts are copies of themselves."""
    return conn.execute(
        "SELECT submission_id, earlier_id FROM submission_links"
        " WHERE submission_id = ANY(%s) AND kind <> 'same_person'",
        (list(submission_ids),),
    ).fetchall()


def list_texts(conn: Connection, submission_ids: Sequence[int]) -> dict[int, Text]:
    """By id; unknown ids are absent."""
    with conn.cursor(row_factory=class_row(Text)) as cursor:
        rows = cursor.execute(
            "SELECT id, title, body, content_hash, submitted_at FROM submissions WHERE id = ANY(%s)",
            (list(submission_ids),),
        ).fetchall()
    return {row.id: row for row in rows}


def add_signatures(conn: Connection, rows: Sequence[tuple[int, list[int]]], *, actor: str) -> None:
    """Rows of (submission id, keys). Only under `lock_entries`; texts that are here already stay as they are."""
    conn.execute(
        """
        WITH given AS (
            SELECT id, array_agg(key) AS keys
            FROM unnest(%(ids)s::bigint[], %(keys)s::bigint[]) AS g (id, key) GROUP BY id),
        added AS (
            INSERT INTO near_signatures (submission_id, keys) SELECT id, keys FROM given ORDER BY id
            ON CONFLICT (submission_id) DO NOTHING RETURNING entry, keys)
        INSERT INTO near_keys (key, entry) SELECT DISTINCT key, entry FROM added, unnest(added.keys) AS u (key)
        """,
        {
            "ids": _number_array(submission_id for submission_id, keys in rows for _ in keys),
            "keys": _number_array(key for _, keys in rows for key in keys),
        },
    )


def list_persons_pairs(conn: Connection, submission_ids: Sequence[int], *, within: timedelta) -> list[PersonsPair]:
    """Each of these with what the same person sent up to `within` before or after it and has been analysed."""
    with conn.cursor(row_factory=class_row(PersonsPair)) as cursor:
        return cursor.execute(
            """
            SELECT s.id, s.submitted_at, a.topic_code, w.words, w.weights, o.id AS other_id,
                o.submitted_at AS other_submitted_at, oa.topic_code AS other_topic_code, ow.words AS other_words,
                ow.weights AS other_weights
            FROM submissions s
            JOIN telling_words w ON w.submission_id = s.id
            JOIN analyses a ON a.submission_id = s.id
            CROSS JOIN LATERAL (
                SELECT e.id, e.submitted_at FROM submissions e
                WHERE e.submitter_key = s.submitter_key AND e.id <> s.id
                  AND e.submitted_at BETWEEN s.submitted_at - %(within)s AND s.submitted_at + %(within)s
                ORDER BY e.submitted_at DESC, e.id DESC LIMIT %(most)s) o
            JOIN telling_words ow ON ow.submission_id = o.id
            JOIN analyses oa ON oa.submission_id = o.id
            WHERE s.id = ANY(%(ids)s) AND s.submitter_key IS NOT NULL
            """,
            {"ids": list(submission_ids), "within": within, "most": OF_ONE_PERSON},
        ).fetchall()


def add_links(conn: Connection, links: Sequence[SubmissionLink], *, actor: str) -> None:
    """A link that is here already stays as it is. A matter that somebody came back with was not solved
    (returned_matters): the numbers of the earlier case are counted anew."""
    if not links:
        return
    conn.execute(
        """
        INSERT INTO submission_links (submission_id, earlier_id, kind, score, certain, evidence, found_at)
        SELECT n.submission_id, n.earlier_id, n.kind::link_kind, n.score, n.certain, n.evidence, n.found_at
        FROM jsonb_to_recordset(%s) AS n (submission_id bigint, earlier_id bigint, kind text, score real,
                                          certain boolean, evidence jsonb, found_at timestamptz)
        ON CONFLICT DO NOTHING
        """,
        (Jsonb([_as_json(link) for link in links]),),
    )
    conn.execute(
        "INSERT INTO stale_facts SELECT DISTINCT 'c'::\"char\", id FROM cases WHERE submission_id = ANY(%s)",
        ([link.earlier_id for link in links if link.certain],),
    )


def list_links(conn: Connection, submission_id: int, *, limit: int) -> list[SubmissionLink]:
    """What this one is linked with, earlier and later; the certain, the most alike, the oldest first."""
    with conn.cursor(row_factory=class_row(SubmissionLink)) as cursor:
        return cursor.execute(
            """
            SELECT submission_id, earlier_id, kind, score, certain, evidence, found_at
            FROM ((SELECT * FROM submission_links WHERE submission_id = %(id)s)
                  UNION ALL
                  (SELECT * FROM submission_links WHERE earlier_id = %(id)s ORDER BY submission_id LIMIT %(limit)s)) l
            ORDER BY certain DESC, score DESC, submission_id, earlier_id, kind LIMIT %(limit)s
            """,
            {"id": submission_id, "limit": limit},
        ).fetchall()


def count_links(conn: Connection, submission_id: int) -> int:
    """How many other submissions this one is linked with."""
    row = conn.execute(
        "SELECT count(DISTINCT submission_id + earlier_id) FROM submission_links"
        " WHERE submission_id = %(id)s OR earlier_id = %(id)s",
        {"id": submission_id},
    ).fetchone()
    return int(row[0]) if row else 0


def _as_json(link: SubmissionLink) -> dict[str, object]:
    return {
        "submission_id": link.submission_id,
        "earlier_id": link.earlier_id,
        "kind": link.kind.value,
        "score": link.score,
        "certain": link.certain,
        "evidence": dict(link.evidence),
        "found_at": link.found_at.isoformat(),
    }


def _number_array(numbers: Iterable[int]) -> str:
    """As the database reads an array: thousands of numbers, of which psycopg would ask each for its size."""
    return f"{{{','.join(map(str, numbers))}}}"
