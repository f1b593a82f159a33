"""Rows of classifier versions: their files, their states, which one speaks."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from models.classifier import ClassifierPart, ClassifierState, ClassifierVersion
from models.database import Connection
from models.errors import Conflict, Invalid, NotFound
from routing.learning.report_json import as_json

_COLUMNS = (
    "id, version, part, kind, state, card, gate, last_label_id, labels, trained_at, trained_by, shadow_since,"
    " shadow_claimed, shadow_compared, promoted_at, promoted_by, problem"
)
TOPIC = ClassifierPart.TOPIC
MOST_BYTES = 128 * 1024 * 1024


def add_version(
    conn: Connection,
    *,
    version: str,
    part: ClassifierPart = TOPIC,
    kind: str,
    card: Mapping[str, Any],
    files: Mapping[str, bytes],
    last_label_id: int,
    labels: int,
    actor: str,
    now: datetime,
) -> ClassifierVersion:
    """A new candidate with its files. Raises `Conflict` for a version that is known, `Invalid` for one too large."""
    if sum(map(len, files.values())) > MOST_BYTES:
        raise Invalid("模型文件超过 128 MB，不能存入数据库。")
    with conn.cursor(row_factory=class_row(ClassifierVersion)) as cur:
        added = cur.execute(
            "INSERT INTO classifier_versions"
            " (version, part, kind, state, card, last_label_id, labels, trained_at, trained_by)"
            " VALUES (%s, %s, %s, 'candidate', %s, %s, %s, %s, %s) ON CONFLICT (version) DO NOTHING"
            f" RETURNING {_COLUMNS}",
            (version, part, kind, as_json(card), last_label_id, labels, now, actor),
        ).fetchone()
        if added is None:
            raise Conflict(f"模型 {version} 已经存在。")
        cur.executemany(
            "INSERT INTO classifier_files (classifier_id, name, content, sha256) VALUES (%s, %s, %s, %s)",
            [(added.id, name, data, hashlib.sha256(data).digest()) for name, data in files.items()],
        )
    return added


def list_versions(conn: Connection, *, part: ClassifierPart = TOPIC, limit: int = 50) -> list[ClassifierVersion]:
    """The newest first."""
    with conn.cursor(row_factory=class_row(ClassifierVersion)) as cur:
        return cur.execute(
            f"SELECT {_COLUMNS} FROM classifier_versions WHERE part = %s ORDER BY id DESC LIMIT %s", (part, limit)
        ).fetchall()


def get_version(conn: Connection, classifier_id: int) -> ClassifierVersion:
    """Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(ClassifierVersion)) as cur:
        found = cur.execute(f"SELECT {_COLUMNS} FROM classifier_versions WHERE id = %s", (classifier_id,)).fetchone()
    if found is None:
        raise NotFound("没有找到这个类别模型。")
    return found


def find_in_state(
    conn: Connection, state: ClassifierState, *, part: ClassifierPart = TOPIC
) -> ClassifierVersion | None:
    """The version in this state; of several the newest."""
    with conn.cursor(row_factory=class_row(ClassifierVersion)) as cur:
        return cur.execute(
            f"SELECT {_COLUMNS} FROM classifier_versions WHERE part = %s AND state = %s ORDER BY id DESC LIMIT 1",
            (part, state),
        ).fetchone()


def find_earlier(conn: Connection, version: ClassifierVersion) -> ClassifierVersion | None:
    """The one that spoke before this one was promoted: what a rollback goes back to. None: what comes with the
    program."""
    with conn.cursor(row_factory=class_row(ClassifierVersion)) as cur:
        return cur.execute(
            f"SELECT {_COLUMNS} FROM classifier_versions WHERE part = %s AND state = 'retired' AND promoted_at < %s"
            " ORDER BY promoted_at DESC LIMIT 1",
            (version.part, version.promoted_at),
        ).fetchone()


def get_digests(conn: Connection, classifier_id: int) -> dict[str, bytes]:
    """Name → SHA-256 of its files as they were stored."""
    rows = conn.execute(
        "SELECT name, sha256 FROM classifier_files WHERE classifier_id = %s ORDER BY name", (classifier_id,)
    ).fetchall()
    return {name: bytes(digest) for name, digest in rows}


def get_files(conn: Connection, classifier_id: int) -> dict[str, bytes]:
    """Name → content. Raises `Invalid` where a file is not what was stored."""
    rows = conn.execute(
        "SELECT name, content, sha256 FROM classifier_files WHERE classifier_id = %s ORDER BY name", (classifier_id,)
    ).fetchall()
    for name, content, digest in rows:
        if hashlib.sha256(content).digest() != bytes(digest):
            raise Invalid(f"数据库里的模型文件 {name} 与存入时的校验值不符，文件已损坏或被替换，不予加载。")
    if not rows:
        raise Invalid("数据库里没有这个模型的文件，不予加载。")
    return {name: bytes(content) for name, content, _ in rows}


def move_version(
    conn: Connection,
    classifier_id: int,
    *,
    from_state: ClassifierState,
    to_state: ClassifierState,
    actor: str,
    now: datetime,
) -> None:
    """Raises `Conflict` where it is no longer in `from_state`: somebody else was quicker."""
    row = conn.execute(
        "UPDATE classifier_versions SET state = %(to)s,"
        " shadow_since = CASE WHEN %(to)s = 'shadow' THEN %(now)s ELSE shadow_since END,"
        " promoted_at = CASE WHEN %(to)s = 'live' THEN %(now)s ELSE promoted_at END,"
        " promoted_by = CASE WHEN %(to)s = 'live' THEN %(actor)s ELSE promoted_by END"
        " WHERE id = %(id)s AND state = %(from)s RETURNING id",
        {"id": classifier_id, "from": from_state, "to": to_state, "actor": actor, "now": now},
    ).fetchone()
    if row is None:
        raise Conflict("这个类别模型的状态刚刚被他人更改，请刷新后再试。")


def restore_version(conn: Connection, classifier_id: int, *, actor: str) -> None:
    """A retired version speaks again, in its old place of the order of promotions. Raises `Conflict`."""
    row = conn.execute(
        "UPDATE classifier_versions SET state = 'live' WHERE id = %s AND state = 'retired' RETURNING id",
        (classifier_id,),
    ).fetchone()
    if row is None:
        raise Conflict("这个类别模型的状态刚刚被他人更改，请刷新后再试。")


def set_gate(conn: Connection, classifier_id: int, gate: Mapping[str, Any], *, actor: str) -> None:
    conn.execute(
        "UPDATE classifier_versions SET gate = %s WHERE id = %s", (as_json({**gate, "actor": actor}), classifier_id)
    )


def set_problem(conn: Connection, classifier_id: int, problem: str, *, actor: str) -> None:
    """Why a process could not load it; empty: it could."""
    conn.execute(
        "UPDATE classifier_versions SET problem = %s WHERE id = %s AND problem <> %s", (problem, classifier_id, problem)
    )


def count_cases_by_version(conn: Connection) -> dict[str, int]:
    """How many cases each topic classifier has spoken about."""
    rows = conn.execute(
        "SELECT a.topic_version, count(*) FROM cases c JOIN analyses a USING (submission_id)"
        " WHERE c.parent_id IS NULL GROUP BY 1 ORDER BY 2 DESC"
    ).fetchall()
    return {version: count for version, count in rows}
