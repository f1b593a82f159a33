"""How the score of a topic adds up: what each word and phrase contributes, exactly, for the model is linear.

A score is a number to start from, plus what the cue phrases say, plus the value of each feature times its weight. A
feature that is a word belongs to that word. One that is a run of characters belongs to the words that its characters
stand in, in equal parts for each character; one that occurs several times, to each occurrence alike.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.document import Document
from nlp.ngrams import Occurrences, characters, lay_out
from nlp.topics.features import SIZES, Block, Blocks, Matrix, find, weigh
from nlp.topics.heads import Scores

# (block, features) → what a unit of each adds to the scores: features × topics
Weights = Callable[[str, NDArray[np.int32]], Scores]


@dataclass(frozen=True, slots=True)
class WordShare:
    """What `text`, a word or a cue phrase, adds to the score of each topic, wherever it stands."""

    text: str
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WordShares:
    """How the scores of `codes` add up: for each topic `start` and all `shares` together are its `total`, as the model
    itself computes it. What counts most for or against the first topic leads."""

    codes: tuple[str, ...]
    start: tuple[float, ...]
    shares: tuple[WordShare, ...]
    total: tuple[float, ...]

    def rest(self, shown: int) -> tuple[float, ...]:
        """What the shares after the first `shown` add together."""
        return tuple(sum(share.scores[topic] for share in self.shares[shown:]) for topic in range(len(self.codes)))


def add_up(codes: Sequence[str], start: Scores, parts: Sequence[Mapping[str, Scores]], total: Scores) -> WordShares:
    """`parts` are what texts add; a text that is in several adds all of it."""
    together: dict[str, Scores] = {}
    for part in parts:
        for text, scores in part.items():
            together[text] = together[text] + scores if text in together else scores
    found = [WordShare(text, tuple(scores.tolist())) for text, scores in together.items()]
    found.sort(key=lambda share: (-abs(share.scores[0]), share.text))
    return WordShares(tuple(codes), tuple(start.tolist()), tuple(found), tuple(total.tolist()))


def share_words(document: Document, blocks: Blocks, weights: Weights, topics: int) -> dict[str, Scores]:
    """By word, in small letters, what it adds to the scores of the `topics`."""
    batch = lay_out([document])
    found = find([document], batch=batch)
    rows = weigh([document], blocks, batch)
    worth = {name: _per_occurrence(blocks[name], found[name], rows[name]) for name in found}

    def added(name: str, what: Occurrences) -> Scores:
        columns = blocks[name].columns(what)
        known = columns >= 0
        scores = np.zeros((len(columns), topics))
        scores[known] = weights(name, columns[known]) * worth[name][columns[known], None]
        return scores

    tokens = np.zeros((len(batch.token_starts), topics))
    for name, words in (("title", batch.words.titles()), ("words", batch.words)):
        np.add.at(tokens, words.positions, added(name, words))
    by_character = np.zeros((len(batch.codes), topics))
    for size in SIZES:
        runs = characters(batch, (size,))
        for name, part in (("title", runs.titles()), ("characters", runs)):
            each = added(name, part) / size
            for step in range(size):
                np.add.at(by_character, part.positions + step, each)
    at = batch.token_starts.searchsorted(np.arange(len(batch.codes)), side="right") - 1
    np.add.at(tokens, at, by_character)
    shares: dict[str, Scores] = {}
    for token, scores in zip([*document.title_words, "\n", *document.body_words, "\n"], tokens, strict=True):
        if scores.any():
            word = token.lower()
            shares[word] = shares[word] + scores if word in shares else scores
    return shares


def _per_occurrence(block: Block, found: Occurrences, row: Matrix) -> Scores:
    """By feature its value in this text, for each time that it stands there."""
    columns = block.columns(found)
    times = np.bincount(columns[columns >= 0], minlength=len(block.slots))
    values = np.zeros(len(block.slots))
    values[row.indices] = row.data
    worth: Scores = values / np.maximum(times, 1)
    return worth
