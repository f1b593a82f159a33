"""Which characters an encoder has to guess while it is pre-trained: whole words, as our segmenter cuts them.

Cui et al. 2019, Pre-Training with Whole Word Masking for Chinese BERT; the shares of Devlin et al. 2018.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from nlp.document import Document
from nlp.encoders.text import Reader, Tokens
from nlp.topics.features import chunks

# Of all words so many are asked for; of their tokens 8 in 10 are covered, 1 in 10 replaced, 1 in 10 left as they are.
_ASKED, _COVERED, _REPLACED = 0.15, 0.8, 0.9
NOT_ASKED = -100
Numbers: TypeAlias = NDArray[np.int32]
Targets: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Segment:
    """The tokens of a title or a body, and for each the number of the word it stands in, ascending."""

    ids: Numbers
    words: Numbers


@dataclass(frozen=True, slots=True)
class Letter:
    title: Segment
    body: Segment


def cut(documents: Iterable[Document], reader: Reader) -> Iterator[Letter]:
    for chunk in chunks(documents):
        titles = [(d.title.text, d.title_words) for d in chunk]
        bodies = [(d.body.text, d.body_words) for d in chunk]
        for title, body in zip(_segments(titles, reader), _segments(bodies, reader), strict=True):
            yield Letter(title, body)


def window(letter: Letter, reader: Reader, random: Generator) -> tuple[Tokens, Numbers]:
    """As much of the letter as the reader takes: its title, and its body from the start of some word on.

    With the tokens come the numbers of their words; -1 for those that frame the segments.
    """
    room = reader.length - reader.framing
    title = _slice(letter.title, 0, reader.title_room)
    room -= len(title.ids)
    latest = len(letter.body.ids) - room
    start = int(random.integers(0, latest + 1)) if latest > 0 else 0
    while start and letter.body.words[start] == letter.body.words[start - 1]:
        start -= 1
    body = _slice(letter.body, start, start + room)
    tokens = reader.join(title.ids.tolist(), body.ids.tolist())
    words = np.full(len(tokens.ids), -1, dtype=np.int32)
    before = len(reader.frame.before)
    words[before : before + len(title.ids)] = title.words
    behind = len(words) - len(reader.frame.after)
    words[behind - len(body.ids) : behind] = body.words + (title.words[-1] + 1 if len(title.words) else 0)
    return tokens, words


def cover(tokens: Tokens, words: Numbers, mask: int, others: Numbers, random: Generator) -> tuple[Tokens, Targets]:
    """The text with some words covered by `mask` or replaced by tokens out of `others`; and the tokens to be guessed,
    `NOT_ASKED` elsewhere. At least one word is asked for where there is one."""
    inside = np.flatnonzero(words >= 0)
    targets = np.full(len(words), NOT_ASKED, dtype=np.int64)
    if not len(inside):
        return tokens, targets
    drawn = random.random(int(words.max()) + 1)
    present = np.unique(words[inside])
    drawn[present[np.argmin(drawn[present])]] = 0.0
    asked = inside[drawn[words[inside]] < _ASKED]
    ids = np.array(tokens.ids, dtype=np.int64)
    targets[asked] = ids[asked]
    fate = random.random(len(asked))
    ids[asked[fate < _COVERED]] = mask
    replaced = asked[(fate >= _COVERED) & (fate < _REPLACED)]
    ids[replaced] = others[random.integers(0, len(others), len(replaced))]
    return Tokens(tuple(ids.tolist()), tokens.types, tokens.known), targets


def _segments(texts: Sequence[tuple[str, Sequence[str]]], reader: Reader) -> Iterator[Segment]:
    encodings = reader.tokenizer.encode_batch([text for text, _ in texts], add_special_tokens=False)
    for encoding, (_, words) in zip(encodings, texts, strict=True):
        ends = np.cumsum([len(word) for word in words])
        starts = np.array([start for start, _ in encoding.offsets], dtype=np.int64)
        yield Segment(
            np.array(encoding.ids, dtype=np.int32), np.searchsorted(ends, starts, side="right").astype(np.int32)
        )


def _slice(segment: Segment, start: int, end: int) -> Segment:
    return Segment(segment.ids[start:end], segment.words[start:end])
