"""History cannot be changed by the program, and whoever changes it with the whole database in hand is found out."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from models.case import Case, CaseAction, CaseEvent
from models.database import Connection, connect
from routing import lifecycle
from routing.directory_repository import load_directory
from routing.event_repository import ChainReport, list_events, seal_events, verify_chains
from routing.events import GENESIS, NewEvent, case_digest, event_hash
from tests import factories
from tests.factories import KEYS, NOW

APPEND_ONLY = ("case_events", "event_seals", "administration_events")


@dataclass(frozen=True)
class History:
    """`finished` and `waiting` are sealed (seal 1), then `finished` is closed (seal 2); `running` is not sealed yet.
    `gap` is an event id that a rolled back transaction left unused between the two."""

    finished: Case
    waiting: Case
    running: Case
    gap: int


@pytest.fixture(scope="module")
def history(city_dsn: str) -> History:
    with contextlib.closing(connect(city_dsn)) as conn:
        directory = load_directory(conn)
        finished = factories.case(conn, directory, until=CaseAction.COMPLETE)
        waiting = factories.case(conn, directory, says=factories.analysis(topic=None))
        assert seal_events(conn, KEYS.seals, actor="test", now=NOW) == 6
        [gap] = conn.execute("SELECT nextval(pg_get_serial_sequence('case_events', 'id'))").fetchone() or ()
        finished = lifecycle.close(conn, finished, actor="test", now=NOW)
        assert seal_events(conn, KEYS.seals, actor="test", now=NOW) == 1
        running = factories.case(conn, directory, until=CaseAction.REPLY)
        conn.commit()
        return History(finished, waiting, running, gap)


@pytest.fixture
def attacker(city_dsn: str, history: History) -> Iterator[Connection]:
    """The owner of the database, with the triggers switched off; everything is undone after the test."""
    with contextlib.closing(connect(city_dsn)) as conn:
        conn.execute("RESET ROLE")
        for table in APPEND_ONLY:
            conn.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
        yield conn
        conn.rollback()


# The program's role


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET id = DEFAULT",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "TRUNCATE {} CASCADE",
        "DROP TABLE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER USER",
        "ALTER TABLE {} OWNER TO CURRENT_USER",
        "DROP TRIGGER {0}_append_only ON {0}",
        "CREATE RULE r AS ON INSERT TO {} DO INSTEAD NOTHING",
        "GRANT ALL ON {} TO CURRENT_USER",
    ],
)
def test_the_program_cannot_change_history(city_conn: Connection, history: History, table: str, statement: str) -> None:
    with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
        city_conn.execute(statement.format(table))
        # GRANT without the right to grant is only a warning: what counts is that nothing was gained
        assert statement.startswith("GRANT"), "the application's role did it"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            city_conn.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    city_conn.rollback()


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_program_has_not_even_the_right(city_conn: Connection, table: str) -> None:
    """Beside the triggers: either of the two would do."""
    granted = {
        right
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
        if city_conn.execute("SELECT has_table_privilege(%s, %s)", (table, right)).fetchone() == (True,)
    }
    assert granted == {"SELECT", "INSERT"}


def test_the_program_cannot_switch_triggers_off_or_change_the_schema(city_conn: Connection) -> None:
    for statement in (
        "SET session_replication_role = replica",
        "CREATE TABLE public.mine (id integer)",
        "DELETE FROM schema_migrations",
        "ALTER ROLE wenzheng_app SUPERUSER",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            city_conn.execute(statement)
        city_conn.rollback()


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = DEFAULT", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_even_the_owner_must_switch_the_trigger_off_first(
    city_dsn: str, history: History, table: str, statement: str
) -> None:
    with psycopg.connect(city_dsn) as owner:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            owner.execute(sql.SQL(statement).format(sql.Identifier(table)))
        owner.rollback()


# The attacker


def test_an_untouched_history_holds(city_conn: Connection, history: History) -> None:
    assert verify_chains(city_conn, KEYS.seals) == ChainReport(events=11, cases=3, seals=2, broken=None)


def test_nothing_new_needs_no_seal(attacker: Connection) -> None:
    assert seal_events(attacker, KEYS.seals, actor="test", now=NOW) == 4
    assert seal_events(attacker, KEYS.seals, actor="test", now=NOW) == 0
    assert verify_chains(attacker, KEYS.seals).seals == 3


def link(case: Case, seq: int) -> str:
    return f"工单内部编号 {case.id} 的第 {seq} 条记录"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("payload", Jsonb({"lead": "swj"})),
        ("actor", "account:9:别人"),
        ("action", CaseAction.REDISPATCH),
        ("at", factories.NOW.replace(hour=1)),
        ("from_status", None),
        ("to_status", "in_progress"),
        ("hash", bytes(32)),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() else "",
)
def test_a_changed_field_is_found(attacker: Connection, history: History, column: str, value: Any) -> None:
    change = sql.SQL("UPDATE case_events SET {} = %s WHERE case_id = %s AND seq = 2").format(sql.Identifier(column))
    attacker.execute(change, (value, history.finished.id))
    assert verify_chains(attacker, KEYS.seals).broken == f"{link(history.finished, 2)}被改动"


@pytest.mark.parametrize("seq", [1, 3, 5])
def test_a_deleted_event_is_missed(attacker: Connection, history: History, seq: int) -> None:
    attacker.execute("DELETE FROM case_events WHERE case_id = %s AND seq = %s", (history.finished.id, seq))
    assert verify_chains(attacker, KEYS.seals).broken == f"{link(history.finished, seq)}缺失"


def test_a_gap_closed_by_renumbering_is_found(attacker: Connection, history: History) -> None:
    attacker.execute("DELETE FROM case_events WHERE case_id = %s AND seq = 3", (history.finished.id,))
    attacker.execute("UPDATE case_events SET seq = seq - 1 WHERE case_id = %s AND seq > 3", (history.finished.id,))
    assert verify_chains(attacker, KEYS.seals).broken == f"{link(history.finished, 3)}与上一条不衔接"


@pytest.mark.parametrize("who", ["finished", "running"])
def test_a_tail_cut_off_is_missed(attacker: Connection, history: History, who: str) -> None:
    """Also the reply at the end of `running`: the status is the same without it, and no seal covers it yet."""
    case: Case = getattr(history, who)
    attacker.execute("DELETE FROM case_events WHERE case_id = %s AND seq = %s", (case.id, case.version))
    assert verify_chains(attacker, KEYS.seals).broken == f"工单 {case.case_number} 与它的最后一条记录不符"


def test_a_tail_cut_off_with_the_case_put_back_shows_in_the_seal(attacker: Connection, history: History) -> None:
    case = history.finished
    attacker.execute("DELETE FROM case_events WHERE case_id = %s AND seq = %s", (case.id, case.version))
    attacker.execute(
        "UPDATE cases SET status = 'completed', closed_at = NULL, version = version - 1 WHERE id = %s", (case.id,)
    )
    assert "第 2 个封存与记录不符" in str(verify_chains(attacker, KEYS.seals).broken)


def test_a_forged_status_is_found(attacker: Connection, history: History) -> None:
    attacker.execute("UPDATE cases SET status = 'in_progress' WHERE id = %s", (history.finished.id,))
    assert verify_chains(attacker, KEYS.seals).broken == f"工单 {history.finished.case_number} 与它的最后一条记录不符"


def test_swapped_links_are_found(attacker: Connection, history: History) -> None:
    attacker.execute(
        "UPDATE case_events e SET hash = o.hash FROM case_events o"
        " WHERE e.case_id = %(id)s AND o.case_id = %(id)s AND (e.seq, o.seq) IN ((3, 4), (4, 3))",
        {"id": history.finished.id},
    )
    assert verify_chains(attacker, KEYS.seals).broken == f"{link(history.finished, 3)}被改动"


def test_a_history_put_under_another_case_is_found(attacker: Connection, history: History) -> None:
    one, other = history.finished.id, history.running.id
    attacker.execute("UPDATE case_events SET seq = seq + 100, case_id = %s WHERE case_id = %s", (other, one))
    attacker.execute("UPDATE case_events SET case_id = %s WHERE case_id = %s AND seq < 100", (one, other))
    attacker.execute("UPDATE case_events SET seq = seq - 100 WHERE seq > 100")
    assert verify_chains(attacker, KEYS.seals).broken == f"{link(history.finished, 1)}被改动"


@pytest.mark.parametrize("who", ["finished", "waiting", "running"])
def test_a_case_without_history_is_found(attacker: Connection, history: History, who: str) -> None:
    case: Case = getattr(history, who)
    attacker.execute("DELETE FROM case_events WHERE case_id = %s", (case.id,))
    assert verify_chains(attacker, KEYS.seals).broken == f"工单 {case.case_number} 与它的最后一条记录不符"


def test_a_case_that_vanished_with_all_its_rows_shows_in_the_seal(attacker: Connection, history: History) -> None:
    holding = attacker.execute(
        "SELECT DISTINCT c.conrelid::regclass::text FROM pg_constraint c JOIN pg_attribute a"
        " ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) AND a.attname = 'case_id'"
        " WHERE c.confrelid = 'cases'::regclass"
    ).fetchall()
    for (table,) in holding:
        attacker.execute(
            sql.SQL("DELETE FROM {} WHERE case_id = %s").format(sql.Identifier(table)), (history.finished.id,)
        )
    attacker.execute("DELETE FROM cases WHERE id = %s", (history.finished.id,))
    assert "第 1 个封存与记录不符" in str(verify_chains(attacker, KEYS.seals).broken)


def rewrite(conn: Connection, case: Case, change: Callable[[CaseEvent], CaseEvent]) -> None:
    """A forger who knows the format: every link of the case's chain computed anew."""
    prev_hash = GENESIS
    for event in map(change, list_events(conn, case.id)):
        new = NewEvent(
            case_id=case.id,
            at=event.at,
            actor=event.actor,
            action=event.action,
            from_status=event.from_status,
            to_status=event.to_status,
            payload=event.payload,
        )
        value = event_hash(new, event.seq, prev_hash)
        conn.execute(
            "UPDATE case_events SET actor = %s, prev_hash = %s, hash = %s WHERE id = %s",
            (event.actor, prev_hash, value, event.id),
        )
        prev_hash = value


