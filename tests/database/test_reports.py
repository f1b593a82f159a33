"""Reports over real rows: the figures are those of metrics and lists, a changed file is found, what is signed stays."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from api.leadership import circulars, reports
from api.leadership import report_repository as rows
from api.messages import alert_channels
from api.messages.alert_channels import NewChannel
from api.tasks import report_tasks
from dashboards.briefs.document import Block, Document, Part, Sentence, Table, from_json
from dashboards.briefs.recounting import recount
from dashboards.briefs.templates import default_template
from dashboards.lists.case_lists import list_cases
from dashboards.metrics.metrics import list_metrics
from models.account import Role
from models.alert import DeliveryKind, DeliveryState, WebhookFormat
from models.criteria import CaseCriteria
from models.database import Connection, connect, transaction
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.report import Report, ReportKind, ReportState
from models.settings import Settings
from tests import factories
from tests.api.door import StoppedRuntime
from tests.database.case_rows import CaseRowSpec, add_cases, add_reference
from tests.database.issue_rows import add_issue, add_members
from tests.factories import NOW, SECRET, ZONE
from tests.receivers import Receiver

DAY = timedelta(days=1)
OCTOBER = CaseCriteria(submitted_from=date(2026, 10, 1), submitted_to=date(2026, 10, 31))
AT, BEFORE, YEAR = NOW - 30 * DAY, NOW - 60 * DAY, NOW - 395 * DAY


def done(at: datetime, completed: datetime, how_many: int, **given: Any) -> list[CaseRowSpec]:
    spec = CaseRowSpec(status="completed", submitted_at=at, due_at=at + 5 * DAY, completed_at=completed, **given)
    return [spec] * how_many


def fill(conn: Connection) -> None:
    """October: 47 cases, 31 of 46 due ones on time, 6 open and late; 40 in September, 12 a year before."""
    add_reference(conn)
    conn.execute("INSERT INTO city (name, region_code, deadline_profile, is_sample) VALUES ('市', '91', 'test', true)")
    late = CaseRowSpec(submitted_at=AT, due_at=AT + 5 * DAY, topic="T0102", channel="hotline")
    specs = done(AT, AT + DAY, 31, topic="T0101", region="9101")
    specs += done(AT, NOW, 9, topic="T0201", department="d2") + [late] * 6
    specs += [CaseRowSpec(submitted_at=AT, due_at=NOW + DAY, urgency="critical")]
    specs += done(BEFORE, BEFORE, 40, topic="T0101") + done(YEAR, YEAR, 12, topic="T0101")
    add_cases(conn, specs)
    conn.execute("UPDATE cases SET due_date = (due_at AT TIME ZONE 'Asia/Shanghai')::date")
    conn.commit()


@pytest.fixture(autouse=True)
def _without_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Setting the type takes seconds: the PDF is read back in test_report_files.py."""
    monkeypatch.setattr(reports, "CHECKED", ("docx", "xlsx"))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with closing(Receiver()) as opened:
        yield opened


@pytest.fixture
def runtime(dsn: str, tmp_path: Path) -> Iterator[StoppedRuntime]:
    with closing(connect(dsn)) as conn:
        fill(conn)
    with closing(StoppedRuntime(Settings(data_dir=tmp_path, secret_key=SecretStr(SECRET), pool_size=4), dsn)) as opened:
        yield opened


def made(runtime: StoppedRuntime, kind: ReportKind = ReportKind.MONTHLY, **given: Any) -> Report:
    report_id = reports.make_report(runtime, kind, actor="test", now=runtime.now(), **given)
    with transaction(runtime.pool) as conn:
        return rows.get_report(conn, report_id)


def texts(document: Document) -> set[str]:
    return {sentence.text for sentence in document.sentences()}


