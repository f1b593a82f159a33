"""Which of many texts are clean as they came? Array operations tell most, and nothing else is tried on those."""

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nlp.disguises import looked_for
from nlp.hashing import Flags, Numbers, code_points

_CODES = 1 << 16
# what is looked at only beside others comes first
_INNER, _OUTER, _ODD, _SPACE, _LETTER, _SIGN, _FIRST = (np.uint8(1 << bit) for bit in range(7))
_LEAST_DOUBTED = _ODD
_STEP = 31
_BREAK = "\n"


def find_clean(texts: Sequence[str], odd: str) -> list[tuple[bool, bool]]:
    """For each text: whether it is tidy, with none of the `odd` characters and no white space but single blanks and
    line breaks; and whether it is plain, with nothing that a disguised word could begin with. False where that is not
    certain."""
    # characters beyond the table are taken for some within it: more doubt, never less
    codes = code_points("".join([f"{text}{_BREAK}" for text in texts])).astype(np.uint16)
    kinds = _kinds(odd)[codes]
    at = (kinds >= _LEAST_DOUBTED).nonzero()[0]
    here, behind = kinds[at], kinds[np.minimum(at + 1, len(kinds) - 1)]
    # white space right before the break behind a text is taken for two in a row, which costs little
    together = here & behind
    untidy = at[(here & _ODD | together & _SPACE) != 0]
    letters = at[together & _LETTER != 0]
    first = at[here & _FIRST != 0]
    first = first[_pairs()[codes[first] * np.uint16(_STEP) + codes[first + 1]]]
    sign = at[(here & _SIGN != 0) & (behind & (_SIGN | _INNER) != 0)]
    sign = sign[kinds[sign - 1] & _OUTER != 0]
    # several signs in a row are looked at whatever stands around them
    parted = _parted()[codes[sign - 1] * np.uint16(_STEP) + codes[sign + 1]]
    sign = sign[parted | (kinds[sign + 1] & _SIGN != 0)]
    ends = np.cumsum([len(text) + 1 for text in texts])
    return list(zip(_none_of(ends, untidy), _none_of(ends, first, sign, letters), strict=True))


def _none_of(ends: Numbers, *places: Numbers) -> list[bool]:
    """For each text, by its end, whether none of the places is in it."""
    free = np.ones(len(ends), dtype=np.bool_)
    for some in places:
        free[ends.searchsorted(some, side="right")] = False
    answers: list[bool] = free.tolist()
    return answers


@cache
def _kinds(odd: str) -> NDArray[np.uint8]:
    kinds = np.zeros(_CODES, dtype=np.uint8)
    signs, pairs, forms = looked_for()
    outer, inner = zip(*pairs, strict=True)
    letters = "abcdefghijklmnopqrstuvwxyz"
    spaces = [chr(code) for code in range(_CODES) if chr(code).isspace()]
    marked = (
        (_ODD, [*odd, *(space for space in spaces if space not in " \n")]),
        *((_SPACE, spaces), (_LETTER, letters + letters.upper()), (_SIGN, signs), (_INNER, inner), (_OUTER, outer)),
        (_FIRST, [form[0] for form in forms]),
    )
    for kind, characters in marked:
        kinds[[ord(character) for character in characters]] |= kind
    return kinds


@cache
def _pairs() -> Flags:
    """By the first two characters of a form whether there is one."""
    return _table(looked_for()[2])


@cache
def _parted() -> Flags:
    """By what stands on both sides of a sign whether a word has the two side by side."""
    return _table(looked_for()[1])


def _table(starts: Iterable[str]) -> Flags:
    """By the number of two characters whether they are among these; a few others have the same number."""
    table = np.zeros(_CODES, dtype=np.bool_)
    table[[(ord(start[0]) * _STEP + ord(start[1])) % _CODES for start in starts]] = True
    return table
