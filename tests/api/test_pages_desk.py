"""The officer's queue, kept filters, mentions, the wall of what is due, keys: as people meet them."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from api.pages.desk import requests
from intake.registration import register
from models.account import Account, Role
from models.case import Case, CaseAction, CompletionResult
from models.database import Connection
from routing import case_repository, lifecycle
from routing.casework import casework_repository
from routing.directory import Directory
from routing.directory_repository import load_directory
from routing.process import process_batch
from tests import factories
from tests.api.html_page import Page
from tests.factories import KEYS, NOW, ZONE, letter
from tests.reading import Reading

SignIn = Callable[[Account], str]


def test_the_queue_says_how_much_time_is_left_and_what_is_next(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    late = factories.case(city_conn, directory, lead="lyj", at=NOW - timedelta(days=60))
    answered = factories.case(city_conn, directory, lead="lyj", until=CaseAction.REPLY)
    contact = factories.case(city_conn, directory, lead="lyj", until=CaseAction.ACKNOWLEDGE)
    helping = factories.case(city_conn, directory, lead="zjj")
    lifecycle.dispatch(city_conn, helping, directory, lead="zjj", co_handling=["lyj"], actor="test", now=NOW, zone=ZONE)
    city_conn.commit()
    sign_in(factories.account(city_conn, department="lyj"))
    text = client.get("/desk").text
    lines = dict(
        re.findall(r'name="case" form="bulk" value="([\d-]+):\d+".*?line__next"><strong>(.*?)</strong>', text, re.S)
    )
    assert lines == {
        late.case_number: "签收",
        answered.case_number: "办结",
        contact.case_number: "联系诉求人",
        helping.case_number: "提交协办意见",
    }
    assert text.index("已超期") < text.index("以后到期") and "签收超期" in text and "首次联系还剩" in text
    section = text.partition('id="due-overdue"')[2].partition("</section>")[0]
    assert "badge--late" in section and late.case_number in section and contact.case_number not in section


def test_an_empty_desk_says_so(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, department="wjw"))
    page = client.get("/desk").text
    assert "这里没有工单。" in page and 'id="bulk"' not in page


def test_the_hours_of_amber_are_rows(conn: Connection) -> None:
    factories.city(conn)
    profile = load_directory(conn).city.deadline_profile
    casework_repository.set_amber(conn, profile, "complete", 96, actor="test")
    amber = load_directory(conn).amber
    assert (amber.complete, amber.contact) == (96, 4)


def test_a_filter_is_kept_found_shared_renamed_and_dropped(
    client: TestClient, city_conn: Connection, sign_in: SignIn
) -> None:
    mine, colleague, other = (factories.account(city_conn, department=unit) for unit in ("zjj", "zjj", "swj"))
    sign_in(mine)
    assert "保存这个筛选" not in client.get("/cases").text, "nothing is filtered"
    page = Page(client.get("/cases?state=open&topic=T04&sort=oldest&page=1").text)
    form = page.form("/views")
    assert form.values["query"] == ["state=open&topic=T04&sort=oldest"]
    kept = client.post("/views", data=form.data(name="在办市政", shared="1"))
    assert kept.url.path == "/cases" and kept.url.params["topic"] == "T04"
    assert 'aria-current="true">在办市政' in kept.text and "保存这个筛选" not in kept.text
    assert "在办市政" in client.get("/desk").text
    twice = client.post("/views", data=form.data(name="在办市政"))
    assert twice.status_code == 409 and "已有同名的筛选" in twice.text
    assert client.post("/views", data=form.data(name="x", query="state=nonsense")).status_code == 422
    assert client.post("/views", data=form.data(name="x", query="sort=nonsense")).status_code == 422
    assert client.post("/views", data={"name": "x", "query": "state=open"}).status_code == 403

    manage = Page(client.get("/views").text)
    assert "情况：在办；类别：市政设施与市容环境" in manage.words
    change = manage.form("/change")
    number = change.action.split("/")[2]
    sign_in(colleague)
    assert client.get(f"/views/{number}").url.params["state"] == "open"
    assert "在办市政" in client.get("/cases").text
    csrf = Page(client.get("/views").text).form("/logout").values["csrf"][0]
    assert client.post(f"/views/{number}/delete", data={"csrf": csrf}).status_code == 403
    sign_in(other)
    assert client.get(f"/views/{number}").status_code == 404 and "在办市政" not in client.get("/cases").text

    token = sign_in(mine)
    assert "市政件" in client.post(change.action, data={"csrf": token, "name": "市政件"}).text
    sign_in(colleague)
    assert "市政件" not in client.get("/cases").text, "no longer shared"
    token = sign_in(mine)
    assert client.post(f"/views/{number}/up", data={"csrf": token}).status_code == 200
    assert client.post(f"/views/{number}/fly", data={"csrf": token}).status_code == 422
    assert "还没有保存筛选" in client.post(f"/views/{number}/delete", data={"csrf": token}).text


def test_a_colleague_is_named_in_a_note_and_reads_it(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(
        city_conn,
        directory,
        lead="zjj",
        until=CaseAction.ACKNOWLEDGE,
        new=letter(name="欧阳明远", contact="19900005678"),
    )
    colleague = factories.account(city_conn, department="zjj", username="colleague1")
    factories.account(city_conn, department="swj", username="stranger1")
    sign_in(factories.account(city_conn, department="zjj"))
    offered = client.get(f"/cases/{case.case_number}/people.json").json()
    assert {"name": "测试承办人员", "account": "colleague1", "where": directory.department_name("zjj")} in offered
    assert "stranger1" not in {person["account"] for person in offered}
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/note")
    refused = client.post(form.action, data=form.data(text="@stranger1 请协助"))
    assert refused.status_code == 422 and "不能查看这件工单，不能提及" in refused.text
    assert Page(refused.text).form("/note").values["text"] == ["@stranger1 请协助"]
    done = client.post(form.action, data=form.data(text="@colleague1 请联系欧阳明远19900005678"))
    assert "提及测试承办人员" in done.text and "19900005678" not in done.text

    sign_in(colleague)
    page = client.get("/desk").text
    assert 'href="/mentions">提及<span class="nav__count">1</span>' in page
    mentions = client.get("/mentions")
    assert "1条未读" in mentions.text and "请联系" in mentions.text and case.case_number in mentions.text
    opened = client.get(f"/cases/{case.case_number}").text
    assert 'href="/mentions">提及</a>' in opened, "who opens the case has read it"
    assert "0条未读" in client.get("/mentions").text
    sign_in(factories.account(city_conn, department="swj"))
    assert client.get(f"/cases/{case.case_number}/people.json").status_code == 404


def test_all_mentions_are_read_at_once(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    reader = factories.account(city_conn, Role.SUPERVISOR, username="reader1")
    sign_in(factories.account(city_conn, department="zjj"))
    for _ in range(2):
        case = factories.case(city_conn, directory, lead="zjj")
        form = Page(client.get(f"/cases/{case.case_number}").text).form("/note")
        client.post(form.action, data=form.data(text="请@reader1看一下"))
    sign_in(reader)
    form = Page(client.get("/mentions").text).form("/mentions/read")
    assert "2条未读" in client.get("/mentions").text
    assert "0条未读" in client.post(form.action, data=form.data()).text


def test_the_wall_counts_by_unit_and_opens_exactly_those_cases(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    late = [factories.case(city_conn, directory, lead="jyj", at=NOW - timedelta(days=60)) for _ in range(2)]
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    page = Page(client.get("/due-soon").text)
    name = directory.department_name("jyj")
    [row] = re.findall(rf'<th scope="row"[^>]*>{name}</th>(.*?)</tr>', page.html, re.S)
    [link] = re.findall(r'<a href="([^"]+)">', row.partition("</td>")[0])
    listed = client.get(link.replace("&amp;", "&"))
    assert "2件" in Page(listed.text).headings[0] and all(case.case_number in listed.text for case in late)
    form = next(f for f in page.forms if f.values.get("query") and "jyj" in f.values["query"][0])
    confirm = Page(client.post("/bulk", data=form.data()).text)
    assert sorted(confirm.form("/bulk").values["case"]) == sorted(f"{case.case_number}:{case.version}" for case in late)
    done = client.post("/bulk", data=confirm.form("/bulk").data(text="请本周办结"))
    assert "2件已办" in done.text and "/due-soon" in Page(done.text).links
    sign_in(factories.account(city_conn, Role.OFFICER))
    assert client.get("/due-soon").status_code == 403


def test_requests_have_a_second_page(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "SHOWN", 2)
    sign_in(factories.account(city_conn, department="zjj"))
    made = []
    for _ in range(3):
        case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
        form = Page(client.get(f"/cases/{case.case_number}").text).form("/request_return")
        client.post(form.action, data=form.data(return_reason="other", text="应由水务办理"))
        made.append(case.case_number)
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    shown = [[n for n in made if n in client.get(path).text] for path in ("/requests", "/requests?page=2")]
    assert sorted(shown[0] + shown[1]) == sorted(made) and len(shown[0]) == 2
    assert "3件" in client.get("/requests").text and "/requests?page=2" in Page(client.get("/requests").text).links


def test_the_keys_of_a_role_are_a_page(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn))
    officer = Page(client.get("/shortcuts").text)
    assert "写答复" in officer.words and "人工分拣" not in officer.words
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    assert "人工分拣" in Page(client.get("/shortcuts").text).words
    assert client.get("/shortcuts").text.count("shortcuts.js") == 1


def _read(conn: Connection, directory: Directory, title: str, body: str, topic: str | None) -> Case:
    """A case whose telling words were really read."""
    [new] = register(conn, [letter(title=title, body=body)], actor="test", now=NOW, keys=KEYS, zone=ZONE)
    process_batch(conn, Reading(factories.analysis(topic=topic)), directory, now=NOW, zone=ZONE, limit=100)
    conn.commit()
    return case_repository.get_case(conn, new.receipt_number)


def test_triage_names_the_nearest_solved_cases_and_who_solved_them(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    body = "临溪区青石桥南路第三盏路灯坏了半个月，灯杆倾斜，晚上行人摔跤，请派人维修更换灯泡。"
    solved = _read(city_conn, directory, "青石桥路灯倾斜", body, "T0402")
    solved = lifecycle.acknowledge(city_conn, solved, actor="test", now=NOW)
    unit = solved.lead_department_id
    solved = lifecycle.reply(city_conn, solved, body="已修好。", public=True, department_id=unit, actor="test", now=NOW)
    lifecycle.complete(city_conn, solved, result=CompletionResult.SOLVED, actor="test", now=NOW)
    waiting = _read(city_conn, directory, "路灯坏了", f"{body}晚上更危险。", None)
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    page = client.get("/triage").text
    item = page.partition(f'id="case-{waiting.case_number}"')[2].partition('<li class="queue__item')[0]
    assert f"最相近的已办结工单由{directory.department_name(unit)}办理" in item
    assert f'href="/cases/{solved.case_number}"' in item and "已解决" in item
    # three wherever three are solved, said for what they are; the nearest stays first
    for _ in range(3):
        factories.case(city_conn, directory, until=CaseAction.COMPLETE)
    item = client.get("/triage").text.partition(f'id="case-{waiting.case_number}"')[2]
    item = item.partition('<li class="queue__item')[0].partition("最相近的已办结工单</h3>")[2]
    assert item.count("similar__degree") == 3 and "没有相同的词" in item
    assert solved.case_number in item.partition("</li>")[0]
