"""What a tone is about: that the road is broken is not yet anger at who should mend it.

Words of trouble are the matter's. Some phrases name what they judge (踢皮球, 答非所问, 一刀切).
An opinion goes to what is named in its clause, unless that clause asks for something; else it floats, and says most
where nothing else is said. Who complains and names an office without asking anything of it is not content with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import starmap

import numpy as np

from models.analysis import Aspect, AspectTone, Sentiment, TextSpan
from nlp.cues import Cue
from nlp.ngrams import Flags, Numbers
from nlp.tone.reading import Reading
from nlp.tone.words import ASPECTS, OPINION, TITLE_WEIGHT, Values

_MATTER, _DEPARTMENT, _POLICY = map(ASPECTS.index, (Aspect.MATTER, Aspect.DEPARTMENT, Aspect.POLICY))
# Where a clause names several, the later of these is meant: 对住建局的答复不满意 is about the reply.
_RANKS = tuple(ASPECTS.index(aspect) for aspect in (Aspect.DEPARTMENT, Aspect.POLICY, Aspect.REPLY))
_LEAST = 1.5
# Beside a judged department, rule or reply it takes so much trouble for the matter to be spoken of as well.
_LEAST_TROUBLE = 1.0
_EVIDENCE = 2
# What a text whose kind says that the matter is bad counts where no word does.
_IMPLIED = -2.5
_FULL = 4.0
# What it counts to be named in a complaint, by `ASPECTS`.
_NAMED = np.array([0.0, -1.5, -1.5, -1.5])


@dataclass(frozen=True, slots=True)
class _Words:
    """What is weighed: where, about which aspect, how much, and whether it is an opinion about nothing named."""

    rows: Numbers
    starts: Numbers
    ends: Numbers
    about: Numbers
    valence: Values
    floating: Flags

    def kept(self, chosen: Flags) -> "_Words":
        return _Words(*(getattr(self, name)[chosen] for name in _Words.__slots__))


def judge_aspects(reading: Reading, implied: Flags, kind: Flags, praising: Flags) -> list[tuple[AspectTone, ...]]:
    """By document. `implied` are those that find the matter bad whatever the words, `kind` those whose kind words are
    meant and no manners, `praising` those that are pleased whatever the words."""
    documents = len(reading.documents)
    words = _join(_said(reading, kind), _named(reading, implied))
    cells = words.rows * len(ASPECTS) + words.about
    fixed = np.bincount(cells, words.valence * ~words.floating, minlength=documents * len(ASPECTS))
    sums: Values = fixed.astype(np.float64).reshape(documents, -1)
    drift = np.bincount(words.rows, words.valence * words.floating, minlength=documents)
    others = np.abs(np.delete(sums, _MATTER, axis=1)).max(axis=1, initial=0.0) >= _LEAST
    sums[:, _MATTER] += np.where(others, 0.0, drift)
    sums[:, _MATTER] += np.where(implied & ~others & (np.abs(sums[:, _MATTER]) < _LEAST), _IMPLIED, 0.0)
    pleased = kind & ~others & (np.abs(sums[:, _MATTER]) < _LEAST) & praising
    sums[:, _MATTER] -= np.where(pleased, _IMPLIED, 0.0)
    shown = np.abs(sums) >= _LEAST
    shown[:, _MATTER] = np.abs(sums[:, _MATTER]) >= np.where(others, _LEAST_TROUBLE, _LEAST)
    speaking = words.kept(~(words.floating & others[words.rows]))
    return _tones(reading, speaking, sums, shown)


def _said(reading: Reading, kind: Flags) -> _Words:
    """Words of feeling, each with its aspect. Praise that names somebody anywhere is for them."""
    said, targets, laid = reading.said, reading.targets, reading.laid
    rows = said.places.rows
    named = np.full(len(laid.breaks) + 1, -1, dtype=np.int64)
    for aspect in _RANKS:
        named[targets.clauses[targets.aspects == aspect]] = aspect
    target = named[said.clauses]
    target[_asking(reading)[said.clauses] & (said.valence < 0)] = -1
    opinion = said.about == OPINION
    about = np.where(opinion, np.where(target >= 0, target, _MATTER), np.maximum(said.about, _MATTER))
    praised = np.zeros(len(reading.documents), dtype=np.bool_)
    praised[targets.places.rows[targets.aspects == _DEPARTMENT]] = True
    thanks = opinion & (target < 0) & (said.valence > 0) & (kind & praised)[rows]
    valence = said.valence * np.where(said.in_title, TITLE_WEIGHT, 1.0)
    return _Words(
        rows,
        said.places.starts,
        said.places.ends,
        np.where(thanks, _DEPARTMENT, about),
        np.where((valence > 0) & ~kind[rows], 0.0, valence),
        opinion & (target < 0) & ~thanks,
    )


def _named(reading: Reading, implied: Flags) -> _Words:
    """Who complains and names a department, a rule or a reply without asking anything of it is not content with it."""
    targets = reading.targets
    chosen = implied[targets.places.rows] & ~_asking(reading)[targets.clauses]
    chosen &= ~((targets.aspects == _POLICY) & targets.basis)
    places, about = targets.places.kept(chosen), targets.aspects[chosen]
    weights = _NAMED[about]
    return _Words(places.rows, places.starts, places.ends, about, weights, np.zeros(len(about), dtype=np.bool_))


def _asking(reading: Reading) -> Flags:
    asking = np.zeros(len(reading.laid.breaks) + 1, dtype=np.bool_)
    asking[reading.targets.requests] = True
    return asking


def _join(one: _Words, other: _Words) -> _Words:
    return _Words(*(np.concatenate([getattr(one, name), getattr(other, name)]) for name in _Words.__slots__))


def _tones(reading: Reading, words: _Words, sums: Values, shown: Flags) -> list[tuple[AspectTone, ...]]:
    chosen = np.flatnonzero(shown[words.rows, words.about] & (words.valence * sums[words.rows, words.about] > 0))
    cells = words.rows[chosen] * len(ASPECTS) + words.about[chosen]
    order = np.lexsort((words.starts[chosen], -np.abs(words.valence[chosen]), cells))
    chosen, cells = chosen[order], cells[order]
    kept = np.arange(len(cells)) - np.searchsorted(cells, cells) < _EVIDENCE
    chosen, cells = chosen[kept], cells[kept]
    asked = np.flatnonzero(shown.ravel())
    firsts, lasts = (np.searchsorted(cells, asked, side=side).tolist() for side in ("left", "right"))
    starts, ends = words.starts[chosen].tolist(), words.ends[chosen].tolist()
    strengths = sums.ravel()[asked]
    scores = np.round(strengths / (np.abs(strengths) + _FULL), 4).tolist()
    found: list[list[AspectTone]] = [[] for _ in reading.documents]
    for cell, score, first, last in zip(asked.tolist(), scores, firsts, lasts, strict=True):
        row, aspect = divmod(cell, len(ASPECTS))
        spans = _spans(reading, row, sorted(zip(starts[first:last], ends[first:last], strict=True)))
        tone = Sentiment.POSITIVE if score > 0 else Sentiment.NEGATIVE
        found[row].append(AspectTone(ASPECTS[aspect], tone, score, spans))
    return [tuple(tones) for tones in found]


def _spans(reading: Reading, row: int, places: Sequence[tuple[int, int]]) -> tuple[TextSpan, ...]:
    document = reading.documents[row]
    if not document.title.cuts and not document.body.cuts and len(document.title.text) == len(document.source.title):
        return tuple(starmap(TextSpan, places))  # nothing was cleaned away: positions are the same
    return tuple(TextSpan(*document.original_span(Cue(start, end, ""))) for start, end in places)
