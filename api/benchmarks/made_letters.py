"""Letters that nobody wrote, only as the indexes of likeness see them: keys and telling words, as unevenly spread as in
real mail, in any number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.alike.minhash import KEPT
from nlp.alike.telling import Telling, TellingWords, term_of
from nlp.corpus import load_corpus
from nlp.letters import LabelledLetter, read
from nlp.segmentation import make_segmenter
from nlp.topics.features import chunks
from nlp.vocabulary import load_vocabulary

KEYS = KEPT + 1
_SEED = 20260101
# Of 6,500 real letters each shares a key with .06 % of the others, and the most frequent key stands in .7 %: as if one
# key of each letter came from so many, drawn with the power of their rank.
_COMMON_KEYS, _POWER = 200_000, -0.8
# So many of a hundred letters are copies of an earlier one and keep so much of its keys; so many are one template.
_COPIES, _COPIED, _TEMPLATE = 0.05, 0.6, 0.01
_OF_TOPIC, _OF_ANY, _NAMES = 14, 6, 4
WORDS = _OF_TOPIC + _OF_ANY + _NAMES
Keys = NDArray[np.int64]


def made_keys(rows: int, step: int) -> Iterator[Keys]:
    """`rows` letters, `step` at a time: the keys of each."""
    random = np.random.default_rng(_SEED)
    shares = np.cumsum(np.arange(1, _COMMON_KEYS + 1, dtype=np.float64) ** _POWER)
    template = random.integers(1 << 55, size=KEYS)
    before: Keys | None = None
    for start in range(0, rows, step):
        size = min(step, rows - start)
        keys = random.integers(_COMMON_KEYS, 1 << 55, size=(size, KEYS))
        keys[:, 1] = np.searchsorted(shares / shares[-1], random.random(size))
        keys[:, 0] = -keys[:, 0]
        if before is not None:
            copies = np.flatnonzero(random.random(size) < _COPIES)
            origins = before[random.integers(len(before), size=len(copies))]
            kept = random.random(origins.shape) < _COPIED
            keys[copies] = np.where(kept, origins, keys[copies])
        keys[random.random(size) < _TEMPLATE] = template
        before = keys
        yield keys


@dataclass(frozen=True, slots=True)
class MadeVectors:
    """A row per case: which of `words`, and thousandths of weight."""

    words: Sequence[str]
    terms: NDArray[np.int32]
    columns: NDArray[np.int32]
    weights: NDArray[np.int16]

    def telling(self, row: int) -> Telling:
        pairs = zip(self.columns[row].tolist(), self.weights[row].tolist(), strict=True)
        return {self.words[column]: weight / 1000 for column, weight in pairs if weight}


def made_vectors(rows: int) -> MadeVectors:
    """Cases about the topics of our corpus, in the words of its letters, with some words of the dictionary as names."""
    random = np.random.default_rng(_SEED)
    letters = [LabelledLetter(item.title, item.body, item.topic_code) for item in load_corpus()]
    finder = TellingWords()
    found = [line for chunk in chunks(read(letters, make_segmenter())) for line in finder.find(chunk)]
    numbers: dict[str, int] = {}
    said = [[numbers.setdefault(word, len(numbers)) for word in line] for line in found]
    topics = sorted({letter.label for letter in letters})
    of_topic = {topic: np.array([], dtype=np.int32) for topic in topics}
    for topic in topics:
        lines = [line for line, letter in zip(said, letters, strict=True) if letter.label == topic]
        of_topic[topic] = np.array([word for line in lines for word in line], dtype=np.int32)
    any_word = np.concatenate(list(of_topic.values()))
    first_name = len(numbers)
    words = [*numbers, *(word for word in load_vocabulary().rarity if word not in numbers)]
    columns = np.empty((rows, WORDS), dtype=np.int32)
    about = random.integers(len(topics), size=rows)
    for number, topic in enumerate(topics):
        here = np.flatnonzero(about == number)
        columns[here, :_OF_TOPIC] = random.choice(of_topic[topic], size=(len(here), _OF_TOPIC))
    columns[:, _OF_TOPIC : _OF_TOPIC + _OF_ANY] = random.choice(any_word, size=(rows, _OF_ANY))
    columns[:, -_NAMES:] = random.integers(first_name, len(words), size=(rows, _NAMES))
    # a word said twice counts once: the second place is empty
    columns.sort(axis=1)
    weights = random.gamma(4.0, size=(rows, WORDS))
    weights[:, 1:][columns[:, 1:] == columns[:, :-1]] = 0
    weights /= np.sqrt((weights**2).sum(axis=1))[:, None]
    terms = np.array([term_of(word) for word in words], dtype=np.int32)
    return MadeVectors(words, terms, columns, np.round(weights * 1000).astype(np.int16))
