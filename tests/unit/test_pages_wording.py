from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.pages import rendering
from api.pages.cases.case_wording import Piece, event_line, highlight, person_of, state_of, time_left
from api.pages.cases.filters import address, count_pages
from api.pages.navigation import HOME, navigation
from api.pages.problem import local_path
from models.account import Role
from models.analysis import DetectorHit, Sentiment, Urgency
from models.case import CaseAction, CaseEvent, CaseStatus
from models.criteria import CaseCriteria
from tests.unit.test_rules import directory

ZONE = ZoneInfo("Asia/Shanghai")
# due on the 24th: the last instant is midnight after it
DUE_DATE, DUE_AT = date(2026, 11, 24), datetime(2026, 11, 25, tzinfo=ZONE)


@dataclass(frozen=True)
class Clocked:
    status: CaseStatus = CaseStatus.IN_PROGRESS
    due_date: date | None = DUE_DATE
    due_at: datetime | None = DUE_AT
    completed_at: datetime | None = None


@pytest.mark.parametrize(
    ("before", "word", "tone"),
    [
        (timedelta(days=3), "还剩3天", "plain"),
        (timedelta(days=1, hours=1), "还剩1天", "soon"),
        (timedelta(hours=24), "今天到期", "soon"),
        (timedelta(seconds=1), "今天到期", "soon"),
        (timedelta(0), "今天到期", "soon"),
        (timedelta(seconds=-1), "超期不足1小时", "late"),
        (timedelta(days=-2), "超期2天", "late"),
    ],
)
def test_time_left_in_words_and_colour(before: timedelta, word: str, tone: str) -> None:
    badge = time_left(Clocked(), now=DUE_AT - before, zone=ZONE)
    assert (badge.word, badge.tone) == (word, tone)


def test_the_day_is_the_local_one() -> None:
    badge = time_left(Clocked(), now=datetime(2026, 11, 23, 16, 30, tzinfo=UTC), zone=ZONE)  # the 24th in China
    assert badge.word == "今天到期"


def test_a_completed_case_says_whether_it_was_on_time() -> None:
    late = Clocked(status=CaseStatus.COMPLETED, completed_at=DUE_AT + timedelta(seconds=1))
    on_time = Clocked(status=CaseStatus.CLOSED, completed_at=DUE_AT)
    assert time_left(late, now=DUE_AT, zone=ZONE).word == "超期办结"
    assert time_left(on_time, now=DUE_AT, zone=ZONE).word == "按时办结"


def test_a_case_without_limit_says_so() -> None:
    assert time_left(Clocked(due_at=None, due_date=None), now=DUE_AT, zone=ZONE).word == "无时限"


@pytest.mark.parametrize("member", [*CaseStatus, *Urgency, *Sentiment])
def test_every_state_has_word_icon_and_colour(member: Any) -> None:
    badge = state_of(member)
    assert badge.word == member.label and badge.icon and badge.tone


def test_cues_are_cut_out_where_they_stand() -> None:
    hits = [DetectorHit("a", "漏气", 5, 7), DetectorHit("b", "漏气", 5, 7), DetectorHit("a", "煤气", 0, 2)]
    title, body = highlight("煤气", "请看漏气了", [DetectorHit("a", "漏气", 5, 7), *hits[1:]])
    assert title == [Piece("煤气", ("a",))]
    assert body == [Piece("请看"), Piece("漏气", ("a", "b")), Piece("了")]


def test_overlapping_cues_and_cues_beyond_the_excerpt_lose_no_word() -> None:
    hits = [DetectorHit("a", "二三", 2, 4), DetectorHit("b", "三四", 3, 5), DetectorHit("c", "远", 90, 91)]
    _, body = highlight("", "一二三四五", hits)
    assert "".join(piece.text for piece in body) == "一二三四五"
    assert [piece.text for piece in body if piece.detectors] == ["二三"]
    assert highlight("标题", "", []) == ([Piece("标题")], [])


def test_people_are_named_as_they_were_called_then() -> None:
    assert person_of("account:7:张三:李四") == "张三:李四"
    assert person_of("citizen") == "诉求人"
    assert person_of("system:pipeline") == "系统"


