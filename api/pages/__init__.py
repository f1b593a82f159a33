"""The pages: HTML for citizens, departments, dispatchers, leaders and administrators."""

from fastapi import APIRouter

from api.pages import (
    administration,
    assets,
    case_list,
    case_page,
    citizen,
    classifier,
    department,
    leadership,
    review,
    sign_in,
    submissions,
    triage,
    word_shares,
)

router = APIRouter(include_in_schema=False)
for _module in (
    assets,
    citizen,
    sign_in,
    department,
    case_list,
    case_page,
    triage,
    review,
    submissions,
    leadership,
    administration,
    classifier,
    word_shares,
):
    router.include_router(_module.router)
