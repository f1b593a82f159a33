"""What a tone is about: that the road is broken is not yet anger at who should mend it.

Words of trouble are the matter's. Some phrases name what they judge (踢皮球, 答非所问, 一刀切). An opinion goes to what is
named in its clause, unless that clause asks for something; else it floats, and says most where nothing else is said.
"""

from collections.abc import Sequence
from itertools import pairwise, starmap

import numpy as np

from models.analysis import Aspect, AspectTone, Sentiment, TextSpan
from nlp.cues import Cue
from nlp.ngrams import Flags, Numbers
from nlp.tone.reading import Reading
from nlp.tone.words import ASPECTS, OPINION, TITLE_WEIGHT, Values

_MATTER, _DEPARTMENT = ASPECTS.index(Aspect.MATTER), ASPECTS.index(Aspect.DEPARTMENT)
# Where a clause names several, the later of these is meant: 对住建局的答复不满意 is about the reply.
_RANKS = tuple(ASPECTS.index(aspect) for aspect in (Aspect.DEPARTMENT, Aspect.POLICY, Aspect.REPLY))
_LEAST = 1.5
# Beside a judged department, rule or reply it takes so much trouble for the matter to be spoken of as well.
_LEAST_TROUBLE = 1.0
_EVIDENCE = 2
# What a text whose kind says that the matter is bad counts where no word does.
_IMPLIED = -1.0
_FULL = 4.0


def judge_aspects(reading: Reading, implied: Flags, kind: Flags) -> list[tuple[AspectTone, ...]]:
    """By document. `implied` are those that find the matter bad whatever the words, `kind` those whose kind words are
    meant and no manners."""
    documents = len(reading.documents)
    about, floating = _assign(reading, kind)
    valence = reading.said.valence * np.where(reading.said.in_title, TITLE_WEIGHT, 1.0)
    rows = reading.said.places.rows
    valence = np.where((valence > 0) & ~kind[rows], 0.0, valence)
    cells = rows * len(ASPECTS) + about
    sums = np.bincount(cells, valence * ~floating, minlength=documents * len(ASPECTS)).reshape(documents, -1)
    drift = np.bincount(rows, valence * floating, minlength=documents)
    others = np.abs(np.delete(sums, _MATTER, axis=1)).max(axis=1, initial=0.0) >= _LEAST
    sums[:, _MATTER] += np.where(others, 0.0, drift)
    sums[:, _MATTER] += np.where(implied & ~others & (np.abs(sums[:, _MATTER]) < _LEAST), _IMPLIED - _LEAST, 0.0)
    said = np.abs(sums) >= _LEAST
    said[:, _MATTER] = np.abs(sums[:, _MATTER]) >= np.where(others, _LEAST_TROUBLE, _LEAST)
    return _tones(reading, about, valence * ~(floating & others[rows]), sums, said)


def _assign(reading: Reading, kind: Flags) -> tuple[Numbers, Flags]:
    """The aspect of each word, and which words are opinions about nothing named. Praise that names somebody anywhere
    is for them."""
    said, targets = reading.said, reading.targets
    named = np.full(len(reading.laid.breaks) + 1, -1, dtype=np.int64)
    for aspect in _RANKS:
        named[targets.clauses[targets.aspects == aspect]] = aspect
    asking = np.zeros(len(named), dtype=np.bool_)
    asking[targets.requests] = True
    target = named[said.clauses]
    target[asking[said.clauses] & (said.valence < 0)] = -1
    opinion = said.about == OPINION
    about = np.where(opinion, np.where(target >= 0, target, _MATTER), np.maximum(said.about, _MATTER))
    praised = np.zeros(len(reading.documents), dtype=np.bool_)
    people = targets.clauses[targets.aspects == _DEPARTMENT]
    praised[np.searchsorted(reading.laid.starts, reading.laid.clause_end(people), side="right") - 1] = True
    thanks = opinion & (target < 0) & (said.valence > 0) & (kind & praised)[said.places.rows]
    about = np.where(thanks, _DEPARTMENT, about)
    return about, opinion & (target < 0) & ~thanks


def _tones(
    reading: Reading, about: Numbers, valence: Values, sums: Values, said: Flags
) -> list[tuple[AspectTone, ...]]:
    rows, places = reading.said.places.rows, reading.said.places
    right = said[rows, about] & (valence * sums[rows, about] > 0)
    chosen = np.flatnonzero(right)
    cells = rows[chosen] * len(ASPECTS) + about[chosen]
    order = np.lexsort((places.starts[chosen], -np.abs(valence[chosen]), cells))
    chosen, cells = chosen[order], cells[order]
    first = np.searchsorted(cells, cells)
    kept = np.arange(len(cells)) - first < _EVIDENCE
    chosen, cells = chosen[kept], cells[kept]
    asked = np.flatnonzero(said.ravel())
    bounds = np.searchsorted(cells, np.append(asked, said.size)).tolist()
    starts, ends = places.starts[chosen].tolist(), places.ends[chosen].tolist()
    strengths = sums.ravel()[asked].tolist()
    found: list[list[AspectTone]] = [[] for _ in reading.documents]
    for cell, strength, (start, end) in zip(asked.tolist(), strengths, pairwise(bounds), strict=True):
        row, aspect = divmod(cell, len(ASPECTS))
        spans = _spans(reading, row, sorted(zip(starts[start:end], ends[start:end], strict=True)))
        tone = Sentiment.POSITIVE if strength > 0 else Sentiment.NEGATIVE
        found[row].append(AspectTone(ASPECTS[aspect], tone, _rounded(strength), spans))
    return [tuple(tones) for tones in found]


def _spans(reading: Reading, row: int, places: Sequence[tuple[int, int]]) -> tuple[TextSpan, ...]:
    document = reading.documents[row]
    if not document.title.cuts and not document.body.cuts and len(document.title.text) == len(document.source.title):
        return tuple(starmap(TextSpan, places))  # nothing was cleaned away: positions are the same
    return tuple(TextSpan(*document.original_span(Cue(start, end, ""))) for start, end in places)


def _rounded(strength: float) -> float:
    return round(strength / (abs(strength) + _FULL), 4)
