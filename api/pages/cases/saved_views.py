"""The filters that people keep: one click in the list, named, shared, put in order and dropped here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from api.criteria import LARGEST_ID, parse_criteria
from api.dependencies import ConnectionDep, NowDep
from api.pages.cases.filters import in_words
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, StaffDep
from dashboards.lists.case_lists import CaseSort
from models.account import Account
from models.criteria import CaseCriteria
from models.database import Connection
from models.desk import SavedView
from models.errors import Invalid
from routing.casework import saved_view_repository, saved_views

router = APIRouter()

ViewId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Text = Annotated[str, Form()]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewLink:
    """A kept view as a link of the list; `current`: it is what the list shows."""

    view: SavedView
    href: str
    current: bool
    own: bool


def view_links(conn: Connection, account: Account, query: str = "") -> list[ViewLink]:
    """What a person can open with one click; `query` is that of the list as it is (`canonical`)."""
    return [
        ViewLink(
            view=view,
            href=f"/cases?{view.query}",
            current=bool(query) and view.query == query,
            own=view.account_id == account.id,
        )
        for view in saved_view_repository.list_views(conn, account)
    ]


def canonical(criteria: CaseCriteria, sort: str = "") -> str:
    """One spelling of one list: what is kept, and what is compared. The unit of an officer's list is no filter."""
    values: Mapping[str, str] = criteria.as_parameters()
    return urlencode({**values, **({"sort": sort} if sort else {})})


@router.get("/views")
def show_views(request: Request, staff: StaffDep, conn: ConnectionDep, now: NowDep) -> Response:
    links = view_links(conn, staff.account)
    return render(
        request,
        "staff/views.html",
        now=now,
        own=[link for link in links if link.own],
        others=[link for link in links if not link.own],
        words=lambda view: in_words(parse_criteria(view.query), staff.directory),
        with_whom=_with_whom(staff.account),
        max_name=saved_views.MAX_NAME,
    )


@router.get("/views/{view_id}")
def open_view(view_id: ViewId, staff: StaffDep, conn: ConnectionDep) -> Response:
    """An address to hand on: it opens what the view is by now, for those it is shared with."""
    view = saved_view_repository.get_view(conn, staff.account, view_id)
    return RedirectResponse(f"/cases?{view.query}", status_code=303)


@router.post("/views")
def keep_view(
    staff: ActingStaffDep, conn: ConnectionDep, now: NowDep, name: Text = "", query: Text = "", shared: Text = ""
) -> Response:
    kept = _sound(query)
    saved_views.keep_view(conn, staff.account, name=name, query=kept, shared=bool(shared), now=now)
    return RedirectResponse(f"/cases?{kept}", status_code=303)


@router.post("/views/{view_id}/{action}")
def change_view(
    view_id: ViewId, action: str, staff: ActingStaffDep, conn: ConnectionDep, name: Text = "", shared: Text = ""
) -> Response:
    match action:
        case "change":
            saved_views.change_view(conn, staff.account, view_id, name=name, shared=bool(shared))
        case "up" | "down":
            saved_views.move_view(conn, staff.account, view_id, up=action == "up")
        case "delete":
            saved_views.drop_view(conn, staff.account, view_id)
        case _:
            raise Invalid("没有这个操作。")
    return RedirectResponse("/views", status_code=303)


def _sound(query: str) -> str:
    """The query in its one spelling. Raises `Invalid` for what makes no list."""
    sort = dict(parse_qsl(query)).get("sort", "")
    if sort and sort not in {member.value for member in CaseSort}:
        raise Invalid("筛选条件有误。")
    return canonical(parse_criteria(query), sort)


def _with_whom(account: Account) -> str:
    return "与本单位共用" if account.department_id else f"与其他{account.role.label}共用"
