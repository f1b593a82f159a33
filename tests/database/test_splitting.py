"""Splits: each matter of a letter has its own unit, clocks and answer; the letter is done when all of them are."""

import itertools
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from psycopg_pool import ConnectionPool

from dashboards.lists.case_lists import list_cases
from dashboards.metrics.metrics import overview, status_counts
from intake.repository import get_submission
from models.analysis import TextSpan
from models.case import Case, CaseAction, CaseStatus, CompletionResult
from models.casework import SupervisionLevel, SupervisionTrigger
from models.criteria import CaseCriteria
from models.database import Connection, open_pool
from models.errors import Conflict, Invalid
from models.integrity import IntegrityRule
from models.merge import NewPart
from routing import case_repository, event_repository, lifecycle
from routing.casework import casework_repository, integrity_repository, splitting, supervision
from routing.casework import merge_repository as rows
from routing.directory import Directory
from routing.learning import label_repository
from tests import factories
from tests.database.racing import race
from tests.factories import KEYS, NOW, ZONE

DISPATCHER, OFFICER = "account:2:派单", "account:1:经办"
LATER = NOW + timedelta(days=1, hours=3)
BODY = "桂香路的路灯坏了三盏，请维修。另外，桂香路口的自来水管漏水，请一并处理。"
_contacts = itertools.count(5000)
FIRST, SECOND = "桂香路的路灯坏了三盏，请维修。", "另外，桂香路口的自来水管漏水，请一并处理。"


@pytest.fixture
def racers(city_dsn: str) -> Iterator[ConnectionPool[Connection]]:
    with closing(open_pool(city_dsn, 4)) as opened:
        yield opened


def letter_case(
    conn: Connection,
    directory: Directory,
    *,
    triage: bool = False,
    until: CaseAction = CaseAction.OPEN,
    contact: str = "",
) -> Case:
    new = factories.letter(title="两件事", body=BODY, contact=contact or f"199{next(_contacts):08d}")
    says = factories.analysis(topic=None) if triage else None
    return factories.case(conn, directory, new=new, says=says, lead=None if triage else "zjj", until=until)


def span_of(sentence: str, title: str = "两件事") -> TextSpan:
    start = f"{title}\n{BODY}".index(sentence)
    return TextSpan(start, start + len(sentence))


def two(lead: str = "zjj", other: str = "swj") -> list[NewPart]:
    return [
        NewPart(title="路灯不亮", lead=lead, sentences=(span_of(FIRST),), topic_code="T0402"),
        NewPart(title="水管漏水", lead=other, sentences=(span_of(SECOND),)),
    ]


def split(conn: Connection, case: Case, directory: Directory, parts: list[NewPart] | None = None) -> Case:
    submission = get_submission(conn, case.submission_id)
    return splitting.split(
        conn, case, submission, directory, two() if parts is None else parts, actor=DISPATCHER, now=LATER, zone=ZONE
    )


def parts_of(conn: Connection, parent: Case) -> list[Case]:
    cases = case_repository.list_cases_by_id(conn, rows.list_part_ids(conn, parent.id))
    return sorted(cases, key=lambda case: case.id)


def unsplit(conn: Connection, case: Case, directory: Directory) -> Case:
    return splitting.unsplit(conn, case, directory, note="其实是一件事。", actor=DISPATCHER, now=LATER, zone=ZONE)


def answered(conn: Connection, case: Case) -> Case:
    case = lifecycle.acknowledge(conn, case, actor=OFFICER, now=LATER)
    unit = case.lead_department_id
    return lifecycle.reply(conn, case, body="已处理。", public=False, department_id=unit, actor=OFFICER, now=LATER)


def finish(conn: Connection, case: Case, result: CompletionResult = CompletionResult.SOLVED) -> Case:
    return lifecycle.complete(conn, case, result=result, actor=OFFICER, now=LATER)


def now_of(conn: Connection, case: Case) -> Case:
    return case_repository.get_case_by_id(conn, case.id)


