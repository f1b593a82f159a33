"""Which words are written so that a filter does not see them, and what they are: 强*拆, 弓虽拆, 强chai, zf.

Only words of our own list are restored (nlp/lexicon/disguises.yaml): what merely could be a word stays as it is.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from string import ascii_letters, digits
from typing import NamedTuple

from nlp.lexicon import load_lexicon
from nlp.segmentation import Segmenter, make_segmenter

# Signs that part sentences and lists too, and signs that do neither.
_SOFT = " .·•/／-—…"
_HARD = "*＊_＿+＋|｜^@×丨\\＼`~～"
_MOST_SIGNS = 3
# Beside one of these, letters are part of an address, a model or a name.
_IN_NAMES = ascii_letters + digits + "-_./@#:="
# Letters alone are a word of ours from so many on, but for those that are listed.
_LEAST_LETTERS = 6
# So many characters on both sides tell whether a character belongs to a word beside it.
_WINDOW = 6
# No disguised word is longer, signs included.
_REACH = 16


class Disguise(NamedTuple):
    """The characters `start`:`end` of a text stand for `word`."""

    start: int
    end: int
    word: str


def find_disguises(text: str) -> list[Disguise]:
    """The disguised words of a cleaned text, in order, none inside another."""
    found = [Disguise(m.start(), m.end(), _spelled()[m[0]]) for m in _characters().finditer(text)]
    searched = done = 0
    for hint in _hints().finditer(text):
        if hint.end() <= searched or not _worth_a_look(hint, text):
            continue
        # what begins too near to the end of one stretch is found in the next
        start, searched = max(done, hint.start() - _REACH), hint.end() + _REACH
        for match in _closer().finditer(text, start, searched + _REACH):
            word = _meant(match, text)
            if word is not None:
                found.append(Disguise(match.start(), match.end(), word))
                done = match.end()
    if len(found) > 1:
        found = list(_apart(sorted(found)))
    return found


def _worth_a_look(hint: re.Match[str], text: str) -> bool:
    written = hint[0]
    if written.isascii() and written.isalpha():
        return written.lower() in _letter_runs()
    return text[hint.start() - 1 : hint.start()] + written[-1] in _pairs()


def _meant(match: re.Match[str], text: str) -> str | None:
    written = match[0]
    word = _spelled().get(written.lower())
    if word is None:
        word = "".join(character for character in written if character not in _SOFT + _HARD)
        loose = word in _loose() and not any(sign in written for sign in _HARD)
        return None if loose and not _stands_apart(text, match.start(), match.end(), len(word)) else word
    if written.isascii() and not _stands_among_characters(text, match.start(), match.end()):
        return None
    return word


def _stands_apart(text: str, start: int, end: int, characters: int) -> bool:
    """Whether each character of a word that is written apart is a word by itself: in "妹妹上 访谈节目" one is not."""
    before, after = max(0, start - _WINDOW), end + _WINDOW
    position, alone = before, 0
    for word in _cut(text[before:after]):
        alone += len(word) == 1 and start <= position < end and word not in _SOFT
        position += len(word)
    return alone == characters


def _cut(text: str) -> list[str]:
    return _segmenter().cut(text)


@cache
def _segmenter() -> Segmenter:
    """Only made where somebody writes so: it takes a third of a second."""
    return make_segmenter()


def _stands_among_characters(text: str, start: int, end: int) -> bool:
    """Letters alone are a word of ours only inside Chinese: 找zf反映 is 政府, "ZF-6HP" is a gearbox."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if (before and before in _IN_NAMES) or (after and after in _IN_NAMES):
        return False
    return "\u4e00" <= before <= "\u9fff" or "\u4e00" <= after <= "\u9fff"


def _apart(found: Iterable[Disguise]) -> Iterator[Disguise]:
    done = 0
    for disguise in found:
        if disguise.start >= done:
            yield disguise
            done = disguise.end


