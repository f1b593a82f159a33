"""Responses to issues for programs: the same actions and the same refusals as the pages."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as PathParameter

from api.criteria import LARGEST_ID
from api.dependencies import AccountDep, ConnectionDep, NowDep, RuntimeDep, require_role
from api.schemas.issue_responses import DeskIn, DeskOut, ResponseOut, UnitTaskOut
from api.staff import issue_desk
from models.account import Role
from models.issue_response import ResponseAction

router = APIRouter(tags=["issue responses"])

RowId = Annotated[int, PathParameter(ge=1, le=LARGEST_ID)]


@router.get("/issues/{issue_id}/responses")
def get_responses(issue_id: RowId, account: AccountDep, conn: ConnectionDep, now: NowDep) -> list[DeskOut]:
    """一个热点问题的历次处置，最近一次在前：时钟、交办、回应稿、经过，以及您现在可以做的操作。"""
    return [DeskOut.of(view) for view in issue_desk.list_desk(conn, account, issue_id, now=now)]


@router.post("/issues/{issue_id}/responses", status_code=201)
def open_response(issue_id: RowId, given: DeskIn, account: AccountDep, conn: ConnectionDep, now: NowDep) -> ResponseOut:
    """启动处置：major、known_at（获知时间，不填为现在）、owner_id（不填为本人）。已经启动的 409。"""
    return ResponseOut.of(issue_desk.open_desk(conn, account, issue_id, given.given(), now=now))


@router.post("/issues/{issue_id}/responses/{response_id}/{action}")
def act(
    issue_id: RowId,
    response_id: RowId,
    action: ResponseAction,
    given: DeskIn,
    account: AccountDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
) -> ResponseOut:
    """处置：submit assess task report withdraw inform brief draft return sign publish close undo_close dismiss
    hand_over note。阶段不允许或他人已先更改时 409；回应中有个人信息而没有理由时 422。"""
    done = issue_desk.perform(conn, runtime, account, issue_id, response_id, action, given.given(), now=now)
    if account.role not in issue_desk.SEES_RESPONSES:  # a unit that reports its task sees the task, not the response
        done = replace(done, level=None, opinion="", dismissed="", review="")
    return ResponseOut.of(done)


@router.get("/response-tasks")
def get_tasks(account: AccountDep, conn: ConnectionDep, now: NowDep) -> list[UnitTaskOut]:
    """本单位待反馈的舆情交办，时限近的在前。"""
    require_role(account, Role.OFFICER)
    unit = account.department_id or ""
    return [UnitTaskOut.of(found) for found in issue_desk.list_unit_tasks(conn, unit, now=now)]
