"""A real browser on the real product: `wenzheng up` with its sample city. Without a browser the tests are skipped."""

import json
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, ViewportSize, sync_playwright

from tests.pipeline.processes import answers, free_port, start, wait_for

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_TRIES = 3
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# Seconds. A busy machine is no failure: whatever is waited for may come as late as this.
PATIENCE = 120.0


@dataclass(frozen=True)
class City:
    url: str
    password: str
    data_dir: Path


@pytest.fixture(scope="package")  # one for all browser tests (tests/order.py), and gone when they are done
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    data_dir: Path = tmp_path_factory.mktemp("browser") / "var"
    process, url = _start(data_dir)
    try:
        kept = json.loads((data_dir / "first-accounts.json").read_text(encoding="utf-8"))
        yield City(url, kept["password"], data_dir)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def _has_settled(process: subprocess.Popen[str], url: str) -> bool:
    return answers(f"{url}/readyz") or process.poll() is not None


def _start(data_dir: Path) -> tuple[subprocess.Popen[str], str]:
    """The running service. A port that was free may be taken a moment later by somebody's connection: then another."""
    said = []
    for _ in range(_TRIES):
        port = free_port()
        process = start(data_dir, "up", "--port", str(port))
        url = f"http://127.0.0.1:{port}"
        wait_for(partial(_has_settled, process, url), 300, "the service is ready")
        if process.poll() is None:
            return process, url
        said.append(process.communicate()[0])
    pytest.fail(f"the service did not stay up: {said}")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (.ci/run installs one)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        yield launched
        launched.close()


def click(target: Locator) -> None:
    """Click what opens another page and wait until that page has loaded. A click alone ends while the old page is still
    there: what is read then is the old page's, and a key pressed then is lost."""
    with target.page.expect_navigation():
        target.click()


def press(page: Page, key: str) -> None:
    """As `click`, for a key that opens another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def width_of(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def comes_to_fit(page: Page) -> bool:
    """Whether the page gets no wider than its window; a chart needs a moment to follow it."""
    assert page.viewport_size is not None
    width = page.viewport_size["width"]
    for _ in range(100):
        if width_of(page) <= width:
            return True
        page.wait_for_timeout(100)
    return False


class Person:
    """Somebody at a screen: pages of their own, and whatever the browser complained about."""

    def __init__(self, browser: Browser, city: City, viewport: ViewportSize) -> None:
        self.city = city
        self.context = browser.new_context(viewport=viewport, locale="zh-CN")
        self.context.set_default_timeout(PATIENCE * 1000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        refused = "the server responded with a status of 4" in message.text  # an answer, which the test looks at itself
        if message.type in ("error", "warning") and not refused:
            self.complaints.append(message.text)

    def go(self, path: str) -> Page:
        self.page.goto(self.city.url + path)
        return self.page

    def sign_in(self, username: str) -> Page:
        self.go("/login")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", self.city.password)
        click(self.page.locator("main button[type=submit]"))
        return self.page


@pytest.fixture
def person(browser: Browser, city: City) -> Iterator[Callable[..., Person]]:
    """Make people: `person()` at a desk, `person(PHONE)` with a phone. Nobody's browser may complain."""
    people: list[Person] = []

    def make(viewport: ViewportSize = DESKTOP) -> Person:
        people.append(Person(browser, city, viewport))
        return people[-1]

    yield make
    for one in people:
        one.context.close()
        assert one.complaints == []
