"""How do a million made cases come into an empty database within minutes? What was drawn of each comes by COPY; SQL
makes the rows of all tables of it, without their triggers, and the indexes are built afterwards.

The words of a case are those of its texts, joined as tsvectors: no text is read twice. The events are as many and as
long as real ones; their chains hold (seq, prev_hash) but are sealed by no digest of the case, since no list reads them.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import psycopg

from models.database import Connection

Progress = Callable[[str, float], None]
Owner = psycopg.Connection[tuple[object, ...]]
FILLED = ("submissions", "cases", "assignments", "case_search", "unit_clocks", "case_events", "first_dispatches")
_WITH_SEQUENCE = ("submissions", "cases", "assignments", "unit_clocks", "case_events")
_TOGETHER = 2


def fill_tables(
    dsn: str, pieces: Iterable[tuple[str, str, str]], drawn: Iterable[str], *, cases: int, on_progress: Progress
) -> None:
    """`dsn` is the owner's; `pieces` are title, body and words (text of a tsvector) of each text; `drawn` are lines of
    `_COPIED` as COPY takes them, in the order of the ids."""
    with _connect(dsn) as owner:
        # neither checkpoints in the middle, which write every page twice, nor somebody who cleans up behind
        owner.execute("ALTER SYSTEM SET max_wal_size = '6GB'")
        owner.execute("ALTER SYSTEM SET autovacuum = off")
        owner.execute("SELECT pg_reload_conf()")
        owner.execute(
            "CREATE UNLOGGED TABLE bench_piece (id integer PRIMARY KEY, title text, body text, words tsvector)"
        )
        with owner.cursor() as cur, cur.copy("COPY bench_piece FROM STDIN") as copy:
            for number, piece in enumerate(pieces):
                copy.write_row((number, *piece))
        owner.execute(_COPIED)
        with owner.cursor() as cur, cur.copy("COPY bench_copied FROM STDIN") as copy:
            for done, lines in enumerate(_batches(drawn, 20_000)):
                copy.write(lines)
                on_progress("抽取工单", min(0.15, 0.15 * done * 20_000 / cases))
        owner.execute(_DRAWN)
        owner.execute("DROP TABLE bench_copied")
        owner.execute("ANALYZE bench_piece, bench_drawn")
        indexes = _drop_indexes(owner)
        _at_once(dsn, _STATEMENTS, lambda share: on_progress("写入", 0.15 + 0.35 * share))
        owner.execute("DROP TABLE bench_piece, bench_drawn")
        _at_once(dsn, indexes, lambda share: on_progress("建索引", 0.5 + 0.35 * share))
        on_progress("统计", 0.85)
        for table in FILLED:
            owner.execute(f"VACUUM (ANALYZE) {table}".encode())
        for table in _WITH_SEQUENCE:
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            owner.execute(f"SELECT setval({sequence}, (SELECT max(id) FROM {table}))".encode())
        owner.execute("SELECT setval('receipt_number_seq', %s)", (cases + 1,))
        owner.execute("ALTER SYSTEM RESET ALL")
        owner.execute("SELECT pg_reload_conf()")
        owner.execute("CHECKPOINT")


def tidy_up(dsn: str) -> None:
    """Note which rows everybody sees, so that an index alone can tell of them: what the server does by itself where
    cases come one by one. It is done once the transaction beside which the tables were filled is over."""
    with psycopg.connect(dsn, autocommit=True) as owner:
        for table in FILLED:
            owner.execute(f"VACUUM {table}".encode())


def database_size(conn: Connection) -> int:
    """Bytes on disk, indexes included."""
    row = conn.execute("SELECT pg_database_size(current_database())").fetchone()
    return int(row[0]) if row else 0


def _connect(dsn: str) -> Owner:
    owner = psycopg.connect(dsn, autocommit=True)
    for setting in _SETTINGS:
        owner.execute(f"SET {setting}".encode())
    return owner


def _at_once(dsn: str, statements: Sequence[str], done: Callable[[float], None]) -> None:
    """Each on a connection of its own, two at a time, in their order."""

    def run(statement: str) -> None:
        with _connect(dsn) as owner:
            owner.execute(statement.encode())

    with ThreadPoolExecutor(_TOGETHER) as pool:
        for number, _ in enumerate(pool.map(run, statements), 1):
            done(number / len(statements))


def _drop_indexes(owner: Owner) -> list[str]:
    """The definitions of what was dropped; that of the words, which takes longest, first."""
    rows = owner.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i"
        " WHERE indrelid = ANY(%s::regclass[])"
        " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
        (list(FILLED),),
    ).fetchall()
    rows.sort(key=lambda row: " USING gin " not in str(row[1]))
    for name, _ in rows:
        owner.execute(f"DROP INDEX {name}".encode())
    return [str(definition) for _, definition in rows]


def _batches(lines: Iterable[str], size: int) -> Iterable[str]:
    batch: list[str] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield "".join(batch)
            batch = []
    yield "".join(batch)


# `replica`: neither triggers nor foreign keys; what is made here is as the program would make it.
_SETTINGS: Sequence[str] = (
    "session_replication_role = replica",
    "maintenance_work_mem = '1GB'",
    "work_mem = '256MB'",
    "synchronous_commit = off",
    "jit = off",
    "timezone = 'Asia/Shanghai'",
)
# `days` to its due day, `late`: when it was done, in shares of that time.
_COPIED = """
    CREATE UNLOGGED TABLE bench_copied (
        id bigint, number text, submitted timestamptz, days integer, late double precision, status case_status,
        topic text, region text, lead text, helper text, channel channel, kind appeal_type, sentiment sentiment,
        emotion emotion, urgency urgency, confidential boolean, key bytea,
        first integer, second integer, third integer, fourth integer, block text)
