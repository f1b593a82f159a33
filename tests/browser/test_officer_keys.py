"""An officer's day by keyboard: the queue, signing in many, a note to a colleague, the answer, the help."""

import re
from collections.abc import Callable

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as TooLate

from tests.browser.conftest import Person, click, press
from tests.browser.steps import write_letter

People = Callable[..., Person]


def write(citizen: Person, number: int) -> None:
    where = f"滨江公园{number}号门口三盏路灯"
    write_letter(citizen.go("/letters/new"), f"{where}不亮", f"{where}坏了半个月，晚上黑漆漆的，请派人维修路灯。")


def go_to_the_queue(page: Page) -> None:
    """G and Q within a second and a half; where the machine was slower, once more."""
    for _ in range(3):
        try:
            with page.expect_navigation(timeout=10_000):
                page.keyboard.press("g")
                page.keyboard.press("q")
        except TooLate:
            continue
        return
    raise AssertionError("G and Q lead nowhere")


def test_an_officer_works_through_the_queue_without_a_mouse(person: People) -> None:
    page = person().sign_in("chengguan")
    assert page.url.endswith("/desk")
    fresh = page.locator("[data-fresh]")
    assert not fresh.is_visible()
    citizen = person()
    for number in (1, 2):
        write(citizen, number)
    page.get_by_text("2件新工单").wait_for(timeout=120_000)
    click(fresh.get_by_role("link"))
    assert not fresh.is_visible()
    rows = page.locator("[data-row]")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert "is-current" in (rows.nth(0).get_attribute("class") or "")

    page.keyboard.press("?")
    help_box = page.locator("dialog.keys-help")
    help_box.wait_for()
    assert "写答复" in help_box.inner_text()
    page.keyboard.press("Escape")
    help_box.wait_for(state="detached")

    waiting = [i for i in range(rows.count()) if rows.nth(i).locator(".line__next").inner_text().strip() == "签收"]
    assert len(waiting) >= 2
    rows.nth(waiting[0]).locator("[data-open]").focus()
    page.keyboard.press("x")
    assert "已选1件" in page.locator("[data-chosen]").inner_text()
    rows.nth(waiting[1]).locator("[data-open]").focus()
    page.keyboard.press("x")
    title = rows.nth(waiting[0]).locator("[data-open]").inner_text()
    press(page, "a")
    assert page.url.endswith("/bulk")
    assert page.locator("h1").inner_text().startswith("批量签收：2件已办")

    click(page.get_by_role("link", name=title).first)
    page.keyboard.press("n")
    note = page.locator("#note-text")
    note.wait_for()
    page.keyboard.type("@fen")
    option = page.locator(".people li").first
    option.wait_for()
    page.keyboard.press("Enter")
    assert re.search(r"@\S+ $", note.input_value())
    page.keyboard.type("请核对派单")
    assert "j" not in note.input_value(), "keys are letters while somebody types"
    click(page.get_by_role("button", name="记下").last)
    assert page.locator(".notice--done").count() == 1

    go_to_the_queue(page)
    assert page.url.endswith("/desk")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"


def test_shift_chooses_a_range_and_the_head_chooses_all(person: People) -> None:
    page = person().sign_in("fenpai")
    page.goto(page.url.replace("/triage", "/cases?state=open"))
    boxes = page.locator('input[name="case"]')
    assert boxes.count() > 5
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    assert "已选4件" in page.locator("[data-chosen]").inner_text()
    page.get_by_label("选择本页全部").check()
    assert f"已选{boxes.count()}件" in page.locator("[data-chosen]").inner_text()
