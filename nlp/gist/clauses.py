"""Where the clauses of texts begin and end: sentences, the long ones cut at commas."""

from dataclasses import dataclass

import numpy as np

from nlp.gist.sentences import Sentences
from nlp.gist.spotting import by_character, flags
from nlp.ngrams import Numbers

_COMMAS = by_character(commas="，,；;：:")
# A clause has so many characters at least; what is left of a sentence behind it, so many.
_SHORTEST, _SHORTEST_REST = 16, 10


@dataclass(frozen=True, slots=True)
class Clauses:
    """Of a batch of documents, in order, without courtesies: `starts`:`ends` are places in `Sentences.text`,
    `sentences` the numbers of the sentences, `rows` the documents, whose clauses are `bounds[row]`:`bounds[row + 1]`.
    """

    starts: Numbers
    ends: Numbers
    sentences: Numbers
    rows: Numbers
    bounds: Numbers


def cut(sentences: Sentences) -> Clauses:
    """Every sentence that is no courtesy is one clause or more; what stands in clauses is all that stands in them."""
    own = (~sentences.courtesy).nonzero()[0]
    starts, ends = sentences.starts[own], sentences.ends[own]
    marks = flags(_COMMAS, sentences.codes).nonzero()[0] + 1 if len(own) else own
    within = starts.searchsorted(marks) - 1
    far = (within >= 0) & (marks - starts[within] >= _SHORTEST) & (ends[within] - marks >= _SHORTEST_REST)
    cuts: list[int] = []
    latest = 0
    for mark, start in zip(marks[far].tolist(), starts[within[far]].tolist(), strict=True):
        if mark - max(latest, start) >= _SHORTEST:
            cuts.append(mark)
            latest = mark
    edges = np.array(cuts, dtype=np.int64)
    begins, stops = np.sort(np.concatenate([starts, edges])), np.sort(np.concatenate([ends, edges]))
    of = own[starts.searchsorted(begins, side="right") - 1]
    rows = sentences.rows[of]
    return Clauses(begins, stops, of, rows, rows.searchsorted(np.arange(len(sentences.documents) + 1)))
