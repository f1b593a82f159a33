"""The list of cases behind every number, and the same list as a file."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.criteria import LARGEST_ID, CriteriaDep
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, restrict
from api.pages.cases.bulk import bulk_buttons, pickable
from api.pages.cases.filters import PAGE_SIZE, address, chips, in_words, visible
from api.pages.cases.page_steps import page_steps
from api.pages.cases.saved_views import canonical, view_links
from api.pages.cases.search_marks import Marked, mark
from api.pages.choices import duty_choices, enum_choices, region_choices, topic_filter_choices, unit_choices
from api.pages.rendering import render
from api.pages.staff import Staff, StaffDep
from api.staff.export_log import check_may_export, record_export
from api.staff.person_search import of_person
from dashboards.daily_facts.facts import query_of
from dashboards.lists.case_lists import LONGEST_PAGE, CaseRow, CaseSort, list_cases, usual_sort
from dashboards.lists.case_search_repository import list_texts
from dashboards.lists.export import Value, as_csv
from dashboards.lists.listed_count import count_listed
from models.account import Role
from models.analysis import AppealType, Aspect, Emotion, Sentiment, Urgency
from models.case import CaseStatus
from models.criteria import CaseCriteria, CaseState, Counting, Displeasure
from models.database import Connection
from models.errors import Invalid
from models.submission import Channel
from routing.directory import Directory

router = APIRouter()

MAX_EXPORT = 100_000
Page = Annotated[int, Query(ge=1, le=1_000_000)]
# Where a list goes on, or back to (dashboards/lists/case_order.py); which look at a person it shows
# (api/staff/person_search.py).
After = Annotated[str, Query(max_length=100)]
PersonSearch = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]


@router.get("/cases")
def show_cases(
    request: Request,
    staff: StaffDep,
    criteria: CriteriaDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    sort: CaseSort | None = None,
    after: After = "",
    before: After = "",
    person: PersonSearch = None,
) -> Response:
    criteria = of_person(conn, restrict(criteria, staff.account), staff.account, person, now=now)
    usual = usual_sort(criteria)
    sort = sort or usual
    found = list_cases(
        conn, criteria, now=now, zone=runtime.settings.zone, sort=sort, limit=PAGE_SIZE, after=after, before=before
    )
    # the number that was clicked may be larger than a list counts: the sums that it came from know it
    counted = None if found.exact else count_listed(conn, criteria, now=now, zone=runtime.settings.zone)
    own = ("unit",) if staff.account.role is Role.OFFICER else ()
    chosen_sort = "" if sort is usual else sort.value
    # a look at a person is nobody else's, and nothing to keep
    kept = replace(criteria, unit=None if own else criteria.unit, person=None)
    query = canonical(kept, chosen_sort)
    return render(
        request,
        "staff/cases.html",
        now=now,
        found=found,
        counted=counted,
        steps=page_steps("/cases", criteria, found, moved=bool(after or before), sort=chosen_sort),
        found_in=mark_rows(conn, criteria, found.rows),
        within=canonical(replace(kept, q=None), chosen_sort),
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
    sort: CaseSort | None = None,
    person: PersonSearch = None,
) -> Response:
    """The whole list, as Excel opens it. Raises `Invalid` above `MAX_EXPORT` cases."""
    check_may_export(runtime, staff.account, now=now)
    criteria = of_person(conn, restrict(criteria, staff.account), staff.account, person, now=now)
    zone = runtime.settings.zone
    rows: list[CaseRow] = []
    after: str | None = ""
    while after is not None:
        found = list_cases(
            conn, criteria, now=now, zone=zone, sort=sort or usual_sort(criteria), limit=LONGEST_PAGE, after=after
        )
        rows += found.rows
        after = found.after
        if len(rows) > MAX_EXPORT or (after is not None and len(rows) == MAX_EXPORT):
            raise Invalid(f"超过一次可导出的{MAX_EXPORT:,}件，请先缩小筛选范围。")
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


def mark_rows(conn: Connection, criteria: CaseCriteria, rows: Sequence[CaseRow]) -> dict[int, Marked]:
    """Title and text of each row with the words that were looked for, by case; nothing without a search."""
    words = query_of(criteria).marks
    if not words:
        return {}
    texts = list_texts(conn, [row.id for row in rows])
    return {row.id: mark(row.title, texts.get(row.id, ""), words) for row in rows}


def filter_choices(staff: Staff) -> dict[str, Any]:
    """The selects of the filter form by criterion; kept as long as the directory is the same."""
    global _kept_choices
    if _kept_choices is None or _kept_choices[0] is not staff.directory:
        _kept_choices = staff.directory, _choices_of(staff.directory)
    return _kept_choices[1]


_kept_choices: tuple[Directory, dict[str, Any]] | None = None


def _choices_of(directory: Directory) -> dict[str, Any]:
    choices: dict[str, Any] = {
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
        "duty": [("none", "尚无主办单位"), *duty_choices(directory)],
        "region": [("地点不明", [("none", "地点不明")]), *region_choices(directory)],
    }
    return {name: _kept(options) for name, options in choices.items()}


def _kept(options: Any) -> Any:
    """Lists as tuples: what is put together of them is kept too."""
    return tuple(_kept(one) for one in options) if isinstance(options, list | tuple) else options


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
