"""The search box: what was typed becomes an address, but never a phone number."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from api.criteria import parse_criteria
from api.dependencies import ConnectionDep, NowDep, RuntimeDep
from api.pages.cases.filters import address
from api.pages.staff import ActingStaffDep
from api.staff.person_search import find_contact, look_for_person
from nlp.search_query import MAX_QUERY

router = APIRouter()


@router.post("/cases/search")
def search_cases(
    staff: ActingStaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    q: Annotated[str, Form()] = "",
    within: Annotated[str, Form()] = "",
) -> Response:
    """`within` are the other criteria of the list, as in its address. Typed text travels in the body of the request:
    what is in an address stays in histories and logs."""
    typed = " ".join(q.replace("\0", "").split())[:MAX_QUERY]
    criteria = replace(parse_criteria(within), q=None, unit=None)
    if find_contact(typed):
        person = look_for_person(conn, runtime, staff.account, typed, now=now)
        return RedirectResponse(address("/cases", replace(criteria, person=person)), status_code=303)
    return RedirectResponse(address("/cases", replace(criteria, q=typed or None)), status_code=303)
