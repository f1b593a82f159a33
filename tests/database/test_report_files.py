"""The finished files of a report, word for word, of each kind in each format; and files that are handed in.

`WENZHENG_WRITE_GOLDEN=1 pytest …` writes what the files say now: read the difference before it is kept.
"""

import os
import re
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from api.leadership import circulars, reports
from api.leadership import report_repository as rows
from dashboards.briefs.checking import clauses
from dashboards.briefs.circulars import UnitCircular
from dashboards.briefs.document import Document, as_json, digest, from_json
from dashboards.briefs.reading import read_file
from dashboards.briefs.sources import HEADERS, HEADING
from dashboards.briefs.write_docx import write_docx
from models.account import Role
from models.database import Connection, connect, transaction
from models.errors import NotFound
from models.report import Report, ReportKind, ReportState
from models.settings import Settings
from tests import factories
from tests.api.door import StoppedRuntime
from tests.database.issue_rows import add_issue, add_members
from tests.database.test_reports import fill
from tests.factories import NOW, SECRET, ZONE

GOLDEN = Path(__file__).parent / "golden_reports"
ISSUE = 7


def leave_out(conn: Connection) -> None:
    """Two late cases are taken out of one rate, by two people."""
    conn.execute(
        "INSERT INTO case_exclusions (case_id, metric, reason, state, requested_at, requested_by, decided_at,"
        " decided_by) SELECT id, 'on_time_completion_rate', '道路属于铁路部门，已移交', 'accepted', %(now)s,"
        " 'account:1:张承办', %(now)s, 'account:2:王督办' FROM cases WHERE topic_code = 'T0102' ORDER BY id LIMIT 2",
        {"now": NOW},
    )


@pytest.fixture
def runtime(dsn: str, tmp_path: Path) -> Any:
    with closing(connect(dsn)) as conn:
        fill(conn)
        leave_out(conn)
        found = conn.execute("SELECT submission_id FROM cases WHERE topic_code = 'T0201'").fetchall()
        place: dict[str, Any] = {"name": "夜里施工噪声", "region_code": "9101", "topic_code": "T0201", "persons": 9}
        add_issue(conn, id=ISSUE, submissions=9, last_at=NOW - timedelta(days=30), **place)
        add_members(conn, ISSUE, [row[0] for row in found])
    with closing(StoppedRuntime(Settings(data_dir=tmp_path, secret_key=SecretStr(SECRET), pool_size=4), dsn)) as opened:
        yield opened


def made(runtime: StoppedRuntime, kind: ReportKind, **given: Any) -> Report:
    report_id = reports.make_report(runtime, kind, actor="test", now=NOW, **given)
    with transaction(runtime.pool) as conn:
        return rows.get_report(conn, report_id)


def said(data: bytes, document: Document) -> str:
    """The words of a file a line each, up to the list of sources, which every check compares."""
    read = read_file(data)
    lines = [line for line in clauses(read, document) if line.strip()]
    end = next(n for n, line in enumerate(lines) if line.startswith(HEADING if read.format != "xlsx" else HEADERS[0]))
    charts = [" ".join(map(str, one)) for one in (*read.charts, *read.drawn)]
    text = "\n".join([*lines[:end], "", *charts]).rstrip() + "\n"
    return re.sub(r"[0-9a-f]{64}", "<code>", text)


@pytest.mark.parametrize("kind", list(ReportKind))
def test_each_file_of_each_kind_says_what_it_should(
    runtime: StoppedRuntime, monkeypatch: pytest.MonkeyPatch, kind: ReportKind
) -> None:
    files: dict[str, bytes] = {}

    def kept(name: str, write: Callable[..., bytes]) -> Callable[..., bytes]:
        def write_and_keep(document: Document, **given: Any) -> bytes:
            files[name] = write(document, **given)
            return files[name]

        return write_and_keep

    monkeypatch.setattr(reports, "WRITERS", {name: kept(name, write) for name, write in reports.WRITERS.items()})
    day = (NOW - timedelta(days=30)).date()
    given: dict[str, Any] = {"issue_id": ISSUE} if kind is ReportKind.ISSUE else {}
    report = made(runtime, kind, day=day, **given)
    assert report.state is ReportState.CHECKED and report.findings is not None
    assert report.findings["files"] == ["docx", "xlsx", "pdf"] == list(files)
    document = from_json(report.content)
    for name, data in files.items():
        path = GOLDEN / f"{kind.value}.{name}.txt"
        if os.environ.get("WENZHENG_WRITE_GOLDEN"):
            path.write_text(said(data, document), encoding="utf-8")
        assert said(data, document) == path.read_text(encoding="utf-8"), path.name
    with transaction(runtime.pool) as conn:
        found, _, findings = reports.check_file(conn, runtime, files["pdf"])
        assert found.id == report.id and findings.passed


def test_a_circular_that_is_handed_in_is_checked(runtime: StoppedRuntime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "CHECKED", ("docx",))
    report = made(runtime, ReportKind.MONTHLY)
    with transaction(runtime.pool) as conn:
        leader = factories.account(conn, Role.LEADER)
    with transaction(runtime.pool) as conn:
        reports.sign_report(conn, runtime, leader, report.id, now=NOW)
        # its title is that under which it was sent
        conn.execute("UPDATE departments SET name = '市住建管理局' WHERE id = 'd1'")
    with transaction(runtime.pool) as conn:
        one: UnitCircular = circulars.list_unit_circulars(conn, runtime, report)[0]
        assert "未扣除获准剔除的2件。剔除理由：道路属于铁路部门，已移交（王督办审批）" in one.body
        assert "管理局" not in one.subject
        code = digest(as_json(one.document))
        data = write_docx(one.document, digest=code, zone=ZONE, watermark="甲；导出编号1。仅供工作使用，请勿外传。")
        found, document, findings = reports.check_file(conn, runtime, data)
        assert (found.id, document.title) == (report.id, one.subject) and findings.passed and findings.figures > 10
        strange = write_docx(one.document, digest="0" * 64, zone=ZONE)
        with pytest.raises(NotFound):
            reports.check_file(conn, runtime, strange)
        conn.execute(
            "UPDATE case_exclusions SET state = 'refused' WHERE case_id = (SELECT min(case_id) FROM case_exclusions)"
        )
        problems = reports.check_file(conn, runtime, data)[2].problems
        assert ("changed", "2", "1") in {(p.kind, p.told, p.counted) for p in problems}
