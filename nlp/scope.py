"""Is it a matter for this city at all? What is not goes to a person, with the reason; nothing is ever thrown away."""

from collections.abc import Iterable

from models.analysis import Scope
from nlp.cues import Cue, longest
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.places import PlaceFinding

VERSION = "scope/2"
# From this chance on a text is taken for no matter (advertising, chatter, empty phrases, other languages).
_NO_MATTER_FROM = 0.7
# Another place counts where the title or the beginning names it, or the text does so twice.
_BEGINNING, _OFTEN = 12, 2


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
        """`chance_outside` is what the classifier says (`nlp.topics.many_topics.Outside`); 0 where none speaks."""
        wordless = bool(document.text.strip()) and not any(map(str.isalpha, document.text))
        if wordless or chance_outside >= _NO_MATTER_FROM:
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
