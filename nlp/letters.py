"""Letters with labels, and texts made into documents outside the pipeline: for training and for evaluating."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from models.analysis import AnalyserInput
from nlp.cleaning import clean_all
from nlp.cues import CueIndex
from nlp.document import Document
from nlp.segmentation import Segmenter
from nlp.topics.cue_features import reference_cues
from nlp.topics.features import CHUNK


@dataclass(frozen=True, slots=True)
class LabelledLetter:
    """`number` is its row in the file it came from; `parent` is empty where the labels have one level; `weight` is what
    it counts in learning."""

    title: str
    body: str
    label: str
    parent: str = ""
    number: int = 0
    weight: float = 1.0


def read(letters: Iterable[LabelledLetter], segmenter: Segmenter, index: CueIndex | None = None) -> Iterator[Document]:
    """Cleaned, cut, with the cue phrases of `index` (without one, the packaged ones); some hundred at a time, so that a
    file of any length fits."""
    index, remaining = index or reference_cues(), iter(letters)
    while chunk := list(islice(remaining, CHUNK)):
        titles, bodies = clean_all([letter.title for letter in chunk]), clean_all([letter.body for letter in chunk])
        texts = [f"{title.text}\n{body.text}" for title, body in zip(titles, bodies, strict=True)]
        found = index.find_all(texts)
        words = segmenter.cut_all([part.text for both in zip(titles, bodies, strict=True) for part in both])
        inputs = [AnalyserInput(letter.title, letter.body, "letter") for letter in chunk]
        columns = (inputs, titles, bodies, texts, words[::2], words[1::2], found)
        yield from (Document(*parts) for parts in zip(*columns, strict=True))
