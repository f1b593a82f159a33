"""What was written and how it was answered, for everybody: a list to search, one letter, its files, a feed."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from api.citizens.answers import (
    CACHED,
    FILES_PER_HOUR,
    SEARCHES_PER_HOUR,
    AnswerPage,
    asks_for_person,
    fetch_file,
    get_answer,
    list_page,
)
from api.criteria import LARGEST_ID
from api.dependencies import AddressDep, NowDep, RuntimeDep, limit_attempts
from api.pages.cases.page_steps import PageSteps
from api.pages.choices import Choice, unit_choices
from api.pages.city import DirectoryDep
from api.pages.rendering import page_template, render
from models.database import transaction
from models.publication import AnswerCriteria
from nlp.search_query import MAX_QUERY
from routing.directory import Directory

router = APIRouter()

Number = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.get("/answers")
def show_answers(
    request: Request,
    directory: DirectoryDep,
    runtime: RuntimeDep,
    now: NowDep,
    address: AddressDep,
    q: str = "",
    unit: str = "",
    topic: str = "",
    region: str = "",
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
) -> Response:
    """The newest first; what was typed and chosen stands in the address, which can be passed on."""
    typed = " ".join(q.split())[:MAX_QUERY]
    person = asks_for_person(typed)
    if typed:
        limit_attempts(runtime, f"answers:{address}", SEARCHES_PER_HOUR, now=now)
    criteria = AnswerCriteria(unit=unit or None, topic=topic or None, region=region or None)
    page = AnswerPage(rows=(), following=None)
    if not person:
        with transaction(runtime.pool) as conn:
            page = list_page(conn, runtime, criteria, typed=typed, before=before)
    chosen = {"q": typed, "unit": unit, "topic": topic, "region": region}
    response = render(
        request,
        "citizen/answers.html",
        page=page,
        steps=_steps(chosen, page, before),
        chosen=chosen,
        person=person,
        filtered=bool(unit or topic or region),
        units=unit_choices(directory),
        topics=_first_topics(directory),
        counties=_counties(directory),
        most_typed=MAX_QUERY,
    )
    response.headers["Cache-Control"] = CACHED
    return response


@router.get("/answers.atom")
def feed(request: Request, directory: DirectoryDep, runtime: RuntimeDep) -> Response:
    """The newest as an Atom feed, without letters or their titles: what a reader has fetched no
    withdrawal takes back."""
    with transaction(runtime.pool) as conn:
        page = list_page(conn, runtime, AnswerCriteria())
    root = (runtime.settings.public_url or str(request.base_url)).rstrip("/")
    xml = page_template("citizen/answers.atom").render(page=page, city=directory.city, root=root, now=runtime.now())
    return Response(xml, media_type="application/atom+xml", headers={"Cache-Control": CACHED})


@router.get("/answers/{number}")
def show_answer(request: Request, number: Number, directory: DirectoryDep, runtime: RuntimeDep) -> Response:
    with transaction(runtime.pool) as conn:
        view, files = get_answer(conn, runtime, number)
    response = render(request, "citizen/answer.html", view=view, files=files)
    response.headers["Cache-Control"] = CACHED
    return response


@router.get("/answers/{number}/files/{attachment_id}")
def show_file(
    number: Number,
    attachment_id: Annotated[int, Path(ge=1, le=LARGEST_ID)],
    runtime: RuntimeDep,
    now: NowDep,
    address: AddressDep,
) -> Response:
    limit_attempts(runtime, f"answer-files:{address}", FILES_PER_HOUR, now=now)
    with transaction(runtime.pool) as conn:
        return fetch_file(conn, runtime, number, attachment_id)


def _steps(chosen: dict[str, str], page: AnswerPage, before: int | None) -> PageSteps:
    kept = {name: value for name, value in chosen.items() if value}

    def at(number: int | None) -> str:
        query = urlencode(kept | ({"before": str(number)} if number else {}))
        return f"/answers?{query}" if query else "/answers"

    return PageSteps(
        first=at(None) if before is not None else "",
        previous="",
        following=at(page.following) if page.following is not None else "",
    )


def _first_topics(directory: Directory) -> list[Choice]:
    """Without those that protect who reports: nothing of them is ever here."""
    return [(t.code, t.name) for t in directory.topics.values() if t.parent_code is None and not t.confidential]


def _counties(directory: Directory) -> list[Choice]:
    root = directory.city.region_code
    return [(r.code, r.name) for r in directory.regions.values() if r.parent_code == root and r.code != root]
