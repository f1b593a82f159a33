"""What a classifier of the whole taxonomy learns from: our corpus, the catalogue itself, a city's labelled letters."""

import hashlib
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.analysis import AppealType
from models.department import Topic
from nlp.corpus import ELSEWHERE, HANDS, OUTSIDE, OUTSIDE_HANDS, load_corpus, load_near_misses, load_outside
from nlp.cues import CueIndex
from nlp.document import Document
from nlp.letters import LabelledLetter, read
from nlp.segmentation import Segmenter
from nlp.topics.cue_evidence import own_phrases
from nlp.topics.many_topics import ALWAYS

FOLDS = 3
# The catalogue as letters: so many of each topic, so many of its phrases in each.
_FROM_CATALOGUE, _PHRASES = 4, 6


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its topic. `fold` keeps writers apart; examples in fold `ALWAYS` are only learnt from.

    `reference` is empty for what no reader is to be shown.
    """

    document: Document
    topic_code: str
    fold: int
    weight: float = 1.0
    reference: str = ""
    appeal_type: AppealType | None = None


def written(known: Iterable[str], segmenter: Segmenter, index: CueIndex) -> Iterator[Example]:
    """The corpus, each hand in one fold, and what is no matter of any city. Topics the city does not have are left out.

    Matters of other cities are not learnt from: by their words they are matters like ours, only their place tells.
    """
    codes = {*known, OUTSIDE}
    # by threes and shifted: hands 2, 5 and 8 write as people post, and each fold shall be asked about one of them
    hands = {hand: (number // FOLDS + number) % FOLDS for number, hand in enumerate((*HANDS, *OUTSIDE_HANDS))}
    everything = (*load_corpus(), *load_outside(), *load_near_misses())
    items = [item for item in everything if item.topic_code in codes and item.kind != ELSEWHERE]
    letters = (LabelledLetter(item.title, item.body, item.topic_code) for item in items)
    for item, document in zip(items, read(letters, segmenter, index), strict=True):
        reference = "" if item.topic_code == OUTSIDE else item.reference
        yield Example(document, item.topic_code, hands[item.hand], reference=reference, appeal_type=item.appeal_type)


def from_catalogue(topics: Sequence[Topic], segmenter: Segmenter, index: CueIndex) -> Iterator[Example]:
    """The names and cue words of the topics: what the catalogue says is a feature like any other."""
    letters = []
    for topic in topics:
        if topic.parent_code is not None:
            phrases = sorted(own_phrases(topic))
            shuffled = random.Random(topic.code)
            for number in range(_FROM_CATALOGUE):
                shuffled.shuffle(phrases)
                title = topic.name if number == 0 else ""
                letters.append(LabelledLetter(title, "，".join(phrases[:_PHRASES]), topic.code))
    for letter, document in zip(letters, read(letters, segmenter, index), strict=True):
        yield Example(document, letter.label, ALWAYS)


def digest(letters: Sequence[LabelledLetter], versions: Mapping[str, str]) -> str:
    """SHA-256 of everything that the classifier depends on beside the program."""
    found = hashlib.sha256(repr(sorted(versions.items())).encode())
    for letter in letters:
        found.update(repr((letter.title, letter.body, letter.label, letter.weight)).encode())
    return found.hexdigest()
