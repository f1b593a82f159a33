"""The reply on its pages: saved, checked, filled in from a template, reviewed – all without a script."""

import re
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from models.account import Account, Role
from models.case import Case, CaseAction, CaseStatus
from models.database import Connection
from models.reply_draft import DraftState, ReplyTemplate, ReviewNeed, TemplateText
from routing import case_repository
from routing.directory import Directory
from routing.replies import draft_repository, drafts, reply_template_repository
from tests import factories
from tests.api.case_actions import GOOD_REPLY
from tests.api.html_page import Page
from tests.factories import NOW, ZONE

SignIn = Callable[[Account], str]
EMPTY = "您反映的问题已收悉，我局高度重视，感谢您的理解和支持。"


@pytest.fixture
def case(city_conn: Connection, directory: Directory) -> Case:
    return factories.case(city_conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)


@pytest.fixture
def every_reply_reviewed(city_conn: Connection) -> Iterator[None]:
    draft_repository.set_need(city_conn, None, ReviewNeed.ALL, actor="test", now=NOW)
    city_conn.commit()
    yield
    draft_repository.set_need(city_conn, None, None, actor="test", now=NOW)
    city_conn.commit()


def page_of(client: TestClient, case: Case, query: str = "") -> Page:
    return Page(client.get(f"/cases/{case.case_number}{query}").text)


def form_of(client: TestClient, case: Case) -> dict[str, list[str] | str]:
    page = page_of(client, case)
    return next(form for form in page.forms if form.action.endswith(("/reply", "/submit_reply"))).data()


def add_template(conn: Connection, title: str, body: str, *, topic: str) -> ReplyTemplate:
    text = TemplateText(topic_code=topic, action=CaseAction.COMPLETE, title=title, body=body)
    return reply_template_repository.add_template(conn, text, department_id="zjj", actor="test", now=NOW)


def test_closing_the_page_and_coming_back_shows_the_draft(
    client: TestClient, city_conn: Connection, case: Case, sign_in: SignIn
) -> None:
    officer = factories.account(city_conn, department="zjj")
    sign_in(officer)
    form = form_of(client, case) | {"body": "写到一半的\r\n答复", "public": "1", "step": "save"}
    done = client.post(f"/cases/{case.case_number}/draft", data=form)
    assert "草稿已保存。" in done.text and done.url.fragment == "reply-form"
    again = form_of(client, case)
    assert (again["body"], again["public"], again["draft_version"]) == (["写到一半的\n答复"], ["1"], ["1"])
    sign_in(factories.account(city_conn, department="zjj"))  # a colleague goes on with it
    assert form_of(client, case)["body"] == ["写到一半的\n答复"]
    assert f"草稿由{officer.display_name}于" in page_of(client, case).words


def test_the_slower_of_two_keeps_the_text_and_sees_the_others(
    client: TestClient, city_conn: Connection, case: Case, sign_in: SignIn
) -> None:
    sign_in(factories.account(city_conn, department="zjj"))
    form = form_of(client, case)
    other = factories.account(city_conn, department="zjj")
    what = drafts.Written(body="同事写的答复")
    drafts.save(city_conn, case, what, department_id="zjj", actor=other.actor, now=NOW, zone=ZONE)
    city_conn.commit()
    for address in ("draft", "submit_reply"):
        answer = client.post(f"/cases/{case.case_number}/{address}", data=form | {"body": GOOD_REPLY})
        assert answer.status_code == 409
        assert f"答复草稿已由{other.display_name}于11-23 10:00修改" in answer.text
        assert "同事写的答复" in answer.text and GOOD_REPLY in answer.text
    # who has seen both goes on with the own text; the other's is kept beside it
    seen = next(form for form in Page(answer.text).forms if form.action.endswith("/reply")).data()
    assert seen["body"] == [GOOD_REPLY]
    client.post(f"/cases/{case.case_number}/draft", data=seen | {"step": "save"})
    page = page_of(client, case)
    assert form_of(client, case)["body"] == [GOOD_REPLY]
    assert "此前的文字（1份）" in page.words and "同事写的答复" in page.words


def test_the_check_shows_findings_with_the_words_they_are_about(
    client: TestClient, city_conn: Connection, case: Case, sign_in: SignIn
) -> None:
    sign_in(factories.account(city_conn, department="zjj"))
    form = form_of(client, case) | {"body": EMPTY, "step": "check"}
    done = client.post(f"/cases/{case.case_number}/draft", data=form)
    assert done.url.query == b"check=1" and done.url.fragment == "reply-check"
    page = Page(done.text)
    assert "答复体检" in page.words and "应当修改" in page.words
    assert re.search(r'<mark class="flaw" title="[^"]+">', done.text)
    assert len(set(page.ids)) == len(page.ids) and not page.unlabelled
    assert "答复体检" not in page_of(client, case).words  # only who asks is shown it


