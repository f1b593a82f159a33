"""管理 → 类别模型: what an administrator sees and does, and what others may not."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.runtime import Runtime
from models.account import Account, Role
from models.classifier import ClassifierState, DispatchThresholds, LearningSettings, TrainingOutcome
from models.database import Connection
from routing.directory import Directory
from routing.learning import (
    classifier_repository,
    drift_repository,
    promise_repository,
    shadow_repository,
    training_repository,
)
from routing.learning.shadow_repository import Difference
from tests import factories, learning
from tests.added_encoders import write_folder
from tests.api.html_page import Page
from tests.factories import NOW

SignIn = Callable[[Account], str]
HOME = "/administration/classifier"
S = ClassifierState
GATE = {"passed": True, "against": "cues/2", "checks": [{"passed": True, "sentence": "宏平均 F1 没有下降。"}]}


@pytest.fixture
def administrator(city_conn: Connection, sign_in: SignIn) -> str:
    """The token for forms. Every test begins without any classifier in use, without a promise."""
    city_conn.rollback()
    for version in classifier_repository.list_versions(city_conn):
        if version.state in (S.LIVE, S.SHADOW, S.RETIRED):
            city_conn.execute("UPDATE classifier_versions SET state = 'rejected' WHERE id = %s", (version.id,))
    city_conn.execute("UPDATE training_runs SET outcome = 'failed' WHERE outcome IN ('requested', 'running')")
    promise_repository.add_learning_settings(city_conn, promise_repository.DEFAULT, actor="test", now=NOW)
    city_conn.commit()
    return sign_in(factories.account(city_conn, Role.ADMINISTRATOR))


def version(conn: Connection, state: ClassifierState, name: str) -> Any:
    return learning.version(conn, state, name=name, files={"card.json": b"{}"})


def state_of(conn: Connection, classifier_id: int) -> ClassifierState:
    conn.rollback()
    return classifier_repository.get_version(conn, classifier_id).state


def test_before_anything_was_learnt_the_page_says_so(client: TestClient, administrator: str) -> None:
    words = Page(client.get(HOME).text).words
    for sentence in ("随程序提供的分类器", "尚无人工核对的来信", "现在没有错派承诺", "还没有比较过"):
        assert sentence in words


def test_promote_and_roll_back_with_one_click(client: TestClient, city_conn: Connection, administrator: str) -> None:
    shadow = version(city_conn, S.SHADOW, "trained/1+one")
    classifier_repository.set_gate(city_conn, shadow.id, GATE, actor="test")
    city_conn.commit()
    page = Page(client.get(HOME).text)
    assert "trained/1+one" in page.words and "宏平均 F1 没有下降。" in page.words and "还没有比较过来信" in page.words
    form = page.form(f"/{shadow.id}/promote")
    done = client.post(form.action, data=form.data())
    assert "已启用" in done.text and state_of(city_conn, shadow.id) is S.LIVE
    form = Page(done.text).form(f"/{shadow.id}/rollback")
    done = client.post(form.action, data=form.data())
    assert "已退回" in done.text and state_of(city_conn, shadow.id) is S.RETIRED


def test_the_second_of_two_administrators_reads_why_nothing_happened(
    client: TestClient, city_conn: Connection, administrator: str
) -> None:
    shadow = version(city_conn, S.SHADOW, "trained/1+two")
    form = Page(client.get(HOME).text).form(f"/{shadow.id}/promote")
    assert client.post(form.action, data=form.data()).status_code == 200
    again = client.post(form.action, data=form.data())
    assert again.status_code == 409 and "正在使用，不能启用" in again.text
    back = {"csrf": administrator}
    assert client.post(f"{HOME}/{shadow.id}/rollback", data=back).status_code == 200
    assert client.post(f"{HOME}/{shadow.id}/rollback", data=back).status_code == 409


def test_what_is_not_there_is_not_found(client: TestClient, administrator: str) -> None:
    data = {"csrf": administrator}
    for method, path in (("get", ""), ("get", "/differences"), ("post", "/promote"), ("post", "/rollback")):
        answer = getattr(client, method)(f"{HOME}/99999{path}", **({"data": data} if method == "post" else {}))
        assert answer.status_code == 404, path


def test_every_change_needs_the_token(client: TestClient, city_conn: Connection, administrator: str) -> None:
    shadow = version(city_conn, S.SHADOW, "trained/1+three")
    for path in ("train", "encoders", "promise", f"{shadow.id}/promote", f"{shadow.id}/rollback"):
        assert client.post(f"{HOME}/{path}", data={"csrf": "guessed"}).status_code == 403
    assert state_of(city_conn, shadow.id) is S.SHADOW


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_it_is_for_administrators(client: TestClient, city_conn: Connection, sign_in: SignIn, role: Role) -> None:
    csrf = sign_in(factories.account(city_conn, role))
    for path in ("", "/1", "/1/differences"):
        assert client.get(f"{HOME}{path}").status_code == 403
    for path in ("train", "encoders", "promise", "1/promote", "1/rollback"):
        assert client.post(f"{HOME}/{path}", data={"csrf": csrf}).status_code == 403


def test_a_training_is_asked_for_once(client: TestClient, city_conn: Connection, administrator: str) -> None:
    form = Page(client.get(HOME).text).form("/train")
    done = client.post(form.action, data=form.data())
    assert "已排队" in done.text and "排队中" in done.text
    again = client.post(form.action, data=form.data())
    assert again.status_code == 409 and "已有一次训练在排队" in again.text


def test_a_run_whose_process_is_gone_is_not_called_running(
    client: TestClient, city_conn: Connection, administrator: str
) -> None:
    run, *_ = training_repository.claim_run(city_conn, actor="system:learning", now=NOW)
    training_repository.set_progress(city_conn, run, step="训练", fraction=0.4, actor="x", now=NOW)
    city_conn.commit()
    words = Page(client.get(HOME).text).words
    assert TrainingOutcome.INTERRUPTED.label in words and "40%" not in words
    assert training_repository.hold_training_lock(city_conn)
    city_conn.commit()
    assert "40%" in Page(client.get(HOME).text).words
    city_conn.execute("SELECT pg_advisory_unlock_all()")
    city_conn.commit()


def test_the_promise_is_stored_and_explained(client: TestClient, city_conn: Connection, administrator: str) -> None:
    form = Page(client.get(HOME).text).form("/promise")
    done = client.post(form.action, data=form.data(max_error="2", audit_share="5%"))
    assert "最多2%派错" in done.text and "还没有算过" in done.text and 'value="2"' in done.text
    city_conn.rollback()
    assert promise_repository.get_learning_settings(city_conn) == LearningSettings(max_error=0.02, audit_share=0.05)
    form = Page(done.text).form("/promise")
    done = client.post(form.action, data=form.data(max_error=" "))
    assert "现在没有错派承诺" in done.text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("max_error", "two"),
        ("max_error", "0"),
        ("max_error", "90"),
        ("max_error", "nan"),
        ("audit_share", ""),
        ("audit_share", "1e400"),
        ("audit_share", "-3"),
    ],
)
def test_a_promise_without_sense_comes_back(client: TestClient, administrator: str, field: str, typed: str) -> None:
    form = Page(client.get(HOME).text).form("/promise")
    answer = client.post(form.action, data=form.data(**({"audit_share": "10"} | {field: typed})))
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert f'value="{typed}"' in answer.text


def thresholds(version_name: str, **report: Any) -> DispatchThresholds:
    figures = {"in_force": True, "checked": 800, "coverage": 0.71, "letters": 560, "errors": 3, "upper_bound": 0.0138}
    return DispatchThresholds(
        computed_at=NOW,
        classifier_version=version_name,
        max_error=0.02,
        pooled=0.9042,
        by_stratum={"jd": None},
        report=figures | {"strata": {"jd": {"letters": 0, "errors": 0}}} | report,
    )


def test_thresholds_are_told_with_what_they_rest_on(
    client: TestClient, city_conn: Connection, administrator: str
) -> None:
    live = version(city_conn, S.LIVE, "trained/1+four")
    wanted = LearningSettings(max_error=0.02, audit_share=0.1)
    promise_repository.add_learning_settings(city_conn, wanted, actor="test", now=NOW)
    promise_repository.add_thresholds(city_conn, thresholds(live.version), actor="test")
    city_conn.commit()
    words = Page(client.get(HOME).text).words
    assert "类别把握达到90.5%的来信自动派单，约占71%" in words and "派错3件" in words and "不超过1.38%" in words
    assert "镇街" in words and "全部人工" in words
    few = thresholds(live.version, in_force=False, checked=40)
    promise_repository.add_thresholds(city_conn, few, actor="test")
    city_conn.commit()
    words = Page(client.get(HOME).text).words
    assert "人工核对过的来信有40件" in words and "仍按派单目录里各条规则的最低把握派单" in words


def test_each_level_of_the_topics_has_its_threshold(
    client: TestClient, city_conn: Connection, administrator: str
) -> None:
    live = version(city_conn, S.LIVE, "trained/1+levels")
    wanted = LearningSettings(max_error=0.02, audit_share=0.1)
    promise_repository.add_learning_settings(city_conn, wanted, actor="test", now=NOW)
    figures = {"in_force": True, "checked": 800, "by_topic": {}, "topics": {}}
    nothing = {"letters": 0, "errors": 0, "coverage": 0.0, "upper_bound": 1.0, "threshold": None}
    proved = {"letters": 590, "errors": 4, "coverage": 0.74, "upper_bound": 0.0154, "threshold": 0.8412}
    levels = {"first_level": figures | proved | {"by_topic": {"T04": 0.7}}, "sub_topic": figures | nothing}
    promise_repository.add_thresholds(city_conn, thresholds(live.version, levels=levels), actor="test")
    city_conn.commit()
    words = Page(client.get(HOME).text).words
    assert "一级类别" in words and "84.2%" in words and "74%" in words and "1.54%" in words
    assert "二级类别" in words and "暂不写明" in words and "另有门槛的类别（1）" in words and "70%" in words
    few = {"sub_topic": figures | nothing | {"in_force": False}}
    promise_repository.add_thresholds(city_conn, thresholds(live.version, levels=few), actor="test")
    city_conn.commit()
    assert "核对的来信还不够" in Page(client.get(HOME).text).words


def test_a_classifier_that_does_not_load_is_said_aloud(
    client: TestClient, city_conn: Connection, administrator: str
) -> None:
    live = version(city_conn, S.LIVE, "trained/1+five")
    classifier_repository.set_problem(city_conn, live.id, "文件已损坏。", actor="test")
    city_conn.commit()
    assert "trained/1+five 无法加载：文件已损坏。" in Page(client.get(HOME).text).words
    operation = Page(client.get("/administration/operation").text).words
    assert "类别模型 trained/1+five 无法加载" in operation


def test_a_drift_alarm_is_said_aloud(client: TestClient, city_conn: Connection, administrator: str) -> None:
    report = {"enough": True, "reasons": [{"sentence": "平均把握由 0.93 降到 0.81。"}], "weeks": 12}
    drift_repository.add_report(city_conn, report, alarm=True, actor="test", now=NOW)
    city_conn.commit()
    words = Page(client.get(HOME).text).words
    assert "平均把握由 0.93 降到 0.81。" in words and "明显不同" in words
    assert "明显不同" in Page(client.get("/administration/operation").text).words
    drift_repository.add_report(city_conn, {"enough": False, "weeks": 1}, alarm=False, actor="test", now=NOW)
    city_conn.commit()


def test_differences_open_their_cases_and_can_be_filtered(
    client: TestClient, city_conn: Connection, directory: Directory, administrator: str
) -> None:
    shadow = version(city_conn, S.SHADOW, "trained/1+six")
    case = factories.case(city_conn, directory)
    difference = Difference(
        submission_id=case.submission_id,
        case_number=None,
        title="",
        live_code="T0402",
        live_confidence=0.9,
        shadow_code="T1001",
        shadow_confidence=0.6,
        at=NOW,
    )
    shadow_repository.claim_queue(city_conn, classifier_id=shadow.id, limit=10, actor="s")
    shadow_repository.add_comparison(
        city_conn, classifier_id=shadow.id, compared=4, differences=[difference], live="l", actor="s"
    )
    city_conn.commit()
    assert "75.0%" in Page(client.get(HOME).text).words
    page = Page(client.get(f"{HOME}/{shadow.id}/differences").text)
    assert f"/cases/{case.case_number}" in page.links
    assert f"/cases/{case.case_number}" in Page(client.get(f"{HOME}/{shadow.id}/differences?topic=T10").text).links
    empty = Page(client.get(f"{HOME}/{shadow.id}/differences?topic=T01").text)
    assert "没有不一致的来信" in empty.words and f"/cases/{case.case_number}" not in empty.links


def test_the_card_of_a_version_names_topics_and_links_doubtful_labels(
    client: TestClient, city_conn: Connection, directory: Directory, administrator: str
) -> None:
    case = factories.case(city_conn, directory)
    scores = {
        "macro_f1": 0.912,
        "accuracy": 0.934,
        "ece": 0.011,
        "coverage_at_98": 0.7,
        "per_class": [{"label": "T0402", "letters": 30, "precision": 0.9, "recall": 0.8, "f1": 0.85}],
        "confusions": [{"label": "T0402", "predicted": "T1001", "letters": 7}],
    }
    suspect = {
        "number": case.submission_id,
        "title": "路灯",
        "label": "T0402",
        "suggested": "T1001",
        "confidence": 0.97,
    }
    foreign = {"number": 0, "title": "随程序提供的例信", "label": "T0402", "suggested": "T1001", "confidence": 0.9}
    added = classifier_repository.add_version(
        city_conn,
        version="trained/1+seven",
        kind="linear",
        card={"cross_validation": scores, "suspected_label_errors": [suspect, foreign], "left_out": {"没有文字": 2}},
        files={"card.json": b"{}"},
        last_label_id=0,
        labels=320,
        actor="account:1:周宁",
        now=NOW,
    )
    city_conn.commit()
    page = Page(client.get(f"{HOME}/{added.id}").text)
    for word in ("0.912", "93.4%", directory.topic_name("T0402"), directory.topic_name("T1001"), "周宁", "没有文字"):
        assert word in page.words, word
    assert f"/cases/{case.case_number}" in page.links and "例信" not in page.words
    assert not any(form.action.endswith("promote") for form in page.forms)  # a candidate is judged first


def test_an_encoder_in_the_data_folder_is_chosen_on_the_page(
    client: TestClient, runtime: Runtime, city_conn: Connection, administrator: str
) -> None:
    assert "没有可选的编码器" in Page(client.get(HOME).text).words
    place = runtime.settings.data_dir / "encoders"
    place.mkdir()
    write_folder(place / "small", ["T0402", "T1001"], {}, [])
    (place / "something else").mkdir()
    page = Page(client.get(HOME).text)
    assert "有1个微调好的编码器" in page.words and "encoder/2+aaaa" in page.words
    form = page.form("/encoders")
    refused = client.post(form.action, data=form.data(encoder="small", below="120"))
    assert refused.status_code == 422 and Page(refused.text).form("/encoders").values["encoder"] == ["small"]
    assert client.post(form.action, data=form.data(encoder="../..")).status_code == 422
    done = client.post(form.action, data=form.data(encoder="small", below="90"))
    assert "已排队" in done.text and "排队中" in Page(done.text).words
    assert client.post(form.action, data=form.data(encoder="small")).status_code == 409


def test_an_encoder_shows_the_same_figures_as_a_linear_one(
    client: TestClient, city_conn: Connection, directory: Directory, administrator: str
) -> None:
    scores = {
        "macro_f1": 0.803,
        "accuracy": 0.834,
        "ece": 0.021,
        "coverage_at_98": 0.412,
        "accuracy_at_98": 0.985,
        "per_class": [{"label": "T0402", "letters": 30, "precision": 0.9, "recall": 0.8, "f1": 0.85}],
        "confusions": [{"label": "T0402", "predicted": "T1001", "letters": 7}],
    }
    added = classifier_repository.add_version(
        city_conn,
        version="encoder/2+figures",
        kind="encoder",
        card={"held_out": scores},
        files={"card.json": b"{}"},
        last_label_id=0,
        labels=320,
        actor="account:1:周宁",
        now=NOW,
    )
    city_conn.commit()
    words = Page(client.get(f"{HOME}/{added.id}").text).words
    for word in ("0.803", "83.4%", "0.021", "41.2%", "98.5%", "留出的十分之一", directory.topic_name("T0402"), "0.85"):
        assert word in words, word
