"""A classifier's card, verdict, thresholds and drift as sentences and rows for people. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from models.analysis import Emotion, Sentiment
from models.classifier import ClassifierPart, ClassifierVersion, DispatchThresholds, LearningSettings, TopicLevel
from routing.directory import Directory
from routing.rules import format_share


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a card with its meaning."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True, slots=True)
class ClassRow:
    topic: str
    letters: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class ConfusionRow:
    topic: str
    predicted: str
    letters: int


@dataclass(frozen=True, slots=True)
class SuspectRow:
    """A label that may be wrong; `submission_id` says of which letter."""

    submission_id: int
    title: str
    topic: str
    suggested: str
    confidence: float


def figures(version: ClassifierVersion) -> list[Figure]:
    """What its training says it is worth on letters that it did not learn from."""
    scores = _scores(version)
    shown = (
        ("macro_f1", "宏平均 F1", _decimal, f"各类别 F1 的平均，{measured_on(version)}"),
        ("accuracy", "准确率", _share, "判断正确的来信所占比例"),
        ("ece", "校准误差", _decimal, "把握与实际正确率的平均差距（ECE，分十档），越小越可信"),
        ("coverage_at_98", "可自动判断", _share, "承诺错误不超过2%时，够把握的来信所占比例"),
        ("accuracy_at_98", "其中正确", _share, "够把握的来信中，判断正确的比例"),
    )
    return [Figure(name, write(scores[key]), meaning) for key, name, write, meaning in shown if key in scores]


def measured_on(version: ClassifierVersion) -> str:
    """Linear models are cross-validated; an encoder would take days, so a tenth of the letters is held out."""
    return "按来信分组的交叉验证" if version.card.get("cross_validation") else "按来信分组留出的十分之一"


def _scores(version: ClassifierVersion) -> Mapping[str, Any]:
    found: Mapping[str, Any] = version.card.get("cross_validation") or version.card.get("held_out") or {}
    return found


def class_rows(version: ClassifierVersion, directory: Directory) -> list[ClassRow]:
    """The weakest first: they are what a person can do something about."""
    rows = _scores(version).get("per_class") or []
    name = _naming(version, directory)
    found = [ClassRow(name(r["label"]), r["letters"], r["precision"], r["recall"], r["f1"]) for r in rows]
    return sorted(found, key=lambda row: (row.f1, -row.letters))


def confusion_rows(version: ClassifierVersion, directory: Directory) -> list[ConfusionRow]:
    rows = _scores(version).get("confusions") or []
    name = _naming(version, directory)
    return [ConfusionRow(name(r["label"]), name(r["predicted"]) or "未能判断", r["letters"]) for r in rows]


def suspect_rows(version: ClassifierVersion, directory: Directory) -> list[SuspectRow]:
    """Labels of the city's own letters only: what came with the program has no case, nor has what came in a file."""
    rows = (version.card.get("suspected_label_errors") or []) if version.part is ClassifierPart.TOPIC else []
    return [
        SuspectRow(
            r["number"],
            r["title"],
            _topic(directory, r["label"]),
            _topic(directory, r["suggested"]),
            r["confidence"],
        )
        for r in rows
        if r["number"] > 0
    ]


def verdict(version: ClassifierVersion) -> list[tuple[bool, str]]:
    """The gate's checks: passed or not, and its sentence."""
    gate = version.gate
    if gate.get("reason"):
        return [(False, str(gate["reason"]))]
    return [(bool(check["passed"]), str(check["sentence"])) for check in gate.get("checks") or []]


