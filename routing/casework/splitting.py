"""Splits 拆分: one letter with several matters becomes several cases, each with its own unit, clocks and answer.

The case of the whole letter waits for its parts and is completed with the last of them (`routing.following`). A part
that was opened after the letter had been dispatched keeps its time limit: the citizen waits since then.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.case import AssignmentRole, Case, CaseAction, CaseStatus
from models.database import Connection
from models.errors import Conflict, Invalid
from models.merge import NewPart
from models.submission import Submission
from routing import analysis_repository, case_repository, event_repository, lifecycle, search_index
from routing.casework import casework_repository, merging
from routing.casework import merge_repository as rows
from routing.casework.returns import text_of
from routing.clocks import suspension_repository
from routing.directory import Directory
from routing.events import NewEvent, case_digest
from routing.recording import record, target
from routing.replies import draft_repository

LEAST, MOST = 2, 6
_LONGEST_TITLE = 100


def split(
    conn: Connection,
    case: Case,
    submission: Submission,
    directory: Directory,
    parts: Sequence[NewPart],
    *,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Case:
    """拆分: a case of its own for each of `parts`, dispatched at once; gives back the case of the whole letter. Raises
    `Invalid` for parts that cannot be, `Conflict` for what has been merged or split or waits for a decision."""
    to_status = target(case, CaseAction.SPLIT)
    if case.parent_id is not None:
        raise Conflict("这是拆分出来的子工单，不能再拆分。")
    _check_parts(parts, submission, directory)
    current = rows.lock_cases(conn, [case.id])[case.id]
    if rows.has_members(conn, case.id):
        raise Conflict("有其他工单并入本单，请先撤销并单再拆分。")
    if casework_repository.find_open_return(conn, case.id) is not None:
        raise Conflict("退单申请还没有处理，不能拆分。")
    if casework_repository.find_open_supervision(conn, case.id) is not None:
        raise Conflict("督办还没有回复，不能拆分。")
    lifecycle.check_clock_runs(conn, case, CaseAction.SPLIT)
    # one letter, one writer: what protects the writer in one part does so in all
    secret = any(part.topic_code and directory.topics[part.topic_code].confidential for part in parts)
    current = replace(current, confidential=current.confidential or secret)
    opened = _open_parts(conn, current, parts, directory, actor=actor, now=now, zone=zone)
    changes = {"parts": len(opened), "triage_reason": "", "confidential": current.confidential}
    if case.status is CaseStatus.TRIAGE:
        last = max(opened, key=lambda part: part.due_at or now)
        lead = opened[0].lead_department_id
        changes |= {"lead_department_id": lead, "dispatched_at": now}
        changes |= {"due_date": last.due_date, "due_at": last.due_at, "due_basis": last.due_basis}
        case_repository.add_assignments(conn, [(case.id, lead or "", AssignmentRole.LEAD, now)], actor=actor)
    moved = case_repository.move_case(conn, case, to_status, changes, actor=actor)
    casework_repository.end_clocks(conn, case.id, actor=actor, now=now)
    casework_repository.settle_extension(conn, case.id, note="工单已拆分。", actor=actor, now=now)
    suspension_repository.settle_requested(conn, case.id, note="工单已拆分。", actor=actor, now=now)
    draft_repository.drop_drafts(conn, case.id, note="工单已拆分。", actor=actor, now=now)
    told = [{"number": part.case_number, "title": part.title, "lead": part.lead_department_id} for part in opened]
    payload: dict[str, Any] = {"parts": told}
    if moved.due_at != case.due_at:
        payload["due_date"] = moved.due_date.isoformat() if moved.due_date else None
    return record(conn, case, moved, CaseAction.SPLIT, payload, actor=actor, now=now)


def unsplit(
    conn: Connection, case: Case, directory: Directory, *, note: str, actor: str, now: datetime, zone: ZoneInfo
) -> Case:
    """撤销拆分, while no unit has acknowledged its part: the letter is one case again, with the unit that had it, or
    that of the first part where nobody had it. Raises `Conflict` later."""
    to_status = target(case, CaseAction.UNSPLIT)
    if not case.parts:
        raise Conflict("工单没有拆分。")
    note = text_of(note, "撤销的理由", field="note")
    # The parts first, as their completion does.
    parts = list(rows.lock_cases(conn, rows.list_part_ids(conn, case.id)).values())
    for part in parts:
        if part.status is not CaseStatus.DISPATCHED:
            raise Conflict(f"子工单{part.case_number}{part.status.label}，不能撤销拆分；由办理单位分别办结。")
        if casework_repository.find_open_return(conn, part.id) is not None:
            raise Conflict(f"子工单{part.case_number}的退单申请还没有处理，不能撤销拆分。")
        if casework_repository.find_open_supervision(conn, part.id) is not None:
            raise Conflict(f"子工单{part.case_number}的督办还没有回复，不能撤销拆分。")
    merging.merge_back(conn, parts, case, reason=f"撤销拆分：{note}", actor=actor, now=now)
    changes = {"parts": 0, "acknowledged_at": None}
    moved = case_repository.move_case(conn, case, to_status, changes, actor=actor)
    lead = moved.lead_department_id or ""
    casework_repository.add_clocks(conn, lifecycle.new_clocks(directory, case.id, lead, now, zone), actor=actor)
    payload = {"parts": [part.case_number for part in parts], "note": note}
    return record(conn, case, moved, CaseAction.UNSPLIT, payload, actor=actor, now=now)


def _open_parts(
    conn: Connection,
    parent: Case,
    parts: Sequence[NewPart],
    directory: Directory,
    *,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> list[Case]:
    analysis = analysis_repository.list_analyses(conn, [parent.submission_id])[parent.submission_id]
    given = rows.count_parts_ever(conn, parent.id)
    ids = case_repository.next_case_ids(conn, len(parts))
    cases = [
        _part(id_, f"{parent.case_number}-{number}", parent, part, directory, now=now)
        for number, (id_, part) in enumerate(zip(ids, parts, strict=True), start=given + 1)
    ]
    case_repository.add_cases(conn, cases, [analysis] * len(cases), actor=actor)
    histories = [[_opening(case, parent, part, actor=actor)] for case, part in zip(cases, parts, strict=True)]
    event_repository.add_first_events(conn, histories, actor=actor)
    for case, part in zip(cases, parts, strict=True):
        rows.add_part(conn, case.id, part.sentences, actor=actor)
    search_index.index_again(conn, ids, actor=actor)
    return [
        lifecycle.dispatch(
            conn,
            case,
            directory,
            lead=part.lead,
            action=CaseAction.DISPATCH,
            more={"parent": parent.case_number},
            actor=actor,
            now=now,
            zone=zone,
        )
        for case, part in zip(cases, parts, strict=True)
    ]


def _part(id_: int, number: str, parent: Case, part: NewPart, directory: Directory, *, now: datetime) -> Case:
    topic_code = part.topic_code or parent.topic_code
    topic = directory.topics.get(topic_code or "")
    return replace(
        parent,
        id=id_,
        case_number=number,
        title=part.title.strip(),
        status=CaseStatus.TRIAGE,
        topic_code=topic_code,
        confidential=parent.confidential or bool(topic and topic.confidential),
        lead_department_id=None,
        triage_reason="",
        opened_at=now,
        acknowledged_at=None,
        version=1,
        parent_id=parent.id,
        parts=0,
    )


def _opening(case: Case, parent: Case, part: NewPart, *, actor: str) -> NewEvent:
    return NewEvent(
        case_id=case.id,
        at=case.opened_at,
        actor=actor,
        action=CaseAction.OPEN,
        from_status=None,
        to_status=CaseStatus.TRIAGE,
        payload={
            "channel": case.channel.value,
            "topic_code": case.topic_code,
            "appeal_type": case.appeal_type.value,
            "urgency": case.urgency.value,
            "triage_reason": "",
            "parent": parent.case_number,
            "sentences": [[span.start, span.end] for span in part.sentences],
            "case": case_digest(case),
        },
    )


def _check_parts(parts: Sequence[NewPart], submission: Submission, directory: Directory) -> None:
    if not LEAST <= len(parts) <= MOST:
        raise Invalid(f"请拆分为{LEAST}至{MOST}件。", {"parts": f"现有{len(parts)}件"})
    length = len(submission.title) + 1 + len(submission.body)
    for number, part in enumerate(parts, start=1):
        where = f"第{number}件"
        if not part.title.strip() or len(part.title.strip()) > _LONGEST_TITLE:
            raise Invalid(f"请填写{where}的标题，不超过{_LONGEST_TITLE}字。", {"parts": f"{where}没有合适的标题"})
        department = directory.departments.get(part.lead)
        if department is None or not department.active:
            raise Invalid(f"请选择{where}的主办单位。", {"parts": f"{where}没有主办单位"})
        if part.topic_code is not None and part.topic_code not in directory.topics:
            raise Invalid(f"没有{where}的诉求类别。", {"parts": f"{where}的类别不在列表中"})
        if not part.sentences:
            raise Invalid(f"请选择{where}在来信中的句子。", {"parts": f"{where}没有句子"})
        if any(not 0 <= span.start < span.end <= length for span in part.sentences):
            raise Invalid(f"{where}的句子不在来信中。", {"parts": f"{where}的句子不对"})
