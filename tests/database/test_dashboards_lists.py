"""The list behind a number: order, pages, names; the tabs of a unit; the overview as a file."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from dashboards.lists.case_lists import CaseSort, case_counts_by_state, list_cases
from dashboards.metrics.metrics import overview
from dashboards.reports import write_overview_report
from models.case import CaseStatus
from models.criteria import CaseCriteria
from models.database import Connection
from models.errors import Invalid
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference

DAY = timedelta(days=1)
ALL = CaseCriteria()


@pytest.fixture
def queue(conn: Connection) -> dict[str, int]:
    add_reference(conn)
    specs = {
        "late": CaseRowSpec(status="in_progress", due_at=NOW - DAY, submitted_at=NOW - 9 * DAY),
        "soon": CaseRowSpec(due_at=NOW + DAY, submitted_at=NOW - 2 * DAY, topic="T0101", region="9101"),
        "undated": CaseRowSpec(status="triage", department=None, dispatched=False, submitted_at=NOW - 3 * DAY),
        "urgent": CaseRowSpec(urgency="critical", due_at=NOW + 9 * DAY, submitted_at=NOW - DAY, co_handling="d2"),
        "done": CaseRowSpec(
            status="completed", due_at=NOW - 3 * DAY, completed_at=NOW - 4 * DAY, submitted_at=NOW - 8 * DAY
        ),
    }
    return dict(zip(specs, add_cases(conn, specs.values()), strict=True))


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (CaseSort.TIME_LEFT, ["late", "soon", "urgent", "undated", "done"]),
        (CaseSort.DUE, ["done", "late", "soon", "urgent", "undated"]),
        (CaseSort.URGENCY, ["urgent", "late", "soon", "undated", "done"]),
        (CaseSort.SUBMITTED, ["urgent", "soon", "undated", "done", "late"]),
        (CaseSort.OLDEST, ["late", "done", "undated", "soon", "urgent"]),
        (CaseSort.RELEVANCE, ["urgent", "soon", "undated", "done", "late"]),
    ],
)
def test_order_of_a_list(conn: Connection, queue: dict[str, int], sort: CaseSort, expected: list[str]) -> None:
    page = list_cases(conn, ALL, now=NOW, zone=ZONE, sort=sort)
    names = {id_: name for name, id_ in queue.items()}
    assert [names[row.id] for row in page.rows] == expected


def test_pages_of_equal_cases_neither_repeat_nor_lose_one(conn: Connection) -> None:
    add_reference(conn)
    ids = add_cases(conn, [CaseRowSpec(due_at=NOW)] * 7)
    for sort in CaseSort:
        pages = [list_cases(conn, ALL, now=NOW, zone=ZONE, sort=sort, limit=3, offset=offset) for offset in (0, 3, 6)]
        assert [page.total for page in pages] == [7, 7, 7]
        assert sorted(row.id for page in pages for row in page.rows) == sorted(ids)
    beyond = list_cases(conn, ALL, now=NOW, zone=ZONE, offset=100)
    assert (beyond.total, beyond.rows) == (7, ())


def test_a_row_carries_names_and_truths(conn: Connection, queue: dict[str, int]) -> None:
    rows = {row.id: row for row in list_cases(conn, ALL, now=NOW, zone=ZONE).rows}
    soon, late, done = rows[queue["soon"]], rows[queue["late"]], rows[queue["done"]]
    assert (soon.topic_name, soon.region_name, soon.lead_department_name) == ("路灯", "甲县", "住建局")
    assert soon.status is CaseStatus.DISPATCHED and not soon.is_overdue
    assert late.is_overdue and late.is_due and not late.is_on_time
    assert done.is_on_time and not done.is_open
    assert rows[queue["undated"]].lead_department_name is None


def test_a_row_says_what_it_is_tied_to(conn: Connection, queue: dict[str, int]) -> None:
    late, soon, urgent = queue["late"], queue["soon"], queue["urgent"]
    conn.execute("UPDATE cases SET merged_into = %s WHERE id = %s", (urgent, late))
    conn.execute("UPDATE cases SET parts = 2 WHERE id = %s", (soon,))
    conn.execute("UPDATE cases SET parent_id = %s WHERE id = %s", (soon, queue["done"]))
    rows = {row.id: row for row in list_cases(conn, CaseCriteria(counted="all"), now=NOW, zone=ZONE).rows}
    marks = {name: (rows[id_].is_merged, rows[id_].parts, rows[id_].is_part) for name, id_ in queue.items()}
    assert marks == {
        "late": (True, 0, False),
        "soon": (False, 2, False),
        "undated": (False, 0, False),
        "urgent": (False, 0, False),
        "done": (False, 0, True),
    }


@pytest.mark.parametrize(("limit", "offset"), [(0, 0), (10_001, 0), (50, -1), (50, 2**63)])
def test_a_page_out_of_range_is_refused(conn: Connection, limit: int, offset: int) -> None:
    with pytest.raises(Invalid):
        list_cases(conn, ALL, now=NOW, zone=ZONE, limit=limit, offset=offset)


@pytest.mark.usefixtures("queue")
def test_each_tab_of_a_unit_opens_as_many_cases_as_it_says(conn: Connection) -> None:
    tabs = case_counts_by_state(conn, CaseCriteria(unit="d1", state="overdue"), now=NOW, zone=ZONE)
    assert {tab.id: tab.value for tab in tabs} == {
        "open": 3,
        "awaiting_acknowledgement": 2,
        "in_progress": 1,
        "overdue": 1,
        "completed": 1,
    }
    for tab in tabs:
        assert list_cases(conn, tab.criteria, now=NOW, zone=ZONE).total == tab.value, tab.id
    co_handling = case_counts_by_state(conn, CaseCriteria(unit="d2"), now=NOW, zone=ZONE)
    assert {tab.id: tab.value for tab in co_handling}["open"] == 1


@pytest.mark.usefixtures("queue")
def test_the_report_says_what_each_number_means_and_as_of_when(conn: Connection) -> None:
    found = overview(conn, CaseCriteria(channel="letter"), now=NOW, zone=ZONE)
    book = load_workbook(io.BytesIO(write_overview_report(found, city_name="青崖市", zone=ZONE)))
    cells = {row[0]: row for row in book["概况"].iter_rows(values_only=True) if row[0]}
    assert cells["收到工单"][1] == 5
    rate = cells["按时办结率"]
    assert rate[1:6] == ("50.0%", "按时办结", 1, "应办结", 2) and "应办结指" in str(rate[7])
    assert cells["城市"][1] == "青崖市"
    assert cells["统计时点"][1] == "2026年11月23日 10:00"
    assert cells["统计范围"][1] == "渠道：来信"
    topics = list(book["诉求类别"].iter_rows(values_only=True))
    assert topics == [("诉求类别", "代码", "工单数"), ("类别不明", "none", 4), ("建设", "T01", 1)]
    assert {"工单量趋势", "工单情感趋势", "主办单位", "事发地区", "各渠道来件"} <= set(book.sheetnames)
