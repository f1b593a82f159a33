import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from fastapi.testclient import TestClient

from api.pages.cases import case_list, submissions
from dashboards.daily_facts.fact_rebuild import bring_up_to_date
from dashboards.lists import case_lists
from intake.registration import register
from models.account import Account, Role
from models.case import CaseAction
from models.criteria import CaseCriteria
from models.database import Connection
from models.submission import Channel
from routing import case_repository
from routing.alerts.counting import bring_up_to_date as count_hours
from routing.directory import Directory
from routing.process import process_batch
from tests import factories
from tests.api.html_page import Page
from tests.factories import KEYS, NOW, ZONE, FixedAnalyser, analysis, letter

SignIn = Callable[[Account], str]


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def _numbers(page: Page) -> list[str]:
    return [link.removeprefix("/cases/") for link in page.links if link.startswith("/cases/")]


def _step(page: Page, rel: str) -> str:
    """Where the link leads; "" where the page has none."""
    return page.html.partition(f'rel="{rel}" href="')[2].partition('"')[0].replace("&amp;", "&")


def _voice(conn: Connection, directory: Directory, channel: Channel, body: str) -> int:
    new = letter(channel=channel, title="", body=body, likes=12_345)
    [registered] = register(conn, [new], actor="test", now=NOW, keys=KEYS, zone=ZONE)
    process_batch(conn, FixedAnalyser(analysis()), directory, now=NOW, zone=ZONE, limit=10)
    conn.commit()
    return registered.submission_id


