"""Rows by which solved cases like a letter are found: its telling words, and for each word the solved cases that it
tells the most about."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.rows import class_row

from models.database import Connection
from nlp.alike.telling import Telling, term_of

_THOUSANDTHS = 1000
# Of each word so many cases are read, those it tells the most about; so many of the most promising are compared whole.
READ, COMPARED = 400, 100


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
            copy.write_row((submission_id, list(telling), list(telling.values())))


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
    """It has been reopened: it answers nothing any more."""
    conn.execute("DELETE FROM solved_terms WHERE submission_id = %s", (submission_id,))


def list_solved(
    conn: Connection, telling: Telling, *, department_id: str | None = None, but: int | None = None
) -> dict[int, Telling]:
    """The solved cases that share the most with these words, by submission id, with their own words; to be compared
    whole. Confidential cases are none of them. `department_id`: only cases that this unit has; `but`: not this one."""
    with conn.cursor(row_factory=class_row(_Row)) as cursor:
        rows = cursor.execute(
            """
            WITH found AS MATERIALIZED (
                SELECT p.submission_id, sum(p.weight * a.weight) AS score
                FROM unnest(%(terms)s::integer[], %(weights)s::real[]) AS a (term, weight)
                CROSS JOIN LATERAL (SELECT t.submission_id, t.weight FROM solved_terms t WHERE t.term = a.term
                                    ORDER BY t.weight DESC, t.submission_id DESC LIMIT %(read)s) p
                GROUP BY p.submission_id
                ORDER BY score DESC, p.submission_id DESC LIMIT %(compared)s)
            SELECT w.submission_id, w.words, w.weights
            FROM found JOIN cases c USING (submission_id) JOIN telling_words w USING (submission_id)
            WHERE c.status IN ('completed', 'closed') AND NOT c.confidential
              AND c.submission_id IS DISTINCT FROM %(but)s::bigint
              AND (%(department)s::text IS NULL OR EXISTS (
                  SELECT FROM assignments s
                  WHERE s.case_id = c.id AND s.ended_at IS NULL AND s.department_id = %(department)s::text))
            """,
            {
                "terms": list(map(term_of, telling)),
                "weights": list(telling.values()),
                "read": READ,
                "compared": COMPARED,
                "department": department_id,
                "but": but,
            },
        ).fetchall()
    return {row.submission_id: row.telling for row in rows}
