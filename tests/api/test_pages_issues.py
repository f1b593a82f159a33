"""The pages of issues and of the desk: who sees them, what a refused form keeps, from opening to the citizen."""

import re
from collections.abc import Callable

import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx import Response

from models.account import Account, Role
from models.case import Case
from models.database import Connection
from routing.directory import Directory
from tests import factories
from tests.api.html_page import Page
from tests.factories import NOW, analysis, letter
from tests.issue_rows import issue, issue_of_cases, posts, voices

SignIn = Callable[[Account], str]


@pytest.fixture
def staff(city_conn: Connection) -> dict[Role, Account]:
    return {role: factories.account(city_conn, role, department="zjj") for role in Role}


@pytest.fixture
def lamps(city_conn: Connection, directory: Directory) -> tuple[int, list[Case]]:
    return issue_of_cases(city_conn, directory)


def send(client: TestClient, page: str, action: str, **changes: str) -> Response:
    """Fill in the form of the page that posts to an address ending like this, as a browser would."""
    form = Page(client.get(page).text).form(action)
    answer: Response = client.post(form.action, data=form.data(**changes))
    return answer


def test_the_list_has_rank_people_channels_and_the_pressing_clock(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn, staff: dict[Role, Account]
) -> None:
    cases = [factories.case(city_conn, directory, new=letter(submitted_at=NOW)) for _ in range(2)]
    said = voices(city_conn, directory, posts(3), says=analysis())
    number = issue(
        city_conn, [*(case.submission_id for case in cases), *said], name="青石路路灯全灭", live_persons=500.0
    )
    sign_in(staff[Role.SUPERVISOR])
    page = Page(client.get("/issues?text=青石路").text)
    assert f"/issues/{number}" in page.links
    words = " ".join(page.words.split())
    assert "5人 5件" in words and "来信2 网络帖文3" in words and "负面100%" in words
    send(client, f"/issues/{number}", "/responses", known_at="2026-11-20T10:00")
    assert "超期1天" in client.get("/issues?text=青石路").text
    assert "没有符合条件" in client.get("/issues?region=990103&text=青石路").text
    assert client.get("/issues?since=gestern").status_code == 422
    assert "1个" in Page(client.get("/issues?topic=T04&since=2026-11-23&text=青石路").text).headings[0]


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR])
def test_who_sees_issues(
    client: TestClient, sign_in: SignIn, staff: dict[Role, Account], lamps: tuple[int, list[Case]], role: Role
) -> None:
    sign_in(staff[role])
    assert client.get("/issues").status_code == client.get(f"/issues/{lamps[0]}").status_code == 200
    assert ("启动处置" in client.get(f"/issues/{lamps[0]}").text.replace("还没有启动处置", "")) is (
        role is not Role.ADMINISTRATOR
    )


def test_who_does_not(
    client: TestClient, sign_in: SignIn, staff: dict[Role, Account], lamps: tuple[int, list[Case]]
) -> None:
    assert client.get("/issues", follow_redirects=False).status_code in (303, 401)
    sign_in(staff[Role.OFFICER])
    assert client.get("/issues").status_code == client.get(f"/issues/{lamps[0]}").status_code == 403
    sign_in(staff[Role.LEADER])
    assert client.get("/issues/77").status_code == 404
    assert client.get(f"/issues/{lamps[0]}/responses/1/burn").status_code == 405


def test_the_members_say_why_and_hide_what_is_confidential(
    client: TestClient,
    city_dsn: str,
    city_conn: Connection,
    directory: Directory,
    sign_in: SignIn,
    staff: dict[Role, Account],
) -> None:
    secret = factories.case(city_conn, directory, new=letter(title="密告一件"))
    plain = factories.case(city_conn, directory, new=letter(title="路灯坏了"))
    number = issue(city_conn, [secret.submission_id, plain.submission_id])
    with psycopg.connect(city_dsn) as owner:  # it was found to be so later
        owner.execute("UPDATE submissions SET confidential = true WHERE id = %s", (secret.submission_id,))
    sign_in(staff[Role.LEADER])
    html = client.get(f"/issues/{number}").text
    assert "密告一件" not in html and "保密来件" in html
    assert '<span class="telling">路灯</span>坏了' in html
    assert "相似度 80%，共有的词：路灯、桂香街道；同一地点：桂香街道" in html
    assert f"/cases/{plain.case_number}" in html


