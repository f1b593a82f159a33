"""What goes with a reply: what was chosen and no more, to whom it was said, to merged writers where the reply goes."""

from datetime import timedelta

import psycopg
import pytest

from models.attachment import Attachment, FileAudience, FileChoices
from models.case import Case, CaseAction, CompletionResult
from models.database import Connection
from models.errors import Conflict, Invalid
from routing import case_repository, event_repository, lifecycle
from routing.casework import attachment_repository, merging
from routing.directory import Directory
from routing.replies import draft_repository, drafts, reply_files
from tests import factories
from tests.database.test_attachments import attach, file, going, sent
from tests.factories import KEYS, NOW, ZONE

AUTHOR, OTHER = "account:1:陈科员", "account:2:李科员"
LATER = NOW + timedelta(hours=2)
TEXT = "您好，路灯已于11月22日修好，联系电话0990-0001234。"
WRITER, WRITERS, PUBLIC = FileAudience.WRITER, FileAudience.WRITERS, FileAudience.PUBLIC


def with_files(conn: Connection, directory: Directory, *names: str, confidential: bool = False) -> Case:
    """A case with files of its unit, uploaded for the submitter but the first."""
    new = factories.letter(confidential=confidential)
    case = factories.case(conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE, new=new)
    officer = factories.account(conn, department="zjj")
    for at, name in enumerate(names):
        case = attach(conn, case, officer, file(at, name), given=at > 0)
    return case


def ids(conn: Connection, case: Case) -> dict[str, int]:
    return {a.name: a.id for a in attachment_repository.list_of_case(conn, case)}


def reply(conn: Connection, case: Case, chosen: FileChoices, *, public: bool = False) -> Case:
    files = reply_files.choose(conn, case, chosen, department_id="zjj", public=public)
    return lifecycle.reply(
        conn, case, body=TEXT, public=public, department_id="zjj", files=files, actor=AUTHOR, now=LATER
    )


def seen(conn: Connection, case: Case) -> list[Attachment]:
    return attachment_repository.list_for_submitter(conn, case.submission_id)


def names(conn: Connection, case: Case) -> list[str]:
    return [a.name for a in seen(conn, case)]


def complete(conn: Connection, case: Case) -> Case:
    done = lifecycle.complete(
        conn,
        case,
        result=CompletionResult.SOLVED,
        for_others=lambda text: text.replace("陈晓梅", "陈**"),
        actor=AUTHOR,
        now=LATER,
    )
    return done


def test_what_is_chosen_goes_and_what_is_not_stays(city_conn: Connection, directory: Directory) -> None:
    case = with_files(city_conn, directory, "内部.png", "验收单.png", "草图.png")
    number = ids(city_conn, case)
    assert going(city_conn, case) == ["验收单.png", "草图.png"]  # as uploaded for the submitter
    case = reply(city_conn, case, {number["内部.png"]: WRITER, number["草图.png"]: None})
    assert names(city_conn, case) == ["内部.png", "验收单.png"]
    told = event_repository.list_events(city_conn, case.id)[-1].payload["files"]
    assert [(f["name"], f["audience"]) for f in told] == [("内部.png", "writer"), ("验收单.png", "writers")]
    # what went along once does not go by itself again, what stayed does
    assert going(city_conn, case) == ["草图.png"]


def test_what_the_submitter_sent_or_another_case_has_cannot_go(city_conn: Connection, directory: Directory) -> None:
    case, other = (with_files(city_conn, directory, "内部.png") for _ in range(2))
    [own] = sent(city_conn, case, file(40, "我家.png"))
    for number in (own, ids(city_conn, other)["内部.png"], 10**12):
        with pytest.raises(Invalid, match="不能随答复发出"):
            reply_files.choose(city_conn, case, {number: WRITER}, department_id="zjj", public=False)
    with pytest.raises(Invalid, match="答复不公开"):
        number = ids(city_conn, case)["内部.png"]
        reply_files.choose(city_conn, case, {number: PUBLIC}, department_id="zjj", public=False)


def test_a_review_is_of_these_files_and_no_others(city_conn: Connection, directory: Directory) -> None:
    case = with_files(city_conn, directory, "内部.png", "验收单.png")
    number, officer = ids(city_conn, case), factories.account(city_conn, department="zjj")
    what = drafts.Written(body=TEXT, files={number["内部.png"]: WRITER})
    case = drafts.submit(city_conn, case, what, department_id="zjj", actor=AUTHOR, now=NOW, zone=ZONE)
    draft = draft_repository.find_open_draft(city_conn, case.id)
    assert draft is not None
    assert draft.chosen == {number["内部.png"]: WRITER, number["验收单.png"]: WRITERS}
    told = event_repository.list_events(city_conn, case.id)[-1].payload["files"]
    assert [f["name"] for f in told] == ["内部.png", "验收单.png"]
    case = attach(city_conn, case, officer, file(9, "晚来的.png"), given=True)
    drafts.approve(city_conn, case, actor=OTHER, now=LATER)
    assert names(city_conn, case) == ["内部.png", "验收单.png"]


