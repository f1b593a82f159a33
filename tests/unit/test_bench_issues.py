"""The measuring of issues: marks are read by halves, and what is made up is counted."""

from pathlib import Path

from api.benchmarks.issue_rivals import minhash_single_link, single_pass, svd_hdbscan
from api.benchmarks.issues import measure_scale, read_marks
from nlp.issues.listing import Letter


def test_marks_are_read_by_halves(tmp_path: Path) -> None:
    marks, names = tmp_path / "marks.csv", tmp_path / "names.csv"
    marks.write_text("letter,issue\n10,1\n11,1\n12,2\n13,\n14,\n99,2\n", "utf-8")
    names.write_text("issue,half\n1,unseen\n2,development\n", "utf-8")
    numbers = ["14", "13", "12", "11", "10"]
    assert read_marks(marks, names, "unseen", numbers) == {4: "1", 3: "1", 1: "alone 13"}
    assert read_marks(marks, names, "development", numbers) == {2: "2", 0: "alone 14"}
    assert len(read_marks(marks, None, "", numbers)) == 5


def test_the_rivals_find_copies_and_leave_others_alone() -> None:
    copy = "东风巷垃圾站每天早上臭气熏天，请清运。"
    letters = [Letter("垃圾站臭气扰民", copy), Letter("图书馆闭馆", "周一为什么不开门"), Letter("垃圾站臭气扰民", copy)]
    for method in (single_pass, minhash_single_link):
        first, other, second = method(letters, 1)
        assert first == second != other
    many = [Letter(f"{word}坏了", f"{word}坏了没人修") for word in ("路灯", "水管", "电梯", "公厕") for _ in range(40)]
    assert len(set(svd_hdbscan(many, 1))) > 1


def test_the_scale_is_counted() -> None:
    figures = measure_scale(600, on_progress=lambda *_: None)
    assert figures.arrivals == 600 and figures.per_second > 0 and figures.issues > 0
