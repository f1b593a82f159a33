"""Every voice of every channel, with or without a case; a dispatcher opens a case from an answer or a post."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from api.criteria import row_id
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.pages.cases.case_list import Page, filter_choices
from api.pages.cases.filters import PAGE_SIZE, Chip, count_pages
from api.pages.cases.findings import summary_of
from api.pages.cases.page_steps import PageSteps
from api.pages.choices import enum_choices
from api.pages.navigation import CITY_WIDE
from api.pages.rendering import render
from api.pages.staff import ActingStaffDep, StaffDep
from api.staff.casework import open_case
from dashboards.lists.case_lists import COUNTED
from intake.repository import SubmissionCriteria, count_submissions, list_submissions
from models.account import Role
from models.analysis import Emotion, Sentiment
from models.criteria import Displeasure
from models.errors import Invalid
from models.submission import Channel
from routing.directory import Directory

router = APIRouter()

EXCERPT = 140
_HAS_CASE = [("yes", "已立案"), ("no", "未立案")]


@dataclass(frozen=True, slots=True)
class Days:
    """Local days, both included; None: open."""

    first: date | None
    last: date | None

    def within(self, criteria: SubmissionCriteria, zone: ZoneInfo) -> SubmissionCriteria:
        return replace(
            criteria,
            submitted_from=datetime.combine(self.first, time(), zone) if self.first else None,
            submitted_before=datetime.combine(self.last + timedelta(days=1), time(), zone) if self.last else None,
        )


def read_days(submitted_from: str = "", submitted_to: str = "") -> Days:
    """The days of the address. Raises `Invalid`."""
    try:
        days = [date.fromisoformat(text) if text else None for text in (submitted_from, submitted_to)]
        if any(day and not 1900 <= day.year <= 2200 for day in days):
            raise ValueError(days)
    except ValueError:
        raise Invalid("筛选条件有误。") from None
    return Days(*days)


def read_submission_criteria(
    channel: str = "",
    topic: str = "",
    region: str = "",
    sentiment: str = "",
    emotion: str = "",
    displeased_with: str = "",
    has_case: str = "",
    import_id: str = "",
    issue_id: str = "",
    alert_id: str = "",
) -> SubmissionCriteria:
    """The filter of the address; empty values count as absent, as forms send them. Raises `Invalid`."""
    try:
        return SubmissionCriteria(
            channel=Channel(channel) if channel else None,
            topic=topic[:50] or None,
            region=region[:50] or None,
            sentiment=Sentiment(sentiment) if sentiment else None,
            emotion=Emotion(emotion) if emotion else None,
            displeased_with=Displeasure(displeased_with) if displeased_with else None,
            has_case={"yes": True, "no": False}[has_case] if has_case else None,
            import_id=row_id(import_id) if import_id else None,
            issue_id=row_id(issue_id) if issue_id else None,
            alert_id=row_id(alert_id) if alert_id else None,
        )
    except (ValueError, KeyError):
        raise Invalid("筛选条件有误。") from None


@router.get("/submissions")
def show_submissions(
    request: Request,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    criteria: Annotated[SubmissionCriteria, Depends(read_submission_criteria)],
    days: Annotated[Days, Depends(read_days)],
    page: Page = 1,
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    values = _values(criteria, days)
    criteria = days.within(criteria, runtime.settings.zone)
    total = count_submissions(conn, criteria, most=COUNTED + 1)
    # one more than is shown: whether it goes on where nobody counted to the end
    rows = list_submissions(conn, criteria, limit=PAGE_SIZE + 1, offset=(page - 1) * PAGE_SIZE) if total else []
    return render(
        request,
        "staff/submissions.html",
        now=now,
        total=min(total, COUNTED),
        exact=total <= COUNTED,
        page=page,
        pages=count_pages(total),
        steps=_steps(values, page, more=len(rows) > PAGE_SIZE),
        values=values,
        rows=rows[:PAGE_SIZE],
        to_page=lambda number: _to_page(values, number),
        chips=_chips(values, staff.directory),
        directory=staff.directory,
        excerpt=EXCERPT,
        can_open=staff.account.role is Role.DISPATCHER,
        choices=filter_choices(staff),
        summary_of=lambda row: summary_of(row.title, row.body, row.summary or ()),
        has_case=_HAS_CASE,
    )


@router.post("/submissions/{submission_id}/case")
def open_from_submission(
    submission_id: int, staff: ActingStaffDep, runtime: RuntimeDep, conn: ConnectionDep, now: NowDep
) -> Response:
    case = open_case(conn, runtime, staff.account, submission_id, now=now)
    return RedirectResponse(f"/cases/{case.case_number}?done=open", status_code=303)


def _values(criteria: SubmissionCriteria, days: Days) -> dict[str, str]:
    chosen = asdict(criteria) | {"submitted_from": days.first, "submitted_to": days.last}
    del chosen["submitted_before"]
    texts = {name: "" if value is None else str(value) for name, value in chosen.items()}
    return texts | {"has_case": {True: "yes", False: "no", None: ""}[criteria.has_case]}


def _to_page(values: dict[str, str], number: int) -> str:
    return _address(values | {"page": str(number) if number > 1 else ""})


def _steps(values: dict[str, str], page: int, *, more: bool) -> PageSteps:
    """Of a list that is not counted to its end."""
    return PageSteps(
        first=_to_page(values, 1) if page > 1 else "",
        previous=_to_page(values, page - 1) if page > 1 else "",
        following=_to_page(values, page + 1) if more else "",
    )


def _address(values: dict[str, str]) -> str:
    chosen = {name: value for name, value in values.items() if value}
    return f"/submissions?{urlencode(chosen)}" if chosen else "/submissions"


def _chips(values: dict[str, str], directory: Directory) -> list[Chip]:
    words = {
        "channel": ("渠道", dict(enum_choices(Channel))),
        "sentiment": ("情感", dict(enum_choices(Sentiment))),
        "emotion": ("情绪", dict(enum_choices(Emotion))),
        "displeased_with": ("对谁不满", dict(enum_choices(Displeasure))),
        "has_case": ("立案", dict(_HAS_CASE)),
        "import_id": ("导入批次", {}),
        "issue_id": ("热点问题", {}),
        "alert_id": ("预警", {}),
        "submitted_from": ("提交不早于", {}),
        "submitted_to": ("提交不晚于", {}),
        "region": ("地区", {"none": "地点不明"} | {code: directory.region_name(code) for code in directory.regions}),
        "topic": ("类别", {"none": "未定"} | {code: directory.topic_name(code) for code in directory.topics}),
    }
    return [
        Chip(words[name][0], words[name][1].get(value, value), _address(values | {name: ""}))
        for name, value in values.items()
        if value
    ]