def test_the_figures_are_those_of_the_metrics_and_open_their_cases(runtime: StoppedRuntime) -> None:
    report = made(runtime)
    assert report.findings is not None and report.findings["problems"] == [] and report.findings["figures"] > 100
    assert (report.state, report.first_day, report.last_day) == (
        ReportState.CHECKED,
        date(2026, 10, 1),
        date(2026, 10, 31),
    )
    document = from_json(report.content)
    by_key = {figure.key: figure for figure in document.figures}
    with transaction(runtime.pool) as conn:
        metrics = list_metrics(conn, OCTOBER, now=NOW, zone=ZONE)
        assert by_key["received:now"].value == metrics["received"].numerator == 47
        for name in ("on_time_completion_rate", "completion_rate"):
            assert by_key[f"{name}:share:now"].text == metrics[name].text
            assert by_key[f"{name}:whole:now"].value == metrics[name].denominator
        opened = 0
        for figure in document.figures:
            if figure.how == "cases":
                days = {k: date.fromisoformat(v) for k, v in figure.select.items() if k.endswith(("_from", "_to"))}
                criteria: Any = dict(figure.select) | days
                assert list_cases(conn, CaseCriteria(**criteria), now=NOW, zone=ZONE).total == figure.value, figure.key
                opened += 1
    assert opened > 40
    said = texts(document)
    assert "本月共受理工单47件，环比上升17.5%（上月40件），同比上升291.7%（上年同期12件）。" in said
    assert "按时办结率67.4%（46件中31件，置信区间53.0%至79.1%），较上月下降32.6个百分点。" in said
    assert "超期未办结的单位：住建局6件。" in said
    assert "建议住建局对超期未办结的6件工单逐件列出办结时间。" in said


def test_a_daily_report_of_a_day_without_cases_says_so(runtime: StoppedRuntime) -> None:
    report = made(runtime, ReportKind.DAILY)
    assert report.state is ReportState.CHECKED and report.first_day == date(2026, 11, 22)
    said = texts(from_json(report.content))
    assert {"当日共受理工单0件。", "当日判为特急的工单0件。", "明日到期的在办工单1件。"} <= said


def test_days_that_are_not_over_are_compared_with_nothing(runtime: StoppedRuntime) -> None:
    document = from_json(made(runtime, day=date(2026, 11, 23)).content)
    assert "不与以前比较" in document.note
    assert not any(figure.how in ("change", "points") for figure in document.figures)
    with pytest.raises(Invalid):
        made(runtime, day=date(2026, 12, 1))


def test_rows_that_change_are_found_and_such_a_report_is_not_signed(runtime: StoppedRuntime) -> None:
    report = made(runtime)
    with transaction(runtime.pool) as conn:
        leader = factories.account(conn, Role.LEADER)
        add_cases(conn, [CaseRowSpec(submitted_at=AT)])
    with transaction(runtime.pool) as conn:
        findings = reports.check_again(conn, runtime, report, actor="test", now=NOW)
        assert {problem.kind for problem in findings.problems} == {"changed"}
        assert ("47", "48") in {(problem.told, problem.counted) for problem in findings.problems}
        with pytest.raises(Conflict, match="没有通过核对"):
            reports.sign_report(conn, runtime, leader, report.id, now=NOW)


