"""History rows: appended in chains, sealed across cases, verified link by link."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from json import JSONEncoder
from typing import Any

from psycopg.rows import class_row, dict_row

from models.case import Case, CaseEvent
from models.database import Connection
from routing.events import GENESIS, NewEvent, case_digest, event_hash, reply_digest, seal_hash

_COLUMNS = "case_id, seq, at, actor, action, from_status, to_status, payload, prev_hash, hash"
# Writers hold it shared until they commit, a seal holds it alone: no event with a small id can appear behind a seal.
# Any constant will do.
_SEAL_LOCK = 0x5EA1
_encode = JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """`broken` names the first broken link in a sentence, None where all is whole."""

    events: int
    cases: int
    seals: int
    broken: str | None


def add_first_events(conn: Connection, batches: Sequence[Sequence[NewEvent]], *, actor: str) -> None:
    """The opening events of new cases, one sequence per case, written in one COPY. `actor` is in each event."""
    conn.execute("SELECT pg_advisory_xact_lock_shared(%s)", (_SEAL_LOCK,))
    with conn.cursor() as cur, cur.copy(f"COPY case_events ({_COLUMNS}) FROM STDIN") as copy:
        for events in batches:
            prev_hash = GENESIS
            for seq, event in enumerate(events, start=1):
                row = _row(event, seq, prev_hash)
                copy.write_row(row)
                prev_hash = row[-1]


def add_event(conn: Connection, event: NewEvent, *, actor: str) -> None:
    """The next event of an existing case. A second writer at the same time fails on (case_id, seq)."""
    conn.execute("SELECT pg_advisory_xact_lock_shared(%s)", (_SEAL_LOCK,))
    row = conn.execute(
        "SELECT seq, hash FROM case_events WHERE case_id = %s ORDER BY seq DESC LIMIT 1", (event.case_id,)
    ).fetchone()
    seq, prev_hash = (row[0] + 1, row[1]) if row else (1, GENESIS)
    conn.execute(
        f"INSERT INTO case_events ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        _row(event, seq, prev_hash),
    )


def _row(event: NewEvent, seq: int, prev_hash: bytes) -> tuple[Any, ...]:
    """The columns of an event in its place of the chain; the last one is its hash."""
    return (
        event.case_id,
        seq,
        event.at,
        event.actor,
        event.action,
        event.from_status,
        event.to_status,
        _encode(event.payload),
        prev_hash,
        event_hash(event, seq, prev_hash),
    )


def list_events(conn: Connection, case_id: int) -> list[CaseEvent]:
    with conn.cursor(row_factory=class_row(CaseEvent)) as cur:
        return cur.execute(
            f"SELECT id, {_COLUMNS} FROM case_events WHERE case_id = %s ORDER BY seq", (case_id,)
        ).fetchall()


def seal_events(conn: Connection, key: bytes, *, actor: str, now: datetime) -> int:
    """Seal what was written since the last seal; the number of events sealed (0: nothing new)."""
    conn.execute("SET LOCAL lock_timeout = '60s'")  # writers finish their batch first; a nightly job can wait
    conn.execute("SELECT pg_advisory_xact_lock(%s)", (_SEAL_LOCK,))
    last = conn.execute("SELECT to_event_id, hash FROM event_seals ORDER BY id DESC LIMIT 1").fetchone()
    after, prev_hash = (last[0], last[1]) if last else (0, GENESIS)
    rows = conn.execute("SELECT id, hash FROM case_events WHERE id > %s ORDER BY id", (after,)).fetchall()
    if rows:
        conn.execute(
            "INSERT INTO event_seals (sealed_at, from_event_id, to_event_id, event_count, prev_hash, hash)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (now, rows[0][0], rows[-1][0], len(rows), prev_hash, seal_hash(key, prev_hash, now, [r[1] for r in rows])),
        )
    return len(rows)


def verify_chains(conn: Connection, key: bytes) -> ChainReport:
    """Recompute every link and every seal, streaming; stops at the first broken one."""
    events = cases = 0
    broken: str | None = None
    with conn.cursor(name="verify_events", row_factory=class_row(CaseEvent)) as cur:
        cur.itersize = 5000
        cur.execute(f"SELECT id, {_COLUMNS} FROM case_events ORDER BY case_id, seq")
        case_id, seq, prev_hash = 0, 0, GENESIS
        for event in cur:
            events += 1
            if event.case_id != case_id:
                cases, case_id, seq, prev_hash = cases + 1, event.case_id, 0, GENESIS
            seq += 1
            broken = _broken_link(event, seq, prev_hash)
            if broken:
                break
            prev_hash = event.hash
    if broken is None:
        broken = _first_forged_case(conn) or _first_forged_reply(conn)
    seals, broken_seal = _verify_seals(conn, key)
    return ChainReport(events=events, cases=cases, seals=seals, broken=broken or broken_seal)


def _broken_link(event: CaseEvent, seq: int, prev_hash: bytes) -> str | None:
    where = f"工单内部编号 {event.case_id} 的第 {seq} 条记录"
    if event.seq != seq:
        return f"{where}缺失"
    if event.prev_hash != prev_hash:
        return f"{where}与上一条不衔接"
    same = NewEvent(
        case_id=event.case_id,
        at=event.at,
        actor=event.actor,
        action=event.action,
        from_status=event.from_status,
        to_status=event.to_status,
        payload=event.payload,
    )
    return None if event_hash(same, seq, prev_hash) == event.hash else f"{where}被改动"


def _first_forged_case(conn: Connection) -> str | None:
    """A case without events, or whose row is not the one its last event saw: history was cut, or a status, a due time
    or a completion was changed past the lifecycle."""
    columns = ", ".join(f"c.{f.name}" for f in fields(Case))
    with conn.cursor(name="verify_cases", row_factory=dict_row) as cur:
        cur.itersize = 5000
        cur.execute(
            f"SELECT {columns}, last.seq AS last_seq, last.payload->>'case' AS last_case"
            " FROM cases c LEFT JOIN LATERAL ("
            "  SELECT seq, payload FROM case_events e WHERE e.case_id = c.id ORDER BY seq DESC LIMIT 1"
            ") last ON true ORDER BY c.id"
        )
        for row in cur:
            last_seq, last_case = row.pop("last_seq"), row.pop("last_case")
            case = Case(**row)
            if last_seq != case.version or last_case != case_digest(case):
                return f"工单 {case.case_number} 与它的最后一条记录不符"
    return None


def _first_forged_reply(conn: Connection) -> str | None:
    """A reply that was changed, removed or slipped in: each has its digest in the event that recorded it."""
    with conn.cursor(name="verify_replies") as cur:
        cur.itersize = 5000
        cur.execute(
            "SELECT c.case_number, e.digest, r.body, r.public FROM"
            " (SELECT case_id, payload->>'reply' AS digest, row_number() OVER (PARTITION BY case_id ORDER BY seq) AS n"
            "  FROM case_events WHERE action = 'reply') e"
            " FULL JOIN (SELECT case_id, body, public, row_number() OVER (PARTITION BY case_id ORDER BY id) AS n"
            "  FROM replies) r USING (case_id, n) JOIN cases c ON c.id = case_id ORDER BY case_id, n"
        )
        for case_number, digest, body, public in cur:
            if body is None or digest != reply_digest(body, public):
                return f"工单 {case_number} 的答复与记录不符"
    return None


def _verify_seals(conn: Connection, key: bytes) -> tuple[int, str | None]:
    """How many seals hold, and which one is the first that does not. A seal covers every id up to its last, not only
    from its first: a line slipped into a gap that a rolled back transaction left is found too."""
    prev_hash, after, checked = GENESIS, 0, 0
    for seal_id, sealed_at, first, last, count, seal_prev, value in conn.execute(
        "SELECT id, sealed_at, from_event_id, to_event_id, event_count, prev_hash, hash FROM event_seals ORDER BY id"
    ).fetchall():
        hashes = [
            row[0]
            for row in conn.execute(
                "SELECT hash FROM case_events WHERE id > %s AND id <= %s ORDER BY id", (after, last)
            ).fetchall()
        ]
        if seal_prev != prev_hash or len(hashes) != count or seal_hash(key, prev_hash, sealed_at, hashes) != value:
            return checked, f"第 {seal_id} 个封存与记录不符（记录 {first}–{last}）"
        prev_hash, after, checked = value, last, checked + 1
    return checked, None
