"""The measuring of issues: marks are read by halves, and what is made up is counted."""

from pathlib import Path

import numpy as np
import pytest

from api.benchmarks import issues, made_arrivals
from api.benchmarks.issue_rivals import minhash_single_link, single_pass, svd_hdbscan
from api.benchmarks.issues import measure_scale, read_marks
from nlp.issues.belonging import Limits
from nlp.issues.book import BookSettings
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
    figures = measure_scale(600, stretch=250, on_progress=lambda *_: None)
    assert figures.arrivals == 600 and figures.per_second > 0 and figures.issues > 0
    assert [one.arrivals for one in figures.stretches] == [250, 500, 600]
    last = figures.stretches[-1]
    assert last.open + last.merged + last.retired == figures.issues and last.members == 600


OFTEN = BookSettings(
    limits=Limits(threshold=0.15, near=0.1),
    bridge=0.06,
    direction=0.3,
    known=5,
    young=4,
    alone_for=500,
    silent_for=900,
)


@pytest.mark.parametrize(
    ("settings", "digest"),
    [(BookSettings(), "ae3879dcb2793a4b9d5a14a80b5e172a"), (OFTEN, "d29ebf406b6044d9a9d115966f3729b3")],
    ids=["usual", "with much merged, split and forgotten"],
)
def test_all_that_comes_of_arrivals_stays_the_same(
    monkeypatch: pytest.MonkeyPatch, settings: BookSettings, digest: str
) -> None:
    """As it was before it was made quicker, then without restarts; with words that no change of the corpus changes. Who
    means to change what is found writes the new digest here, and raises `VERSION` of the book."""
    words = np.random.default_rng(5).permutation(np.arange(1, 300_001, 100, dtype=np.uint32))
    monkeypatch.setattr(made_arrivals, "_words", lambda: words)
    monkeypatch.setattr(issues, "made_arrivals", lambda count: made_arrivals.made_arrivals(count, seed=9))
    figures = measure_scale(3000, settings=settings, restarts=True, stretch=700, on_progress=lambda *_: None)
    assert figures.digest[:32] == digest
