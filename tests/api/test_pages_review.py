"""标注复核: a dispatcher says what a letter is about; it becomes a label and moves no case."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from models.account import Account, Role
from models.analysis import TopicSuggestion
from models.case import Case
from models.classifier import LabelSource
from models.database import Connection
from routing import case_repository
from routing.directory import Directory, DispatchPromise
from routing.learning import label_repository
from tests import factories
from tests.api.html_page import Page
from tests.factories import analysis

SignIn = Callable[[Account], str]


@pytest.fixture
def drawn(city_conn: Connection, directory: Directory) -> Iterator[Case]:
    """Dispatched automatically, and drawn."""
    says = replace(
        analysis(confidence=0.8), suggestions=(TopicSuggestion("T0402", 0.8, ()), TopicSuggestion("T1001", 0.15, ()))
    )
    whole = replace(directory, promise=DispatchPromise(audit_share=1.0))
    yield factories.case(city_conn, whole, says=says, new=factories.letter(title="巷口的灯"))


def _topics(page: Page, case: Case) -> list[str]:
    return [form.values["topic_code"][0] for form in page.forms if form.action == f"/review/{case.case_number}"]


def test_one_click_says_that_the_topic_is_right(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn, drawn: Case
) -> None:
    person = factories.account(city_conn, Role.DISPATCHER)
    sign_in(person)
    page = Page(client.get("/review").text)
    assert _topics(page, drawn) == ["T0402", "T1001"]
    assert "随机抽查" in page.words and "巷口的灯" in page.words
    form = next(f for f in page.forms if f.action == f"/review/{drawn.case_number}")
    done = Page(client.post(form.action, data=form.data()).text)
    assert "已记为" in done.words and "需要时请到" not in done.words
    assert _topics(done, drawn) == []
    city_conn.rollback()
    label = label_repository.find_label(city_conn, drawn.submission_id)
    assert label is not None and label.topic_code == "T0402"
    assert (label.source, label.actor, label.probability) == (LabelSource.AUDIT, person.actor, 1.0)


def test_another_topic_is_chosen_from_all_and_the_case_stays(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn, drawn: Case
) -> None:
    csrf = sign_in(factories.account(city_conn, Role.DISPATCHER))
    page = Page(client.get(f"/review?other={drawn.case_number}").text)
    assert len(_topics(page, drawn)) == 3
    answer = client.post(f"/review/{drawn.case_number}", data={"csrf": csrf, "topic_code": "T0201"})
    assert "需要时请到" in Page(answer.text).words
    city_conn.rollback()
    assert case_repository.get_case(city_conn, drawn.case_number) == drawn


def test_the_second_person_is_told_who_was_quicker(
    client: TestClient, city_conn: Connection, sign_in: SignIn, drawn: Case
) -> None:
    csrf = sign_in(factories.account(city_conn, Role.DISPATCHER))
    data = {"csrf": csrf, "topic_code": "T0402"}
    assert client.post(f"/review/{drawn.case_number}", data=data).status_code == 200
    again = client.post(f"/review/{drawn.case_number}", data=data | {"topic_code": "T1001"})
    assert again.status_code == 409 and "刚刚由测试派单员核对为" in again.text


def test_what_makes_no_sense_is_refused(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn, drawn: Case
) -> None:
    csrf = sign_in(factories.account(city_conn, Role.DISPATCHER))
    for code in ("", "T9999", "'; DROP TABLE topics"):
        answer = client.post(f"/review/{drawn.case_number}", data={"csrf": csrf, "topic_code": code})
        assert answer.status_code == 422 and 'id="topic_code-error"' in answer.text
    data = {"csrf": csrf, "topic_code": "T0402"}
    assert client.post("/review/20260101-000001", data=data).status_code == 404
    waiting = factories.case(city_conn, directory, says=analysis(topic=None))
    assert client.post(f"/review/{waiting.case_number}", data=data).status_code == 404
    assert client.post(f"/review/{drawn.case_number}", data=data | {"csrf": "guessed"}).status_code == 403
    city_conn.rollback()
    assert label_repository.find_label(city_conn, drawn.submission_id) is None


def test_letters_between_two_topics_are_offered_where_chance_drew_none(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    close = replace(
        analysis(confidence=0.61), suggestions=(TopicSuggestion("T0402", 0.61, ()), TopicSuggestion("T1001", 0.38, ()))
    )
    undrawn = replace(directory, promise=DispatchPromise(audit_share=0.0))
    case = factories.case(city_conn, undrawn, says=close, new=factories.letter(title="夜里看不见路"))
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    page = Page(client.get("/review").text)
    assert "类别接近，值得确认" in page.words and _topics(page, case) == ["T0402", "T1001"]
    city_conn.rollback()
    form = next(f for f in page.forms if f.action == f"/review/{case.case_number}")
    client.post(form.action, data=form.data())
    label = label_repository.find_label(city_conn, case.submission_id)
    assert label is not None and (label.source, label.probability) == (LabelSource.REVIEW, None)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DISPATCHER])
def test_review_is_for_dispatchers(
    client: TestClient, city_conn: Connection, sign_in: SignIn, drawn: Case, role: Role
) -> None:
    csrf = sign_in(factories.account(city_conn, role))
    assert client.get("/review").status_code == 403
    data = {"csrf": csrf, "topic_code": "T0402"}
    assert client.post(f"/review/{drawn.case_number}", data=data).status_code == 403


def test_a_made_up_notice_is_not_shown(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    page = client.get("/review?done=%3Cb%3E")
    assert page.status_code == 200 and "已记为" not in page.text
