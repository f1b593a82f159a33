"""What a citizen sees: write a letter, keep the receipt, follow it. No account."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from api.citizens.citizen import MAX_BODY, MAX_TITLE, LetterProgress, follow_letter, withdraw_consent, write_letter
from api.dependencies import AddressDep, NowDep, RuntimeDep, limit_attempts
from api.http_status import status_of
from api.pages.cases.case_wording import Badge, state_of
from api.pages.choices import region_choices
from api.pages.citizens.letter_fields import KINDS, LetterFields, read_letter
from api.pages.citizens.rating import RATING_CHOICES
from api.pages.city import DirectoryDep
from api.pages.form_token import check_visitor, form_token, keep_form_token, secure_cookies
from api.pages.rendering import render
from api.runtime import Runtime
from api.staff.attachments import ACCEPT_SENT, add_to_letter, check_sent, list_own, thumbnails
from intake.registration import check_receipt_number
from models.attachment import Attachment
from models.case import CaseStatus
from models.database import transaction
from models.errors import Invalid, NotFound, WenzhengError
from routing.directory import Directory

router = APIRouter()

FOLLOWS_PER_HOUR = 30
RECEIPT_COOKIE = "wenzheng_receipt"
RECEIPT_PATH = "/letters/receipt"
RECEIPT_TIME = timedelta(minutes=10)

STAGES = ("已收到", "已派单", "办理中", "已办结")
_STAGE_OF = {
    None: 0,
    CaseStatus.TRIAGE: 0,
    CaseStatus.DISPATCHED: 1,
    CaseStatus.IN_PROGRESS: 2,
    CaseStatus.COMPLETED: 3,
    CaseStatus.CLOSED: 3,
}


@router.get("/")
def home(request: Request, directory: DirectoryDep) -> Response:
    return render(request, "citizen/home.html")


@router.get("/letters/new")
def letter_form(request: Request, directory: DirectoryDep) -> Response:
    return _letter_page(request, directory, LetterFields())


@router.post("/letters/new")
def send_letter(
    request: Request,
    directory: DirectoryDep,
    runtime: RuntimeDep,
    now: NowDep,
    address: AddressDep,
    fields: Annotated[LetterFields, Depends(read_letter)],
    files: Annotated[list[UploadFile], File()] = [],  # noqa: B006
    csrf: Annotated[str, Form()] = "",
    website: Annotated[str, Form()] = "",
) -> Response:
    """Stored and committed before the answer; what is wrong comes back with every word that was typed."""
    try:
        check_visitor(request, csrf)
        if website:
            raise Invalid("提交没有成功，请再点一次“提交”。")
        limit_attempts(runtime, f"letters:{address}", runtime.settings.letters_per_hour, now=now)
        checked = check_sent(files)
        with transaction(runtime.pool) as conn:
            registered = write_letter(conn, runtime, fields.form(directory), sent_by=csrf, now=now)
            add_to_letter(conn, runtime, registered.submission_id, checked, now=now)
    except WenzhengError as error:
        return _letter_page(request, directory, fields, error, chosen=any(file.filename for file in files))
    response = RedirectResponse(RECEIPT_PATH, status_code=303)
    # The code is kept nowhere but as a hash: it travels once, to the browser that wrote, for the next page only.
    response.set_cookie(
        RECEIPT_COOKIE,
        f"{registered.receipt_number}/{registered.query_code}",
        path="/letters",
        max_age=int(RECEIPT_TIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=secure_cookies(request),
    )
    return response


@router.get(RECEIPT_PATH)
def receipt(
    request: Request, directory: DirectoryDep, runtime: RuntimeDep, now: NowDep, address: AddressDep
) -> Response:
    """Number and code, large. Reloading shows them again while the browser keeps them."""
    number, _, code = request.cookies.get(RECEIPT_COOKIE, "").partition("/")
    if not code:
        return RedirectResponse("/letters/follow", status_code=303)
    minutes = int(RECEIPT_TIME.total_seconds() // 60)
    limit_attempts(runtime, f"receipt:{address}", FOLLOWS_PER_HOUR * 2, now=now)
    files: list[Attachment] = []
    with transaction(runtime.pool) as conn, suppress(NotFound):  # a cookie may hold anything
        files = list_own(conn, runtime, number, code)
    return render(request, "citizen/receipt.html", number=number, code=code, minutes=minutes, files=files)


@router.get("/letters/follow")
def follow_form(request: Request, directory: DirectoryDep, number: str = "") -> Response:
    return _follow_page(request, number=number[:40])


@router.post("/letters/follow")
def follow(
    request: Request,
    directory: DirectoryDep,
    runtime: RuntimeDep,
    now: NowDep,
    address: AddressDep,
    number: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
) -> Response:
    try:
        _check_follow(request, runtime, address, number, code, csrf, now=now)
        return _progress_page(request, runtime, number, code, now=now)
    except WenzhengError as error:
        return _follow_page(request, number=number, code=code, error=error)


@router.post("/letters/consent")
def take_consent_back(
    request: Request,
    directory: DirectoryDep,
    runtime: RuntimeDep,
    now: NowDep,
    address: AddressDep,
    number: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
) -> Response:
    """Who wrote takes back that the letter may be read by all; done twice it is done."""
    try:
        _check_follow(request, runtime, address, number, code, csrf, now=now)
        with transaction(runtime.pool) as conn:
            withdraw_consent(conn, runtime, number, code, now=now)
        return _progress_page(request, runtime, number, code, now=now, done="已撤回，您的来信不再公开。")
    except WenzhengError as error:
        return _follow_page(request, number=number, code=code, error=error)


def _progress_page(
    request: Request, runtime: Runtime, number: str, code: str, *, now: datetime, done: str = ""
) -> Response:
    """Raises `NotFound`."""
    with transaction(runtime.pool) as conn:
        letter = follow_letter(conn, runtime, number, code, now=now)
        files = list_own(conn, runtime, number, code)
        pictures = thumbnails(conn, runtime, files)
    stage = _STAGE_OF[letter.status]
    return render(
        request,
        "citizen/progress.html",
        letter=letter,
        files=files,
        pictures=pictures,
        code=code,
        done=done,
        badge=_badge(letter),
        stages=STAGES,
        stage=stage,
        finished=stage == len(STAGES) - 1,
        rating_choices=RATING_CHOICES,
        token=form_token(request),
    )


def _letter_page(
    request: Request,
    directory: Directory,
    fields: LetterFields,
    error: WenzhengError | None = None,
    *,
    chosen: bool = False,
) -> Response:
    token = form_token(request)
    response = render(
        request,
        "citizen/letter.html",
        status_code=status_of(error) if error else 200,
        form=fields,
        kinds=KINDS,
        accept=ACCEPT_SENT,
        chosen_again=chosen,
        regions=region_choices(directory),
        token=token,
        message=error.message if error else "",
        errors=error.fields if isinstance(error, Invalid) else {},
        max_title=MAX_TITLE,
        max_body=MAX_BODY,
        receipt_at_hand=error is not None and RECEIPT_COOKIE in request.cookies,
    )
    keep_form_token(request, response, token)
    return response


def _follow_page(request: Request, *, number: str = "", code: str = "", error: WenzhengError | None = None) -> Response:
    token = form_token(request)
    response = render(
        request,
        "citizen/follow.html",
        status_code=status_of(error) if error else 200,
        number=number,
        code=code,
        token=token,
        message=error.message if error else "",
        errors=error.fields if isinstance(error, Invalid) else {},
    )
    keep_form_token(request, response, token)
    return response


def _check_follow(
    request: Request, runtime: Runtime, address: str, number: str, code: str, csrf: str, *, now: datetime
) -> None:
    """Our own form, not too often; slips of the pen are told apart from unknown letters before they are looked up."""
    check_visitor(request, csrf)
    fields = {}
    if not check_receipt_number(number):
        fields["number"] = "编号不对：应为15位数字，请对照回执再看一遍"
    if not code.strip():
        fields["code"] = "请填写查询码"
    if fields:
        raise Invalid("请核对编号和查询码。", fields)
    limit_attempts(runtime, f"follow:{address}", FOLLOWS_PER_HOUR, now=now)


def _badge(letter: LetterProgress) -> Badge:
    if letter.status is None or letter.status is CaseStatus.TRIAGE:
        return Badge("已收到，正在确定由谁办理", "inbox", "blue")
    if letter.status is CaseStatus.DISPATCHED:
        return Badge("已转办理单位，等待签收", "send", "blue")
    return state_of(letter.status)
