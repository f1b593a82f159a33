"""Is a text any matter of the city at all? Advertising, chatter, empty phrases, other languages, homework are none.

A decision of its own, not one topic more: told by its words against all that people write about their city, by its
form (short, without a title, repeated signs), and by how little any topic and any cue word fits it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from nlp.document import Document
from nlp.ngrams import Batch, Numbers, lay_out
from nlp.topics.features import Matrix, Rows, chunks
from nlp.topics.heads import Scores

# From this chance on a text is taken for none. Chosen on hands that the classifier had not read: some three of a
# hundred real matters among them go to a person for it, and five of six texts that are none.
FROM = 0.3
SHAPES = 12
_STRENGTH = 2.0
# A text that is no matter counts so many times: there are nine others to each.
_COUNTS = 2.0
_LEAST_SHARE = 1e-3
_SHORT = (12, 25, 50)
_HAN = (0x4E00, 0x9FFF)
_LARGEST_TABLE = 1 << 26


@dataclass(frozen=True, slots=True)
class NoMatter:
    """Log-odds: `own` for a unit of what words and form say (`shape` weighs the form), `cues` and `best_topic` for how
    well cue words and the likeliest topic fit, and `bias`."""

    own: float
    best_topic: float
    cues: float
    bias: float
    shape: tuple[float, ...]

    def chances(self, words: Scores, forms: Scores, best_share: Scores, evidence: Scores) -> NDArray[np.float64]:
        """The chance of each text to be no matter. `words` are scores of the text, `forms` its `shapes`, `best_share`
        the probability of its likeliest topic, `evidence` the cue score of the topic that has most."""
        said = self.own * (words + forms @ np.array(self.shape)) + self.bias
        said += self.best_topic * _fit(best_share) + self.cues * np.log1p(evidence)
        found: NDArray[np.float64] = 1 / (1 + np.exp(-said))
        return found


@dataclass(frozen=True, slots=True)
class LearntNoMatter:
    """`weights` and `bias` are those of the words; `unseen` are the chances of the letters in folds, by what had not
    seen the fold, its features included."""

    weights: Mapping[str, NDArray[np.float32]]
    bias: float
    gate: NoMatter
    unseen: NDArray[np.float64]


def shapes(documents: Sequence[Document], batch: Batch | None = None) -> Scores:
    """Documents × `SHAPES`: how long, how much of it Chinese, how varied, with which signs. `batch` is
    `nlp.ngrams.lay_out` of `documents`, where somebody has it."""
    if not documents:
        return np.zeros((0, SHAPES))
    if batch is None:
        return np.vstack([shapes(part, lay_out(part)) for part in chunks(documents)])
    signs, starts = batch.written, batch.starts
    sizes = np.diff(starts, append=len(signs))
    space = (signs == 10) | (signs == 32) | (signs == 0x3000)
    letters = sizes - np.add.reduceat(space, starts, dtype=np.int64)
    han = np.add.reduceat((signs >= _HAN[0]) & (signs <= _HAN[1]), starts, dtype=np.int64)
    lower = signs | 32
    latin = (lower >= 97) & (lower <= 122)
    word = np.zeros(len(signs), dtype=np.bool_)
    word[2:] = latin[2:] & latin[1:-1] & latin[:-2]
    exclaims, asks = (signs == ord("!")) | (signs == ord("！")), (signs == ord("?")) | (signs == ord("？"))
    # the line break is none of them
    distinct = _distinct(signs, batch.rows, len(starts)) - 1
    length = np.maximum(letters, 1)
    columns = [
        np.log1p(letters) / 5,
        han / length,
        distinct / length,
        np.array([document.title.text != "" for document in documents]),
        *(np.logical_or.reduceat(sign, starts) for sign in (exclaims, asks, (signs >= 48) & (signs <= 57), word)),
        np.log1p(han) / 5,
        *(letters < limit for limit in _SHORT),
    ]
    found: Scores = np.column_stack([column.astype(np.float64) for column in columns])
    return found


def _distinct(signs: NDArray[np.uint32], rows: Numbers, count: int) -> Numbers:
    """How many different signs each row has."""
    kinds = np.zeros(int(signs.max()) + 1, dtype=np.bool_)
    kinds[signs] = True
    numbers = np.cumsum(kinds, dtype=np.int64)
    width = int(numbers[-1])
    if count * width > _LARGEST_TABLE:
        return np.array([len(set(signs[rows == row].tolist())) for row in range(count)])
    # a table of rows × the signs of the batch: marking is quicker than sorting
    seen = np.zeros(count * width, dtype=np.bool_)
    seen[rows * width + numbers[signs] - 1] = True
    found: Numbers = np.count_nonzero(seen.reshape(count, width), axis=1)
    return found


def learn(
    rows: Rows,
    rows_without: Callable[[int], Rows],
    forms: Scores,
    best_share: Scores,
    evidence: Scores,
    outside: NDArray[np.bool_],
    folds: NDArray[np.int64],
    weights: NDArray[np.float64],
    always: int,
) -> LearntNoMatter:
    """Learn from letters in folds; the catalogue (fold `always`) is none. `rows_without(fold)` are the rows by
    features that were chosen without this fold, `best_share` what was said of each letter by those who had not seen it.

    Where nothing lies outside, every chance is next to nothing.
    """
    judged = np.flatnonzero(folds != always)
    if not outside[judged].any():
        nothing = {block: np.zeros(matrix.shape[1], dtype=np.float32) for block, matrix in rows.items()}
        return LearntNoMatter(nothing, 0.0, NoMatter(0.0, 0.0, 0.0, -30.0, (0.0,) * SHAPES), np.zeros(len(folds)))
    counts = weights * np.where(outside, _COUNTS, 1.0)
    numbers = np.unique(folds[judged]).tolist()
    said = np.zeros(len(folds))
    for number in numbers:
        others, asked = judged[folds[judged] != number], np.flatnonzero(folds == number)
        if len(np.unique(outside[others])) == 2:
            seen = _together(rows_without(number).values(), forms)
            table, bias = _support_vector(seen[others], outside[others], counts[others])
            said[asked] = seen[asked] @ table + bias
    table, bias = _support_vector(_together(rows.values(), forms)[judged], outside[judged], counts[judged])
    ends = np.cumsum([matrix.shape[1] for matrix in rows.values()])
    *parts, shape = np.split(table, ends)
    inputs = np.column_stack([said, _fit(best_share), np.log1p(evidence)])
    unseen = np.zeros(len(folds))
    for number in numbers:
        others = judged[folds[judged] != number] if len(numbers) > 1 else judged
        asked = np.flatnonzero(folds == number)
        weighed, constant = _logistic(inputs[others], outside[others], weights[others])
        unseen[asked] = 1 / (1 + np.exp(-(inputs[asked] @ weighed + constant)))
    (own, best_topic, cues), constant = _logistic(inputs[judged], outside[judged], weights[judged])
    gate = NoMatter(float(own), float(best_topic), float(cues), constant, tuple(shape.tolist()))
    by_block = {name: part.astype(np.float32) for name, part in zip(rows, parts, strict=True)}
    return LearntNoMatter(by_block, bias, gate, unseen)


def _fit(best_share: Scores) -> Scores:
    found: Scores = np.log(best_share + _LEAST_SHARE)
    return found


def _together(blocks: Iterable[Matrix], forms: Scores) -> Matrix:
    return hstack([*blocks, csr_matrix(forms.astype(np.float32))], format="csr")


def _support_vector(rows: Matrix, outside: NDArray[np.bool_], counts: NDArray[np.float64]) -> tuple[Scores, float]:
    from sklearn.svm import LinearSVC  # see nlp.topics.heads

    model = LinearSVC(C=_STRENGTH, random_state=0).fit(rows, outside, sample_weight=counts)
    return model.coef_[0], float(model.intercept_[0])


def _logistic(inputs: Scores, outside: NDArray[np.bool_], counts: NDArray[np.float64]) -> tuple[Scores, float]:
    """Calibrated: here a letter counts as what it is."""
    from sklearn.linear_model import LogisticRegression  # see nlp.topics.heads

    if len(np.unique(outside)) < 2:
        return np.zeros(inputs.shape[1]), -30.0
    model = LogisticRegression(C=10.0).fit(inputs, outside, sample_weight=counts)
    return model.coef_[0], float(model.intercept_[0])
