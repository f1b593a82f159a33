"""The document of the JSON door."""

from typing import Any

import pytest

from tests.api.door import Door, ok


@pytest.fixture(scope="module")
def document(door: Door) -> dict[str, Any]:
    opened: dict[str, Any] = ok(door.get("/openapi.json"))
    return opened


OPERATIONS = {
    "GET /healthz",
    "GET /readyz",
    "POST /api/v1/session",
    "GET /api/v1/session",
    "DELETE /api/v1/session",
    "POST /api/v1/letters",
    "POST /api/v1/letters/{receipt_number}/progress",
    "POST /api/v1/letters/{receipt_number}/consent-withdrawal",
    "GET /api/v1/answers",
    "GET /api/v1/answers/{number}",
    "POST /api/v1/letters/{receipt_number}/attachments",
    "POST /api/v1/letters/{receipt_number}/attachments/list",
    "POST /api/v1/letters/{receipt_number}/attachments/{attachment_id}",
    "GET /api/v1/cases/{case_number}/attachments",
    "POST /api/v1/cases/{case_number}/attachments",
    "GET /api/v1/cases/{case_number}/attachments/{attachment_id}",
    "POST /api/v1/cases/{case_number}/attachments/{attachment_id}/removal",
    "GET /api/v1/cases",
    "GET /api/v1/cases/{case_number}",
    "GET /api/v1/cases/{case_number}/why",
    "POST /api/v1/cases/{case_number}/{action}",
    "POST /api/v1/cases/{case_number}/label",
    "GET /api/v1/cases/{case_number}/draft",
    "PUT /api/v1/cases/{case_number}/draft",
    "DELETE /api/v1/cases/{case_number}/draft",
    "POST /api/v1/cases/{case_number}/draft/check",
    "GET /api/v1/approvals",
    "GET /api/v1/reply-templates",
    "POST /api/v1/reply-templates",
    "PUT /api/v1/reply-templates/{template_id}",
    "GET /api/v1/reply-review",
    "PUT /api/v1/reply-review",
    "GET /api/v1/callbacks",
    "POST /api/v1/callbacks/next",
    "GET /api/v1/callback-rules",
    "POST /api/v1/callback-rules",
    "POST /api/v1/letters/{receipt_number}/rating",
    "POST /api/v1/person-searches",
    "GET /api/v1/triage",
    "GET /api/v1/classifiers",
    "POST /api/v1/classifiers/training",
    "GET /api/v1/classifiers/encoders",
    "POST /api/v1/classifiers/encoders",
    "PUT /api/v1/classifiers/promise",
    "GET /api/v1/classifiers/{classifier_id}",
    "GET /api/v1/classifiers/{classifier_id}/differences",
    "POST /api/v1/classifiers/{classifier_id}/promote",
    "POST /api/v1/classifiers/{classifier_id}/rollback",
    "GET /api/v1/issues",
    "GET /api/v1/issues/{issue_id}",
    "GET /api/v1/issues/{issue_id}/members",
    "GET /api/v1/issues/{issue_id}/decisions",
    "GET /api/v1/issues/{issue_id}/proposals",
    "POST /api/v1/issues/{issue_id}/{action}",
    "GET /api/v1/issues/{issue_id}/responses",
    "POST /api/v1/issues/{issue_id}/responses",
    "POST /api/v1/issues/{issue_id}/responses/{response_id}/{action}",
    "GET /api/v1/response-tasks",
    "GET /api/v1/issues/{issue_id}/level",
    "GET /api/v1/alerts",
    "GET /api/v1/alerts/{alert_id}",
    "POST /api/v1/alerts/{alert_id}/acknowledge",
    "POST /api/v1/alerts/{alert_id}/snooze",
    "POST /api/v1/alerts/{alert_id}/wake",
    "GET /api/v1/trends/sentiment",
    "GET /api/v1/submissions",
    "POST /api/v1/submissions/{submission_id}/case",
    "GET /api/v1/integrity",
    "GET /api/v1/integrity/{rule}",
    "POST /api/v1/integrity/{rule}/reviews",
    "PUT /api/v1/integrity/{rule}/thresholds",
    "GET /api/v1/disclosures",
    "GET /api/v1/exports",
    "GET /api/v1/forecast",
    "GET /api/v1/forecast/risk",
    "GET /api/v1/metrics",
    "GET /api/v1/analysis",
    "GET /api/v1/analysis/departments",
    "GET /api/v1/analysis/time",
    "GET /api/v1/topics",
    "GET /api/v1/departments",
    "GET /api/v1/regions",
}


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def test_the_document_lists_every_operation_and_no_page(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.")
    assert operations(document).keys() == OPERATIONS


def test_every_operation_says_in_chinese_what_it_does(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        assert any("\u4e00" <= char <= "\u9fff" for char in operation.get("description", "")), name
        assert operation["tags"], name


def test_every_schema_that_is_named_is_there(document: dict[str, Any]) -> None:
    text = str(document)
    schemas = document["components"]["schemas"]
    named = {part.split("'")[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= schemas.keys()
    assert {"CaseViewOut", "LetterIn", "MetricOut"} <= named


def test_no_field_shows_a_password_or_its_hash(document: dict[str, Any]) -> None:
    given_back = {name: schema for name, schema in document["components"]["schemas"].items() if name.endswith("Out")}
    assert "password" not in str(given_back)
