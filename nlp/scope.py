"""Is it a matter for this city at all? What is not goes to a person, with the reason; nothing is ever thrown away."""

import re
from collections.abc import Iterable, Sequence

import numpy as np

from models.analysis import Scope
from nlp.cue_places import Wanted
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.ngrams import Batch, lay_out
from nlp.places.gazetteer import PlaceFinding
from nlp.topics import no_matter

VERSION = "scope/3"
# Another place counts where the title or the beginning names it, or the text does so twice.
_BEGINNING, _OFTEN = 12, 2
# A text of which the beginning shows that much Chinese, and that many different signs, is left to the classifier.
_LOOK, _CHINESE_ENOUGH, _VARIED = 80, 0.6, 5
# Chinese among the letters, below which it is another language or none; and among how many letters at least.
_LEAST_CHINESE, _LEAST_LETTERS = 0.15, 12
# No more than one sign in four, and no more than four, differ from each other: 顶顶顶顶, 哈哈哈哈嘿嘿嘿嘿.
_TIMES, _DIFFERENT = 4, 4
_HAN_BLOCK = (0x4E00, 0x9FFF)
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
# Japanese has Chinese signs too, and more of its own; a の in a Chinese shop's name is none yet.
_KANA, _LEAST_KANA, _KANA_SHARE = re.compile("[\u3041-\u30fa]"), 4, 0.25
# What broken encodings leave behind.
_BROKEN = re.compile("锟斤拷|烫烫烫|屯屯屯")
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]{1,2000}")


class ScopeJudge:
    """Knows the names of places outside the province; those that the city itself uses are not among them."""

    def __init__(self, own_names: Iterable[str]) -> None:
        lexicon = load_lexicon("elsewhere")
        self._names = frozenset(lexicon["names"]) - frozenset(own_names)
        self._wanted = Wanted(sorted(self._names))
        self._name_of_else = tuple(lexicon["name_of_else"])

    @property
    def phrases(self) -> Iterable[str]:
        return self._names

    def judge(
        self,
        documents: Sequence[Document],
        places: Sequence[PlaceFinding],
        chances_outside: Sequence[float],
        *,
        batches: Sequence[Batch] | None = None,
    ) -> list[Scope]:
        """One for each document. `chances_outside` are what the classifier says (`nlp.topics.no_matter`); 0 where none
        speaks. `batches` are `nlp.ngrams.lay_out` of the parts of `documents`, where somebody has them."""
        elsewhere = self._named_elsewhere(documents)
        plain = _plainly_chinese(documents, batches)
        scopes = []
        for row, document in enumerate(documents):
            if chances_outside[row] >= no_matter.FROM or (not plain[row] and says_nothing(document.text)):
                scopes.append(Scope.NO_MATTER)
            elif places[row].region_code is None and self._is_elsewhere(document, row in elsewhere):
                scopes.append(Scope.ELSEWHERE)
            else:
                scopes.append(Scope.WITHIN)
        return scopes

    def _is_elsewhere(self, document: Document, named: bool) -> bool:
        chosen = document.source.place.strip()
        return any(name in chosen for name in self._names) if chosen else named

    def _named_elsewhere(self, documents: Sequence[Document]) -> set[int]:
        """The numbers of the documents that name another place in their beginning, or twice."""
        found, once = set(), set()
        places = self._wanted.longest(documents)
        for row, start, end in zip(places.rows.tolist(), places.starts.tolist(), places.ends.tolist(), strict=True):
            document = documents[row]
            if document.text.startswith(self._name_of_else, end):
                continue
            if start < document.body_start + _BEGINNING or row in once:
                found.add(row)
            once.add(row)
        return found


def _plainly_chinese(documents: Sequence[Document], batches: Sequence[Batch] | None) -> list[bool]:
    """Which texts need no closer look, because `says_nothing` sees in their beginning already that they say something:
    most of them. The others may say something too."""
    batches = [lay_out(documents)] if batches is None and documents else batches or []
    plain: list[bool] = []
    for batch in batches:
        codes = batch.written
        here = documents[len(plain) : len(plain) + len(batch.starts)]
        shown = np.array([min(len(document.text), _LOOK) for document in here], dtype=np.int64)
        starts = batch.starts
        chinese = np.zeros(len(codes) + 1, dtype=np.int64)
        np.cumsum((codes >= _HAN_BLOCK[0]) & (codes <= _HAN_BLOCK[1]), out=chinese[1:])
        enough = chinese[starts + shown] - chinese[starts] >= _CHINESE_ENOUGH * shown
        plain += [
            much and _is_varied(document.text) and not _BROKEN.search(document.text, 0, _LOOK)
            for much, document in zip(enough.tolist(), here, strict=True)
        ]
    return plain


def _is_varied(text: str) -> bool:
    """Whether the beginning has enough different signs; mostly the first dozen has."""
    return len(set(text[:_BEGINNING])) >= _VARIED or len(set(text[:_LOOK])) >= _VARIED


def says_nothing(text: str) -> bool:
    """What is certain without a classifier: no Chinese at all (figures, signs, an address, another language), hardly
    any beside another language, a broken encoding, or a few signs over and over. An empty text is left to the person
    who triages."""
    beginning = text[:_LOOK]
    if len(_HAN.findall(beginning)) >= _CHINESE_ENOUGH * len(beginning) and len(set(beginning)) >= _VARIED:
        return _BROKEN.search(beginning) is not None
    if not text.strip():
        return False
    text = _ADDRESS.sub("", text)
    chinese = len(_HAN.findall(text))
    if not chinese or _BROKEN.search(text):
        return True
    letters = sum(map(str.isalpha, text))
    if letters >= _LEAST_LETTERS and chinese < _LEAST_CHINESE * letters:
        return True
    kana = len(_KANA.findall(text))
    if kana >= _LEAST_KANA and kana >= _KANA_SHARE * letters:
        return True
    signs = "".join(text.split())
    return len(set(signs)) <= min(len(signs) // _TIMES, _DIFFERENT)
