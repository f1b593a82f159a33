"""People say what is one issue: merged, split, renamed, pinned, muted from the page, and taken back."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from models.account import Account, Role
from models.case import Case
from models.database import Connection
from routing.directory import Directory
from tests import factories
from tests.api.html_page import Page
from tests.issue_rows import issue, issue_of_cases

SignIn = Callable[[Account], str]


@pytest.fixture
def lamps(city_conn: Connection, directory: Directory) -> tuple[int, list[Case]]:
    return issue_of_cases(city_conn, directory, how_many=3)


@pytest.fixture
def supervisor(client: TestClient, city_conn: Connection, sign_in: SignIn) -> TestClient:
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    return client


def send(client: TestClient, number: int, action: str, **changes: str | list[str]) -> Response:
    form = Page(client.get(f"/issues/{number}").text).form(f"/issues/{number}/{action}")
    answer: Response = client.post(form.action, data=form.values | changes)
    return answer


def heading(response: Response) -> str:
    return Page(response.text).headings[0]


def test_a_name_that_a_person_gave_stays_and_is_taken_back(
    supervisor: TestClient, lamps: tuple[int, list[Case]]
) -> None:
    number, _ = lamps
    assert heading(send(supervisor, number, "rename", name="桂香路 路灯大面积不亮")) == "桂香路 路灯大面积不亮"
    refused = send(supervisor, number, "rename", name=" ")
    assert refused.status_code == 422 and 'id="rename-name-error"' in refused.text
    assert heading(send(supervisor, number, "undo")) != "桂香路 路灯大面积不亮"
    assert "（已撤销）" in supervisor.get(f"/issues/{number}").text


def test_pinned_first_muted_apart(supervisor: TestClient, lamps: tuple[int, list[Case]]) -> None:
    number, _ = lamps
    send(supervisor, number, "pin")
    listed = Page(supervisor.get("/issues").text).links
    assert next(link for link in listed if link.startswith("/issues/")) == f"/issues/{number}"
    send(supervisor, number, "unpin")
    assert "静音到" in send(supervisor, number, "mute", days="7").text
    assert f"/issues/{number}" not in Page(supervisor.get("/issues").text).links
    assert f"/issues/{number}" in Page(supervisor.get("/issues?muted=yes").text).links
    send(supervisor, number, "unmute")
    assert f"/issues/{number}" in Page(supervisor.get("/issues").text).links


def test_two_are_one_and_two_again(
    supervisor: TestClient, city_conn: Connection, directory: Directory, lamps: tuple[int, list[Case]]
) -> None:
    number, _ = lamps
    other, cases = issue_of_cases(city_conn, directory)
    merged = send(supervisor, number, "merge", other_id=str(other))
    assert merged.url.path == f"/issues/{number}" and "5件" in " ".join(Page(merged.text).words.split())
    gone = supervisor.get(f"/issues/{other}").text
    assert "已并入" in gone and f'href="/issues/{number}"' in gone
    send(supervisor, number, "undo")
    assert f"/cases/{cases[0].case_number}" in Page(supervisor.get(f"/issues/{other}").text).links


def test_ticked_voices_are_an_issue_of_their_own(supervisor: TestClient, lamps: tuple[int, list[Case]]) -> None:
    number, cases = lamps
    nothing = send(supervisor, number, "split")
    assert nothing.status_code == 422 and "请选择来件" in nothing.text
    split = send(supervisor, number, "split", submission_ids=[str(cases[0].submission_id)])
    assert split.url.path != f"/issues/{number}"
    assert f"/cases/{cases[0].case_number}" in Page(split.text).links
    assert f"/cases/{cases[0].case_number}" not in Page(supervisor.get(f"/issues/{number}").text).links


def test_a_response_goes_with_its_issue_into_another(
    supervisor: TestClient, city_conn: Connection, directory: Directory, lamps: tuple[int, list[Case]]
) -> None:
    number, _ = lamps
    other, _ = issue_of_cases(city_conn, directory)
    send(supervisor, other, "responses")
    send(supervisor, number, "merge", other_id=str(other))
    whole = supervisor.get(f"/issues/{number}")
    assert "提请研判" in whole.text
    form = Page(whole.text).form("/submit")
    assert form.action.startswith(f"/issues/{number}/responses/")
    assert "已提请研判" in supervisor.post(form.action, data=form.data(text="情况")).text
    assert "研判" in supervisor.get("/issues").text
    again = supervisor.post(f"/issues/{number}/responses", data={"csrf": form.values["csrf"][0]})
    assert again.status_code == 409 and "已经启动处置" in again.text


def test_two_responses_are_not_put_together(
    supervisor: TestClient, city_conn: Connection, directory: Directory, lamps: tuple[int, list[Case]]
) -> None:
    other, _ = issue_of_cases(city_conn, directory)
    send(supervisor, other, "responses")
    send(supervisor, lamps[0], "responses")
    refused = send(supervisor, lamps[0], "merge", other_id=str(other))
    assert refused.status_code == 409 and "都在处置" in refused.text


def test_what_was_seen_must_still_be_so(supervisor: TestClient, lamps: tuple[int, list[Case]]) -> None:
    number, _ = lamps
    stale = Page(supervisor.get(f"/issues/{number}").text).form("/rename")
    send(supervisor, number, "pin")
    refused = supervisor.post(stale.action, data=stale.data(name="别的名字"))
    assert refused.status_code == 409 and "刚刚有变化" in refused.text and "别的名字" in refused.text


def test_what_is_not_there_and_who_may_not(
    client: TestClient, city_conn: Connection, sign_in: SignIn, lamps: tuple[int, list[Case]]
) -> None:
    number, cases = lamps
    token = sign_in(factories.account(city_conn, Role.LEADER))
    assert "改名" not in client.get(f"/issues/{number}").text
    assert client.post(f"/issues/{number}/pin", data={"csrf": token}).status_code == 403
    token = sign_in(factories.account(city_conn, Role.DISPATCHER))
    assert client.post(f"/issues/{number}/burn", data={"csrf": token}).status_code == 404
    assert client.post("/issues/77/pin", data={"csrf": token}).status_code == 404
    assert client.post(f"/issues/{number}/undo", data={"csrf": token, "decision_id": "999999"}).status_code == 404
    alone = issue(city_conn, [cases[0].submission_id])
    assert client.post(f"/issues/{alone}/pin", data={"csrf": "x"}).status_code == 403
    assert client.post(f"/issues/{alone}/mute", data={"csrf": token, "days": "9999"}).status_code == 422
