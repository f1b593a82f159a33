"""The one shape of an error (RFC 9457), for the document of the API."""

from typing import Any

from pydantic import BaseModel

# What any route may answer instead of its own; 500 is a bug and not a promise.
DOCUMENTED = (401, 403, 404, 409, 413, 422, 429, 503)


class Problem(BaseModel):
    """`detail` is a sentence for people; `fields` (ours) names what to correct; `instance` is the address asked."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str | None = None
    fields: dict[str, str] | None = None


def problem_response(title: str) -> dict[str, Any]:
    """The entry of one status in a route's `responses`."""
    return {"description": title, "content": {"application/problem+json": {"schema": Problem.model_json_schema()}}}
