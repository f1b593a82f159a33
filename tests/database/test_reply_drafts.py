"""The reply before it is sent: nothing is lost, nobody approves what they wrote, of two at once one is told."""

from datetime import timedelta
from typing import Any

import pytest
from psycopg_pool import ConnectionPool

from models.case import Case, CaseAction, CaseStatus, CompletionResult
from models.database import Connection, open_pool
from models.errors import Conflict, Forbidden, Invalid
from models.reply_draft import DraftState, ReplyDraft, ReviewNeed
from nlp.replies.signature import reply_signature
from routing import case_repository, event_repository, lifecycle
from routing.directory import Directory
from routing.replies import draft_repository, drafts, reply_signature_repository
from routing.replies.drafts import Written
from tests import factories
from tests.database.racing import race
from tests.factories import KEYS, NOW, ZONE

AUTHOR, COLLEAGUE, SUPERVISOR = "account:1:陈科员", "account:2:李科员", "account:3:严督查"
LATER = NOW + timedelta(minutes=20)
TEXT = "您好，路灯已于11月22日修好，联系电话0990-0001234。"


def led(conn: Connection, directory: Directory) -> Case:
    return factories.case(conn, directory, lead="zjj", until=CaseAction.ACKNOWLEDGE)


def save(conn: Connection, case: Case, body: str = TEXT, *, actor: str = AUTHOR, **given: Any) -> ReplyDraft:
    what = Written(body=body, **given)
    saved = drafts.save(conn, case, what, department_id="zjj", actor=actor, now=NOW, zone=ZONE)
    assert saved is not None
    return saved


def submit(conn: Connection, case: Case, body: str = TEXT, *, actor: str = AUTHOR, **given: Any) -> Case:
    more = {name: given.pop(name) for name in ("findings", "reason", "disclosure") if name in given}
    what = Written(body=body, **given)
    return drafts.submit(conn, case, what, department_id="zjj", actor=actor, now=NOW, zone=ZONE, **more)


def open_draft(conn: Connection, case: Case) -> ReplyDraft:
    draft = draft_repository.find_open_draft(conn, case.id)
    assert draft is not None
    return draft


def bodies(conn: Connection, case: Case) -> list[str]:
    return [reply.body for reply in case_repository.list_replies(conn, case.id)]


# Saving


def test_a_draft_is_saved_without_a_line_in_the_history(city_conn: Connection, directory: Directory) -> None:
    case = led(city_conn, directory)
    before = len(event_repository.list_events(city_conn, case.id))
    first = save(city_conn, case, "您好")
    second = save(city_conn, case, "您好，已修好", version=first.version)
    assert (second.id, second.version, second.state) == (first.id, first.version + 1, DraftState.DRAFT)
    assert open_draft(city_conn, case).body == "您好，已修好"
    assert len(event_repository.list_events(city_conn, case.id)) == before
    assert case_repository.get_case(city_conn, case.case_number).version == case.version


def test_nothing_written_is_no_draft_and_the_same_again_no_change(city_conn: Connection, directory: Directory) -> None:
    case = led(city_conn, directory)
    assert (
        drafts.save(city_conn, case, Written(body=" "), department_id="zjj", actor=AUTHOR, now=NOW, zone=ZONE) is None
    )
    saved = save(city_conn, case)
    assert save(city_conn, case, version=None) == saved  # an answer that got lost on the way is no conflict


def test_the_second_of_two_is_told_who_changed_it_when_and_both_texts_stay(
    city_conn: Connection, directory: Directory
) -> None:
    case = led(city_conn, directory)
    seen = save(city_conn, case, "第一稿")
    save(city_conn, case, "同事改过的", actor=COLLEAGUE, version=seen.version)
    with pytest.raises(Conflict, match=r"答复草稿已由李科员于11-23 10:00修改，两份文字都在"):
        save(city_conn, case, "我的第二稿", version=seen.version)
    assert open_draft(city_conn, case).body == "同事改过的"
    kept = draft_repository.list_texts(city_conn, seen.id)
    assert [(text.body, text.written_by) for text in kept] == [("第一稿", AUTHOR)]
    # knowing the other's text, mine takes its place, and the other's is kept
    mine = save(city_conn, case, "我的第二稿", version=seen.version + 1)
    assert mine.writers == [AUTHOR, COLLEAGUE]
    assert [text.body for text in draft_repository.list_texts(city_conn, seen.id)] == ["同事改过的", "第一稿"]


