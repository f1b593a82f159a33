"""From a burst of posts to a closed issue: found, answered by those who must, read by the citizen, taken back."""

import csv
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PATIENCE, PHONE, City, Person, click, comes_to_fit
from tests.pipeline.processes import run, wait_for

People = Callable[..., Person]

_POSTS = (
    "柑园街天桥的自动扶梯停了半个月，推婴儿车只能一级一级往上抬",
    "柑园街天桥扶梯又停了，维修告示上的日期还是上个月",
    "抱着孩子爬柑园街天桥，扶梯停着当摆设，谁来修一修",
    "柑园街天桥自动扶梯坏了没人修，老人都改从马路中间穿了",
)
_LETTERS = (
    ("柑园街天桥扶梯停运", "柑园街天桥的自动扶梯停运半个月，我膝盖做过手术，上下天桥要扶着栏杆歇三次，请尽快修好。"),
    ("柑园街天桥自动扶梯没人修", "柑园街天桥的自动扶梯停运，来回都要绕行一公里，反映过一次没有下文，请明确维修时间。"),
)


def _write(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def _import(city: City, folder: Path) -> None:
    """Letters of two people three days ago; the posts of four people today."""
    now = datetime.now(ZoneInfo("Asia/Shanghai"))

    def moment(**before: float) -> str:
        return f"{now - timedelta(**before):%Y-%m-%d %H:%M}"

    letters = [
        [f"T{n}", title, body, moment(days=3, hours=n), f"柑园居民{n}", f"1990009000{n}"]
        for n, (title, body) in enumerate(_LETTERS)
    ]
    run(
        city.data_dir,
        *("import", str(_write(folder / "letters.csv", ["编号", "标题", "内容", "时间", "姓名", "电话"], letters))),
        *("--channel", "letter", "--wait"),
    )
    posts = [
        [f"T{n}", text, moment(hours=4 - n), f"柑园网友{n}", str(20 * n), "5", "3"] for n, text in enumerate(_POSTS)
    ]
    header = ["id", "微博正文", "发布时间", "用户昵称", "点赞数", "评论数", "转发数"]
    run(
        city.data_dir,
        *("import", str(_write(folder / "posts.csv", header, posts)), "--channel", "social", "--wait"),
    )


def _fits(page: Page) -> bool:
    """No sideways scrolling, at a desk and on a phone."""
    for viewport in (DESKTOP, PHONE, DESKTOP):
        page.set_viewport_size(viewport)
        if not comes_to_fit(page):
            return False
    return True


def _find_issue(page: Page, url: str) -> str:
    """The path of the issue; the list may be a minute behind an import."""
    named = page.locator(".issues__name a")

    def is_there() -> bool:
        page.goto(f"{url}/issues?text=天桥")
        shown = page.locator(".issues__item").all_inner_texts()
        return bool(shown) and "来信2" in shown[0] and "网络帖文4" in shown[0]

    wait_for(is_there, PATIENCE, "an issue of six voices about one escalator", longest_pause=1.0)
    return str(named.first.get_attribute("href"))


def test_from_a_burst_of_posts_to_a_closed_issue_and_back(person: People, city: City, tmp_path: Path) -> None:
    _import(city, tmp_path)

    desk = person()
    desk.sign_in("ducha")
    page = desk.page
    path = _find_issue(page, city.url)
    assert _fits(page)

    page.goto(city.url + path)
    assert _fits(page)
    text = page.locator("main").inner_text()
    assert "天桥" in page.locator("h1").inner_text()
    assert re.search(r"早\d\.\d天就有来信或热线反映", text), "letters foreshadowed the posts"
    assert page.locator(".members__item").count() == 6 and page.locator(".members .telling").count() > 6

    page.locator("summary", has_text="启动处置").click()
    click(page.get_by_role("button", name="启动处置"))
    page.get_by_label("收集到的情况").fill("六人反映柑园街天桥扶梯停运，网上有讨论。")
    click(page.get_by_role("button", name="提请研判"))
    assert "由督办员、领导" not in page.locator("#response").inner_text()

    leader = person(PHONE)
    leader.sign_in("lingdao")
    boss = leader.page
    boss.goto(city.url + path)
    boss.get_by_text("黄色", exact=True).click()
    boss.get_by_label("研判意见").fill("请住建局今日查明原因，明确修复时间。")
    click(boss.get_by_role("button", name="作出研判"))
    assert "已作出研判" in boss.locator("main").inner_text()
    assert _fits(boss)

    page.goto(city.url + path)
    page.locator("#task-department_id").select_option(label="青崖市住房和城乡建设局")
    page.get_by_label("交办内容").fill("查明扶梯停运原因，三日内修好。")
    click(page.get_by_role("button", name="交办", exact=True))
    assert "还剩" in page.locator(".tasks").inner_text()

    officer = person()
    home = officer.sign_in("zhujian")
    assert "舆情交办" in home.locator("main").inner_text() and _fits(home)
    home.locator("summary", has_text="反馈").first.click()
    home.get_by_label("查到什么、办了什么").fill("主机轴承损坏，配件已到，今晚更换。")
    click(home.get_by_role("button", name="反馈", exact=True))
    assert "已反馈" in home.locator("main").inner_text()

    page.goto(city.url + path)
    assert "今晚更换" in page.locator(".tasks").inner_text()
    page.get_by_label("标题").fill("关于柑园街天桥扶梯的回应")
    page.get_by_label("回应内容").fill(
        "柑园街天桥扶梯主机轴承损坏，配件已到，今晚更换，明早恢复运行。给大家带来不便，我们道歉。"
    )
    click(page.get_by_role("button", name="保存，送审签"))
    assert "须请督办员或领导中的另一人审签" in page.locator("main").inner_text()
    boss.goto(city.url + path)
    click(boss.get_by_role("button", name="审签通过"))
    page.goto(city.url + path)
    click(page.get_by_role("button", name="发布回应"))
    assert "市民可以看到" in page.locator("main").inner_text()

    assert "2件在办工单" in page.locator("#response ~ .next__form, .panel--action").first.inner_text()
    page.get_by_text("已解决", exact=True).click()
    page.get_by_label("评估意见").fill("扶梯恢复，声音平息。")
    click(page.get_by_role("button", name="评估办结"))
    assert "统一答复2件工单" in page.locator(".case__side").inner_text()
    assert _fits(page)
    page.goto(f"{city.url}/cases?{path.replace('/issues/', 'issue_id=')}&state=completed")
    assert "2件" in page.locator("h1").inner_text()

    citizen = person(PHONE)
    public = citizen.go("/responses")
    assert "明早恢复运行" in public.locator("main").inner_text()
    assert comes_to_fit(public)

    page.goto(city.url + path)
    page.locator("summary", has_text="撤销办结").click()
    page.get_by_label("撤销原因").fill("扶梯又停了。")
    click(page.get_by_role("button", name="撤销办结"))
    assert "重新打开2件工单" in page.locator(".case__side").inner_text()
    page.goto(f"{city.url}/cases?{path.replace('/issues/', 'issue_id=')}&state=open")
    assert "2件" in page.locator("h1").inner_text()
