"""Where words begin and end: one interface, the Rust port of jieba where it is installed, jieba itself elsewhere.

Both cut without the hidden Markov model: with it the two engines, and thus two installations, would differ.
"""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache, cached_property
from importlib.metadata import version
from typing import Any, Protocol

from nlp.cut_words import cut_words
from nlp.cutting import cut_together
from nlp.word_trie import WordTrie

# Words of our own are made about as common as a middling dictionary word: whole against their single characters, but
# not against two everyday words that happen to meet.
_USER_WORD_COUNT = 1000
# From so many characters on arrays are quicker than the engine; of so many they would take too much memory.
_WORTH_ARRAYS, _TOO_MANY = 12_000, 2_000_000


class Segmenter(Protocol):
    """Cuts a text into words whose concatenation is the text. `version` changes with the engine or the dictionary."""

    @property
    def version(self) -> str: ...

    def cut(self, text: str) -> list[str]: ...

    def cut_all(self, texts: Sequence[str]) -> list[Sequence[str]]:
        """The same for many: their words, in the same order."""
        ...


class RustSegmenter:
    """The `rjieba` engine; `ImportError` where it is not installed."""

    def __init__(self, user_words: Iterable[str] = ()) -> None:
        self._engine = _unused_engine()
        words = sorted(set(user_words))
        self._own = [word for word in words if not self._engine.has_word(word)]
        for word in self._own:
            self._engine.add_word(word, _USER_WORD_COUNT, "n")
        self.version = _version("rjieba", words)

    def cut(self, text: str) -> list[str]:
        words: list[str] = self._engine.cut(text, False)
        return words

    def cut_all(self, texts: Sequence[str]) -> list[Sequence[str]]:
        if not _WORTH_ARRAYS <= sum(map(len, texts)) < _TOO_MANY or self._trie is None:
            return list(map(self.cut, texts))
        return [*cut_words(cut_together(texts, self._trie, self.cut), texts)]

    @cached_property
    def _trie(self) -> WordTrie | None:
        """The same words for whole arrays of characters, made when somebody has so many (a quarter of a second); None
        where that cannot be."""
        try:
            return WordTrie(dict.fromkeys(self._own, _USER_WORD_COUNT))
        except ValueError:
            return None


class PythonSegmenter:
    """jieba itself: ten times slower, needs no compiled code. Its cache file is neither read nor written."""

    def __init__(self, user_words: Iterable[str] = ()) -> None:
        import jieba

        jieba.setLogLevel(logging.WARNING)
        self._engine = jieba.Tokenizer()
        self._engine.FREQ, self._engine.total = self._engine.gen_pfdict(self._engine.get_dict_file())
        self._engine.initialized = True
        words = sorted(set(user_words))
        for word in words:
            if not self._engine.FREQ.get(word):
                self._engine.add_word(word, _USER_WORD_COUNT, "n")
        self.version = _version("jieba", words)

    def cut(self, text: str) -> list[str]:
        words: list[str] = self._engine.lcut(text, HMM=False)
        return words

    def cut_all(self, texts: Sequence[str]) -> list[Sequence[str]]:
        return list(map(self.cut, texts))


def make_segmenter(user_words: Iterable[str] = ()) -> Segmenter:
    """The quicker engine that this machine has, knowing `user_words` (two characters or more each)."""
    words = _usable(user_words)
    try:
        return RustSegmenter(words)
    except ImportError:
        return PythonSegmenter(words)


@cache
def shared_segmenter() -> Segmenter:
    """One that knows no words of ours, for all who need only that: each more would be a dictionary in memory."""
    return make_segmenter()


def segmenter_version(user_words: Iterable[str] = ()) -> str:
    """The version of what `make_segmenter` would make, without the third of a second that its dictionary takes."""
    try:
        import rjieba  # noqa: F401
    except ImportError:
        return _version("jieba", _usable(user_words))
    return _version("rjieba", _usable(user_words))


def _unused_engine() -> Any:
    """An engine without words of ours. Importing `rjieba` makes one that nobody else uses, and a second one would read
    the dictionary again for a tenth of a second: so the first who asks gets it."""
    import rjieba

    with suppress(AttributeError):
        engine = rjieba._DEFAULT_JIEBA
        del rjieba._DEFAULT_JIEBA
        return engine
    return rjieba.Jieba()


def _usable(user_words: Iterable[str]) -> set[str]:
    return {word for word in user_words if len(word) > 1}


def _version(engine: str, words: Iterable[str]) -> str:
    digest = hashlib.sha256("\n".join(sorted(set(words))).encode()).hexdigest()
    return f"{engine}-{version(engine)}+{digest[:8]}"
