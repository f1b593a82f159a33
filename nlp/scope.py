"""Is it a matter for this city at all? What is not goes to a person, with the reason; nothing is ever thrown away."""

import re
from collections.abc import Iterable

from models.analysis import Scope
from nlp.cues import Cue, longest
from nlp.document import Document
from nlp.lexicon import load_lexicon
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
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
# Japanese has Chinese signs too, and more of its own; a の in a Chinese shop's name is none yet.
_KANA, _LEAST_KANA, _KANA_SHARE = re.compile("[\u3041-\u30fa]"), 4, 0.25
# What broken encodings leave behind.
_BROKEN = ("锟斤拷", "烫烫烫", "屯屯屯")
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]{1,2000}")


class ScopeJudge:
    """Knows the names of places outside the province; those that the city itself uses are not among them."""

    def __init__(self, own_names: Iterable[str]) -> None:
        lexicon = load_lexicon("elsewhere")
        self._names = frozenset(lexicon["names"]) - frozenset(own_names)
        self._name_of_else = tuple(lexicon["name_of_else"])

    @property
    def phrases(self) -> Iterable[str]:
        return self._names

    def judge(self, document: Document, place: PlaceFinding, chance_outside: float) -> Scope:
        """`chance_outside` is what the classifier says (`nlp.topics.no_matter`); 0 where none speaks."""
        if chance_outside >= no_matter.FROM or says_nothing(document.text):
            return Scope.NO_MATTER
        if place.region_code is None and self._is_elsewhere(document):
            return Scope.ELSEWHERE
        return Scope.WITHIN

    def _is_elsewhere(self, document: Document) -> bool:
        chosen = document.source.place.strip()
        if chosen:
            return any(name in chosen for name in self._names)
        named = longest([cue for cue in document.cues if cue.phrase in self._names])
        counted = [cue for cue in named if self._means_the_place(cue, document.text)]
        first = document.body_start + _BEGINNING
        return len(counted) >= _OFTEN or any(cue.start < first for cue in counted)

    def _means_the_place(self, cue: Cue, text: str) -> bool:
        return not text.startswith(self._name_of_else, cue.end)


def says_nothing(text: str) -> bool:
    """What is certain without a classifier: no Chinese at all (figures, signs, an address, another language), hardly
    any beside another language, a broken encoding, or a few signs over and over. An empty text is left to the person
    who triages."""
    beginning = text[:_LOOK]
    if len(_HAN.findall(beginning)) >= _CHINESE_ENOUGH * len(beginning) and len(set(beginning)) >= _VARIED:
        return any(broken in beginning for broken in _BROKEN)
    if not text.strip():
        return False
    text = _ADDRESS.sub("", text)
    chinese = len(_HAN.findall(text))
    if not chinese or any(broken in text for broken in _BROKEN):
        return True
    letters = sum(map(str.isalpha, text))
    if letters >= _LEAST_LETTERS and chinese < _LEAST_CHINESE * letters:
        return True
    kana = len(_KANA.findall(text))
    if kana >= _LEAST_KANA and kana >= _KANA_SHARE * letters:
        return True
    signs = "".join(text.split())
    return len(set(signs)) <= min(len(signs) // _TIMES, _DIFFERENT)
