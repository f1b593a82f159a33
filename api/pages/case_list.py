"""The list of cases behind every number, and the same list as a file."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.criteria import CriteriaDep
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, restrict
from api.export_log import check_may_export, record_export
from api.pages.bulk import bulk_buttons, pickable
from api.pages.choices import enum_choices, region_choices, topic_filter_choices, unit_choices
from api.pages.filters import PAGE_SIZE, address, chips, count_pages, in_words, page_address, visible
from api.pages.rendering import render
from api.pages.saved_views import canonical, view_links
from api.pages.staff import Staff, StaffDep
from dashboards.case_lists import LONGEST_PAGE, CaseRow, CaseSort, list_cases
from dashboards.export import Value, as_csv
from models.account import Role
from models.analysis import AppealType, Aspect, Emotion, Sentiment, Urgency
from models.case import CaseStatus
from models.criteria import CaseState, Counting, Displeasure
from models.errors import Invalid
from models.submission import Channel

router = APIRouter()

MAX_EXPORT = 100_000
Page = Annotated[int, Query(ge=1, le=1_000_000)]


@router.get("/cases")
def show_cases(
    request: Request,
    staff: StaffDep,
    criteria: CriteriaDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    sort: CaseSort = CaseSort.TIME_LEFT,
    page: Page = 1,
) -> Response:
    criteria = restrict(criteria, staff.account)
    found = list_cases(
        conn, criteria, now=now, zone=runtime.settings.zone, sort=sort, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE
    )
    own = ("unit",) if staff.account.role is Role.OFFICER else ()
    chosen_sort = "" if sort is CaseSort.TIME_LEFT else sort.value
    query = canonical(replace(criteria, unit=None) if own else criteria, chosen_sort)
    return render(
        request,
        "staff/cases.html",
        now=now,
        found=found,
        page=page,
        pages=count_pages(found.total),
        to_page=page_address("/cases", criteria, sort=chosen_sort),
        values=visible(criteria),
        sort=sort.value,
        chips=chips("/cases", criteria, staff.directory, hidden=own, sort=chosen_sort),
        export=address("/cases.csv", criteria, sort=chosen_sort),
        max_export=MAX_EXPORT,
        choices=filter_choices(staff),
        sorts=enum_choices(CaseSort),
        views=view_links(conn, staff.account, query),
        query=query,
        versions=pickable(conn, [row.id for row in found.rows]),
        buttons=bulk_buttons(staff.account),
    )


@router.get("/cases.csv")
def export_cases(
    staff: StaffDep,
    criteria: CriteriaDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    sort: CaseSort = CaseSort.TIME_LEFT,
) -> Response:
    """The whole list, as Excel opens it. Raises `Invalid` above `MAX_EXPORT` cases."""
    check_may_export(runtime, staff.account, now=now)
    criteria, zone = restrict(criteria, staff.account), runtime.settings.zone
    rows: list[CaseRow] = []
    total = 1
    while len(rows) < total:
        found = list_cases(conn, criteria, now=now, zone=zone, sort=sort, limit=LONGEST_PAGE, offset=len(rows))
        total = found.total
        if total > MAX_EXPORT:
            raise Invalid(f"共{total}件，超过一次可导出的{MAX_EXPORT}件，请先缩小筛选范围。")
        rows += found.rows
        if not found.rows:
            break
    headers = {"Content-Disposition": f'attachment; filename="cases-{now.astimezone(zone):%Y%m%d-%H%M}.csv"'}
    watermark = record_export(
        conn,
        staff.account,
        what="工单清单",
        file_format="csv",
        criteria=in_words(criteria, staff.directory),
        row_count=len(rows),
        actor=staff.account.actor,
        now=now,
        zone=zone,
    )
    content = as_csv(_HEADERS, map(_line, rows), zone=zone, watermark=watermark)
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def filter_choices(staff: Staff) -> dict[str, Any]:
    """The selects of the filter form by criterion."""
    directory = staff.directory
    return {
        "state": enum_choices(CaseState),
        "status": enum_choices(CaseStatus),
        "channel": enum_choices(Channel),
        "appeal_type": enum_choices(AppealType),
        "sentiment": enum_choices(Sentiment),
        "emotion": enum_choices(Emotion),
        "displeased_with": enum_choices(Displeasure),
        "urgency": enum_choices(Urgency),
        "counted": enum_choices(Counting),
        "topic": topic_filter_choices(directory),
        "department": [("尚无主办单位", [("none", "尚无主办单位")]), *unit_choices(directory)],
        "region": [("地点不明", [("none", "地点不明")]), *region_choices(directory)],
    }


_HEADERS = (
    "工单编号",
    "标题",
    "渠道",
    "状态",
    "诉求类型",
    "诉求类别",
    "地区",
    "主办单位",
    "情感",
    "情绪",
    "不满指向",
    "紧急程度",
    "提交时间",
    "派单时间",
    "签收时间",
    "办结时间",
    "办理时限",
    "超期未办结",
)


def _line(row: CaseRow) -> tuple[Value, ...]:
    return (
        row.case_number,
        # a file goes on from hand to hand: what is confidential is told by its number alone
        "（保密）" if row.confidential or row.appeal_type is AppealType.REPORT else row.title,
        row.channel,
        row.status,
        row.appeal_type,
        row.topic_name,
        row.region_name,
        row.lead_department_name,
        row.sentiment,
        row.emotion,
        "、".join(Aspect(aspect).label for aspect in row.negative_aspects),
        row.urgency,
        row.submitted_at,
        row.dispatched_at,
        row.acknowledged_at,
        row.completed_at,
        row.due_date,
        "是" if row.is_overdue else "否",
    )