def whole(conn: Connection) -> None:
    assert event_repository.verify_chains(conn, KEYS.seals).broken is None


def test_each_part_has_its_own_unit_number_excerpt_and_clocks(city_conn: Connection, directory: Directory) -> None:
    case = letter_case(city_conn, directory)
    parent = split(city_conn, case, directory)
    assert (parent.parts, parent.status, parent.due_at) == (2, CaseStatus.IN_PROGRESS, case.due_at)
    first, second = parts_of(city_conn, parent)
    assert [p.case_number for p in (first, second)] == [f"{case.case_number}-1", f"{case.case_number}-2"]
    assert [(p.title, p.lead_department_id, p.topic_code) for p in (first, second)] == [
        ("路灯不亮", "zjj", "T0402"),
        ("水管漏水", "swj", case.topic_code),
    ]
    text = f"两件事\n{BODY}"
    spans = rows.list_sentences(city_conn, [first.id, second.id])
    assert [text[s.start : s.end] for p in (first, second) for s in spans[p.id]] == [FIRST, SECOND]
    for part in (first, second):
        # the citizen has waited since the letter was dispatched: splitting gains nobody time
        assert (part.dispatched_at, part.due_at, part.status) == (
            case.dispatched_at,
            case.due_at,
            CaseStatus.DISPATCHED,
        )
        assert all(clock.runs for clock in casework_repository.list_clocks(city_conn, part.id))
    assert not any(clock.runs for clock in casework_repository.list_clocks(city_conn, parent.id))
    assert case_repository.find_case_of_submission(city_conn, case.submission_id) == parent
    whole(city_conn)


def test_from_triage_the_clock_starts_with_the_split(city_conn: Connection, directory: Directory) -> None:
    case = letter_case(city_conn, directory, triage=True)
    parent = split(city_conn, case, directory)
    first, _ = parts_of(city_conn, parent)
    assert (first.dispatched_at, parent.dispatched_at, parent.due_at) == (LATER, LATER, first.due_at)
    assert parent.lead_department_id == "zjj" and not parent.due_basis.startswith("尚未派单")
    assert label_repository.find_label(city_conn, case.submission_id) is None  # nobody judged the whole letter
    whole(city_conn)


def test_the_parts_count_and_the_letter_is_one(city_conn: Connection, directory: Directory) -> None:
    case = letter_case(city_conn, directory)
    before = status_counts(city_conn, LATER)
    received = overview(city_conn, CaseCriteria(), now=LATER, zone=ZONE).metrics["received"].numerator
    parent = split(city_conn, case, directory)
    found = overview(city_conn, CaseCriteria(), now=LATER, zone=ZONE)
    assert found.metrics["received"].numerator == received + 1  # two for one
    assert found.departments.total == found.topics.total == found.volume.total == received + 1
    after: dict[str, Any] = status_counts(city_conn, LATER)
    assert (after["cases"], after["submissions"]) == (before["cases"], before["submissions"])
    assert after["counted"] == after["cases"] - after["merged"] - after["split"] + after["parts"]

    def shown(**criteria: Any) -> set[int]:
        page = list_cases(city_conn, CaseCriteria(**criteria), now=LATER, zone=ZONE, limit=1000)
        return {row.id for row in page.rows} & {parent.id, *rows.list_part_ids(city_conn, parent.id)}

    first, second = rows.list_part_ids(city_conn, parent.id)
    assert shown() == {first, second}
    assert (shown(unit="zjj"), shown(unit="swj")) == ({first}, {second})
    assert (shown(counted="split"), shown(counted="parts")) == ({parent.id}, {first, second})
    assert shown(counted="all") == {parent.id, first, second}


