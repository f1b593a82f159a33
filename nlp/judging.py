"""How good one part of the whole analysis is, as the program ships it, on letters with labels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from models.analysis import Analyser, AnalyserInput, Analysis
from models.errors import Invalid
from nlp.files import leading_lane
from nlp.label_names import NONE, Part, Vocabulary, read_vocabulary
from nlp.letters import LabelledLetter
from nlp.reference import load_regions, load_topics
from nlp.topics.evaluation import Scores, score
from nlp.topics.judging import surest_errors
from nlp.topics.labels import choose
from nlp.topics.training import Suspect

_BATCH = 256
# What is said, and how sure: None where the program does not tell.
_Answer = tuple[str, float | None]
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class PartJudged:
    """`worst` are all the wrong answers, the surest first. `sure`: the part tells how sure it is, so `scores.ece` means
    something. `labels` by value is what it is called; `left_out` says why letters were not used."""

    scores: Scores
    worst: tuple[Suspect, ...]
    sure: bool
    labels: dict[str, str]
    left_out: dict[str, int]


def judge_part(
    analyser: Analyser,
    part: Part,
    letters: Sequence[LabelledLetter],
    *,
    channel: str = "letter",
    on_progress: Progress = lambda *_: None,
) -> PartJudged:
    """Macro-F1 is over the labels that occur in the file. An answer is right where it is the label, and also where

    - a topic lies below the label, or the label is a first-level topic of which all labels are,
    - a region lies within the labelled one,
    - the labelled fast lane is among those called: a letter may be about several.
    Raises `Invalid` where no letter has text and a label, or a label means nothing.
    """
    chosen, left_out = choose([replace(letter, parent="") for letter in letters])
    if not chosen:
        raise Invalid("没有一件既有文字又有标注。")
    vocabulary = read_vocabulary(part, {letter.label for letter in chosen})
    gold = [vocabulary.values[letter.label] for letter in chosen]
    answer = _answers(part, vocabulary)
    given: list[_Answer] = []
    for start in range(0, len(chosen), _BATCH):
        batch = chosen[start : start + _BATCH]
        analyses = analyser.analyse([AnalyserInput(one.title, one.body, channel) for one in batch])
        given += map(answer, analyses, gold[start : start + _BATCH])
        on_progress("分析", len(given) / len(chosen))
    said = [value for value, _ in given]
    sure = [confidence or 0.0 for _, confidence in given]
    return PartJudged(
        scores=score(gold, said, sure, [False] * len(gold)),
        worst=surest_errors(chosen, gold, said, sure),
        sure=all(confidence is not None for _, confidence in given),
        labels=dict(vocabulary.labels),
        left_out=dict(left_out),
    )


def _answers(part: Part, vocabulary: Vocabulary) -> Callable[[Analysis, str], _Answer]:
    """What the program answers, in the words of the labels, given the label."""
    match part:
        case Part.TOPIC:
            above = {topic.code: topic.parent_code for topic in load_topics()}
            return lambda analysis, label: _within(analysis.topic_code, label, above, analysis.topic_confidence)
        case Part.REGION:
            above = {region.code: region.parent_code for region in load_regions()}
            return lambda analysis, label: _within(analysis.region_code, label, above, analysis.region_confidence)
        case Part.APPEAL_TYPE:
            return lambda analysis, _: (analysis.appeal_type.value, analysis.appeal_confidence)
        case Part.SENTIMENT:
            return lambda analysis, _: (analysis.sentiment.value, analysis.sentiment_confidence)
        case Part.EMOTION:
            return lambda analysis, _: (analysis.emotion.value, analysis.emotion_confidence)
        case Part.URGENCY:
            return _level if vocabulary.levels else _lane
    raise AssertionError(part)


def _within(code: str | None, label: str, above: dict[str, str | None], sure: float) -> _Answer:
    """The label where the code lies in it, else the code; `NONE` for unknown."""
    if code is None:
        return NONE, sure
    higher: str | None = code
    while higher is not None:
        if higher == label:
            return label, sure
        higher = above.get(higher)
    return code, sure


def _level(analysis: Analysis, label: str) -> _Answer:
    return analysis.urgency.value, analysis.urgency_confidence


def _lane(analysis: Analysis, label: str) -> _Answer:
    """How sure the program is of one lane it does not tell."""
    called = {hit.detector for hit in analysis.detector_hits}
    return label if label in called else leading_lane(analysis.detector_hits) or NONE, None