def test_a_chain_rewritten_without_a_mistake_shows_in_the_seal(attacker: Connection, history: History) -> None:
    rewrite(attacker, history.finished, lambda event: replace(event, actor="account:9:别人"))
    broken = str(verify_chains(attacker, KEYS.seals).broken)
    assert broken.startswith("第 1 个封存与记录不符")


def test_an_event_slipped_into_an_unused_number_shows_in_the_seal(attacker: Connection, history: History) -> None:
    case = history.waiting
    [opened] = list_events(attacker, case.id)
    payload = {"case": case_digest(replace(case, version=2))}
    attacker.execute(
        "INSERT INTO case_events (id, case_id, seq, at, actor, action, from_status, to_status, payload, prev_hash,"
        " hash) OVERRIDING SYSTEM VALUE VALUES (%s, %s, 2, %s, 'x', 'open', 'triage', 'triage', %s, %s, %s)",
        (
            history.gap,
            case.id,
            NOW,
            Jsonb(payload),
            opened.hash,
            event_hash(
                NewEvent(
                    case_id=case.id,
                    at=NOW,
                    actor="x",
                    action=CaseAction.OPEN,
                    from_status=opened.to_status,
                    to_status=opened.to_status,
                    payload=payload,
                ),
                2,
                opened.hash,
            ),
        ),
    )
    attacker.execute("UPDATE cases SET version = 2 WHERE id = %s", (case.id,))
    assert str(verify_chains(attacker, KEYS.seals).broken).startswith("第 2 个封存与记录不符")


