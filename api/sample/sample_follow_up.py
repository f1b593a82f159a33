"""What followed the answers of the sample city: callbacks, what people said, rework, suspensions; as they happen."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.account import CITIZEN_ACTOR
from models.analysis import AppealType
from models.callback import CallAnswers, CallbackEntry, CallbackState, CallOutcome, Satisfaction, SolvedAnswer
from models.case import Case, CaseStatus, CompletionResult
from models.database import Connection
from routing import lifecycle
from routing.casework import callback_drawing, callback_repository, callbacks
from routing.casework.callbacks import BETWEEN_CALLS
from routing.clocks import suspensions
from routing.directory import Directory

_ACTOR = "sample"
_GOOD = (
    (Satisfaction.VERY, "很快就来人处理了，谢谢。"),
    (Satisfaction.SATISFIED, "解决了。"),
    (Satisfaction.SATISFIED, ""),
    (Satisfaction.BASICALLY, "就是等得久了一点。"),
)
_BAD = (
    (SolvedAnswer.NO, Satisfaction.DISSATISFIED, "还是老样子，没有人来过。"),
    (SolvedAnswer.PARTLY, Satisfaction.BASICALLY, "修了一处，另一处没有修。"),
    (SolvedAnswer.YES, Satisfaction.DISSATISFIED, "打了好几次电话才有人管。"),
)
OfficeHour = Callable[[datetime], datetime]


def set_sample_rule(conn: Connection, directory: Directory, *, now: datetime) -> None:
    """Complaints and reports all, others four of ten: so that the sampling shows."""
    rule = callback_drawing.new_rule(
        directory.city.deadline_profile,
        1,
        share=0.4,
        shares={AppealType.COMPLAIN: 1.0, AppealType.REPORT: 1.0},
        now=now,
    )
    callback_drawing.set_rule(conn, rule, actor=_ACTOR)


def follow_up(
    conn: Connection,
    case: Case,
    directory: Directory,
    *,
    clerk: str,
    dispatcher: str,
    office_hour: OfficeHour,
    now: datetime,
    zone: ZoneInfo,
) -> Case:
    """What happened to a completed case until `now`: called back, answered alone, done anew, or nothing yet."""
    luck = random.Random(case.case_number)
    assert case.completed_at is not None
    at = office_hour(case.completed_at + timedelta(days=luck.uniform(1, 4)))
    callback = callback_repository.find_current(conn, case.id)
    if callback is None or at >= now:
        return case
    answers, alone = _say(luck), luck.random() < 0.25
    if alone:
        case = callbacks.answer(
            conn, case, directory, answers, CallbackEntry.PAGE, actor=CITIZEN_ACTOR, now=at, zone=zone
        )
    elif callback.state is not CallbackState.WAITING:
        return case
    else:
        case = _call(conn, case, luck, answers, dispatcher, at, now)
    callback = callback_repository.find_current(conn, case.id)
    at = office_hour(at + timedelta(hours=luck.uniform(6, 30)))
    if callback is None or not callback.awaits_decision or at >= now:
        return case
    if at > now - timedelta(days=6) and luck.random() < 0.6:
        return case  # nobody has decided yet
    if luck.random() < 0.4:
        reason = "已向您说明情况，按现行规定只能办到这一步。"
        return callbacks.settle(conn, case, reason=reason, actor=dispatcher, now=at)
    case = callbacks.rework(
        conn, case, directory, reason="请到现场核实，重新办理后再答复。", actor=dispatcher, now=at, zone=zone
    )
    at = office_hour(at + timedelta(days=luck.uniform(1, 5)))
    if at >= now:
        return case
    body = "收到您的评价后，我们再次到现场核实，没有办好的部分已经补办。"
    case = lifecycle.reply(
        conn, case, body=body, public=False, department_id=case.lead_department_id, actor=clerk, now=at
    )
    at += timedelta(minutes=5)
    case = lifecycle.complete(conn, case, result=CompletionResult.SOLVED, actor=clerk, now=at)
    at = office_hour(at + timedelta(days=luck.uniform(1, 3)))
    if at >= now:
        return case
    better = CallAnswers(solved=SolvedAnswer.YES, satisfaction=Satisfaction.SATISFIED, note="这次修好了。")
    return callbacks.record_call(conn, case, CallOutcome.ANSWERED, better, department_id=None, actor=dispatcher, now=at)


def suspend(
    conn: Connection, case: Case, directory: Directory, *, clerk: str, dispatcher: str, now: datetime, zone: ZoneInfo
) -> Case:
    """Some of what is worked on stands still just now, some asks for it."""
    luck = random.Random(case.case_number)
    assert case.acknowledged_at is not None
    at = max(case.acknowledged_at + timedelta(hours=1), now - timedelta(hours=luck.uniform(2, 20)))
    until = directory.calendar.add_working_days(now.astimezone(zone).date(), luck.randint(2, 6))
    if luck.random() > 0.06 or at >= now or suspensions.why_not_suspend(conn, case, directory, now=at):
        return case
    reason = luck.choice(("需要的配件正在定制，到货前无法施工。", "等待诉求人补充购买凭证。", "等待检测机构出具报告。"))
    case = suspensions.request_suspension(
        conn, case, directory, until=until, reason=reason, actor=clerk, now=at, zone=zone
    )
    if luck.random() < 0.3:
        return case
    granted = min(at + timedelta(hours=1), now)
    return suspensions.grant_suspension(conn, case, directory, actor=dispatcher, now=granted, zone=zone)


def is_finished(conn: Connection, case: Case) -> bool:
    """Whether it may be archived: nobody's displeasure waits."""
    callback = callback_repository.find_current(conn, case.id)
    return case.status is CaseStatus.COMPLETED and not (callback is not None and callback.awaits_decision)


def _say(luck: random.Random) -> CallAnswers:
    if luck.random() < 0.18:
        solved, satisfaction, note = luck.choice(_BAD)
    else:
        solved, (satisfaction, note) = SolvedAnswer.YES, luck.choice(_GOOD)
    return CallAnswers(solved=solved, satisfaction=satisfaction, note=note)


def _call(
    conn: Connection, case: Case, luck: random.Random, answers: CallAnswers, caller: str, at: datetime, now: datetime
) -> Case:
    """One call, or some in vain."""
    fate = luck.random()
    if fate < 0.08:
        for attempt in range(3):
            again = at + attempt * (BETWEEN_CALLS + timedelta(minutes=20))
            if again < now:
                case = callbacks.record_call(
                    conn, case, CallOutcome.NO_ANSWER, None, department_id=None, actor=caller, now=again
                )
        return case
    outcome = CallOutcome.REFUSED if fate < 0.1 else CallOutcome.ANSWERED
    return callbacks.record_call(conn, case, outcome, answers, department_id=None, actor=caller, now=at)
