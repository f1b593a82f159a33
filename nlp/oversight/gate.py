"""May a candidate take the place of the live classifier? Only if it is shown to be no worse, where it matters.

Both are asked about the same letters, so differences are judged letter by letter: paired bootstrap (Efron 1979; of
whole groups of near-duplicates) for the overall figures, McNemar's exact test (1947) with Holm's correction (1979) for
the topics, so that one of many topics does not fail by chance. A large loss fails without a proof.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc  # not scipy.stats: see nlp.oversight.drift_statistics

from models.errors import Invalid
from nlp.oversight.risk_control import Checked, keep_promise
from nlp.topics.evaluation import calibration_error

CheckName = Literal["enough", "macro_f1", "accuracy", "classes", "calibration", "coverage"]
Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.int64]
FROZEN, LAST_MONTH = "冻结测试集", "近一个月人工核对的来信"
LEAST_LETTERS, LEAST_OF_A_CLASS = 100, 20
_RESAMPLES, _COVERAGE_RESAMPLES = 1_000, 100
# The chance of turning away a candidate that is just as good, per figure; and all topics together.
_DOUBT = 0.05
# What a candidate may lose without anybody noticing; below that significance is not asked.
_TOLERATED = 0.002
# Who loses so much fails without a proof: of an overall figure, of a topic's right answers (twice the least letters).
_LARGE, _LARGE_OF_A_CLASS = 0.03, 0.15
_CALIBRATED, _CALIBRATION_SLACK = 0.02, 0.005
_COVERAGE_SLACK = 0.03
_REST = "其余类别"


@dataclass(frozen=True, slots=True)
class Predictions:
    """What a classifier says of letters it has not learnt from: the best code of each ("" where it does not know) and
    its confidence."""

    codes: Sequence[str]
    confidences: Sequence[float]


@dataclass(frozen=True, slots=True)
class Check:
    """`where` names the set of letters; `live` and `candidate` are the figures compared; `figures` holds the rest of
    the arithmetic; `sentence` says the outcome in Chinese."""

    name: CheckName
    where: str
    passed: bool
    live: float
    candidate: float
    sentence: str
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GateReport:
    passed: bool
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """Codes as numbers: `gold`, and what both said (-1: what is no true topic of these letters, or not known)."""

    names: tuple[str, ...]
    gold: Numbers
    live: Numbers
    candidate: Numbers
    groups: Numbers
    where: str
    seed: int


def judge(
    live: Predictions,
    candidate: Predictions,
    gold: Sequence[str],
    *,
    where: str = FROZEN,
    names: Mapping[str, str] | None = None,
    groups: Sequence[int] | None = None,
    allowed: float = 0.02,
    sureness: float = 0.95,
    seed: int = 0,
) -> GateReport:
    """Compare both on the letters whose true topics are `gold`, letter by letter.

    `names` are the Chinese names of the codes, for the sentences. `groups` keeps letters together that say nearly the
    same (they are resampled as one). `allowed` is the share of wrong automatic dispatches that the administrator
    allows. Fewer than a hundred letters are not enough to judge: not passed. The same input and seed give the same
    report. Raises `Invalid` where the lengths differ.
    """
    lengths = {len(gold), *(len(part) for p in (live, candidate) for part in (p.codes, p.confidences))}
    if len(lengths) > 1 or (groups is not None and len(groups) != len(gold)):
        raise Invalid("两个模型的预测与正确类别的数目不同。")
    size = float(len(gold))
    if size < LEAST_LETTERS:
        sentence = f"{where}只有 {len(gold)} 件来信，少于 {LEAST_LETTERS} 件，无法判断。"
        return GateReport(False, (Check("enough", where, False, size, size, sentence),))
    codes = tuple(sorted(set(gold)))
    place = {code: number for number, code in enumerate(codes)}
    true, was, would = (
        np.array([place.get(code, -1) for code in part], dtype=np.int64) for part in (gold, live.codes, candidate.codes)
    )
    _, together = np.unique(np.arange(len(gold)) if groups is None else np.array(groups), return_inverse=True)
    case = _Case(tuple((names or {}).get(code, code) for code in codes), true, was, would, together, where, seed)
    rights = [(case.gold == said).tolist() for said in (case.live, case.candidate)]
    checks = (
        Check("enough", where, True, size, size, f"{where}共 {len(gold)} 件来信，足以判断。"),
        *_overall(case),
        _topics(case),
        _calibration(where, live, candidate, rights),
        _coverage(case, live, candidate, rights, allowed, sureness),
    )
    return GateReport(all(check.passed for check in checks), checks)


def combine(*reports: GateReport) -> GateReport:
    """Passed if every one is, e.g. that on the frozen set and that on last month's letters; all checks in order.
    Raises `Invalid` without any."""
    if not reports:
        raise Invalid("没有可以合并的评判结果。")
    return GateReport(all(r.passed for r in reports), tuple(check for r in reports for check in r.checks))


def _overall(case: _Case) -> tuple[Check, Check]:
    """Not worse: of 1,000 sets drawn from these letters the candidate wins or draws in one of twenty or more, or it
    loses next to nothing; and it never loses much."""
    draw, size = np.random.default_rng(case.seed), int(case.groups.max()) + 1
    figures = [_figures(case, np.ones(size))]
    figures += [
        _figures(case, np.bincount(draw.integers(0, size, size), minlength=size).astype(np.float64))
        for _ in range(_RESAMPLES)
    ]
    table = np.array(figures)
    checks = []
    labels: tuple[tuple[CheckName, str], ...] = (("macro_f1", "宏平均 F1 "), ("accuracy", "准确率"))
    for column, (name, label) in enumerate(labels):
        differences = table[:, column + 2] - table[:, column]
        change, drawn = float(differences[0]), differences[1:]
        low, high = (float(np.quantile(drawn, q)) for q in (_DOUBT, 1 - _DOUBT))
        passed = change >= -_TOLERATED or (high >= 0 and change > -_LARGE)
        outcome = "不低于现用模型" if passed else "明显低于现用模型"
        sentence = f"{case.where}：{label}由 {table[0, column]:.3f} 变为 {table[0, column + 2]:.3f}，{outcome}。"
        before, after = float(table[0, column]), float(table[0, column + 2])
        arithmetic = {"change": change, "low": low, "high": high, "resamples": float(_RESAMPLES)}
        checks.append(Check(name, case.where, passed, before, after, sentence, arithmetic))
    return checks[0], checks[1]


def _figures(case: _Case, times: Floats) -> tuple[float, float, float, float]:
    """Macro-F1 and accuracy of the live one, then of the candidate; each group counted so many times."""
    weights, classes = times[case.groups], len(case.names)
    expected = np.bincount(case.gold, weights, classes)
    found = []
    for said in (case.live, case.candidate):
        hits = np.bincount(case.gold, weights * (said == case.gold), classes)
        claimed = np.bincount(said + 1, weights, classes + 1)[1:]
        there = expected > 0
        found += [float((2 * hits[there] / (expected + claimed)[there]).mean()), float(hits.sum() / weights.sum())]
    return found[0], found[1], found[2], found[3]


def _topics(case: _Case) -> Check:
    """No topic loses right answers, beyond chance. Topics with few letters are judged together."""
    counts = Counter(case.gold.tolist())
    members: dict[str, list[int]] = defaultdict(list)
    for row, code in enumerate(case.gold.tolist()):
        members[case.names[code] if counts[code] >= LEAST_OF_A_CLASS else _REST].append(row)
    before, after = case.gold == case.live, case.gold == case.candidate
    losses: list[tuple[float, str, float, float]] = []
    for name, rows in sorted(members.items()):
        lost, won = int((before[rows] & ~after[rows]).sum()), int((~before[rows] & after[rows]).sum())
        chance = float(bdtrc(lost - 1, lost + won, 0.5)) if lost > won else 1.0
        losses.append((chance, name, float(before[rows].mean()), float(after[rows].mean())))
    losses.sort()
    proved = 0
    while proved < len(losses) and losses[proved][0] <= _DOUBT / (len(losses) - proved):
        proved += 1
    failed = [
        (name, live, candidate)
        for number, (_, name, live, candidate) in enumerate(losses)
        if (number < proved and candidate < live - _TOLERATED)
        or (candidate <= live - _LARGE_OF_A_CLASS and len(members[name]) >= 2 * LEAST_OF_A_CLASS)
    ]
    _, name, live, candidate = losses[0]
    if failed:
        listed = "、".join(f"{name}（{live:.1%} → {candidate:.1%}）" for name, live, candidate in failed)
        sentence = f"{case.where}：以下类别判对的来信明显减少：{listed}。"
    else:
        sentence = f"{case.where}：{len(losses)} 个类别均无明显变差。"
    figures = {"topics": float(len(losses)), "failed": float(len(failed)), "smallest_p": losses[0][0]}
    return Check("classes", case.where, not failed, live, candidate, sentence, figures)


def _calibration(where: str, live: Predictions, candidate: Predictions, rights: Sequence[Sequence[bool]]) -> Check:
    before, after = (
        calibration_error(said.confidences, right) for said, right in zip((live, candidate), rights, strict=True)
    )
    limit = max(_CALIBRATED, before + _CALIBRATION_SLACK)
    outcome = f"不超过 {limit:.3f}" if after <= limit else f"超过 {limit:.3f}，置信度不可信"
    sentence = f"{where}：校准误差由 {before:.3f} 变为 {after:.3f}，{outcome}。"
    return Check("calibration", where, after <= limit, before, after, sentence, {"limit": limit})


def _coverage(
    case: _Case,
    live: Predictions,
    candidate: Predictions,
    rights: Sequence[Sequence[bool]],
    allowed: float,
    sureness: float,
) -> Check:
    """The share that could be automatic if the promise were made from these letters, each with its own threshold. It
    has collapsed if it is clearly smaller and that is no chance (bootstrap, as above)."""
    pairs = [
        [Checked(confidence, ok) for confidence, ok in zip(said.confidences, right, strict=True)]
        for said, right in zip((live, candidate), rights, strict=True)
    ]

    def shares(rows: Numbers) -> tuple[float, float]:
        before, after = (
            keep_promise((letters[row] for row in rows.tolist()), allowed=allowed, sureness=sureness).coverage
            for letters in pairs
        )
        return before, after

    before, after = shares(np.arange(len(case.gold)))
    high = after - before
    if after < before - _COVERAGE_SLACK:
        draw, size = np.random.default_rng(case.seed), int(case.groups.max()) + 1
        differences = []
        for _ in range(_COVERAGE_RESAMPLES):
            times = np.bincount(draw.integers(0, size, size), minlength=size)
            was, would = shares(np.repeat(np.arange(len(case.gold)), times[case.groups]))
            differences.append(would - was)
        high = float(np.quantile(differences, 1 - _DOUBT))
    passed = after >= before - _COVERAGE_SLACK or high >= 0
    outcome = "没有明显减少" if passed else "明显减少"
    sentence = (
        f"{case.where}：在错误不超过 {allowed:.1%} 的承诺下，可自动派单的比例"
        f"由 {before:.1%} 变为 {after:.1%}，{outcome}。"
    )
    figures = {"allowed": allowed, "sureness": sureness, "high": high}
    return Check("coverage", case.where, passed, before, after, sentence, figures)
