"""What staff see of issues: the list with its numbers, and one issue with its members, its desk and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.runtime import Runtime
from api.staff.issue_desk import DeskView, check_can_see, list_desk
from dashboards.issue_effect import IssueEffect, read_effect
from dashboards.issue_lead_time import LeadTime, read_lead_time
from dashboards.issue_numbers import IssueVoices, list_voices, submissions_over_time
from dashboards.statistics.series import Series
from intake.repository import get_submissions
from models.account import Account
from models.alert import IssueLevel
from models.case import Case
from models.database import Connection
from models.issue import Issue, IssueCriteria, IssueDecision, IssueMember, IssueProposal
from models.issue_response import IssueResponse, ResponseClock
from models.submission import Submission
from routing import case_repository
from routing.directory import Directory
from routing.issues import early_sign_repository, issue_repository
from routing.issues import issue_response_repository as responses

MEMBERS_SHOWN = 10
# Another issue is offered for merging by its name; so many of the hottest are.
_MERGE_CHOICES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRow:
    """A line of the list: `clock` is the one of the open response that is due first and still runs."""

    rank: int
    issue: Issue
    voices: IssueVoices
    level: IssueLevel | None
    response: IssueResponse | None
    clock: ResponseClock | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueList:
    total: int
    hottest: float
    rows: list[IssueRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """`submission` without its words where it is confidential; `case` where one was opened."""

    member: IssueMember
    submission: Submission
    case: Case | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueView:
    """`desks`: the responses, the latest first. `proposed`: the names of other issues in proposals, by id."""

    issue: Issue
    merged_into: Issue | None
    voices: IssueVoices
    days: tuple[Series, ...]
    members: list[MemberView]
    level: IssueLevel | None
    decisions: list[IssueDecision]
    proposals: list[IssueProposal]
    named: Mapping[int, str]
    desks: list[DeskView]
    effect: IssueEffect | None
    lead_time: LeadTime | None


def list_hot(
    conn: Connection, account: Account, criteria: IssueCriteria, *, now: datetime, limit: int, offset: int = 0
) -> IssueList:
    """Pinned first, then the hottest. Raises `Forbidden` for officers."""
    check_can_see(account)
    page = issue_repository.list_issues(conn, criteria, now=now, limit=limit, offset=offset)
    ids = [issue.id for issue in page.rows]
    voices = list_voices(conn, ids)
    levels = early_sign_repository.list_levels(conn, ids)
    opened = responses.list_open_responses(conn, ids)
    clocks = responses.list_clocks(conn, [response.id for response in opened.values()])
    rows = [
        IssueRow(
            rank=rank,
            issue=issue,
            voices=voices[issue.id],
            level=levels.get(issue.id),
            response=opened.get(issue.id),
            clock=pressing(clocks[opened[issue.id].id]) if issue.id in opened else None,
        )
        for rank, issue in enumerate(page.rows, offset + 1)
    ]
    return IssueList(total=page.total, hottest=max((i.heat.total for i in page.rows), default=0.0), rows=rows)


def view_issue(
    conn: Connection, runtime: Runtime, account: Account, issue_id: int, *, now: datetime, offset: int = 0
) -> IssueView:
    """Everything the issue page shows. Raises `Forbidden` for officers, `NotFound`."""
    desks = list_desk(conn, account, issue_id, now=now)
    issue = issue_repository.get_issue(conn, issue_id, now=now)
    directory, zone = runtime.directory(conn), runtime.settings.zone
    proposals = issue_repository.list_proposals(conn, issue_id)
    decisions = issue_repository.list_decisions(conn, issue_id)
    others = {other for p in proposals for other in (p.issue_id, p.other_id) if other and other != issue_id}
    others |= {other for d in decisions for other in (d.issue_id, d.other_id) if other and other != issue_id}
    answered = next((desk.response.published_at for desk in desks if desk.response.published_at), None)
    return IssueView(
        issue=issue,
        merged_into=issue_repository.get_issue(conn, issue.merged_into, now=now) if issue.merged_into else None,
        voices=list_voices(conn, [issue_id])[issue_id],
        days=submissions_over_time(conn, issue_id, zone=zone),
        members=list_member_views(conn, issue_id, offset=offset),
        level=early_sign_repository.find_level(conn, issue_id),
        decisions=decisions,
        proposals=proposals,
        named={other: issue_repository.get_issue(conn, other, now=now).name for other in others},
        desks=desks,
        effect=_effect(conn, runtime, directory, issue, answered, now=now) if answered else None,
        lead_time=read_lead_time(conn, issue_id),
    )


def list_member_views(conn: Connection, issue_id: int, *, offset: int = 0) -> list[MemberView]:
    """One page of the members, the latest first."""
    members = issue_repository.list_members(conn, issue_id, limit=MEMBERS_SHOWN, offset=offset)
    ids = [member.submission_id for member in members]
    submissions = get_submissions(conn, ids)
    cases = case_repository.list_cases_of_submissions(conn, ids)
    return [
        MemberView(member=member, submission=submissions[member.submission_id], case=cases.get(member.submission_id))
        for member in members
    ]


def merge_choices(conn: Connection, issue_id: int, *, now: datetime) -> list[Issue]:
    """The hottest others, to put together with this one."""
    page = issue_repository.list_issues(conn, IssueCriteria(), now=now, limit=_MERGE_CHOICES)
    return [issue for issue in page.rows if issue.id != issue_id]


def pressing(clocks: Sequence[ResponseClock]) -> ResponseClock | None:
    """The clock that runs and is due first."""
    return min((clock for clock in clocks if clock.runs), key=lambda clock: clock.due_at, default=None)


def county_of(directory: Directory, region_code: str | None) -> str | None:
    """The county or zone that a region lies in, for comparing with other places; None above it or unknown."""
    below_city = [code for code in directory.region_path(region_code) if code != directory.city.region_code]
    return below_city[-1] if below_city else None


def _effect(
    conn: Connection, runtime: Runtime, directory: Directory, issue: Issue, answered_at: datetime, *, now: datetime
) -> IssueEffect | None:
    return read_effect(
        conn,
        issue.id,
        topic=issue.topic_code,
        county=county_of(directory, issue.region_code),
        answered_at=answered_at,
        now=now,
        zone=runtime.settings.zone,
    )
