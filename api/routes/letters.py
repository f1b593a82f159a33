"""The citizen's door: write a letter, follow it. No account.

Counting attempts commits on its own, so the routes open their transactions one after the other: a request that held one
connection while it waits for another could block all of them.
"""

from typing import Annotated

from fastapi import APIRouter, Header

from api.citizens.citizen import follow_letter, withdraw_consent, write_letter
from api.dependencies import AddressDep, NowDep, RuntimeDep, limit_attempts
from api.schemas.public import FollowIn, LetterIn, LetterProgressOut, LetterReceiptOut
from models.database import transaction

FOLLOWS_PER_HOUR = 60

router = APIRouter(prefix="/letters", tags=["letters"])


@router.post("", status_code=201)
def add_letter(
    letter: LetterIn,
    runtime: RuntimeDep,
    now: NowDep,
    address: AddressDep,
    idempotency_key: Annotated[str, Header(max_length=200)] = "",
) -> LetterReceiptOut:
    """写信，返回编号和查询码（查询码只显示这一次）。重发同一请求时带上同一个 Idempotency-Key，不会重复受理（409）。"""
    limit_attempts(runtime, f"letters:{address}", runtime.settings.letters_per_hour, now=now)
    with transaction(runtime.pool) as conn:
        registered = write_letter(conn, runtime, letter.form(), sent_by=idempotency_key, now=now)
    assert registered.query_code is not None
    return LetterReceiptOut(receipt_number=registered.receipt_number, query_code=registered.query_code)


@router.post("/{receipt_number}/progress")
def read_progress(
    receipt_number: str, given: FollowIn, runtime: RuntimeDep, now: NowDep, address: AddressDep
) -> LetterProgressOut:
    """凭编号和查询码查看办理进度。编号或查询码不对时一律 404。查询码不放在地址里：地址会留在日志中。"""
    limit_attempts(runtime, f"follow:{address}", FOLLOWS_PER_HOUR, now=now)
    with transaction(runtime.pool) as conn:
        return LetterProgressOut.of(follow_letter(conn, runtime, receipt_number, given.code, now=now))


@router.post("/{receipt_number}/consent-withdrawal")
def take_consent_back(
    receipt_number: str, given: FollowIn, runtime: RuntimeDep, now: NowDep, address: AddressDep
) -> LetterProgressOut:
    """撤回公开来信的同意：来信马上不再公开，答复不受影响；不能恢复。没有同意过或已经撤回的，不变。"""
    limit_attempts(runtime, f"follow:{address}", FOLLOWS_PER_HOUR, now=now)
    with transaction(runtime.pool) as conn:
        withdraw_consent(conn, runtime, receipt_number, given.code, now=now)
        return LetterProgressOut.of(follow_letter(conn, runtime, receipt_number, given.code, now=now))
