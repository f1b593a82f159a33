"""The pages of callbacks: a caller from the queue to the next, a submitter in big letters, the rule; suspensions."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from api.staff.callback_desk import rating_token
from api.tasks.casework_tasks import archive, resume
from models.account import Account, Role
from models.callback import Callback, CallbackEntry, CallbackState, Satisfaction
from models.case import Case, CaseAction, CaseStatus
from models.database import Connection
from routing import case_repository, event_repository
from routing.casework import callback_repository, callbacks
from routing.directory import Directory
from tests import factories
from tests.api.door import StoppedRuntime
from tests.api.html_page import Page
from tests.database.follow_up_cases import DISPLEASED, call, completed, forget_callbacks, rule

SignIn = Callable[[Account], str]
SAID = {"solved": "no", "satisfaction": "dissatisfied", "text": "还是不亮，电话19900001234"}


@pytest.fixture(autouse=True)
def everything_is_drawn(city_conn: Connection, directory: Directory) -> None:
    forget_callbacks(city_conn)
    rule(city_conn, directory)
    city_conn.commit()


def current(conn: Connection, case: Case) -> Callback:
    conn.rollback()
    found = callback_repository.find_current(conn, case.id)
    assert found is not None
    return found


def test_a_caller_goes_from_the_queue_to_the_call(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = completed(city_conn, directory, new=factories.letter(contact="19900005678"))
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    queue = client.get("/callbacks")
    assert case.title in queue.text and "办结的工单全部抽取" in queue.text
    form = Page(queue.text).form("/callbacks/next")
    page = client.post(form.action, data=form.data())
    assert page.url.path == f"/callbacks/{case.case_number}" and "19900005678" in page.text
    assert "回访" in client.get(f"/cases/{case.case_number}").text

    form = Page(page.text).form(f"/callbacks/{case.case_number}")
    missing = client.post(form.action, data=form.data(outcome="answered", text="我说不好"))
    assert missing.status_code == 422 and "请回答问题解决了没有" in missing.text and "我说不好" in missing.text
    form = Page(missing.text).form(f"/callbacks/{case.case_number}")
    saved = client.post(form.action, data=form.data(outcome="answered", **SAID))
    assert saved.url.path == "/callbacks" and "回访已记下。" in saved.text
    callback = current(city_conn, case)
    assert (callback.state, callback.satisfaction) == (CallbackState.DONE, Satisfaction.DISSATISFIED)
    assert "19900001234" not in callback.note

    assert "等待决定" in saved.text and "没有解决，不满意" in saved.text
    decide = Page(client.get(f"/cases/{case.case_number}").text)
    done = client.post(f"/cases/{case.case_number}/rework", data=decide.form("/rework").data(text="请到现场重新检修。"))
    assert "已交原单位重办" in done.text and "重办1次" in done.text
    assert "没有要打的电话" in client.post("/callbacks/next", data=form.data()).text


def test_another_callers_call_is_not_disturbed(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = completed(city_conn, directory)
    first = factories.account(city_conn, Role.DISPATCHER)
    sign_in(first)
    form = Page(client.get(f"/callbacks/{case.case_number}").text).form("/take")
    assert Page(client.post(form.action, data=form.data()).text).form(f"/callbacks/{case.case_number}")
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    assert f"{first.display_name}正在回访" in client.get(f"/callbacks/{case.case_number}").text


def test_the_pages_are_for_callers_and_the_rule_for_the_administrator(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = completed(city_conn, directory)
    for role in (Role.OFFICER, Role.LEADER, Role.ADMINISTRATOR):
        sign_in(factories.account(city_conn, role))
        assert client.get("/callbacks").status_code == 403
        assert client.get(f"/callbacks/{case.case_number}").status_code == 403
    form = Page(client.get("/callbacks/rule").text).form("/callbacks/rule")
    wrong = client.post(form.action, data=form.data(share="120", share_help="x", attempts="0"))
    assert wrong.status_code == 422 and wrong.text.count("请填写0到100") >= 2 and "请填写1到20" in wrong.text
    done = client.post(form.action, data=form.data(share="40", share_complain="100", attempts="2"))
    assert "新的一版规则已经生效" in done.text and "投诉全部抽取、其余抽取40%" in done.text
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    assert "启用新的一版" not in client.get("/callbacks/rule").text


def test_a_submitter_answers_on_the_link_once(
    client: TestClient, city_conn: Connection, directory: Directory, runtime: StoppedRuntime
) -> None:
    case = completed(city_conn, directory, new=factories.letter(body="我家在桂香街道，路灯坏了。"))
    token = rating_token(runtime, current(city_conn, case))
    page = client.get(f"/letters/rate/{token}")
    assert "事情解决了吗" in page.text and "我家在桂香街道" not in page.text
    form = Page(page.text).form("/letters/rate")
    missing = client.post(form.action, data=form.data(note="说一半"))
    assert missing.status_code == 422 and "说一半" in missing.text
    thanks = client.post(form.action, data=form.data(solved="yes", satisfaction="very", note="谢谢"))
    assert thanks.url.path == "/letters/rated" and "谢谢您的评价" in thanks.text
    assert current(city_conn, case).entry is CallbackEntry.LINK
    again = client.post(form.action, data=form.data(solved="no", satisfaction="very_dissatisfied"))
    assert again.status_code == 409 and "已经评价过" in again.text
    assert "很满意" in client.get(f"/letters/rate/{token}").text


@pytest.mark.parametrize("token", ["1", "1-aaaa", "x-aaaa", "99999999999999999999-a", "-", "²-a"])
def test_a_link_that_nobody_was_given(client: TestClient, token: str) -> None:
    assert client.get(f"/letters/rate/{token}").status_code == 404
    page = client.get("/letters/new")
    form = Page(page.text).form("/letters/new")
    sent = client.post("/letters/rate", data={"csrf": form.values["csrf"][0], "token": token, "solved": "yes"})
    assert sent.status_code == 404


def test_a_link_of_an_earlier_completion_is_no_longer_good(
    client: TestClient, city_conn: Connection, directory: Directory, runtime: StoppedRuntime
) -> None:
    case = call(city_conn, completed(city_conn, directory), answers=DISPLEASED)
    city_conn.commit()
    token = rating_token(runtime, current(city_conn, case))
    callbacks.rework(city_conn, case, directory, reason="再修", actor="test", now=factories.NOW, zone=factories.ZONE)
    city_conn.commit()
    page = client.get(f"/letters/rate/{token}")
    assert "没有解决，不满意" in page.text and "提交评价" not in page.text


# Suspensions


def test_a_unit_asks_the_dispatcher_decides_lists_say_so_and_the_schedule_ends_it(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn, runtime: StoppedRuntime
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
    sign_in(factories.account(city_conn, department="zjj"))
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/request_suspension")
    wrong = client.post(form.action, data=form.data(text="等配件", due_on="2027-06-01"))
    assert wrong.status_code == 422 and "最多20个工作日" in wrong.text
    asked = client.post(form.action, data=form.data(text="等待配件到货", due_on="2026-11-27"))
    assert "已申请挂起" in asked.text
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    assert "挂起至2026年11月27日" in client.get("/requests").text
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/grant_suspension")
    done = client.post(form.action, data=form.data())
    assert "已批准挂起" in done.text and "其间4个工作日不计入时限" in done.text
    listed = client.get("/cases?state=suspended")
    assert case.title in listed.text and "挂起至11月27日" in listed.text
    runtime.clock = factories.NOW + timedelta(days=5)
    assert resume(runtime) == 1
    city_conn.rollback()
    assert event_repository.list_events(city_conn, case.id)[-1].action is CaseAction.RESUME


def test_the_archive_runs_by_the_schedule(city_conn: Connection, directory: Directory, runtime: StoppedRuntime) -> None:
    case = completed(city_conn, directory)
    runtime.clock = factories.NOW + timedelta(days=60)
    assert archive(runtime) >= 1
    city_conn.rollback()
    assert case_repository.get_case(city_conn, case.case_number).status is CaseStatus.CLOSED
