"""Documents for the tests of single steps."""

from collections.abc import Iterable
from datetime import date
from functools import cache

from models.analysis import AnalyserInput, AppealType
from nlp.cleaning import clean
from nlp.cues import CueIndex
from nlp.document import Document
from nlp.segmentation import make_segmenter

_segmenter = cache(make_segmenter)


def make_document(
    body: str,
    *,
    title: str = "",
    phrases: Iterable[str] = (),
    words: tuple[str, ...] = (),
    channel: str = "letter",
    place: str = "",
    declared: AppealType | None = None,
    written_on: date | None = None,
) -> Document:
    """A document as the first steps of the pipeline hand it on; `phrases` are those the step under test looks for."""
    segmenter = _segmenter(words)
    clean_title, clean_body = clean(title), clean(body)
    text = f"{clean_title.text}\n{clean_body.text}"
    return Document(
        source=AnalyserInput(title, body, channel, place, declared, written_on),
        title=clean_title,
        body=clean_body,
        text=text,
        title_words=segmenter.cut(clean_title.text),
        body_words=segmenter.cut(clean_body.text),
        cues=CueIndex(phrases).find(text),
    )
