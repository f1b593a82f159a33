"""Are the letters of this week still those that the classifier knows?

Five tests of the last week against the weeks after the classifier was put into use, and a CUSUM of its confidence for
what comes slowly. Together less than one false alarm in two years of weeks (tests/unit/test_nlp_drift.py simulates
them). What is significant but small is no alarm: a change must matter (population stability index: Siddiqi 2006).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from models.errors import Invalid
from nlp.oversight.drift_statistics import cusum_down, mean_test, mix_test, share_test

Level = Literal["none", "watch", "alarm"]
Statistic = Literal[
    "mean_confidence", "sure_share", "unknown_share", "unknown_word_rate", "topic_mix", "confidence_cusum"
]
SURE = 0.9
LEAST_WEEKS, LEAST_LETTERS = 4, 30
# Each of the five tests may speak by chance in one week of a hundred, or of a thousand.
_WATCH, _ALARM = 0.01, 0.001
# What a change must amount to at least: of a mean or share, and the stability index of the mix.
_LEAST_CHANGE, _LEAST_INDEX = 0.01, 0.1
# One false alarm in 335 weeks, one false "watch" in some 70 (Hawkins and Olwell 1998, table 3.1).
_SLACK, _CUSUM_WATCH, _CUSUM_ALARM = 0.5, 2.5, 4.0
_NAMES: dict[Statistic, str] = {
    "mean_confidence": "平均置信度",
    "sure_share": "高置信度来信占比",
    "unknown_share": "无法判断的来信占比",
    "unknown_word_rate": "生词率",
    "topic_mix": "诉求类别构成",
    "confidence_cusum": "平均置信度",
}
_ORDER: dict[Level, int] = {"alarm": 0, "watch": 1, "none": 2}


@dataclass(frozen=True, slots=True)
class Week:
    """What the classifier said in one week.

    `letters` it read, the mean of their confidences (0 where it does not know), the share of them at .9 and above,
    the share it does not know, the letters of each topic it named (those it does not know are in none), and, where
    measured, the share of words that it had never seen in training.
    """

    letters: int
    mean_confidence: float
    sure_share: float
    unknown_share: float
    topics: Mapping[str, int]
    unknown_word_rate: float | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding. `p` is the chance of so large a deviation where nothing has changed, the weeks' own unrest
    considered, and `score` the deviation in standard errors with `limit` the p of an alarm; of the mix `score` is the
    stability index and `limit` the least that counts; the CUSUM has no p, and is an alarm from `limit` on. `sentence`
    says it in Chinese."""

    statistic: Statistic
    level: Level
    expected: float
    observed: float
    score: float
    limit: float
    p: float | None
    sentence: str


@dataclass(frozen=True, slots=True)
class DriftReport:
    """`level` is that of the worst reason; `reasons` are worst first, and none where there is nothing to say.
    `enough` is False where there are too few weeks or letters to judge; then the level is "none"."""

    level: Level
    reasons: tuple[Reason, ...]
    enough: bool


def summarise(
    confidences: Sequence[float], topics: Sequence[str | None], *, unknown_word_rate: float | None = None
) -> Week:
    """The week of these letters; a topic of None is not known. Raises `Invalid` where the lengths differ."""
    if len(confidences) != len(topics):
        raise Invalid("置信度与类别的数目不同。")
    letters = max(len(topics), 1)
    return Week(
        letters=len(topics),
        mean_confidence=sum(confidences) / letters,
        sure_share=sum(confidence >= SURE for confidence in confidences) / letters,
        unknown_share=sum(topic is None for topic in topics) / letters,
        topics=Counter(topic for topic in topics if topic is not None),
        unknown_word_rate=unknown_word_rate,
    )


