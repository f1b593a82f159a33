"""Rows of the filters that people keep."""

from datetime import datetime

from psycopg.rows import class_row

from models.account import Account
from models.database import Connection
from models.desk import SavedView
from models.errors import NotFound

_COLUMNS = "v.id, v.account_id, a.display_name AS owner, v.name, v.query, v.shared, v.position"
# A view is somebody's own, or shared by somebody active of the same unit (of the same role, where there is no unit).
_VISIBLE = (
    "(v.account_id = %(account)s OR v.shared AND a.active AND CASE WHEN %(unit)s::text IS NULL"
    " THEN a.department_id IS NULL AND a.role = %(role)s ELSE a.department_id = %(unit)s END)"
)


def _who(account: Account) -> dict[str, object]:
    return {"account": account.id, "unit": account.department_id, "role": account.role}


def list_views(conn: Connection, account: Account) -> list[SavedView]:
    """Those that a person can open: the own ones first, in their order."""
    with conn.cursor(row_factory=class_row(SavedView)) as cursor:
        return cursor.execute(
            f"SELECT {_COLUMNS} FROM saved_views v JOIN accounts a ON a.id = v.account_id WHERE {_VISIBLE}"
            " ORDER BY v.account_id <> %(account)s, v.position, v.id",
            _who(account),
        ).fetchall()


def get_view(conn: Connection, account: Account, view_id: int) -> SavedView:
    """Raises `NotFound` for what is not there or not this person's to open."""
    with conn.cursor(row_factory=class_row(SavedView)) as cursor:
        view = cursor.execute(
            f"SELECT {_COLUMNS} FROM saved_views v JOIN accounts a ON a.id = v.account_id"
            f" WHERE v.id = %(id)s AND {_VISIBLE}",
            _who(account) | {"id": view_id},
        ).fetchone()
    if view is None:
        raise NotFound("没有这个筛选，或已被删除。")
    return view


def add_view(
    conn: Connection, account: Account, *, name: str, query: str, shared: bool, actor: str, now: datetime
) -> int:
    """The last of the person's views; its id. Raises a `Conflict` (saved_view_name_taken) for a name used already."""
    row = conn.execute(
        "INSERT INTO saved_views (account_id, name, query, shared, position, created_at)"
        " SELECT %(account)s, %(name)s, %(query)s, %(shared)s, coalesce(max(position), 0) + 1, %(now)s"
        " FROM saved_views WHERE account_id = %(account)s RETURNING id",
        {"account": account.id, "name": name, "query": query, "shared": shared, "now": now},
    ).fetchone()
    assert row is not None
    return int(row[0])


def set_view(conn: Connection, view: SavedView, *, name: str, shared: bool, actor: str) -> None:
    conn.execute("UPDATE saved_views SET name = %s, shared = %s WHERE id = %s", (name, shared, view.id))


def swap_views(conn: Connection, first: SavedView, second: SavedView, *, actor: str) -> None:
    """Each takes the other's place."""
    for view, position in ((first, second.position), (second, first.position)):
        conn.execute("UPDATE saved_views SET position = %s WHERE id = %s", (position, view.id))


def delete_view(conn: Connection, view: SavedView, *, actor: str) -> None:
    conn.execute("DELETE FROM saved_views WHERE id = %s", (view.id,))
