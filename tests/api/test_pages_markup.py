"""What holds on every page: no dead link, one heading, a label on each field, a token in each form, no script in it."""

import re
from collections import Counter, deque
from collections.abc import Callable
from datetime import timedelta
from importlib.resources import files

import pytest
from fastapi.testclient import TestClient

from api.pages import rendering
from models.account import Account, Role
from models.case import CaseAction
from models.database import Connection
from models.submission import Channel
from routing.directory import Directory
from tests import factories
from tests.api.html_page import Page
from tests.factories import NOW, analysis, letter

MOST_PAGES = 60


def _check(address: str, page: Page) -> None:
    assert page.html.startswith('<!doctype html>\n<html lang="zh-CN">'), address
    assert len(page.headings) == 1 and page.headings[0].strip(), address
    assert [id_ for id_, n in Counter(page.ids).items() if n > 1] == [], address
    assert page.unlabelled == [], address
    assert page.handlers == [] and page.inline_scripts == 0, address  # the content security policy forbids both
    for form in page.forms:
        assert form.method == "get" or form.values.get("csrf", [""])[0], (address, form.action)
    for described in re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', page.html):
        assert set(described.split()) <= set(page.ids), (address, described)
    for icon in re.findall(r"icons\.svg\?v=\w+#([\w-]+)", page.html):
        assert f'<symbol id="{icon}"' in _icons(), (address, icon)
    assert "None" not in page.words and "undefined" not in page.words, address


def _icons() -> str:
    return (files("api") / "static" / "icons.svg").read_text("utf-8")


def _crawl(client: TestClient, start: str) -> set[str]:
    """Visit what can be reached by links, each kind of address a few times."""
    waiting, seen, kinds = deque([start]), set[str](), Counter[str]()
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.popleft()
        path = address.split("#")[0]
        kind = re.sub(r"\d{8}-\d+", "N", path.split("?")[0])
        if path in seen or not path.startswith("/") or path.startswith("/static/") or kinds[kind] >= 6:
            continue
        seen.add(path)
        kinds[kind] += 1
        answer = client.get(path)
        assert answer.status_code == 200, path
        if answer.headers["content-type"].split(";")[0] != "text/html":
            continue  # a file: an export, an attachment, the data behind a chart
        page = Page(answer.text)
        _check(path, page)
        waiting.extend(page.links)
    return {path.split("?")[0] for path in seen}


@pytest.fixture
def busy_city(city_conn: Connection, directory: Directory) -> None:
    for until in (CaseAction.OPEN, CaseAction.ACKNOWLEDGE, CaseAction.REPLY, CaseAction.COMPLETE, CaseAction.CLOSE):
        factories.case(city_conn, directory, until=until, lead="zjj", at=NOW - timedelta(days=5))
    factories.case(city_conn, directory, says=analysis(confidence=0.2))
    unknown = analysis(topic=None, region=None)
    factories.case(city_conn, directory, says=unknown, new=letter(title="", confidential=True))
    factories.case(city_conn, directory, new=letter(channel=Channel.HOTLINE, source_id="H1"))


def test_a_visitor_finds_no_dead_link_and_no_faulty_page(client: TestClient) -> None:
    assert _crawl(client, "/") == {"/", "/letters/new", "/letters/follow", "/responses", "/answers", "/login"}


@pytest.mark.parametrize(
    ("role", "start", "reaches"),
    [
        (Role.OFFICER, "/desk", {"/desk", "/cases", "/cases.csv"}),
        (Role.DISPATCHER, "/triage", {"/triage", "/review", "/cases", "/submissions", "/issues", "/overview"}),
        (Role.SUPERVISOR, "/cases", {"/cases", "/submissions", "/overview", "/overview.xlsx"}),
        (Role.LEADER, "/overview", {"/overview", "/issues", "/cases", "/submissions"}),
        (
            Role.ADMINISTRATOR,
            "/administration",
            {
                "/administration/rules",
                "/administration/city",
                "/administration/classifier",
                "/administration/operation",
                "/overview",
                "/submissions",
            },
        ),
    ],
)
def test_staff_find_no_dead_link_and_no_faulty_page(
    client: TestClient,
    city_conn: Connection,
    busy_city: None,
    sign_in: Callable[[Account], str],
    role: Role,
    start: str,
    reaches: set[str],
) -> None:
    sign_in(factories.account(city_conn, role, department="zjj"))
    assert reaches <= _crawl(client, start)


def test_a_page_that_is_not_there_is_a_page(client: TestClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    _check("/nowhere", Page(answer.text))
    assert "/" in Page(answer.text).links


def test_a_form_that_came_back_is_a_sound_page(client: TestClient) -> None:
    form = Page(client.get("/letters/new").text).form("/letters/new")
    _check("/letters/new", Page(client.post("/letters/new", data=form.data()).text))


def test_every_template_is_sound_and_every_static_file_is_used() -> None:
    environment = rendering._environment()
    templates = environment.list_templates()
    folder = files("api") / "templates"
    sources = [folder.joinpath(name).read_text("utf-8") for name in templates]
    for name in templates:
        environment.get_template(name)
    used = "".join(sources) + (files("api.pages") / "rendering.py").read_text("utf-8")
    for file in (files("api") / "static").iterdir():
        assert file.name in used, file.name


def test_colours_are_those_of_the_charts() -> None:
    from dashboards.figures import theme

    tokens = (files("api") / "static" / "tokens.css").read_text("utf-8")
    for name in ("blue", "vermilion", "text", "muted"):
        assert f"--{name}: {getattr(theme, name.upper())};" in tokens
    assert f"--font: {theme.FONT};" in tokens