def test_a_draft_that_is_gone_is_not_begun_anew_by_a_late_save(city_conn: Connection, directory: Directory) -> None:
    case = led(city_conn, directory)
    saved = save(city_conn, case)
    drafts.drop(city_conn, case, version=saved.version, actor=AUTHOR, now=LATER, zone=ZONE)
    with pytest.raises(Conflict, match="已经发出或作废"):
        save(city_conn, case, version=saved.version)
    [kept] = draft_repository.list_drafts(city_conn, case.id)
    assert (kept.state, kept.body) == (DraftState.DROPPED, TEXT)


def test_a_draft_longer_than_a_reply_is_kept_but_not_submitted(city_conn: Connection, directory: Directory) -> None:
    case = led(city_conn, directory)
    long = "长" * (lifecycle.MAX_REPLY + 1)
    save(city_conn, case, long)
    with pytest.raises(Invalid, match="不能超过5000字"):
        submit(city_conn, case, long, version=1)
    with pytest.raises(Invalid, match="草稿不能超过"):
        save(city_conn, case, "长" * (drafts.MAX_DRAFT + 1), version=1)


def test_a_save_that_was_overtaken_by_the_next_or_by_the_reply_disturbs_nobody(
    city_conn: Connection, directory: Directory
) -> None:
    case = led(city_conn, directory)
    save(city_conn, case, "您")
    save(city_conn, case, "您好", version=1)  # its answer, version 2, never reached the page
    third = save(city_conn, case, "您好啊", version=1)
    assert (third.version, [t.body for t in draft_repository.list_texts(city_conn, third.id)]) == (3, ["您好"])
    with pytest.raises(Conflict, match="您于11-23 10:00在另一个页面修改了"):
        save(city_conn, case, "很久以前的页面", version=1)
    drafts.settle_before_reply(city_conn, case, body=TEXT, actor=AUTHOR, now=NOW)
    sent = lifecycle.reply(city_conn, case, body=TEXT, public=False, department_id="zjj", actor=AUTHOR, now=NOW)
    late = drafts.save(city_conn, sent, Written(body=TEXT), department_id="zjj", actor=AUTHOR, now=NOW, zone=ZONE)
    assert late is None and draft_repository.find_open_draft(city_conn, case.id) is None
    submit(city_conn, sent, public=True)  # but the same text can be sent again, for everybody
    assert open_draft(city_conn, case).public


# Review


def test_a_reply_is_submitted_approved_by_another_and_sent(city_conn: Connection, directory: Directory) -> None:
    case = led(city_conn, directory)
    findings = [{"kind": "no_ground", "weight": "improve", "advice": "写明依据。", "evidence": []}]
    waiting = submit(city_conn, case, public=True, findings=findings, reason="依据已在电话中说明")
    draft = open_draft(city_conn, case)
    assert (draft.state, draft.findings, draft.reason) == (DraftState.IN_REVIEW, findings, "依据已在电话中说明")
    assert bodies(city_conn, case) == []
    sent = drafts.approve(city_conn, waiting, actor=COLLEAGUE, now=LATER)
    [reply] = case_repository.list_replies(city_conn, case.id)
    assert (reply.body, reply.public, reply.author, reply.department_id) == (TEXT, True, AUTHOR, "zjj")
    assert sent.status is CaseStatus.IN_PROGRESS and draft_repository.find_open_draft(city_conn, case.id) is None
    events = event_repository.list_events(city_conn, case.id)[case.version :]
    assert [(e.action, e.actor) for e in events] == [
        (CaseAction.SUBMIT_REPLY, AUTHOR),
        (CaseAction.APPROVE_REPLY, COLLEAGUE),
        (CaseAction.REPLY, COLLEAGUE),
    ]
    assert events[0].payload["findings"] == ["no_ground"] and events[0].payload["reason"] == "依据已在电话中说明"
    assert events[2].payload["author"] == AUTHOR
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None


def test_a_case_is_completed_with_its_reply_where_the_draft_says_so(
    city_conn: Connection, directory: Directory
) -> None:
    case = led(city_conn, directory)
    done = drafts.approve(
        city_conn, submit(city_conn, case, result=CompletionResult.EXPLAINED), actor=SUPERVISOR, now=LATER
    )
    assert (done.status, done.completion_result) == (CaseStatus.COMPLETED, CompletionResult.EXPLAINED)
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None


def test_nobody_approves_what_they_wrote(city_conn: Connection, directory: Directory) -> None:
    """Not the author, not under a new name, not a colleague who changed a word, not who only submitted it."""
    case = led(city_conn, directory)
    first = save(city_conn, case, "第一稿")
    save(city_conn, case, "同事改过的", actor=COLLEAGUE, version=first.version)
    waiting = submit(city_conn, case, "同事改过的", actor="account:4:交稿人", version=first.version + 1)
    for actor in (AUTHOR, "account:1:陈科长", COLLEAGUE, "account:4:交稿人"):
        with pytest.raises(Forbidden, match="起草人不能签发"):
            drafts.approve(city_conn, waiting, actor=actor, now=LATER)
    drafts.approve(city_conn, waiting, actor=SUPERVISOR, now=LATER)


