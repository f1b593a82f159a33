"""The forms of attachments: a citizen fetches what is theirs, staff add, look at and take off."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from api.criteria import LARGEST_ID
from api.dependencies import AddressDep, ConnectionDep, NowDep, RuntimeDep, check_form_token, limit_attempts
from api.pages.cases.case_page import case_response
from api.pages.citizens.citizen import FOLLOWS_PER_HOUR
from api.pages.form_token import check_visitor
from api.pages.staff import StaffDep
from api.staff import attachments
from models.database import transaction
from models.errors import NotFound, WenzhengError

router = APIRouter()

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.post("/letters/attachment")
def fetch_own(
    request: Request,
    runtime: RuntimeDep,
    now: NowDep,
    address: AddressDep,
    number: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
    attachment: Annotated[int, Form(ge=1, le=LARGEST_ID)] = 1,
) -> Response:
    """By form: number and code stand in no address."""
    check_visitor(request, csrf)
    limit_attempts(runtime, f"own-files:{address}", FOLLOWS_PER_HOUR * 2, now=now)
    with transaction(runtime.pool) as conn:
        return attachments.fetch_own(conn, runtime, number, code, attachment)


@router.get("/cases/{case_number}/attachments/{attachment_id}")
def show_file(
    case_number: str, attachment_id: Id, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> Response:
    return attachments.fetch(conn, runtime, staff.account, case_number, attachment_id, now=now)


@router.get("/cases/{case_number}/attachments/{attachment_id}/thumbnail")
def show_thumbnail(
    case_number: str, attachment_id: Id, staff: StaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> Response:
    return attachments.fetch(conn, runtime, staff.account, case_number, attachment_id, thumbnail=True, now=now)


@router.post("/cases/{case_number}/attachments")
def add_files(
    request: Request,
    case_number: str,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    files: Annotated[list[UploadFile], File()] = [],  # noqa: B006
    for_submitter: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
) -> Response:
    try:
        check_form_token(csrf, staff.csrf_token)
        with conn.transaction():
            attachments.attach(
                conn, runtime, staff.account, case_number, files, for_submitter=bool(for_submitter), now=now
            )
    except NotFound:
        raise
    except WenzhengError as error:
        return case_response(request, runtime, conn, staff, case_number, now=now, told=error)
    return RedirectResponse(f"/cases/{case_number}?done=attach#attachments", status_code=303)


@router.post("/cases/{case_number}/attachments/{attachment_id}/removal")
def remove_file(
    request: Request,
    case_number: str,
    attachment_id: Id,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    reason: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
) -> Response:
    try:
        check_form_token(csrf, staff.csrf_token)
        with conn.transaction():
            attachments.detach(conn, runtime, staff.account, case_number, attachment_id, reason=reason, now=now)
    except NotFound:
        raise
    except WenzhengError as error:
        return case_response(request, runtime, conn, staff, case_number, now=now, told=error)
    return RedirectResponse(f"/cases/{case_number}?done=detach#attachments", status_code=303)