def test_a_file_taken_off_during_the_review_stops_it(city_conn: Connection, directory: Directory) -> None:
    case = with_files(city_conn, directory, "内部.png", "验收单.png")
    what = drafts.Written(body=TEXT)
    case = drafts.submit(city_conn, case, what, department_id="zjj", actor=AUTHOR, now=NOW, zone=ZONE)
    number = ids(city_conn, case)["验收单.png"]
    attachment_repository.add_removal(city_conn, number, reason="传错了", actor=AUTHOR, now=NOW)
    with pytest.raises(Conflict, match="1个已被移除"):
        drafts.approve(city_conn, case, actor=OTHER, now=LATER)


def test_a_choice_alone_is_a_change_of_the_draft(city_conn: Connection, directory: Directory) -> None:
    case = with_files(city_conn, directory, "内部.png", "验收单.png")
    number = ids(city_conn, case)

    def save(files: FileChoices | None, *, version: int | None = None, actor: str = AUTHOR) -> tuple[int, list[str]]:
        what = drafts.Written(body=TEXT, files=files, version=version)
        saved = drafts.save(city_conn, case, what, department_id="zjj", actor=actor, now=NOW, zone=ZONE)
        assert saved is not None
        return saved.version, saved.writers

    save(None)
    usual = {number["内部.png"]: None, number["验收单.png"]: WRITERS}
    assert save(usual, version=1, actor=OTHER) == (1, [AUTHOR])  # the form as it was shown is no change
    assert save({number["验收单.png"]: None}, version=1, actor=OTHER) == (2, [AUTHOR, OTHER])
    assert save(None, version=2) == (2, [AUTHOR, OTHER])  # who says nothing of files leaves them
    assert [f.name for f in drafts.files_of_reply(city_conn, case, None, department_id="zjj", public=False)] == []


def test_files_go_where_the_reply_goes(city_conn: Connection, directory: Directory) -> None:
    case = with_files(city_conn, directory, "陈晓梅家.png", "验收单.png", "公示.png")
    member = factories.case(city_conn, directory, lead="swj")
    stranger = factories.case(city_conn, directory, lead="swj")
    case = merging.merge(city_conn, case, [member], reason="同一处。", actor="account:2:派单", now=NOW)
    number = ids(city_conn, case)
    chosen = {number["陈晓梅家.png"]: WRITERS, number["验收单.png"]: WRITER, number["公示.png"]: PUBLIC}
    case = reply(city_conn, case, chosen, public=True)
    assert names(city_conn, member) == []  # the reply has not come to them yet
    complete(city_conn, case)
    assert names(city_conn, case) == ["陈晓梅家.png", "验收单.png", "公示.png"]
    assert names(city_conn, member) == ["陈**家.png", "公示.png"]  # nor does a name tell of the first writer
    assert seen(city_conn, stranger) == []
    [told] = [e for e in event_repository.list_events(city_conn, member.id) if e.action is CaseAction.REPLY]
    assert [(f["name"], f["audience"]) for f in told.payload["files"]] == [
        ("陈**家.png", "writers"),
        ("公示.png", "public"),
    ]
    # what is taken off is gone for all; what is taken back with the reply too
    attachment_repository.add_removal(city_conn, number["公示.png"], reason="有误", actor=AUTHOR, now=LATER)
    assert names(city_conn, member) == ["陈**家.png"]
    [copied] = case_repository.list_replies(city_conn, member.id)
    city_conn.execute(
        "INSERT INTO reply_withdrawals (reply_id, at, actor, reason) VALUES (%s, %s, 'test', '有误')",
        (copied.id, LATER),
    )
    assert names(city_conn, member) == []
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None


def test_files_of_who_must_be_protected_go_to_nobody_else(city_conn: Connection, directory: Directory) -> None:
    case = with_files(city_conn, directory, "内部.png", "验收单.png", confidential=True)
    new = factories.letter(confidential=True)
    member = factories.case(city_conn, directory, lead="swj", new=new)
    case = merging.merge(city_conn, case, [member], reason="同一处。", actor="account:2:派单", now=NOW)
    complete(city_conn, reply(city_conn, case, {}))
    assert names(city_conn, case) == ["验收单.png"]
    assert case_repository.list_replies(city_conn, member.id) != []
    assert names(city_conn, member) == []


@pytest.mark.parametrize("statement", ["DELETE FROM reply_files", "UPDATE reply_files SET audience = 'public'"])
def test_the_program_cannot_change_what_went(city_conn: Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        city_conn.execute(statement.encode())
    city_conn.rollback()
