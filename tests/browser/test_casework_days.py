"""Three people's days: the officer with a colleague and the submitter, the dispatcher, the supervisor."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Page

from tests.attachment_files import picture
from tests.browser.conftest import DESKTOP, PATIENCE, PHONE, Person, click, comes_to_fit, press
from tests.browser.steps import follow, number_of, open_case, unfold, write_letter
from tests.pipeline.processes import wait_for

People = Callable[..., Person]

POOR = "您好，您反映的问题已收悉，我们将高度重视，尽快处理。"
ANSWER = (
    "您好！您反映的滨江公园西门三盏路灯不亮的问题，经11月30日现场查看，是电缆接头烧坏。维修人员已于当天更换接头，"
    "三盏路灯今晚起恢复照明。依据《城市道路照明设施管理规定》，今后每周巡查一次。如有疑问，请拨打0990-0001234联系罗队长。"
)


def main_of(page: Page) -> str:
    assert comes_to_fit(page), page.title()
    return page.locator("main").inner_text()


def add_colleague(person: People) -> None:
    """The administrator adds a second officer to the unit."""
    one = person()
    page = one.sign_in("guanli")
    page = one.go("/administration")
    if page.get_by_text("luofudui").count():
        return
    page.locator("summary", has_text="添加账号").click()
    page.locator("#username").fill("luofudui")
    page.locator("#display_name").fill("洛副队")
    page.locator("#role").select_option(value="officer")
    page.locator("#department").select_option(value="cgj")
    page.locator("#password").fill(one.city.password)
    click(page.get_by_role("button", name="添加", exact=True))
    assert "账号已添加" in main_of(page)


def test_an_officers_day_from_the_queue_to_the_submitters_word(person: People) -> None:
    add_colleague(person)
    citizen = person(PHONE)
    number, code = write_letter(
        citizen.go("/letters/new"),
        "滨江公园西门三盏路灯不亮",
        "滨江公园西门口三盏路灯坏了半个月，请派人维修路灯。",
        "19900005678",
    )

    page = person().sign_in("chengguan")
    open_case(page, page.url, "滨江公园西门三盏路灯不亮")
    case = page.url
    press(page, "a")
    assert "办理中" in page.locator(".case__head").inner_text()

    colleague = person()
    colleague.sign_in("luofudui")
    other = colleague.page
    other.goto(case)
    unfold(other, "记录与诉求人的联系")
    other.locator("#contact-text").fill("打了两次电话，都没有人接。")

    contact = unfold(page, "记录与诉求人的联系")
    page.locator("#contact-text").fill("上午通了电话，约好下午去看。")
    click(contact.get_by_role("button", name="记下"))
    assert "约好下午去看" in main_of(page)

    click(unfold(other, "记录与诉求人的联系").get_by_role("button", name="记下"))
    told = other.locator(".notice--error").inner_text()
    assert re.search(r"工单已由罗队长于\d\d-\d\d \d\d:\d\d联系诉求人", told), told
    assert other.locator("#text").input_value() == "打了两次电话，都没有人接。"

    added = unfold(page, "添加附件")
    page.locator("#files").set_input_files({"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    added.get_by_text("随下一次答复发给诉求人").click()
    click(added.get_by_role("button", name="上传"))
    assert "现场.jpg" in page.locator(".files").inner_text()

    page.get_by_label("答复诉求人").fill(POOR)
    page.get_by_text("草稿已保存").wait_for()
    click(page.get_by_role("button", name="体检"))
    missing = page.locator(".checked").inner_text()
    assert "空话" in missing, missing
    assert page.get_by_label("答复诉求人").input_value() == POOR

    page.get_by_label("答复诉求人").fill(ANSWER)
    page.locator("[data-draft-state]", has_text=re.compile(r"草稿已保存 \d\d:\d\d")).wait_for()
    page.goto(case)
    assert page.get_by_label("答复诉求人").input_value() == ANSWER, "what was written outlives the page"
    page.locator("#reply-result").select_option(value="solved")
    click(page.get_by_role("button", name="送审"))
    assert "等待本单位其他人员或督办员签发" in main_of(page)

    other.goto(case)
    assert "今晚起恢复照明" in main_of(other)
    click(other.get_by_role("button", name="签发并办结"))
    assert "已办结" in other.locator(".case__head").inner_text()

    citizen.go("/letters/follow")
    progress = follow(citizen.page, number, code)
    assert "今晚起恢复照明" in progress and "现场.jpg" in progress
    citizen.page.get_by_text("已解决", exact=True).last.click()
    citizen.page.get_by_text("满意", exact=True).click()
    click(citizen.page.get_by_role("button", name="提交评价"))
    assert "谢谢您的评价" in main_of(citizen.page)
    page.goto(case)
    assert "满意" in page.locator(".case__side").inner_text()


def ask_return(page: Page, reason: str, proposed: str, text: str) -> None:
    asked = unfold(page, "申请退单")
    page.locator("#request_return-return_reason").select_option(label=reason)
    page.locator("#request_return-proposed").select_option(value=proposed)
    page.locator("#request_return-text").fill(text)
    click(asked.get_by_role("button", name="申请退单", exact=True))
    assert "申请退单" in page.locator(".case__main").inner_text()


# Letters of which the program is not sure: they wait for a person, with suggestions.
_UNSURE = (
    ("孩子上学路上不安全", "孩子上学路上没有红绿灯，工地的车又多，早上还有摊贩占道。"),
    ("邻居养鸡和占地", "邻居在公共绿地上养鸡种菜，早上吵，味道也大，还把路堵了。"),
)


def test_a_dispatchers_day_accepts_corrects_and_decides_what_comes_back(person: People) -> None:
    title = "望山路北口路灯不亮"
    write_letter(person(PHONE).go("/letters/new"), title, "望山路北口的路灯坏了，晚上看不见路，请维修路灯。")
    officer = person()
    desk = officer.sign_in("chengguan")
    open_case(desk, desk.url, title)
    case = desk.url
    ask_return(desk, "不属于本单位职责", "zjj", "按派单目录，这一段路灯由住建局管护。")

    for unsure in _UNSURE:
        write_letter(person(PHONE).go("/letters/new"), *unsure)
    page = person().sign_in("fenpai")
    assert page.url.endswith("/triage")
    items = [page.locator(".queue__item", has_text=heading) for heading, _ in _UNSURE]

    def are_there() -> bool:
        page.reload()
        return all(item.locator("[data-choice='1']").count() == 1 for item in items)

    wait_for(are_there, PATIENCE, "what the program is not sure of waits for a person", longest_pause=1.0)
    waiting = number_of(page.locator("h1").inner_text())
    first, item = items
    assert first.locator(".cues").first.is_visible(), "the words that the suggestion stands on"
    because = first.locator("details.queue__because")
    because.locator("> summary").click()
    assert 1 <= because.locator(".similar").first.locator(".similar__item").count() <= 3, "the nearest letters"
    first.locator("[data-choice='1']").focus()
    press(page, "1")
    accepted = page.locator(".notice--done")
    assert "已派给" in accepted.inner_text()
    assert number_of(page.locator("h1").inner_text()) == waiting - 1

    wrong = item.locator("[data-open]").inner_text()
    click(item.get_by_role("link", name="其他单位…"))
    form = page.locator(".queue__form")
    form.locator("select[name=lead]").select_option(value="sthjj")
    form.get_by_label("说明").fill("噪声归生态环境局管。")
    click(form.get_by_role("button", name="派单", exact=True))
    corrected = page.locator(".notice--done")
    assert wrong in corrected.inner_text() and "生态环境" in corrected.inner_text()
    assert number_of(page.locator("h1").inner_text()) == waiting - 2
    click(corrected.get_by_role("link"))
    assert "噪声归生态环境局管" in main_of(page)

    click(page.locator("nav.nav a[href='/requests']"))
    assert "按派单目录" in main_of(page)
    click(page.get_by_role("link", name=title))
    assert page.locator("#return-lead").input_value() == "zjj", "who the unit names is chosen already"
    click(page.get_by_role("button", name="同意退单并改派"))
    assert "住房和城乡建设局" in page.locator(".case__lead").first.inner_text()

    second = person()
    unit = second.sign_in("zhujian")
    unit.goto(case)
    ask_return(unit, "不属于本单位职责", "cgj", "路灯由城市管理局养护，资产没有移交。")
    supervisor = person()
    decides = supervisor.sign_in("ducha")
    decides.goto(case)
    history = main_of(decides)
    assert "按派单目录" in history and "资产没有移交" in history, "both sides are read before it is decided"
    arbitrated = unfold(decides, "裁定主办单位")
    assert decides.locator("#designate-lead").input_value() == "cgj"
    decides.locator("#designate-note").fill("养护合同在城市管理局，由该局主办。")
    click(arbitrated.get_by_role("button", name="裁定", exact=True))
    assert "经裁定" in decides.locator(".case__side").inner_text()
    desk.goto(case)
    assert "裁定" in main_of(desk)
    assert desk.locator("summary", has_text="申请退单").count() == 0, "who was named cannot give it back"


def test_a_supervisors_day_reminds_supervises_grants_and_checks(person: People) -> None:
    title = "环城西路南段路灯不亮"
    write_letter(person(PHONE).go("/letters/new"), title, "环城西路南段一排路灯坏了一周，请维修路灯。")
    officer = person()
    desk = officer.sign_in("chengguan")
    open_case(desk, desk.url, title)
    case = desk.url
    click(desk.get_by_role("button", name="签收"))
    asked = unfold(desk, "申请延期")
    desk.locator("#request_extension-days").fill("2")
    desk.locator("#request_extension-text").fill("灯杆要重新定做，后天才能送到。")
    click(asked.get_by_role("button", name="申请延期", exact=True))

    one = person(DESKTOP)
    page = one.sign_in("ducha")
    page = one.go("/due-soon")
    assert "将到期" in main_of(page)
    click(page.get_by_role("button", name=re.compile("催办超期的|催办今天到期的")).first)
    chosen = page.locator("input[name=case]:checked").count()
    assert chosen > 0
    page.get_by_label("要说的话").fill("请今天给诉求人一个说法。")
    click(page.get_by_role("button", name="催办", exact=True))
    assert page.locator("h1").inner_text().startswith(f"批量催办：{chosen}件已办")

    page.goto(case)
    demanded = unfold(page, "督办")
    page.locator("#supervise-trigger").select_option(label="超期未办结")
    page.locator("#supervise-due_on").fill((date.today() + timedelta(days=2)).isoformat())
    page.locator("#supervise-text").fill("说明为什么一周没有修好，写明修好的日子。")
    click(demanded.get_by_role("button", name="督办", exact=True))
    assert "承办单位回复之前不能办结" in main_of(page)

    page = one.go("/requests")
    assert "说明为什么一周没有修好" in main_of(page)
    click(page.get_by_role("link", name=title).first)
    before = page.locator(".clock strong").inner_text()
    click(page.get_by_role("button", name="批准延期"))
    after = page.locator(".clock strong").inner_text()
    assert before != after

    desk.goto(case)
    assert "回复之前不能办结" in main_of(desk)
    answered = unfold(desk, "回复督办")
    desk.locator("#answer_supervision-text").fill("灯杆后天送到，当天装好。")
    click(answered.get_by_role("button", name="回复", exact=True))
    assert "回复之前不能办结" not in main_of(desk)
    page.goto(case)
    assert "灯杆后天送到" in main_of(page)

    page = one.go("/integrity")
    number = page.locator("section", has=page.locator("#by-unit")).locator("td a").first
    counted = number_of(number.inner_text())
    click(number)
    assert number_of(page.locator("h1").inner_text()) == counted
    row = page.locator("td.table__main a").first
    opened = row.inner_text()
    click(row)
    assert opened in page.locator("h1").inner_text() or opened == "（保密）"
