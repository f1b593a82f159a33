"""A file goes in: once, in batches, the rest in spite of the bad rows."""

import csv
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from psycopg_pool import ConnectionPool

from intake.encryption import derive_keys
from intake.import_repository import get_import
from intake.importing import ImportSummary, OpenTransaction, import_file
from intake.repository import SubmissionCriteria, count_submissions, get_submission, list_submissions
from models.database import Connection, transaction
from models.errors import Invalid, NotFound
from models.submission import Channel

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
KEYS = derive_keys("a secret for tests only, long enough to pass")
HEADER = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情"]

Run = Callable[..., ImportSummary]


@pytest.fixture
def run(pool: ConnectionPool[Connection], tmp_path: Path) -> Run:
    fallback = tmp_path / "data"
    fallback.mkdir()

    def run(path: Path, *, open_transaction: OpenTransaction | None = None, **changes: Any) -> ImportSummary:
        arguments: dict[str, Any] = {
            "channel": Channel.LETTER, "mapping": None, "actor": "test", "now": NOW, "keys": KEYS, "zone": ZONE,
            "rejected_folder": fallback,
        } | changes  # fmt: skip
        return import_file(path, open_transaction=open_transaction or (lambda: transaction(pool)), **arguments)

    return run


def _csv(tmp_path: Path, rows: list[list[str]], header: list[str] = HEADER, name: str = "letters.csv") -> Path:
    path = tmp_path / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def _rows(count: int, first: int = 0) -> list[list[str]]:
    return [[str(n), f"U{n}", f"路灯{n}", "2024/1/5 8:03:00", f"第{n}盏路灯坏了"] for n in range(first, first + count)]


def _rejected(path: Path | None) -> list[list[str]]:
    assert path is not None
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def _stored(pool: ConnectionPool[Connection]) -> int:
    with transaction(pool) as conn:
        return count_submissions(conn, SubmissionCriteria())


def test_a_file_goes_in_once(run: Run, pool: ConnectionPool[Connection], tmp_path: Path) -> None:
    path = _csv(tmp_path, _rows(1203))
    progress: list[tuple[float, ...]] = []
    first = run(path, on_progress=lambda *counts: progress.append(counts))
    assert (first.read, first.new, first.already_here, first.rejected) == (1203, 1203, 0, 0)
    assert (first.complete, first.broken_at, first.without_time) == (True, None, 0)
    assert first.rejected_path is None and not (tmp_path / "letters.rejected.csv").exists()
    assert [counts[0] for counts in progress] == [500, 1000, 1203] and progress[-1][-1] == 1.0
    second = run(path)
    assert (second.read, second.new, second.already_here, second.rejected) == (1203, 0, 1203, 0)
    assert _stored(pool) == 1203
    with transaction(pool) as conn:
        assert first.import_id is not None
        record = get_import(conn, first.import_id)
        assert (record.rows_read, record.rows_new) == (1203, 1203)
        assert (record.file_name, record.preset) == ("letters.csv", "留言导出")
        assert record.finished_at is not None and record.started_at == NOW < record.finished_at
        assert count_submissions(conn, SubmissionCriteria(import_id=first.import_id)) == 1203
        with pytest.raises(NotFound):
            get_import(conn, 999)


