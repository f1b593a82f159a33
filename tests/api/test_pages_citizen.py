from datetime import date

from fastapi.testclient import TestClient

from api.citizens.citizen import MAX_TITLE
from api.pages.citizens.citizen import RECEIPT_COOKIE
from api.runtime import Runtime
from intake.receipt_numbers import receipt_number
from intake.repository import SubmissionCriteria, count_submissions
from models.database import Connection
from routing.directory import Directory
from routing.process import process_batch
from tests.api.html_page import Form, Page
from tests.factories import NOW, ZONE, FixedAnalyser, analysis, letter

EVIL = "<script>alert('1')</script>"


def _form(client: TestClient) -> Form:
    return Page(client.get("/letters/new").text).form("/letters/new")


def _letter(client: TestClient, **changes: str) -> dict[str, list[str] | str]:
    new = letter()
    return _form(client).data(**({"title": new.title, "body": new.body} | changes))


def _stored(conn: Connection) -> int:
    conn.rollback()
    return count_submissions(conn, SubmissionCriteria())


def test_a_citizen_writes_keeps_the_receipt_and_follows(
    client: TestClient, city_conn: Connection, directory: Directory
) -> None:
    region = next(r for r in directory.regions.values() if r.name == "桂香街道")
    data = _letter(client, region=region.code, place="金粟苑旁", contact="13800001234", appeal_type="help")
    sent = client.post("/letters/new", data=data)
    assert sent.url.path == "/letters/receipt"
    number, code = sent.text.split('receipt__value">')[1][:16], sent.text.split('receipt__value">')[2][:9]
    follow = Page(client.get(f"/letters/follow?number={number}").text).form("/letters/follow")
    assert follow.values["number"] == [number]

    waiting = client.post("/letters/follow", data=follow.data(code=code.lower()))
    assert "已收到" in waiting.text
    assert city_conn.execute("SELECT place FROM submissions WHERE receipt_number = %s", (number,)).fetchone() == (
        "临溪区桂香街道 金粟苑旁",
    )

    process_batch(city_conn, FixedAnalyser(analysis()), directory, now=NOW, zone=ZONE, limit=10)
    city_conn.commit()
    found = client.post("/letters/follow", data=follow.data(code=code))
    assert "等待签收" in found.text
    assert "求助类应在派单后7个工作日内办结" in found.text  # the due date with what explains it
    assert "13800001234" not in found.text


def test_the_receipt_can_be_reloaded_and_is_shown_to_nobody_else(client: TestClient) -> None:
    client.post("/letters/new", data=_letter(client))
    assert "查询码" in client.get("/letters/receipt").text
    client.cookies.delete(RECEIPT_COOKIE)
    assert client.get("/letters/receipt").url.path == "/letters/follow"


def test_what_was_typed_comes_back_with_the_error_beside_the_field(client: TestClient, city_conn: Connection) -> None:
    before = _stored(city_conn)
    typed = {
        "title": "",
        "body": "第一行\r\n第二行",
        "name": "王",
        "contact": "0990-1",
        "place": "桥头",
        "appeal_type": "suggest",
        "confidential": "1",
        "region": "990102",
    }
    answer = client.post("/letters/new", data=_form(client).data(**typed))
    assert answer.status_code == 422
    again = Page(answer.text).form("/letters/new").values
    assert again["body"] == ["第一行\n第二行"]
    for name in ("name", "contact", "place", "appeal_type", "region", "confidential"):
        assert again[name] == [typed[name]]
    assert 'id="title-error"' in answer.text
    field = answer.text.split('id="title" ')[1].split(">")[0]
    assert "autofocus" in field and 'aria-describedby="title-hint title-error"' in field
    assert _stored(city_conn) == before


def test_the_first_line_break_of_a_text_is_not_lost(client: TestClient) -> None:
    answer = client.post("/letters/new", data=_form(client).data(title="", body="\n空一行"))
    assert ">\n\n空一行</textarea>" in answer.text  # browsers drop the first one


def test_typed_markup_is_shown_as_text(client: TestClient) -> None:
    data = _form(client).data(title=EVIL + "长" * MAX_TITLE, body=EVIL, name=f'"{EVIL}')
    answer = client.post("/letters/new", data=data)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert Page(answer.text).form("/letters/new").values["body"] == [EVIL]


def test_a_form_of_another_site_stores_nothing_and_loses_nothing(client: TestClient, city_conn: Connection) -> None:
    before = _stored(city_conn)
    data = _letter(client, csrf="guessed")
    answer = client.post("/letters/new", data=data)
    assert answer.status_code == 403
    assert data["body"] in Page(answer.text).form("/letters/new").values["body"]
    client.cookies.clear()
    assert client.post("/letters/new", data=data | {"csrf": ""}).status_code == 403
    assert _stored(city_conn) == before


def test_a_robot_that_fills_every_field_stores_nothing(client: TestClient, city_conn: Connection) -> None:
    before = _stored(city_conn)
    assert client.post("/letters/new", data=_letter(client, website="http://x")).status_code == 422
    assert _stored(city_conn) == before


def test_the_same_letter_again_leads_to_its_receipt(client: TestClient) -> None:
    data = _letter(client)
    client.post("/letters/new", data=data)
    again = client.post("/letters/new", data=data)
    assert again.status_code == 409
    assert "/letters/receipt" in Page(again.text).links


def test_too_many_letters_from_one_address_are_refused_with_the_text_kept(client: TestClient, runtime: Runtime) -> None:
    for _ in range(runtime.settings.letters_per_hour):
        assert client.post("/letters/new", data=_letter(client)).status_code == 200
    data = _letter(client)
    refused = client.post("/letters/new", data=data)
    assert refused.status_code == 429
    assert Page(refused.text).form("/letters/new").values["body"] == [data["body"]]


def test_a_wrong_code_and_an_unknown_number_read_the_same(client: TestClient) -> None:
    client.post("/letters/new", data=_letter(client))
    number, _, code = client.cookies[RECEIPT_COOKIE].strip('"').partition("/")
    form = Page(client.get("/letters/follow").text).form("/letters/follow")
    wrong_code = client.post("/letters/follow", data=form.data(number=number, code="0000-0000"))
    unknown = client.post("/letters/follow", data=form.data(number=receipt_number(date(2026, 1, 1), 1), code=code))
    for answer in (wrong_code, unknown):
        assert answer.status_code == 404
        assert "没有找到这封信，请核对编号和查询码。" in answer.text
    slip = client.post("/letters/follow", data=form.data(number=number[:-1], code=code))
    assert slip.status_code == 422 and "编号不对" in slip.text


def test_guessing_codes_is_limited(client: TestClient) -> None:
    client.post("/letters/new", data=_letter(client))
    number = client.cookies[RECEIPT_COOKIE].strip('"').partition("/")[0]
    form = Page(client.get("/letters/follow").text).form("/letters/follow")
    answers = [
        client.post("/letters/follow", data=form.data(number=number, code=f"{n:04}-0000")).status_code
        for n in range(31)
    ]
    assert answers[:30] == [404] * 30 and answers[30] == 429
