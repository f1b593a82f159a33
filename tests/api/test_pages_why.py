"""Case and triage pages say why: words in the text, similar letters, the row of the catalogue. Citizens see none."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.pages.citizens.citizen import RECEIPT_COOKIE
from models.account import Account, Role
from models.analysis import Analysis, DetectorHit, Neighbour, TopicSuggestion, Urgency
from models.case import Case
from models.database import Connection
from routing import case_repository
from routing.directory import Directory
from routing.process import process_batch
from tests import factories
from tests.api.html_page import Page
from tests.factories import NOW, ZONE, FixedAnalyser, letter

SignIn = Callable[[Account], str]
SAMPLE = Neighbour("corpus:hand3/4", "T0101", "观澜半岛二期楼间距变窄请解释", 0.31)
TITLE = "隔壁单位的<标题>"


def says(*near: Neighbour, confidence: float = 0.95, **parts: Any) -> Analysis:
    found = factories.analysis(confidence=confidence)
    others = (TopicSuggestion("T1001", 0.04, ("学校",)),)
    return replace(found, neighbours=near, suggestions=(*found.suggestions, *others), **parts)


def beside(case: Case) -> Neighbour:
    return Neighbour(f"submission:{case.submission_id}", "T0402", TITLE, 0.62)


def test_a_case_says_why(client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn) -> None:
    new = letter(title="路灯不亮", body="桂香街道的路燈<坏了>，夜里看不见。")
    mine = factories.case(city_conn, directory, lead="zjj")
    case = factories.case(city_conn, directory, lead="zjj", new=new, says=says(beside(mine), SAMPLE))
    sign_in(factories.account(city_conn, department="zjj"))
    text = client.get(f"/cases/{case.case_number}").text
    telling = '<span class="m m--telling" title="类别的依据词">'
    assert f"<h1>{telling}路灯</span>不亮</h1>" in text
    assert f"{telling}路燈</span>&lt;坏了&gt;" in text  # as it was written, though the cue is simplified
    assert "<mark" not in text and ">类别依据</span></label>" in text and ">紧急</span></label>" not in text
    assert f'<a href="/cases/{mine.case_number}">隔壁单位的&lt;标题&gt;</a>' in text
    words = Page(text).words
    assert "很像 0.62" in words and "较像 0.31" in words and "示例来信" in words
    assert "原批的是四栋十一层" in words  # the sample, to be unfolded
    assert "派单目录条目" in words and "60%" in words and "求助类，派单后" in words
    assert f"{directory.topic_name('T1001')} 把握 4%" in words
    assert "类别模型fixed/1" in words and "11-23 10:00分析时的" in words
    assert text.count("<details") == text.count("</details>") and "<details open" not in text


def test_a_case_that_nothing_resembles_says_so(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, lead="zjj")
    sign_in(factories.account(city_conn, department="zjj"))
    assert "没有足够相近的已归类来信" in client.get(f"/cases/{case.case_number}").text
    unknown = factories.case(city_conn, directory, says=Analysis.unknown("test"))
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    page = client.get(f"/cases/{unknown.case_number}")
    assert page.status_code == 200
    assert "没有任何类别的依据，无法自动派单。" in page.text and 'class="panel because"' not in page.text


def test_telling_words_and_alarms_look_different(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    new = letter(title="漏气", body="路灯旁边煤气漏气了。")
    case = factories.case(
        city_conn,
        directory,
        new=new,
        says=says(urgency=Urgency.CRITICAL, detector_hits=(DetectorHit("life_risk", "漏气", 0, 2),)),
    )
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    for address in (f"/cases/{case.case_number}", "/triage"):
        text = client.get(address).text
        assert ">漏气</mark>" in text and re.search(r'<span class="[^"]*telling"[^>]*>路灯</span>', text), address
    assert "快速通道的词" in text and "的依据词" in text


def test_triage_says_why_a_person_and_what_would_have_happened(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, new=letter(title="路灯不亮"), says=says(SAMPLE, confidence=0.3))
    dispatcher = factories.account(city_conn, Role.DISPATCHER)
    sign_in(dispatcher)
    text = client.get(f"/cases/{case.case_number}").text
    lead = directory.departments["cgj-990102"]
    words = Page(text).words
    assert "转人工的原因：类别把握不足（30%，规则要求60%）。" in words
    assert f"若不转人工，将按“{directory.topic_name('T0402')}”派给{lead.name}主办" in words
    queue = client.get("/triage").text
    item = queue.split(f'id="case-{case.case_number}"')[1].split('class="queue__item"')[0]
    assert '<span class="telling">路灯</span>' in item and "依据：相近来信、派单目录" in item
    assert SAMPLE.title in item and item.count("派单目录：") == 2
    form = Page(text).form("/dispatch")
    done = client.post(form.action, data=form.data())
    assert "若不转人工" not in done.text
    assert "类别把握不足（30%，规则要求60%）" in done.text.split('id="history"')[1]


@pytest.mark.parametrize("secret", [False, True])
def test_no_page_of_an_officer_tells_of_another_units_letter(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn, secret: bool
) -> None:
    other = factories.case(city_conn, directory, lead="jyj", new=letter(confidential=secret))
    case = factories.case(city_conn, directory, lead="zjj", says=says(beside(other)))
    sign_in(factories.account(city_conn, department="zjj"))
    text = client.get(f"/cases/{case.case_number}").text
    assert "隔壁单位" not in text and other.case_number not in text and "submission:" not in text
    assert ("其他来信，标题不向您显示" in text) is not secret
    assert ("很像 0.62" in text) is not secret


def test_a_confidential_letter_is_named_to_no_role_on_any_page(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    secret = factories.case(city_conn, directory, lead="zjj", new=letter(confidential=True))
    case = factories.case(city_conn, directory, says=says(beside(secret), confidence=0.3))
    for role in Role:
        sign_in(factories.account(city_conn, role, department="zjj"))
        for address in (f"/cases/{case.case_number}", "/triage", "/submissions", "/cases"):
            assert "隔壁单位" not in client.get(address).text, (role, address)


def test_citizens_see_nothing_of_it(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    form = Page(client.get("/letters/new").text).form("/letters/new")
    client.post("/letters/new", data=form.data(title="路灯不亮", body="门口的路灯坏了很久。", contact="19900001234"))
    number, _, code = client.cookies[RECEIPT_COOKIE].strip('"').partition("/")
    process_batch(city_conn, FixedAnalyser(says(SAMPLE)), directory, now=NOW, zone=ZONE, limit=10)
    city_conn.commit()
    assert case_repository.get_case(city_conn, number).topic_code == "T0402"
    city_conn.rollback()
    follow = Page(client.get("/letters/follow").text).form("/letters/follow")
    seen = client.post("/letters/follow", data=follow.data(number=number, code=code)).text
    assert "路灯不亮" in seen
    for told in ("telling", "依据", "相近", SAMPLE.title, "派单目录", "fixed/1", "把握"):
        assert told not in seen, told
