"""What an issue is called: place, matter and what is wrong, in words that its own letters use."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from statistics import fmean

from nlp.cleaning import clean_text
from nlp.lexicon import load_lexicon
from nlp.reference import load_regions
from nlp.segmentation import make_segmenter
from nlp.vocabulary import load_vocabulary

VERSION = "issue-names/2"
_OWN_WORD_RARITY = 14.0
_BODY_LENGTH = 200
_LONGEST_PLACE = 4
_LONGEST_PHRASE = 3
_MATTERS = 3
_LENGTH = 16
# What names an issue is said by half of its letters, a title counting twice.
_SHARE = 0.5
_TITLE_SHARE = 0.25
_TOGETHER = 0.75
# Fewer letters have too few words in common: the best title speaks for them.
_LEAST_LETTERS = 3

_REGION_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Z]\d{0,2}[省市区县州]")
_HAN_OR_NUMBER = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]+")
_NUMBER = re.compile(r"[A-Za-z0-9]+|\d+[年月日号]?")
_CLAUSE = re.compile("[，,。！!？?；;：:…~～、\\s]+")
# A heading made from a text: long enough to say something, short enough for a line.
_HEADING, _LONGEST_HEADING = 6, 22


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
        vocabulary = load_vocabulary()
        self._rarity = vocabulary.rarity
        self._no_names = frozenset(compress(vocabulary.rarity, (~vocabulary.nominal).tolist()))
        self._segmenter = make_segmenter()
        lexicon = load_lexicon("issues")
        self._place_ends = tuple(lexicon["place_ends"])
        stop_words = [*load_lexicon("keywords")["stop_words"], *lexicon["stop_words"]]
        regions = (name for region in load_regions() for name in (region.name, *region.aliases))
        self._ignored = frozenset([*stop_words, *regions])
        self._particles = frozenset(lexicon["particles"])
        record = "|".join(map(re.escape, lexicon["record_openings"]))
        self._record = re.compile(f"^(?:[，,：:\\s]|{record})+")
        self._opening = re.compile(f"^(?:{'|'.join(map(re.escape, lexicon['openings']))})+")

    def name(self, letters: Sequence[tuple[str, str]]) -> IssueName:
        """The name of the issue that these (title, body) speak of; at least one letter."""
        titles = [clean_text(title) or self._heading(clean_text(body)) for title, body in letters]
        runs = [self._runs(title) for title in titles]
        bodies = [self._runs(clean_text(body)[:_BODY_LENGTH]) for _, body in letters]
        place = self._best_place(runs, bodies)
        scores = self._scores([set(self._words(r)) for r in runs], [set(self._words(b)) for b in bodies])
        said = [sum(scores.get(word, 0) for word in set(self._words(run))) for run in runs]
        # somebody gave a title its words on purpose: where there is one, a beginning of a text does not speak for all
        titled = [i for i, (title, _) in enumerate(letters) if clean_text(title)] or range(len(letters))
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

    def _words(self, runs: Iterable[Sequence[str]]) -> Iterable[str]:
        """Nouns and names, and neighbours that may be one name: 58|车|贷, 高压|线."""
        for run in runs:
            for start, word in enumerate(run):
                if len(word) > 1 and not _NUMBER.fullmatch(word) and word not in self._no_names:
                    yield word
                for end in range(start + 2, min(start + _LONGEST_PHRASE, len(run)) + 1):
                    phrase = run[start:end]
                    if not self._particles.intersection((phrase[0], phrase[-1])) and any(len(w) > 1 for w in phrase):
                        yield "".join(phrase)

    def _best_place(self, titles: Sequence[list[list[str]]], bodies: Sequence[list[list[str]]]) -> str:
        """The place that most letters name; of two that as many name the longer."""
        counts: Counter[str] = Counter()
        for in_title, in_body in zip(titles, bodies, strict=True):
            counts.update(self._places(in_title) | self._places(in_body))
        enough = [place for place, count in counts.items() if count >= _SHARE * len(titles)]
        named = {place for title in titles for place in self._places(title)}
        return max((p for p in enough if p in named), key=lambda p: (counts[p] * len(p) ** 0.5, p), default="")

    def _places(self, runs: Iterable[Sequence[str]]) -> set[str]:
        found: set[str] = set()
        for run in runs:
            for end in range(1, len(run) + 1):
                if run[end - 1].endswith(self._place_ends):
                    names = ("".join(run[start:end]) for start in range(max(0, end - _LONGEST_PLACE), end))
                    found.update(name for name in names if len(name) > 2)
        return found

    def _scores(self, titles: Sequence[set[str]], bodies: Sequence[set[str]]) -> dict[str, float]:
        """Share of the letters times rarity in general Chinese. A name stands for its parts where these hardly occur
        without it."""
        in_titles = Counter(word for words in titles for word in words)
        anywhere = Counter(word for title, body in zip(titles, bodies, strict=True) for word in title | body)
        size = len(titles)
        common = {
            word: (count + in_titles[word]) / size * self._rarity.get(word, _OWN_WORD_RARITY)
            for word, count in anywhere.items()
            if count >= _SHARE * size and in_titles[word] >= _TITLE_SHARE * size
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