@pytest.mark.parametrize(
    ("statement", "seal"),
    [
        ("DELETE FROM event_seals WHERE id = 1", 2),
        ("UPDATE event_seals SET hash = %s WHERE id = 1", 1),
        ("UPDATE event_seals SET prev_hash = %s WHERE id = 2", 2),
        ("UPDATE event_seals SET event_count = event_count + octet_length(%s) WHERE id = 2", 2),
        ("UPDATE event_seals SET to_event_id = to_event_id - octet_length(%s) / 32 WHERE id = 1", 1),
    ],
)
def test_a_touched_seal_is_found(attacker: Connection, history: History, statement: str, seal: int) -> None:
    attacker.execute(statement, (b"x" * 32,) if "%s" in statement else None)
    report = verify_chains(attacker, KEYS.seals)
    assert str(report.broken).startswith(f"第 {seal} 个封存与记录不符")


def test_the_first_broken_link_is_the_one_that_is_named(attacker: Connection, history: History) -> None:
    for case, seq in ((history.running, 1), (history.finished, 4), (history.finished, 2)):
        attacker.execute("UPDATE case_events SET actor = 'x' WHERE case_id = %s AND seq = %s", (case.id, seq))
    assert verify_chains(attacker, KEYS.seals).broken == f"{link(history.finished, 2)}被改动"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases SET due_at = due_at + interval '1 year' WHERE id = %s",
        "UPDATE cases SET due_date = due_date + 1 WHERE id = %s",
        "UPDATE cases SET completed_at = completed_at - interval '1 second' WHERE id = %s",
        "UPDATE cases SET dispatched_at = dispatched_at + interval '1 second' WHERE id = %s",
        "UPDATE cases SET appeal_type = 'complain' WHERE id = %s",
    ],
)
def test_a_time_forged_past_the_lifecycle_is_found(city_conn: Connection, history: History, statement: str) -> None:
    """With the program's own role: it may update cases, but not unseen."""
    city_conn.execute(statement, (history.finished.id,))
    broken = verify_chains(city_conn, KEYS.seals).broken
    assert broken == f"工单 {history.finished.case_number} 与它的最后一条记录不符"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE replies SET body = '经查不实。'",
        "DELETE FROM published_answers; DELETE FROM replies",
        "UPDATE replies SET public = NOT public",
    ],
)
def test_a_reply_changed_afterwards_is_refused_and_where_forced_is_found(
    city_conn: Connection, attacker: Connection, history: History, statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        city_conn.execute(statement)
    city_conn.rollback()
    attacker.execute(statement)
    assert "答复与记录不符" in str(verify_chains(attacker, KEYS.seals).broken)
