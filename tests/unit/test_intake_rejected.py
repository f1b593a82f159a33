"""The file of rejected rows: corrected in place and imported again, with nothing lost or changed on the way."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rejected import RejectedRows, neutralise, restore
from intake.tabular import open_table
from models.errors import Unavailable

HOSTILE = [
    "=1+1", "+86", "-1", "@SUM(A1)", "\tx", "\rx", "'=1", "''=1", "'quoted'", "'", "''", "plain", "a=b",
]  # fmt: skip


def _reject(source: Path, fallback: Path, cells: dict[str, str]) -> Path | None:
    rejected = RejectedRows(source, fallback, list(cells))
    rejected.add(7, "没有内容", cells)
    rejected.close()
    return rejected.path


@pytest.mark.parametrize("cell", HOSTILE)
def test_what_is_restored_is_what_was_neutralised(cell: str) -> None:
    assert not neutralise(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert restore(neutralise(cell)) == cell


@given(st.text(alphabet="'=+-@\t\ra一", max_size=6))
def test_restore_is_the_inverse_of_neutralise(cell: str) -> None:
    assert restore(neutralise(cell)) == cell


def test_a_rejected_file_is_read_as_the_file_that_it_came_from(tmp_path: Path) -> None:
    """Names of columns too: an apostrophe before @用户 would hide that the column is personal."""
    cells = {"标题": "'=题", "内容": "=1+1", "@用户": "-"}
    path = _reject(tmp_path / "letters.csv", tmp_path, cells)
    assert path is not None and "'@用户" in path.read_text(encoding="utf-8-sig")
    with open_table(path, frozenset(("标题", "内容"))) as table:
        [row] = table.rows
    assert (table.columns, row.cells, row.fault) == (tuple(cells), cells, "")


def test_other_files_keep_their_apostrophes(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("行号,标题,内容\n1,'=题,'-内容\n", encoding="utf-8")
    with open_table(path, frozenset(("标题", "内容"))) as table:
        [row] = table.rows
    assert row.cells == {"行号": "1", "标题": "'=题", "内容": "'-内容"}


def test_a_row_with_nothing_but_number_and_reason_is_no_row(tmp_path: Path) -> None:
    path = _reject(tmp_path / "letters.csv", tmp_path, {"标题": "", "内容": ""})
    assert path is not None
    with open_table(path, frozenset(("标题", "内容"))) as table:
        assert list(table.rows) == []


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    names = []
    for source in ("letters.csv", "letters.xlsx", "letters.csv"):
        path = _reject(tmp_path / source, tmp_path, {"内容": source})
        assert path is not None
        names.append(path.name)
    assert names == ["letters.rejected.csv", "letters.rejected-2.csv", "letters.rejected-3.csv"]
    with (tmp_path / names[0]).open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1] == ["7", "没有内容", "letters.csv"]


def test_where_the_folder_cannot_be_written_the_other_is_taken(tmp_path: Path) -> None:
    nowhere, other = tmp_path / "missing", tmp_path / "data"
    other.mkdir()
    assert _reject(nowhere / "letters.csv", other, {"内容": ""}) == other / "letters.rejected.csv"
    with pytest.raises(Unavailable, match=r"letters\.rejected\.csv"):
        _reject(nowhere / "letters.csv", nowhere, {"内容": ""})
