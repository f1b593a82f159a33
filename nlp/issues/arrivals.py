"""What is a submission compared by, and how is that kept? Its vector and what can forbid that it joins an issue."""

import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from models.analysis import Analysis, OrganisationKind, PlaceKind
from models.region import Region
from nlp.similarity import VERSION, Text, Vector, VectorReader

_HEAD = struct.Struct("<BHi")
_FORMAT = 1
# Kinds of places that tell one matter from another: a street of shops has many matters, an estate has its own.
_TELLING_KINDS = frozenset(
    {PlaceKind.ROAD, PlaceKind.ESTATE, PlaceKind.VILLAGE, PlaceKind.SCHOOL, PlaceKind.STATION, PlaceKind.OTHER}
)
# Those that a title names pin the matter down; each is kept with a letter for its kind. Of a text without title its
# first characters.
_LETTERS = {PlaceKind.ESTATE: "e", PlaceKind.VILLAGE: "v", PlaceKind.SCHOOL: "s", PlaceKind.ROAD: "r"}
_OPENING = 40
_SURE_REGION = 0.9


@dataclass(frozen=True, slots=True)
class Arrival:
    """`key` is the submission's number, `day` the ordinal of the day it was written (0: unknown). `places` are the
    names that pin a matter down, each after a letter for its kind; `region` is "" where it is not sure. `place_terms`
    are hashes of the vector that stand for names of places. `text` is what it was made of; it is not kept."""

    key: int
    vector: Vector
    day: int = 0
    places: tuple[str, ...] = ()
    region: str = ""
    place_terms: tuple[int, ...] = ()
    text: Text | None = field(default=None, compare=False)

    def pack(self) -> bytes:
        """All but `key` and `text`."""
        rest = json.dumps([self.places, self.region, self.place_terms], ensure_ascii=False).encode("utf-8", "replace")
        terms, weights = self.vector.terms.astype("<u4"), self.vector.weights.astype("<i2")
        return b"".join([_HEAD.pack(_FORMAT, len(terms), self.day), terms.tobytes(), weights.tobytes(), rest])

    @classmethod
    def unpack(cls, key: int, packed: bytes) -> "Arrival":
        """Raises `ValueError` for what another version packed."""
        form, count, day = _HEAD.unpack_from(packed)
        if form != _FORMAT:
            raise ValueError(f"packed in format {form}")
        terms = np.frombuffer(packed, "<u4", count, _HEAD.size).astype(np.uint32)
        weights = np.frombuffer(packed, "<i2", count, _HEAD.size + 4 * count).astype(np.int16)
        places, region, place_terms = json.loads(packed[_HEAD.size + 6 * count :])
        return cls(key, Vector(terms, weights), day, tuple(places), region, tuple(place_terms))


@dataclass(frozen=True, slots=True)
class Said:
    """A submission as it came to the analysis, and what that says."""

    key: int
    title: str
    body: str
    analysis: Analysis
    day: date | None = None


class ArrivalReader:
    """Makes arrivals of analysed submissions; `version` changes when the same text would be another vector."""

    version = VERSION

    def __init__(self, regions: Iterable[Region]) -> None:
        self._vectors = VectorReader(regions)

    def read(self, said: Sequence[Said]) -> list[Arrival]:
        texts = [_text(one) for one in said]
        parts = zip(said, texts, self._vectors.read(texts), strict=True)
        return [_arrival(one, text, vector, self._place_terms(one, text)) for one, text, vector in parts]

    def _place_terms(self, said: Said, text: Text) -> tuple[int, ...]:
        """Also of the parts of their names, and of towns and regions."""
        if not said.analysis.places:
            return ()
        names = "|".join(place.text for place in said.analysis.places)
        return tuple(sorted(self._vectors.terms_in(text, names)))

    def words(self, text: Text) -> dict[int, str]:
        """Which word each hash of its vector stands for."""
        return self._vectors.words(text)


def _text(said: Said) -> Text:
    named = said.analysis.organisation_mentions
    return Text(
        title=said.title,
        body=said.body,
        telling=said.analysis.telling,
        places=[place.text for place in said.analysis.places if place.kind in _TELLING_KINDS],
        companies=[one.text for one in named if one.kind is OrganisationKind.COMPANY],
    )


def _arrival(said: Said, text: Text, vector: Vector, place_terms: tuple[int, ...]) -> Arrival:
    analysis = said.analysis
    title = len(said.title) or _OPENING
    fixed = {f"{_LETTERS[p.kind]}{p.text}" for p in analysis.places if p.kind in _LETTERS and p.start < title}
    sure = analysis.region_code is not None and analysis.region_confidence >= _SURE_REGION
    return Arrival(
        key=said.key,
        vector=vector,
        day=said.day.toordinal() if said.day else 0,
        places=tuple(sorted(fixed)),
        region=analysis.region_code or "" if sure else "",
        place_terms=place_terms,
        text=text,
    )
