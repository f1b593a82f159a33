"""The page of messages: words changed after a look, quiet hours, and what is sent once more from a case."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from api.citizens.citizen import LetterForm, write_letter
from api.messages.outbox import prepare
from models.account import Account, Role
from models.database import Connection
from models.notification import NotificationKind, NotificationMedium, NotificationState
from routing import case_repository
from routing import notification_repository as rows
from routing.process import process_batch
from tests import factories
from tests.api.door import StoppedRuntime
from tests.api.html_page import Page
from tests.factories import NOW, ZONE, FixedAnalyser

SignIn = Callable[[Account], str]
ADDRESS = "/administration/notifications"


@pytest.fixture
def administrator(city_conn: Connection, sign_in: SignIn) -> Account:
    account = factories.account(city_conn, Role.ADMINISTRATOR)
    sign_in(account)
    return account


def test_words_are_looked_at_then_saved_then_taken_back(
    client: TestClient, city_conn: Connection, administrator: Account
) -> None:
    action = f"{ADDRESS}/replied"
    form = Page(client.get(ADDRESS).text).form(action)
    looked = client.post(action, data=form.data(body="{{办理单位}}答复了{{编号}}") | {"what": "preview"})
    assert "某某局答复了20260101-0000018" in looked.text
    assert rows.list_templates(city_conn) == {}
    city_conn.rollback()
    saved = client.post(action, data=form.data(body="{{办理单位}}答复了{{编号}}") | {"what": "save"})
    assert "文字已保存" in saved.text and "（已修改）" in saved.text
    assert rows.list_templates(city_conn)[NotificationKind.REPLIED].body == "{{办理单位}}答复了{{编号}}"
    city_conn.rollback()
    assert "已恢复原来的文字" in client.post(action, data=form.data() | {"what": "own"}).text
    assert rows.list_templates(city_conn) == {}


def test_an_unknown_field_is_told_and_the_words_stay(client: TestClient, administrator: Account) -> None:
    action = f"{ADDRESS}/replied"
    form = Page(client.get(ADDRESS).text).form(action)
    answer = client.post(action, data=form.data(body="尊敬的{{姓名}}") | {"what": "save"})
    assert answer.status_code == 422 and "不认识{{姓名}}" in answer.text and "尊敬的{{姓名}}" in answer.text
    assert client.post(f"{ADDRESS}/nonsense", data=form.data()).status_code == 404


def test_quiet_hours_are_set(client: TestClient, city_conn: Connection, administrator: Account) -> None:
    action = f"{ADDRESS}/settings"
    form = Page(client.get(ADDRESS).text).form(action)
    assert client.post(action, data=form.data(quiet_from="25:00")).status_code == 422
    assert client.post(action, data=form.data(most_a_day="-1")).status_code == 422
    assert "设置已保存" in client.post(action, data=form.data(quiet_from="20:30", most_a_day="3")).text
    settings = rows.get_settings(city_conn)
    assert (f"{settings.quiet_from:%H:%M}", settings.most_a_day) == ("20:30", 3)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER])
def test_the_words_are_the_administrators(
    client: TestClient, city_conn: Connection, sign_in: SignIn, role: Role
) -> None:
    csrf = sign_in(factories.account(city_conn, role))
    assert client.get(ADDRESS).status_code == 403
    data = {"csrf": csrf, "subject": "a", "body": "b", "what": "save"}
    assert client.post(f"{ADDRESS}/replied", data=data).status_code == 403


def test_what_did_not_arrive_is_on_the_case_and_is_sent_once_more(
    client: TestClient, city_conn: Connection, sign_in: SignIn, runtime: StoppedRuntime
) -> None:
    registered = write_letter(
        city_conn, runtime, LetterForm(title="路灯", body="路灯又坏了。", contact="13700137000"), now=NOW
    )
    directory = runtime.directory(city_conn)
    process_batch(city_conn, FixedAnalyser(factories.analysis()), directory, now=NOW, zone=ZONE, limit=10)
    city_conn.commit()
    prepare(runtime, actor="test")
    case = case_repository.get_case(city_conn, registered.receipt_number)
    claimed = rows.take_notification(
        city_conn, [NotificationMedium.SMS], lease=timedelta(minutes=2), actor="test", now=NOW
    )
    assert claimed is not None and claimed.case_id == case.id
    rows.finish_notification(
        city_conn, claimed.id, NotificationState.FAILED, problem="网关拒收。", actor="test", now=NOW
    )
    city_conn.commit()
    again = f"/cases/{case.case_number}/notifications/{claimed.id}/again"
    csrf = sign_in(factories.account(city_conn, Role.LEADER))
    assert client.post(again, data={"csrf": csrf}).status_code == 403
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    page = Page(client.get(f"/cases/{case.case_number}").text)
    assert "137****7000" in page.words and "网关拒收" in page.words and "13700137000" not in page.words
    assert client.post(again, data=page.form(again).data()).status_code == 200
    city_conn.rollback()
    assert rows.list_of_case(city_conn, case.id)[0].state is NotificationState.WAITING
    assert client.post(again, data=page.form(again).data()).status_code == 409
