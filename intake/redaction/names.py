"""Names of persons: announced, signed, or standing where only a person can stand. Pure.

Half of the surnames are also everyday words (高中生, 方便, 于昨日). So every surname is a question, and what stands in
and around the two or three characters answers it: `name_clues` says what is looked at, `name_weights` how much each
clue counts. Nearly all questions end with a first look at six characters (`name_looks`).
"""

import re
from collections.abc import Iterator

from intake.redaction.dictionary import load_words
from intake.redaction.name_clues import announcement, clues, clues_before, is_signature
from intake.redaction.name_context import (
    FOLLOWING,
    FOLLOWS,
    KIN,
    NEVER,
    NOT_GIVEN_NAMES,
    NOT_LAST,
    OFFICE_AFTER,
    OFFICE_BEFORE,
    PLACE_ONLY,
    PUBLIC,
    THINGS,
    TITLES,
    TRANSCRIBING,
    WHO,
)
from intake.redaction.name_looks import FIRSTS
from intake.redaction.name_weights import NameWeights, load_weights
from intake.redaction.spans import PersonalKind, Span, mask_name
from intake.surnames import (
    COMMON_SURNAMES,
    COMPOUND_SURNAMES,
    DOUBTFUL_SURNAMES,
    NOT_NAMES,
    NOT_NAMES_AFTER_A_ROLE,
    PLAIN_SURNAMES,
    SURNAMES,
)

_HAN = "\u4e00-\u9fff"
_MINORITY = re.compile(rf"([{_HAN}]{{2,9}})[·•]([{_HAN}]{{2,8}})")
LINKS = frozenset("、,和与及跟 /")
# What the letters that are learnt from cannot tell, as they were written to have hard names in them, in hundredths of
# logarithms; found on the development letters. Surnames that are words too are few among the people: what a name with
# one needs more where nothing announces it, of those that many people bear and of the others. So do short names.
_RARE, _SHORT = (250, 400), 80
# For what is announced (姓名：) or signed, and for a plain surname after a word for a person.
_SURE, _PLAIN = 300, 80
_NOT_ANNOUNCED = frozenset("LIBOX")
_UNUSUAL = DOUBTFUL_SURNAMES - COMMON_SURNAMES


def find_names(text: str) -> Iterator[Span]:
    """Names in folded text; spans may overlap."""
    weights = load_weights()
    starts = weights.first_look.places(text)
    end = done = -1
    best: tuple[int, int, int] = (0, 0, 0)
    index = first_points = 0
    while True:
        # 王海、李娜和赵强: after a name and a 、 everybody is looked at
        in_list = end >= 0 and done <= end and text[end : end + 1] in LINKS and text[end + 1 : end + 2] in FIRSTS
        if in_list:
            start = end + 1
        elif index < len(starts):
            start, first_points = starts[index]
            index += 1
            if start <= done:
                continue
        else:
            break
        done = start
        second_points = weights.second_look(text, start, 0 if in_list else first_points)
        if second_points < weights.second_least and not in_list and announcement(text, start) not in "AW":
            continue
        points, length = _longest(text, start, weights, second_points, in_list)
        if not length:
            continue
        if start < best[2]:  # of two that overlap the likelier
            if points > best[0]:
                best, end = (points, start, start + length), start + length
            continue
        if best[2]:
            yield _span(text, best[1], best[2])
        best, end = (points, start, start + length), start + length
    if best[2]:
        yield _span(text, best[1], best[2])
    if "·" in text or "•" in text:
        yield from _find_minority_names(text)


def possible_lengths(text: str, start: int, announced: str) -> Iterator[int]:
    """How many characters a name that begins here may have."""
    compound = text[start : start + 2] in COMPOUND_SURNAMES
    if not compound and text[start] not in SURNAMES:
        return
    for length in (3, 4) if compound else (3, 2):
        if start + length <= len(text) and not _is_none(text, start, start + length, announced):
            yield length


