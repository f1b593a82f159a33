"""Answered letters for everybody, over both doors: what is read, what is refused, what who wrote and staff can do."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

from api.citizens import answers
from models.account import Account, Role
from models.case import Case, CaseAction
from models.database import transaction
from routing import case_repository
from routing.process import process_batch
from tests import attachment_files, factories
from tests.api.case_actions import GOOD_REPLY
from tests.api.door import Door, ok, problem
from tests.api.html_page import Page
from tests.api.test_attachments import add
from tests.factories import ZONE, FixedAnalyser, analysis

SignIn = Callable[[Account], str]
EVIL = "<script>alert('1')</script>"
_numbers = itertools.count()


def sent(door: Door, **fields: Any) -> tuple[str, str]:
    """A letter of a citizen and its code; a case of zjj with it."""
    letter: dict[str, Any] = {
        "title": "路灯坏了半个月",
        "body": f"临溪区桂香街道第{next(_numbers)}盏路灯坏了，我叫陈晓梅，电话16812345678。",
        "name": "陈晓梅",
        "contact": "16812345678",
        "publish_consent": True,
    } | fields
    receipt = ok(door.post("/letters", **letter), 201)
    with transaction(door.runtime.pool) as conn:
        directory = door.runtime.directory(conn)
        process_batch(conn, FixedAnalyser(analysis()), directory, now=door.runtime.clock, zone=ZONE, limit=10)
    return receipt["receipt_number"], receipt["query_code"]


def act(door: Door, number: str, action: str, role: Role = Role.OFFICER, **body: Any) -> Any:
    lead = stored(door, number).lead_department_id or "zjj"
    account = door.account(role, lead)
    return door.request("POST", f"/cases/{number}/{action}", account, json=body)


def stored(door: Door, number: str) -> Case:
    with transaction(door.runtime.pool) as conn:
        return case_repository.get_case(conn, number)


def answer(door: Door, number: str, *, body: str = GOOD_REPLY, **fields: Any) -> None:
    ok(act(door, number, "acknowledge"))
    ok(act(door, number, "reply", body=body, public=True, text="已当面说明。", **fields))
    ok(act(door, number, "complete", result="solved"))


def published(door: Door, number: str, code: str) -> int:
    progress = ok(door.post(f"/letters/{number}/progress", code=code))
    [found] = progress["public"]["answers"]
    return int(found)


def test_a_letter_goes_from_the_form_to_the_public_page_and_back(door: Door, client: TestClient) -> None:
    form = Page(client.get("/letters/new").text).form("/letters/new")
    assert "publish_consent" not in form.values  # nobody consents by doing nothing
    number, code = sent(door)
    before = ok(door.post(f"/letters/{number}/progress", code=code))
    assert before["public"] == {"consent": True, "answers": [], "with_letter": False}
    answer(door, number, body=f"{GOOD_REPLY}陈晓梅已知晓。", reason="本人要求具名")
    shown = client.get(f"/answers/{published(door, number, code)}")
    page = Page(shown.text)
    assert shown.status_code == 200 and page.headings == ["路灯坏了半个月"]
    for personal in ("陈", "晓梅", "5678", number, code):
        assert personal not in page.words, personal
    assert "我叫某某" in page.words and "当天答复" in page.words and "已解决" in page.words
    assert shown.headers["cache-control"] == answers.CACHED
    # who wrote takes it back on the page where they follow it
    follow = Page(client.get(f"/letters/follow?number={number}").text).form("/letters/follow")
    progress = client.post("/letters/follow", data=follow.data(number=number, code=code))
    assert "看公开的样子" in progress.text
    form = Page(progress.text).form("/letters/consent")
    assert client.post("/letters/consent", data=form.data(code="0000-0000")).status_code == 404
    assert client.post("/letters/consent", data=form.data(csrf="guessed")).status_code == 403
    assert "我叫某某" in client.get(shown.url.path).text
    done = client.post("/letters/consent", data=form.data())
    assert "您的来信不再公开" in done.text and "/letters/consent" not in done.text
    after = Page(client.get(shown.url.path).text)
    assert "路灯 · 临溪区" in after.headings[0] or "临溪区" in after.headings[0]
    assert "我叫某某" not in after.words and "灯泡烧坏" in after.words
    # with matter and place the day of the letter could tell neighbours who wrote
    assert "7天以内" in after.words and "当天答复" not in after.words and "来信时间" not in after.words
    assert "路灯坏了半个月" not in client.get("/answers.atom").text
    told = ok(door.post(f"/letters/{number}/consent-withdrawal", code=code))  # once more changes nothing
    assert told["public"]["consent"] is False and told["public"]["with_letter"] is False


def test_programs_read_the_same_and_nothing_else(door: Door) -> None:
    number, code = sent(door)
    answer(door, number)
    public = published(door, number, code)
    found = ok(door.get(f"/answers/{public}"))
    assert found["heading"] == "路灯坏了半个月" and found["days"] == 0 and found["files"] == []
    assert found.keys() == {
        *("number", "heading", "letter", "reply", "department_id", "department_name", "topic_code", "topic_name"),
        *(
            "region_code",
            "region_name",
            "submitted_on",
            "replied_on",
            "days",
            "took",
            "result",
            "satisfaction",
            "files",
        ),
    }
    listed = ok(door.get("/answers", q="路灯", topic="T04", region="990102", limit=100))
    assert public in [row["number"] for row in listed["rows"]]
    [row] = ok(door.get("/answers", limit=1))["rows"]
    assert row["number"] == public
    assert number not in str(listed) and code not in str(listed)


@pytest.mark.parametrize("path", ["/answers/999999", "/answers/0", "/answers/9999999999999999999999", "/answers/x"])
def test_what_is_not_published_reads_the_same_as_what_is_not_there(door: Door, client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (404, 422)
    assert door.get(path).status_code in (404, 422)


def test_a_letter_that_becomes_confidential_is_found_by_no_address(door: Door, client: TestClient) -> None:
    number, code = sent(door, title="蓝莓园的事", body="蓝莓园的围栏倒了。")
    answer(door, number)
    public = published(door, number, code)
    assert ok(door.get("/answers", q="蓝莓园"))["rows"]
    with transaction(door.runtime.pool) as conn:
        conn.execute("UPDATE cases SET confidential = true WHERE case_number = %s", (number,))
    gone, never = problem(door.get(f"/answers/{public}"), 404), problem(door.get("/answers/999999"), 404)
    assert gone["detail"] == never["detail"]
    assert ok(door.get("/answers", q="蓝莓园"))["rows"] == []
    assert client.get(f"/answers/{public}").status_code == 404 and "蓝莓园" not in client.get("/answers").text
    assert "蓝莓园" not in client.get("/answers.atom").text
    assert ok(door.post(f"/letters/{number}/progress", code=code))["public"]["answers"] == []


def test_only_files_for_everybody_are_handed_out_and_only_with_their_answer(door: Door, client: TestClient) -> None:
    number, code = sent(door)
    other, other_code = sent(door)
    answer(door, other)
    ok(act(door, number, "acknowledge"))
    case, unit = stored(door, number), door.account(Role.OFFICER, stored(door, number).lead_department_id or "")
    kept, mine, open_ = (
        ok(add(door, case, unit, content), 201)["attachments"][-1]["id"]
        for content in (attachment_files.pdf(), attachment_files.picture(), attachment_files.picture("PNG", (30, 20)))
    )
    files = [{"id": mine, "audience": "writer"}, {"id": open_, "audience": "public"}]
    body = {"body": GOOD_REPLY, "public": True, "text": "已当面说明。", "files": files}
    ok(door.request("POST", f"/cases/{number}/reply", unit, json=body))
    assert client.get(f"/answers/1/files/{open_}").status_code == 404
    ok(act(door, number, "complete", result="solved"))
    public, stranger = published(door, number, code), published(door, other, other_code)
    [file] = ok(door.get(f"/answers/{public}"))["files"]
    assert (
        file["href"] == f"/answers/{public}/files/{open_}"
        and file["href"] in Page(client.get(f"/answers/{public}").text).links
    )
    got = client.get(file["href"])
    assert got.status_code == 200 and got.headers["content-type"] == "image/png"
    assert "sandbox" in got.headers["content-security-policy"] and got.headers["cache-control"] == "no-store"
    for at, id_ in ((public, kept), (public, mine), (stranger, open_), (999_999, open_)):
        assert client.get(f"/answers/{at}/files/{id_}").status_code == 404, (at, id_)
    ok(act(door, number, "unpublish", text="数字有误"))
    assert client.get(file["href"]).status_code == 404
    ok(act(door, number, "publish"))
    assert client.get(file["href"]).status_code == 200
    ok(door.post(f"/cases/{number}/attachments/{open_}/removal", unit, reason="发错了"))
    assert client.get(file["href"]).status_code == 404


def test_typed_markup_is_shown_as_text_everywhere(door: Door, client: TestClient, sign_in: SignIn) -> None:
    number, code = sent(door, title=f"{EVIL}标题", body=f"{EVIL}正文 & “引号”\x0b。")
    answer(door, number, body=f"{GOOD_REPLY}{EVIL}]]>&\x0b")
    public = published(door, number, code)
    for path in (f"/answers/{public}", "/answers", f"/answers?q={EVIL}", f"/answers?unit={EVIL}&topic={EVIL}"):
        text = client.get(path).text
        assert "<script>alert" not in text and Page(text).inline_scripts == 0, path
    feed = ElementTree.fromstring(client.get("/answers.atom").content)
    entry = feed.find("{http://www.w3.org/2005/Atom}entry")
    assert entry is not None and EVIL in (entry.findtext("{http://www.w3.org/2005/Atom}content") or "")
    sign_in(door.account(Role.OFFICER, stored(door, number).lead_department_id or ""))
    assert "<script>alert" not in client.get(f"/cases/{number}").text


@pytest.mark.parametrize(
    "typed",
    [
        "路灯' | '坏",
        "路灯 & !坏",
        "a:*",
        "'#m24323'",
        "#uzjj",
        "\\",
        "路灯:*",
        "''",
        '"',
        "(",
        "路<->灯",
        "%",
        "🙂",
        "的",
    ],
)
def test_operators_are_no_operators(door: Door, client: TestClient, typed: str) -> None:
    assert client.get("/answers", params={"q": typed}).status_code == 200
    everything = {row["number"] for row in ok(door.get("/answers", limit=100))["rows"]}
    found = {row["number"] for row in ok(door.get("/answers", q=typed, limit=100))["rows"]}
    assert found <= everything
    if typed.startswith(("'#", "#", "a:")):
        assert found == set()


def test_nobody_is_found_by_a_number_or_a_telephone(door: Door, client: TestClient) -> None:
    number, _ = sent(door)
    answer(door, number)
    for typed in (number, "16812345678", "陈晓梅"):
        assert ok(door.get("/answers", q=typed))["rows"] == [], typed
    assert "这里不能按电话" in client.get("/answers", params={"q": "168 1234 5678"}).text


def test_searching_is_limited_reading_is_not(door: Door, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.pages.citizens.answers.SEARCHES_PER_HOUR", 3)
    assert [client.get("/answers?q=灯").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert client.get("/answers").status_code == 200


def test_the_list_goes_on_and_back(door: Door, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        number, _ = sent(door, title="竹编工坊的路", body=f"竹编工坊门口的路不平{next(_numbers)}。")
        answer(door, number, body="竹编工坊门口的路已经铺平，电话0990-0001234。")
    first = ok(door.get("/answers", q="竹编工坊", limit=2))
    second = ok(door.get("/answers", q="竹编工坊", limit=2, before=first["before"]))
    numbers = [row["number"] for row in first["rows"] + second["rows"]]
    assert numbers == sorted(numbers, reverse=True) and len(set(numbers)) == 3 and second["before"] is None
    monkeypatch.setattr("api.citizens.answers.list_page.__kwdefaults__", {"typed": "", "before": None, "limit": 2})
    page = Page(client.get("/answers", params={"q": "竹编工坊"}).text)
    [following] = [link for link in page.links if "before=" in link]
    last = Page(client.get(following).text)
    assert "没有找到" not in last.words and "回到第一页" in last.words


def test_staff_see_what_everybody_sees_and_take_it_down(door: Door, client: TestClient, sign_in: SignIn) -> None:
    number, code = sent(door)
    ok(act(door, number, "acknowledge"))
    unit = stored(door, number).lead_department_id or ""
    sign_in(door.account(Role.OFFICER, unit))
    before = Page(client.get(f"/cases/{number}").text)
    assert "公众看到的样子" in before.words and "来信人同意公开来信" in before.words and "我叫某某" in before.words
    ok(act(door, number, "reply", body=GOOD_REPLY, public=True, text="已当面说明。"))
    ok(act(door, number, "complete", result="explained"))
    public = published(door, number, code)
    page = Page(client.get(f"/cases/{number}").text)
    assert f"/answers/{public}" in page.links and f"公开来信和答复，公开编号{public}" in page.words
    form = page.form("/unpublish")
    refused = client.post(form.action, data=form.data(text=""))
    assert refused.status_code == 422
    done = client.post(form.action, data=form.data(text="涉及第三人16899990000"))
    assert "已撤下" in done.text and "16899990000" not in done.text and "公众看不到" in done.text
    assert client.get(f"/answers/{public}").status_code == 404
    form = Page(done.text).form("/publish")
    assert "已公开" in client.post(form.action, data=form.data()).text
    assert client.get(f"/answers/{public}").status_code == 200
    problem(act(door, number, "unpublish", Role.LEADER, text="x"), 403)
    problem(act(door, number, "withdraw_consent", Role.DISPATCHER), 403)
    for role in (Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR):
        ok(act(door, number, "unpublish", role, text="再核对"))
        ok(act(door, number, "publish", role))
    stranger = door.account(Role.OFFICER, "lyj")
    problem(door.request("POST", f"/cases/{number}/unpublish", stranger, json={"text": "x"}), 404)


def test_a_reviewed_reply_is_masked_by_the_letter_as_it_came(door: Door) -> None:
    """The landline of who wrote is known only from the original: the review publishes without it all the same."""
    number, code = sent(door, body="我家座机0821-2345678，请回电，路灯坏了。", contact="")
    ok(act(door, number, "acknowledge"))
    unit = stored(door, number).lead_department_id or ""
    text = f"{GOOD_REPLY}陈晓梅已接到致电0821-2345678。"
    text += "王建国同志当选组长。"
    reason = "评选结果依法公示"
    ok(act(door, number, "submit_reply", body=text, public=True, result="solved", reason=reason, text="已说明"))
    with transaction(door.runtime.pool) as conn:
        colleague = factories.account(conn, department=unit)
    version = stored(door, number).version
    ok(door.request("POST", f"/cases/{number}/approve_reply", colleague, json={"version": version}))
    found = ok(door.get(f"/answers/{published(door, number, code)}"))
    assert "2345678" not in found["reply"] and "0990-0001234" in found["reply"]
    assert "王建国" in found["reply"] and "陈晓梅" not in found["reply"]  # for the reason given, never who wrote


def test_a_reply_for_who_wrote_alone_is_read_by_nobody_else(door: Door) -> None:
    number, code = sent(door)
    ok(act(door, number, "acknowledge"))
    ok(act(door, number, "reply", body=GOOD_REPLY, public=False, text="已当面说明。"))
    ok(act(door, number, "complete", result="solved"))
    assert ok(door.post(f"/letters/{number}/progress", code=code))["public"]["answers"] == []
    assert CaseAction.PUBLISH.value not in ok(door.get(f"/cases/{number}", Role.DISPATCHER))["actions"]


# What the unit writes of who wrote, on purpose or not


def test_a_reply_tells_no_name_handle_or_number_of_whoever_wrote(door: Door) -> None:
    """Not of who wrote first, not of who wrote what is merged into it, also where a reason opens names."""
    number, code = sent(door, name="龘玉明", contact="0821-7654321", body="桂香街道的路灯又坏了，我叫龘玉明。")
    member, _ = sent(door, name="李小红", contact="0821-2345678", body="桂香街道的路灯还是坏的。")
    ok(act(door, number, "merge", Role.DISPATCHER, members=[member], text="同一处"))
    text = f"{GOOD_REPLY}来信{number}的龘玉明、李小红，王建国同志当选组长，0821-2345678，0821-7654321。"
    answer(door, number, body=text, reason="评选结果依法公示")
    found = ok(door.get(f"/answers/{published(door, number, code)}"))
    for personal in ("龘", "玉明", "李", "小红", "2345678", "7654321", number):
        assert personal not in found["reply"] + found["letter"], personal
    assert "王建国" in found["reply"] and "我叫" in found["letter"]


def test_who_gave_no_name_is_not_opened_by_a_reason(door: Door) -> None:
    number, code = sent(door, name="", body="我叫詹素英，路灯坏了。")
    answer(door, number, body=f"{GOOD_REPLY}詹素英、詹女士已知晓，王建国同志当选组长。", reason="评选结果依法公示")
    found = ok(door.get(f"/answers/{published(door, number, code)}"))
    assert "詹" not in found["reply"] + found["letter"] and "王建国" in found["reply"]


def test_the_name_of_a_file_is_told_as_a_text_is(door: Door) -> None:
    number, code = sent(door)
    ok(act(door, number, "acknowledge"))
    lead = stored(door, number).lead_department_id or ""
    unit = door.account(Role.OFFICER, lead)
    files = [("files", ("陈晓梅-16812345678.pdf", attachment_files.pdf(), "application/pdf"))]
    [file] = ok(door.request("POST", f"/cases/{number}/attachments", unit, files=files), 201)["attachments"]
    given = [{"id": file["id"], "audience": "public"}]
    answer_with = {"body": GOOD_REPLY, "public": True, "text": "已当面说明。", "files": given}
    ok(door.request("POST", f"/cases/{number}/reply", unit, json=answer_with))
    ok(act(door, number, "complete", result="solved"))
    public = published(door, number, code)
    [told] = ok(door.get(f"/answers/{public}"))["files"]
    got = door.client.get(told["href"])
    for shown in (told["name"], unquote(got.headers["content-disposition"])):
        assert "陈" not in shown and "5678" not in shown and ".pdf" in shown


def test_what_is_published_again_does_not_come_first(door: Door, client: TestClient) -> None:
    """Or a unit would push a bad answer off the first page by taking its good ones down and up."""
    good, good_code = sent(door)
    answer(door, good)
    bad, bad_code = sent(door)
    answer(door, bad)
    door.runtime.clock += timedelta(hours=1)
    ok(act(door, good, "unpublish", text="再核对"))
    ok(act(door, good, "publish"))
    first, second = ok(door.get("/answers", limit=2))["rows"]
    assert (first["number"], second["number"]) == (published(door, bad, bad_code), published(door, good, good_code))


@pytest.mark.parametrize("name", ["unit", "topic", "region"])
def test_a_filter_that_is_no_code_finds_nothing(door: Door, client: TestClient, name: str) -> None:
    for value in ("甲" * 1_000, "a" * 3_000, "'", "\\"):
        for typed in ("", "路灯"):
            found = client.get("/answers", params={"q": typed, name: value})
            assert found.status_code == 200 and "没有找到" in found.text, (value[:9], typed)
