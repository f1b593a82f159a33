"""Which words of a letter may name its issue, and which of them are places? Nouns and names, and neighbours that may be
one name: 58|车|贷, 高压|线."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlp.cleaning import clean_text
from nlp.lexicon import load_lexicon
from nlp.reference import load_regions
from nlp.segmentation import shared_segmenter
from nlp.vocabulary import load_vocabulary

_OWN_WORD_RARITY = 14.0
_BODY_LENGTH = 200
_LONGEST_PLACE = 4
_LONGEST_PHRASE = 3
# An issue is named anew as it grows, by the letters that it had and some more.
_REMEMBERED = 2048

_REGION_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Z]\d{0,2}[省市区县州]")
_HAN_OR_NUMBER = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]+")
_NUMBER = re.compile(r"[A-Za-z0-9]+|\d+[年月日号]?")
_CLAUSE = re.compile("[，,。！!？?；;：:…~～、\\s]+")
# A heading made from a text: long enough to say something, short enough for a line.
_HEADING, _LONGEST_HEADING = 6, 22


@dataclass(frozen=True, slots=True)
class LetterWords:
    """`title` is the letter's own (`is_titled`), or made from the beginning of its text. The words of the title, each
    with its rarity in general Chinese, and of the beginning of the text; the places of both."""

    title: str
    is_titled: bool
    in_title: Mapping[str, float]
    in_body: frozenset[str]
    title_places: frozenset[str]
    body_places: frozenset[str]


class LetterReader:
    """Reads letters; those it has read lately it remembers."""

    def __init__(self) -> None:
        self._vocabulary = load_vocabulary()
        self._segmenter = shared_segmenter()
        lexicon = load_lexicon("issues")
        self._place_ends = tuple(lexicon["place_ends"])
        stop_words = [*load_lexicon("keywords")["stop_words"], *lexicon["stop_words"]]
        regions = (name for region in load_regions() for name in (region.name, *region.aliases))
        self._ignored = frozenset([*stop_words, *regions])
        self._particles = frozenset(lexicon["particles"])
        record = "|".join(map(re.escape, lexicon["record_openings"]))
        self._record = re.compile(f"^(?:[，,：:\\s]|{record})+")
        self.read = lru_cache(maxsize=_REMEMBERED)(self._read)

    def _read(self, title: str, body: str) -> LetterWords:
        own, text = clean_text(title), clean_text(body)
        shown = own or self._heading(text)
        title_runs, body_runs = self._runs(shown), self._runs(text[:_BODY_LENGTH])
        title_words = list(self._words(title_runs))
        rarities = self._vocabulary.rarities_of(title_words, _OWN_WORD_RARITY)
        return LetterWords(
            title=shown,
            is_titled=bool(own),
            in_title=dict(zip(title_words, rarities, strict=True)),
            in_body=self._words(body_runs),
            title_places=self._places(title_runs),
            body_places=self._places(body_runs),
        )

    def _heading(self, body: str) -> str:
        """The first clauses of a text without a title that say enough, without how a record of a call begins."""
        rest = self._record.sub("", body)
        heading = ""
        for clause in _CLAUSE.split(rest[:_BODY_LENGTH]):
            if heading and (len(heading) >= _HEADING or len(heading) + len(clause) > _LONGEST_HEADING):
                break
            heading = f"{heading}，{clause}" if heading and clause else heading or clause
        return heading[:_LONGEST_HEADING] or body[:_LONGEST_HEADING]

    def _runs(self, text: str) -> list[list[str]]:
        """Words between punctuation and between words that name nothing."""
        runs: list[list[str]] = [[]]
        for word in self._segmenter.cut(_REGION_CODE.sub("\n", text)):
            if _HAN_OR_NUMBER.fullmatch(word) and word not in self._ignored:
                runs[-1].append(word)
            elif runs[-1]:
                runs.append([])
        return runs

    def _words(self, runs: Iterable[Sequence[str]]) -> frozenset[str]:
        particles = self._particles
        single: set[str] = set()
        found: set[str] = set()
        for run in runs:
            for start, word in enumerate(run):
                if len(word) > 1 and not _NUMBER.fullmatch(word):
                    single.add(word)
                if word in particles:
                    continue
                for end in range(start + 2, min(start + _LONGEST_PHRASE, len(run)) + 1):
                    phrase = run[start:end]
                    if phrase[-1] not in particles and max(map(len, phrase)) > 1:
                        found.add("".join(phrase))
        return frozenset(found | self._names(list(single)))

    def _names(self, words: Sequence[str]) -> set[str]:
        """All but those of which the dictionary knows that they name nothing."""
        places = self._vocabulary.places(words).tolist()
        nominal = self._vocabulary.nominal
        return {word for word, place in zip(words, places, strict=True) if place < 0 or nominal[place]}

    def _places(self, runs: Iterable[Sequence[str]]) -> frozenset[str]:
        found: set[str] = set()
        for run in runs:
            for end in range(1, len(run) + 1):
                if run[end - 1].endswith(self._place_ends):
                    names = ("".join(run[start:end]) for start in range(max(0, end - _LONGEST_PLACE), end))
                    found.update(name for name in names if len(name) > 2)
        return frozenset(found)
