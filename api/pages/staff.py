"""Who is signed in: put on the request for api/pages/rendering.py. Every staff page asks for `StaffDep`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Request

from api.dependencies import AccountDep, ConnectionDep, RuntimeDep, SessionDep, check_form_token
from api.messages.alert_stream import unit_of
from api.staff.drafting import count_waiting
from models.account import Account
from routing.alerts.alert_repository import count_bell
from routing.casework.mention_repository import desk_marks
from routing.directory import Directory


@dataclass(frozen=True, slots=True)
class Staff:
    account: Account
    csrf_token: str
    directory: Directory


def get_staff(
    request: Request, session: SessionDep, account: AccountDep, runtime: RuntimeDep, conn: ConnectionDep
) -> Staff:
    directory = runtime.directory(conn)
    request.state.session, request.state.city = session, directory.city
    request.state.bell = count_bell(conn, unit=unit_of(account), now=runtime.now())
    request.state.marks, request.state.amber = desk_marks(conn, account.id), directory.amber
    request.state.approvals = count_waiting(conn, account)
    return Staff(account, session.csrf_token, directory)


StaffDep = Annotated[Staff, Depends(get_staff)]


def get_acting_staff(staff: StaffDep, csrf: Annotated[str, Form()] = "") -> Staff:
    """For every form that changes something. Raises `Forbidden` where it did not come from our page."""
    check_form_token(csrf, staff.csrf_token)
    return staff


ActingStaffDep = Annotated[Staff, Depends(get_acting_staff)]