def test_what_is_sent_back_is_written_on_and_the_reviewed_text_kept(
    city_conn: Connection, directory: Directory
) -> None:
    case = led(city_conn, directory)
    waiting = submit(city_conn, case)
    with pytest.raises(Invalid, match="要改什么"):
        drafts.send_back(city_conn, waiting, note=" ", actor=COLLEAGUE, now=LATER)
    back = drafts.send_back(city_conn, waiting, note="请写明依据", actor=COLLEAGUE, now=LATER)
    draft = open_draft(city_conn, case)
    assert (draft.state, draft.review_note, draft.reviewer) == (DraftState.REFUSED, "请写明依据", COLLEAGUE)
    save(city_conn, case, TEXT + "依据某条例。", version=draft.version)
    assert [text.body for text in draft_repository.list_texts(city_conn, draft.id)] == [TEXT]
    again = submit(city_conn, back, TEXT + "依据某条例。", version=draft.version + 1)
    drafts.approve(city_conn, again, actor=COLLEAGUE, now=LATER)
    assert bodies(city_conn, case) == [TEXT + "依据某条例。"]


def test_the_writer_takes_a_submitted_draft_back_without_a_word(city_conn: Connection, directory: Directory) -> None:
    case = led(city_conn, directory)
    waiting = submit(city_conn, case)
    with pytest.raises(Conflict, match="正在等待审核"):
        save(city_conn, case, "改一下", version=2)
    drafts.send_back(city_conn, waiting, actor=AUTHOR, now=LATER)
    draft = open_draft(city_conn, case)
    assert (draft.state, draft.body, draft.submitted_at) == (DraftState.DRAFT, TEXT, None)
    event = event_repository.list_events(city_conn, case.id)[-1]
    assert (event.action, event.payload["own"]) == (CaseAction.SEND_BACK_REPLY, True)


def test_nothing_is_completed_or_answered_past_a_review(city_conn: Connection, directory: Directory) -> None:
    case = led(city_conn, directory)
    answered = lifecycle.reply(
        city_conn, case, body="已到场。", public=False, department_id="zjj", actor=AUTHOR, now=NOW
    )
    waiting = submit(city_conn, answered)
    with pytest.raises(Conflict, match="正在等待审核"):
        lifecycle.complete(city_conn, waiting, result=CompletionResult.SOLVED, actor=AUTHOR, now=LATER)
    with pytest.raises(Conflict, match="正在等待审核"):
        drafts.check_direct_reply(city_conn, waiting, body="x", public=False, department_id="zjj", zone=ZONE)


def test_a_case_that_goes_to_another_unit_takes_no_draft_along(city_conn: Connection, directory: Directory) -> None:
    case = led(city_conn, directory)
    waiting = submit(city_conn, case)
    moved = lifecycle.dispatch(city_conn, waiting, directory, lead="swj", actor="test", now=LATER, zone=ZONE)
    assert draft_repository.find_open_draft(city_conn, case.id) is None
    [kept] = draft_repository.list_drafts(city_conn, case.id)
    assert (kept.state, kept.body, kept.review_note) == (DraftState.DROPPED, TEXT, "工单已改派。")
    acknowledged = lifecycle.acknowledge(city_conn, moved, actor="test", now=LATER)
    with pytest.raises(Conflict, match="没有等待审核"):
        drafts.approve(city_conn, acknowledged, actor=COLLEAGUE, now=LATER)


def test_a_template_that_was_not_filled_in_is_not_sent(city_conn: Connection, directory: Directory) -> None:
    case = led(city_conn, directory)
    for left in ("已于【请填写日期】修好。", "{{诉求人称呼}}您好。"):
        with pytest.raises(Invalid, match="还有没填写的地方"):
            submit(city_conn, case, left)
        with pytest.raises(Invalid, match="还有没填写的地方"):
            drafts.check_direct_reply(city_conn, case, body=left, public=False, department_id="zjj", zone=ZONE)


# Which replies need a review


@pytest.mark.parametrize(
    ("city", "unit", "public", "needed"),
    [
        (None, None, True, False),
        (ReviewNeed.PUBLIC, None, True, True),
        (ReviewNeed.PUBLIC, None, False, False),
        (ReviewNeed.ALL, None, False, True),
        (ReviewNeed.ALL, ReviewNeed.NONE, True, False),
        (ReviewNeed.NONE, ReviewNeed.PUBLIC, True, True),
        (None, ReviewNeed.ALL, False, True),
    ],
)
def test_the_units_rule_goes_before_the_citys(
    city_conn: Connection,
    directory: Directory,
    city: ReviewNeed | None,
    unit: ReviewNeed | None,
    public: bool,
    needed: bool,
) -> None:
    case = led(city_conn, directory)
    draft_repository.set_need(city_conn, None, city, actor="test", now=NOW)
    draft_repository.set_need(city_conn, "zjj", unit, actor="test", now=NOW)

    def check() -> None:
        drafts.check_direct_reply(city_conn, case, body=TEXT, public=public, department_id="zjj", zone=ZONE)

    if needed:
        with pytest.raises(Conflict, match="须由他人审核签发"):
            check()
    else:
        check()
    city_conn.rollback()


