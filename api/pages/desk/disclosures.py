"""Who was shown a name and a contact, who took which file, who looked for one person: logs, filtered and in pages."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.http_status import status_of
from api.pages.cases.case_list import Page
from api.pages.cases.case_wording import person_of
from api.pages.cases.filters import PAGE_SIZE, count_pages
from api.pages.choices import unit_choices
from api.pages.desk.integrity import read_day
from api.pages.rendering import render
from api.pages.staff import StaffDep
from api.staff.disclosures import READERS, list_exports, list_person_searches, list_reveals, log_criteria
from models.errors import Invalid

router = APIRouter(prefix="/disclosures")

_LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """What the address asks of a log: `person` by name, a `unit`, days `first` to `last`, which page."""

    person: str = ""
    unit: str = ""
    first: str = ""
    last: str = ""
    page: Page = 1


AskedDep = Annotated[LogPage, Depends()]


@router.get("")
def show_reveals(
    request: Request, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep, asked: AskedDep
) -> Response:
    return _page(request, staff, runtime, conn, now, "reveals", asked)


@router.get("/exports")
def show_exports(
    request: Request, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep, asked: AskedDep
) -> Response:
    return _page(request, staff, runtime, conn, now, "exports", asked)


@router.get("/searches")
def show_searches(
    request: Request, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep, asked: AskedDep
) -> Response:
    return _page(request, staff, runtime, conn, now, "searches", asked)


def _page(
    request: Request,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    log: str,
    asked: LogPage,
) -> Response:
    require_role(staff.account, *READERS)
    person, unit, first, last = (text[:_LONGEST] for text in (asked.person, asked.unit, asked.first, asked.last))
    page = asked.page
    error = None
    try:
        days = read_day(first), read_day(last)
    except Invalid as refused:
        days, error = (None, None), refused
    zone = runtime.settings.zone
    criteria = log_criteria(person=person, unit=unit, first=days[0], last=days[1], zone=zone)
    shown = {"limit": PAGE_SIZE, "offset": (page - 1) * PAGE_SIZE}
    reveals = list_reveals(conn, staff.account, criteria, **shown) if log == "reveals" else (0, [])
    exports = list_exports(conn, staff.account, criteria, **shown) if log == "exports" else (0, [])
    searches = list_person_searches(conn, staff.account, criteria, **shown) if log == "searches" else (0, [])
    path = "/disclosures" if log == "reveals" else f"/disclosures/{log}"
    values = {"person": person, "unit": unit, "first": first, "last": last}
    query = {name: value for name, value in values.items() if value}
    total = reveals[0] or exports[0] or searches[0]
    return render(
        request,
        "staff/disclosures.html",
        status_code=status_of(error) if error else 200,
        now=now,
        log=log,
        path=path,
        total=total,
        reveals=reveals[1],
        exports=exports[1],
        searches=searches[1],
        values=values,
        page=page,
        pages=count_pages(total),
        to_page=lambda number: f"{path}?{urlencode(query | ({'page': number} if number > 1 else {}))}",
        directory=staff.directory,
        person_of=person_of,
        units=unit_choices(staff.directory),
        message=error.message if error else "",
        errors=error.fields if error else {},
    )
