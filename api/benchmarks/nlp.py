"""Letters per second of CPU time that the analysis reads, where the time goes, and what others take for the same.

All on one core, in one run and by turns, batch after batch: another load on the machine meets everybody alike, and who
compares compares what was measured in the same seconds.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from threadpoolctl import threadpool_limits

from api.benchmarks.rivals import SNOWNLP_LETTERS, fit_plain, snownlp_sentiment
from models.analysis import AnalyserInput
from models.errors import Unavailable
from nlp.letters import LabelledLetter, read
from nlp.pipeline import Pipeline, build_reference_pipeline
from nlp.segmentation import Segmenter, make_segmenter
from nlp.shipped import Shipped
from nlp.topics.evaluation import score
from nlp.topics.grouping import group_alike, split
from nlp.topics.model import TopicModel
from nlp.topics.training import FOLDS, train

BATCH = 256
_ALONE, _STARTS = 100, 3
WHOLE, DEFAULT, TRAINED, PLAIN, SNOWNLP = "whole", "default", "trained", "plain_script", "snownlp"
Progress = Callable[[str, float], None]
_Task = Callable[[Sequence[LabelledLetter]], object]


@dataclass(frozen=True, slots=True)
class Judged:
    """On letters that were not learnt from, nor any like them."""

    letters: int
    accuracy: float
    macro_f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NlpFigures:
    """`per_second` are letters per second of CPU time: the topic step from the raw text on with the default and the
    trained classifier, the whole analysis, and the others. `times_snownlp` is how many letters each of them reads while
    SnowNLP judges one: a machine that is slow for an hour changes it less. `alone_ms` is the median of one letter
    alone. `steps` are shares of the whole analysis. `first_letter` is the quickest of some starts, in seconds by the
    clock and of CPU time. `judged` says how right those were that learnt from labels."""

    source: str
    letters: int
    mean_characters: float
    per_second: dict[str, float]
    times_snownlp: dict[str, float]
    alone_ms: dict[str, float]
    steps: dict[str, float]
    first_letter: dict[str, float]
    judged: dict[str, Judged] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Taught:
    model: TopicModel
    plain: Callable[[Sequence[LabelledLetter]], list[str]]
    judged: dict[str, Judged]


def measure_nlp(
    source: str, letters: Sequence[LabelledLetter], shipped: Shipped, *, data_dir: Path, on_progress: Progress
) -> NlpFigures:
    """`letters` with labels teach a classifier first. Raises `Invalid` where those labels cannot teach anything."""
    with threadpool_limits(limits=1):
        return _measure(source, letters, shipped, data_dir, on_progress)


def _measure(
    source: str, letters: Sequence[LabelledLetter], shipped: Shipped, data_dir: Path, on_progress: Progress
) -> NlpFigures:
    segmenter = make_segmenter()
    taught = _teach(letters, segmenter, on_progress) if any(letter.label for letter in letters) else None
    pipeline, snownlp = build_reference_pipeline(shipped), snownlp_sentiment()
    tasks: dict[str, _Task] = {
        WHOLE: lambda batch: pipeline.analyse(_inputs(batch)),
        DEFAULT: lambda batch: pipeline.suggest(_inputs(batch)),
    }
    if taught is not None:
        model = taught.model
        tasks[TRAINED] = lambda batch: model.predict(list(read(batch, segmenter)))
        tasks[PLAIN] = taught.plain
    batches = [letters[start : start + BATCH] for start in range(0, len(letters), BATCH)]
    turns = _by_turns(tasks, snownlp, batches, pipeline, lambda share: on_progress("测速", 0.6 + 0.3 * share))
    on_progress("测启动", 0.9)
    first_letter = _first_letter(letters[0], data_dir)
    return NlpFigures(
        source=source,
        letters=len(letters),
        mean_characters=sum(len(letter.title) + len(letter.body) for letter in letters) / len(letters),
        per_second=turns.per_second,
        times_snownlp={
            name: rate / turns.per_second[SNOWNLP] for name, rate in turns.per_second.items() if snownlp is not None
        },
        alone_ms=turns.alone_ms,
        steps=turns.steps,
        first_letter=first_letter,
        judged=taught.judged if taught else {},
        missing=() if snownlp is not None else (SNOWNLP,),
    )


def _teach(letters: Sequence[LabelledLetter], segmenter: Segmenter, on_progress: Progress) -> _Taught:
    """Learn from four fifths of the letters, ask about the rest; letters that say nearly the same are on one side."""
    labelled = [letter for letter in letters if letter.label]
    groups = group_alike(read(labelled, segmenter))
    folds = split([letter.label for letter in labelled], groups, FOLDS).tolist()
    known = [letter for letter, fold in zip(labelled, folds, strict=True) if fold]
    asked = [letter for letter, fold in zip(labelled, folds, strict=True) if not fold]
    model = train(known, segmenter, on_progress=lambda what, share: on_progress(what, share / 2)).model
    on_progress("训练对照", 0.55)
    plain = fit_plain(known)
    ours = ["".join(s.topic_code for s in found[:1]) for found in model.predict(list(read(asked, segmenter)))]
    gold = [letter.label for letter in asked]
    return _Taught(model, plain, {TRAINED: _judge(gold, ours), PLAIN: _judge(gold, plain(asked))})


def _judge(gold: Sequence[str], predicted: Sequence[str]) -> Judged:
    scores = score(gold, predicted, [0.0] * len(gold), [False] * len(gold))
    return Judged(len(gold), scores.accuracy, scores.macro_f1)


@dataclass(frozen=True, slots=True)
class _Turns:
    per_second: dict[str, float]
    alone_ms: dict[str, float]
    steps: dict[str, float]


def _by_turns(
    tasks: dict[str, _Task],
    snownlp: _Task | None,
    batches: Sequence[Sequence[LabelledLetter]],
    pipeline: Pipeline,
    on_progress: Callable[[float], None],
) -> _Turns:
    """Each turn is a batch for every task, some letters alone for every task, and SnowNLP's share of its letters."""
    letters = [letter for batch in batches for letter in batch]
    singles, judged = _spread(letters, _ALONE, len(batches)), _spread(letters, SNOWNLP_LETTERS, len(batches))
    everybody = tasks | ({SNOWNLP: snownlp} if snownlp is not None else {})
    seconds, read = dict.fromkeys(everybody, 0.0), dict.fromkeys(everybody, 0)
    alone: dict[str, list[float]] = {name: [] for name in tasks}
    steps = dict.fromkeys(pipeline.timings, 0.0)
    for task in tasks.values():
        task(batches[0])  # what is loaded at the first use is not counted
    for number, batch in enumerate(batches):
        for name, task in everybody.items():
            asked = judged[number] if name == SNOWNLP else batch
            pipeline.reset_timings()
            seconds[name] += _cpu_seconds(partial(task, asked))
            read[name] += len(asked)
            if name == WHOLE:
                steps = {step: steps[step] + spent for step, spent in pipeline.timings.items()}
        for name, task in tasks.items():
            alone[name] += [_cpu_seconds(partial(task, [letter])) for letter in singles[number]]
        on_progress((number + 1) / len(batches))
    total = sum(steps.values())
    return _Turns(
        {name: read[name] / spent for name, spent in seconds.items()},
        {name: 1000 * median(spent) for name, spent in alone.items()},
        {step: spent / total for step, spent in steps.items()},
    )