"""
_DRAWN = """
    CREATE UNLOGGED TABLE bench_drawn AS
    SELECT c.*, (submitted::date + days + 1)::timestamptz AS due,
           CASE WHEN status <> 'triage' THEN submitted + interval '10 minutes' END AS dispatched,
           CASE WHEN status NOT IN ('triage', 'dispatched') THEN submitted + interval '5 hours' END AS signed,
           CASE WHEN status IN ('completed', 'closed')
               THEN submitted + interval '6 hours' + late * days * interval '1 day' END AS completed
    FROM bench_copied c
"""
_EVENTS = """
    INSERT INTO case_events (case_id, seq, at, actor, action, from_status, to_status, payload, prev_hash, hash)
    SELECT d.id, row_number() OVER (PARTITION BY d.id ORDER BY e.step), e.at, 'bench', e.action, e.before, e.after,
           e.payload, sha256(int8send(d.id * 10 + e.step - 1)), sha256(int8send(d.id * 10 + e.step))
    FROM bench_drawn d CROSS JOIN LATERAL (VALUES
        (1, d.submitted, 'open'::case_action, NULL::case_status, 'triage'::case_status,
         jsonb_build_object('channel', d.channel, 'appeal_type', d.kind, 'topic_code', d.topic, 'triage_reason', NULL)),
        (2, d.dispatched, 'dispatch', 'triage', 'dispatched',
         jsonb_build_object('lead', d.lead, 'previous_lead', NULL, 'due_at', d.due, 'co_handling',
                            array_remove(ARRAY[nullif(d.helper, d.lead)], NULL))),
        (3, d.signed, 'acknowledge', 'dispatched', 'in_progress', jsonb_build_object('department', d.lead)),
        (4, d.completed, 'complete', 'in_progress', 'completed', jsonb_build_object('result', 'solved')),
        (5, CASE WHEN d.status = 'closed' THEN d.completed + interval '1 day' END, 'close', 'completed', 'closed',
         '{}'::jsonb)) AS e(step, at, action, before, after, payload)
    WHERE e.at IS NOT NULL
