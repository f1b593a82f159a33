"""The analysis: the address is the view, every number opens its cases, page, file and API say the same."""

import csv
import io
import json
import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from api.dependencies import SESSION_COOKIE
from api.tasks.fact_tasks import renew
from dashboards.analysis.analysis_view import PICTURES
from dashboards.formats import format_rate
from models.account import Role
from models.case import CaseAction
from models.database import transaction
from models.submission import Channel
from tests import factories
from tests.api.door import Door
from tests.api.html_page import Page
from tests.factories import NOW, analysis, letter

# days ago, as far as it went, topic, lead
CASES = (
    (400, CaseAction.CLOSE, "T0402", None),
    (60, CaseAction.OPEN, "T0402", None),
    (60, CaseAction.CLOSE, "T1001", None),
    (33, CaseAction.REPLY, "T1001", None),
    (20, CaseAction.COMPLETE, "T0402", None),
    (3, CaseAction.COMPLETE, "T0402", None),
    (0, CaseAction.REPLY, None, "zjj"),
    (0, CaseAction.OPEN, "T0402", "swj"),
)
VIEWS: tuple[dict[str, str], ...] = (
    {},
    {"by": "topic", "period": "week"},
    {"chart": "bars", "metric": "on_time_completion_rate", "by": "department"},
    {"chart": "bars", "by": "tone"},
    {"chart": "small", "by": "channel", "period": "month"},
    {"chart": "cross", "metric": "completion_rate", "by": "topic", "split": "channel"},
    {"chart": "tree", "metric": "overdue_rate"},
    {"chart": "tree", "topic": "T04"},
    {"chart": "map"},
    {"chart": "calendar", "submitted_from": "2026-11-01", "submitted_to": "2026-11-30"},
    {"chart": "sentiment", "period": "month"},
    {"chart": "aspect", "period": "month"},
    {"chart": "flow"},
    {
        "metric": "on_time_completion_rate",
        "compare": "previous",
        "submitted_from": "2026-11-01",
        "submitted_to": "2026-11-23",
        "period": "week",
    },
    {"chart": "bars", "compare": "year", "submitted_from": "2026-10-01", "by": "region"},
)


@pytest.fixture(scope="module")
def leader(door: Door) -> TestClient:
    """Who looks at cases of several months, topics, units and channels, one of them given on; counted in the facts."""
    with transaction(door.runtime.pool) as conn:
        directory = door.runtime.directory(conn)
        for n, (days, until, topic, lead) in enumerate(CASES):
            at = NOW - timedelta(days=days)
            spoken: dict[str, Any] = {"channel": Channel.HOTLINE, "source_id": f"H{n}"} if n % 3 == 0 else {}
            factories.case(
                conn,
                directory,
                at=at,
                until=until,
                lead=lead,
                says=analysis(topic=topic),
                new=letter(submitted_at=at, **spoken),
            )
    while renew(door.runtime):
        pass
    door.client.cookies.set(SESSION_COOKIE, door.tokens(door.account(Role.LEADER))[0])
    return door.client


def address(view: dict[str, str], path: str = "/analysis") -> str:
    return f"{path}?{urlencode(view)}"


def listed(client: TestClient, href: str) -> int:
    found = re.search(r"工单\s*([\d,]+)件", Page(client.get(href).text).headings[0])
    assert found, href
    return int(found[1].replace(",", ""))


def figure(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text.split('data-figure="figure-analysis">')[1].split("</script>")[0])
    return found


