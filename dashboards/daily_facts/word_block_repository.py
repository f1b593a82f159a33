"""Rows of the words of days: which days are to be laid out, what their cases say, and the blocks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dashboards.daily_facts.fact_projections import CASES, Kind
from dashboards.daily_facts.word_blocks import BLOCK_COLUMNS, CODED, Block
from models.database import Connection

# A keyword that is longer is none, and an index has no room for any length.
_LONGEST_WORD = 64


@dataclass(frozen=True, slots=True)
class SpokenCase:
    """A case as it is read: `codes` of CODED, `person` the key of who wrote it."""

    county: str
    main_topic: str
    codes: tuple[str, ...]
    person: bytes
    words: list[str]


def note_stale_days(conn: Connection, kind: Kind, ids: Sequence[int], *, actor: str) -> None:
    """The days of these cases or submissions, as the facts know them."""
    conn.execute(
        "INSERT INTO stale_word_days SELECT DISTINCT day FROM fact_rows WHERE kind = %s AND id = ANY(%s)"
        " ON CONFLICT DO NOTHING",
        (kind, [*ids]),
    )


def delete_word_days(conn: Connection, *, actor: str) -> None:
    """All: they are laid out anew one after the other."""
    conn.execute("DELETE FROM word_days")
    conn.execute("DELETE FROM stale_word_days")


def list_days_to_lay_out(
    conn: Connection,
    projection: int,
    place: int,
    *,
    recent: date,
    made_before: datetime,
    older_before: datetime,
    limit: int,
) -> list[date]:
    """Days with cases (by the sums of `projection`, of which `place` counts them) that are not laid out, newest first;
    then those that changed, from `recent` on where they were laid out before `made_before`, others before
    `older_before`: who waits longest first."""
    rows = conn.execute(
        "SELECT day FROM (SELECT period AS day, NULL::timestamptz AS made_at FROM fact_cells c"
        " WHERE projection = %(projection)s AND counts[%(place)s] > 0"
        " AND NOT EXISTS (SELECT FROM word_days d WHERE d.day = c.period)"
        " UNION SELECT s.day, d.made_at FROM stale_word_days s JOIN word_days d USING (day)"
        " WHERE d.made_at < CASE WHEN s.day >= %(recent)s THEN %(made_before)s ELSE %(older_before)s END) days"
        " ORDER BY made_at NULLS FIRST, day DESC LIMIT %(limit)s",
        {
            "projection": projection,
            "place": place,
            "recent": recent,
            "made_before": made_before,
            "older_before": older_before,
            "limit": limit,
        },
    ).fetchall()
    return [day for (day,) in rows]


def list_spoken(conn: Connection, day: date, place: int) -> list[SpokenCase]:
    """What the cases of a day say that count as received (`place` in their counts): of the keywords those that stand in
    the masked text. A case without an analysis says nothing."""
    rows = conn.execute(
        f"SELECT r.county, r.main_topic, {', '.join(f'r.{name}' for name in CODED)},"
        " coalesce(s.submitter_key, int8send(s.id)),"
        " ARRAY(SELECT DISTINCT k->>'word' FROM jsonb_array_elements(a.keywords) k"
        f" WHERE strpos(x.text, lower(k->>'word')) > 0 AND length(k->>'word') <= {_LONGEST_WORD})"
        " FROM fact_rows r JOIN cases c ON c.id = r.id JOIN submissions s ON s.id = c.submission_id"
        " JOIN analyses a ON a.submission_id = c.submission_id JOIN case_search x ON x.case_id = c.id"
        " WHERE r.kind = %s AND r.day = %s AND r.counts[%s] > 0 ORDER BY r.id".encode(),
        (CASES, day, place),
    ).fetchall()
    return [
        SpokenCase(county, main_topic, tuple(codes), bytes(person), words)
        for county, main_topic, *codes, person, words in rows
    ]


def number_words(conn: Connection, words: Iterable[str], *, actor: str) -> dict[str, int]:
    """The numbers of these words, given to those that have none. Whoever calls it holds the lock of the facts."""
    wanted = sorted(set(words))
    # not ON CONFLICT: each word that is known would use up a number
    conn.execute(
        "INSERT INTO word_codes (word) SELECT w.word FROM unnest(%s::text[]) AS w(word)"
        " WHERE NOT EXISTS (SELECT FROM word_codes c WHERE c.word = w.word)",
        (wanted,),
    )
    rows = conn.execute("SELECT word, number FROM word_codes WHERE word = ANY(%s)", (wanted,)).fetchall()
    return {word: number for word, number in rows}


def list_words(conn: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """The words of these numbers."""
    rows = conn.execute("SELECT number, word FROM word_codes WHERE number = ANY(%s)", ([*numbers],)).fetchall()
    return {number: word for number, word in rows}


def replace_day(
    conn: Connection,
    day: date,
    blocks: Mapping[tuple[str, str], tuple[int, Mapping[str, bytes]]],
    *,
    actor: str,
    now: datetime,
) -> None:
    """`blocks` by county and first-level topic ('', '': of all): how many cases, and their columns."""
    conn.execute("DELETE FROM word_days WHERE day = %s", (day,))
    conn.execute("DELETE FROM stale_word_days WHERE day = %s", (day,))
    conn.execute("INSERT INTO word_days (day, made_at) VALUES (%s, %s)", (day, now))
    with conn.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO word_blocks (day, county, main_topic, size, {', '.join(BLOCK_COLUMNS)})"
            f" VALUES (%s, %s, %s, %s{', %s' * len(BLOCK_COLUMNS)})".encode(),
            [
                (day, *place, size, *(columns[name] for name in BLOCK_COLUMNS))
                # a topic's blocks lie together: it is found in more days than a county is
                for place, (size, columns) in sorted(blocks.items(), key=lambda block: block[0][::-1])
            ],
        )


def is_laid_out(conn: Connection, projection: int, place: int, first: date, last: date) -> bool:
    """Whether every day with cases from `first` to `last` is."""
    row = conn.execute(
        "SELECT EXISTS (SELECT FROM fact_cells c WHERE projection = %s AND period BETWEEN %s AND %s"
        " AND counts[%s] > 0 AND NOT EXISTS (SELECT FROM word_days d WHERE d.day = c.period))",
        (projection, first, last, place),
    ).fetchone()
    return row == (False,)


def read_blocks(
    conn: Connection, first: date, last: date, names: Sequence[str], among: Mapping[str, Sequence[str]]
) -> Iterator[Block]:
    """Those of the days from `first` to `last`, the newest first, with the columns `names`; `among`: of some counties,
    some first-level topics alone."""
    # '' is of all
    given: dict[str, Any] = {"first": first, "last": last} | {name: ["", *codes] for name, codes in among.items()}
    chosen = "".join(f" AND {name} = ANY(%({name})s::text[])" for name in among)
    columns = ["person", *names, "length", "words"]
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(
            f"SELECT day, size, {', '.join(columns)} FROM word_blocks"
            f" WHERE day BETWEEN %(first)s AND %(last)s{chosen} ORDER BY day DESC, main_topic, county".encode(),
            given,
        ).fetchall()
    for day, size, *data in rows:
        yield Block(day, size, dict(zip(columns, data, strict=True)))
