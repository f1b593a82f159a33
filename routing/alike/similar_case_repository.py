"""Rows by which solved cases like a letter are found: its telling words, and for each word the solved cases that have
it, most of them packed, the latest not yet."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from psycopg.rows import class_row

from models.database import Connection
from nlp.alike.postings import Postings, best_cases, pack, postings, unpack
from nlp.alike.telling import Telling, term_of

# Any constant will do; it only has to be ours.
_PACKING_LOCK = 0x50_41_43_4B
_THOUSANDTHS = 1000
# Of each word so many blocks are read, the heaviest: 25,600 cases. Of its latest cases, not packed yet, so many.
_BLOCKS, _LATEST = 16, 400
# So many of the most promising are asked for their state; within one unit, which has few of all cases, so many.
_ASKED, _ASKED_IN_UNIT = 200, 4000
# So many of those that may be shown are compared whole.
COMPARED = 60


@dataclass(frozen=True, slots=True)
class _Row:
    submission_id: int
    words: list[str]
    weights: list[float]

    @property
    def telling(self) -> dict[str, float]:
        return dict(zip(self.words, self.weights, strict=True))


def add_telling(conn: Connection, rows: Sequence[tuple[int, Telling]], *, actor: str) -> None:
    """Rows of (submission id, telling words), in one COPY."""
    with (
        conn.cursor() as cursor,
        cursor.copy("COPY telling_words (submission_id, words, weights) FROM STDIN") as copy,
    ):
        for submission_id, telling in rows:
            copy.write_row((submission_id, _text_array(telling), f"{{{','.join(map(str, telling.values()))}}}"))


def _text_array(words: Iterable[str]) -> str:
    """As COPY reads an array; psycopg would look at each word by itself."""
    quoted = '","'.join(word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return f'{{"{quoted}"}}' if quoted else "{}"


def list_telling(conn: Connection, submission_ids: Sequence[int]) -> dict[int, Telling]:
    """The telling words of these submissions, by submission id; absent where there are none."""
    with conn.cursor(row_factory=class_row(_Row)) as cursor:
        rows = cursor.execute(
            "SELECT submission_id, words, weights FROM telling_words WHERE submission_id = ANY(%s)",
            (list(submission_ids),),
        ).fetchall()
    return {row.submission_id: row.telling for row in rows}


def add_solved(conn: Connection, submission_id: int, *, actor: str) -> None:
    """The case of this submission may be found as a solved one from now on."""
    telling = list_telling(conn, [submission_id]).get(submission_id, {})
    weights = {term_of(word): round(weight * _THOUSANDTHS) for word, weight in telling.items()}
    conn.execute(
        "INSERT INTO solved_terms (term, weight, submission_id)"
        " SELECT term, weight, %s FROM unnest(%s::integer[], %s::smallint[]) AS t (term, weight)"
        " ON CONFLICT DO NOTHING",
        (submission_id, list(weights), list(weights.values())),
    )


def delete_solved(conn: Connection, submission_id: int, *, actor: str) -> None:
    """It has been reopened: it answers nothing any more. What is packed of it stays; the search looks at the state of
    each case."""
    conn.execute("DELETE FROM solved_terms WHERE submission_id = %s", (submission_id,))


def list_solved(
    conn: Connection, telling: Telling, *, department_id: str | None = None, but: int | None = None
) -> dict[int, Telling]:
    """The solved cases that share the most with these words, by submission id, with their own words; to be compared
    whole. Confidential cases are none of them. `department_id`: only cases that this unit has; `but`: not this one."""
    weights = {term_of(word): weight for word, weight in telling.items()}
    lists = [(weights[term], one) for term, one in _list_postings(conn, list(weights))]
    candidates = best_cases(lists, _ASKED if department_id is None else _ASKED_IN_UNIT)
    with conn.cursor(row_factory=class_row(_Row), binary=True) as cursor:
        rows = cursor.execute(
            """
            WITH shown AS MATERIALIZED (
                SELECT a.submission_id
                FROM unnest(%(candidates)s::bigint[]) WITH ORDINALITY AS a (submission_id, rank)
                JOIN cases c USING (submission_id)
                WHERE c.status IN ('completed', 'closed') AND NOT c.confidential AND c.parent_id IS NULL
                  AND c.submission_id IS DISTINCT FROM %(but)s::bigint
                  AND (%(department)s::text IS NULL OR EXISTS (
                      SELECT FROM assignments s
                      WHERE s.case_id = c.id AND s.ended_at IS NULL AND s.department_id = %(department)s::text))
                ORDER BY a.rank LIMIT %(compared)s)
            SELECT w.submission_id, w.words, w.weights FROM shown JOIN telling_words w USING (submission_id)
            """,
            {"candidates": candidates, "compared": COMPARED, "department": department_id, "but": but},
        ).fetchall()
    return {row.submission_id: row.telling for row in rows}


def list_latest_solved(conn: Connection) -> list[tuple[int, str]]:
    """Of the solved cases that may be shown those due last, with their topics ("" for none); from the end of an
    index."""
    return conn.execute(
        """
        SELECT submission_id, coalesce(topic_code, '') FROM (
            (SELECT submission_id, topic_code, due_at, id FROM cases
             WHERE status = 'completed' AND NOT confidential AND parent_id IS NULL AND merged_into IS NULL
             ORDER BY due_at DESC, id DESC LIMIT %(most)s)
            UNION ALL
            (SELECT submission_id, topic_code, due_at, id FROM cases
             WHERE status = 'closed' AND NOT confidential AND parent_id IS NULL AND merged_into IS NULL
             ORDER BY due_at DESC, id DESC LIMIT %(most)s)) latest
        ORDER BY due_at DESC, id DESC
        """,
        {"most": _LATEST // 4},
    ).fetchall()


def _list_postings(conn: Connection, terms: list[int]) -> list[tuple[int, Postings]]:
    """The packed lists of each term, and the latest; read at once, so that what is being packed is in one of them."""
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(
            """
            SELECT term, postings, NULL::bigint[], NULL::smallint[] FROM solved_blocks
            WHERE term = ANY(%(terms)s::integer[]) AND block < %(blocks)s
            UNION ALL
            SELECT a.term, NULL, l.ids, l.weights FROM unnest(%(terms)s::integer[]) AS a (term)
            CROSS JOIN LATERAL (
                SELECT array_agg(submission_id) AS ids, array_agg(weight) AS weights
                FROM (SELECT t.submission_id, t.weight FROM solved_terms t WHERE t.term = a.term
                      ORDER BY t.weight DESC, t.submission_id DESC LIMIT %(latest)s) latest) l
            WHERE l.ids IS NOT NULL
            """,
            {"terms": terms, "blocks": _BLOCKS, "latest": _LATEST},
        ).fetchall()
    return [
        (term, unpack([block]) if block is not None else postings(ids, [w / _THOUSANDTHS for w in weights]))
        for term, block, ids, weights in rows
    ]


def count_latest(conn: Connection, *, most: int) -> int:
    """How many rows wait to be packed; `most` at the most."""
    row = conn.execute("SELECT count(*) FROM (SELECT FROM solved_terms LIMIT %s) latest", (most,)).fetchone()
    return int(row[0]) if row else 0


def lock_packing(conn: Connection) -> bool:
    """Whether this transaction is the one that packs."""
    return conn.execute("SELECT pg_try_advisory_xact_lock(%s)", (_PACKING_LOCK,)).fetchone() == (True,)


def pack_latest(conn: Connection, *, after: int, terms: int, actor: str) -> int | None:
    """Pack what is not packed yet of the next `terms` terms after `after`; the last of them, None where there are no
    more. In the caller's transaction: what is cut off has not happened, what is done twice happens once."""
    row = conn.execute(
        "SELECT max(term) FROM (SELECT DISTINCT term FROM solved_terms WHERE term > %s ORDER BY term LIMIT %s) next",
        (after, terms),
    ).fetchone()
    last = row[0] if row else None
    if last is None:
        return None
    # who reopens a case waits for us, and we for nobody: no deadlock, and his rows are packed next time
    latest = conn.execute(
        """
        DELETE FROM solved_terms WHERE (term, weight, submission_id) IN (
            SELECT term, weight, submission_id FROM solved_terms WHERE term > %s AND term <= %s FOR UPDATE SKIP LOCKED)
        RETURNING term, submission_id, weight
        """,
        (after, last),
    ).fetchall()
    lists: defaultdict[int, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
    for term, submission_id, weight in latest:
        lists[term][0].append(submission_id)
        lists[term][1].append(weight / _THOUSANDTHS)
    _replace_blocks(conn, {term: postings(ids, weights) for term, (ids, weights) in lists.items()}, actor=actor)
    return int(last)


def _replace_blocks(conn: Connection, added: Mapping[int, Postings], *, actor: str) -> None:
    packed: defaultdict[int, list[bytes]] = defaultdict(list)
    with conn.cursor(binary=True) as cursor:
        for term, block in cursor.execute(
            "DELETE FROM solved_blocks WHERE term = ANY(%s) RETURNING term, postings", (list(added),)
        ):
            packed[term].append(block)
    with conn.cursor() as cursor, cursor.copy("COPY solved_blocks FROM STDIN BINARY") as copy:
        copy.set_types(["int4", "int2", "bytea"])
        for term, latest in added.items():
            for number, block in enumerate(pack([latest, unpack(packed[term])])):
                copy.write_row((term, number, block))