"""
# The longest first.
_STATEMENTS = (
    """
    INSERT INTO case_search (case_id, words, text)
    SELECT d.id, p.words || q.words || r.words || s.words || d.block::tsvector,
           concat_ws(E'\\n', p.title, p.body, q.body, r.body, s.body)
    FROM bench_drawn d
    JOIN bench_piece p ON p.id = d.first JOIN bench_piece q ON q.id = d.second
    JOIN bench_piece r ON r.id = d.third JOIN bench_piece s ON s.id = d.fourth
    """,
    _EVENTS,
    """
    INSERT INTO submissions (id, receipt_number, channel, source, identity, content_hash, title, body, submitted_at,
        received_at, submitter_key, state) OVERRIDING SYSTEM VALUE
    SELECT d.id, d.number, d.channel, 'bench', sha256(int8send(d.id)), '', p.title,
           concat_ws(E'\\n', p.body, q.body, r.body, s.body), d.submitted, d.submitted, d.key, 'processed'
    FROM bench_drawn d
    JOIN bench_piece p ON p.id = d.first JOIN bench_piece q ON q.id = d.second
    JOIN bench_piece r ON r.id = d.third JOIN bench_piece s ON s.id = d.fourth
    """,
    """
    INSERT INTO cases (id, case_number, submission_id, channel, title, status, appeal_type, topic_code, region_code,
        sentiment, urgency, confidential, lead_department_id, triage_reason, submitted_at, received_at, opened_at,
        dispatched_at, acknowledged_at, completed_at, completion_result, closed_at, due_date, due_at, due_basis,
        version, emotion, negative_aspects, merged_into) OVERRIDING SYSTEM VALUE
    SELECT d.id, d.number, d.id, d.channel, p.title, d.status, d.kind, d.topic, d.region, d.sentiment, d.urgency,
           d.confidential, d.lead, CASE WHEN d.lead IS NULL THEN '把握不足' ELSE '' END, d.submitted, d.submitted,
           d.submitted, d.dispatched, d.signed, d.completed,
           CASE WHEN d.completed IS NOT NULL THEN 'solved'::completion_result END,
           CASE WHEN d.status = 'closed' THEN d.completed + interval '1 day' END,
           d.due::date - 1, d.due, '', 2, d.emotion,
           CASE WHEN d.sentiment = 'negative' THEN '["reply"]' ELSE '[]' END::jsonb,
           CASE WHEN d.completed IS NOT NULL AND d.id % 200 = 0 THEN d.id - 1 END
    FROM bench_drawn d JOIN bench_piece p ON p.id = d.first
    """,
    """
    INSERT INTO unit_clocks (case_id, department_id, kind, started_at, due_at, basis, met_at)
    SELECT d.id, d.lead, k.kind, d.dispatched, d.dispatched + k.time, '自派单起算', d.signed
    FROM bench_drawn d CROSS JOIN LATERAL (VALUES
        ('acknowledge'::unit_clock_kind, interval '1 day'), ('contact', interval '2 days')) AS k(kind, time)
    WHERE d.lead IS NOT NULL
    """,
    """
    INSERT INTO assignments (case_id, department_id, role, assigned_at)
    SELECT d.id, d.lead, 'lead'::assignment_role, d.dispatched FROM bench_drawn d WHERE d.lead IS NOT NULL
    UNION ALL
    SELECT d.id, d.helper, 'co_handling', d.dispatched FROM bench_drawn d
    WHERE d.lead IS NOT NULL AND d.helper IS NOT NULL AND d.helper <> d.lead
    """,
    """
    INSERT INTO first_dispatches (case_id, department_id, source, at)
    SELECT d.id, d.lead, (ARRAY['rule', 'model', 'person'])[1 + d.id % 3]::dispatch_source, d.dispatched
    FROM bench_drawn d WHERE d.lead IS NOT NULL
    """,
)