def _longest(text: str, start: int, weights: NameWeights, looks: int, in_list: bool) -> tuple[int, int]:
    """Points and length of the likeliest name that begins here; no length where none is likely enough."""
    best, best_points = 0, weights.least
    announced = announcement(text, start)
    before = weights.points_before(clues_before(text, start, announced, looks))
    first = text[start]
    near_end = len(text) - start < 34
    signed = near_end and any(
        is_signature(text, start, start + length) and text[start + length - 1 : start + length] not in NOT_LAST
        for length in (2, 3, 4)
    )
    for length in possible_lengths(text, start, "A" if signed else announced):
        end = start + length
        points = before + weights.points(clues(text, start, end, announced, weights.characters, in_list=in_list))
        if announced == "A" or (near_end and is_signature(text, start, end)):
            points += _SURE
        elif announced in _NOT_ANNOUNCED:
            if first not in PLAIN_SURNAMES:
                points -= _RARE[first not in COMMON_SURNAMES and text[start : start + 2] not in COMPOUND_SURNAMES]
            if length == 2:
                points -= _SHORT
        elif first in PLAIN_SURNAMES or length > 3:
            points += _PLAIN
        if points > best_points:
            best, best_points = length, points
    if best and _is_office(text, start, start + best):
        return 0, 0
    return best_points, best


def _is_none(text: str, start: int, end: int, announced: str) -> bool:
    """What is no name of a private person, though it begins like one."""
    name = text[start:end]
    last = name[-1]
    if name[1] in KIN or last in NOT_LAST or last in NEVER or last < "\u4e00" or last > "\u9fff" or name[1] in NEVER:
        return True
    if text[end : end + 1] in ("*", "苑") or (last == "苑" and len(name) > 2):  # masked already; an estate
        return True
    if name[1:3] in NOT_GIVEN_NAMES or (
        announced in _NOT_ANNOUNCED and (name in PUBLIC or name[:2] in PUBLIC) and text[start - 1 : start] != "\n"
    ):
        return True
    if (
        announced != "A"
        and name in load_words()
        and (announced in _NOT_ANNOUNCED or len(name) > 2 or name[0] in _UNUSUAL)
    ):
        return True  # 查清, 胡萝卜, 职工利益
    if name[:2] in NOT_NAMES or name in NOT_NAMES or (announced != "A" and name in NOT_NAMES_AFTER_A_ROLE):
        return True
    if announced != "A" and name[0] in "向于和连同由与" and name[1:] in load_words():
        return True  # 卫生和文明
    if announced in _NOT_ANNOUNCED:
        after = text[end : end + 2]
        if after not in TITLES and (last in PLACE_ONLY or after in THINGS or after[:1] in THINGS):
            return True  # 兰亭苑, 雷峰山社区
        if name[1:] in load_words() and text[start - 1 : start + 1] in load_words():
            return True  # 工程建设, 伸张正义
    return (last == "敬" and text.startswith("上", end)) or (end - start == 4 and not "\u4e00" <= name[2] <= "\u9fff")


def _span(text: str, start: int, end: int) -> Span:
    return Span(start, end, PersonalKind.NAME, mask_name(text[start:end]))


def _find_minority_names(text: str) -> Iterator[Span]:
    """阿依古丽·买买提: the point and the characters that write other languages show it, wherever it stands; others
    only after a word for a person."""
    for m in _MINORITY.finditer(text):
        point = m.end(1)
        start, end = point, point + 1
        while start > m.start() and text[start - 1] in TRANSCRIBING:
            start -= 1
        while end < m.end() and text[end] in TRANSCRIBING and text[end : end + 2] not in FOLLOWS:
            end += 1
        if point - start < 2 or end - point < 3:
            start, end = m.start(), point + 3
            known = announcement(text, start) in "AW"
            for position in range(start + 1, point - 1):
                if text[position - 3 : position] in WHO or text[position - 2 : position] in WHO:
                    start, known = position, True
            while end < m.end() and not (text[end] in FOLLOWING or text[end : end + 2] in FOLLOWS | TITLES):
                end += 1
            if not known:
                continue
        yield _span(text, start, end)


def is_name(text: str) -> bool:
    """Whether this, given as somebody's name, is a Chinese name."""
    length = len(text)
    compound = text[:2] in COMPOUND_SURNAMES
    if not 2 <= length <= 4 or not ((compound and length > 2) or (text[0] in SURNAMES and length < 4)):
        return False
    return not (text in NOT_NAMES or text[:2] in NOT_NAMES or text[-1] in NOT_LAST or text[1:] in NOT_GIVEN_NAMES)


def repeats_safely(name: str) -> bool:
    """Whether the same characters elsewhere in the letter can only be the same person."""
    return name[0] not in _UNUSUAL and (len(name) > 2 or name not in load_words())


def _is_office(text: str, start: int, end: int) -> bool:
    """A holder of a public office, addressed: not a private person."""
    return text.startswith(OFFICE_AFTER, end) and text.endswith(OFFICE_BEFORE, max(0, start - 4), start)
