"""What the government answered to what many asked, for everybody to read."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import ConnectionDep
from api.pages.cases.case_list import Page
from api.pages.city import DirectoryDep
from api.pages.rendering import render
from routing.issues.issue_response_repository import list_published_answers

router = APIRouter()

PAGE_SIZE = 20


@router.get("/responses")
def show_responses(request: Request, directory: DirectoryDep, conn: ConnectionDep, page: Page = 1) -> Response:
    """The latest first. One more than a page is read, to know whether there is another."""
    found = list_published_answers(conn, limit=PAGE_SIZE + 1, offset=(page - 1) * PAGE_SIZE)
    return render(
        request,
        "citizen/responses.html",
        answers=found[:PAGE_SIZE],
        newer=page - 1 if page > 1 else 0,
        older=page + 1 if len(found) > PAGE_SIZE else 0,
    )
