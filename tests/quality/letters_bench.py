"""Measures the topics on real letters with one of seven first-level labels; no such letter is part of the project.

    python -m tests.quality.letters_bench FOLDER     (or WENZHENG_BENCH_DATA=FOLDER)

FOLDER holds letters_labelled.csv (留言主题 留言详情 一级标签). Their classes and our taxonomy differ in their cut:
each of our topics names the labels under which that scheme may file it, the likeliest first; topics it has no class
for count as wrong.
"""

import csv
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

from api.commands.default_classifier import ready_shipped
from models.analysis import AnalyserInput, Analysis
from nlp.pipeline import Pipeline, build_reference_pipeline

FILE_NAME = "letters_labelled.csv"
DISPATCH_THRESHOLD = 0.5

BUILDING, LABOUR, SCHOOL, TRADE = "城乡建设", "劳动和社会保障", "教育文体", "商贸旅游"
ENVIRONMENT, HEALTH, TRAFFIC = "环境保护", "卫生计生", "交通运输"
LABELS = (BUILDING, LABOUR, SCHOOL, TRADE, ENVIRONMENT, HEALTH, TRAFFIC)

_TOPIC_LABELS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("T01", "T02", "T03", "T04", "T05", "T09"), (BUILDING,)),
    **{"T06": (TRAFFIC, BUILDING), "T07": (ENVIRONMENT,), "T10": (SCHOOL,), "T11": (HEALTH,), "T12": (LABOUR, HEALTH)},
    **{"T13": (LABOUR,), "T15": (TRADE,), "T18": (SCHOOL,), "T19": (TRADE,), "T20": (TRADE,)},
    **dict.fromkeys(("T0602", "T0603", "T0606", "T2004", "T2005"), (TRAFFIC,)),
    **dict.fromkeys(("T0601", "T0604"), (BUILDING, TRAFFIC)),
    **dict.fromkeys(("T0405", "T0410", "T0905", "T1606"), (BUILDING, ENVIRONMENT)),
    **dict.fromkeys(("T0702", "T0703", "T0704"), (ENVIRONMENT, BUILDING)),
    **dict.fromkeys(("T0305", "T0506"), (TRADE, BUILDING)),
    **{"T0205": (BUILDING, LABOUR), "T0302": (BUILDING, TRADE)},
    **dict.fromkeys(("T1009", "T1011"), (SCHOOL, LABOUR)),
    **dict.fromkeys(("T1107", "T1109"), (HEALTH, LABOUR)),
    **dict.fromkeys(("T1501", "T1502"), (HEALTH, TRADE)),
    **dict.fromkeys(("T1801", "T1802", "T1803", "T1607"), (TRADE,)),
    **{"T1805": (SCHOOL, TRADE), "T1608": (TRADE, ENVIRONMENT)},
    **dict.fromkeys(("T1602", "T1604", "T1605", "T1902"), (BUILDING,)),
    **dict.fromkeys(("T1908", "T2106"), (LABOUR,)),
    **dict.fromkeys(("T1901", "T1911", "T2006", "T2007", "T2008"), ()),
}


@dataclass(frozen=True, slots=True)
class Measurement:
    """Shares are of all letters; `coverage[a]` is the largest share that can be dispatched at accuracy `a`."""

    letters: int
    letters_per_second: float
    accuracy: float
    macro_f1: float
    ece: float
    dispatched: float
    dispatched_accuracy: float
    coverage: dict[float, float]
    step_shares: dict[str, float]


def find_letters(folder: str | None = None) -> Path | None:
    """The file of letters, or None where this machine has none."""
    path = Path(folder or os.environ.get("WENZHENG_BENCH_DATA", "")) / FILE_NAME
    return path if path.is_file() else None