def test_a_serious_finding_asks_for_a_reason_beside_the_text(
    client: TestClient, city_conn: Connection, case: Case, sign_in: SignIn
) -> None:
    author = factories.account(city_conn, department="zjj")
    sign_in(author)
    form = form_of(client, case) | {"body": EMPTY}
    refused = client.post(f"/cases/{case.case_number}/submit_reply", data=form)
    assert refused.status_code == 422 and 'id="text-error"' in refused.text and "答复体检" in refused.text
    page = Page(refused.text)
    assert len(set(page.ids)) == len(page.ids) and not page.unlabelled
    form = next(f for f in page.forms if f.action.endswith("/reply")).data(text="已当面答复")
    sent = client.post(f"/cases/{case.case_number}/submit_reply", data=form)
    assert "已送审" in sent.text and "取回修改" in sent.text
    assert not [f for f in Page(sent.text).forms if f.action.endswith(("/reply", "/approve_reply"))]
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    waiting = client.get("/approvals")
    assert f"/cases/{case.case_number}#reply-review" in Page(waiting.text).links
    assert "已当面答复" in waiting.text and "件待审核" in waiting.text
    shown = page_of(client, case)
    assert "不修改而送审的理由：已当面答复" in shown.words and "应当修改" in shown.words


def test_a_reply_is_approved_by_a_colleague_and_sent(
    client: TestClient, city_conn: Connection, case: Case, sign_in: SignIn, every_reply_reviewed: None
) -> None:
    author = factories.account(city_conn, department="zjj")
    sign_in(author)
    page = page_of(client, case)
    assert "发出答复" not in page.words and "所有答复须由本单位其他人员或督办员审核签发。" in page.words
    form = form_of(client, case) | {"body": GOOD_REPLY, "result": "solved"}
    client.post(f"/cases/{case.case_number}/submit_reply", data=form)
    refused = client.post(f"/cases/{case.case_number}/approve_reply", data=form | {"version": str(case.version + 1)})
    assert refused.status_code == 403 and "起草人不能签发" in refused.text
    sign_in(factories.account(city_conn, department="zjj"))
    review = page_of(client, case)
    assert "签发并办结" in review.words
    done = client.post(f"/cases/{case.case_number}/approve_reply", data=review.form("/approve_reply").data())
    assert "已签发" in done.text and f"{author.display_name}起草" in Page(done.text).words
    city_conn.rollback()
    assert case_repository.get_case(city_conn, case.case_number).status is CaseStatus.COMPLETED


def test_what_is_sent_back_says_why_and_keeps_the_text(
    client: TestClient, city_conn: Connection, case: Case, sign_in: SignIn
) -> None:
    author = factories.account(city_conn, department="zjj")
    sign_in(author)
    client.post(f"/cases/{case.case_number}/submit_reply", data=form_of(client, case) | {"body": GOOD_REPLY})
    reviewer = factories.account(city_conn, Role.SUPERVISOR)
    sign_in(reviewer)
    form = page_of(client, case).form("/send_back_reply")
    missing = client.post(form.action, data=form.data(note=" "))
    assert missing.status_code == 422 and 'id="note-error"' in missing.text
    assert "答复已退回起草。" in client.post(form.action, data=form.data(note="请写明维修单位")).text
    sign_in(author)
    page = page_of(client, case)
    assert f"{reviewer.display_name}退回修改：请写明维修单位" in page.words
    assert form_of(client, case)["body"] == [GOOD_REPLY]


def test_a_template_is_filled_in_below_what_is_written(
    client: TestClient, city_conn: Connection, directory: Directory, case: Case, sign_in: SignIn
) -> None:
    body = "{{诉求人称呼}}：{{工单编号}}由{{办理单位}}办理，{{今天}}【请填写结果】。"
    added = add_template(city_conn, "路灯", body, topic="T04")
    add_template(city_conn, "别的类别", "x", topic="T0501")
    city_conn.commit()
    sign_in(factories.account(city_conn, department="zjj"))
    page = client.get(f"/cases/{case.case_number}")
    assert "路灯</option>" in page.text and "别的类别" not in page.text
    form = form_of(client, case) | {"body": "先写的话", "step": "template", "template": str(added.id)}
    client.post(f"/cases/{case.case_number}/draft", data=form)
    unit = directory.department_name("zjj")
    filled = f"先写的话\n\n市民朋友：{case.case_number}由{unit}办理，2026年11月23日【请填写结果】。"
    assert form_of(client, case)["body"] == [filled]
    for address in ("reply", "submit_reply"):
        refused = client.post(f"/cases/{case.case_number}/{address}", data=form_of(client, case))
        assert refused.status_code == 422 and "还有没填写的地方：【请填写结果】" in refused.text
    for wrong in ("", "0", "x", "99999", "9" * 30):
        form = form_of(client, case) | {"step": "template", "template": wrong}
        assert client.post(f"/cases/{case.case_number}/draft", data=form).status_code in (404, 422)


