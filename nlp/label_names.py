"""What people call the answers of the analysis in their files: identifiers, Chinese labels, names."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.analysis import AppealType, Urgency
from models.errors import Invalid
from models.labels import LabelledEnum
from nlp.reference import load_regions, load_topics
from nlp.tone.labels import VALUES, What, values_of
from nlp.urgency.lanes import lanes

NONE = "none"
_NOTHING = ("none", "无", "没有", "不明")
_SHOWN = 5


class Part(StrEnum):
    """A part of the analysis that can be judged on labelled letters."""

    TOPIC = "topic"
    APPEAL_TYPE = "appeal_type"
    SENTIMENT = "sentiment"
    EMOTION = "emotion"
    URGENCY = "urgency"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`values` is by label of the file what it means, `labels` by meaning what it is called. `levels`: the labels of
    urgency are levels, not fast lanes."""

    values: Mapping[str, str]
    labels: Mapping[str, str]
    levels: bool = False


def read_vocabulary(part: Part, found: Collection[str]) -> Vocabulary:
    """What the labels `found` in a file mean. Raises `Invalid` where one means nothing, or more than one thing."""
    if part in (Part.SENTIMENT, Part.EMOTION):
        what = What(part.value)
        return Vocabulary(values_of(what, found), _labels(VALUES[what]))
    if part is Part.APPEAL_TYPE:
        return _named(found, _names_of(AppealType), _labels(AppealType))
    if part is Part.URGENCY:
        return _urgency(found)
    names: list[tuple[str, tuple[str, ...]]]
    if part is Part.TOPIC:
        called = {topic.code: topic.name for topic in load_topics()}
        names = [(topic.code, (topic.code, topic.name)) for topic in load_topics()]
    else:
        called = {region.code: region.name for region in load_regions()}
        names = [(region.code, (region.code, region.name, *region.aliases)) for region in load_regions()]
    return _named(found, [*names, (NONE, _NOTHING)], called | {NONE: "无"})


def _urgency(found: Collection[str]) -> Vocabulary:
    """Levels where any label is one; else fast lanes."""
    levels = _names_of(Urgency)
    plain = {name for value, names in levels if value != Urgency.NORMAL for name in names}
    if plain.intersection(found):
        return _named(found, [*levels, (Urgency.NORMAL.value, _NOTHING)], _labels(Urgency), levels=True)
    called = {lane.id: lane.name for lane in lanes().values()}
    lane_names = [(code, (code, name)) for code, name in called.items()]
    return _named(found, [*lane_names, (NONE, (*_NOTHING, "normal", "一般"))], called | {NONE: "无"})


def _named(
    found: Collection[str],
    known: Iterable[tuple[str, Iterable[str]]],
    labels: Mapping[str, str],
    *,
    levels: bool = False,
) -> Vocabulary:
    meanings: dict[str, set[str]] = defaultdict(set)
    for value, names in known:
        for name in names:
            meanings[name].add(value)
    unknown = sorted(label for label in found if label not in meanings)
    if unknown:
        some = "、".join(f"{name}（{value}）" for value, name in list(labels.items())[:_SHOWN])
        raise Invalid(f"不认识的标注“{'”“'.join(unknown[:_SHOWN])}”；可用的如：{some}。")
    for label in found:
        if len(meanings[label]) > 1:
            raise Invalid(f"标注“{label}”可指 {'、'.join(sorted(meanings[label])[:_SHOWN])}，请用代码。")
    return Vocabulary({label: next(iter(meanings[label])) for label in found}, labels, levels)


def _names_of(values: type[LabelledEnum]) -> list[tuple[str, tuple[str, ...]]]:
    return [(value.value, (value.value, value.label)) for value in values]


def _labels(values: type[LabelledEnum]) -> dict[str, str]:
    return {value.value: value.label for value in values}
