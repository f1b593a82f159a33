"""The list of hot issues: what many voices say about one thing, the hottest first."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import ConnectionDep, NowDep, RuntimeDep
from api.pages.cases.case_list import Page
from api.pages.cases.filters import Chip, count_pages
from api.pages.choices import region_choices, topic_filter_choices
from api.pages.issues import issue_wording
from api.pages.rendering import render
from api.pages.staff import StaffDep
from api.staff.issue_view import list_hot
from models.errors import Invalid
from models.issue import IssueCriteria
from routing.directory import Directory

router = APIRouter()

PAGE_SIZE = 30
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """The filter of the address, as text."""

    region: str = ""
    topic: str = ""
    since: str = ""
    text: str = ""
    muted: str = ""

    def criteria(self, zone: ZoneInfo) -> IssueCriteria:
        """Raises `Invalid` for a day that is none, and for text that is too long."""
        if any(len(value) > _LONGEST for value in (self.region, self.topic, self.text)):
            raise Invalid("筛选条件有误。")
        return IssueCriteria(
            region=self.region or None,
            topic=self.topic or None,
            since=_start(self.since, zone) if self.since else None,
            text=self.text or None,
            muted=self.muted == "yes",
        )

    def address(self, **more: Any) -> str:
        values = {name: getattr(self, name) for name in self.__slots__} | more
        chosen = {name: value for name, value in values.items() if value}
        return f"/issues?{urlencode(chosen)}" if chosen else "/issues"


@router.get("/issues")
def show_issues(
    request: Request,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    region: str = "",
    topic: str = "",
    since: str = "",
    text: str = "",
    muted: str = "",
    page: Page = 1,
) -> Response:
    chosen = IssueFilter(region.strip(), topic.strip(), since.strip(), text.strip(), muted)
    criteria = chosen.criteria(runtime.settings.zone)
    offset = (page - 1) * PAGE_SIZE
    found = list_hot(conn, staff.account, criteria, now=now, limit=PAGE_SIZE, offset=offset)
    chips = _chips(chosen, staff.directory)
    return render(
        request,
        "staff/issues.html",
        now=now,
        found=found,
        page=page,
        pages=count_pages(found.total, PAGE_SIZE),
        to_page=lambda number: chosen.address(page=str(number) if number > 1 else ""),
        values={name: getattr(chosen, name) for name in chosen.__slots__},
        muted=criteria.muted,
        tabs=((False, "热点问题", replace(chosen, muted="")), (True, "已静音", replace(chosen, muted="yes"))),
        chips=chips,
        regions=region_choices(staff.directory),
        topics=topic_filter_choices(staff.directory)[1:],  # an issue without a topic is no list of its own
        directory=staff.directory,
        wording=issue_wording,
    )


def _chips(chosen: IssueFilter, directory: Directory) -> list[Chip]:
    words = {
        "region": ("地区", directory.region_name(chosen.region) or chosen.region),
        "topic": ("类别", directory.topic_name(chosen.topic) or chosen.topic),
        "since": ("最近来件不早于", chosen.since),
        "text": ("名称含", chosen.text),
    }
    return [
        Chip(name, value, chosen.address(**{field: ""}))
        for field, (name, value) in words.items()
        if getattr(chosen, field)
    ]


def _start(text: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), tzinfo=zone)
    except ValueError:
        raise Invalid("筛选条件有误。", {"since": "请填写日期"}) from None
