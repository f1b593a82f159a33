"""Submissions of all four channels for programs."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api import casework
from api.criteria import LARGEST_ID
from api.dependencies import AccountDep, ConnectionDep, NowDep, RuntimeDep, require_role
from api.schemas.casework import CaseDetailOut, SubmissionOut, SubmissionPageOut
from intake.repository import SubmissionCriteria, count_submissions, list_submissions
from models.account import Role
from models.analysis import Sentiment
from models.submission import Channel

router = APIRouter(prefix="/submissions", tags=["submissions"])

READERS = (Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR)


@router.get("")
def get_submissions(
    account: AccountDep,
    conn: ConnectionDep,
    channel: Channel | None = None,
    topic: str | None = None,
    sentiment: Sentiment | None = None,
    has_case: bool | None = None,
    import_id: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> SubmissionPageOut:
    """来件列表（来信、热线、问卷、网络帖文）。"""
    require_role(account, *READERS)
    criteria = SubmissionCriteria(
        channel=channel, topic=topic, sentiment=sentiment, has_case=has_case, import_id=import_id
    )
    rows = list_submissions(conn, criteria, limit=limit, offset=offset)
    return SubmissionPageOut(
        total=count_submissions(conn, criteria), rows=[SubmissionOut.model_validate(row) for row in rows]
    )


@router.post("/{submission_id}/case", status_code=201)
def open_case(
    submission_id: Annotated[int, Path(ge=1, le=LARGEST_ID)],
    account: AccountDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
) -> CaseDetailOut:
    """由问卷答案或网络帖文立案。已立案时 409。"""
    return CaseDetailOut.of(casework.open_case(conn, runtime, account, submission_id, now=now))