def test_bad_rows_are_written_down_and_the_rest_goes_in(
    run: Run, pool: ConnectionPool[Connection], tmp_path: Path
) -> None:
    good = _rows(4)
    bad = [
        ["10", "U", "空", "2024/1/5", ""],
        ["11", "U", "长", "2024/1/5", "字" * 50_001],
        ["12", "U", "时", "昨天", "时间不对"],
        ["13", "U", "未来", "2030/1/5", "还没有到"],
        ["2.02401E+15", "U", "号", "2024/1/5", "编号丢了"],
        ["15", "=cmd|'/c calc'!A1", "+1", "x", "@SUM(A1)"],
    ]
    odd = [["20.0", "U", "emoji😀", "", "<b>臺灣</b>路燈\x00壞了&nbsp;👍"]]
    summary = run(_csv(tmp_path, [good[0], *bad, *good[1:], *odd]))
    assert (summary.read, summary.new, summary.already_here, summary.rejected) == (11, 5, 0, 6)
    lines = _rejected(summary.rejected_path)
    assert summary.rejected_path == tmp_path / "letters.rejected.csv"
    assert lines[0] == ["行号", "原因", *HEADER]
    assert [line[0] for line in lines[1:]] == ["3", "4", "5", "6", "7", "8"]
    reasons = ["内容为空", "50001字", "无法识别", "未来", "科学计数法", "无法识别"]
    assert all(reason in line[1] for reason, line in zip(reasons, lines[1:], strict=True))
    assert lines[-1][3:] == ["'=cmd|'/c calc'!A1", "'+1", "x", "'@SUM(A1)"]
    assert summary.rejected_path.stat().st_mode & 0o077 == 0
    with transaction(pool) as conn:
        bodies = {line.body for line in list_submissions(conn, SubmissionCriteria())}
    assert "臺灣路燈壞了 👍" in bodies


def test_rejected_rows_are_on_disk_after_each_batch(run: Run, tmp_path: Path) -> None:
    """A killed process cannot write what it still holds."""
    on_disk: list[int] = []
    path = _csv(tmp_path, [["1", "U", "题", "昨天", "内容"], *_rows(600, 2)])
    run(path, on_progress=lambda *_: on_disk.append(len(_rejected(tmp_path / "letters.rejected.csv"))))
    assert on_disk == [2, 2]


def test_the_rejected_file_can_be_corrected_and_imported(run: Run, tmp_path: Path) -> None:
    summary = run(_csv(tmp_path, [["1", "U", "题", "昨天", "内容"]]))
    lines = _rejected(summary.rejected_path)
    lines[1][5] = "2024-01-05"
    corrected = _csv(tmp_path, [lines[1]], header=lines[0], name="corrected.csv")
    assert run(corrected).new == 1


def test_corrected_rows_are_stored_as_if_they_had_never_been_rejected(
    run: Run, pool: ConnectionPool[Connection], tmp_path: Path
) -> None:
    header = [*HEADER, "@用户", "备注"]
    bodies = ["=路灯坏了", "-路灯坏了", "'+路灯坏了"]
    rows = [[str(n), "U", "@题", "昨天", body, "某人", "=注"] for n, body in enumerate(bodies)]
    path = run(_csv(tmp_path, rows, header)).rejected_path
    assert path is not None
    path.write_text(path.read_text(encoding="utf-8-sig").replace("昨天", "2024-01-05"), encoding="utf-8-sig")
    assert run(path).new == 3
    with transaction(pool) as conn:
        stored = [get_submission(conn, item.id) for item in list_submissions(conn, SubmissionCriteria())]
    assert {item.body for item in stored} == set(bodies)
    assert all((item.title, item.details) == ("@题", {"备注": "=注"}) for item in stored)
    rows = [[*row[:3], "2024-01-05", *row[4:]] for row in rows]
    assert run(_csv(tmp_path, rows, header, "mended.csv")).already_here == 3


def test_a_second_import_leaves_the_file_that_is_being_corrected(run: Run, tmp_path: Path) -> None:
    path = _csv(tmp_path, [["1", "U", "题", "昨天", "内容"]])
    first = run(path).rejected_path
    assert first is not None
    first.write_text("改了一半", encoding="utf-8")
    second = run(path).rejected_path
    assert (first.name, first.read_text(encoding="utf-8")) == ("letters.rejected.csv", "改了一半")
    assert second == tmp_path / "letters.rejected-2.csv" and len(_rejected(second)) == 2


