"""Merging and splitting with mouse and keyboard, and what the citizens of both see."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from api.pages.citizens.citizen import RECEIPT_COOKIE
from models.account import Account, Role
from models.analysis import Matter, TextSpan
from models.case import Case, CaseStatus, CompletionResult
from models.database import Connection
from routing import case_repository, lifecycle
from routing.casework import merge_repository, merging
from routing.directory import Directory
from routing.process import process_batch
from tests import factories
from tests.api.html_page import Page
from tests.factories import NOW, ZONE, FixedAnalyser, analysis

SignIn = Callable[[Account], str]
BODY = "桂香路的路灯坏了三盏，请维修。另外，桂香路口的自来水管漏水，请一并处理。"
FIRST, SECOND = BODY[:15], BODY[15:]
SAME = "青石巷东口到菜场一段的六盏路灯全都不亮，老人晚上买药回家摔了一跤，请尽快派人来修好。"


def letter_of(
    client: TestClient, conn: Connection, directory: Directory, title: str, body: str, name: str, phone: str
) -> tuple[Case, str]:
    """A letter that a citizen wrote on the page, its case with the first unit of the list, and its query code."""
    client.cookies.delete(RECEIPT_COOKIE, path="/letters")
    form = Page(client.get("/letters/new").text).form("/letters/new")
    client.post("/letters/new", data=form.data(title=title, body=body, name=name, contact=phone))
    number, _, code = client.cookies[RECEIPT_COOKIE].strip('"').partition("/")
    start = len(title) + 1
    cut = start + len(FIRST)
    matters = (
        Matter("T0402", 0.8, (TextSpan(start, cut),)),
        Matter("T0403", 0.7, (TextSpan(cut, start + len(body)),)),
    )
    says = replace(analysis(), matters=matters if body == BODY else ())
    process_batch(conn, FixedAnalyser(says), directory, now=NOW, zone=ZONE, limit=10)
    case = case_repository.get_case(conn, number)
    if case.lead_department_id != "zjj":
        case = lifecycle.dispatch(conn, case, directory, lead="zjj", actor="test", now=NOW, zone=ZONE)
    conn.commit()
    return case, code


def follow(client: TestClient, case: Case, code: str) -> Page:
    form = Page(client.get("/letters/follow").text).form("/letters/follow")
    return Page(client.post("/letters/follow", data=form.data(number=case.case_number, code=code)).text)


def faultless(page: Page) -> bool:
    """Each field has its label, each id is there once, nothing runs inside the page."""
    return not page.unlabelled and len(set(page.ids)) == len(page.ids) and not page.inline_scripts and not page.handlers


def fresh(conn: Connection, case: Case) -> Case:
    conn.rollback()
    return case_repository.get_case_by_id(conn, case.id)


def test_a_dispatcher_merges_what_the_page_proposes_and_takes_it_back(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    head, _ = letter_of(client, city_conn, directory, "路灯", SAME, "欧阳晓云", "19900006001")
    member, code = letter_of(client, city_conn, directory, "路灯", SAME, "李向阳", "19900006002")
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    page = Page(client.get(f"/cases/{head.case_number}").text)
    assert "内容基本相同" in page.words or "内容相同" in page.words
    refused = client.post(
        f"/cases/{head.case_number}/merge", data=page.form("/merge").data(members=[member.case_number, ""])
    )
    assert refused.status_code == 422 and "请填写并单理由" in refused.text
    assert f'value="{member.case_number}" checked' in refused.text  # what was chosen stays chosen
    again = Page(refused.text).form("/merge").data(members=[member.case_number, ""], text="同一条巷子的路灯。")
    done = client.post(f"/cases/{head.case_number}/merge", data=again)
    assert "已并入本单" in done.text and "一并办理的工单" in done.text
    assert faultless(page) and faultless(Page(refused.text)) and faultless(Page(done.text))
    assert fresh(city_conn, member).merged_into == head.id

    merged = client.get(f"/cases/{member.case_number}")
    assert f"已并入主单{head.case_number}" in Page(merged.text).words
    assert f"/cases/{member.case_number}" not in Page(client.get("/cases").text).links
    listed = Page(client.get("/cases?counted=merged").text)
    assert f"/cases/{member.case_number}" in listed.links and "已并入其他工单" in listed.words
    seen = follow(client, member, code)
    assert "与反映同一问题的其他来信一并办理" in seen.words
    for secret in (head.case_number, "晓云", "19900006001"):
        assert secret not in seen.words

    undo = Page(merged.text).form("/unmerge").data(note="不是同一处。")
    done = client.post(f"/cases/{member.case_number}/unmerge", data=undo)
    assert "已撤销并单，恢复单独办理。" in done.text
    assert fresh(city_conn, member).merged_into is None
    assert "恢复单独办理" in follow(client, member, code).words


def test_each_submitter_reads_the_answer_and_nothing_of_the_other(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    head, own = letter_of(client, city_conn, directory, "路灯一", SAME, "欧阳晓云", "19900006003")
    member, code = letter_of(client, city_conn, directory, "路灯一", SAME, "李向阳", "19900006004")
    head = merging.merge(city_conn, head, [member], reason="同一处。", actor="test", now=NOW)
    city_conn.commit()
    sign_in(factories.account(city_conn, department="zjj"))
    for action, data in (
        ("acknowledge", {}),
        ("reply", {"body": "欧阳晓云：您好，电话19900006003已告知，六盏路灯修好了。"}),
        ("complete", {"result": "solved"}),
    ):
        page = Page(client.get(f"/cases/{head.case_number}").text)
        assert (
            client.post(f"/cases/{head.case_number}/{action}", data=page.form(f"/{action}").data(**data)).status_code
            == 200
        )
    assert fresh(city_conn, member).status is CaseStatus.COMPLETED
    theirs, others = follow(client, head, own), follow(client, member, code)
    assert "欧阳晓云：您好，电话19900006003已告知，六盏路灯修好了。" in theirs.words
    assert "六盏路灯修好了。" in others.words
    assert "晓云" not in others.words and "19900006003" not in others.words


def test_a_dispatcher_splits_a_letter_and_the_citizen_reads_each_part(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case, code = letter_of(client, city_conn, directory, "两件事", BODY, "李向阳", "19900006005")
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    page = client.get(f"/cases/{case.case_number}")
    form = Page(page.text).form("/split")
    proposed = form.data()
    assert proposed["part_title"][:2] == [FIRST, SECOND] and proposed["part_topic"][:2] == ["T0402", "T0403"]
    chosen = [value for value in proposed["sentence"] if value]
    assert [value[-2:] for value in chosen] == [":1", ":2"]
    refused = client.post(f"/cases/{case.case_number}/split", data=form.data(part_lead=["zjj", "", ""]))
    assert refused.status_code == 422 and "请选择第2件的主办单位" in refused.text
    assert Page(refused.text).form("/split").data()["sentence"] == proposed["sentence"]  # nothing is lost
    done = client.post(f"/cases/{case.case_number}/split", data=form.data(part_lead=["zjj", "swj", ""]))
    assert "已拆分，子工单已派出。" in done.text and "已拆分为2件" in done.text
    assert faultless(Page(page.text)) and faultless(Page(refused.text)) and faultless(Page(done.text))
    first, second = (case_repository.get_case(city_conn, f"{case.case_number}-{n}") for n in (1, 2))
    part = Page(client.get(f"/cases/{second.case_number}").text)
    assert "本件办理的部分" in part.words and SECOND in part.words
    for unit_case in (first, second):
        city_conn.rollback()
        moved = lifecycle.acknowledge(city_conn, unit_case, actor="test", now=NOW)
        unit = moved.lead_department_id
        moved = lifecycle.reply(
            city_conn, moved, body=f"{unit}的答复。", public=False, department_id=unit, actor="test", now=NOW
        )
        if unit_case is first:
            lifecycle.complete(city_conn, moved, result=CompletionResult.SOLVED, actor="test", now=NOW)
        city_conn.commit()
    seen = follow(client, case, code)
    for words in ("您的来信有2件事", FIRST, SECOND, "zjj的答复。", "swj的答复。", "已办结", "办理中"):
        assert words in seen.words, words
    assert directory.department_name("swj") in seen.words


def test_a_split_that_nobody_has_acknowledged_is_taken_back(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case, code = letter_of(client, city_conn, directory, "两件事", BODY, "李向阳", "19900006006")
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    page = Page(client.get(f"/cases/{case.case_number}").text)
    client.post(f"/cases/{case.case_number}/split", data=page.form("/split").data(part_lead=["zjj", "swj", ""]))
    page = Page(client.get(f"/cases/{case.case_number}").text)
    done = client.post(f"/cases/{case.case_number}/unsplit", data=page.form("/unsplit").data(note="其实是一件事。"))
    assert "已撤销拆分" in done.text
    assert merge_repository.list_part_ids(city_conn, case.id) == []
    assert "拆分已撤销" in client.get(f"/cases/{case.case_number}-1").text
    assert "恢复为一件办理" in follow(client, case, code).words


@pytest.mark.parametrize("sentence", ["x", "1-2", "1-:2", "3-9:x"])
def test_a_form_that_is_none_of_ours_is_refused(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn, sentence: str
) -> None:
    case = factories.case(city_conn, directory, lead="zjj")
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/split")
    answer = client.post(f"/cases/{case.case_number}/split", data=form.data() | {"sentence": [sentence]})
    assert answer.status_code == 422
