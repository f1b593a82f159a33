"""Signing in and out for programs."""

from fastapi import APIRouter, Request

from api import account_repository
from api.auth import check_attempts, open_session, session_id, verify_credentials
from api.dependencies import AccountDep, AddressDep, ConnectionDep, NowDep, RuntimeDep, request_token
from api.schemas.public import AccountOut, SessionOut, SignInIn
from models.database import transaction

router = APIRouter(prefix="/session", tags=["session"])


@router.post("", status_code=201)
def sign_in(given: SignInIn, runtime: RuntimeDep, now: NowDep, address: AddressDep) -> SessionOut:
    """登录，返回令牌。失败过多时 429。"""
    with transaction(runtime.pool) as conn:
        check_attempts(conn, given.username, address, now=now)
    with transaction(runtime.pool) as conn:
        account = verify_credentials(conn, given.username, given.password)
        token, _ = open_session(conn, account, runtime.settings, now=now)
    return SessionOut(token=token, account=AccountOut.of(account))


@router.get("")
def get_current_account(account: AccountDep) -> AccountOut:
    """当前登录的账号。"""
    return AccountOut.of(account)


@router.delete("", status_code=204)
def sign_out(request: Request, account: AccountDep, conn: ConnectionDep) -> None:
    """退出，令牌随即失效。"""
    account_repository.delete_session(conn, session_id(request_token(request) or ""), actor=account.actor)
