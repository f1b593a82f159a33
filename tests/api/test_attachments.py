"""Attachments over the doors: who gets what, how it is served, how often, how large."""

import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from PIL import Image

from api.app import MAX_BODY_BYTES
from api.staff import attachments
from intake.attachments import Upload, check_upload
from models.account import Account, Role
from models.case import Case
from models.database import transaction
from tests import attachment_files, factories
from tests.api.door import Door, ok, problem
from tests.api.html_page import Page

PICTURE = attachment_files.with_place()


def parts(*contents: bytes, name: str = "路灯.jpg") -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("files", (name, content, "text/html")) for content in contents]


def letter(door: Door, **more: str) -> tuple[str, str]:
    """Number and code of a new letter."""
    written = factories.letter()
    given = ok(door.request("POST", "/letters", json={"title": written.title, "body": written.body} | more), 201)
    return given["receipt_number"], given["query_code"]


def send(door: Door, number: str, code: str, *contents: bytes, name: str = "路灯.jpg") -> Response:
    return door.request(
        "POST", f"/letters/{number}/attachments", data={"code": code}, files=parts(*contents, name=name)
    )


def add(door: Door, case: Case, who: Account | Role, *contents: bytes, **data: str) -> Response:
    return door.request("POST", f"/cases/{case.case_number}/attachments", who, data=data, files=parts(*contents))


def sent_with(door: Door, case: Case, *contents: bytes) -> None:
    with transaction(door.runtime.pool) as conn:
        checked = [check_upload(Upload("路灯.jpg", content), office=False) for content in contents]
        attachments.add_to_letter(conn, door.runtime, case.submission_id, checked, now=door.runtime.clock)


def listed(door: Door, case: Case, who: Account | Role) -> tuple[list[int], int]:
    found = ok(door.get(f"/cases/{case.case_number}/attachments", who))
    return [a["id"] for a in found["attachments"]], found["hidden"]


def test_a_citizen_adds_and_fetches_with_number_and_code(door: Door) -> None:
    number, code = letter(door)
    [stored] = ok(send(door, number, code, PICTURE), 201)
    assert (stored["kind"], stored["name"], stored["by_submitter"]) == ("jpeg", "路灯.jpg", True)
    assert ok(send(door, number, code, PICTURE), 201) == [stored]  # sent again by a browser that lost the answer
    assert ok(door.post(f"/letters/{number}/attachments/list", code=code)) == [stored]
    file = door.post(f"/letters/{number}/attachments/{stored['id']}", code=code)
    assert Image.open(io.BytesIO(file.content)).size == (60, 40)
    assert b"Secret" not in file.content and b"Exif" not in file.content


def test_nobody_fetches_a_strangers_picture(door: Door) -> None:
    number, code = letter(door)
    [stored] = ok(send(door, number, code, PICTURE), 201)
    mine, my_code = letter(door)
    for path, body in (
        (f"/letters/{number}/attachments/{stored['id']}", {"code": my_code}),
        (f"/letters/{mine}/attachments/{stored['id']}", {"code": my_code}),
        (f"/letters/{number}/attachments/list", {"code": "0000-0000"}),
    ):
        problem(door.request("POST", path, json=body), 404)
    problem(send(door, number, my_code, PICTURE), 404)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<svg onload='alert(1)'/>", "a.jpg"),
        (attachment_files.pdf(b"<< /S /JavaScript /JS (x) >>"), "a.pdf"),
        (attachment_files.office(), "a.docx"),
        (attachment_files.bomb(), "a.png"),
        (b"", "a.png"),
    ],
)
def test_refused_files_say_why(door: Door, content: bytes, name: str) -> None:
    number, code = letter(door)
    assert "第1个文件" in problem(send(door, number, code, content, name=name), 422)["detail"]
    assert ok(door.post(f"/letters/{number}/attachments/list", code=code)) == []