def test_the_letter_is_completed_with_the_last_part(city_conn: Connection, directory: Directory) -> None:
    parent = split(city_conn, letter_case(city_conn, directory), directory)
    first, second = parts_of(city_conn, parent)
    for action in (
        lifecycle.acknowledge,
        lambda c, case, **k: lifecycle.complete(c, case, result=CompletionResult.SOLVED, **k),
    ):
        with pytest.raises(Conflict, match="已拆分为2件子工单"):
            action(city_conn, parent, actor=OFFICER, now=LATER)
    finish(city_conn, answered(city_conn, first))
    assert now_of(city_conn, parent).status is CaseStatus.IN_PROGRESS
    done = finish(city_conn, answered(city_conn, second), CompletionResult.EXPLAINED)
    after = now_of(city_conn, parent)
    assert (after.status, after.completed_at) == (CaseStatus.COMPLETED, done.completed_at)
    assert after.completion_result is CompletionResult.EXPLAINED  # not all of it was solved
    again = lifecycle.reopen(city_conn, now_of(city_conn, first), reason="又灭了", actor=DISPATCHER, now=LATER)
    assert (again.status, now_of(city_conn, parent).status) == (CaseStatus.IN_PROGRESS, CaseStatus.IN_PROGRESS)
    assert now_of(city_conn, second).status is CaseStatus.COMPLETED
    whole(city_conn)


def test_archiving_the_letter_archives_its_parts(city_conn: Connection, directory: Directory) -> None:
    parent = split(city_conn, letter_case(city_conn, directory), directory)
    for part in parts_of(city_conn, parent):
        finish(city_conn, answered(city_conn, part))
    assert now_of(city_conn, parent).completion_result is CompletionResult.SOLVED
    lifecycle.close(city_conn, now_of(city_conn, parent), actor=DISPATCHER, now=LATER)
    assert {part.status for part in parts_of(city_conn, parent)} == {CaseStatus.CLOSED}
    whole(city_conn)


def test_a_split_is_undone_while_nobody_has_acknowledged(city_conn: Connection, directory: Directory) -> None:
    case = letter_case(city_conn, directory)
    parent = split(city_conn, case, directory)
    parts = parts_of(city_conn, parent)
    after = unsplit(city_conn, parent, directory)
    assert (after.parts, after.status, after.lead_department_id) == (0, CaseStatus.DISPATCHED, "zjj")
    assert (after.due_at, after.dispatched_at) == (case.due_at, case.dispatched_at)
    for part in parts:
        gone = now_of(city_conn, part)
        assert gone.merged_into == parent.id
        assert not any(a.ended_at is None for a in case_repository.list_assignments(city_conn, gone.id))
        with pytest.raises(Conflict, match="已并入另一件工单"):
            lifecycle.acknowledge(city_conn, gone, actor=OFFICER, now=LATER)
    whole(city_conn)
    again = split(city_conn, after, directory)  # numbers are not given twice
    assert [p.case_number[-2:] for p in parts_of(city_conn, again)] == ["-3", "-4"]
    first, _ = parts_of(city_conn, again)
    lifecycle.acknowledge(city_conn, first, actor=OFFICER, now=LATER)
    with pytest.raises(Conflict, match=f"子工单{first.case_number}办理中，不能撤销拆分"):
        unsplit(city_conn, again, directory)
    city_conn.rollback()


