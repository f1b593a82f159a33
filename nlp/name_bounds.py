"""How far to the left a name reaches whose last characters are known: 在丽水路 is 丽水 and 路."""

from collections.abc import Container

from nlp.lexicon import load_lexicon
from nlp.vocabulary import load_vocabulary

_COMPLETE = 2


class NameBounds:
    """Walks back over the words before a suffix until one that belongs to no name."""

    def __init__(self) -> None:
        lexicon = load_lexicon("names")
        self._stop = frozenset(lexicon["stop"])
        self._prefix = frozenset(lexicon["prefix"])
        self._named_after = frozenset(lexicon["named_after"])
        vocabulary = load_vocabulary()
        self._nominal = vocabulary.nominal | self._named_after
        # verbs, adjectives, idioms: 赶到村, 利用学校
        self._no_name = vocabulary.rarity.keys() - self._nominal

    def start(
        self,
        text: str,
        suffix: int,
        boundaries: Container[int],
        floor: int,
        *,
        longest: int,
        several_words: bool,
        weak: Container[str] = (),
    ) -> int:
        """Where the name before `suffix` begins; `suffix` itself where there is none.

        `boundaries` are those of words, nothing before `floor` is looked at. A name of several words takes more words
        that can stand in a name; any other ends with its first whole word, so that 去清水村 does not swallow its verb.
        `weak` words (劳务 of 大鹏劳务公司) make no name alone.
        """
        begin, strong, length = suffix, False, 0
        while begin > floor:
            first = begin - 1
            while first > floor and first not in boundaries:
                first -= 1
            word = text[first:begin]
            part = begin == suffix and begin not in boundaries  # of the word that the suffix ends: 中所|镇
            if (word in self._stop and not part) or not word.isalnum() or suffix - first > longest:
                break
            if word.isascii() and not (several_words and length and word.isdigit()):
                break
            if not strong and word in self._no_name and not part and word not in weak:
                break
            if length >= _COMPLETE and not self._extends(
                text, word, first, begin, boundaries, floor, several_words
            ):
                break
            if word not in weak:
                strong, length = True, length + len(word)
            begin = first
        return begin if strong else suffix

    def _extends(
        self, text: str, word: str, first: int, begin: int, boundaries: Container[int], floor: int, several_words: bool
    ) -> bool:
        """Whether a name that is whole may begin one word earlier."""
        if len(word) > 1:
            return several_words and (word in self._nominal or word[0] == "第")
        if word in self._prefix or text[begin] == "第":
            return True
        # a character that is nobody's: 茶|店子, if what stands before it is the edge
        if first <= floor or not text[first - 1].isalnum():
            return True
        last = first - 1
        while last > floor and last not in boundaries:
            last -= 1
        return text[last:first] in self._stop
