"""管理 → 类别模型: a city's own models of tone, put into use and taken back on the page."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.learning import classifiers
from models.account import Account, Role
from models.classifier import ClassifierPart, ClassifierState
from models.database import Connection
from routing.learning import classifier_repository
from tests import factories
from tests.api.html_page import Page
from tests.api.test_pages_classifier import HOME, state_of
from tests.factories import NOW

S = ClassifierState


@pytest.fixture
def administrator(city_conn: Connection, sign_in: Callable[[Account], str]) -> str:
    return sign_in(factories.account(city_conn, Role.ADMINISTRATOR))


def tone(conn: Connection, name: str, part: ClassifierPart = ClassifierPart.SENTIMENT) -> Any:
    scores = {
        "macro_f1": 0.871,
        "per_class": [
            {
                "label": "negative" if part is ClassifierPart.SENTIMENT else "anger",
                "letters": 30,
                "precision": 0.9,
                "recall": 0.8,
                "f1": 0.85,
            }
        ],
        "confusions": [],
    }
    suspect = {"number": 1, "title": "别人的文字", "label": "negative", "suggested": "positive", "confidence": 0.9}
    added = classifier_repository.add_version(
        conn,
        version=name,
        part=part,
        kind="tone",
        card={"cross_validation": scores, "suspected_label_errors": [suspect]},
        files={"card.json": b"{}"},
        last_label_id=0,
        labels=36,
        actor="account:1:周宁",
        now=NOW,
    )
    gate = {"checks": [{"passed": True, "sentence": "最近3件来件中，2件的情感判断会与现在不同。"}]}
    classifier_repository.set_gate(conn, added.id, gate, actor="test")
    conn.commit()
    return added


def test_a_model_of_tone_is_put_into_use_and_taken_back_on_the_page(
    client: TestClient, city_conn: Connection, administrator: str
) -> None:
    added = tone(city_conn, "sentiment-trained/1+aaaaaaaa")
    page = Page(client.get(HOME).text)
    assert "由随程序提供的模型判断" in page.words and f"{HOME}/{added.id}" in page.links
    assert not any(form.action.endswith(f"/{added.id}/promote") for form in page.forms), "after its figures are seen"
    one = Page(client.get(f"{HOME}/{added.id}").text)
    for word in ("情感模型", "0.871", "负面", "2件的情感判断会与现在不同", "没有来件可供检验", "36件"):
        assert word in one.words, word
    assert "别人的文字" not in one.words and "判断过" not in one.words
    form = one.form(f"/{added.id}/promote")
    done = client.post(form.action, data=form.data())
    assert "已启用" in done.text and state_of(city_conn, added.id) is S.LIVE
    assert f"由本市的 {added.version} 判断" in Page(done.text).words
    form = Page(done.text).form(f"/{added.id}/rollback")
    assert "已退回" in client.post(form.action, data=form.data()).text
    assert state_of(city_conn, added.id) is S.RETIRED


def test_a_model_of_tone_that_does_not_load_is_said_aloud(
    client: TestClient, city_conn: Connection, administrator: str
) -> None:
    added = tone(city_conn, "emotion-trained/1+bbbbbbbb", ClassifierPart.EMOTION)
    classifiers.promote(city_conn, added.id, actor="a", now=NOW)
    classifier_repository.set_problem(city_conn, added.id, "文件已损坏。", actor="test")
    city_conn.commit()
    assert f"{added.version}：文件已损坏。暂由随程序提供的模型判断" in Page(client.get(HOME).text).words
    assert f"情绪模型 {added.version} 无法加载" in Page(client.get("/administration/operation").text).words