def test_where_the_folder_cannot_be_written_the_other_is_taken(run: Run, tmp_path: Path) -> None:
    with _csv(tmp_path, [["1", "U", "题", "昨天", "内容"]]).open() as file:
        path = Path(f"/dev/fd/{file.fileno()}")  # in that folder not even root makes files
        assert run(path).rejected_path == tmp_path / "data" / f"{path.name}.rejected.csv"


def test_new_rows_without_a_time_are_counted(run: Run, tmp_path: Path) -> None:
    rows = [[str(n), "U", "题", "" if n % 2 else "2024/1/5", f"第{n}盏路灯坏了"] for n in range(1203)]
    path = _csv(tmp_path, rows)
    assert run(path, dry_run=True).without_time == 601
    assert run(path).without_time == 601
    assert run(path).without_time == 0  # here already


def test_a_dry_run_says_the_same_and_writes_nothing(
    run: Run, pool: ConnectionPool[Connection], owner: Connection, tmp_path: Path
) -> None:
    run(_csv(tmp_path, _rows(700), name="before.csv"))
    order = ["1", "U", "题", "昨天", "内容"]
    path = _csv(tmp_path, [*_rows(300, 600), *_rows(50, 850), order, *_rows(600, 2000), *_rows(10, 2000)])
    files = set(tmp_path.rglob("*"))
    state = "SELECT count(*), (SELECT last_value FROM receipt_number_seq) FROM imports"
    before = owner.execute(state).fetchone()
    dry = run(path, dry_run=True)
    assert owner.execute(state).fetchone() == before and set(tmp_path.rglob("*")) == files and _stored(pool) == 700
    assert dry.import_id is None and dry.rejected_path is None
    real = run(path)
    assert (dry.read, dry.new, dry.already_here, dry.rejected) == (961, 800, 160, 1)
    assert (real.read, real.new, real.already_here, real.rejected) == (961, 800, 160, 1)


def test_known_numbers_with_other_words_are_rejected(run: Run, tmp_path: Path) -> None:
    header = ["工单编号", "来电人", "主要内容", "受理时间"]
    rows = [["G1", "王", "路灯", "2024/1/5"], ["G2", "李", "井盖", "2024/1/5"], ["G1", "王", "噪音", "2024/1/6"]]
    path = _csv(tmp_path, rows, header)
    dry = run(path, channel=Channel.HOTLINE, dry_run=True)
    summary = run(path, channel=Channel.HOTLINE)
    for result in (dry, summary):
        assert (result.new, result.already_here, result.rejected) == (2, 0, 1)
    assert _rejected(summary.rejected_path)[1][:2] == ["4", "编号已存在但内容不同。"]


def test_killed_in_the_middle_nothing_committed_is_lost(
    run: Run, pool: ConnectionPool[Connection], tmp_path: Path
) -> None:
    path = _csv(tmp_path, _rows(1700))
    opened = 0

    @contextmanager
    def dying() -> Iterator[Connection]:
        nonlocal opened
        opened += 1
        with transaction(pool) as conn:
            yield conn
            if opened == 4:  # the import row, two batches, and then in the third
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(path, open_transaction=dying)
    assert _stored(pool) == 1000
    with transaction(pool) as conn:
        assert conn.execute("SELECT rows_read, rows_new, finished_at FROM imports").fetchone() == (1000, 1000, None)
    again = run(path)
    assert (again.read, again.new, again.already_here) == (1700, 700, 1000)
    assert _stored(pool) == 1700


def test_an_xlsx_file_gives_the_same_rows_as_the_csv(run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["留言汇总"])
    book.active.append(HEADER)
    for number in range(30):
        book.active.append([number, f"U{number}", f"路灯{number}", datetime(2024, 1, 5, 8, 3), f"第{number}盏路灯坏了"])
    book.save(tmp_path / "letters.xlsx")
    assert run(_csv(tmp_path, _rows(30))).new == 30
    summary = run(tmp_path / "letters.xlsx")
    assert (summary.new, summary.already_here) == (0, 30)


