"""Rows of accounts, sessions, rate counters and what administrators did."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from models.account import Account, Role, Session, WallScreen
from models.database import Connection
from models.errors import NotFound

_COLUMNS = "id, username, display_name, role, department_id, active"


def add_account(
    conn: Connection,
    *,
    username: str,
    display_name: str,
    password_hash: str,
    role: Role,
    department_id: str | None,
    actor: str,
    now: datetime,
) -> Account:
    with conn.cursor(row_factory=class_row(Account)) as cur:
        account = cur.execute(
            "INSERT INTO accounts (username, display_name, password_hash, role, department_id)"
            f" VALUES (%s, %s, %s, %s, %s) RETURNING {_COLUMNS}",
            (username.lower(), display_name, password_hash, role, department_id),
        ).fetchone()
    assert account is not None
    add_administration_event(
        conn, action="account.add", payload={"username": account.username, "role": role.value}, actor=actor, now=now
    )
    return account


def find_credentials(conn: Connection, username: str) -> tuple[Account, str] | None:
    """The active account of this name and its password hash."""
    row = conn.execute(
        f"SELECT password_hash, {_COLUMNS} FROM accounts WHERE username = %s AND active", (username.lower(),)
    ).fetchone()
    if row is None:
        return None
    names = [name.strip() for name in _COLUMNS.split(",")]
    return Account(**dict(zip(names, row[1:], strict=True))), row[0]


def list_accounts(conn: Connection) -> list[Account]:
    with conn.cursor(row_factory=class_row(Account)) as cur:
        return cur.execute(f"SELECT {_COLUMNS} FROM accounts ORDER BY username").fetchall()


def set_password(conn: Connection, username: str, password_hash: str, *, actor: str, now: datetime) -> None:
    """A new password ends every session of the account. Raises `NotFound`."""
    row = conn.execute(
        "UPDATE accounts SET password_hash = %s WHERE username = %s RETURNING id", (password_hash, username.lower())
    ).fetchone()
    if row is None:
        raise NotFound("没有这个用户。")
    conn.execute("DELETE FROM sessions WHERE account_id = %s", (row[0],))
    add_administration_event(conn, action="account.password", payload={"username": username}, actor=actor, now=now)


def set_active(conn: Connection, username: str, active: bool, *, actor: str, now: datetime) -> None:
    """Raises `NotFound`. A deactivated account is signed out everywhere."""
    row = conn.execute(
        "UPDATE accounts SET active = %s WHERE username = %s RETURNING id", (active, username.lower())
    ).fetchone()
    if row is None:
        raise NotFound("没有这个用户。")
    if not active:
        conn.execute("DELETE FROM sessions WHERE account_id = %s", (row[0],))
    action = "account.activate" if active else "account.deactivate"
    add_administration_event(conn, action=action, payload={"username": username}, actor=actor, now=now)


def add_session(
    conn: Connection,
    session_id: bytes,
    account: Account,
    csrf_token: str,
    *,
    actor: str,
    now: datetime,
    expires_at: datetime,
) -> None:
    conn.execute("DELETE FROM sessions WHERE expires_at < %s", (now,))
    conn.execute(
        "INSERT INTO sessions (id, account_id, csrf_token, created_at, last_seen_at, expires_at)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (session_id, account.id, csrf_token, now, now, expires_at),
    )


def find_session(
    conn: Connection, session_id: bytes, *, now: datetime, idle: timedelta, seen: bool = True
) -> Session | None:
    """The live session; `seen`: marked as in use (at most once a minute, so that reading a page does not write)."""
    row = conn.execute(
        f"SELECT s.csrf_token, s.expires_at, s.last_seen_at, {', '.join('a.' + c for c in _COLUMNS.split(', '))}"
        " FROM sessions s JOIN accounts a ON a.id = s.account_id"
        " WHERE s.id = %s AND s.wall_name IS NULL AND a.active AND s.expires_at > %s AND s.last_seen_at > %s",
        (session_id, now, now - idle),
    ).fetchone()
    if row is None:
        return None
    csrf_token, expires_at, last_seen_at, *rest = row
    if seen and now - last_seen_at > timedelta(minutes=1):
        conn.execute("UPDATE sessions SET last_seen_at = %s WHERE id = %s", (now, session_id))
    return Session(
        account=Account(**dict(zip(_COLUMNS.split(", "), rest, strict=True))),
        csrf_token=csrf_token,
        expires_at=expires_at,
    )


def delete_session(conn: Connection, session_id: bytes, *, actor: str) -> None:
    conn.execute("DELETE FROM sessions WHERE id = %s", (session_id,))


def add_wall_screen(
    conn: Connection,
    session_id: bytes,
    account: Account,
    name: str,
    *,
    actor: str,
    now: datetime,
    expires_at: datetime,
) -> None:
    conn.execute(
        "INSERT INTO sessions (id, account_id, csrf_token, created_at, last_seen_at, expires_at, wall_name)"
        " VALUES (%s, %s, '', %s, %s, %s, %s)",
        (session_id, account.id, now, now, expires_at, name),
    )
    add_administration_event(conn, action="wall.keep", payload={"name": name}, actor=actor, now=now)


def find_wall_screen(conn: Connection, session_id: bytes, *, now: datetime) -> WallScreen | None:
    """The screen that has this session; idleness does not end it. Notes, at most every ten minutes, that it is on."""
    screens = _wall_screens(conn, "s.id = %s AND a.active AND s.expires_at > %s", (session_id, now))
    if not screens:
        return None
    if now - screens[0].last_seen_at > timedelta(minutes=10):
        conn.execute("UPDATE sessions SET last_seen_at = %s WHERE id = %s", (now, session_id))
    return screens[0]


def list_wall_screens(conn: Connection, *, now: datetime, account_id: int | None = None) -> list[WallScreen]:
    """Those that may still show the wall, the newest first; of one account, or all."""
    return _wall_screens(
        conn, "a.active AND s.expires_at > %s AND (%s::bigint IS NULL OR a.id = %s)", (now, account_id, account_id)
    )


def delete_wall_screen(
    conn: Connection, number: int, *, account_id: int | None = None, actor: str, now: datetime
) -> None:
    """Raises `NotFound` for one that is not there, or that another account than the one named keeps."""
    row = conn.execute(
        "DELETE FROM sessions WHERE number = %s AND wall_name IS NOT NULL"
        " AND (%s::bigint IS NULL OR account_id = %s) RETURNING wall_name",
        (number, account_id, account_id),
    ).fetchone()
    if row is None:
        raise NotFound("没有这块大屏。")
    add_administration_event(conn, action="wall.end", payload={"name": row[0]}, actor=actor, now=now)


def _wall_screens(conn: Connection, condition: str, values: tuple[object, ...]) -> list[WallScreen]:
    rows = conn.execute(
        "SELECT s.number, s.wall_name, s.created_at, s.last_seen_at, s.expires_at,"
        f" {', '.join('a.' + c for c in _COLUMNS.split(', '))}"
        " FROM sessions s JOIN accounts a ON a.id = s.account_id"
        f" WHERE s.wall_name IS NOT NULL AND {condition} ORDER BY s.created_at DESC, s.number DESC",
        values,
    ).fetchall()
    return [
        WallScreen(
            number=number,
            name=name,
            created_at=created_at,
            last_seen_at=last_seen_at,
            expires_at=expires_at,
            account=Account(**dict(zip(_COLUMNS.split(", "), rest, strict=True))),
        )
        for number, name, created_at, last_seen_at, expires_at, *rest in rows
    ]


def count_attempt(conn: Connection, key: str, *, now: datetime, window: timedelta, actor: str) -> int:
    """Count one attempt under `key` in the current window; the number so far, this one included."""
    start = datetime.fromtimestamp(now.timestamp() // window.total_seconds() * window.total_seconds(), tz=now.tzinfo)
    row = conn.execute(
        "INSERT INTO rate_counters (key, window_start, count) VALUES (%s, %s, 1)"
        " ON CONFLICT (key, window_start) DO UPDATE SET count = rate_counters.count + 1 RETURNING count",
        (key, start),
    ).fetchone()
    assert row is not None
    return int(row[0])


def clear_attempts(conn: Connection, prefix: str, *, actor: str) -> None:
    """Forget what was counted under keys that begin so."""
    conn.execute("DELETE FROM rate_counters WHERE starts_with(key, %s)", (prefix,))


def delete_old_counters(conn: Connection, *, before: datetime, actor: str) -> None:
    conn.execute("DELETE FROM rate_counters WHERE window_start < %s", (before,))


def add_administration_event(
    conn: Connection, *, action: str, payload: Mapping[str, Any], actor: str, now: datetime
) -> None:
    conn.execute(
        "INSERT INTO administration_events (at, actor, action, payload) VALUES (%s, %s, %s, %s)",
        (now, actor, action, Jsonb(dict(payload))),
    )


def reference_version(conn: Connection) -> int:
    """Changes whenever reference rows changed: what caches compare. A count, since ids commit in any order."""
    row = conn.execute("SELECT count(*) FROM administration_events WHERE action LIKE 'reference.%%'").fetchone()
    return int(row[0]) if row else 0
