"""The pages: HTML for citizens, departments, dispatchers, leaders and administrators."""

from fastapi import APIRouter

from api.pages import (
    administration,
    alert_settings,
    alerts,
    assets,
    calendar,
    case_list,
    case_page,
    citizen,
    classifier,
    department,
    issue_list,
    issue_page,
    issue_shape_page,
    leadership,
    public_responses,
    requests,
    review,
    sign_in,
    submissions,
    trends,
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
    issue_list,
    issue_page,
    issue_shape_page,
    triage,
    requests,
    review,
    submissions,
    leadership,
    alert_settings,  # before alerts: /alerts/settings is no number
    alerts,
    trends,
    public_responses,
    administration,
    calendar,
    classifier,
    word_shares,
):
    router.include_router(_module.router)
