from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from api.pages.citizens.citizen import RECEIPT_COOKIE
from models.account import Account, Role
from models.analysis import DetectorHit, Urgency
from models.case import Case, CaseAction, CaseStatus
from models.database import Connection
from routing import case_repository, lifecycle
from routing.directory import Directory
from routing.process import process_batch
from tests import factories
from tests.api.html_page import Page
from tests.factories import NOW, ZONE, FixedAnalyser, analysis, letter

SignIn = Callable[[Account], str]
EVIL = "<script>alert('1')</script>"


def _status(conn: Connection, case: Case) -> CaseStatus:
    conn.rollback()
    return case_repository.get_case(conn, case.case_number).status


def test_an_officer_answers_a_letter_and_the_citizen_reads_it(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    new = letter()
    form = Page(client.get("/letters/new").text).form("/letters/new")
    client.post("/letters/new", data=form.data(title="楼道灯坏了", body=new.body, contact="19900001234"))
    number, _, code = client.cookies[RECEIPT_COOKIE].strip('"').partition("/")
    process_batch(city_conn, FixedAnalyser(analysis()), directory, now=NOW, zone=ZONE, limit=10)
    city_conn.commit()
    case = case_repository.get_case(city_conn, number)
    city_conn.rollback()
    officer = factories.account(city_conn, department=case.lead_department_id)
    sign_in(officer)

    assert f"/cases/{number}" in Page(client.get("/desk?status=dispatched").text).links
    page = client.get(f"/cases/{number}")
    assert "19900001234" not in page.text  # the leading unit may call once it has said why (test_disclosures)
    done = client.post(f"/cases/{number}/acknowledge", data=Page(page.text).form("/acknowledge").data())
    assert "已签收，可以答复了。" in done.text
    assert "先答复诉求人，然后才能办结。" in done.text
    reply = Page(done.text).form("/reply").data(body=f"已修好。{EVIL}\r\n请放心。", text="已当面说明。")
    done = client.post(f"/cases/{number}/reply", data=reply)
    assert "答复已发出" in done.text and "<script>alert" not in done.text
    done = client.post(f"/cases/{number}/complete", data=Page(done.text).form("/complete").data(result="solved"))
    assert "已办结" in done.text and {f.action.split("/")[-1] for f in Page(done.text).forms} >= {"note"}
    assert not {f.action.split("/")[-1] for f in Page(done.text).forms} & {"reply", "complete", "acknowledge"}
    assert _status(city_conn, case) is CaseStatus.COMPLETED

    follow = Page(client.get("/letters/follow").text).form("/letters/follow")
    seen = client.post("/letters/follow", data=follow.data(number=number, code=code))
    assert f"已修好。{EVIL}\n请放心。" in Page(seen.text).words
    assert officer.display_name not in seen.text.split("<main")[1]  # the unit answers, not the person


def test_a_case_of_another_unit_does_not_exist(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, lead="zjj")
    csrf = sign_in(factories.account(city_conn, department="jyj"))
    for answer in (
        client.get(f"/cases/{case.case_number}"),
        client.post(f"/cases/{case.case_number}/acknowledge", data={"csrf": csrf, "version": str(case.version)}),
        client.get("/cases/20260101-0000000"),
    ):
        assert answer.status_code == 404
        assert "没有找到该工单，或您无权查看。" in answer.text
    assert _status(city_conn, case) is CaseStatus.DISPATCHED


def test_a_co_handling_unit_reads_but_does_not_act(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, new=letter(contact="19900007777"), says=analysis(topic=None))
    lifecycle.dispatch(city_conn, case, directory, lead="zjj", co_handling=["jyj"], actor="test", now=NOW, zone=ZONE)
    city_conn.commit()
    sign_in(factories.account(city_conn, department="jyj"))
    page = client.get(f"/cases/{case.case_number}")
    assert page.status_code == 200
    assert {form.action.split("/")[-1] for form in Page(page.text).forms} == {
        *("logout", "search", "opinion", "note", "attachments", "exclusions")
    }
    assert "19900007777" not in page.text


@pytest.mark.parametrize("action", [a.value for a in CaseAction])
def test_no_action_without_the_token(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn, action: str
) -> None:
    case = factories.case(city_conn, directory, lead="zjj")
    sign_in(factories.account(city_conn, department="zjj"))
    data = {"version": str(case.version), "body": "写了很久的答复", "csrf": "guessed"}
    answer = client.post(f"/cases/{case.case_number}/{action}", data=data)
    assert answer.status_code == 403
    if action == "reply":
        assert "写了很久的答复" in answer.text
    assert _status(city_conn, case) is CaseStatus.DISPATCHED


def test_who_was_slower_keeps_the_text_and_learns_who_was_quicker(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
    sign_in(factories.account(city_conn, department="zjj"))
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/reply")
    colleague = factories.account(city_conn, department="zjj")
    lifecycle.reply(
        city_conn, case, body="同事先答复了。", public=False, department_id="zjj", actor=colleague.actor, now=NOW
    )
    city_conn.commit()
    answer = client.post(
        f"/cases/{case.case_number}/reply", data=form.data(body="我写的答复", public="1", text="已说明")
    )
    assert answer.status_code == 409
    assert colleague.display_name in answer.text and "同事先答复了。" in answer.text
    again = Page(answer.text).form("/reply")
    assert again.values["body"] == ["我写的答复"] and again.values["public"] == ["1"]
    assert client.post(f"/cases/{case.case_number}/reply", data=again.data(text="已说明")).url.query == b"done=reply"


def test_an_empty_reply_is_refused_beside_the_field(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)
    sign_in(factories.account(city_conn, department="zjj"))
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/reply")
    answer = client.post(f"/cases/{case.case_number}/reply", data=form.data(body=" \0 "))
    assert answer.status_code == 422 and 'id="body-error"' in answer.text


@pytest.mark.parametrize("changes", [{"version": "x"}, {"result": "paid"}, {}])
def test_a_form_that_is_not_ours_is_refused(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn, changes: dict[str, str]
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.REPLY)
    csrf = sign_in(factories.account(city_conn, department="zjj"))
    data = {"csrf": csrf, "version": str(case.version)} | changes
    assert client.post(f"/cases/{case.case_number}/complete", data=data).status_code == 422
    assert client.post(f"/cases/{case.case_number}/destroy", data=data).status_code == 404


def test_who_wrote_is_shown_to_nobody_who_has_not_said_why(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    open_letter = factories.case(city_conn, directory, lead="zjj", new=letter(contact="19900005555"))
    secret = factories.case(city_conn, directory, lead="zjj", new=letter(contact="19900006666", confidential=True))
    seen = {}
    for role in Role:
        sign_in(factories.account(city_conn, role, department="zjj"))
        seen[role] = (
            "19900005555" in client.get(f"/cases/{open_letter.case_number}").text,
            "19900006666" in client.get(f"/cases/{secret.case_number}").text,
        )
    assert set(seen.values()) == {(False, False)}


def test_cues_of_danger_are_marked_and_say_what_to_do(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    new = letter(title="煤气漏气", body="楼下<煤气>漏气很严重，请快来人看。")
    hit = DetectorHit("life_risk", "漏气", 5 + 6, 5 + 8)
    says = replace(analysis(urgency=Urgency.CRITICAL), detector_hits=(DetectorHit("life_risk", "漏气", 2, 4), hit))
    case = factories.case(city_conn, directory, new=new, says=says)
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    page = client.get(f"/cases/{case.case_number}").text
    assert page.count(">漏气</mark>") == 2
    assert "人身财产即时危险" in page and "2小时内反馈" in page
    assert "依据：“漏气”" in page
    assert "&lt;煤气&gt;" in page


def test_a_supervisor_reopens_with_a_reason_and_the_limit_stays(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.CLOSE)
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/reopen")
    assert client.post(f"/cases/{case.case_number}/reopen", data=form.data(reason=" ")).status_code == 422
    done = client.post(f"/cases/{case.case_number}/reopen", data=form.data(reason="诉求人说没有修好"))
    assert "已重启" in done.text and "原因：诉求人说没有修好" in done.text
    assert _status(city_conn, case) is CaseStatus.IN_PROGRESS


# A sub-topic that was left open


def _left_open(conn: Connection, directory: Directory, topic: str | None = "T04") -> Case:
    case = factories.case(conn, directory, says=analysis(topic=None))
    case = lifecycle.dispatch(conn, case, directory, lead="zjj", topic_code=topic, actor="test", now=NOW, zone=ZONE)
    conn.commit()
    return case


def test_an_officer_fills_in_the_sub_topic_on_the_case_page(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = _left_open(city_conn, directory)
    sign_in(factories.account(city_conn, department="zjj"))
    page = client.get(f"/cases/{case.case_number}")
    above = directory.topics["T04"].name
    assert f"派单时只定到“{above}”。" in Page(page.text).words
    offered = page.text.split('id="open-topic"')[1].split("</select>")[0]
    assert 'value="T0402"' in offered and 'value="T0201"' not in offered
    form = Page(page.text).form("/name_topic")
    done = client.post(form.action, data=form.data(topic_code="T0402"))
    assert "类别已补充。" in done.text
    assert not [f for f in Page(done.text).forms if f.action.endswith("/name_topic")]
    assert "补充类别" in done.text and directory.topic_name("T0402") in Page(done.text).words
    city_conn.rollback()
    assert case_repository.get_case(city_conn, case.case_number).topic_code == "T0402"


def test_the_slower_of_two_who_fill_in_is_told(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = _left_open(city_conn, directory)
    sign_in(factories.account(city_conn, department="zjj"))
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/name_topic")
    quicker = factories.account(city_conn, Role.DISPATCHER)
    lifecycle.name_topic(city_conn, case, directory, topic_code="T0403", actor=quicker.actor, now=NOW)
    city_conn.commit()
    answer = client.post(form.action, data=form.data(topic_code="T0402"))
    assert answer.status_code == 409 and quicker.display_name in answer.text
    city_conn.rollback()
    assert case_repository.get_case(city_conn, case.case_number).topic_code == "T0403"


def test_without_a_choice_the_form_comes_back(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = _left_open(city_conn, directory)
    sign_in(factories.account(city_conn, department="zjj"))
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/name_topic")
    answer = client.post(form.action, data=form.data())
    assert answer.status_code == 422
    assert f"请选择“{directory.topics['T04'].name}”下的类别" in answer.text


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER])
def test_who_is_offered_to_fill_in(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn, role: Role
) -> None:
    case = _left_open(city_conn, directory, None)
    sign_in(factories.account(city_conn, role))
    page = Page(client.get(f"/cases/{case.case_number}").text)
    offered = any(form.action.endswith("/name_topic") for form in page.forms)
    assert offered is (role is Role.DISPATCHER)
    assert len(set(page.ids)) == len(page.ids) and not page.unlabelled
