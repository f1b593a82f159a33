"""The two sentences of a text that say it best: what it is about and what is wanted; never a word of our own.

The weights were fitted on marked letters of one hand of our corpus and rounded; tests/quality/summary_bench.py says
how well they do on another.
"""

import re
from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from models.analysis import TextSpan
from nlp.cues import Cue
from nlp.document import Document
from nlp.gist import wishes
from nlp.gist.sentences import Sentence

VERSION = "summary/1"
# What a letter is about stands among its first sentences.
_FIRST = 4
_FULL_LENGTH = 100
# Longer ones do not fit the two lines that a list has for them.
_LONGEST = 100
_CLAUSE = re.compile("[，,、：:；;。]")
_SHORT = 12
_MATTER = {"title": 1.6, "place": -1.5, "length": 1.4, "time": 1.0, "wish": -0.5}
_AMONG_FIRST = (0.9, 0.7, 0.15)
_WISH = {
    **{"asks": 2.0, "questions": 1.2, "list": 1.0, "aside": -1.5},
    **{"place": 1.4, "last": 0.5, "first": -0.4, "short": -0.5},
}
_TIME = re.compile("[年月日号天昨]")
# A sentence opens its list among so many characters.
_OPENS_WITHIN = 60
# A sentence that opens a list of wishes: 请：一、…, 想弄清楚三件事：…
_LIST = re.compile("[：:](?:一|1|其一|第一)|[几三四两五六][问条点样件项事]|如下")
_EMPTY_WORDS = frozenset("的了是我在一不人有就也都你他她这那们和与及，。！？：；、“”‘’（）()《》 …—-·")


class Chosen(NamedTuple):
    """The numbers of the sentences that say best what a text is about and what is wanted; None where none does.

    `asked` and `questioned` are all sentences that ask for something to be done, or for an answer, with how often.
    """

    matter: int | None
    wish: int | None
    asked: Mapping[int, int]
    questioned: Mapping[int, int]


def choose(document: Document, sentences: Sequence[Sentence]) -> Chosen:
    """Both, each once; a text of courtesies only has neither."""
    own = [place for place, sentence in enumerate(sentences) if not sentence.courtesy]
    if not own:
        return Chosen(None, None, {}, {})
    asked = wishes.asks(document.text, sentences)
    questioned = wishes.questions(document.text, sentences)
    wish = _wish(document.text, sentences, asked, questioned)
    others = [place for place in own if place != wish]
    matter = _matter(document, sentences, others[:_FIRST], asked.keys() | questioned.keys()) if others else None
    return Chosen(matter, wish, asked, questioned)


def summarise(document: Document, sentences: Sequence[Sentence], chosen: Chosen | None = None) -> tuple[TextSpan, ...]:
    """Up to two sentences, or of very long ones the part that says it, in the order of the text. `chosen` is what
    `choose` said, where it was asked already."""
    chosen = chosen or choose(document, sentences)
    places = sorted(place for place in (chosen.matter, chosen.wish) if place is not None)
    if chosen.wish is None and places:  # nothing is asked for: what comes next may say more
        places += [place for place in range(places[0] + 1, len(sentences)) if not sentences[place].courtesy][:1]
    return tuple(shown(document, sentences[place], wishing=place == chosen.wish) for place in places)


def shown(document: Document, sentence: Sentence, *, wishing: bool) -> TextSpan:
    """Where the sentence stands in the original. Of one longer than `_LONGEST` whole clauses only: its first, or those
    from the wish on."""
    start, end, _ = sentence
    text = document.text
    if end - start > _LONGEST:
        if wishing:
            at = wishes.first_wish(text, sentence)
            start = max((mark.end() for mark in _CLAUSE.finditer(text, start, at + 1)), default=start)
        marks = [mark.start() for mark in _CLAUSE.finditer(text, start, end) if mark.start() - start <= _LONGEST]
        if end - start > _LONGEST and marks:
            end = marks[-1]
    return TextSpan(*document.original_span(Cue(start, end, "")))


def _wish(
    text: str, sentences: Sequence[Sentence], asked: Mapping[int, int], questioned: Mapping[int, int]
) -> int | None:
    """The sentence that says best what is wanted; None where nobody asks anything."""
    best, most = None, 0.0
    for place in sorted(asked.keys() | questioned.keys()):
        start, end, _ = sentences[place]
        score = (
            _WISH["asks"] * min(asked.get(place, 0), 2)
            + _WISH["questions"] * min(questioned.get(place, 0), 2)
            + _WISH["place"] * place / len(sentences)
            + _WISH["list"] * (_LIST.search(text, start, min(end, start + _OPENS_WITHIN)) is not None)
            + _WISH["last"] * (place == len(sentences) - 1)
            + _WISH["short"] * (end - start < _SHORT)
            + _WISH["aside"] * wishes.sets_aside(text, sentences[place])
            + _WISH["first"] * (place < len(_AMONG_FIRST))
        )
        if best is None or score > most:
            best, most = place, score
    return best


def _matter(document: Document, sentences: Sequence[Sentence], places: Sequence[int], wishing: Set[int]) -> int:
    """Of `places` the sentence that says best what the text is about."""
    text = document.text
    title = set(document.title.text) - _EMPTY_WORDS
    scores: dict[int, float] = {}
    for rank, place in enumerate(places):
        start, end, _ = sentences[place]
        said = text[start:end]
        scores[place] = (
            _MATTER["title"] * len([character for character in title if character in said]) / (len(title) + 3)
            + _MATTER["place"] * place / len(sentences)
            + _MATTER["length"] * min(end - start, _FULL_LENGTH) / _FULL_LENGTH
            + _MATTER["time"] * (_TIME.search(text, start, end) is not None)
            + _MATTER["wish"] * (place in wishing)
            + (_AMONG_FIRST[rank] if rank < len(_AMONG_FIRST) else 0.0)
        )
    return max(places, key=lambda place: (scores[place], -place))
