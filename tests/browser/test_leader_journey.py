"""The leader: from an alert to a letter and back, from a number to its list, to the analysis, the reports, the wall."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, ViewportSize

from tests.browser.conftest import PHONE, Person

People = Callable[..., Person]
WALL: ViewportSize = {"width": 1920, "height": 1080}


def _number(text: str) -> int:
    found = re.search(r"\d[\d,]*", text)
    assert found, text
    return int(found.group().replace(",", ""))


def _open_alert(page: Page) -> bool:
    """An alert of the overview; the sample city may have none yet, then the issue is opened from the overview."""
    alert = page.locator("section[aria-labelledby=open-alerts] li a")
    if not alert.count():
        return False
    alert.first.click()
    page.wait_for_url("**/alerts/*")
    return True


def test_a_leader_goes_from_an_alert_to_a_letter_and_back(person: People) -> None:
    page = person().sign_in("lingdao")
    assert page.url.endswith("/overview")
    named = page.locator("main a[href^='/issues/']")
    if _open_alert(page):
        named = page.locator("main a[href^='/issues/']")
        if not named.count():  # a burst has no issue: its rows are its letters
            page.go_back()
            named = page.locator("main a[href^='/issues/']")
    named.first.click()
    page.wait_for_url("**/issues/*")
    page.locator("main a[href^='/cases/']").first.click()
    page.wait_for_url("**/cases/*")
    assert page.locator("h1").count() == 1
    page.locator("nav.nav a[href='/overview']").click()
    page.wait_for_url("**/overview")

    number = page.locator(".metric a", has=page.locator("text=/^\\d/")).first
    shown = _number(number.inner_text())
    number.click()
    page.wait_for_url("**/cases**")
    assert _number(page.locator("h1").inner_text()) == shown

    page.go_back()
    for tab, address in (("分析", "/analysis"), ("报告", "/reports")):
        page.locator("main nav a", has_text=tab).first.click()
        page.wait_for_url(f"**{address}**")
        assert page.locator("h1").count() == 1


def test_the_wall_fits_its_screen_keeps_itself_current_and_is_left_by_escape(person: People) -> None:
    one = person(WALL)
    one.sign_in("lingdao")
    page = one.go("/wall")
    page.evaluate("document.querySelector('[data-as-of]').textContent = '—'")
    page.locator("[data-as-of]", has_text=re.compile(r"\d\d:\d\d:\d\d")).wait_for(timeout=15_000)
    inside = (
        "[...document.querySelectorAll('main section')].every(s => {"
        " const r = s.getBoundingClientRect();"
        " return r.right <= innerWidth + 1 && r.bottom <= innerHeight + 1 && s.scrollHeight <= s.clientHeight + 2 })"
    )
    for width, height in ((1920, 1080), (3840, 2160)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(inside), (width, height)
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.keyboard.press("Escape")
    page.wait_for_url("**/overview")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
