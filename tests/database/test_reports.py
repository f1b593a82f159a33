"""Reports over real rows: the figures are those of metrics and lists, a changed file is found, what is signed stays."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from openpyxl import load_workbook
from pydantic import SecretStr

from api import circulars, reports
from api import report_repository as rows
from dashboards.briefs.document import Document, from_json
from dashboards.case_lists import list_cases
from dashboards.metrics import list_metrics
from models.account import Role
from models.criteria import CaseCriteria
from models.database import Connection, connect, transaction
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.report import ReportKind, ReportState
from models.settings import Settings
from tests import factories
from tests.api.door import StoppedRuntime
from tests.database.case_rows import CaseRowSpec, add_cases, add_reference
from tests.factories import NOW, SECRET, ZONE

DAY = timedelta(days=1)
LAST_MONTH = CaseCriteria(submitted_from=date(2026, 10, 1), submitted_to=date(2026, 10, 31))


def fill(conn: Connection) -> None:
    add_reference(conn)
    conn.execute("INSERT INTO city (name, region_code, deadline_profile, is_sample) VALUES ('市', '91', 'test', true)")
    october, september, year = NOW - 30 * DAY, NOW - 60 * DAY, NOW - 395 * DAY
    late, early = october + 5 * DAY, october + DAY
    done = {"status": "completed", "due_at": late}
    add_cases(
        conn,
        [
            *(CaseRowSpec(submitted_at=october, topic="T0101", region="9101", completed_at=early, **done) for _ in range(31)),
            *(CaseRowSpec(submitted_at=october, topic="T0201", department="d2", completed_at=NOW, **done) for _ in range(9)),
            *(CaseRowSpec(submitted_at=october, due_at=late, topic="T0102", channel="hotline") for _ in range(6)),
            CaseRowSpec(submitted_at=october, due_at=NOW + DAY, urgency="critical"),
            *(CaseRowSpec(submitted_at=september, topic="T0101", completed_at=september, **done) for _ in range(40)),
            *(CaseRowSpec(submitted_at=year, topic="T0101", completed_at=year, **done) for _ in range(12)),
        ],
    )
    conn.commit()


@pytest.fixture
def runtime(dsn: str, tmp_path: Path) -> Iterator[StoppedRuntime]:
    with closing(connect(dsn)) as conn:
        fill(conn)
    with closing(StoppedRuntime(Settings(data_dir=tmp_path, secret_key=SecretStr(SECRET), pool_size=4), dsn)) as opened:
        yield opened


@pytest.fixture
def monthly(runtime: StoppedRuntime) -> int:
    return reports.make_report(runtime, ReportKind.MONTHLY, actor="test", now=NOW)


def read(runtime: StoppedRuntime, report_id: int) -> Document:
    with transaction(runtime.pool) as conn:
        report = rows.get_report(conn, report_id)
    assert report.findings is not None
    assert report.findings["problems"] == []
    assert report.state is ReportState.CHECKED
    return from_json(report.content)


def test_a_monthly_report_says_what_the_metrics_say(runtime: StoppedRuntime, monthly: int) -> None:
    document = read(runtime, monthly)
    for sentence in document.sentences():
        print(sentence.text)
    by_key = {figure.key: figure for figure in document.figures}
    with transaction(runtime.pool) as conn:
        metrics = list_metrics(conn, LAST_MONTH, now=NOW, zone=ZONE)
    assert by_key["received:now"].value == metrics["received"].numerator == 47
    assert by_key["on_time_completion_rate:share:now"].text == metrics["on_time_completion_rate"].text
    assert "本月共受理工单47件，环比上升17.5%（上月40件），同比上升291.7%（上年同期12件）。" in {
        sentence.text for sentence in document.sentences()
    }
