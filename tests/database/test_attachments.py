"""Attachments in the database: sealed, chained, limited, removed and still there."""

from datetime import timedelta

import psycopg
import pytest

from api.pages.replies.draft_history import checked_of
from api.staff.attachment_wording import attachment_step
from intake.attachments import CheckedFile, Upload, check_upload
from models.account import Account, Role
from models.case import Case, CaseAction
from models.database import Connection
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.protection import RevealReason
from routing import case_repository, event_repository, lifecycle
from routing.casework import attachment_repository, attachments, disclosure, merging
from routing.directory import Directory
from routing.replies import reply_files
from tests import attachment_files, factories
from tests.factories import KEYS, NOW

LATER = NOW + timedelta(hours=1)


def file(shade: int = 0, name: str = "路灯.png") -> CheckedFile:
    """Each shade is another file."""
    return check_upload(Upload(name, attachment_files.picture("PNG", (30 + shade, 20))), office=False)


def sent(conn: Connection, case: Case, *files: CheckedFile) -> list[int]:
    return [a.id for a in attachments.add_sent(conn, case.submission_id, files, KEYS, now=NOW)]


def fresh(conn: Connection, case: Case) -> Case:
    return case_repository.get_case_by_id(conn, case.id)


def seen(conn: Connection, case: Case, account: Account) -> tuple[list[str], int]:
    held = case_repository.list_assignments(conn, case.id)
    found, hidden = attachments.list_seen(conn, case, held, account, now=LATER)
    return [a.name for a in found], hidden


def attach(conn: Connection, case: Case, account: Account, *files: CheckedFile, given: bool = False) -> Case:
    held = case_repository.list_assignments(conn, case.id)
    return attachments.attach(conn, case, held, account, files, KEYS, for_submitter=given, now=LATER)


def going(conn: Connection, case: Case, *, unit: str = "zjj") -> list[str]:
    """What goes with the next reply of this unit where nobody chooses."""
    return [file.name for file in reply_files.choose(conn, case, {}, department_id=unit, public=False)]


def test_what_is_stored_is_sealed_and_opens(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory)
    one = file()
    [number] = sent(city_conn, case, one)
    [stored] = attachment_repository.list_of_case(city_conn, case)
    raw = attachment_repository.get_content(city_conn, number, thumbnail=False)
    assert b"PNG" not in raw and len(raw) > len(one.content)
    assert attachments.read_content(city_conn, stored, KEYS) == one.content
    assert attachments.read_content(city_conn, stored, KEYS, thumbnail=True) == one.thumbnail
    assert (stored.size, stored.width, stored.height) == (len(one.content), 30, 20)


def test_the_first_event_names_what_came_with_the_letter(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory)
    first = event_repository.list_events(city_conn, case.id)[0]
    assert "attachments" not in first.payload
    one = file()
    sent(city_conn, case, one)
    assert attachment_repository.list_sent_hashes(city_conn, [case.submission_id]) == {
        case.submission_id: [one.sha256.hex()]
    }


def test_what_is_added_and_taken_off_stands_in_the_chain(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, lead="zjj")
    officer = factories.account(city_conn, Role.OFFICER, department="zjj")
    moved = attach(city_conn, case, officer, file(), file(1, "合同.png"))
    assert moved.version == case.version + 1
    [one, two] = attachment_repository.list_of_case(city_conn, case)
    held = case_repository.list_assignments(city_conn, case.id)
    with pytest.raises(Invalid, match="理由"):
        attachments.detach(city_conn, moved, held, officer, one.id, reason=" ", now=LATER)
    attachments.detach(city_conn, moved, held, officer, one.id, reason="传错了", now=LATER)
    added, removed = event_repository.list_events(city_conn, case.id)[-2:]
    assert (added.action, removed.action) == (CaseAction.ATTACH, CaseAction.DETACH)
    assert [f["sha256"] for f in added.payload["files"]] == [one.sha256.hex(), two.sha256.hex()]
    assert (removed.payload["reason"], removed.payload["file"]["id"]) == ("传错了", one.id)
    assert seen(city_conn, case, officer) == (["合同.png"], 0)
    with pytest.raises(NotFound):
        attachments.get_attachment(city_conn, case, held, officer, one.id, now=LATER)
    assert attachments.read_content(city_conn, one, KEYS)  # kept for the audit
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None


def test_the_same_file_twice_is_one(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, lead="zjj")
    assert sent(city_conn, case, file()) == sent(city_conn, case, file())
    officer = factories.account(city_conn, Role.OFFICER, department="zjj")
    moved = attach(city_conn, fresh(city_conn, case), officer, file())
    assert attach(city_conn, moved, officer, file()) == moved
    assert len(seen(city_conn, case, officer)[0]) == 2  # the submitter's and the unit's


