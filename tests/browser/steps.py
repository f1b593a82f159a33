"""What people do again and again in the journeys: write a letter, ask for its progress, open its case."""

import re

from playwright.sync_api import Locator, Page

from tests.browser.conftest import PATIENCE, click
from tests.pipeline.processes import wait_for


def number_of(text: str) -> int:
    found = re.search(r"\d[\d,]*", text)
    assert found, text
    return int(found.group().replace(",", ""))


def write_letter(page: Page, title: str, body: str, contact: str = "") -> tuple[str, str]:
    """Fill in the form as a citizen would; receipt number and query code."""
    page.get_by_label("标题").fill(title)
    page.get_by_label("您要反映的事情").fill(body)
    page.get_by_text("求助", exact=True).click()
    if contact:
        page.get_by_label("姓名", exact=True).fill("江小满")
        page.get_by_label("电话", exact=True).fill(contact)
    click(page.get_by_role("button", name="提交"))
    number, code = page.locator(".receipt__value").all_inner_texts()
    return number.strip(), code.strip()


def follow(page: Page, number: str, code: str) -> str:
    page.get_by_label("编号").fill(number)
    page.get_by_label("查询码").fill(code)
    click(page.get_by_role("button", name=re.compile("查")))
    return page.locator("main").inner_text()


def open_case(page: Page, address: str, title: str) -> None:
    """Wait until the letter has become a case that the list at `address` shows, and open it."""
    row = page.get_by_role("link", name=title)

    def is_there() -> bool:
        page.goto(address)
        return row.count() > 0

    wait_for(is_there, PATIENCE, f"the case {title}", longest_pause=1.0)
    click(row.first)


def unfold(page: Page, summary: str) -> Locator:
    """Open what is folded under these words, where it is not open yet; the whole of it."""
    folded = page.locator("details", has=page.locator("summary", has_text=summary)).last
    if not folded.evaluate("element => element.open"):
        folded.locator("> summary").click()
    return folded