def test_how_files_are_served(door: Door) -> None:
    case = door.case()
    pdf, docx = attachment_files.pdf(), attachment_files.office()
    found = ok(add(door, case, Role.OFFICER, PICTURE, pdf, docx), 201)["attachments"]
    served = [door.get(f"/cases/{case.case_number}/attachments/{a['id']}", Role.OFFICER) for a in found]
    assert [r.headers["content-type"] for r in served[:2]] == ["image/jpeg", "application/pdf"]
    assert [r.headers["content-disposition"].split(";")[0] for r in served] == ["inline", "attachment", "attachment"]
    for response in served:
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in response.headers["content-security-policy"]
        assert "script-src" not in response.headers["content-security-policy"]
        assert response.headers["cache-control"] == "no-store"
    assert (served[1].content, served[2].content) == (pdf, docx)
    assert served[0].headers["content-disposition"].endswith("UTF-8''%E8%B7%AF%E7%81%AF.jpg")


def test_another_unit_gets_nothing(door: Door) -> None:
    case = door.case()
    [number] = [a["id"] for a in ok(add(door, case, Role.OFFICER, PICTURE), 201)["attachments"]]
    stranger, path = door.account(department="swj"), f"/cases/{case.case_number}/attachments"
    for response in (
        door.get(path, stranger),
        door.get(f"{path}/{number}", stranger),
        add(door, case, stranger, PICTURE),
        door.post(f"{path}/{number}/removal", stranger, reason="x"),
        # a case of one's own is no way to the file of another
        door.get(f"/cases/{door.case(lead='swj').case_number}/attachments/{number}", stranger),
    ):
        problem(response, 404)
    problem(door.get(path), 401)


def test_a_confidential_letters_pictures_need_a_stated_reason(door: Door) -> None:
    case = door.case(new=factories.letter(confidential=True))
    sent_with(door, case, PICTURE)
    assert listed(door, case, Role.OFFICER) == listed(door, case, Role.DISPATCHER) == ([], 1)
    body = {"reveal_reason": "verify", "text": "核对照片"}
    ok(door.request("POST", f"/cases/{case.case_number}/reveal", Role.DISPATCHER, json=body))
    [number], hidden = listed(door, case, Role.DISPATCHER)
    assert hidden == 0
    path = f"/cases/{case.case_number}/attachments/{number}"
    assert door.get(path, Role.DISPATCHER).status_code == 200
    problem(door.get(path, Role.OFFICER), 404)
    problem(door.get(path, Role.LEADER), 404)


def test_what_staff_fetch_is_written_down(door: Door) -> None:
    case = door.case()
    sent_with(door, case, PICTURE)
    [number], _ = listed(door, case, Role.OFFICER)
    door.get(f"/cases/{case.case_number}/attachments/{number}", Role.OFFICER)
    with transaction(door.runtime.pool) as conn:
        rows = conn.execute(
            "SELECT actor, format FROM exports WHERE what = '附件' AND filter LIKE %s", (f"%{case.case_number}%",)
        ).fetchall()
    assert rows == [(door.account().actor, "jpeg")]


def test_removed_is_gone_for_all_and_said(door: Door) -> None:
    case = door.case()
    found = ok(add(door, case, Role.OFFICER, PICTURE), 201)["attachments"]
    path = f"/cases/{case.case_number}/attachments/{found[0]['id']}"
    problem(door.post(f"{path}/removal", Role.OFFICER, reason=" "), 422)
    assert ok(door.post(f"{path}/removal", Role.OFFICER, reason="传错了"))["attachments"] == []
    problem(door.get(path, Role.OFFICER), 404)
    problem(door.get(path, Role.DISPATCHER), 404)


def test_what_a_name_tells_is_masked(door: Door) -> None:
    number, code = letter(door, name="欧阳明月", contact="13800001234")
    [stored] = ok(send(door, number, code, PICTURE, name="欧阳明月13800001234.jpg"), 201)
    assert "明月" not in stored["name"] and "13800001234" not in stored["name"]


def test_only_uploads_may_be_large(door: Door) -> None:
    number, code = letter(door)
    large = bytes(MAX_BODY_BYTES + 1)
    assert (
        "第1个文件" in problem(send(door, number, code, large), 422)["detail"]
    )  # taken in, and refused for what it is
    assert door.request("POST", "/letters", content=large).status_code == 413
    # no parts: such a body would be read into memory whole
    headers = {"content-type": "application/x-www-form-urlencoded"}
    path = f"/letters/{number}/attachments"
    assert door.request("POST", path, content=b"code=" + large, headers=headers).status_code == 413
    problem(send(door, number, code, *[bytes(11 * 1024 * 1024)] * 3), 413)


