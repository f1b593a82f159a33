"""The journeys, clicked through in a browser: the citizen, the department, the leadership – and the dispatcher."""

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import PATIENCE, PHONE, Person, click, press, width_of
from tests.browser.steps import follow, number_of, open_case, write_letter
from tests.pipeline.processes import wait_for

People = Callable[..., Person]

# words of another language that people here read as their own
_KNOWN_LATIN = re.compile(r"https?://\S+|WiFi|Excel")
_LATIN_WORD = re.compile(r"[A-Za-z]{4,}")


def test_a_letter_from_a_phone_is_handled_answered_and_read(person: People) -> None:
    citizen = person(PHONE)
    page = citizen.go("/")
    click(page.get_by_role("link", name="写信").first)
    number, code = write_letter(
        page,
        "滨江公园门口三盏路灯不亮",
        "滨江公园正门口三盏路灯坏了半个月，晚上黑漆漆的，老人散步容易摔跤，请派人维修路灯。",
    )

    officer = person()
    desk = officer.sign_in("chengguan")
    assert desk.url.endswith("/desk")
    open_case(desk, desk.url, "滨江公园门口三盏路灯不亮")
    click(desk.get_by_role("button", name="签收"))
    desk.get_by_label("答复诉求人").fill(
        "您好，三盏路灯是电缆接头烧坏，维修人员已更换，今晚起恢复照明。联系电话0990-0001234。"
    )
    click(desk.get_by_role("button", name="发出答复"))
    desk.get_by_text("已解决", exact=True).click()
    click(desk.get_by_role("button", name="办结", exact=True))
    assert "已办结" in desk.locator(".case__head").inner_text()

    citizen.go("/letters/follow")
    progress = follow(page, number, code)
    assert "已办结" in progress
    assert "今晚起恢复照明" in progress
    assert "城市管理" in progress
    assert "陈" not in progress.replace("陈述", ""), "staff names are not shown to citizens"


