"""The only place that knows HTTP numbers for our errors. One shape on every door: RFC 9457 problem details.

JSON doors answer `application/problem+json`; pages answer the same facts as a page (api/pages/problem.py).
"""

import logging
from typing import Any
from uuid import uuid4

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api.headers import protect
from api.http_status import TITLES, status_of
from api.pages.problem import problem_page, redirect_to_login
from models.errors import Invalid, Unavailable, WenzhengError

logger = logging.getLogger(__name__)

_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "900"}, 503: {"Retry-After": "10"}}
# What pydantic says in English, said in Chinese; anything else is "格式不正确".
_VALIDATION = {
    "missing": "必填",
    "string_too_long": "内容过长",
    "string_too_short": "内容过短",
    "int_parsing": "应为整数",
    "enum": "不在可选范围内",
    "json_invalid": "不是有效的 JSON",
    "date_from_datetime_parsing": "应为日期，如 2026-11-23",
    "date_parsing": "应为日期，如 2026-11-23",
}


def problem(status: int, detail: str, *, fields: dict[str, str] | None = None, instance: str = "") -> dict[str, Any]:
    """RFC 9457 members; `fields` (an extension) names what to correct in a form."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "请求没有完成"),
        "status": status,
        "detail": detail,
    }
    if instance:
        body["instance"] = instance
    if fields:
        body["fields"] = fields
    return body


def is_page(request: Request) -> bool:
    """Pages are everything that is not a machine's door."""
    return not request.url.path.startswith(("/api/", "/healthz", "/readyz", "/static/"))


def respond(request: Request, status: int, detail: str, fields: dict[str, str] | None = None) -> Response:
    body = problem(status, detail, fields=fields, instance=request.url.path)
    if is_page(request):
        if status == 401 and request.method == "GET":
            return redirect_to_login(request)
        return problem_page(request, body)
    headers = _HEADERS.get(status)
    return JSONResponse(body, status_code=status, media_type="application/problem+json", headers=headers)


def install(app: FastAPI) -> None:
    """Teach the application to answer our errors, bad requests and bugs in the one shape."""

    @app.exception_handler(WenzhengError)
    def _domain(request: Request, error: WenzhengError) -> Response:
        status = status_of(error)
        fields = error.fields if isinstance(error, Invalid) else None
        return respond(request, status, error.message, fields)

    @app.exception_handler(RequestValidationError)
    def _validation(request: Request, error: RequestValidationError) -> Response:
        fields = {_field(item): _VALIDATION.get(item["type"], "格式不正确") for item in error.errors()}
        return respond(request, 422, "填写的内容有误。", fields)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        details = {404: "没有找到这个页面。", 405: "这个地址不支持此操作。", 413: "提交的内容超过 1 MB。"}
        response = respond(request, error.status_code, details.get(error.status_code, "请求没有完成。"))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(psycopg.OperationalError)
    def _cut_off(request: Request, error: psycopg.OperationalError) -> Response:
        """The database went away in the middle: a restart, not a bug."""
        logger.warning("database away on %s %s: %s", request.method, request.url.path, error)
        return respond(request, 503, Unavailable().message)

    @app.exception_handler(Exception)
    def _bug(request: Request, error: Exception) -> Response:
        reference = uuid4().hex[:12]
        logger.error("error %s on %s %s", reference, request.method, request.url.path, exc_info=error)
        # answered outside of all middleware
        return protect(request, respond(request, 500, f"系统出错，已记录（编号 {reference}）。"))


def _field(item: dict[str, Any]) -> str:
    """The name of the field; for a body that is no JSON at all, where the parser stopped says nothing to anybody."""
    source, *path = item["loc"]
    return ".".join(map(str, path)) if path and item["type"] != "json_invalid" else str(source)
