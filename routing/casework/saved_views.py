"""The filters that people keep: who may change one, what it may be called, how many there may be."""

from datetime import datetime

from models.account import Account
from models.database import Connection
from models.desk import SavedView
from models.errors import Forbidden, Invalid
from routing.casework import saved_view_repository as rows

MAX_NAME, MAX_VIEWS = 20, 50


def keep_view(conn: Connection, account: Account, *, name: str, query: str, shared: bool, now: datetime) -> int:
    """Keep the list of an address under a name; its id. `query` is what the caller has read and found sound. Raises
    `Invalid`, and `Conflict` for a name that the person uses already."""
    name = check_name(name)
    if not query:
        raise Invalid("还没有筛选条件，请先筛选再保存。")
    if sum(view.account_id == account.id for view in rows.list_views(conn, account)) >= MAX_VIEWS:
        raise Invalid(f"最多保存{MAX_VIEWS}个筛选，请先删除不用的。")
    return rows.add_view(conn, account, name=name, query=query, shared=shared, actor=account.actor, now=now)


def change_view(conn: Connection, account: Account, view_id: int, *, name: str, shared: bool) -> None:
    """Another name, shared or not. Raises `Forbidden` for somebody else's."""
    view = _own(conn, account, view_id)
    rows.set_view(conn, view, name=check_name(name), shared=shared, actor=account.actor)


def move_view(conn: Connection, account: Account, view_id: int, *, up: bool) -> None:
    """One place up or down among the person's own; at the end it stays."""
    view = _own(conn, account, view_id)
    own = [other for other in rows.list_views(conn, account) if other.account_id == account.id]
    place = own.index(view) + (-1 if up else 1)
    if 0 <= place < len(own):
        rows.swap_views(conn, view, own[place], actor=account.actor)


def drop_view(conn: Connection, account: Account, view_id: int) -> None:
    rows.delete_view(conn, _own(conn, account, view_id), actor=account.actor)


def check_name(name: str) -> str:
    """In one line. Raises `Invalid`."""
    name = " ".join(name.split())
    if not name:
        raise Invalid("请填写名称。", {"name": "请填写"})
    if len(name) > MAX_NAME:
        raise Invalid(f"名称不能超过{MAX_NAME}字。", {"name": f"现有{len(name)}字"})
    return name


def _own(conn: Connection, account: Account, view_id: int) -> SavedView:
    view = rows.get_view(conn, account, view_id)
    if view.account_id != account.id:
        raise Forbidden(f"这是{view.owner}保存的筛选，只有本人可以更改。")
    return view
