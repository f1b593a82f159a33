"""What people call tones and emotions, in their files: names, Chinese words, or numbers."""

from collections.abc import Iterable
from enum import StrEnum

from models.analysis import Emotion, Sentiment
from models.errors import Invalid
from models.labels import LabelledEnum


class What(StrEnum):
    """What a model of tone tells."""

    SENTIMENT = "sentiment"
    EMOTION = "emotion"


VALUES: dict[What, type[LabelledEnum]] = {What.SENTIMENT: Sentiment, What.EMOTION: Emotion}
_NAMES: dict[What, dict[LabelledEnum, tuple[str, ...]]] = {
    What.SENTIMENT: {
        Sentiment.NEGATIVE: ("-1", "neg", "消极", "负向", "差评"),
        Sentiment.NEUTRAL: ("neu", "中立", "无"),
        Sentiment.POSITIVE: ("1", "pos", "积极", "正向", "好评"),
    },
    What.EMOTION: {
        Emotion.NONE: ("neutral", "无情绪", "无", "平静", "中性"),
        Emotion.ANGER: ("angry", "生气", "气愤"),
        Emotion.SADNESS: ("sad", "难过", "伤心"),
        Emotion.FEAR: ("afraid", "恐惧", "害怕", "担心"),
        Emotion.JOY: ("happy", "happiness", "积极", "喜悦", "开心"),
        Emotion.SURPRISE: ("surprised", "惊奇", "吃惊"),
    },
}


def values_of(what: What, labels: Iterable[str]) -> dict[str, str]:
    """By label the value it means. In a file of tones without -1, 0 is negative: two classes, 0 and 1.

    Raises `Invalid` where a label means nothing.
    """
    found = sorted(set(labels))
    names = {name: value.value for value, names in _NAMES[what].items() for name in names}
    names |= {name: value.value for value in VALUES[what] for name in (value.value, value.label)}
    if what is What.SENTIMENT:
        names["0"] = (Sentiment.NEUTRAL if "-1" in found else Sentiment.NEGATIVE).value
    unknown = [label for label in found if label.lower() not in names]
    if unknown:
        known = "、".join(f"{value.label}（{value.value}）" for value in VALUES[what])
        raise Invalid(f"不认识的标注“{'”“'.join(unknown[:5])}”；可用的有：{known}。")
    return {label: names[label.lower()] for label in found}
