"""Hot issues for programs: the list by heat, one issue, its members and decisions; the same changes as on the pages."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi import Path as PathParameter

from api.criteria import LARGEST_ID
from api.dependencies import AccountDep, ConnectionDep, NowDep
from api.schemas.issues import (
    IssueDecisionOut,
    IssueMemberOut,
    IssueOut,
    IssuePageOut,
    IssueProposalOut,
    ShapeIn,
)
from api.staff.issue_desk import check_can_see
from api.staff.issue_shaping import shape
from api.staff.issue_view import list_member_views
from models.issue import IssueAction, IssueCriteria
from routing.issues import issue_repository

router = APIRouter(prefix="/issues", tags=["issues"])

RowId = Annotated[int, PathParameter(ge=1, le=LARGEST_ID)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]


@router.get("")
def get_issues(
    account: AccountDep,
    conn: ConnectionDep,
    now: NowDep,
    region: str | None = None,
    topic: str | None = None,
    since: datetime | None = None,
    text: str | None = None,
    muted: bool = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Offset = 0,
) -> IssuePageOut:
    """热点问题，置顶的在前，其余按当前热度。muted=true 时只列静音的。"""
    check_can_see(account)
    criteria = IssueCriteria(region=region, topic=topic, since=since, text=text, muted=muted)
    return IssuePageOut.of(issue_repository.list_issues(conn, criteria, now=now, limit=limit, offset=offset))


@router.get("/{issue_id}")
def get_issue(issue_id: RowId, account: AccountDep, conn: ConnectionDep, now: NowDep) -> IssueOut:
    """一个热点问题，热度附组成。已并入别的，merged_into 说明并到哪里。"""
    check_can_see(account)
    return IssueOut.of(issue_repository.get_issue(conn, issue_id, now=now))


@router.get("/{issue_id}/members")
def get_members(
    issue_id: RowId, account: AccountDep, conn: ConnectionDep, now: NowDep, offset: Offset = 0
) -> list[IssueMemberOut]:
    """它的来件，最近归入的在前，每次10件，附归入的依据。"""
    check_can_see(account)
    issue_repository.get_issue(conn, issue_id, now=now)
    return [IssueMemberOut.of(view) for view in list_member_views(conn, issue_id, offset=offset)]


@router.get("/{issue_id}/decisions")
def get_decisions(issue_id: RowId, account: AccountDep, conn: ConnectionDep, now: NowDep) -> list[IssueDecisionOut]:
    """合并、拆分、改名……的记录，人的和程序的，最近的在前。"""
    check_can_see(account)
    issue_repository.get_issue(conn, issue_id, now=now)
    return [IssueDecisionOut.of(decision) for decision in issue_repository.list_decisions(conn, issue_id)]


@router.get("/{issue_id}/proposals")
def get_proposals(issue_id: RowId, account: AccountDep, conn: ConnectionDep, now: NowDep) -> list[IssueProposalOut]:
    """等人决定的合并、拆分建议。"""
    check_can_see(account)
    issue_repository.get_issue(conn, issue_id, now=now)
    return [IssueProposalOut.of(proposal) for proposal in issue_repository.list_proposals(conn, issue_id)]


@router.post("/{issue_id}/{action}")
def act(
    issue_id: RowId, action: IssueAction, given: ShapeIn, account: AccountDep, conn: ConnectionDep, now: NowDep
) -> IssueOut:
    """merge split move rename pin unpin mute unmute accept reject undo。他人已先更改时 409；拆分返回新的问题。"""
    return IssueOut.of(shape(conn, account, issue_id, action, given.given(), now=now))