def _spread(letters: Sequence[LabelledLetter], most: int, turns: int) -> list[Sequence[LabelledLetter]]:
    """So many of the letters, or all, dealt out to the turns: as many long and short ones as among all. Of any 48 the
    mean length was a quarter off, and so was whoever read only those."""
    by_length = sorted(letters, key=lambda letter: len(letter.title) + len(letter.body))
    count = min(most, len(letters))
    chosen = [by_length[(2 * place + 1) * len(letters) // (2 * count)] for place in range(count)]
    return [chosen[turn::turns] for turn in range(turns)]


def _first_letter(letter: LabelledLetter, data_dir: Path) -> dict[str, float]:
    """Raises `Unavailable` where the process that is measured fails."""
    clock, cpu = [], []
    for _ in range(_STARTS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        ended = subprocess.run(
            [sys.executable, "-m", "api.benchmarks.first_letter", str(data_dir)],
            input=json.dumps([letter.title, letter.body]),
            capture_output=True,
            text=True,
            check=False,
        )
        clock.append(time.perf_counter() - started)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if ended.returncode:
            raise Unavailable(f"测量启动的进程出错：{ended.stderr.strip()[-200:]}")
    return {"seconds": min(clock), "cpu_seconds": min(cpu)}


def _inputs(letters: Sequence[LabelledLetter]) -> list[AnalyserInput]:
    return [AnalyserInput(letter.title, letter.body, "letter") for letter in letters]


def _cpu_seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return max(time.process_time() - started, 1e-9)
