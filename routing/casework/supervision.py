"""Reminders 催办 and supervision 督办, and what units write down beside the answer: contact, opinion, note."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from models.case import Case, CaseAction
from models.casework import SupervisionLevel, SupervisionTrigger, UnitClockKind
from models.database import Connection
from models.errors import Conflict, Invalid
from routing import lifecycle, search_index
from routing.casework import casework_repository as rows
from routing.casework.returns import short_of, text_of

# A date beyond is a slip of the pen; one beyond the year 9999 could not even be read back.
_LONGEST = timedelta(days=366)


def remind(conn: Connection, case: Case, *, text: str, actor: str, now: datetime) -> Case:
    """催办: the unit is told to hurry."""
    payload = {"text": short_of(text, "要说的话"), "department": case.lead_department_id}
    return lifecycle.act_beside(conn, case, CaseAction.REMIND, payload, actor=actor, now=now)


def supervise(
    conn: Connection,
    case: Case,
    *,
    trigger: SupervisionTrigger | None,
    level: SupervisionLevel | None,
    demand: str,
    due_at: datetime | None,
    actor: str,
    now: datetime,
) -> Case:
    """督办: the unit must answer by `due_at`, and cannot complete the case before. Raises `Invalid` for what is
    missing, `Conflict` where one waits for its answer."""
    demand = text_of(demand, "督办要求")
    fields = {}
    if trigger is None:
        fields["trigger"] = "请选择督办情形"
    if level is None:
        fields["level"] = "请选择督办级别"
    if due_at is None or not now < due_at <= now + _LONGEST:
        fields["due_at"] = "请填写以后一年之内的时间"
    if trigger is None or level is None or due_at is None or fields:
        raise Invalid("有几处需要修改。", fields)
    if rows.find_open_supervision(conn, case.id) is not None:
        raise Conflict("已有一项督办在等待回复。")
    payload = {
        "trigger": trigger.value,
        "level": level.value,
        "demand": demand,
        "due_at": due_at.isoformat(),
        "department": case.lead_department_id,
    }
    moved = lifecycle.act_beside(conn, case, CaseAction.SUPERVISE, payload, actor=actor, now=now)
    rows.add_supervision(
        conn, case.id, trigger=trigger, level=level, demand=demand, due_at=due_at, actor=actor, now=now
    )
    return moved


def answer_supervision(conn: Connection, case: Case, *, text: str, actor: str, now: datetime) -> Case:
    """回复督办. Raises `Conflict` where none waits."""
    text = text_of(text, "回复内容")
    supervision = rows.find_open_supervision(conn, case.id)
    if supervision is None:
        raise Conflict("没有等待回复的督办。")
    payload = {"text": text, "late": now > supervision.due_at}
    moved = lifecycle.act_beside(conn, case, CaseAction.ANSWER_SUPERVISION, payload, actor=actor, now=now)
    rows.answer_supervision(conn, supervision, answer=text, actor=actor, now=now)
    return moved


def contact(conn: Connection, case: Case, *, text: str, reached: bool, actor: str, now: datetime) -> Case:
    """联系诉求人: when and what was said. Only who was reached stops the clock of first contact."""
    text = text_of(text, "联系情况")
    moved = lifecycle.act_beside(
        conn, case, CaseAction.CONTACT, {"text": text, "reached": reached}, actor=actor, now=now
    )
    if reached:
        rows.meet_clock(conn, case.id, UnitClockKind.CONTACT, actor=actor, now=now)
    return moved


def give_opinion(
    conn: Connection, case: Case, *, text: str, department_id: str | None, actor: str, now: datetime
) -> Case:
    """提交协办意见: what a co-handling unit did or says."""
    payload = {"text": text_of(text, "协办意见"), "department": department_id}
    return lifecycle.act_beside(conn, case, CaseAction.OPINION, payload, actor=actor, now=now)


def add_note(
    conn: Connection, case: Case, *, text: str, mentioned: Sequence[str] = (), actor: str, now: datetime
) -> Case:
    """内部备注: for staff who see the case; never shown to the submitter. `mentioned`: the colleagues it names."""
    payload: dict[str, Any] = {"text": text_of(text, "备注")}
    if mentioned:
        payload["mentioned"] = list(mentioned)
    noted = lifecycle.act_beside(conn, case, CaseAction.NOTE, payload, actor=actor, now=now)
    search_index.index_written(conn, case.id, payload["text"], actor=actor)
    return noted
