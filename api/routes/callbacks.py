"""Callbacks for programs: the queue, the next one, the rules by which cases are drawn, a submitter's own answer.

A call itself is an action of its case: POST /api/v1/cases/{case_number}/callback. So are rework and suspensions.
"""

from fastapi import APIRouter

from api.citizens.citizen import find_letter
from api.dependencies import AccountDep, AddressDep, ConnectionDep, NowDep, RuntimeDep, limit_attempts
from api.schemas.callbacks import CallbackRuleIn, CallbackRuleOut, DeskOut, RatingIn, RatingOut, TakenOut
from api.staff import callback_desk
from models.callback import CallbackEntry
from models.database import transaction
from models.errors import Conflict
from routing import case_repository
from routing.casework import callback_repository
from routing.casework.callback_drawing import new_rule

RATINGS_PER_HOUR = 30

router = APIRouter(tags=["callbacks"])


@router.get("/callbacks")
def get_callbacks(account: AccountDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep) -> DeskOut:
    """待回访和不满意待处理的工单，各至多100件。派单员、督办员可用。"""
    return DeskOut.of(callback_desk.view_desk(conn, runtime, account, now=now))


@router.post("/callbacks/next")
def take_next(account: AccountDep, conn: ConnectionDep, now: NowDep) -> TakenOut:
    """取下一件待回访的工单，20分钟内归取件人；没有时为 null。两人同时取，得到不同的两件。"""
    case = callback_desk.take_next(conn, account, now=now)
    return TakenOut(case_number=case.case_number if case else None)


@router.get("/callback-rules")
def get_rules(account: AccountDep, runtime: RuntimeDep, conn: ConnectionDep) -> list[CallbackRuleOut]:
    """回访抽样规则的各个版本，最新的在前。"""
    return [CallbackRuleOut.of(rule) for rule in callback_desk.list_rules(conn, runtime)]


@router.post("/callback-rules", status_code=201)
def add_rule(
    given: CallbackRuleIn, account: AccountDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> CallbackRuleOut:
    """新的一版抽样规则，此后办结的工单按它抽取；已有版本不可更改。仅管理员可用。"""
    values = given.model_dump() | {"always": tuple(given.always)}
    return CallbackRuleOut.of(callback_desk.set_rule(conn, runtime, account, new_rule("", 1, **values, now=now)))


@router.post("/letters/{receipt_number}/rating")
def rate(receipt_number: str, given: RatingIn, runtime: RuntimeDep, now: NowDep, address: AddressDep) -> RatingOut:
    """诉求人凭编号和查询码评价：解决了没有、满意不满意。每次办结评价一次，不能更改（409）。"""
    limit_attempts(runtime, f"rate:{address}", RATINGS_PER_HOUR, now=now)
    with transaction(runtime.pool) as conn:
        submission = find_letter(conn, runtime, receipt_number, given.code)
        callback = callback_repository.find_of_submission(conn, submission.id)
        if callback is None:
            raise Conflict("现在不能评价。")
        case = case_repository.get_case_by_id(conn, callback.case_id)
        rating = callback_desk.view_rating(conn, runtime, callback, case, now=now)
        if rating.refusal:
            raise Conflict(rating.refusal)
        callback_desk.rate(
            conn,
            runtime,
            rating.token,
            solved=given.solved,
            satisfaction=given.satisfaction,
            note=given.note,
            entry=CallbackEntry.PAGE,
            now=now,
        )
    return RatingOut(receipt_number=submission.receipt_number, solved=given.solved, satisfaction=given.satisfaction)