def test_a_letter_is_written_with_the_keyboard_alone(person: People) -> None:
    page = person().go("/")

    def tab_to(what: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({what!r})"):
                return
        raise AssertionError(f"Tab never reaches {what}")

    tab_to("main a[href='/letters/new']")
    press(page, "Enter")
    assert page.url.endswith("/letters/new")
    tab_to("#title")
    page.keyboard.type("公园长椅断了")
    tab_to("#body")
    page.keyboard.type("滨江公园东门的长椅断了两条，坐着容易摔，请修一下。")
    tab_to("input[name=appeal_type]")
    page.keyboard.press("ArrowUp")
    tab_to("main button[type=submit]")
    press(page, "Enter")
    assert page.url.endswith("/letters/receipt")
    assert page.locator(".receipt__value").count() == 2


def test_a_wrong_code_says_so_and_keeps_the_number(person: People) -> None:
    page = person().go("/letters/follow")
    text = follow(page, "20260101-0000018", "AAAA-AAAA")
    assert "没有找到" in text
    assert page.get_by_label("编号").input_value() == "20260101-0000018"


def test_mistakes_in_the_form_are_named_beside_the_field_and_nothing_is_lost(person: People) -> None:
    page = person(PHONE).go("/letters/new")
    page.get_by_label("您要反映的事情").fill("只写了正文，没有写标题。")
    click(page.get_by_role("button", name="提交"))
    assert "请填写标题" in page.locator("main").inner_text()
    assert page.get_by_label("您要反映的事情").input_value() == "只写了正文，没有写标题。"


def test_the_dispatcher_sends_a_case_on_by_keyboard(person: People) -> None:
    dispatcher = person()
    page = dispatcher.sign_in("fenpai")
    assert page.url.endswith("/triage")
    waiting = number_of(page.locator("h1").inner_text())
    assert waiting > 0
    # a report about the unit of its first suggestion has no such choice: down to a case that has
    for _ in range(waiting):
        page.keyboard.press("j")
        if page.locator(".queue__item.is-current [data-choice='1']").count():
            break
    press(page, "1")
    page.wait_for_selector(".notice--done")
    assert number_of(page.locator("h1").inner_text()) == waiting - 1


def test_the_reasons_unfold_by_keyboard_and_fit_a_phone(person: People) -> None:
    dispatcher = person(PHONE)
    page = dispatcher.sign_in("fenpai")
    click(page.locator(".queue__item", has=page.locator(".queue__because")).first.locator("[data-open]"))
    assert "若不转人工" in page.locator("main").inner_text()
    reasons = page.locator("details.because", has=page.locator("summary", has_text="为什么是"))
    assert not reasons.locator(".because__columns").is_visible(), "folded: the letter comes first"
    reasons.locator("> summary").focus()
    page.keyboard.press("Enter")
    reasons.locator(".because__columns").wait_for()
    for heading in ("最相近的已归类来信", "派单目录条目"):
        assert reasons.get_by_role("heading", name=heading).is_visible()
    assert page.locator(".m--telling").count() > 0
    assert width_of(page) <= 390


def test_the_leader_sees_charts_and_opens_a_number_down_to_its_cases(person: People) -> None:
    leader = person()
    page = leader.sign_in("lingdao")
    assert page.url.endswith("/overview")
    page.locator(".js-plotly-plot").nth(5).locator("svg").first.wait_for()
    card = page.locator(".metric a[href*='state=open']").first  # a list counts up to a thousand

    def is_the_number() -> bool:
        """The city lives: a letter of another test may arrive between the number and its list."""
        leader.go("/overview")
        shown = number_of(card.inner_text())
        click(card)
        assert "/cases" in page.url
        return number_of(page.locator("h1").inner_text()) == shown

    wait_for(is_the_number, PATIENCE, "the number of the list", longest_pause=1.0)


def test_a_bar_of_a_chart_opens_the_cases_behind_it(person: People) -> None:
    page = person().sign_in("lingdao")
    bar = page.locator(".js-plotly-plot").nth(2).locator(".barlayer .point path").first
    bar.wait_for()
    plot = page.locator(".js-plotly-plot").nth(2)

    def listens() -> bool:
        page.mouse.move(0, 0)
        bar.hover(force=True)
        return bool(plot.evaluate("element => element.style.cursor === 'pointer'"))

    wait_for(listens, PATIENCE, "the bar can be clicked")  # it is drawn before the page listens to clicks on it
    with page.expect_navigation(url="**/cases?**"):
        bar.click(force=True)


@pytest.mark.parametrize(
    ("username", "path"),
    [
        (None, "/"),
        (None, "/letters/new"),
        (None, "/letters/follow"),
        (None, "/login"),
        ("zhujian", "/desk"),
        ("fenpai", "/triage"),
        ("fenpai", "/submissions"),
        ("ducha", "/cases"),
        ("lingdao", "/overview"),
        ("guanli", "/administration"),
        (None, "/no-such-page"),
    ],
)
def test_every_page_fits_a_phone_is_chinese_and_labelled(person: People, username: str | None, path: str) -> None:
    one = person(PHONE)
    if username:
        one.sign_in(username)
    page = one.go(path)
    assert width_of(page) <= 390
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    words = page.locator("body").inner_text()
    for name in (
        "zhujian",
        "chengguan",
        "renshe",
        "jiaotong",
        "huanbao",
        "shuiwu",
        "liuyin",
        "fenpai",
        "ducha",
        "lingdao",
        "guanli",
    ):
        words = words.replace(name, "")  # sign-in names are given by the administrator
    assert _LATIN_WORD.findall(_KNOWN_LATIN.sub("", words)) == []
    unlabelled = page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
        ".filter(e => !e.labels.length && !e.getAttribute('aria-label')).map(e => e.name)"
    )
    assert unlabelled == []
    assert page.locator("h1").count() == 1
    assert page.locator("a[href='#main'], a.skip").count() >= 1, "a way past the navigation for the keyboard"
