"""What a classifier of the whole taxonomy learns from: our corpus, the catalogue itself, a city's labelled letters."""

import hashlib
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from models.analysis import AnalyserInput, AppealType
from models.department import Topic
from nlp.cleaning import clean
from nlp.corpus import ELSEWHERE, HANDS, OUTSIDE, OUTSIDE_HANDS, Item, load_corpus, load_outside
from nlp.cue_evidence import own_phrases
from nlp.cues import CueIndex
from nlp.document import Document
from nlp.letters import LabelledLetter, read
from nlp.many_topics import ALWAYS
from nlp.segmentation import Segmenter

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
    hands = {hand: number % FOLDS for number, hand in enumerate((*HANDS, *OUTSIDE_HANDS))}
    for item in (*load_corpus(), *load_outside()):
        if item.topic_code in codes and item.kind != ELSEWHERE:
            reference = "" if item.topic_code == OUTSIDE else item.reference
            document = read_item(item, segmenter, index)
            yield Example(
                document, item.topic_code, hands[item.hand], reference=reference, appeal_type=item.appeal_type
            )


def from_catalogue(topics: Sequence[Topic], segmenter: Segmenter, index: CueIndex) -> Iterator[Example]:
    """The names and cue words of the topics: what the catalogue says is a feature like any other."""
    for topic in topics:
        if topic.parent_code is None:
            continue
        phrases = sorted(own_phrases(topic))
        shuffled = random.Random(topic.code)
        for number in range(_FROM_CATALOGUE):
            shuffled.shuffle(phrases)
            title = topic.name if number == 0 else ""
            letter = LabelledLetter(title, "，".join(phrases[:_PHRASES]), topic.code)
            for document in documents([letter], segmenter, index):
                yield Example(document, topic.code, ALWAYS)


def documents(letters: Iterable[LabelledLetter], segmenter: Segmenter, index: CueIndex) -> Iterator[Document]:
    """Cleaned, cut, and with the cues that stand in them."""
    for document in read(letters, segmenter):
        yield replace(document, cues=index.find(document.text))


def read_item(item: Item, segmenter: Segmenter, index: CueIndex) -> Document:
    title, body = clean(item.title), clean(item.body)
    text = f"{title.text}\n{body.text}"
    source = AnalyserInput(item.title, item.body, item.channel, item.place)
    return Document(source, title, body, text, segmenter.cut(title.text), segmenter.cut(body.text), index.find(text))


def digest(letters: Sequence[LabelledLetter], versions: Mapping[str, str]) -> str:
    """SHA-256 of everything that the classifier depends on beside the program."""
    found = hashlib.sha256(repr(sorted(versions.items())).encode())
    for letter in letters:
        found.update(repr((letter.title, letter.body, letter.label, letter.weight)).encode())
    return found.hexdigest()
