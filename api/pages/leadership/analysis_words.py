"""用词对比: which words people use more than in an earlier period, which less."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.criteria import CriteriaDep
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.pages.cases.case_list import filter_choices
from api.pages.cases.filters import address, chips, in_words, visible
from api.pages.navigation import CITY_WIDE
from api.pages.rendering import render
from api.pages.staff import StaffDep
from api.staff.export_log import check_may_export, record_export
from dashboards.analysis.changes import USUAL_DAYS, find_earlier
from dashboards.analysis.word_contrasts import LEAST_PERSONS, LEAST_Z, NEWEST, WordContrasts, contrast_words
from dashboards.daily_facts.word_days import MOST_DAYS
from dashboards.lists.export import as_csv
from dashboards.statistics.log_odds import PRIOR, Contrast
from models.criteria import CaseCriteria
from models.database import Connection
from models.errors import Invalid

router = APIRouter(prefix="/analysis/words")

PATH = "/analysis/words"
SHOWN = 30
_AGAINST = {"last": "上期", "year": "去年同期"}
_HOW = (
    f"比较工单的关键词，同一个人的同一个词只计一次，两期合计不足{LEAST_PERSONS}人的词不列；人名和隐去的内容不在其中。"
    f"对数优势比以两期合起来的用词为先验（相当于{PRIOR:.0f}次提及），z值是它除以标准误；只列z值在±{LEAST_Z}以外的词，"
    f"差别没有这么明显的不列。每期从最近的日子往前读，读满{NEWEST:,}件的那天为止，最多读{MOST_DAYS}天；有变动的日子，今天和昨天的用词每十分钟整理一次，以前的每小时一次。点开一个词，是这一期正文里有它的工单，可能比关键词里有它的多。"
)

AgainstQuery = Annotated[str, Query()]


@dataclass(frozen=True, slots=True)
class Line:
    word: str
    href: str
    now: str
    before: str
    log_odds: str
    z: str


@router.get("")
def show_words(
    request: Request,
    staff: StaffDep,
    criteria: CriteriaDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    against: AgainstQuery = "last",
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    found = _contrast(conn, criteria, against, now=now, zone=runtime.settings.zone)
    sides = [
        ("more", f"比{_AGAINST[against]}说得多的词", _lines(found.more, found.criteria)),
        ("fewer", f"比{_AGAINST[against]}说得少的词", _lines(found.fewer, found.before)),
    ]
    return render(
        request,
        "staff/analysis_words.html",
        now=now,
        found=found,
        sides=sides,
        how=_HOW,
        against=against,
        againsts=list(_AGAINST.items()),
        values=visible(found.criteria),
        choices=filter_choices(staff),
        chips=chips(PATH, criteria, staff.directory, hidden=(), against=against),
        clear=address(PATH, CaseCriteria(), against=against),
        export=address(f"{PATH}.csv", criteria, against=against),
    )


@router.get(".csv")
def export_words(
    staff: StaffDep,
    criteria: CriteriaDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    against: AgainstQuery = "last",
) -> Response:
    require_role(staff.account, *CITY_WIDE)
    check_may_export(runtime, staff.account, now=now)
    zone = runtime.settings.zone
    found = _contrast(conn, criteria, against, now=now, zone=zone)
    rows = [(c.word, c.now, c.before, c.log_odds, c.z) for c in (*found.more, *found.fewer)]
    watermark = record_export(
        conn,
        staff.account,
        what="用词对比",
        file_format="csv",
        criteria=in_words(found.criteria, staff.directory),
        row_count=len(rows),
        actor=staff.account.actor,
        now=now,
        zone=zone,
    )
    name = f"words-{now.astimezone(zone):%Y%m%d-%H%M}.csv"
    return Response(
        as_csv(("词", "现在人数", "以前人数", "对数优势比", "z值"), rows, zone=zone, watermark=watermark),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _contrast(
    conn: Connection, criteria: CaseCriteria, against: str, *, now: datetime, zone: ZoneInfo
) -> WordContrasts:
    if against not in _AGAINST:
        raise Invalid("筛选条件有误。", {"against": "不在可选范围内"})
    first, last = _find_period(criteria, now.astimezone(zone).date())
    chosen = replace(criteria, submitted_from=first, submitted_to=last)
    earlier = {label: (start, end) for label, start, end in find_earlier(first, last)}
    if _AGAINST[against] not in earlier:
        raise Invalid("筛选条件有误。", {"submitted_from": "与去年同期相比，时间不能超过一年"})
    return contrast_words(conn, chosen, earlier[_AGAINST[against]], now=now, zone=zone)


def _find_period(criteria: CaseCriteria, today: date) -> tuple[date, date]:
    last = min(criteria.submitted_to or today, today)
    first = criteria.submitted_from or last - timedelta(days=USUAL_DAYS - 1)
    if first > last:
        raise Invalid("筛选条件有误。", {"submitted_from": "开始日期不能晚于结束日期"})
    return first, last


def _lines(words: Sequence[Contrast], criteria: CaseCriteria) -> list[Line]:
    return [
        Line(
            word=c.word,
            # in quotes: the word as it stands, not longer words that begin like it
            href=address("/cases", replace(criteria, q=f'"{c.word}"')),
            now=f"{c.now:,}",
            before=f"{c.before:,}",
            log_odds=f"{c.log_odds:+.2f}".replace("-", "−"),
            z=f"{c.z:+.1f}".replace("-", "−"),
        )
        for c in words[:SHOWN]
    ]
