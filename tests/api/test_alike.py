"""What a case page and the JSON door say of copies and like solved cases, and to whom."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from intake.registration import register
from models.account import Account, Role
from models.case import Case, CompletionResult
from models.database import Connection
from nlp.corpus import load_corpus
from routing import case_repository, lifecycle
from routing.directory import Directory
from routing.process import process_batch
from routing.replies import draft_repository
from tests import factories
from tests.api.door import Door, ok
from tests.api.html_page import Page
from tests.factories import KEYS, NOW, ZONE
from tests.reading import Reading

SignIn = Callable[[Account], str]
_bodies = iter([item.body for item in load_corpus() if 120 < len(item.body) < 400])


def make(
    conn: Connection,
    directory: Directory,
    body: str,
    *,
    name: str,
    title: str = "",
    lead: str = "zjj",
    secret: bool = False,
    topic: str = "T0402",
    answer: str = "",
    public: bool = True,
) -> Case:
    """A case of a real reading; with an answer, a completed one."""
    new = factories.letter(title=title, body=body, name=name, contact=f"{name}@example.com", confidential=secret)
    [registered] = register(conn, [replace(new, submitted_at=NOW)], actor="test", now=NOW, keys=KEYS, zone=ZONE)
    process_batch(conn, Reading(factories.analysis(topic=topic)), directory, now=NOW, zone=ZONE, limit=100)
    case = case_repository.get_case(conn, registered.receipt_number)
    if case.lead_department_id != lead:
        case = lifecycle.dispatch(conn, case, directory, lead=lead, actor="test", now=NOW, zone=ZONE)
    if answer:
        case = lifecycle.acknowledge(conn, case, actor="test", now=NOW)
        public = public and not case.confidential
        case = lifecycle.reply(conn, case, body=answer, public=public, department_id=lead, actor="test", now=NOW)
        case = lifecycle.complete(conn, case, result=CompletionResult.SOLVED, actor="test", now=NOW)
    conn.commit()
    return case


def test_a_copy_is_shown_with_what_both_say(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    body = next(_bodies)
    first = make(city_conn, directory, body, name="甲", title="<请管一管>")
    second = make(city_conn, directory, f"您好！{body}", name="乙", title="<请管一管>")
    sign_in(factories.account(city_conn, department="zjj"))
    text = client.get(f"/cases/{second.case_number}").text
    panel = text.split('id="linked"')[1]
    assert "重复来件" in text and "此前" in panel and "请人工确认" not in panel
    assert f'<a href="/cases/{first.case_number}">&lt;请管一管&gt;</a>' in panel
    assert panel.count('<span class="telling">') >= 2
    assert "此后" in client.get(f"/cases/{first.case_number}").text.split('id="linked"')[1]
    assert text.count("<details") == text.count("</details>") and "<details open" not in text


def test_positions_are_those_of_both_texts(door: Door, city_conn: Connection, directory: Directory) -> None:
    body = next(_bodies)
    make(city_conn, directory, body, name="甲二", title="原来的标题很长")
    other = make(city_conn, directory, f"<p>您好！</p>{body}", name="乙二", title="标题")
    seen = ok(door.get(f"/cases/{other.case_number}", Role.DISPATCHER))
    [link] = seen["alike"]["linked"]
    here, there = f"标题\n{seen['body']}", f"{link['title']}\n{link['body']}"
    assert link["kind"] == "near" and link["certain"]
    assert [here[start:end] for start, end in link["here"]] == [there[start:end] for start, end in link["there"]]
    assert sum(end - start for start, end in link["there"]) > 0.9 * len(body)


def test_the_same_person_again_is_called_so(door: Door, city_conn: Connection, directory: Directory) -> None:
    first = make(city_conn, directory, "松涛苑供暖管道漏水，客厅暖气不热，热力公司没有来修。", name="丙")
    again = "上次说的供暖管道漏水还是没有修好，松涛苑的暖气仍然不热，热力公司推给物业。"
    second = make(city_conn, directory, again, name="丙")
    [link] = ok(door.get(f"/cases/{second.case_number}", Role.OFFICER))["alike"]["linked"]
    assert (link["kind"], link["case_number"], link["earlier"]) == ("same_person", first.case_number, True)
    words = {word["word"] for word in link["words"]}
    assert "管道" in words
    assert {f"\n{again}"[start:end] for start, end in link["here"]} == words


def test_a_solved_case_comes_with_its_answer_while_it_is_solved(
    client: TestClient, door: Door, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    words = "玉兰里地下车库的排水泵停转，积水漫过电缆沟"
    solved = make(city_conn, directory, f"{words}，请派人来抽。", name="庚", answer="水泵已<换>。")
    make(city_conn, directory, f"地下车库排水泵坏了，玉兰里的电缆沟进了水，{words[:9]}，谁管。", name="庚二")
    case = make(city_conn, directory, f"昨夜暴雨，{words}，车主们守了一夜都很着急。", name="辛")
    [found] = ok(door.get(f"/cases/{case.case_number}", Role.DISPATCHER))["alike"]["solved"]
    assert (found["case_number"], found["reply"], found["result"]) == (solved.case_number, "水泵已<换>。", "solved")
    shares = [word["share"] for word in found["words"]]
    assert shares == sorted(shares, reverse=True) and 0.3 < sum(shares) <= 1.001 and len(shares) <= 6
    text = f"\n{found['body']}"
    assert {word["word"] for word in found["words"]} <= {text[start:end] for start, end in found["there"]}
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    page = client.get(f"/cases/{case.case_number}").text
    assert "水泵已&lt;换&gt;" in page.split('id="solved"')[1]
    lifecycle.reopen(city_conn, solved, reason="又坏了", actor="test", now=NOW)
    city_conn.commit()
    assert ok(door.get(f"/cases/{case.case_number}", Role.DISPATCHER))["alike"]["solved"] == []


@pytest.mark.parametrize("public", [True, False])
def test_an_answer_to_one_person_starts_another_s_without_the_person(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn, public: bool
) -> None:
    words = f"{'松岭' if public else '柏岭'}水厂泵房的取水口堵了淤泥，{'东' if public else '西'}片高层停水"
    told = "祝长庚您好，已致电19900007788，取水口已清淤。"
    solved = make(city_conn, directory, f"{words}，请清淤。", name="祝长庚", answer=told, public=public)
    case = make(city_conn, directory, f"昨夜起{words}，老人接水困难。", name="辛五")
    lifecycle.acknowledge(city_conn, case, actor="test", now=NOW)
    city_conn.commit()
    sign_in(factories.account(city_conn, department="zjj"))
    forms = Page(client.get(f"/cases/{case.case_number}").text).forms
    form = next(form for form in forms if form.action.endswith("/reply"))
    data = form.data(start=solved.case_number)
    client.post(f"/cases/{case.case_number}/draft", data=data)
    draft = draft_repository.find_open_draft(city_conn, case.id)
    assert draft is not None and draft.body.endswith("取水口已清淤。")
    # what everybody may read anyway goes on as it was
    assert ("祝长庚" in draft.body, "19900007788" in draft.body) == (public, public)


def test_an_officer_is_told_only_how_many_letters_other_units_have(
    client: TestClient, door: Door, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    body = next(_bodies)
    other = make(city_conn, directory, body, name="壬", title="隔壁单位的标题", lead="jyj", answer="隔壁的答复")
    case = make(city_conn, directory, f"你好，{body}", name="癸")
    alike = ok(door.get(f"/cases/{case.case_number}", Role.OFFICER))["alike"]
    assert (alike["linked"], alike["not_told"], alike["solved"]) == ([], 1, [])
    sign_in(factories.account(city_conn, department="zjj"))
    page = Page(client.get(f"/cases/{case.case_number}").text).words
    assert "另有1件其他单位的来件" in page
    assert other.case_number not in page and "隔壁" not in page
    [link] = ok(door.get(f"/cases/{case.case_number}", Role.LEADER))["alike"]["linked"]
    assert link["case_number"] == other.case_number


@pytest.mark.parametrize("by", ["wish", "topic"])
def test_a_confidential_case_is_alike_to_nothing(
    door: Door, city_conn: Connection, directory: Directory, by: str
) -> None:
    """Neither as a copy nor as a solved case, for any role; also where the topic protects who reports."""
    body = next(_bodies)
    topic = "T2205" if by == "topic" else "T0402"
    secret = make(city_conn, directory, body, name=f"子{by}", secret=by == "wish", topic=topic, answer="已经查处。")
    assert secret.confidential
    case = make(city_conn, directory, f"你好，{body}", name=f"丑{by}")
    for role in Role:
        alike = ok(door.get(f"/cases/{case.case_number}", role))["alike"]
        assert (alike["linked"], alike["not_told"]) == ([], 0), role
        assert secret.case_number not in [other["case_number"] for other in alike["solved"]], role
    terms = city_conn.execute("SELECT FROM solved_terms WHERE submission_id = %s", (secret.submission_id,))
    assert terms.fetchall() == []
