"""Choosing what goes with a reply, over both doors: who gets which file, what the reviewer sees, what is refused."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from models.account import Account, Role
from models.attachment import FileAudience
from models.case import Case, CaseAction
from models.database import transaction
from routing import case_repository
from routing.casework import attachment_repository, merging
from tests import attachment_files, factories
from tests.api.case_actions import GOOD_REPLY
from tests.api.door import Door, ok, problem
from tests.api.html_page import Form, Page
from tests.api.test_attachments import add, letter

SignIn = Callable[[Account], str]


def with_files(door: Door) -> tuple[Case, int, int]:
    """A case with an internal file and one that was uploaded for the submitter."""
    case = door.case(until=CaseAction.ACKNOWLEDGE)
    kept = ok(add(door, case, Role.OFFICER, attachment_files.picture("PNG", (30, 20))), 201)["attachments"]
    given = ok(add(door, case, Role.OFFICER, attachment_files.pdf(), for_submitter="1"), 201)["attachments"]
    return case, kept[0]["id"], given[-1]["id"]


def given_to(door: Door, case: Case) -> list[int]:
    with transaction(door.runtime.pool) as conn:
        return [a.id for a in attachment_repository.list_for_submitter(conn, case.submission_id)]


def reply_form(page: Page) -> Form:
    return next(form for form in page.forms if form.action.endswith(("/reply", "/submit_reply")))


def test_a_program_chooses_and_reads_what_was_chosen(door: Door) -> None:
    case, kept, given = with_files(door)
    files = [{"id": kept, "audience": "public"}, {"id": given, "audience": None}]
    path = f"/cases/{case.case_number}"
    saved = ok(door.request("PUT", f"{path}/draft", Role.OFFICER, json={"body": GOOD_REPLY, "files": files}))
    assert saved["files"] == files
    refused = problem(door.request("POST", f"{path}/reply", Role.OFFICER, json={"body": GOOD_REPLY}), 422)
    assert "答复不公开" in refused["detail"] and refused["fields"].keys() == {"file"}
    wrong = [{"id": kept, "audience": "everybody"}]
    problem(door.request("PUT", f"{path}/draft", Role.OFFICER, json={"body": GOOD_REPLY, "files": wrong}), 422)
    ok(door.request("POST", f"{path}/reply", Role.OFFICER, json={"body": GOOD_REPLY, "public": True}))
    assert given_to(door, case) == [kept]  # as the draft says, where the request says nothing


def test_boxes_and_lists_work_without_a_script(door: Door, client: TestClient, sign_in: SignIn) -> None:
    case, kept, given = with_files(door)
    sign_in(door.account())
    page = Page(client.get(f"/cases/{case.case_number}").text)
    assert page.unlabelled == [] and page.inline_scripts == 0
    form = reply_form(page)
    assert form.values["file_offered"] == [str(kept), str(given)]
    assert form.values["file"] == [str(given)]  # what was uploaded for the submitter
    chosen = form.data(body="写到一半", file=[str(kept)], file_for=[f"{kept}:writer", f"{given}:writers"], step="save")
    client.post(f"/cases/{case.case_number}/draft", data=chosen)
    again = reply_form(Page(client.get(f"/cases/{case.case_number}").text))
    assert again.values["file"] == [str(kept)]
    assert f"{kept}:writer" in again.values["file_for"]
    # what was ticked comes back with a refusal too
    shown = client.post(f"/cases/{case.case_number}/reply", data=again.data(body="", file=[str(kept), str(given)]))
    assert shown.status_code == 422
    assert reply_form(Page(shown.text)).values["file"] == [str(kept), str(given)]
    client.post(f"/cases/{case.case_number}/submit_reply", data=again.data(body=GOOD_REPLY))
    with transaction(door.runtime.pool) as conn:
        colleague = factories.account(conn, department="zjj")
    sign_in(colleague)
    review = Page(client.get(f"/cases/{case.case_number}").text)
    assert "随答复发出的附件" in review.words and FileAudience.WRITER.label in review.words
    approval = next(form for form in review.forms if form.action.endswith("/approve_reply"))
    done = client.post(approval.action, data=approval.data())
    assert "已签发" in done.text and given_to(door, case) == [kept]


def test_a_merged_writer_fetches_what_came_with_the_reply(door: Door, client: TestClient) -> None:
    number, code = letter(door, name="欧阳明月", contact="13800001234")
    stranger, other_code = letter(door)
    head, kept, given = with_files(door)  # the letters became cases with it
    with transaction(door.runtime.pool) as conn:
        member = case_repository.get_case(conn, number)
        head = case_repository.get_case(conn, head.case_number)
        head = merging.merge(conn, head, [member], reason="同一处。", actor="test", now=door.runtime.clock)
    files = [{"id": kept, "audience": "writer"}, {"id": given, "audience": "writers"}]
    path = f"/cases/{head.case_number}"
    ok(door.request("POST", f"{path}/reply", Role.OFFICER, json={"body": GOOD_REPLY, "files": files}))
    assert ok(door.post(f"/letters/{number}/attachments/list", code=code)) == []
    ok(door.request("POST", f"{path}/complete", Role.OFFICER, json={"result": "solved"}))
    [told] = ok(door.post(f"/letters/{number}/attachments/list", code=code))
    assert (told["id"], told["by_submitter"]) == (given, False)
    assert not {"case_id", "submission_id", "actor"} & told.keys()  # nothing that tells of the other letter
    assert door.post(f"/letters/{number}/attachments/{given}", code=code).content == attachment_files.pdf()
    for their, with_code, file in ((number, code, kept), (stranger, other_code, given), (stranger, other_code, kept)):
        problem(door.post(f"/letters/{their}/attachments/{file}", code=with_code), 404)
    # the page that a notification leads to
    form = Page(client.get(f"/letters/follow?number={number}").text).form("/letters/follow")
    progress = client.post("/letters/follow", data=form.data(number=number, code=code))
    assert "随答复发来的" in progress.text
    wanted = Page(progress.text).form("/letters/attachment")
    assert client.post("/letters/attachment", data=wanted.data()).content == attachment_files.pdf()
    assert client.post("/letters/attachment", data=wanted.data(attachment=str(kept))).status_code == 404