def check_drift(reference: Sequence[Week], recent: Sequence[Week]) -> DriftReport:
    """`reference` are the weeks just after the classifier was put into use (eight or more are well, four the least),
    `recent` all complete weeks since, oldest first; the report is about the last of them.

    Weeks of fewer than thirty letters say nothing and are passed over; if the last is one, nothing is judged. A season
    (school begins, heating is turned on) looks like a drift, because it is one: the letters are others.
    """
    known = [week for week in reference if week.letters >= LEAST_LETTERS]
    since = [week for week in recent if week.letters >= LEAST_LETTERS]
    if len(known) < LEAST_WEEKS or not recent or recent[-1].letters < LEAST_LETTERS:
        return DriftReport("none", (), enough=False)
    found = [*_compare(known, since[-1]), _mix(known, since[-1]), _fall(known, since)]
    reasons = sorted((r for r in found if r is not None), key=lambda r: (_ORDER[r.level], 1.0 if r.p is None else r.p))
    return DriftReport(reasons[0].level if reasons else "none", tuple(reasons), enough=True)


def _compare(known: Sequence[Week], week: Week) -> list[Reason | None]:
    return [
        _mean(known, week, "mean_confidence"),
        _share(known, week, "sure_share"),
        _share(known, week, "unknown_share"),
        _mean(known, week, "unknown_word_rate"),
    ]


def _mean(known: Sequence[Week], week: Week, statistic: Statistic) -> Reason | None:
    measured = [w for w in known if getattr(w, statistic) is not None]
    observed: float | None = getattr(week, statistic)
    if observed is None or len(measured) < LEAST_WEEKS:
        return None
    values, sizes = [float(getattr(w, statistic)) for w in measured], [w.letters for w in measured]
    score, p = mean_test(values, sizes, observed, week.letters)
    return _reason(statistic, _average(values, sizes), observed, score, p)


def _share(known: Sequence[Week], week: Week, statistic: Statistic) -> Reason | None:
    values, sizes = [float(getattr(w, statistic)) for w in known], [w.letters for w in known]
    observed = float(getattr(week, statistic))
    score, p = share_test(values, sizes, observed, week.letters)
    return _reason(statistic, _average(values, sizes), observed, score, p)


def _reason(statistic: Statistic, expected: float, observed: float, score: float, p: float) -> Reason | None:
    if p > _WATCH or abs(observed - expected) < _LEAST_CHANGE:
        return None
    level: Level = "alarm" if p <= _ALARM else "watch"
    digits = ".3f" if statistic == "mean_confidence" else ".1%"
    change = "上升" if observed > expected else "下降"
    sentence = f"本周{_NAMES[statistic]}为 {observed:{digits}}，平时为 {expected:{digits}}，明显{change}。"
    return Reason(statistic, level, expected, observed, score, _ALARM, p, sentence)


def _mix(known: Sequence[Week], week: Week) -> Reason | None:
    index, p = mix_test([w.topics for w in known], week.topics)
    if p > _WATCH or index < _LEAST_INDEX:
        return None
    before, now = Counter[str](), sum(week.topics.values())
    for w in known:
        before.update(w.topics)
    changes = {code: week.topics.get(code, 0) / now - before[code] / before.total() for code in {*before, *week.topics}}
    code = max(sorted(changes), key=lambda c: abs(changes[c]))
    sentence = (
        f"本周{_NAMES['topic_mix']}与平时不同（稳定性指数 {index:.2f}），变化最大的类别 {code} 占比"
        f"由 {week.topics.get(code, 0) / now - changes[code]:.1%} 变为 {week.topics.get(code, 0) / now:.1%}。"
    )
    return Reason("topic_mix", "alarm" if p <= _ALARM else "watch", 0.0, index, index, _LEAST_INDEX, p, sentence)


def _fall(known: Sequence[Week], since: Sequence[Week]) -> Reason | None:
    weeks = [*known, *since]
    means, sizes = [week.mean_confidence for week in weeks], [week.letters for week in weeks]
    score = cusum_down(means, sizes, len(known), _SLACK)
    expected, observed = _average(means[: len(known)], sizes[: len(known)]), means[-1]
    if score < _CUSUM_WATCH:
        return None
    level: Level = "alarm" if score >= _CUSUM_ALARM else "watch"
    sentence = f"近几周{_NAMES['confidence_cusum']}持续偏低（累积和 {score:.1f}，报警限 {_CUSUM_ALARM:.1f}）。"
    return Reason("confidence_cusum", level, expected, observed, score, _CUSUM_ALARM, None, sentence)


def _average(values: Sequence[float], sizes: Sequence[int]) -> float:
    return sum(value * size for value, size in zip(values, sizes, strict=True)) / sum(sizes)