@pytest.mark.parametrize(
    ("action", "payload", "detail"),
    [
        (
            CaseAction.OPEN,
            {"channel": "letter", "appeal_type": "help", "topic_code": None, "triage_reason": "未能判断"},
            "来信，求助，类别未定，未能判断",
        ),
        (
            CaseAction.DISPATCH,
            {"lead": "water", "co_handling": ["roads"], "note": "急"},
            "主办：water局；协办：roads局；说明：急",
        ),
        (CaseAction.REDISPATCH, {"lead": "roads", "co_handling": []}, "主办：roads局"),
        (CaseAction.ACKNOWLEDGE, {}, ""),
        (CaseAction.REPLY, {"public": False, "length": 12}, "不公开答复，12字"),
        (CaseAction.COMPLETE, {"result": "explained"}, "已解释说明"),
        (CaseAction.REOPEN, {"reason": "没修好"}, "原因：没修好"),
        (CaseAction.CLOSE, {}, ""),
        (
            CaseAction.REQUEST_RETURN,
            {"reason": "not_our_duty", "explanation": "属水务。", "proposed": "water"},
            "不属于本单位职责；属水务；建议由water局办理",
        ),
        (CaseAction.ACCEPT_RETURN, {"lead": "roads", "co_handling": []}, "主办：roads局"),
        (CaseAction.REFUSE_RETURN, {"note": "目录如此"}, "理由：目录如此"),
        (CaseAction.REQUEST_EXTENSION, {"days": 5, "reason": "等配件"}, "5个工作日，理由：等配件"),
        (
            CaseAction.GRANT_EXTENSION,
            {"days": 5, "due_date": {"from": "2026-11-26", "to": "2026-12-03"}, "note": ""},
            "延期5个工作日，至2026年12月3日",
        ),
        (
            CaseAction.SUPERVISE,
            {"trigger": "overdue", "level": "listed", "demand": "三日内解决"},
            "挂牌督办；超期未办结；三日内解决",
        ),
        (CaseAction.ANSWER_SUPERVISION, {"text": "已解决", "late": True}, "超过了要求的时间；已解决"),
        (CaseAction.CONTACT, {"text": "无人接听", "reached": False}, "未联系上：无人接听"),
        (CaseAction.OPINION, {"text": "已配合", "department": "roads"}, "roads局：已配合"),
        (CaseAction.NOTE, {"text": "已看过现场"}, "已看过现场"),
    ],
)
def test_each_event_is_told_in_words(action: CaseAction, payload: dict[str, Any], detail: str) -> None:
    event = CaseEvent(
        id=1,
        case_id=1,
        seq=1,
        at=DUE_AT,
        actor="account:1:王科员",
        action=action,
        from_status=None,
        to_status=CaseStatus.IN_PROGRESS,
        payload=payload,
        prev_hash=b"",
        hash=b"",
    )
    line = event_line(event, directory())
    assert (line.who, line.what, line.detail) == ("王科员", action.label, detail) and line.icon


@pytest.mark.parametrize("role", list(Role))
def test_everyone_starts_on_an_entry_of_the_own_navigation(role: Role) -> None:
    entries = navigation(role, HOME[role])
    assert entries[0].href == HOME[role] and entries[0].current
    assert sum(entry.current for entry in entries) == 1


def test_a_page_below_an_entry_marks_it_but_not_its_namesake() -> None:
    current = {e.href for e in navigation(Role.LEADER, "/cases/20261123-0000017") if e.current}
    assert current == {"/cases"}
    assert not any(e.current for e in navigation(Role.LEADER, "/cases.csv"))
    assert navigation(None, "/") == []


def test_addresses_leave_out_what_is_not_chosen() -> None:
    assert address("/cases", CaseCriteria()) == "/cases"
    found = address("/cases", CaseCriteria(text="水 & 电"), sort="", page=2)
    assert found == "/cases?text=%E6%B0%B4+%26+%E7%94%B5&page=2"


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (50, 1), (51, 2)])
def test_pages_are_counted_up(total: int, pages: int) -> None:
    assert count_pages(total) == pages


@pytest.mark.parametrize("path", ["/cases", "/cases?state=open", "/"])
def test_local_addresses_are_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize("path", ["", "cases", "//evil", "/\\evil", "https://evil", "/a\r\nSet-Cookie: x", "\t//evil"])
def test_other_addresses_are_not(path: str) -> None:
    assert local_path(path) == ""


def test_a_rounded_number_says_how_many_exactly() -> None:
    macros: Any = rendering._environment().get_template("macros.html").module
    assert macros.exactly(12_345) == ' title="12,345件"'
    assert macros.exactly(9_999) == ""