def test_a_report_that_the_facts_make_otherwise_than_the_rows_is_a_draft(
    runtime: StoppedRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:

    def one_more(conn: Connection, document: Document, **given: Any) -> dict[str, str]:
        first = document.figures[0]
        return recount(conn, document, **given) | {first.id: "48"}

    monkeypatch.setattr(reports, "recount", one_more)
    assert made(runtime).state is ReportState.DRAFT


def printing(document: Document, told: str, instead: str) -> Document:
    """The same report with another figure wherever this one is printed."""

    def part(one: Part) -> Part:
        return replace(one, text=instead) if one.figure and one.text == told else one

    def block(one: Block) -> Block:
        if isinstance(one, Sentence):
            return replace(one, parts=tuple(map(part, one.parts)))
        return replace(one, rows=tuple(tuple(map(part, row)) for row in one.rows)) if isinstance(one, Table) else one

    sections = tuple(replace(one, blocks=tuple(map(block, one.blocks))) for one in document.sections)
    return replace(document, sections=sections)


@pytest.mark.parametrize("name", ["docx", "xlsx", "pdf"])
def test_a_report_of_which_a_file_prints_another_figure_is_not_signed(
    runtime: StoppedRuntime, monkeypatch: pytest.MonkeyPatch, name: reports.Format
) -> None:
    """Each format alone, as if its writer had gone wrong: the file is read, not what was meant to be written."""
    write = reports.WRITERS[name]
    lies = {name: lambda document, **given: write(printing(document, "67.4%", "97.4%"), **given)}
    monkeypatch.setattr(reports, "CHECKED", (name,))
    monkeypatch.setattr(reports, "WRITERS", lies)
    report = made(runtime)
    assert report.state is ReportState.DRAFT and report.findings is not None
    [problem] = report.findings["problems"]
    assert problem["kind"] == "altered" and "97.4%" in problem["told"] and "67.4%" in problem["counted"]
    with transaction(runtime.pool) as conn:
        leader = factories.account(conn, Role.LEADER)
    with transaction(runtime.pool) as conn, pytest.raises(Conflict, match="没有通过核对"):
        reports.sign_report(conn, runtime, leader, report.id, now=NOW)


def exported(runtime: StoppedRuntime, report: Report, file_format: reports.Format) -> bytes:
    with transaction(runtime.pool) as conn:
        return reports.export_report(conn, runtime, report, file_format, account=None, actor="test", now=NOW)


def test_a_file_that_was_changed_is_found(runtime: StoppedRuntime) -> None:
    report = made(runtime)
    data = exported(runtime, report, "docx")
    with transaction(runtime.pool) as conn:
        found, _, findings = reports.check_file(conn, runtime, data)
        assert found.id == report.id and findings.passed
        assert reports.check_file(conn, runtime, exported(runtime, report, "xlsx"))[2].passed
        source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
        with zipfile.ZipFile(target, "w") as packed:
            for item in source.infolist():
                content = source.read(item)
                if item.filename == "word/document.xml":
                    assert b">67.4%<" in content
                    content = content.replace(b">67.4%<", b">97.4%<", 1)
                packed.writestr(item, content)
        problems = reports.check_file(conn, runtime, target.getvalue())[2].problems
        assert ("altered", "97.4%", "67.4%") in {(p.kind, p.told, p.counted) for p in problems}
        strange = target.getvalue()
        with pytest.raises(Invalid):
            reports.check_file(conn, runtime, strange[:200])


def test_each_file_is_in_the_log_and_says_who_took_it(runtime: StoppedRuntime) -> None:
    report = made(runtime)
    assert exported(runtime, report, "pdf").startswith(b"%PDF")
    data = exported(runtime, report, "docx")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        footers = "".join(packed.read(n).decode() for n in packed.namelist() if "footer" in n)
    assert "服务器命令行" in footers
    with transaction(runtime.pool) as conn:
        logged = conn.execute("SELECT what, format FROM exports ORDER BY id").fetchall()
    assert logged == [("月报", "pdf"), ("月报", "docx")]


def test_what_is_signed_never_changes(runtime: StoppedRuntime, dsn: str) -> None:
    report = made(runtime)
    with transaction(runtime.pool) as conn:
        leader, dispatcher = factories.account(conn, Role.LEADER), factories.account(conn, Role.DISPATCHER)
    with transaction(runtime.pool) as conn:
        with pytest.raises(Forbidden):
            reports.sign_report(conn, runtime, dispatcher, report.id, now=NOW)
        reports.sign_report(conn, runtime, leader, report.id, now=NOW)
        signed = rows.get_report(conn, report.id)
        assert (signed.state, signed.signed_by, signed.digest) == (ReportState.SIGNED, leader.actor, report.digest)
        with pytest.raises(Conflict, match="已经签发"):
            reports.sign_report(conn, runtime, leader, report.id, now=NOW)
        # the check goes on finding what changed, and keeps what it was signed with
        add_cases(conn, [CaseRowSpec(submitted_at=AT)])
        assert not reports.check_again(conn, runtime, signed, actor="test", now=NOW).passed
        assert rows.get_report(conn, report.id) == signed
    for change in ("title = 'x'", "content = '{}'", "state = 'draft', signed_at = NULL, signed_by = NULL"):
        with closing(psycopg.connect(dsn)) as owner, pytest.raises(psycopg.errors.RaiseException):
            owner.execute(f"UPDATE reports SET {change} WHERE id = {report.id}")
    with transaction(runtime.pool) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("DELETE FROM reports")


def signed(runtime: StoppedRuntime) -> Report:
    report = made(runtime)
    with transaction(runtime.pool) as conn:
        leader = factories.account(conn, Role.LEADER)
    with transaction(runtime.pool) as conn:
        reports.sign_report(conn, runtime, leader, report.id, now=NOW)
    return report


def test_a_signed_monthly_report_tells_each_unit(runtime: StoppedRuntime, receiver: Receiver) -> None:
    with transaction(runtime.pool) as conn:
        new = NewChannel(
            kind=DeliveryKind.WEBHOOK,
            name="住建局",
            address=f"http://127.0.0.1:{receiver.port}/hook",
            shape=WebhookFormat.JSON,
            secret="s" * 32,
            department_id="d1",
            allow_private=True,
            case_notices=True,
        )
        alert_channels.add_channel(conn, runtime.settings, new, actor="test", now=NOW)
    report = signed(runtime)
    with transaction(runtime.pool) as conn:
        waiting = {c.department_id: c for c in rows.list_circulars(conn, report.id)}
        assert circulars.add_circulars(conn, runtime, report, actor="test", now=NOW) == 0, "once"
    assert set(waiting) == {"d1", "d2"}
    assert waiting["d2"].channel_id is None and waiting["d2"].shown == circulars.BY_HAND
    assert circulars.send_due(runtime, actor="test") == 1
    [(_, _, body)] = receiver.got
    text = json.loads(body)["text"]
    assert "超期未办结6件" in text and "环保局" not in text
    with transaction(runtime.pool) as conn:
        states = {c.department_id: c.state for c in rows.list_circulars(conn, report.id)}
        assert states == {"d1": DeliveryState.SENT, "d2": DeliveryState.WAITING}
        circulars.hand_over(conn, waiting["d2"], actor="test", now=NOW)
        with pytest.raises(Conflict):
            circulars.hand_over(conn, waiting["d2"], actor="test", now=NOW)
    assert circulars.send_due(runtime, actor="test") == 0


def test_the_schedule_makes_one_of_each(runtime: StoppedRuntime) -> None:
    assert report_tasks.make(runtime, ReportKind.WEEKLY) is not None
    assert report_tasks.make(runtime, ReportKind.WEEKLY) is None
    with transaction(runtime.pool) as conn:
        assert rows.list_reports(conn, ReportKind.WEEKLY, limit=10)[0] == 1


def test_the_next_report_knows_the_last_one(runtime: StoppedRuntime) -> None:
    first = made(runtime, day=date(2026, 9, 15))
    assert made(runtime).previous_id == first.id
    assert first.previous_id is None


def test_a_template_of_the_city_is_used(runtime: StoppedRuntime) -> None:
    own = default_template(ReportKind.MONTHLY)
    only = replace(own, sections=(replace(own.sections[7], heading="办得怎样"),), thresholds={"least_cases": 47.0})
    with transaction(runtime.pool) as conn:
        rows.add_template(conn, only, actor="test", now=NOW)
    document = from_json(made(runtime).content)
    assert document.sections[0].heading == "办得怎样"
    # 46 due cases are below what the city wants
    assert "按时办结率" not in str(document.sections[0].blocks[0])


def test_an_issue_is_told_without_its_protected_voices(runtime: StoppedRuntime, dsn: str) -> None:
    """By place and topic, with the numbers of the others; where these are no issue by themselves, not at all."""
    with closing(psycopg.connect(dsn)) as owner:
        specs = [CaseRowSpec(submitted_at=AT, topic="T0101", region="9101")] * 8 + [CaseRowSpec(submitted_at=AT)] * 3
        ids = add_cases(owner, specs)
        owner.execute("UPDATE cases SET confidential = true WHERE id = ANY(%s)", ([ids[0], *ids[8:10]],))
        owner.execute("UPDATE submissions SET declared_appeal_type = 'report' WHERE id = %s", (ids[1],))
        named: dict[str, Any] = {"region_code": "9101", "topic_code": "T0101"}
        open_, shut = add_issue(owner, name="举报某所", **named), add_issue(owner, name="举报某人", **named)
        members: dict[int, int] = dict(
            owner.execute("SELECT id, submission_id FROM cases WHERE id = ANY(%s)", (ids,)).fetchall()
        )
        add_members(owner, open_, [members[id_] for id_ in ids[:8]])
        add_members(owner, shut, [members[id_] for id_ in ids[8:]])
    own, month = made(runtime, ReportKind.ISSUE, issue_id=open_, day=AT.date()), made(runtime)
    for report in (own, month):
        assert report.findings is not None and report.findings["problems"] == []
        assert "举报某" not in json.dumps(report.content, ensure_ascii=False) + report.title
    assert "“甲县 路灯”在期内有6人反映，来件6件。" in texts(from_json(own.content))
    [[number, _]] = from_json(month.content).hot
    assert number == open_
    with pytest.raises(Conflict, match="不成热点"):
        made(runtime, ReportKind.ISSUE, issue_id=shut, day=AT.date())


def test_an_issue_that_is_not_there_has_no_report(runtime: StoppedRuntime) -> None:
    with pytest.raises(NotFound):
        made(runtime, ReportKind.ISSUE, issue_id=999)
    with pytest.raises(Invalid):
        made(runtime, ReportKind.ISSUE)
