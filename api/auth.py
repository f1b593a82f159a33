"""Signing in: argon2 passwords, server-side sessions, limits on guessing. Knows no HTTP."""

import hashlib
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api import account_repository
from models.account import Account
from models.database import Connection
from models.errors import Invalid, TooMany, Unauthenticated
from models.settings import Settings

MIN_PASSWORD = 10
MAX_FAILURES = 8
# From all addresses together: enough that a stranger cannot lock somebody out with a handful of wrong passwords.
MAX_PER_NAME = 50
# All attempts from one address: a whole office may sit behind it.
MAX_PER_ADDRESS = 200
WALL_DAYS = 90
MAX_WALL_NAME = 40
FAILURE_WINDOW = timedelta(minutes=15)

_hasher = PasswordHasher()
# Verified when the name is unknown, so that the answer takes as long as for a known one.
_DUMMY_HASH = _hasher.hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """Argon2id. Raises `Invalid` for a password that is too short to keep."""
    if len(password) < MIN_PASSWORD:
        raise Invalid(f"密码至少需要{MIN_PASSWORD}个字符。", {"password": f"至少{MIN_PASSWORD}个字符"})
    return _hasher.hash(password)


def session_id(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def check_attempts(conn: Connection, username: str, address: str, *, now: datetime) -> None:
    """Count this attempt; raises `TooMany` once a name or an address has failed too often in the window.

    Runs in its own transaction: a refused sign-in must not undo the count.
    """
    for key, limit in (
        (f"login:{username.lower()}:{address}", MAX_FAILURES),
        (f"login:{username.lower()}:", MAX_PER_NAME),
        (f"login-address:{address}", MAX_PER_ADDRESS),
    ):
        count = account_repository.count_attempt(conn, key, now=now, window=FAILURE_WINDOW, actor=f"login:{address}")
        if count > limit:
            raise TooMany("尝试次数过多，请15分钟后再试。")


def verify_credentials(conn: Connection, username: str, password: str) -> Account:
    """The account. Raises `Unauthenticated`, in the same time and words for a wrong name as for a wrong password."""
    found = account_repository.find_credentials(conn, username)
    account, password_hash = found if found else (None, _DUMMY_HASH)
    try:
        _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        account = None
    if account is None:
        raise Unauthenticated("用户名或密码不正确。")
    return account


def keep_wall(conn: Connection, account: Account, name: str, *, now: datetime) -> str:
    """A session that shows the wall and nothing else for `WALL_DAYS`; the token for its cookie. Ended with the account,
    with its password, or by hand. Raises `Invalid` for a name that is none."""
    name = name.replace("\0", "").strip()
    if not 0 < len(name) <= MAX_WALL_NAME:
        raise Invalid("请写明这块屏幕在哪里。", {"name": f"1至{MAX_WALL_NAME}个字"})
    token = secrets.token_urlsafe(32)
    account_repository.add_wall_screen(
        conn, session_id(token), account, name, actor=account.actor, now=now, expires_at=now + timedelta(days=WALL_DAYS)
    )
    return token


def open_session(conn: Connection, account: Account, settings: Settings, *, now: datetime) -> tuple[str, str]:
    """A new session: (token for the cookie, token against forged requests). Forgets the failed attempts of the name."""
    token, csrf_token = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    account_repository.add_session(
        conn,
        session_id(token),
        account,
        csrf_token,
        actor=account.actor,
        now=now,
        expires_at=now + timedelta(hours=settings.session_hours),
    )
    account_repository.clear_attempts(conn, f"login:{account.username}:", actor=account.actor)
    return token, csrf_token
