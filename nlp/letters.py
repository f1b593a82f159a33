"""Letters with labels, and texts made into documents outside the pipeline: for training and for evaluating."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.analysis import AnalyserInput
from nlp.cleaning import clean
from nlp.cue_features import reference_cues
from nlp.document import Document
from nlp.segmentation import Segmenter


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


def read(letters: Iterable[LabelledLetter], segmenter: Segmenter) -> Iterator[Document]:
    """Cleaned, cut, with the packaged cue phrases; one at a time, so that a file of any length fits."""
    index = reference_cues()
    for letter in letters:
        title, body = clean(letter.title), clean(letter.body)
        text = f"{title.text}\n{body.text}"
        yield Document(
            source=AnalyserInput(letter.title, letter.body, "letter"),
            title=title,
            body=body,
            text=text,
            title_words=segmenter.cut(title.text),
            body_words=segmenter.cut(body.text),
            cues=index.find(text),
        )