def promise_sentence(settings: LearningSettings, thresholds: DispatchThresholds | None, needed: int | None) -> str:
    """What is promised, what is proved, and what is done meanwhile."""
    if settings.max_error is None:
        return "现在没有错派承诺：类别把握达到派单目录里各条规则的最低把握就自动派单。"
    share = format_share(settings.max_error)
    meanwhile = "在此之前，仍按派单目录里各条规则的最低把握派单。"
    if thresholds is None:
        first = "把握门槛还没有算过，后台处理会在一分钟内计算，以后每天夜间重算。"
        return f"承诺自动派单中最多{share}派错。{first}{meanwhile}"
    report = thresholds.report
    checked = int(report["checked"])
    if not report["in_force"]:
        least = f"至少要有{needed}件核对无误的来信" if needed else "无论多少来信都不能证明"
        return f"承诺自动派单中最多{share}派错。人工核对过的来信有{checked}件（{least}），还不能证明做得到。{meanwhile}"
    if thresholds.pooled is None:
        return f"承诺自动派单中最多{share}派错。核对过的{checked}件来信表明现用模型做不到，来信全部交人工分拣。"
    return (
        f"承诺自动派单中最多{share}派错：类别把握达到{_up(thresholds.pooled)}的来信自动派单，约占"
        f"{report['coverage']:.0%}。核对过的{checked}件来信中有{report['letters']}件达到门槛，派错"
        f"{report['errors']}件，据此有95%的把握错派率不超过{format_share(float(report['upper_bound']))}。"
    )


def stratum_rows(thresholds: DispatchThresholds | None, duties: Mapping[str, str]) -> list[tuple[str, str, int, int]]:
    """Duties with a threshold of their own: name, threshold, checked letters, errors among them."""
    if thresholds is None:
        return []
    strata = thresholds.report.get("strata") or {}
    return [
        (
            duties.get(duty, duty),
            _up(threshold) if threshold is not None else "全部人工",
            int(strata.get(duty, {}).get("letters", 0)),
            int(strata.get(duty, {}).get("errors", 0)),
        )
        for duty, threshold in sorted(thresholds.by_stratum.items())
        if threshold != thresholds.pooled
    ]


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A level of the topic tree: from which confidence on a case names its topic, and what that rests on. `own` are
    first-level topics with a threshold of their own, each with it."""

    level: str
    threshold: str
    coverage: str
    letters: int
    wrong: int
    bound: str
    own: list[tuple[str, str]]


def level_rows(thresholds: DispatchThresholds | None, directory: Directory) -> list[LevelRow]:
    """First level first; none where nothing is computed yet."""
    levels = thresholds.report.get("levels", {}) if thresholds else {}
    return [_level_row(level, levels[level.value], directory) for level in TopicLevel if level.value in levels]


def _level_row(level: TopicLevel, entry: Mapping[str, Any], directory: Directory) -> LevelRow:
    proved = entry["threshold"] is not None
    return LevelRow(
        level=level.label,
        threshold=_level_threshold(entry["threshold"], in_force=entry["in_force"]),
        coverage=f"{entry['coverage']:.0%}" if proved else "—",
        letters=int(entry["letters"]),
        wrong=int(entry["errors"]),
        bound=format_share(float(entry["upper_bound"])) if proved else "—",
        own=[
            (directory.topic_name(code) or code, _level_threshold(threshold, in_force=True))
            for code, threshold in sorted(entry["by_topic"].items())
        ],
    )


def _level_threshold(threshold: float | None, *, in_force: bool) -> str:
    if threshold is not None:
        return _up(threshold)
    return "暂不写明" if in_force else "核对的来信还不够"


def drift_sentences(report: Mapping[str, Any]) -> Sequence[str]:
    """What the weekly look found."""
    if not report.get("enough"):
        return [f"现用模型只有{report.get('weeks', 0)}个完整的星期，或来信太少，还不能比较。"]
    reasons = [str(reason["sentence"]) for reason in report.get("reasons") or []]
    return reasons or ["上一个完整星期的来信与模型启用之初没有明显不同。"]


def _naming(version: ClassifierVersion, directory: Directory) -> Callable[[str], str]:
    """What people call the labels of this version."""
    match version.part:
        case ClassifierPart.TOPIC:
            return lambda code: _topic(directory, code)
        case ClassifierPart.SENTIMENT:
            return lambda value: Sentiment(value).label
        case ClassifierPart.EMOTION:
            return lambda value: Emotion(value).label


def _topic(directory: Directory, code: str) -> str:
    return directory.topic_name(code) or code


def _decimal(value: float) -> str:
    return f"{value:.3f}"


def _share(value: float) -> str:
    return f"{value:.1%}"


def _up(threshold: float) -> str:
    """Rounded up: what is shown is enough."""
    return f"{ceil(threshold * 1000) / 10:g}%"
