"""The leader: from an alert to a letter and back, from a number to its list, to the analysis, the reports, the wall."""

import re
from collections.abc import Callable

from playwright.sync_api import ViewportSize

from tests.browser.conftest import PATIENCE, PHONE, Person, click, comes_to_fit, press
from tests.pipeline.processes import wait_for

People = Callable[..., Person]
WALL: ViewportSize = {"width": 1920, "height": 1080}


def _number(text: str) -> int:
    found = re.search(r"\d[\d,]*", text)
    assert found, text
    return int(found.group().replace(",", ""))


def test_a_leader_goes_from_an_alert_to_a_letter_and_back(person: People) -> None:
    one = person()
    page = one.sign_in("lingdao")
    assert page.url.endswith("/overview")
    alerts = page.locator("section[aria-labelledby=open-alerts] li a")

    def has_alerts() -> bool:  # they are looked for once a minute
        one.go("/overview")
        return alerts.count() > 0

    wait_for(has_alerts, PATIENCE, "an alert on the overview", longest_pause=5)
    click(alerts.first)
    assert "/alerts/" in page.url
    alert, title = page.url, page.locator("h1").inner_text()
    cases = page.locator(".figures a[href^='/cases']")
    counted = _number(cases.inner_text())
    assert counted > 0
    click(cases)
    assert _number(page.locator("h1").inner_text()) == counted
    click(page.locator("main a[href^='/cases/']").first)
    assert "/cases/" in page.url and page.locator("h1").count() == 1
    assert page.locator("#letter, .letter, article").count()
    page.go_back()
    page.go_back()
    assert page.url == alert and page.locator("h1").inner_text() == title
    click(page.locator("nav.nav a[href='/overview']"))
    assert page.url.endswith("/overview")


def test_a_leader_goes_from_a_hot_issue_to_a_letter_and_from_a_number_to_its_list(person: People) -> None:
    page = person().sign_in("lingdao")
    click(page.locator("main a[href^='/issues/']").first)
    assert "/issues/" in page.url
    click(page.locator("main a[href^='/cases/']").first)
    assert "/cases/" in page.url
    assert page.locator("h1").count() == 1
    click(page.locator("nav.nav a[href='/overview']"))
    assert page.url.endswith("/overview")

    number = page.locator(".metric a[href*='state=open']").first  # a list counts up to a thousand
    shown = _number(number.inner_text())
    click(number)
    assert "/cases" in page.url
    assert _number(page.locator("h1").inner_text()) == shown

    page.go_back()
    for tab, address in (("分析", "/analysis"), ("报告", "/reports")):
        click(page.locator("main nav a", has_text=tab).first)
        assert address in page.url
        assert page.locator("h1").count() == 1


def test_the_wall_fits_its_screen_keeps_itself_current_and_is_left_by_escape(person: People) -> None:
    one = person(WALL)
    one.sign_in("lingdao")
    page = one.go("/wall")
    page.evaluate("document.querySelector('[data-as-of]').textContent = '—'")
    page.locator("[data-as-of]", has_text=re.compile(r"\d\d:\d\d:\d\d")).wait_for()
    inside = (
        "[...document.querySelectorAll('main section')].every(s => {"
        " const r = s.getBoundingClientRect();"
        " return r.right <= innerWidth + 1 && r.bottom <= innerHeight + 1 && s.scrollHeight <= s.clientHeight + 2 })"
    )
    for width, height in ((1920, 1080), (3840, 2160)):
        page.set_viewport_size({"width": width, "height": height})
        wait_for(lambda: bool(page.evaluate(inside)), PATIENCE, f"the wall fits {width} by {height}")
    page.set_viewport_size(PHONE)
    assert comes_to_fit(page)
    press(page, "Escape")
    assert page.url.endswith("/overview")
    assert comes_to_fit(page)
