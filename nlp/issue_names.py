"""What an issue is called: place, matter and what is wrong, in words that its own letters use."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlp.cleaning import clean_text
from nlp.lexicon import load_lexicon
from nlp.reference import load_regions
from nlp.segmentation import make_segmenter
from nlp.vocabulary import load_vocabulary

VERSION = "issue-names/1"
_OWN_WORD_RARITY = 14.0
_BODY_LENGTH = 300
_LONGEST_PHRASE = 4
_MATTERS = 3
_LENGTH = 20
# A phrase is in at least this share of the letters, and in nearly as many as its rarest part.
_SHARE = 0.3
_WHOLE = 0.6
_TITLE_COUNTS = 2.0


@dataclass(frozen=True, slots=True)
class IssueName:
    """`place` is the road, estate, unit or group that the letters name, "" where none; `title` is the title of the
    letter that says most of what the others say."""

    place: str
    name: str
    title: str

    @property
    def description(self) -> str:
        return f"{self.name}：{self.title}" if self.title and self.title != self.name else self.name


class IssueNamer:
    """Names clusters; the name changes only when the words that most letters share change."""

    def __init__(self) -> None:
        vocabulary = load_vocabulary()
        self._rarity = vocabulary.rarity
        self._nominal = vocabulary.nominal
        self._segmenter = make_segmenter()
        lexicon = load_lexicon("issues")
        self._place_ends = tuple(lexicon["place_ends"])
        stop_words = [*load_lexicon("keywords")["stop_words"], *lexicon["stop_words"]]
        regions = (name for region in load_regions() for name in (region.name, *region.aliases))
        self._ignored = frozenset([*stop_words, *regions])
        self._opening = re.compile(f"^(?:{'|'.join(map(re.escape, lexicon['openings']))})+")

    def name(self, letters: Sequence[tuple[str, str]]) -> IssueName:
        """The name of the issue that these (title, body) speak of; at least one letter."""
        titles = [clean_text(title) or clean_text(body)[:30] for title, body in letters]
        bodies = [clean_text(body)[:_BODY_LENGTH] for _, body in letters]
        title_phrases = [self._phrases(text) for text in titles]
        counts: Counter[tuple[str, ...]] = Counter()
        for phrases in title_phrases:
            counts.update({phrase: _TITLE_COUNTS for phrase in phrases})
        for phrases, in_title in zip(map(self._phrases, bodies), title_phrases, strict=True):
            counts.update(phrases.keys() - in_title.keys())
        scores = self._scores(counts, len(letters))
        ranked = sorted(scores, key=lambda phrase: (-scores[phrase], phrase))
        place = next((phrase for phrase in ranked if self._is_place(phrase)), ())
        chosen: list[tuple[str, ...]] = [place] if place else []
        for phrase in ranked:
            word = "".join(phrase)
            named = "".join("".join(other) for other in chosen)
            apart = not any(part in named for part in phrase) and not self._is_place(phrase)
            if apart and len(chosen) < _MATTERS + bool(place) and len(named + word) <= _LENGTH:
                chosen.append(phrase)
        central = max(range(len(titles)), key=lambda i: (sum(scores.get(p, 0) for p in title_phrases[i]), -i))
        title = self._opening.sub("", titles[central]) or titles[central]
        matters = sorted(chosen[bool(place) :], key=lambda phrase: _position(phrase, [*titles, *bodies]))
        name = "".join("".join(phrase) for phrase in [*chosen[: bool(place)], *matters])
        return IssueName("".join(place), name or title, title)

    def _phrases(self, text: str) -> dict[tuple[str, ...], None]:
        """Words of two characters and more, and up to four neighbours without a break, that may name something."""
        found: dict[tuple[str, ...], None] = {}
        run: list[str] = []
        for word in [*self._segmenter.cut(text), "\n"]:
            if word.isalnum() and word not in self._ignored:
                run.append(word)
                continue
            for start in range(len(run)):
                for end in range(start + 1, min(start + _LONGEST_PHRASE, len(run)) + 1):
                    if self._can_name(run[start:end]):
                        found[tuple(run[start:end])] = None
            run = []
        return found

    def _can_name(self, words: Sequence[str]) -> bool:
        if len(words) == 1:
            return len(words[0]) > 1 and not words[0].isdigit() and (words[0] in self._nominal or self._is_new(words[0]))
        return any(len(word) > 1 for word in words)

    def _is_new(self, word: str) -> bool:
        return word not in self._rarity

    def _is_place(self, phrase: Sequence[str]) -> bool:
        return "".join(phrase).endswith(self._place_ends) and len("".join(phrase)) > 2

    def _scores(self, counts: Counter[tuple[str, ...]], letters: int) -> dict[tuple[str, ...], float]:
        """Share of the letters times rarity, for what enough of them say and is not only part of a longer name."""
        least = max(_SHARE * letters, min(letters, 2))
        scores: dict[tuple[str, ...], float] = {}
        for phrase, count in counts.items():
            if count < least:
                continue
            if len(phrase) > 1:
                if not (self._is_place(phrase) or all(len(word) == 1 or self._is_new(word) for word in phrase)):
                    continue
                parts = [counts[word,] for word in phrase if counts[word,]]
                if parts and count < _WHOLE * min(parts):
                    continue
            rarity = max(self._rarity.get(word, _OWN_WORD_RARITY) for word in phrase)
            scores[phrase] = count / letters * rarity * len(phrase) ** 0.3
        return scores


def _position(phrase: tuple[str, ...], texts: Iterable[str]) -> float:
    """Where in a letter the phrase stands on average: people name the thing before what is wrong with it."""
    word = "".join(phrase)
    places = [text.find(word) / len(text) for text in texts if word in text]
    return sum(places) / len(places) if places else 1.0