def test_a_direct_reply_leaves_no_draft_behind(
    client: TestClient, city_conn: Connection, case: Case, sign_in: SignIn
) -> None:
    sign_in(factories.account(city_conn, department="zjj"))
    client.post(f"/cases/{case.case_number}/draft", data=form_of(client, case) | {"body": "草稿"})
    done = client.post(f"/cases/{case.case_number}/reply", data=form_of(client, case) | {"body": GOOD_REPLY})
    assert "答复已发出" in done.text and form_of(client, case)["body"] == [""]
    assert draft_repository.list_drafts(city_conn, case.id)[-1].state is DraftState.SENT


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.LEADER, Role.ADMINISTRATOR])
def test_who_neither_writes_nor_reviews_sees_no_approvals(
    client: TestClient, city_conn: Connection, sign_in: SignIn, role: Role
) -> None:
    sign_in(factories.account(city_conn, role))
    assert client.get("/approvals").status_code == 403


# Templates and the rule


def test_an_officer_writes_a_template_of_the_unit_with_a_preview(
    client: TestClient, city_conn: Connection, sign_in: SignIn
) -> None:
    sign_in(factories.account(city_conn, department="zjj"))
    form = Page(client.get("/reply-templates/new").text).form("/reply-templates")
    assert form.values["department"] == ["zjj"]
    typed = form.data(title="路灯已修", body="{{诉求人称呼}}，您好，{{日子}}已修。", step="preview")
    shown = client.post("/reply-templates", data=typed)
    assert shown.status_code == 200 and "张先生/女士，您好" in shown.text and "没有这样的字段：{{日子}}" in shown.text
    refused = client.post("/reply-templates", data=typed | {"step": "save"})
    assert refused.status_code == 422 and 'id="body-error"' in refused.text and "{{日子}}" in refused.text
    saved = client.post("/reply-templates", data=typed | {"step": "save", "body": "{{今天}}已修。"})
    assert "模板已保存。" in saved.text and "路灯已修" in saved.text
    link = next(link for link in Page(saved.text).links if re.fullmatch(r"/reply-templates/\d+", link))
    form = Page(client.get(link).text).form(link)
    assert "模板已保存。" in client.post(link, data=form.data(title="路灯修好了")).text
    late = client.post(link, data=form.data(title="我也改了"))
    assert late.status_code == 409 and "我也改了" in late.text


def test_the_administrator_keeps_the_citys_templates_and_the_rule(
    client: TestClient, city_conn: Connection, sign_in: SignIn
) -> None:
    sign_in(factories.account(city_conn, Role.ADMINISTRATOR))
    form = Page(client.get("/reply-templates/new").text).form("/reply-templates")
    saved = client.post("/reply-templates", data=form.data(title="全市用的", body="{{今天}}已办。", department=""))
    page = Page(saved.text)
    assert "全市用的" in page.words and len(set(page.ids)) == len(page.ids) and not page.unlabelled
    rule = page.form("/reply-templates/review")
    assert "审核规则已保存" in client.post(rule.action, data=rule.data(need="all")).text
    assert client.post(rule.action, data=rule.data(need="never")).status_code == 422
    assert "审核规则已保存" in client.post(rule.action, data=rule.data(need="none")).text
    sign_in(factories.account(city_conn, department="zjj"))
    link = next(
        link
        for link in Page(client.get("/reply-templates").text).links
        if re.fullmatch(r"/reply-templates/\d+", link) and "全市用的" in client.get(link).text
    )
    own = Page(client.get(link).text)
    assert "各单位只能维护本单位的模板" in own.words
    assert client.post(link, data=own.form(link).data(title="改一改")).status_code == 403
    csrf = own.form(link).values["csrf"][0]
    assert client.post("/reply-templates/review", data={"csrf": csrf, "need": "none"}).status_code == 403


def test_no_form_works_without_the_token(
    client: TestClient, city_conn: Connection, case: Case, sign_in: SignIn
) -> None:
    sign_in(factories.account(city_conn, department="zjj"))
    guessed = {"csrf": "guessed", "version": str(case.version), "body": "写了很久的答复"}
    answer = client.post(f"/cases/{case.case_number}/draft", data=guessed)
    assert answer.status_code == 403 and "写了很久的答复" in answer.text
    for address in ("/reply-templates", "/reply-templates/review", "/reply-templates/1"):
        assert client.post(address, data={"csrf": "guessed"}).status_code == 403
    assert draft_repository.find_open_draft(city_conn, case.id) is None