def measure(path: Path, pipeline: Pipeline) -> Measurement:
    """Run the whole pipeline over the letters in batches of 256, in CPU time of one process."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    inputs = [AnalyserInput(row["留言主题"].strip(), row["留言详情"].strip(), "letter") for row in rows]
    gold = [row["一级标签"] for row in rows]
    pipeline.reset_timings()
    started = process_time()
    analyses = [a for i in range(0, len(inputs), 256) for a in pipeline.analyse(inputs[i : i + 256])]
    seconds = process_time() - started
    spent = sum(pipeline.timings.values())

    right = [label in _possible_labels(a) for a, label in zip(analyses, gold, strict=True)]
    confidences = [a.suggestions[0].confidence if a.suggestions else 0.0 for a in analyses]
    ranked = sorted(zip(confidences, right, strict=True), key=lambda pair: -pair[0])
    dispatched = [ok for confidence, ok in ranked if confidence >= DISPATCH_THRESHOLD]
    return Measurement(
        letters=len(rows),
        letters_per_second=len(rows) / seconds,
        accuracy=sum(right) / len(rows),
        macro_f1=_macro_f1([_forced_label(a) for a in analyses], gold),
        ece=_calibration_error(ranked),
        dispatched=len(dispatched) / len(rows),
        dispatched_accuracy=sum(dispatched) / len(dispatched),
        coverage={target: _coverage([ok for _, ok in ranked], target) for target in (0.90, 0.93, 0.95)},
        step_shares={step: seconds / spent for step, seconds in pipeline.timings.items()},
    )


def labels_of(topic_code: str) -> tuple[str, ...]:
    return _TOPIC_LABELS.get(topic_code, _TOPIC_LABELS.get(topic_code[:3], ()))


def _possible_labels(analysis: Analysis) -> tuple[str, ...]:
    return labels_of(analysis.suggestions[0].topic_code) if analysis.suggestions else ()


def _forced_label(analysis: Analysis) -> str:
    """The likeliest of the seven labels by the suggestions, second labels of a topic counting a little less."""
    votes = dict.fromkeys(LABELS, 0.0)
    for suggestion in analysis.suggestions:
        for rank, label in enumerate(labels_of(suggestion.topic_code)):
            votes[label] += suggestion.confidence * (0.6 if rank else 1.0)
    best = max(LABELS, key=lambda label: votes[label])
    return best if votes[best] else ""


def _macro_f1(predicted: Sequence[str], gold: Sequence[str]) -> float:
    scores = []
    for label in LABELS:
        hits = sum(p == g == label for p, g in zip(predicted, gold, strict=True))
        scores.append(2 * hits / max(1, sum(p == label for p in predicted) + sum(g == label for g in gold)))
    return sum(scores) / len(scores)


def _calibration_error(ranked: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error over ten equal bins."""
    error = 0.0
    for bin_number in range(10):
        inside = [(c, ok) for c, ok in ranked if min(int(c * 10), 9) == bin_number]
        error += abs(sum(ok for _, ok in inside) - sum(c for c, _ in inside)) / len(ranked)
    return error


def _coverage(right: Sequence[bool], target: float) -> float:
    best = hits = 0
    for count, ok in enumerate(right, 1):
        hits += ok
        if hits >= target * count:
            best = count
    return best / len(right)


def main() -> None:
    path = find_letters(sys.argv[1] if len(sys.argv) > 1 else None)
    if path is None:
        print(f"没有找到 {FILE_NAME}：本机没有用于测量的真实来信，未测量。", file=sys.stderr)
        raise SystemExit(2)
    result = measure(path, build_reference_pipeline(ready_shipped()))
    print(f"{result.letters} letters, {result.letters_per_second:.0f} letters/s of CPU time, whole pipeline")
    print(f"accuracy {result.accuracy:.3f}, macro-F1 over 7 labels {result.macro_f1:.3f}, ECE {result.ece:.3f}")
    print(f"at {DISPATCH_THRESHOLD}: {result.dispatched:.3f} dispatched, {result.dispatched_accuracy:.3f} right")
    print("coverage at accuracy " + ", ".join(f"{a:.2f}: {share:.3f}" for a, share in result.coverage.items()))
    print("time " + ", ".join(f"{step} {share:.1%}" for step, share in result.step_shares.items()))


if __name__ == "__main__":
    main()
