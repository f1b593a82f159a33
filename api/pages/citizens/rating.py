"""What a submitter says of the result: solved or not, content or not, in big letters, once."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import AddressDep, NowDep, RuntimeDep, limit_attempts
from api.http_status import status_of
from api.pages.choices import Choice, enum_choices
from api.pages.city import DirectoryDep
from api.pages.form_token import check_visitor, form_token, keep_form_token
from api.pages.rendering import render
from api.staff.callback_desk import Rating, find_rated, rate, view_rating
from models.callback import CallbackEntry, Satisfaction, SolvedAnswer
from models.database import transaction
from models.errors import Invalid, WenzhengError

router = APIRouter()

RATES_PER_HOUR = 30
RATING_CHOICES: dict[str, list[Choice]] = {
    "solved": enum_choices(SolvedAnswer),
    "satisfaction": enum_choices(Satisfaction),
}


@router.get("/letters/rate/{token}")
def rate_form(
    request: Request, token: str, directory: DirectoryDep, runtime: RuntimeDep, now: NowDep, address: AddressDep
) -> Response:
    """What the link of a message opens. It tells the number and who handled it, not the letter: links are passed on."""
    limit_attempts(runtime, f"rate:{address}", RATES_PER_HOUR, now=now)
    with transaction(runtime.pool) as conn:
        callback, case = find_rated(conn, runtime, token)
        rating = view_rating(conn, runtime, callback, case, now=now)
    return _page(request, rating, entry=CallbackEntry.LINK)


@router.post("/letters/rate")
def send_rating(
    request: Request,
    directory: DirectoryDep,
    runtime: RuntimeDep,
    now: NowDep,
    address: AddressDep,
    token: Annotated[str, Form()] = "",
    solved: Annotated[str, Form()] = "",
    satisfaction: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    entry: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
) -> Response:
    limit_attempts(runtime, f"rate:{address}", RATES_PER_HOUR, now=now)
    way = CallbackEntry.LINK if entry == CallbackEntry.LINK else CallbackEntry.PAGE
    with transaction(runtime.pool) as conn:
        callback, case = find_rated(conn, runtime, token)
        rating = view_rating(conn, runtime, callback, case, now=now)
    try:
        check_visitor(request, csrf)
        with transaction(runtime.pool) as conn:
            rate(
                conn,
                runtime,
                token,
                solved=SolvedAnswer(solved) if solved in set(SolvedAnswer) else None,
                satisfaction=Satisfaction(satisfaction) if satisfaction in set(Satisfaction) else None,
                note=note.replace("\r\n", "\n").replace("\0", ""),
                entry=way,
                now=now,
            )
    except WenzhengError as error:
        typed = {"solved": solved, "satisfaction": satisfaction, "note": note}
        return _page(request, rating, entry=way, typed=typed, error=error)
    return RedirectResponse("/letters/rated", status_code=303)


@router.get("/letters/rated")
def thank(request: Request, directory: DirectoryDep) -> Response:
    return render(request, "citizen/rated.html")


def _page(
    request: Request,
    rating: Rating,
    *,
    entry: CallbackEntry,
    typed: dict[str, str] | None = None,
    error: WenzhengError | None = None,
) -> Response:
    token = form_token(request)
    response = render(
        request,
        "citizen/rate.html",
        status_code=status_of(error) if error else 200,
        rating=rating,
        entry=entry.value,
        rating_choices=RATING_CHOICES,
        typed=typed or {},
        token=token,
        message=error.message if error else "",
        errors=error.fields if isinstance(error, Invalid) else {},
    )
    keep_form_token(request, response, token)
    return response