def test_uploads_are_counted(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    case, busy = door.case(lead="cgj"), door.account(department="cgj")
    monkeypatch.setattr(attachments, "UPLOADS_PER_HOUR", 2)
    for _ in range(2):
        ok(add(door, case, busy, PICTURE), 201)
    problem(add(door, case, busy, PICTURE), 429)


# The pages


def sent_page(client: TestClient, **options: Any) -> tuple[str, str, str]:
    """The receipt with number and code."""
    form = Page(client.get("/letters/new").text).form("/letters/new")
    new = factories.letter()
    page = client.post("/letters/new", data=form.data(title=new.title, body=new.body), **options)
    assert page.url.path == "/letters/receipt", page.text
    number, code = (page.text.split('receipt__value">')[n].split("<")[0] for n in (1, 2))
    return page.text, number, code


def test_a_letter_with_pictures_by_form(client: TestClient) -> None:
    receipt, number, code = sent_page(client, files=parts(PICTURE, attachment_files.pdf()))
    assert "路灯.jpg" in receipt and "路灯.pdf" in receipt and "1 KB" in receipt
    form = Page(client.get("/letters/follow").text).form("/letters/follow")
    progress = client.post("/letters/follow", data=form.data(number=number, code=code))
    assert "data:image/jpeg;base64," in progress.text and "您发来的" in progress.text
    wanted = Page(progress.text).form("/letters/attachment")
    assert client.post("/letters/attachment", data=wanted.data()).headers["content-type"] == "image/jpeg"
    assert client.post("/letters/attachment", data=wanted.data(code="0000-0000")).status_code == 404
    assert client.post("/letters/attachment", data=wanted.data(csrf="x")).status_code == 403


def test_a_letter_without_pictures_as_browsers_send_it(client: TestClient) -> None:
    """An empty part without a name stands for a field in which nothing was chosen."""
    new = factories.letter()
    values = Page(client.get("/letters/new").text).form("/letters/new").data(title=new.title, body=new.body)
    said = {name: value[0] if isinstance(value, list) else value for name, value in values.items() if value}
    lines = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said[name]}\r\n' for name in said]
    empty = '--x\r\nContent-Disposition: form-data; name="files"; filename=""\r\nContent-Type: application/octet-stream'
    body = "".join(lines) + empty + "\r\n\r\n\r\n--x--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=x"}
    page = client.post("/letters/new", content=body.encode(), headers=headers)
    assert page.url.path == "/letters/receipt" and "收到的附件" not in page.text


def test_a_refused_picture_keeps_the_words(client: TestClient) -> None:
    form = Page(client.get("/letters/new").text).form("/letters/new")
    data = form.data(title="路灯坏了", body="桂香路的路灯坏了半个月。")
    page = client.post("/letters/new", data=data, files=parts(b"<html>", name="坏.jpg"))
    assert page.status_code == 422
    assert "第1个文件“坏.jpg”" in page.text and "请重新选择" in page.text and "桂香路的路灯坏了半个月。" in page.text


def test_the_officers_page(door: Door, client: TestClient, sign_in: Any) -> None:
    case = door.case()
    sent_with(door, case, PICTURE)
    sign_in(door.account())
    address = f"/cases/{case.case_number}"
    form = Page(client.get(address).text).form("/attachments")
    done = client.post(form.action, data=form.data(), files=parts(attachment_files.office(), name="意见.docx"))
    assert "附件已添加" in done.text and "意见.docx" in done.text and "路灯.jpg" in done.text
    page = Page(done.text)
    assert page.unlabelled == []
    [small] = [line for line in done.text.split('src="') if "/thumbnail" in line]
    assert client.get(small.split('"')[0]).headers["content-type"] == "image/jpeg"
    removal = page.form("/removal")
    again = client.post(removal.action, data=removal.data(reason="传错了"))
    assert "附件已移除" in again.text and "传错了" in again.text
    refused = client.post(form.action, data=form.data(), files=parts(b"<svg/>", name="a.png"))
    assert refused.status_code == 422 and "第1个文件“a.png”" in refused.text
    assert client.post(form.action, data=form.data(csrf="x"), files=parts(PICTURE)).status_code == 403