def page_rows(text: str) -> tuple[list[str], list[list[str]]]:
    table = text.split('id="analysis-data"')[1]
    head, body = table.split("<tbody>")[:2]
    columns = [re.sub("<[^>]+>", "", name) for name in re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", head)]
    rows = [
        [unescape(re.sub("<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body.split("</tbody>")[0])
    ]
    return columns, rows


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_every_number_opens_exactly_its_cases(leader: TestClient, view: dict[str, str]) -> None:
    answer = leader.get(address(view))
    assert answer.status_code == 200
    assert "统计表" not in answer.text  # from the facts, not case by case
    numbers = re.findall(r'<a href="(/cases[^"]*)">([\d,]+)(?:件)?</a>', answer.text)
    assert numbers
    for href, value in dict.fromkeys(numbers):
        assert listed(leader, unescape(href)) == int(value.replace(",", "")), href
    _, rows = page_rows(answer.text)
    assert rows
    for address_ in re.findall(r'href="(/analysis\?[^"]*)"', answer.text)[:40]:
        assert leader.get(unescape(address_)).status_code == 200, address_
    assert figure(answer.text)["data"]


@pytest.mark.parametrize("view", [view for view in VIEWS if view.get("chart") != "cross"], ids=str)
def test_page_file_and_api_say_the_same(leader: TestClient, view: dict[str, str]) -> None:
    columns, rows = page_rows(leader.get(address(view)).text)
    lines = list(csv.reader(io.StringIO(leader.get(address(view, "/analysis.csv")).content.decode("utf-8-sig"))))
    book = load_workbook(io.BytesIO(leader.get(address(view, "/analysis.xlsx")).content))
    api = leader.get(address(view, "/api/v1/analysis")).json()
    assert lines[0] == columns and "导出编号" in lines[-1][0] and len(lines) - 2 == len(rows) == len(api["lines"])
    in_book = [list(row) for row in book["数据"].iter_rows(min_row=2, max_row=len(rows) + 1, values_only=True)]
    for shown, filed, booked, line in zip(rows, lines[1:-1], in_book, api["lines"], strict=True):
        for text, value, cell in zip(shown, filed, booked, strict=True):
            if re.fullmatch(r"[\d,]+", text):
                assert int(value) == cell == int(text.replace(",", ""))
            elif re.fullmatch(r"[\d.]+%", text):
                assert float(value) == pytest.approx(float(text[:-1]) / 100, abs=0.0006)
                assert float(value) == pytest.approx(cell)
        count = line["count"]
        if count and count["denominator"]:
            assert [f"{count['numerator']:,}", f"{count['denominator']:,}"] == shown[
                _after(columns) : _after(columns) + 2
            ]
        elif count and count["denominator"] is None:
            assert f"{count['numerator']:,}" in shown


def test_the_cross_table_is_the_lines_with_their_sums(leader: TestClient) -> None:
    """Page, sheet and API; a field opens its cases, below a rate how many it is of."""
    view = {"chart": "cross", "metric": "completion_rate", "by": "topic", "split": "channel"}
    text = leader.get(address(view)).text
    columns, rows = page_rows(text)
    api = leader.get(address(view, "/api/v1/analysis")).json()
    lines = {tuple(line["labels"]): line["count"] for line in api["lines"]}
    shown = {(row[0], column): cell for row in rows for column, cell in zip(columns[1:], row[1:], strict=True) if cell}
    for (row, column), count in lines.items():
        assert shown[row, column] == f"{format_rate(count['numerator'] / count['denominator'])}{count['denominator']}"
    assert {row for row, _ in shown} == {row for row, _ in lines}
    for row in {row for row, _ in lines}:
        own = [count for (name, _), count in lines.items() if name == row]
        part, whole = sum(count["numerator"] for count in own), sum(count["denominator"] for count in own)
        assert shown[row, "合计"] == f"{format_rate(part / whole)}{whole}"
    sheet = load_workbook(io.BytesIO(leader.get(address(view, "/analysis.xlsx")).content))["交叉表"]
    [head, *below] = [list(row) for row in sheet.iter_rows(max_row=len(rows) + 2, values_only=True)]
    assert head == columns and [row[0] for row in below] == [*(row[0] for row in rows), "合计"]
    assert below[-1][-1] == pytest.approx(api["total"]["numerator"] / api["total"]["denominator"])
    filled = {
        (row[0], column)
        for row in below[:-1]
        for column, cell in zip(head[1:], row[1:], strict=True)
        if cell is not None
    }
    assert filled == set(shown)
    fields = re.findall(
        r'<td class="number[^>]*><a href="([^"]+)"[^>]*>[^<]+</a><span[^>]*><a href="([^"]+)">(\d+)<', text
    )
    assert len(fields) > len(lines)
    for part, whole, said in fields:
        assert listed(leader, unescape(whole)) == int(said) >= listed(leader, unescape(part)) > 0
    assert {listed(leader, unescape(fields[-1][n])) for n in (0, 1)} == {
        api["total"]["numerator"],
        api["total"]["denominator"],
    }


def _after(columns: list[str]) -> int:
    """Where the numerator stands: after labels and the rate."""
    labels = {"时段", "情感", "对谁不满", "条线", "类别", "二级类别", "主办单位", "地区", "渠道", "诉求类型"}
    return next(n for n, name in enumerate(columns) if name not in labels) + 1


def test_the_parts_add_up_to_the_total(leader: TestClient) -> None:
    for view in (
        {},
        {"chart": "bars", "by": "department"},
        {"chart": "tree"},
        {"chart": "calendar"},
        {"chart": "cross"},
    ):
        api = leader.get(address(view, "/api/v1/analysis")).json()
        if view != {"chart": "calendar"}:  # two years
            assert sum(line["count"]["numerator"] for line in api["lines"]) == api["total"]["numerator"] == len(CASES)
        drawn = figure(leader.get(address(view)).text)["data"][0]
        values = drawn["values"] if drawn["type"] == "treemap" else drawn.get("meta") or drawn["x"]
        if drawn["type"] == "scatter":
            values = drawn["y"]
        assert sum(value for value in values if value) == len(CASES), view


def test_the_address_is_the_view(leader: TestClient) -> None:
    """What the form sends back is the same view; each kind of picture keeps the rest."""
    view = VIEWS[-2] | {"topic": "T04"}
    api = leader.get(address(view, "/api/v1/analysis")).json()
    assert api["view"] == view
    text = leader.get(address(view)).text
    offered = text.split('aria-label="图的种类"')[1].split("</nav>")[0]
    for picture in PICTURES:
        link = next(
            link
            for link in map(unescape, re.findall(r'href="(/analysis\?[^"]+)"', offered))
            if (f"chart={picture}" in link or (picture == "line" and "chart=" not in link))
            and "compare=previous" in link
        )
        kept = leader.get(link.replace("/analysis?", "/api/v1/analysis?")).json()["view"]
        assert kept == (view if picture == "line" else view | {"chart": picture})
    form = next(form for form in Page(text).forms if form.action == "/analysis")
    sent = {name: value[-1] for name, value in form.values.items() if value[-1]}
    assert sent == {"metric": "on_time_completion_rate"} | view


def test_a_click_goes_deeper_and_then_to_the_cases(leader: TestClient) -> None:
    tree = figure(leader.get("/analysis?chart=tree").text)["data"][0]
    deeper = tree["customdata"][tree["ids"].index("T04")]
    assert deeper == "/analysis?chart=tree&topic=T04"
    below = figure(leader.get(deeper).text)["data"][0]
    assert below["ids"] == ["T0402"] and "topic=T0402" in below["customdata"][0]
    calendar = figure(leader.get("/analysis?chart=calendar").text)["data"][0]
    day = next(link for link, value in zip(calendar["customdata"], calendar["meta"], strict=True) if value)
    assert day.startswith("/cases?") and leader.get(day).status_code == 200


@pytest.mark.parametrize(
    ("view", "says"),
    [
        ({"metric": "displeased_rate", "by": "tone", "chart": "bars"}, "不能再按情感分组"),
        ({"metric": "displeased_rate", "sentiment": "positive"}, "不能同时成立"),
        ({"chart": "sentiment", "sentiment": "negative"}, "占比没有意义"),
        ({"chart": "aspect", "displeased_with": "reply"}, "占比没有意义"),
        ({"compare": "year"}, "选定开始日期后才能比较"),
        ({"submitted_from": "2001-01-01", "submitted_to": "2001-01-31"}, "所选范围内没有工单"),
        ({"submitted_from": "2026-02-01", "submitted_to": "2026-01-01"}, "没有可画的数字"),
    ],
)
def test_what_has_no_number_says_why(leader: TestClient, view: dict[str, str], says: str) -> None:
    answer = leader.get(address(view))
    assert answer.status_code == 200 and says in answer.text


@pytest.mark.parametrize("wrong", ["metric=none", "chart=pie", "by=person", "period=hour", "compare=best", "split=x"])
def test_an_address_that_makes_no_sense_is_refused(leader: TestClient, wrong: str) -> None:
    assert leader.get(f"/analysis?{wrong}").status_code == 422
    assert leader.get(f"/api/v1/analysis?{wrong}").status_code == 422


def test_a_case_given_on_is_in_the_flows(leader: TestClient) -> None:
    columns, rows = page_rows(leader.get("/analysis?chart=flow").text)
    assert columns == ["首次派给", "怎么转手", "现主办单位", "工单"]
    assert sum(int(row[3]) for row in rows) == len(CASES)
    assert [row[2:] for row in rows if row[1] == "改派"] == [["市水务局", "1"]]


def test_officers_do_not_see_the_city(door: Door, leader: TestClient) -> None:
    for path in ("/analysis", "/analysis.csv", "/analysis.xlsx"):
        token = door.tokens(door.account(Role.OFFICER))[0]
        answer = door.client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 403, path
    assert door.get("/analysis", Role.OFFICER).status_code == 403
