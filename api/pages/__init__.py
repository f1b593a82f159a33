"""The pages: HTML for citizens, departments, dispatchers, leaders and administrators."""

from fastapi import APIRouter

from api.pages import (
    administration,
    assets,
    case_list,
    case_page,
    citizen,
    department,
    leadership,
    sign_in,
    submissions,
    triage,
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
    submissions,
    leadership,
    administration,
):
    router.include_router(_module.router)
