"""Every door but a short written list asks who is there; every write says who did it."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from api import account_repository
from api.app import create_app
from api.dependencies import ConnectionDep, get_account, get_session, get_wall_viewer
from api.runtime import Runtime
from tests.architecture.source import PACKAGES, modules, strings

# What people without an account may use, and why.
PUBLIC = {
    "GET /": "the front page",
    "GET /letters/new": "citizens write",
    "POST /letters/new": "citizens write",
    "GET /letters/receipt": "citizens write",
    "POST /letters/attachment": "citizens fetch what they sent, with number and code",
    "POST /api/v1/letters/{receipt_number}/attachments": "the same",
    "POST /api/v1/letters/{receipt_number}/attachments/list": "the same",
    "POST /api/v1/letters/{receipt_number}/attachments/{attachment_id}": "the same",
    "GET /letters/follow": "citizens follow",
    "POST /letters/follow": "citizens follow",
    "GET /letters/rate/{token}": "citizens say whether it is solved, with the link of their letter",
    "POST /letters/rate": "the same",
    "GET /letters/rated": "the same",
    "POST /api/v1/letters/{receipt_number}/rating": "the same, with number and code",
    "GET /responses": "everybody reads what was answered",
    "GET /answers": "the same",
    "GET /answers.atom": "the same",
    "GET /answers/{number}": "the same",
    "GET /answers/{number}/files/{attachment_id}": "the same, what was published with an answer",
    "GET /api/v1/answers": "the same",
    "GET /api/v1/answers/{number}": "the same",
    "POST /letters/consent": "who wrote takes back that the letter is read, with number and code",
    "POST /api/v1/letters/{receipt_number}/consent-withdrawal": "the same",
    "GET /login": "before there is an account",
    "POST /login": "the same",
    "POST /api/v1/session": "the same",
    "POST /api/v1/letters": "citizens write",
    "POST /api/v1/letters/{receipt_number}/progress": "citizens follow, with number and code",
    "GET /api/v1/topics": "the directory is public",
    "GET /api/v1/departments": "the directory is public",
    "GET /api/v1/regions": "the directory is public",
    "GET /healthz": "whoever watches",
    "GET /readyz": "whoever watches",
    "GET /api/v1/openapi.json": "the document",
    "HEAD /api/v1/openapi.json": "the document",
}
_ASSETS = re.compile(r"GET /static/.*")


def doors() -> Iterator[tuple[str, Dependant | None]]:
    """Every method and address of the application with its dependencies (None: it has none)."""
    app = create_app(cast(Runtime, None))
    for context in iter_route_contexts(app.routes):
        if isinstance(context.route, Mount):
            assert context.route.path == "/static"
            continue
        for method in sorted(context.methods or ()):
            yield f"{method} {context.path}", getattr(context, "dependant", None)


def asks_for_account(dependant: Dependant | None) -> bool:
    if dependant is None:
        return False
    asking = dependant.call in (get_account, get_session, get_wall_viewer)
    return asking or any(map(asks_for_account, dependant.dependencies))


DOORS = dict(doors())


def test_the_application_is_seen_whole() -> None:
    assert len(DOORS) > 30
    assert {"GET /api/v1/cases", "POST /cases/{case_number}/{action}", "GET /triage"} <= DOORS.keys()


@pytest.mark.parametrize("door", sorted(DOORS))
def test_every_door_but_the_public_ones_asks_for_an_account(door: str) -> None:
    public = door in PUBLIC or _ASSETS.fullmatch(door) is not None
    assert asks_for_account(DOORS[door]) is not public


def test_the_public_list_names_only_what_exists() -> None:
    assert PUBLIC.keys() - DOORS.keys() == set()


# Writes

_WRITES = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|TRUNCATE|COPY\s+\w+)", re.IGNORECASE)
# A reading that touches a row is not somebody's act.
NO_ACT = {
    "api/account_repository.py find_session": "notes that the session is in use, at most once a minute",
    "api/account_repository.py find_wall_screen": "notes that the screen is on, at most every ten minutes",
}


def repository_functions() -> list[tuple[str, ast.FunctionDef]]:
    return [
        (f"{module.name} {node.name}", node)
        for module in modules(*PACKAGES)
        if module.name.endswith("repository.py")
        for node in module.nodes
        if isinstance(node, ast.FunctionDef)
    ]


def writes(function: ast.FunctionDef) -> bool:
    return any(_WRITES.search(text) for text in strings(tuple(ast.walk(function))))


def test_every_function_that_writes_takes_the_actor() -> None:
    writers = [(name, function) for name, function in repository_functions() if writes(function)]
    assert len(writers) > 30
    without = [
        name
        for name, function in writers
        if name not in NO_ACT and "actor" not in {a.arg for a in function.args.kwonlyargs}
    ]
    assert without == []
    assert NO_ACT.keys() <= {name for name, _ in writers}


def test_whoever_calls_a_writer_passes_the_actor_on() -> None:
    """No default: forgetting it is a TypeError. (Only the worker's and the set-up's own acts have one.)"""
    with_default = [
        f"{module.name} {node.name}"
        for module in modules(*PACKAGES)
        for node in module.nodes
        if isinstance(node, ast.FunctionDef)
        for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if argument.arg == "actor" and default is not None
    ]
    assert sorted(with_default) == ["api/city_setup.py set_up_city", "routing/process.py process_batch"]


@pytest.mark.parametrize("kind", ["get_", "find_", "list_", "add_", "claim_"])
def test_names_of_repository_functions_say_what_comes_back(kind: str) -> None:
    """`find_` may give None, `get_` never does."""
    for name, function in repository_functions():
        if function.name.startswith(kind) and function.returns is not None:
            optional = "None" in ast.unparse(function.returns) and ast.unparse(function.returns) != "None"
            assert optional is (kind == "find_"), name


def test_inner_functions_never_commit() -> None:
    """One transaction, opened at the edge."""
    committing = [
        module.name
        for module in modules("intake", "nlp", "routing", "dashboards")
        for node in module.nodes
        if isinstance(node, ast.Attribute) and node.attr in ("commit", "rollback")
    ]
    assert committing == []


def test_the_committing_dependency_commits_before_the_answer() -> None:
    """With FastAPI's default scope the commit comes after the response (DESIGN 3.3)."""
    [depends] = [part for part in cast(Any, ConnectionDep).__metadata__ if hasattr(part, "scope")]
    assert depends.scope == "function"


def test_no_endpoint_is_asynchronous() -> None:
    """One colour of function: `def` endpoints run in the thread pool and may wait for the database."""
    endpoints = {name: cast(Callable[..., Any], d.call) for name, d in DOORS.items() if d is not None}
    assert [name for name, endpoint in endpoints.items() if inspect.iscoroutinefunction(endpoint)] == []


def test_passwords_are_read_in_one_place() -> None:
    users = [m.name for m in modules(*PACKAGES) if "password_hash" in m.text and "SELECT password_hash" in m.text]
    assert users == ["api/account_repository.py"]
    assert "password_hash" not in account_repository.list_accounts.__code__.co_names
