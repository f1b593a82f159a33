"""How far does the check of replies agree with a reader's marks on real replies, and how long does it take?"""

import csv
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from intake.redaction import find_exposed
from models.analysis import AnalyserInput, Analysis, TextSpan
from models.errors import Invalid
from models.reply_check import ReplyCheck, ReplyFlaw
from nlp.pipeline import Pipeline
from nlp.replies.check import check_reply
from nlp.replies.signature import reply_signature

FILE_NAME = "letters_with_replies.csv"
_COLUMNS = ("留言编号", "留言主题", "留言详情", "答复意见")
_BATCH, _TIMED = 256, 1000


@dataclass(frozen=True, slots=True)
class Answered:
    """A letter with the reply that was sent to it."""

    title: str
    body: str
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Of one kind: how many replies the reader marked, how many the check found, how right that is. `kappa` is Cohen's:
    0 is what chance gives, 1 complete agreement. None where nothing was marked or found."""

    flaw: ReplyFlaw
    marked: int
    found: int
    precision: float | None
    recall: float | None
    kappa: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFigures:
    """`check_ms`, `signature_ms` and `exposed_ms` (finding personal data) are CPU milliseconds for a reply, over up to
    1,000 of them."""

    letters: int
    agreements: tuple[Agreement, ...]
    timed: int
    mean_characters: float
    check_ms: float
    signature_ms: float
    exposed_ms: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def read_answered(path: Path) -> dict[str, Answered]:
    """By the letter's number. Raises `Invalid` where the file has other columns."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if missing := [name for name in _COLUMNS if name not in (reader.fieldnames or ())]:
            raise Invalid(f"{path.name} 缺少列：{'、'.join(missing)}。")
        return {
            number.strip(): Answered(title.strip(), body.strip(), reply.strip())
            for number, title, body, reply in ([row[name] or "" for name in _COLUMNS] for row in reader)
        }


def read_reply_marks(path: Path, half: str) -> dict[str, dict[ReplyFlaw, bool]]:
    """By the letter's number, of one part of the marks (the column `half`) or, without a name, of all."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            row["letter"]: {
                ReplyFlaw(name): mark == "yes" for name, mark in row.items() if name not in ("letter", "half")
            }
            for row in csv.DictReader(file)
            if half in ("", row["half"])
        }


def measure_replies(
    answered: Mapping[str, Answered],
    marks: Mapping[str, Mapping[ReplyFlaw, bool]],
    pipeline: Pipeline,
    *,
    on_progress: Callable[[str, float], None],
) -> ReplyFigures:
    """The letters are analysed first, as in the running system: the check is given the matters found."""
    marked = {number: answered[number] for number in marks if number in answered}
    on_progress("分析来信", 0.1)
    analyses = _analyse(pipeline, list(marked.values()))
    on_progress("检查答复", 0.5)
    checks = {number: _check(one, analysis) for (number, one), analysis in zip(marked.items(), analyses, strict=True)}
    flaws = list(next(iter(marks.values()), {}))
    timed = list(answered.values())[:_TIMED]
    on_progress("测速", 0.7)
    return ReplyFigures(
        letters=len(checks),
        agreements=tuple(
            agree(flaw, [(marks[number][flaw], check.find(flaw) is not None) for number, check in checks.items()])
            for flaw in flaws
        ),
        timed=len(timed),
        mean_characters=sum(len(one.reply) for one in timed) / max(len(timed), 1),
        check_ms=_milliseconds(timed, lambda one: check_reply(one.title, one.body, one.reply)),
        signature_ms=_milliseconds(timed, lambda one: reply_signature(one.reply)),
        exposed_ms=_milliseconds(timed, lambda one: find_exposed(one.reply, letter=_letter(one))),
    )


def agree(flaw: ReplyFlaw, pairs: Sequence[tuple[bool, bool]]) -> Agreement:
    """`pairs` are what the reader says and what the check says of each reply."""
    count = len(pairs)
    marked = sum(said for said, _ in pairs)
    found = sum(got for _, got in pairs)
    both = sum(said and got for said, got in pairs)
    same = sum(said is got for said, got in pairs)
    chance = (marked * found + (count - marked) * (count - found)) / count**2 if count else 1.0
    return Agreement(
        flaw=flaw,
        marked=marked,
        found=found,
        precision=both / found if found else None,
        recall=both / marked if marked else None,
        kappa=(same / count - chance) / (1 - chance) if chance < 1 else None,
    )


def _analyse(pipeline: Pipeline, letters: Sequence[Answered]) -> list[Analysis]:
    inputs = [AnalyserInput(one.title, one.body, "letter") for one in letters]
    return [
        analysis
        for start in range(0, len(inputs), _BATCH)
        for analysis in pipeline.analyse(inputs[start : start + _BATCH])
    ]


def _check(one: Answered, analysis: Analysis) -> ReplyCheck:
    exposed = [TextSpan(span.start, span.end) for span in find_exposed(one.reply, letter=_letter(one))]
    return check_reply(one.title, one.body, one.reply, matters=analysis.matters, exposed=exposed)


def _letter(one: Answered) -> str:
    return f"{one.title}\n{one.body}"


def _milliseconds(letters: Sequence[Answered], act: Callable[[Answered], object]) -> float:
    for one in letters[:20]:  # what is loaded once
        act(one)
    started = time.process_time()
    for one in letters:
        act(one)
    return (time.process_time() - started) * 1000 / max(len(letters), 1)
