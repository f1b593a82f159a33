"""What everybody reads of an answered case, and what nobody does: asked again at every reading."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from intake.repository import get_submission
from models.account import Role
from models.analysis import AppealType
from models.case import Case, CaseAction, CaseStatus, CompletionResult
from models.database import Connection
from models.errors import Conflict, Forbidden, Invalid
from models.integrity import IntegrityRule
from models.merge import NewPart
from models.publication import AnswerCriteria, PublicAnswer
from nlp.gist.plain_sentences import plain_sentences
from nlp.search_query import read_query
from routing import case_repository, event_repository, lifecycle
from routing.casework import merging, splitting
from routing.directory import Directory
from routing.replies import publication_acts, publication_repository
from routing.replies import published_repository as rows
from tests import factories
from tests.database.integrity_cases import hits
from tests.factories import KEYS, NOW, ZONE

OFFICER = "account:1:经办"
LATER = NOW + timedelta(days=2)
BODY = "我叫詹素英，电话19900001590，住文化路12号3栋2单元501室，门口的化粪池冒了三天。"
REPLY = "詹大姐：接件后已清掏化粪池，疏通支管46米，咨询电话0826-2345678。"
_LETTERS = count(1)


def written(**changes: Any) -> Any:
    fields = {"title": "化粪池满出来", "body": BODY, "name": "詹素英", "contact": "19900001590"} | changes
    consent = fields.pop("consent", True)
    return replace(factories.letter(**fields), publish_consent=consent)


def answered(
    conn: Connection,
    directory: Directory,
    *,
    public: bool = True,
    reply: str = REPLY,
    now: datetime = NOW,
    says: Any = None,
    **letter: Any,
) -> Case:
    """A case that was answered and completed; each letter says something of its own."""
    new = written(**{"body": f"{BODY}第{next(_LETTERS)}次来信。"} | letter)
    case = factories.case(conn, directory, new=new, until=CaseAction.ACKNOWLEDGE, says=says, at=now)
    return finish(conn, case, public=public, reply=reply, now=now)


def finish(conn: Connection, case: Case, *, public: bool = True, reply: str = REPLY, now: datetime = NOW) -> Case:
    unit = case.lead_department_id
    case = lifecycle.reply(conn, case, body=reply, public=public, department_id=unit, actor=OFFICER, now=now)
    return lifecycle.complete(conn, case, result=CompletionResult.SOLVED, actor=OFFICER, now=now)


def shown(conn: Connection, case: Case) -> PublicAnswer | None:
    """As everybody finds it: by its number, and in the list."""
    there = publication_repository.find_published(conn, case.id)
    found = rows.find_answer(conn, there.number) if there else None
    listed = [a for a in rows.list_answers(conn, AnswerCriteria(), before=None, limit=1000) if there]
    assert (found in listed) is (found is not None)
    assert there is None or there.shown is (found is not None)
    return found


def taken_down(conn: Connection, case: Case) -> list[tuple[str | None, dict[str, Any]]]:
    """What leaders are asked to look into, by unit."""
    found = hits(conn, IntegrityRule.TAKEN_DOWN, LATER)
    return [(hit.department_id, hit.evidence) for hit in found if hit.case_id == case.id]


def again(conn: Connection, case: Case) -> Case:
    return case_repository.get_case_by_id(conn, case.id)


def change(conn: Connection, case: Case, columns: str) -> None:
    """What happens to a case later, past the lifecycle."""
    conn.execute(f"UPDATE cases SET {columns} WHERE id = %s".encode(), (case.id,))


def test_with_consent_letter_and_answer_are_read_without_who_wrote(city_conn: Connection, directory: Directory) -> None:
    case = answered(city_conn, directory)
    found = shown(city_conn, case)
    assert found is not None and found.title == "化粪池满出来" and found.result is CompletionResult.SOLVED
    said = found.title + found.letter + found.reply
    for personal in ("詹", "素英", "1990", "1590", "12号", "3栋", "501", "*"):
        assert personal not in said.replace("*号", "").replace("*栋*单元*室", ""), personal
    assert "来信人：接件后已清掏化粪池" in found.reply and "0826-2345678" not in found.letter
    assert case.case_number not in repr(found)
    event = event_repository.list_events(city_conn, case.id)[-1]
    assert event.payload["published"] == {"answer": found.number, "with_letter": True}
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None


def test_without_consent_only_the_answer_is_read(city_conn: Connection, directory: Directory) -> None:
    case = answered(city_conn, directory, consent=False)
    found = shown(city_conn, case)
    assert found is not None and (found.title, found.letter) == ("", "")
    assert "化粪池" in found.reply
    stored = city_conn.execute("SELECT p::text FROM published_answers p WHERE case_id = %s", (case.id,)).fetchone()
    assert "三天" not in repr(stored) and "满出来" not in repr(stored)  # nothing of the letter lies there either
    assert shown(city_conn, answered(city_conn, directory, public=False)) is None


def test_secrecy_goes_before_consent(city_conn: Connection, directory: Directory) -> None:
    new = written(confidential=True)
    case = factories.case(city_conn, directory, new=new, until=CaseAction.ACKNOWLEDGE)
    assert not publication_repository.has_consent(city_conn, case.submission_id)
    with pytest.raises(Invalid):
        finish(city_conn, case)


@pytest.mark.parametrize(
    "columns",
    [
        "confidential = true",
        "appeal_type = 'report'",
        "topic_code = 'T2205'",
        "status = 'in_progress'",
        "merged_into = 1",
        "parts = 2",
    ],
)
def test_what_becomes_protected_later_is_gone_at_once(
    city_conn: Connection, directory: Directory, columns: str
) -> None:
    factories.case(city_conn, directory)
    case = answered(city_conn, directory)
    assert shown(city_conn, case) is not None
    change(city_conn, case, columns)
    assert shown(city_conn, case) is None


def test_a_topic_that_becomes_confidential_hides_its_cases(city_conn: Connection, directory: Directory) -> None:
    case = answered(city_conn, directory)
    for statement in (
        "UPDATE topics SET confidential = true WHERE code = 'T0402'",
        "UPDATE topics SET confidential = true WHERE code = 'T04'",
    ):
        assert shown(city_conn, case) is not None
        with city_conn.transaction(force_rollback=True):
            city_conn.execute(statement)
            assert shown(city_conn, case) is None, statement


def merged_with(conn: Connection, directory: Directory, member: Case) -> Case:
    head = factories.case(conn, directory, new=written(body=f"{BODY}{member.id}"), until=CaseAction.ACKNOWLEDGE)
    merging.merge(conn, head, [member], reason="同一处", actor="account:2:派单", now=NOW)
    return finish(conn, again(conn, head))


def test_a_merged_letter_is_never_read_and_hides_its_head_where_it_is_protected(
    city_conn: Connection, directory: Directory
) -> None:
    member = factories.case(city_conn, directory, new=written(title="并入的来信", body="并入的来信里有别的话。"))
    head = merged_with(city_conn, directory, member)
    found = shown(city_conn, head)
    assert found is not None and "并入" not in found.letter + found.title
    assert again(city_conn, member).status is CaseStatus.COMPLETED
    assert shown(city_conn, again(city_conn, member)) is None
    change(city_conn, member, "appeal_type = 'report'")
    assert shown(city_conn, head) is None


def test_a_merged_report_keeps_its_head_from_being_published(city_conn: Connection, directory: Directory) -> None:
    member = factories.case(city_conn, directory, says=factories.analysis(appeal_type=AppealType.REPORT))
    with pytest.raises(Invalid, match="不能公开"):
        merged_with(city_conn, directory, member)


def test_a_case_that_is_opened_again_is_hidden_until_it_is_answered_in_public_again(
    city_conn: Connection, directory: Directory
) -> None:
    case = answered(city_conn, directory)
    first = shown(city_conn, case)
    assert first is not None
    case = lifecycle.reopen(city_conn, case, reason="又满了", actor=OFFICER, now=LATER)
    assert shown(city_conn, case) is None
    case = finish(city_conn, case, public=False, now=LATER + timedelta(hours=1))
    assert shown(city_conn, case) is None  # the earlier answer is not the last word
    case = lifecycle.reopen(city_conn, case, reason="又满了", actor=OFFICER, now=LATER + timedelta(hours=2))
    case = finish(city_conn, case, reply="已改造管网。", now=LATER + timedelta(hours=3))
    second = shown(city_conn, case)
    assert second is not None and (second.number, second.reply) == (first.number, "已改造管网。")


def test_an_answer_stands_under_the_unit_that_gave_it(city_conn: Connection, directory: Directory) -> None:
    """Whoever took the case over after the answer and completed it did not say that."""
    case = factories.case(city_conn, directory, new=written(body="先答后转"), until=CaseAction.ACKNOWLEDGE)
    unit = case.lead_department_id
    case = lifecycle.reply(city_conn, case, body=REPLY, public=True, department_id=unit, actor=OFFICER, now=NOW)
    change(city_conn, case, "lead_department_id = 'swj'")
    case = lifecycle.complete(
        city_conn, again(city_conn, case), result=CompletionResult.SOLVED, actor=OFFICER, now=LATER
    )
    found = shown(city_conn, case)
    assert found is not None and found.department_id == unit != case.lead_department_id
    listed = rows.list_answers(city_conn, AnswerCriteria(unit="swj"), before=None, limit=100)
    assert found.number not in [answer.number for answer in listed]


def test_a_reply_that_was_taken_back_and_a_case_left_out_are_not_read(
    city_conn: Connection, directory: Directory
) -> None:
    taken_back, left_out = answered(city_conn, directory), answered(city_conn, directory)
    [reply] = case_repository.list_replies(city_conn, taken_back.id)
    city_conn.execute(
        "INSERT INTO reply_withdrawals (reply_id, at, actor, reason) VALUES (%s, now(), 'test', '撤销')", (reply.id,)
    )
    city_conn.execute(
        "INSERT INTO case_exclusions (case_id, metric, reason, state, requested_by, requested_at, decided_by,"
        " decided_at) VALUES (%s, 'all', '不合理诉求', 'accepted', 'a', now(), 'b', now())",
        (left_out.id,),
    )
    assert (shown(city_conn, taken_back), shown(city_conn, left_out)) == (None, None)


def test_parts_of_a_letter_are_read_with_their_own_sentences(city_conn: Connection, directory: Directory) -> None:
    body = "桂香路的路灯坏了。另外菜市场的水管在漏水。"
    case = factories.case(city_conn, directory, new=written(title="两件事", body=body))
    sentences = plain_sentences("两件事", body)
    parts = [
        NewPart(title="路灯不亮", lead="zjj", sentences=(sentences[1],)),
        NewPart(title="水管漏水", lead="swj", sentences=(sentences[2],)),
    ]
    letter = get_submission(city_conn, case.submission_id)
    splitting.split(city_conn, case, letter, directory, parts, actor="account:2:派单", now=NOW, zone=ZONE)
    ids = [
        r[0] for r in city_conn.execute("SELECT id FROM cases WHERE parent_id = %s ORDER BY id", (case.id,)).fetchall()
    ]
    first, second = case_repository.list_cases_by_id(city_conn, ids)
    done = finish(city_conn, lifecycle.acknowledge(city_conn, first, actor=OFFICER, now=NOW))
    found = shown(city_conn, done)
    assert found is not None and (found.title, found.letter) == ("路灯不亮", "桂香路的路灯坏了。")
    change(city_conn, second, "confidential = true")  # it is one writer
    assert shown(city_conn, done) is None


# Who wrote, and staff


def test_a_consent_that_is_taken_back_is_gone_at_once_from_page_row_and_search(
    city_conn: Connection, directory: Directory
) -> None:
    case = answered(city_conn, directory, title="榨菜坛子", body="榨菜坛子被野猫打翻了。")
    assert found_by(city_conn, "榨菜") == [number_of(city_conn, case)] == found_by(city_conn, "榨菜 化粪池")
    assert publication_acts.withdraw_consent(city_conn, case.submission_id, now=LATER)
    found = shown(city_conn, case)
    assert found is not None and (found.title, found.letter) == ("", "") and "化粪池" in found.reply
    assert found_by(city_conn, "榨菜") == []
    stored = city_conn.execute("SELECT p::text FROM published_answers p WHERE case_id = %s", (case.id,)).fetchone()
    assert "榨菜" not in repr(stored)
    assert event_repository.list_events(city_conn, case.id)[-1].action is CaseAction.WITHDRAW_CONSENT
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None
    assert not publication_acts.withdraw_consent(city_conn, case.submission_id, now=LATER)  # once is enough
    # and answered anew it does not come back
    case = lifecycle.reopen(city_conn, again(city_conn, case), reason="又来", actor=OFFICER, now=LATER)
    found = shown(city_conn, finish(city_conn, case, now=LATER + timedelta(hours=1)))
    assert found is not None and found.letter == ""


def test_a_withdrawal_that_the_row_has_not_heard_of_hides_the_letter_all_the_same(
    city_conn: Connection, directory: Directory
) -> None:
    case = answered(city_conn, directory, title="泡菜坛子", body="泡菜坛子被野狗打翻了。")
    publication_repository.add_consent_withdrawal(city_conn, case.submission_id, actor="citizen", now=LATER)
    found = shown(city_conn, case)
    assert found is not None and found.letter == "" and found_by(city_conn, "泡菜") == []


def test_consent_can_be_taken_back_at_any_time_and_stops_nobody(city_conn: Connection, directory: Directory) -> None:
    waiting = factories.case(
        city_conn, directory, new=written(body="没有派出去的。"), says=factories.analysis(topic=None)
    )
    assert publication_acts.withdraw_consent(city_conn, waiting.submission_id, now=NOW)
    assert again(city_conn, waiting).status is CaseStatus.TRIAGE
    closed = factories.case(city_conn, directory, new=written(body="关了的"), until=CaseAction.CLOSE)
    assert publication_acts.withdraw_consent(city_conn, closed.submission_id, now=NOW)
    with pytest.raises(Exception, match="permission denied"), city_conn.transaction():
        city_conn.execute("DELETE FROM consent_withdrawals")


def test_staff_take_it_down_with_a_reason_and_bring_it_back(city_conn: Connection, directory: Directory) -> None:
    unit, stranger = factories.account(city_conn, department="zjj"), factories.account(city_conn, Role.SUPERVISOR)
    case = answered(city_conn, directory)
    with pytest.raises(Invalid):
        publication_acts.unpublish(city_conn, case, unit, reason=" ", now=LATER)
    case = publication_acts.unpublish(city_conn, case, unit, reason="数字有误", now=LATER)
    assert shown(city_conn, case) is None and found_by(city_conn, "化粪池 清掏", case) == []
    assert taken_down(city_conn, case) == [("zjj", {"back": False})]
    with pytest.raises(Conflict, match="已经撤下"), city_conn.transaction():
        publication_acts.unpublish(city_conn, case, unit, reason="再撤", now=LATER)
    case = publication_acts.publish(city_conn, case, unit, note="", for_others=str, now=LATER)
    assert shown(city_conn, case) is not None
    with pytest.raises(Conflict, match="已经公开"):
        publication_acts.publish(city_conn, case, unit, note="", for_others=str, now=LATER)
    # what the centre took down the unit does not bring back, nor does a new answer
    case = publication_acts.unpublish(city_conn, case, stranger, reason="涉及他人", now=LATER)
    with pytest.raises(Forbidden, match="受理中心"):
        publication_acts.publish(city_conn, case, unit, note="", for_others=str, now=LATER)
    case = lifecycle.reopen(city_conn, case, reason="又满了", actor=OFFICER, now=LATER)
    case = finish(city_conn, case, now=LATER + timedelta(hours=1))
    assert shown(city_conn, case) is None
    case = publication_acts.publish(city_conn, case, stranger, note="已改", for_others=str, now=LATER)
    assert shown(city_conn, case) is not None
    actions = [e.action for e in event_repository.list_events(city_conn, case.id)]
    assert actions.count(CaseAction.UNPUBLISH) == actions.count(CaseAction.PUBLISH) == 2
    # what the unit did alone is asked about, though it is shown again; what the centre did is not
    assert taken_down(city_conn, case) == [("zjj", {"back": True})]


def test_nothing_is_published_by_hand_that_may_not_be(city_conn: Connection, directory: Directory) -> None:
    boss = factories.account(city_conn, Role.DISPATCHER)
    private = answered(city_conn, directory, public=False)
    with pytest.raises(Conflict, match="同时公开"):
        publication_acts.publish(city_conn, private, boss, note="", for_others=str, now=LATER)
    secret = answered(city_conn, directory)
    change(city_conn, secret, "confidential = true")
    with pytest.raises(Invalid, match="不能公开"):
        publication_acts.publish(city_conn, again(city_conn, secret), boss, note="", for_others=str, now=LATER)


# Lists


def number_of(conn: Connection, case: Case) -> int:
    found = publication_repository.find_published(conn, case.id)
    assert found is not None
    return found.number


def found_by(conn: Connection, typed: str, case: Case | None = None) -> list[int]:
    """Numbers, the newest first; of `case` alone where one is given."""
    words = read_query(typed).words.replace(":*", "")
    found = rows.search_answers(conn, words, until=None, before=None, limit=100)
    return [a.number for a in found if case is None or a.number == number_of(conn, case)]


def test_a_list_is_gone_through_page_by_page_and_filtered(city_conn: Connection, directory: Directory) -> None:
    made = [
        answered(city_conn, directory, now=NOW + timedelta(minutes=n // 2), reply=f"腊肠铺第{n}次答复。")
        for n in range(5)
    ]
    other = factories.analysis(topic="T0101", region="990103")
    elsewhere = answered(city_conn, directory, says=other, reply="腊肠铺。")
    everything = [number_of(city_conn, case) for case in made[::-1]]
    for criteria, wanted in (
        (AnswerCriteria(topic="T04"), everything),
        (AnswerCriteria(region="990102"), everything),
        (AnswerCriteria(unit=made[0].lead_department_id, topic="T04"), everything),
        (AnswerCriteria(topic="T01"), [number_of(city_conn, elsewhere)]),
        (AnswerCriteria(topic="T99"), []),
        (AnswerCriteria(region="' OR 1=1 --"), []),
    ):
        listed, before = [], None
        while page := rows.list_answers(city_conn, criteria, before=before, limit=2):
            listed += [a.number for a in page]
            before = page[-1].number
        ours = [n for n in listed if n in {*everything, number_of(city_conn, elsewhere)}]
        assert ours == wanted, criteria
    assert set(found_by(city_conn, "腊肠铺")) == {*everything, number_of(city_conn, elsewhere)}
