"""Taking down 撤下公开 and publishing by hand 公开 what was answered, and taking a consent back 撤回公开同意.

The first two are acts of staff, the last is one of who wrote, at once and for good. Each is a line in the chain."""

from datetime import datetime

from models.account import CITIZEN_ACTOR, Account, Role
from models.case import Case, CaseAction
from models.database import Connection
from models.errors import Conflict, Forbidden
from models.publication import AnswerCriteria
from routing import case_repository, lifecycle, protection
from routing.casework import merge_repository
from routing.casework.returns import short_of, text_of
from routing.replies import publication_repository as rows
from routing.replies.publication import Words, found_by, publish_completed


def unpublish(conn: Connection, case: Case, account: Account, *, reason: str, now: datetime) -> Case:
    """撤下公开: nobody reads it any more. Raises `Invalid` without a reason, `Conflict` where it is not published."""
    reason = text_of(reason, "撤下的理由")
    unit = account.department_id if account.role is Role.OFFICER else None
    said = {"reason": reason} | ({"department": unit} if unit else {})
    moved = lifecycle.act_beside(conn, case, CaseAction.UNPUBLISH, said, actor=account.actor, now=now)
    if not rows.take_down(conn, case.id, reason=reason, department_id=unit, actor=account.actor, now=now):
        raise Conflict("这件工单的答复没有公开，或已经撤下。")
    return moved


def publish(conn: Connection, case: Case, account: Account, *, note: str, for_others: Words, now: datetime) -> Case:
    """公开: what was taken down, or was answered before there was a page for it.

    Raises `Conflict` where everybody reads it already or no public reply stands, `Invalid` where nothing of the case
    may be published, `Forbidden` for a unit where the centre took it down."""
    note = short_of(note, "说明")
    protection.check_publishable(conn, case)
    there = rows.find_published(conn, case.id)
    if there is not None and there.shown:
        raise Conflict("这件工单的答复已经公开。")
    if there is not None and there.withdrawn_at is not None:
        own = there.withdrawn_unit == account.department_id
        if account.role is Role.OFFICER and not own:
            raise Forbidden("不是本单位撤下的，请由受理中心恢复公开。")
    said = publish_completed(conn, case, for_others=for_others, actor=account.actor, now=now)
    if not said:
        raise Conflict("最近一次办结的答复没有选“同时公开”，不能公开。")
    rows.restore(conn, case.id, actor=account.actor)
    return lifecycle.act_beside(conn, case, CaseAction.PUBLISH, said | {"text": note}, actor=account.actor, now=now)


def withdraw_consent(conn: Connection, submission_id: int, *, now: datetime) -> bool:
    """Who wrote does not want the letter to be read: it is gone from now on, the answer stays. False where there was no
    consent (any more)."""
    case_repository.lock_submission(conn, submission_id)
    if not rows.has_consent(conn, submission_id):
        return False
    rows.add_consent_withdrawal(conn, submission_id, actor=CITIZEN_ACTOR, now=now)
    case = case_repository.find_case_of_submission(conn, submission_id)
    if case is not None:
        # whoever completes it just now comes before or after, never in between
        case = merge_repository.lock_cases(conn, [case.id])[case.id]
        lifecycle.act_beside(conn, case, CaseAction.WITHDRAW_CONSENT, {}, actor=CITIZEN_ACTOR, now=now)
        for number, reply, published_at, unit, topic, region in rows.lock_with_letter(conn, submission_id):
            words = found_by(reply, AnswerCriteria(unit=unit, topic=topic, region=region), published_at)
            rows.forget_letter(conn, number, words=words, actor=CITIZEN_ACTOR)
    return True