def test_an_officers_lists_hold_the_units_cases_only(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    own = factories.case(city_conn, directory, lead="lyj", new=letter(title="本单位的工单"))
    other = factories.case(city_conn, directory, lead="zjj", new=letter(title="别单位的工单"))
    sign_in(factories.account(city_conn, department="lyj"))
    everything = ("/desk", "/cases", "/cases?unit=zjj", "/cases?text=工单", "/cases.csv?unit=zjj")
    for path in (*everything, "/cases?department=zjj"):
        text = client.get(path).text
        assert other.case_number not in text, path
        assert path not in everything or own.case_number in text, path
    assert "单位：" not in client.get("/cases").text  # what cannot be taken away is no chip


def test_the_desk_counts_and_opens_each_state(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    late = factories.case(city_conn, directory, lead="mzj", at=NOW - timedelta(days=60))
    new = factories.case(city_conn, directory, lead="mzj", until=CaseAction.ACKNOWLEDGE)
    sign_in(factories.account(city_conn, department="mzj"))
    page = Page(client.get("/desk").text)
    assert page.headings == ["青崖市民政局的工单"]
    text = page.html
    assert text.index(late.case_number) < text.index(new.case_number)  # least time left first
    assert "超期" in text and "还剩" in text
    tabs = [link for link in page.links if link.startswith("/desk?")]
    shown = {
        link: [number for number in (late.case_number, new.case_number) if number in client.get(link).text]
        for link in tabs
    }
    assert shown == {
        "/desk?state=open": [late.case_number, new.case_number],
        "/desk?status=dispatched": [late.case_number],
        "/desk?status=in_progress": [new.case_number],
        "/desk?state=overdue": [late.case_number],
        "/desk?state=completed": [],
    }
    assert "这里没有工单。" in client.get("/desk?state=completed").text


def test_filters_show_as_chips_that_can_be_taken_away(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, new=letter(title="筛选试验"))
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    path = "/cases?text=筛选试验&topic=T04&state=open&region=990102&department=&sort=oldest"
    page = Page(client.get(path).text)
    assert case.case_number in page.html and "工单 1件" in page.words
    for words in ("类别：市政设施与市容环境", "情况：在办", "地区：临溪区", "文字：筛选试验"):
        assert words in page.words
    [without] = [
        link
        for link in page.links
        if "topic=" not in link and "region=" in link and "text=" in link and "csv" not in link
    ]
    assert "sort=oldest" in without and "state=open" in without
    assert case.case_number in client.get(without).text
    assert case.case_number not in client.get("/cases?text=筛选试验&topic=T05").text


def test_every_case_is_on_exactly_one_page_and_in_the_file(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [factories.case(city_conn, directory, new=letter(title="分页试验")).case_number for _ in range(5)]
    monkeypatch.setattr(case_list, "PAGE_SIZE", 2)
    monkeypatch.setattr(case_list, "LONGEST_PAGE", 2)
    sign_in(factories.account(city_conn, Role.LEADER))
    path, pages = "/cases?text=分页试验", []
    while path:
        pages.append(Page(client.get(path).text))
        path = _step(pages[-1], "next")
    assert sorted(number for page in pages for number in _numbers(page)) == sorted(made)
    assert not _step(pages[0], "prev") and not _step(pages[0], "start")
    before = Page(client.get(_step(pages[2], "prev")).text)
    assert _numbers(before) == _numbers(pages[1])
    first = Page(client.get(_step(before, "prev")).text)
    assert _numbers(first) == _numbers(pages[0]) == _numbers(Page(client.get(_step(pages[2], "start")).text))
    assert _step(first, "next") and not _step(first, "prev") and not _step(first, "start")
    answer = client.get("/cases.csv?text=分页试验")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    rows = _rows(answer.text)
    assert sorted(row[0] for row in rows[1:6]) == sorted(made)
    assert rows[0][:4] == ["工单编号", "标题", "渠道", "状态"] and rows[1][3] == "待签收"


def test_a_title_that_looks_like_a_formula_does_nothing_in_a_spreadsheet(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    factories.case(city_conn, directory, new=letter(title="=HYPERLINK(公式试验)"))
    sign_in(factories.account(city_conn, Role.LEADER))
    assert _rows(client.get("/cases.csv?text=公式试验").text)[1][1].startswith("'=")


def test_too_long_an_export_says_so(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.case(city_conn, directory)
    monkeypatch.setattr(case_list, "MAX_EXPORT", 0)
    sign_in(factories.account(city_conn, Role.LEADER))
    answer = client.get("/cases.csv")
    assert answer.status_code == 422 and "请先缩小筛选范围" in answer.text


@pytest.mark.parametrize(
    "query", ["state=nonsense", "submitted_from=yesterday", "import_id=x", "after=0", "after=x", "sort=x", "topic=%00"]
)
def test_an_address_that_makes_no_sense_says_so(
    client: TestClient, city_conn: Connection, sign_in: SignIn, query: str
) -> None:
    sign_in(factories.account(city_conn, Role.LEADER))
    answer = client.get(f"/cases?{query}")
    assert answer.status_code == 422 and "填写有误" in answer.text


def test_a_dispatcher_opens_a_case_from_a_post_once(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    submission_id = _voice(city_conn, directory, Channel.SOCIAL, "桥下的灯坏了，没人修<b>")
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    page = Page(client.get("/submissions?channel=social").text)
    assert "桥下的灯坏了，没人修" in page.words and "赞1.2万" in page.words
    form = page.form(f"/submissions/{submission_id}/case")
    assert client.post(form.action, data={"csrf": "guessed"}).status_code == 403
    opened = client.post(form.action, data=form.data())
    assert "已立案。" in opened.text
    assert client.post(form.action, data=form.data()).status_code == 409
    city_conn.rollback()
    case = case_repository.find_case_of_submission(city_conn, submission_id)
    assert case is not None and case.case_number in opened.url.path
    assert f"/cases/{case.case_number}" in Page(client.get("/submissions?has_case=yes").text).links


def test_submissions_are_filtered_and_only_dispatchers_open_cases(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    submission_id = _voice(city_conn, directory, Channel.SURVEY, "希望多开夜班公交，问卷原话")
    sign_in(factories.account(city_conn, Role.LEADER))
    assert "问卷原话" in client.get("/submissions?channel=survey&sentiment=negative&topic=T0402").text
    assert "问卷原话" not in client.get("/submissions?channel=social").text
    assert "问卷原话" not in client.get("/submissions?has_case=yes").text
    page = Page(client.get("/submissions?channel=survey").text)
    assert [form.action for form in page.forms if form.method == "post"] == ["/cases/search", "/logout"]
    csrf = page.form("/logout").values["csrf"][0]
    assert client.post(f"/submissions/{submission_id}/case", data={"csrf": csrf}).status_code == 403
    assert client.get("/submissions?channel=smoke").status_code == 422
    day, after = NOW.astimezone(ZONE).date(), (NOW.astimezone(ZONE) + timedelta(days=1)).date()
    for query, there in (
        (f"submitted_from={day}&submitted_to={day}&region=990100", True),
        (f"submitted_from={after}", False),
        (f"submitted_to={day - timedelta(days=1)}", False),
        ("region=990103", False),
        ("region=none", False),
    ):
        assert ("问卷原话" in client.get(f"/submissions?{query}").text) == there, query
    assert "提交不早于" in client.get(f"/submissions?submitted_from={day}").text
    for wrong in ("submitted_from=soon", "submitted_to=0001-01-01"):
        assert client.get(f"/submissions?{wrong}").status_code == 422


def test_a_trend_opens_the_letters_of_its_periods(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    for n in range(3):
        _voice(city_conn, directory, Channel.SURVEY, f"第{n}个人希望多开夜班公交")
    count_hours(city_conn, actor="test", zone=ZONE)
    city_conn.commit()
    sign_in(factories.account(city_conn, Role.LEADER))
    text = client.get("/trends?unit=week&channel=survey").text
    # one person, three letters
    links = [unescape(link) for link in re.findall(r'<a href="(/submissions[^"]+)">1</a>', text)]
    assert len(links) >= 2 and all("channel=survey" in link and "submitted_from=2026-11-23" in link for link in links)
    assert any("sentiment=negative" in link for link in links)
    for link in links:
        assert client.get(link).text.count("个人希望多开夜班公交") == 3, link


def test_a_long_list_says_the_number_that_opened_it(
    client: TestClient,
    city_conn: Connection,
    directory: Directory,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(3):
        factories.case(city_conn, directory)
    all_open = case_lists.list_cases(city_conn, CaseCriteria(state="open"), now=NOW, zone=ZONE).total
    monkeypatch.setattr(case_list, "PAGE_SIZE", 1)
    monkeypatch.setattr(case_lists, "COUNTED", 1)
    sign_in(factories.account(city_conn, Role.LEADER))
    assert Page(client.get("/cases?state=open").text).headings == ["工单 1件以上"]  # nothing is summed up yet
    while bring_up_to_date(city_conn, actor="test", now=NOW, zone=ZONE):
        pass
    city_conn.commit()
    assert Page(client.get("/cases?state=open").text).headings == [f"工单 {all_open}件"]


def test_submissions_are_not_counted_to_their_end(
    client: TestClient,
    city_conn: Connection,
    directory: Directory,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for n in range(3):
        _voice(city_conn, directory, Channel.SOCIAL, f"第{n}盏灯")
    monkeypatch.setattr(submissions, "PAGE_SIZE", 1)
    monkeypatch.setattr(submissions, "COUNTED", 1)
    sign_in(factories.account(city_conn, Role.LEADER))
    seen: list[str] = []
    path = "/submissions?channel=social"
    while path and len(seen) < 3:
        page = Page(client.get(path).text)
        assert page.headings == ["来件 1件以上"]
        seen.append(page.words)
        path = next((link for link in page.links if f"page={len(seen) + 1}" in link), "")
    assert all(f"第{n}盏灯" in seen[2 - n] for n in range(3))


def test_an_officer_does_not_read_submissions(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn))
    assert client.get("/submissions").status_code == 403
