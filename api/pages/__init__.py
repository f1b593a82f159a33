"""The pages: HTML for citizens, departments, dispatchers, leaders and administrators."""

from fastapi import APIRouter

from api.pages import assets, sign_in
from api.pages.administration import administration, alert_settings, calendar, classifier, hours, notifications
from api.pages.cases import attachments, bulk, case_list, case_page, case_search, saved_views, submissions
from api.pages.citizens import answers, citizen, public_responses, rating
from api.pages.desk import (
    callbacks,
    department,
    disclosures,
    due_soon,
    integrity,
    mentions,
    requests,
    review,
    shortcuts,
    triage,
)
from api.pages.issues import alerts, issue_list, issue_page, issue_shape_page, trends
from api.pages.leadership import (
    analysis,
    analysis_departments,
    analysis_time,
    analysis_words,
    forecast,
    leadership,
    report_circulars,
    report_templates,
    reports,
    risk,
    scoring,
    scoring_form,
    scoring_sheet,
    wall,
    word_shares,
)
from api.pages.replies import drafts, reply_templates

router = APIRouter(include_in_schema=False)
for _module in (
    assets,
    citizen,
    sign_in,
    department,
    case_search,
    case_list,
    attachments,  # before the case page: /attachments is no action
    drafts,  # before the case page: /draft is no action
    scoring_sheet,  # before case_page: /cases/…/exclusions is no action
    case_page,
    reply_templates,
    issue_list,
    issue_page,
    issue_shape_page,
    triage,
    requests,
    callbacks,
    rating,
    due_soon,
    bulk,
    saved_views,
    mentions,
    shortcuts,
    review,
    submissions,
    integrity,
    disclosures,
    leadership,
    wall,
    analysis,
    analysis_departments,
    analysis_time,
    analysis_words,
    alert_settings,  # before alerts: /alerts/settings is no number
    alerts,
    trends,
    forecast,
    risk,
    public_responses,
    answers,
    scoring_form,  # before scoring: /scoring/schemes/new is no number
    scoring,
    report_templates,  # before reports: /reports/templates is no number
    report_circulars,
    reports,
    administration,
    calendar,
    hours,
    notifications,
    classifier,
    word_shares,
):
    router.include_router(_module.router)
