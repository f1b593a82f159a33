"""The figures of the reply bench: agreement with marks, what is read from the files."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.benchmarks.replies import FILE_NAME, Answered, agree, read_answered, read_reply_marks
from api.commands.benchmarks import app
from models.errors import Invalid
from models.reply_check import ReplyFlaw

FLAW = ReplyFlaw.NO_DATE
MARKS = Path(__file__).parents[1] / "quality" / "reply_marks.csv"


def test_agreement_of_known_tables() -> None:
    # 20 yes by both, 5 by the reader alone, 10 by the check alone, 15 no by both: the textbook's table, kappa .4
    pairs = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    found = agree(FLAW, pairs)
    assert (found.marked, found.found) == (25, 30)
    assert found.precision == pytest.approx(20 / 30)
    assert found.recall == pytest.approx(20 / 25)
    assert found.kappa == pytest.approx(0.4)


def test_nothing_marked_nothing_found_is_no_figure() -> None:
    found = agree(FLAW, [(False, False)] * 3)
    assert (found.precision, found.recall, found.kappa) == (None, None, None)


def test_marks_say_yes_or_no_of_every_kind_and_hold_no_text() -> None:
    every = read_reply_marks(MARKS, "")
    parts = {half: read_reply_marks(MARKS, half) for half in ("development", "unseen", "fresh", "last")}
    assert {half: len(part) for half, part in parts.items()} == {
        "development": 150,
        "unseen": 150,
        "fresh": 120,
        "last": 120,
    }
    assert len(every) == 540
    assert all(letter.isdigit() for letter in every)
    cells = MARKS.read_text(encoding="utf-8").split("\n", 1)[1].replace("\n", ",").split(",")
    assert {cell for cell in cells if cell and not cell.isdigit()} == {*parts, "yes", "no"}


def test_letters_with_replies_are_read_by_number(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text("留言编号,留言主题,留言详情,答复意见,答复时间\n7, 路灯 ,不亮,已修好,2031\n", encoding="utf-8-sig")
    assert read_answered(path) == {"7": Answered("路灯", "不亮", "已修好")}
    path.write_text("编号,答复意见\n7,已修好\n", encoding="utf-8")
    with pytest.raises(Invalid, match="缺少列：留言编号、留言主题、留言详情"):
        read_answered(path)


def test_without_the_letters_it_says_so(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["replies", "--marks", str(MARKS), "--data", str(tmp_path)])
    assert done.exit_code == 0
    assert "未测量" in done.output