def test_parts_that_cannot_be_are_named(city_conn: Connection, directory: Directory) -> None:
    case = letter_case(city_conn, directory)
    good, other = two()
    nowhere = NewPart(title="x", lead="zjj", sentences=(TextSpan(0, 9999),))
    for parts, sentence in (
        ([good], "请拆分为2至6件"),
        ([good] * 7, "请拆分为2至6件"),
        ([good, NewPart(title=" ", lead="zjj", sentences=good.sentences)], "第2件的标题"),
        ([good, NewPart(title="x", lead="nobody", sentences=good.sentences)], "第2件的主办单位"),
        ([good, NewPart(title="x", lead="zjj", sentences=good.sentences, topic_code="T9")], "第2件的诉求类别"),
        ([good, NewPart(title="x", lead="zjj", sentences=())], "第2件在来信中的句子"),
        ([nowhere, other], "第1件的句子不在来信中"),
    ):
        with pytest.raises(Invalid, match=sentence) as wrong:
            split(city_conn, case, directory, parts)
        assert list(wrong.value.fields) == ["parts"]
    assert now_of(city_conn, case) == case
    parent = split(city_conn, case, directory)
    part = parts_of(city_conn, parent)[0]
    with pytest.raises(Conflict, match="不能再拆分"):
        split(city_conn, part, directory)
    with pytest.raises(Conflict, match="已拆分为2件子工单"):
        split(city_conn, parent, directory)
    with pytest.raises(Conflict, match="没有拆分"):
        unsplit(city_conn, letter_case(city_conn, directory, until=CaseAction.ACKNOWLEDGE), directory)


def test_the_last_two_parts_completed_at_once_complete_the_letter(
    city_conn: Connection, directory: Directory, racers: ConnectionPool[Connection]
) -> None:
    for _ in range(5):
        parent = split(city_conn, letter_case(city_conn, directory), directory)
        first, second = (answered(city_conn, part) for part in parts_of(city_conn, parent))
        city_conn.commit()
        outcomes = race(racers, lambda conn: finish(conn, first), lambda conn: finish(conn, second))  # noqa: B023
        city_conn.rollback()
        assert not [o for o in outcomes if isinstance(o, Exception)], outcomes
        assert now_of(city_conn, parent).status is CaseStatus.COMPLETED
    whole(city_conn)


def test_a_split_is_not_undone_while_a_part_owes_an_answer(city_conn: Connection, directory: Directory) -> None:
    parent = split(city_conn, letter_case(city_conn, directory), directory)
    first = parts_of(city_conn, parent)[0]
    supervision.supervise(
        city_conn,
        first,
        trigger=SupervisionTrigger.OTHER,
        level=SupervisionLevel.ORDINARY,
        demand="请说明进度",
        due_at=LATER + timedelta(days=2),
        actor="account:3:督办",
        now=LATER,
    )
    with pytest.raises(Conflict, match="督办还没有回复，不能撤销拆分"):
        unsplit(city_conn, parent, directory)


def test_a_matter_that_came_back_counts_once_against_the_part_that_it_is_about(
    city_conn: Connection, directory: Directory
) -> None:
    contact = f"199{next(_contacts):08d}"
    letter = letter_case(city_conn, directory, contact=contact)
    first, second = two()
    split(city_conn, letter, directory, [first, replace(second, topic_code="T0101")])
    parts = [finish(city_conn, answered(city_conn, part)) for part in parts_of(city_conn, letter)]
    for days in (1, 2):  # said twice, and the first of these is split in turn
        new = factories.letter(title="两件事", body=f"{BODY}第{days}次。", contact=contact)
        again = factories.case(city_conn, directory, lead="zjj", new=new, at=LATER + timedelta(days=days))
        city_conn.execute(
            "INSERT INTO submission_links (submission_id, earlier_id, kind, score, certain, evidence, found_at)"
            " VALUES (%s, %s, 'same_person', 0.9, true, '{}', %s)"
            " ON CONFLICT DO NOTHING",
            (again.submission_id, letter.submission_id, LATER),
        )
        if days == 1:
            split(city_conn, again, directory)
    rows_of = "SELECT case_id FROM returned_matters WHERE case_id = ANY(%s)"
    assert city_conn.execute(rows_of, ([letter.id, *(p.id for p in parts)],)).fetchall() == [(parts[0].id,)]
    # other days: the rate is counted anew
    city_conn.execute("DELETE FROM stale_facts")
    integrity_repository.set_threshold(city_conn, IntegrityRule.CAME_BACK, "days", 1, actor="test")
    assert city_conn.execute("SELECT count(*) FROM stale_facts WHERE id = %s", (parts[0].id,)).fetchone() != (0,)
    city_conn.rollback()
