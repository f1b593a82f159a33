"""The two sentences of a text that say it best: what it is about and what is wanted; never a word of our own.

The weights were fitted on marked letters of one hand of our corpus and rounded; tests/quality/summary_bench.py says
how well they do on another.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.analysis import TextSpan
from nlp.cues import Cue
from nlp.document import Document
from nlp.gist import wishes
from nlp.gist.sentences import Sentences
from nlp.gist.spotting import by_character, flags
from nlp.ngrams import Flags, Numbers

VERSION = "summary/2"
# What a letter is about stands among its first sentences.
_FIRST = 4
_FULL_LENGTH = 100
_MOST_WISHES = 3
# Longer ones do not fit the two lines that a list has for them.
_LONGEST = 100
_CLAUSE = re.compile("[，,、：:；;。]")
_SHORT = 12
_MATTER = {"title": 1.6, "place": -1.5, "length": 1.4, "time": 1.0, "wish": -0.5, "introduces": -1.0}
_AMONG_FIRST = (0.9, 0.7, 0.15)
_RANKS = np.array([*_AMONG_FIRST, *[0.0] * (_FIRST - len(_AMONG_FIRST))])
_WISH = {
    **{"asks": 2.0, "questions": 1.2, "list": 1.0, "aside": -1.5},
    **{"place": 1.4, "last": 0.5, "first": -0.4, "short": -0.5},
}
_TIME = by_character(time="年月日号天昨")
_INTRODUCES, _INTRODUCTION = by_character(first="我本作", second="是人为"), 18
# A sentence opens its list among so many characters.
_OPENS_WITHIN = 60
# A sentence that opens a list of wishes: 请：一、…, 想弄清楚三件事：…
_LIST = re.compile("[：:](?:一|1|其一|第一)|[几三四两五六][问条点样件项事]|如下")
_EMPTY_WORDS = frozenset("的了是我在一不人有就也都你他她这那们和与及，。！？：；、“”‘’（）()《》 …—-·")

Span: TypeAlias = tuple[int, int]


class Chosen(NamedTuple):
    """Where, in the text of a document, it says best what it is about and what is wanted; None where it does not.

    `wishes` are the first three that ask for something to be done, or, where none does, for an answer; `more` is the
    sentence after the matter. Of very long sentences they are the part that says it.
    """

    matter: Span | None
    wish: Span | None
    wishes: Sequence[Span]
    more: Span | None


def choose(sentences: Sentences) -> list[Chosen]:
    """For each document; a text of courtesies only has nothing of it."""
    asked, questioned = wishes.asks(sentences), wishes.questions(sentences)
    wishing = (asked > 0) | (questioned > 0)
    places = wishing.nonzero()[0]
    aside = wishes.set_aside(sentences, places)
    wish = _wishes(sentences, places, asked, questioned, aside)
    others = ~sentences.courtesy
    own = others.nonzero()[0]
    others[wish[wish >= 0]] = False
    matter = _matters(sentences, others.nonzero()[0], wishing)
    rows = sentences.rows
    asking = np.bincount(rows[asked > 0], minlength=len(sentences.documents)) > 0
    listed = places[~aside & (np.where(asking[rows], asked, questioned)[places] > 0)]
    edges, said = listed.searchsorted(sentences.bounds).tolist(), listed.tolist()
    after = own.searchsorted(matter, side="right")
    following = np.append(own, -1)[after]
    following[(matter < 0) | (wish >= 0) | (following >= sentences.bounds[1:])] = -1
    spans, chosen = sentences.spans, []
    for row, (about, wanted, more) in enumerate(zip(matter.tolist(), wish.tolist(), following.tolist(), strict=True)):
        text = sentences.documents[row].text
        asks = said[edges[row] : min(edges[row + 1], edges[row] + _MOST_WISHES)]
        shown = {place: _shown_wish(text, *spans[place]) for place in {wanted, *asks} if place >= 0}
        chosen.append(
            Chosen(
                _shown(text, *spans[about]) if about >= 0 else None,
                shown.get(wanted),
                [shown[place] for place in asks],
                _shown(text, *spans[more]) if more >= 0 else None,
            )
        )
    return chosen


def summarise(sentences: Sentences, chosen: Sequence[Chosen] | None = None) -> list[tuple[TextSpan, ...]]:
    """For each document up to two sentences, or of very long ones the part that says it, in the order of the text.
    `chosen` is what `choose` said, where it was asked already."""
    return [
        tuple([original(document, span) for span in sorted(filter(None, (matter, wish, more)))])
        for document, (matter, wish, _, more) in zip(sentences.documents, chosen or choose(sentences), strict=True)
    ]


def original(document: Document, span: Span) -> TextSpan:
    """Where it stands in the title, a newline and the body as they came in."""
    if document.is_moved:
        return TextSpan(*document.original_span(Cue(*span, "")))
    return TextSpan(*span)


def _shown(text: str, start: int, end: int) -> Span:
    """What is shown of a sentence: of one longer than `_LONGEST` its first clauses, whole ones only."""
    if end - start <= _LONGEST:
        return start, end
    marks = [mark.start() for mark in _CLAUSE.finditer(text, start, start + _LONGEST + 1)]
    return start, marks[-1] if marks else end


def _shown_wish(text: str, start: int, end: int) -> Span:
    """The same of a wish: the clauses from where it is said."""
    if end - start > _LONGEST:
        at = wishes.first_wish(text, start, end)
        start = max((mark.end() for mark in _CLAUSE.finditer(text, start, at + 1)), default=start)
    return _shown(text, start, end)


def _wishes(sentences: Sentences, places: Numbers, asked: Numbers, questioned: Numbers, aside: Flags) -> Numbers:
    """For each document that of its `places` that says best what is wanted; -1 where it has none."""
    text = sentences.text
    starts, ends = sentences.starts[places], sentences.ends[places]
    rows, numbers = sentences.rows[places], sentences.numbers()[places]
    counts = sentences.counts()[rows]
    limits = np.minimum(ends, starts + _OPENS_WITHIN)
    lists = [_LIST.search(text, *at) is not None for at in zip(starts.tolist(), limits.tolist(), strict=True)]
    scores = (
        _WISH["asks"] * np.minimum(asked[places], 2)
        + _WISH["questions"] * np.minimum(questioned[places], 2)
        + _WISH["place"] * numbers / counts
        + _WISH["list"] * np.array(lists, dtype=np.bool_)
        + _WISH["last"] * (numbers == counts - 1)
        + _WISH["short"] * (ends - starts < _SHORT)
        + _WISH["aside"] * aside
        + _WISH["first"] * (numbers < len(_AMONG_FIRST))
    )
    return _best(rows, scores, places, len(sentences.documents))


def _matters(sentences: Sentences, places: Numbers, wishing: Flags) -> Numbers:
    """For each document that of its first `places` that says best what it is about; -1 where it has none."""
    firsts = places.searchsorted(sentences.bounds[:-1])
    ranks = np.arange(len(places)) - firsts[sentences.rows[places]]
    early = ranks < _FIRST
    places, ranks = places[early], ranks[early]
    starts, ends, rows = sentences.starts[places], sentences.ends[places], sentences.rows[places]
    titles = [set(document.title.text) - _EMPTY_WORDS for document in sentences.documents]
    lengths = np.array(list(map(len, titles)), dtype=np.int64)[rows]
    text = sentences.text
    shared = [
        sum(map(text[start:end].__contains__, titles[row]))
        for start, end, row in zip(starts.tolist(), ends.tolist(), rows.tolist(), strict=True)
    ]
    times = np.zeros(len(sentences.codes) + 1, dtype=np.int64)
    flags(_TIME, sentences.codes).cumsum(out=times[1:])
    scores = (
        _MATTER["title"] * np.array(shared, dtype=np.int64) / (lengths + 3)
        + _MATTER["place"] * sentences.numbers()[places] / sentences.counts()[rows]
        + _MATTER["length"] * np.minimum(ends - starts, _FULL_LENGTH) / _FULL_LENGTH
        + _MATTER["time"] * (times[ends] > times[starts])
        + _MATTER["wish"] * wishing[places]
        + _MATTER["introduces"] * _introduces(sentences, starts, ends)
        + _RANKS[ranks]
    )
    return _best(rows, scores, places, len(sentences.documents))


def _introduces(sentences: Sentences, starts: Numbers, ends: Numbers) -> Flags:
    """Which sentences say who writes and nothing else: 我是一名家长。"""
    first, second = (flags(_INTRODUCES, sentences.codes[at]) for at in (starts, starts + 1))
    return (ends - starts <= _INTRODUCTION) & ((first & 1) > 0) & ((second & 2) > 0)


def _best(rows: Numbers, scores: NDArray[np.float64], places: Numbers, documents: int) -> Numbers:
    """For each document the first of its `places` with the highest score; -1 for one without."""
    best = np.full(documents, -1, dtype=np.int64)
    order = np.lexsort((places, -scores, rows))
    rows = rows[order]
    heads = np.ones(len(rows), dtype=np.bool_)
    np.not_equal(rows[1:], rows[:-1], out=heads[1:])
    best[rows[heads]] = places[order[heads]]
    return best