@cache
def looked_for() -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """What no disguise is without: a sign between the two characters of a pair, two letters in a row, or one of the
    forms. Signs, pairs, forms."""
    forms = tuple(form for form in _spelled() if not _letters_in(form))
    return _SOFT + _HARD, tuple(sorted(_pairs())), forms


@cache
def _spelled() -> dict[str, str]:
    listed = {form: word for word, forms in load_lexicon("disguises")["spelled"].items() for form in forms}
    words = [word for words in load_lexicon("disguises")["broken"].values() for word in words]
    return {form: word for word in words for form in _by_sound(word)} | listed


def _by_sound(word: str) -> Iterator[str]:
    """`word` with one of its characters as it sounds, and all of it where that is too long for a chance."""
    sounds = load_lexicon("disguises")["sounds"]
    for place, character in enumerate(word):
        if len(sounds.get(character, "")) > 1:
            yield f"{word[:place]}{sounds[character]}{word[place + 1 :]}"
    whole = "".join(sounds.get(character, "-") for character in word)
    if "-" not in whole and len(whole) >= _LEAST_LETTERS:
        yield whole


@cache
def _loose() -> frozenset[str]:
    return frozenset(load_lexicon("disguises")["broken"]["loose"])


def _letters_in(form: str) -> list[str]:
    """The runs of letters; one letter alone stands everywhere and is no hint (傻b is looked for like 砖家)."""
    return re.findall("[a-z]{2,}", form)


@cache
def _letter_runs() -> frozenset[str]:
    return frozenset(run for form in _spelled() for run in _letters_in(form))


@cache
def _pairs() -> frozenset[str]:
    """What stands side by side in a word, and may stand on both sides of a sign."""
    broken = load_lexicon("disguises")["broken"]
    return frozenset(a + b for words in broken.values() for word in words for a, b in pairwise(word))


@cache
def _characters() -> re.Pattern[str]:
    """The forms without letters: literals only, which are searched for fast."""
    return re.compile("|".join(form for form in _longest_first(_spelled()) if not _letters_in(form)))


@cache
def _hints() -> re.Pattern[str]:
    """Where it is worth looking closer: a sign before a character of some word, and a run of letters."""
    broken = load_lexicon("disguises")["broken"]
    signs = re.escape(_SOFT + _HARD)
    inner = "".join(sorted({c for words in broken.values() for word in words for c in word[1:]}))
    return re.compile(
        f"[{signs}a-zA-Z](?:(?<=[{signs}])[{signs}]{{0,{_MOST_SIGNS - 1}}}[{inner}]|(?<=[a-zA-Z])[a-zA-Z]+)"
    )


@cache
def _closer() -> re.Pattern[str]:
    """Signs are bounded in number and the rest is literal: no text makes it slow."""
    broken = load_lexicon("disguises")["broken"]
    any_sign = f"[{re.escape(_SOFT + _HARD)}]{{0,{_MOST_SIGNS}}}"
    forms = (
        *(_in_either_case(form) for form in _longest_first(_spelled()) if _letters_in(form)),
        *(_broken(word, any_sign) for word in _longest_first(broken["firm"])),
        *(_broken(word, any_sign) for word in _longest_first(broken["loose"])),
    )
    return re.compile("|".join(forms))


def _longest_first(words: Iterable[str]) -> Iterator[str]:
    return iter(sorted(words, key=lambda word: (-len(word), word)))


def _broken(word: str, sign: str) -> str:
    """`word` with signs between its characters, at least one: that it is not written plainly."""
    return f"{word[0]}(?!{word[1:]}){sign}{sign.join(word[1:])}"


def _in_either_case(form: str) -> str:
    written = "".join(f"[{c}{c.upper()}]" if c.isascii() else c for c in form)
    head = "(?<![A-Za-z0-9])" if form[0].isascii() else ""
    tail = "(?![A-Za-z0-9])" if form[-1].isascii() else ""
    return f"{head}{written}{tail}"
