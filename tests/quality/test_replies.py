"""The check of replies agrees with a reader as far as is promised, on marks made after the rules were frozen. Where
this machine has the letters."""

import os
from pathlib import Path

import pytest

from api.benchmarks.replies import FILE_NAME, agree, read_answered, read_reply_marks
from intake.redaction import find_exposed
from models.analysis import TextSpan
from models.reply_check import ReplyFlaw
from nlp.replies.check import check_reply

HERE = Path(__file__).parent
# Somewhat below what was measured once (docs/quality.md), and nothing where too few are marked to mean anything.
FLOORS = {
    ReplyFlaw.UNANSWERED: 0.6,
    ReplyFlaw.NO_GROUND: 0.75,
    ReplyFlaw.NO_DATE: 0.87,
    ReplyFlaw.NO_CONTACT: 0.8,
    ReplyFlaw.FORWARDED: 0.75,
    ReplyFlaw.PERSONAL_DATA: 0.55,
    ReplyFlaw.UNDATED_PROMISE: 0.42,
}
# Of replies drawn later (reply_evasion_marks.csv); so few evade that the floor lies far below what was measured.
LATER_FLOORS = {ReplyFlaw.EVASIVE: 0.4, ReplyFlaw.UNDATED_PROMISE: 0.55}


@pytest.mark.parametrize(
    ("file", "half", "floors"),
    [("reply_marks.csv", "last", FLOORS), ("reply_evasion_marks.csv", "", LATER_FLOORS)],
)
def test_the_check_agrees_with_a_reader(file: str, half: str, floors: dict[ReplyFlaw, float]) -> None:
    path = Path(os.environ.get("WENZHENG_BENCH_DATA", "")) / FILE_NAME
    if not path.is_file():
        pytest.skip(f"no real replies here: set WENZHENG_BENCH_DATA to a folder with {FILE_NAME}")
    answered = read_answered(path)
    marks = read_reply_marks(HERE / file, half)
    found = {}
    for number in marks:
        one = answered[number]
        spans = find_exposed(one.reply, letter=f"{one.title}\n{one.body}")
        exposed = [TextSpan(span.start, span.end) for span in spans]
        check = check_reply(one.title, one.body, one.reply, exposed=exposed)
        found[number] = {finding.flaw for finding in check.findings}
    for flaw, floor in floors.items():
        kappa = agree(flaw, [(marks[number][flaw], flaw in flaws) for number, flaws in found.items()]).kappa
        assert kappa is not None
        assert kappa >= floor, (flaw, kappa)
