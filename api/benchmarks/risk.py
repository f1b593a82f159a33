"""How often is the list of cases likely to be late right? The product's model on letters whose replies have a date."""

import csv
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from dashboards.forecasts.risk_features import WEEK, look_at, read_rows
from dashboards.forecasts.risk_model import fit_and_test
from models.analysis import AnalyserInput
from nlp.pipeline import Pipeline, build_reference_pipeline

REPLIES = "letters_with_replies.csv"
# 15 working days, as far as a calendar that is not there can say: three weeks.
LIMIT = timedelta(days=21)
# The unit that answers is not written down: the county or city that the letter names stands for it.
_PLACE = re.compile(r"[A-Z]\d*[市县区]")
_BATCH = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFigures:
    """Learnt from the older two thirds of the weeks, measured on the newer third. Moments: a letter that has no answer
    yet and whose limit ends within a week, seen once a week. `top`: the riskiest tenth of each week; `lift`: their
    share of late ones by that of all; `bins` from low to high risk: (moments, said, was); `calibration`: the mean
    distance of said and was over them."""

    letters: int
    late_letters: float
    weeks: int
    fitted: int
    measured: int
    base: float
    top: int
    top_late: float
    lift: float
    auc: float
    brier: float
    brier_plain: float
    calibration: float
    bins: list[tuple[int, float, float]]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def measure_risk(path: Path, pipeline: Pipeline | None = None) -> RiskFigures | None:
    """None where history is too short. What was not answered is not in such a file: late ones that nobody answered are
    missing, and the figures are about those that were."""
    found = [row for row in map(_row, _read(path)) if row is not None]
    letters = sorted(found, key=lambda row: row["dispatched_at"])
    if not letters:
        return None
    _analyse(letters, pipeline or build_reference_pipeline())
    rows = read_rows(letters)
    # up to the last moment at which it is known what became of every letter in the file
    first, last = letters[0]["due_at"].timestamp(), letters[-1]["due_at"].timestamp() - WEEK
    past = [look_at(rows, at, sampled_only=True) for at in np.arange(first, last, WEEK)]
    weeks = np.concatenate([np.full(len(moment.places), n, dtype=np.int64) for n, moment in enumerate(past)])
    made = fit_and_test(
        np.concatenate([moment.features for moment in past]), np.concatenate([moment.late for moment in past]), weeks
    )
    if made is None:
        return None
    test = made[1]
    base, top_late = test.late / test.rows, test.top_late / test.top
    return RiskFigures(
        letters=len(letters),
        late_letters=float(np.mean([row["completed_at"] > row["due_at"] for row in letters])),
        weeks=len(past),
        fitted=len(weeks) - test.rows,
        measured=test.rows,
        base=base,
        top=test.top,
        top_late=top_late,
        lift=top_late / base,
        auc=test.auc,
        brier=test.brier,
        brier_plain=test.brier_plain,
        calibration=sum(n * abs(said - was) for n, said, was in test.bins) / test.rows,
        bins=test.bins,
    )


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _row(row: dict[str, str]) -> dict[str, Any] | None:
    """As queries/risk_rows.sql gives it; nothing is known of acceptance, extensions and returns."""
    sent, answered = _moment(row["留言时间"]), _moment(row["答复时间"])
    if sent is None or answered is None or answered < sent:
        return None
    title, body = row["留言主题"].strip(), row["留言详情"].strip()
    place = _PLACE.search(title) or _PLACE.search(body)
    return {
        "id": 0,
        "sampled": True,
        "department": place[0] if place else "none",
        "topic": "none",
        "appeal_type": "other",
        "dispatched_at": sent,
        "acknowledged_at": sent,
        "completed_at": answered,
        "due_at": sent + LIMIT,
        "changes": [],
        "returns": [],
        "pauses": [],
        "text": AnalyserInput(title=title, body=body, channel="letter"),
    }


def _analyse(letters: list[dict[str, Any]], pipeline: Pipeline) -> None:
    """Topic and kind of appeal as the program reads them."""
    for at in range(0, len(letters), _BATCH):
        batch = letters[at : at + _BATCH]
        for row, analysis in zip(batch, pipeline.analyse([row["text"] for row in batch]), strict=True):
            row["topic"] = (analysis.topic_code or "none")[:3]
            row["appeal_type"] = analysis.appeal_type.value


def _moment(text: str | None) -> datetime | None:
    """It is written as 2019/4/25 9:32:09, or as a day alone."""
    numbers = [int(number) for number in re.findall(r"\d+", text or "")]
    if len(numbers) < 3:
        return None
    year, month, day, hour, minute, second = (*numbers[:6], *[0] * (6 - len(numbers)))
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
