"""The issues of real letters are found as well as is promised: on the half of the marks that no threshold was chosen
on. Where this machine has the letters."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api.benchmarks.issue_rivals import ours
from api.benchmarks.issues import b_cubed, read_marks
from api.letter_files.letter_table import LetterTable

FLOOR = 0.86
FILE_NAME = "letters_2019_first_half.csv"
HERE = Path(__file__).parent


def measure(path: Path, half: str) -> tuple[float, float, float]:
    """B-cubed precision, recall and F of one half of the marks."""
    table = LetterTable(path, {}, ZoneInfo("Asia/Shanghai"))
    numbers = [cells[0] for _, cells in table.rows()]
    marks = read_marks(HERE / "issue_marks.csv", HERE / "issue_marks_names.csv", half, numbers)
    return score(ours(list(table.letters()), 1), marks)


def score(labels: Sequence[int], marks: Mapping[int, str]) -> tuple[float, float, float]:
    """A letter without a label stands alone."""
    return b_cubed([label if label >= 0 else -1 - place for place, label in enumerate(labels)], marks)


def test_issues_of_real_letters_are_found() -> None:
    path = Path(os.environ.get("WENZHENG_BENCH_DATA", "")) / FILE_NAME
    if not path.is_file():
        pytest.skip(f"no real letters here: set WENZHENG_BENCH_DATA to a folder with {FILE_NAME}")
    _, _, f = measure(path, "unseen")
    assert f >= FLOOR
