"""How an encoder reads a letter: title and body as a pair of segments, a long body by its beginning and its end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from models.errors import Invalid
from nlp.document import Document
from nlp.topics.features import chunks

VERSION = "pairs/1"
# The title gets at most a quarter of the room. Of a body that is too long the first two thirds of its room are its
# beginning (what happened), the last third its end (what is asked for): Sun et al. 2019, How to Fine-Tune BERT, 5.3.1.
_TITLE_SHARE = 4
_OPENING = 2 / 3
# Text beyond so many characters a token, from either end, cannot reach the encoder: it is not even cut into pieces.
_CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Tokens:
    """What goes into the encoder for one document. `known`: at least one piece of it stands in the vocabulary."""

    ids: tuple[int, ...]
    types: tuple[int, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class _Frame:
    """The tokens that an encoder wants around and between its two segments; a number and a segment type each."""

    before: tuple[int, ...]
    between: tuple[int, ...]
    after: tuple[int, ...]
    types: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads at most `length` tokens with `tokenizer`; `segment_types` is how many the encoder tells apart."""

    tokenizer: Any
    length: int
    segment_types: int
    frame: _Frame
    unknown: int | None

    @classmethod
    def of(cls, tokenizer: Any, length: int, segment_types: int) -> "Reader":
        """Raises `Invalid` where the tokenizer can read nothing, or leaves no room for text."""
        encoding = tokenizer.encode("一", "一")
        places = [[i for i, segment in enumerate(encoding.sequence_ids) if segment == wanted] for wanted in (0, 1)]
        if not all(places):
            raise Invalid("分词文件切不出任何文字，与模型不符。")
        (first, *_), (second, *_) = places
        ids, ends = encoding.ids, (places[0][-1] + 1, places[1][-1] + 1)
        frame = _Frame(
            before=tuple(ids[:first]),
            between=tuple(ids[ends[0] : second]),
            after=tuple(ids[ends[1] :]),
            types=(encoding.type_ids[first], encoding.type_ids[second]),
        )
        reader = cls(tokenizer, length, segment_types, frame, _unknown(tokenizer))
        if reader.title_room < 2:
            raise Invalid(f"长度 {length} 太短，放不下标题和正文。")
        return reader

    @property
    def framing(self) -> int:
        """How many tokens are no text."""
        return len(self.frame.before) + len(self.frame.between) + len(self.frame.after)

    @property
    def title_room(self) -> int:
        return (self.length - self.framing) // _TITLE_SHARE

    def read(self, documents: Sequence[Document]) -> Iterator[Tokens]:
        for chunk in chunks(documents):
            titles = self.tokenizer.encode_batch([d.title.text for d in chunk], add_special_tokens=False)
            bodies = self.tokenizer.encode_batch([self._reach(d.body.text) for d in chunk], add_special_tokens=False)
            for title, body in zip(titles, bodies, strict=True):
                yield self.join(*self.fit(title.ids, body.ids))

    def fit(self, title: list[int], body: list[int]) -> tuple[list[int], list[int]]:
        """As much of both as there is room for."""
        title = title[: self.title_room]
        room = self.length - self.framing - len(title)
        if len(body) > room:
            opening = int(room * _OPENING)
            body = body[:opening] + body[len(body) - (room - opening) :]
        return title, body

    def join(self, title: list[int], body: list[int]) -> Tokens:
        frame = self.frame
        ids = (*frame.before, *title, *frame.between, *body, *frame.after)
        first, second = (min(kind, self.segment_types - 1) for kind in frame.types)
        in_first = len(frame.before) + len(title) + len(frame.between)
        # what closes the first segment belongs to it
        types = (first,) * in_first + (second,) * (len(ids) - in_first)
        return Tokens(ids, types, any(piece != self.unknown for piece in (*title, *body)))

    def _reach(self, body: str) -> str:
        most = self.length * _CHARACTERS_A_TOKEN
        return body if len(body) <= 2 * most else f"{body[:most]}\n{body[-most:]}"


def _unknown(tokenizer: Any) -> int | None:
    """The number of what is not in the vocabulary; None where everything can be spelt."""
    model = tokenizer.model
    piece = getattr(model, "unk_token", None)
    number: int | None = tokenizer.token_to_id(piece) if piece else getattr(model, "unk_id", None)
    return number