def test_from_the_first_voice_to_the_citizen_and_back(
    client: TestClient,
    sign_in: SignIn,
    staff: dict[Role, Account],
    lamps: tuple[int, list[Case]],
) -> None:
    number, cases = lamps
    page = f"/issues/{number}"
    sign_in(staff[Role.SUPERVISOR])
    assert "时限从获知时间起算" in send(client, page, "/responses").text
    send(client, page, "/submit", text="两人反映路灯不亮。")
    assert "已作出研判" in send(client, page, "/assess", level="yellow", opinion="请住建局抢修。").text
    send(client, page, "/task", department_id="zjj", what="查明原因，今晚修好。")
    sign_in(staff[Role.OFFICER])
    desk = client.get("/desk")
    assert "舆情交办" in desk.text and "查明原因" in desk.text
    assert "已反馈" in send(client, "/desk", "/report", report="电缆接头烧坏，已换。").text
    sign_in(staff[Role.DISPATCHER])
    assert "电缆接头烧坏" in client.get(page).text
    send(client, page, "/draft", title="关于路灯的回应", body="路灯已全部修复。")
    assert "下一步：由督办员、领导审签" in client.get(page).text
    sign_in(staff[Role.LEADER])
    assert "可以发布了" in send(client, page, "/sign").text
    sign_in(staff[Role.DISPATCHER])
    assert "市民可以看到" in send(client, page, "/publish").text
    waiting = " ".join(Page(client.get(page).text).words.split())
    assert "2件在办工单会用这份回应统一答复并办结，涉及2人" in waiting
    assert "都已统一答复" in send(client, page, "/close", review="平息了。", result="solved").text
    client.cookies.clear()
    public = client.get("/responses").text
    assert "关于路灯的回应" in public and "路灯已全部修复。" in public and "2026年11月23日" in public
    sign_in(staff[Role.SUPERVISOR])
    assert "路灯已全部修复" in client.get(f"/cases/{cases[0].case_number}").text
    assert "重新打开2件工单" in send(client, page, "/undo_close", reason="还有一盏不亮。").text


def test_a_refused_form_comes_back_with_what_was_typed(
    client: TestClient, sign_in: SignIn, staff: dict[Role, Account], lamps: tuple[int, list[Case]]
) -> None:
    page = f"/issues/{lamps[0]}"
    sign_in(staff[Role.SUPERVISOR])
    send(client, page, "/responses")
    late = Page(client.get(page).text).form("/submit")
    send(client, page, "/note", text="已联系街道。")
    refused = client.post(late.action, data=late.data(text="收集到的长长一段"))
    assert (
        refused.status_code == 409
        and "收集到的长长一段" in refused.text
        and "补充情况，您填写的内容没有提交" in refused.text
    )
    assert send(client, page, "/submit", text=" ").status_code == 422
    send(client, page, "/submit", text="情况")
    refused = send(client, page, "/assess", level="", opinion="意见写好了")
    assert refused.status_code == 422 and "意见写好了" in refused.text and 'id="assess-level-error"' in refused.text
    assert [i for i in re.findall(r'\bid="([^"]+)"', refused.text) if refused.text.count(f'id="{i}"') > 1] == []
    form = Page(client.get(page).text).form("/assess")
    assert client.post(form.action, data=form.data(csrf="x", level="red", opinion="x")).status_code == 403
    assert client.post(form.action, data=form.data(level="purple", opinion="x")).status_code == 422


def test_a_refused_report_keeps_the_words_of_the_unit(
    client: TestClient, sign_in: SignIn, staff: dict[Role, Account], lamps: tuple[int, list[Case]]
) -> None:
    page = f"/issues/{lamps[0]}"
    sign_in(staff[Role.SUPERVISOR])
    send(client, page, "/responses")
    send(client, page, "/submit", text="情况")
    send(client, page, "/assess", level="blue", opinion="意见")
    refused = send(client, page, "/task", department_id="zjj", what="查", due_at="2026-11-22T10:00")
    assert refused.status_code == 422 and "请填写以后的时间" in refused.text
    send(client, page, "/task", department_id="zjj", what="查明原因")
    sign_in(staff[Role.OFFICER])
    refused = send(client, "/desk", "/report", report="长" * 5001)
    assert refused.status_code == 422 and "长" * 5001 in refused.text


def test_nothing_published_yet_is_said(client: TestClient) -> None:
    page = Page(client.get("/responses?page=9").text)
    assert page.headings == ["热点回应"] and "还没有发布过热点回应" in page.words
    assert "/responses" in Page(client.get("/").text).links
