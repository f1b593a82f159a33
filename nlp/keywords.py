"""The words that say best what one text is about."""

from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest

from models.analysis import Keyword
from nlp.document import Document
from nlp.lexicon import load_lexicon
from nlp.vocabulary import load_vocabulary

VERSION = "keywords/1"
_LIMIT = 8
_TITLE_WEIGHT = 3
# Words of our own (cues, places, units) are not in the dictionary: about as rare as a technical term.
_OWN_WORD_RARITY = 14.0


class KeywordRanker:
    """Frequency in the text times rarity in general Chinese; only words that name something, no names of persons."""

    def __init__(self, own_words: Iterable[str]) -> None:
        vocabulary = load_vocabulary()
        self._rarity = {word: vocabulary.rarity[word] for word in vocabulary.nominal}
        for word in own_words:
            if len(word) > 1 and not any(character.isdigit() for character in word):
                self._rarity.setdefault(word, vocabulary.rarity.get(word, _OWN_WORD_RARITY))
        for word in load_lexicon("keywords")["stop_words"]:
            self._rarity.pop(word, None)

    def rank(self, document: Document) -> tuple[Keyword, ...]:
        """Up to eight keywords, best first; the weight of the best is 1."""
        counts = Counter(document.body_words)
        for word in document.title_words:
            counts[word] += _TITLE_WEIGHT
        rarity = self._rarity
        weights = {word: count * rarity[word] for word, count in counts.items() if word in rarity}
        if not weights:
            return ()
        best = nsmallest(_LIMIT, weights, key=lambda word: (-weights[word], word))
        return tuple(Keyword(word, round(weights[word] / weights[best[0]], 3)) for word in best)