def test_surveys_and_posts(run: Run, pool: ConnectionPool[Connection], tmp_path: Path) -> None:
    header = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "1、您满意吗", "2、您的意见"]
    rows = [
        [str(n), "2026/09/03 12:00:00", "60秒", "链接", "", "1.1.1.1", "满意" if n % 2 else "不满意",
         f"第{n}路公交车间隔太长了希望加车" if n % 3 else "(空)"]
        for n in range(1, 301)
    ]  # fmt: skip
    survey = run(_csv(tmp_path, rows, header, "survey.csv"), channel=Channel.SURVEY)
    assert (survey.read, survey.new, survey.preset) == (300, 300, "问卷星")
    post_row = ["1.json", "1", "路灯坏了", "5", "2013-06-20 03:36:29"]
    posts = run(
        _csv(tmp_path, [post_row], ["file", "rumor", "text", "likes", "dt"], "posts.csv"),
        channel=Channel.SOCIAL,
        mapping="text=body,dt=submitted_at,likes=likes,file=source_id",
    )
    assert posts.new == 1
    with transaction(pool) as conn:
        [post] = list_submissions(conn, SubmissionCriteria(channel=Channel.SOCIAL))
        assert post.likes == 5
        answers = list_submissions(conn, SubmissionCriteria(channel=Channel.SURVEY), limit=300)
        assert sum(bool(answer.body) for answer in answers) == 200


def test_a_file_that_breaks_off_keeps_what_came_before(run: Run, tmp_path: Path) -> None:
    path = _csv(tmp_path, _rows(700))
    path.write_text(path.read_text(encoding="utf-8") + '701,U,"没有写', encoding="utf-8")
    summary = run(path)
    assert (summary.new, summary.rejected) == (700, 1)
    assert (summary.complete, summary.broken_at) == (False, 702)
    assert "引号没有闭合" in _rejected(summary.rejected_path)[1][1]


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("broken", [f"9,U,题,2024/1/5,{'字' * 6_000_000}\n", "9,U,题"])
def test_whoever_imports_learns_that_the_rest_was_not_read(
    run: Run, tmp_path: Path, broken: str, dry_run: bool
) -> None:
    path = _csv(tmp_path, _rows(3))
    assert run(path, dry_run=True).complete
    path.write_text(path.read_text(encoding="utf-8") + broken, encoding="utf-8")
    summary = run(path, dry_run=dry_run)
    assert (summary.new, summary.rejected) == (3, 1)
    assert (summary.complete, summary.broken_at) == (False, 5)


@pytest.mark.parametrize(
    ("data", "message"),
    [("", "空的"), ("留言主题,留言详情\n", "没有数据"), ("甲,乙\n1,2\n", "没有认出列名"), ("\n\n,,\n", "没有数据")],
)
def test_a_file_that_is_none_is_refused_as_a_whole(
    run: Run, pool: ConnectionPool[Connection], tmp_path: Path, data: str, message: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(data, encoding="utf-8")
    with pytest.raises(Invalid, match=message):
        run(path)
    with transaction(pool) as conn:
        assert conn.execute("SELECT count(*) FROM imports").fetchone() == (0,)


def test_a_workbook_broken_in_the_middle(run: Run, tmp_path: Path) -> None:
    """The archive is whole, the sheet in it is not: what was read before the break stays."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [HEADER, *_rows(3000)]:
        book.active.append(row)
    book.save(tmp_path / "ok.xlsx")
    path = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(tmp_path / "ok.xlsx") as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data[: len(data) // 2] if "sheet1" in name else data)
    summary = run(path)
    assert 1000 < summary.new < 2000 and summary.rejected == 1
    assert (summary.complete, summary.broken_at) == (False, summary.new + 2)
    assert "无法继续读取" in _rejected(summary.rejected_path)[1][1]
