"""The JSON door: /api/v1 and the health checks."""

from typing import Any

from fastapi import APIRouter

from api.http_status import TITLES
from api.routes import (
    alerts,
    analysis,
    analysis_statistics,
    answers,
    attachments,
    callbacks,
    cases,
    classifiers,
    drafts,
    forecast,
    health,
    integrity,
    issue_responses,
    issues,
    letters,
    metrics,
    reference,
    sessions,
    submissions,
)
from api.schemas.problem import DOCUMENTED, problem_response

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: problem_response(title) for status, title in TITLES.items() if status in DOCUMENTED
}

router = APIRouter()
router.include_router(health.router)
for _module in (
    sessions,
    letters,
    answers,
    classifiers,
    drafts,
    attachments,  # before cases: /attachments is no action
    cases,
    issue_responses,
    issues,
    alerts,
    submissions,
    integrity,
    callbacks,
    metrics,
    forecast,
    analysis,
    analysis_statistics,
    reference,
):
    router.include_router(_module.router, prefix="/api/v1", responses=_PROBLEMS)