def test_a_direct_reply_settles_its_own_draft_and_no_others(city_conn: Connection, directory: Directory) -> None:
    for actor, text, left in ((AUTHOR, "另一句", 0), (COLLEAGUE, TEXT, 0), (COLLEAGUE, "另一句", 1)):
        case = led(city_conn, directory)
        save(city_conn, case)
        drafts.settle_before_reply(city_conn, case, body=text, actor=actor, now=LATER)
        assert bool(draft_repository.find_open_draft(city_conn, case.id)) == bool(left)


# Two at once


@pytest.fixture
def city_pool(city_dsn: str) -> Any:
    pool = open_pool(city_dsn, 4)
    yield pool
    pool.close()


def outcome(results: list[Any]) -> tuple[int, int]:
    """How many got through, how many were told of a conflict; anything else fails."""
    conflicts = [r for r in results if isinstance(r, Conflict)]
    errors = [r for r in results if isinstance(r, Exception) and not isinstance(r, Conflict)]
    assert errors == []
    return len(results) - len(conflicts), len(conflicts)


def test_of_two_who_begin_a_draft_at_once_one_is_told(
    city_conn: Connection, city_pool: ConnectionPool[Connection], directory: Directory
) -> None:
    case = led(city_conn, directory)
    results = race(
        city_pool,
        lambda conn: save(conn, case, "甲写的", actor=AUTHOR),
        lambda conn: save(conn, case, "乙写的", actor=COLLEAGUE),
    )
    assert outcome(results) == (1, 1)
    assert len(draft_repository.list_drafts(city_conn, case.id)) == 1


def test_of_two_who_submit_or_approve_at_once_one_is_told_and_one_reply_sent(
    city_conn: Connection, city_pool: ConnectionPool[Connection], directory: Directory
) -> None:
    case = led(city_conn, directory)
    saved = save(city_conn, case)
    city_conn.commit()
    submitted = race(
        city_pool,
        lambda conn: submit(conn, case, actor=AUTHOR, version=saved.version),
        lambda conn: submit(conn, case, actor=COLLEAGUE, version=saved.version),
    )
    assert outcome(submitted) == (1, 1)
    waiting = case_repository.get_case(city_conn, case.case_number)
    city_conn.commit()
    approved = race(
        city_pool,
        lambda conn: drafts.approve(conn, waiting, actor=SUPERVISOR, now=LATER),
        lambda conn: drafts.approve(conn, waiting, actor="account:5:另一位督办", now=LATER),
        lambda conn: drafts.send_back(conn, waiting, note="再改改", actor="account:6:第三位", now=LATER),
    )
    assert outcome(approved) == (1, 2)
    sent = len(bodies(city_conn, case))
    assert sent == (draft_repository.find_open_draft(city_conn, case.id) is None)
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None


# Replies that say the same


def test_replies_from_one_mould_are_counted_whatever_they_fill_in(city_conn: Connection, directory: Directory) -> None:
    mould = "您好，您反映的{}问题已收悉，我局高度重视，已于{}月{}日安排人员到现场处理，感谢您对我们工作的理解和支持。"
    cases = []
    for number, what in enumerate(("路灯不亮", "井盖破损", "占道经营"), start=1):
        case = led(city_conn, directory)
        body = mould.format(what, number, number + 20)
        lifecycle.reply(city_conn, case, body=body, public=False, department_id="zjj", actor=AUTHOR, now=NOW)
        cases.append(case)
    asked = led(city_conn, directory)

    def count(text: str, case: Case = asked, now: Any = LATER) -> int:
        return reply_signature_repository.count_alike(city_conn, reply_signature(text), but_case=case.id, now=now)

    assert count(mould.format("垃圾清运", 12, 31)) == 3
    assert count(mould.format("路灯不亮", 1, 21), cases[0]) == 2  # its own case does not count
    assert count("您好，三盏路灯是电缆接头烧坏，维修人员已更换，今晚起恢复照明。联系电话见来信须知。") == 0
    assert count(mould.format("垃圾清运", 12, 31), now=NOW + timedelta(days=91)) == 0
    assert count("好。") == 0  # too short to be told from others
