"""What an issue is called: place, matter and what is wrong, in words that its own letters use."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from math import fsum
from statistics import fmean

from nlp.issues.letter_words import LetterReader, LetterWords
from nlp.lexicon import load_lexicon

VERSION = "issue-names/3"
_MATTERS = 3
_LENGTH = 16
# What names an issue is said by half of its letters, a title counting twice.
_SHARE = 0.5
_TITLE_SHARE = 0.25
_TOGETHER = 0.75
# Fewer letters have too few words in common: the best title speaks for them.
_LEAST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class IssueName:
    """`place` is the road, estate, unit or group that the letters name, "" where none; `title` is the title of the
    letter that says most of what the others say."""

    place: str
    name: str
    title: str

    @property
    def description(self) -> str:
        return self.title if self.name in self.title else f"{self.name}：{self.title}"


class IssueNamer:
    """Names clusters; the name changes only when the words that most letters share change."""

    def __init__(self) -> None:
        self._reader = LetterReader()
        self._opening = re.compile(f"^(?:{'|'.join(map(re.escape, load_lexicon('issues')['openings']))})+")

    def name(self, letters: Sequence[tuple[str, str]]) -> IssueName:
        """The name of the issue that these (title, body) speak of; at least one letter."""
        read = [self._reader.read(title, body) for title, body in letters]
        titles = [letter.title for letter in read]
        place = self._best_place(read)
        scores = self._scores(read)
        said = [fsum(scores.get(word, 0) for word in letter.in_title) for letter in read]
        # somebody gave a title its words on purpose: where there is one, a beginning of a text does not speak for all
        titled = [i for i, letter in enumerate(read) if letter.is_titled] or range(len(letters))
        central = max(titled, key=lambda i: (said[i], -i))
        title = self._opening.sub("", titles[central]) or titles[central]
        chosen: list[str] = []
        for word in sorted(scores, key=lambda word: (-scores[word], word)):
            whole = place + "".join(chosen)
            repeats = any(word[i : i + 2] in whole for i in range(len(word) - 1))
            if len(chosen) < _MATTERS and not repeats and len(whole + word) <= _LENGTH:
                chosen.append(word)
        if len(letters) < _LEAST_LETTERS or not chosen or len(chosen) + bool(place) < 2:
            return IssueName(place, title, title)
        chosen.sort(key=lambda word: _position(word, titles))
        return IssueName(place, place + "".join(chosen), title)

    def _best_place(self, letters: Iterable[LetterWords]) -> str:
        """The place that most letters name; of two that as many name the longer."""
        counts: Counter[str] = Counter()
        named: set[str] = set()
        size = 0
        for letter in letters:
            counts.update(letter.title_places | letter.body_places)
            named |= letter.title_places
            size += 1
        enough = [place for place, count in counts.items() if count >= _SHARE * size]
        return max((p for p in enough if p in named), key=lambda p: (counts[p] * len(p) ** 0.5, p), default="")

    def _scores(self, letters: Sequence[LetterWords]) -> dict[str, float]:
        """Share of the letters times rarity in general Chinese. A name stands for its parts where these hardly occur
        without it."""
        in_titles = Counter(chain.from_iterable(letter.in_title for letter in letters))
        anywhere = Counter(chain.from_iterable(letter.in_title.keys() | letter.in_body for letter in letters))
        rarities = {word: rarity for letter in letters for word, rarity in letter.in_title.items()}
        size = len(letters)
        common = {
            word: (anywhere[word] + count) / size * rarities[word]
            for word, count in in_titles.items()
            if anywhere[word] >= _SHARE * size and count >= _TITLE_SHARE * size
        }
        return {word: score for word, score in common.items() if not self._is_lesser(word, common, anywhere)}

    def _is_lesser(self, word: str, common: Iterable[str], counts: Counter[str]) -> bool:
        """A part that hardly occurs without a longer name, or a chance neighbourhood of words that stand alone too."""
        return any(
            (word in other and counts[other] >= _TOGETHER * counts[word])
            or (other in word and counts[word] < _TOGETHER * counts[other])
            for other in common
            if other != word
        )


def _position(word: str, titles: Iterable[str]) -> float:
    """Where in a title the word stands on average: people name the thing before what is wrong with it."""
    return fmean([title.find(word) / len(title) for title in titles if word in title] or [1.0])