def test_limits(city_conn: Connection, directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    case = factories.case(city_conn, directory, lead="zjj")
    sent(city_conn, case, *map(file, range(5)))
    with pytest.raises(Invalid, match="最多5个"):
        sent(city_conn, case, file(9))
    other = factories.case(city_conn, directory, lead="zjj")
    monkeypatch.setattr(attachments, "MOST_BYTES_SENT", 50)
    with pytest.raises(Invalid, match="加起来"):
        sent(city_conn, other, file())


def test_a_finished_letter_takes_no_more(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, until=CaseAction.COMPLETE)
    with pytest.raises(Conflict, match="已经办结"):
        sent(city_conn, case, file())


def test_who_may_add_and_take_off(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, lead="zjj")
    [number] = sent(city_conn, case, file())
    case = fresh(city_conn, case)
    officer = factories.account(city_conn, Role.OFFICER, department="zjj")
    other = factories.account(city_conn, Role.OFFICER, department="swj")
    leader, dispatcher = (factories.account(city_conn, role) for role in (Role.LEADER, Role.DISPATCHER))
    for nobody in (other, leader):
        with pytest.raises(Forbidden):
            attach(city_conn, case, nobody, file(2))
    with pytest.raises(Forbidden):
        attach(city_conn, case, dispatcher, file(2), given=True)
    held = case_repository.list_assignments(city_conn, case.id)
    with pytest.raises(Forbidden, match="派单员"):
        attachments.detach(city_conn, case, held, officer, number, reason="x", now=LATER)
    attachments.detach(city_conn, case, held, dispatcher, number, reason="与本件无关的人像", now=LATER)
    assert attachment_repository.list_for_submitter(city_conn, case.submission_id) == []


@pytest.mark.parametrize("confidential", [True, False])
def test_pictures_of_who_must_be_protected_need_a_reason(
    city_conn: Connection, directory: Directory, confidential: bool
) -> None:
    new = factories.letter(confidential=confidential)
    case = factories.case(city_conn, directory, lead="zjj", new=new)
    sent(city_conn, case, file())
    case = fresh(city_conn, case)
    officer = factories.account(city_conn, Role.OFFICER, department="zjj")
    dispatcher = factories.account(city_conn, Role.DISPATCHER)
    if not confidential:
        assert seen(city_conn, case, officer) == (["路灯.png"], 0)
        return
    for hidden_from in (officer, dispatcher, factories.account(city_conn, Role.LEADER)):
        assert seen(city_conn, case, hidden_from) == ([], 1)
    case = disclosure.reveal(city_conn, case, dispatcher, reason=RevealReason.VERIFY, explanation="核对照片", now=NOW)
    assert seen(city_conn, case, dispatcher) == (["路灯.png"], 0)
    assert seen(city_conn, case, officer) == ([], 1)
    case = attach(city_conn, case, officer, file(3, "现场.png"))
    assert seen(city_conn, case, officer) == (["现场.png"], 1)  # their own they see


def test_the_submitter_sees_what_was_given_with_a_reply(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, lead="zjj", until=CaseAction.REPLY)
    officer = factories.account(city_conn, Role.OFFICER, department="zjj")
    case = attach(city_conn, case, officer, file(1, "内部.png"))
    case = attach(city_conn, case, officer, file(2, "验收单.png"), given=True)

    def names() -> list[str]:
        return [a.name for a in attachment_repository.list_for_submitter(city_conn, case.submission_id)]

    assert names() == []  # the reply that was there did not bring it
    assert going(city_conn, case) == ["验收单.png"]
    assert going(city_conn, case, unit="swj") == []
    lifecycle.reply(
        city_conn,
        case,
        body="已更换。",
        public=False,
        department_id="zjj",
        actor=officer.actor,
        now=LATER + timedelta(hours=1),
    )
    assert names() == ["验收单.png"]
    told = event_repository.list_events(city_conn, case.id)[-1].payload["files"]
    assert [one["name"] for one in told] == ["验收单.png"], "the history says what went with the reply"
    assert "验收单.png" in checked_of({"files": told})
    assert going(city_conn, case) == []


def test_what_a_merged_writer_sends_reaches_whoever_works_on_it(city_conn: Connection, directory: Directory) -> None:
    head, member = (factories.case(city_conn, directory, lead=unit) for unit in ("zjj", "swj"))
    head = merging.merge(city_conn, head, [member], reason="同一处。", actor="account:2:派单", now=NOW)
    [number] = sent(city_conn, member, file(30, "夜里.png"))
    last = event_repository.list_events(city_conn, head.id)[-1]
    assert (last.action, last.payload["member"]) == (CaseAction.ATTACH, member.case_number)
    assert attachment_step(last) == "", "the head's own writer has sent nothing"
    assert seen(city_conn, head, factories.account(city_conn, department="zjj")) == (["夜里.png"], 0)
    dispatcher = factories.account(city_conn, Role.DISPATCHER)
    with pytest.raises(Conflict, match="并入的工单"):
        attachments.detach(city_conn, fresh(city_conn, head), [], dispatcher, number, reason="重复", now=LATER)
    assert [a.id for a in attachment_repository.list_for_submitter(city_conn, head.submission_id)] == []


@pytest.mark.parametrize("table", ["attachments", "attachment_contents", "attachment_removals"])
def test_the_program_cannot_change_what_was_sent(city_conn: Connection, table: str) -> None:
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET actor = 'x'", f"TRUNCATE {table} CASCADE"):
        statement = statement.replace("SET actor = 'x'", "SET content = ''") if "contents" in table else statement
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            city_conn.execute(statement)
        city_conn.rollback()
