"""Submissions of all four channels for programs."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.criteria import LARGEST_ID
from api.dependencies import AccountDep, ConnectionDep, NowDep, RuntimeDep, require_role
from api.schemas.casework import CaseDetailOut, SubmissionOut, SubmissionPageOut
from api.staff import casework
from intake.repository import SubmissionCriteria, count_submissions, list_submissions
from models.account import Role
from models.analysis import Emotion, Sentiment
from models.criteria import Displeasure
from models.errors import Invalid
from models.submission import Channel
from routing.analysis_repository import list_analyses

router = APIRouter(prefix="/submissions", tags=["submissions"])

# A page of so many analyses is some hundred kilobytes.
MOST_ANALYSES = 100
READERS = (Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR)


@router.get("")
def get_submissions(
    account: AccountDep,
    conn: ConnectionDep,
    channel: Channel | None = None,
    topic: str | None = None,
    sentiment: Sentiment | None = None,
    emotion: Emotion | None = None,
    displeased_with: Displeasure | None = None,
    with_analysis: bool = False,
    has_case: bool | None = None,
    import_id: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    issue_id: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    alert_id: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> SubmissionPageOut:
    """来件列表（来信、热线、问卷、网络帖文）。with_analysis=true 时每条附全部分析结果，每页至多100条。"""
    require_role(account, *READERS)
    if with_analysis and limit > MOST_ANALYSES:
        raise Invalid("每页条数过多。", {"limit": f"附分析结果时至多{MOST_ANALYSES}条"})
    criteria = SubmissionCriteria(
        channel=channel,
        topic=topic,
        sentiment=sentiment,
        emotion=emotion,
        displeased_with=displeased_with,
        has_case=has_case,
        import_id=import_id,
        issue_id=issue_id,
        alert_id=alert_id,
    )
    rows = list_submissions(conn, criteria, limit=limit, offset=offset)
    analyses = list_analyses(conn, [row.id for row in rows]) if with_analysis else {}
    return SubmissionPageOut(
        total=count_submissions(conn, criteria), rows=[SubmissionOut.of(row, analyses.get(row.id)) for row in rows]
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
