"""Names of persons: announced, signed, or standing where only a person can stand. Pure.

Half of the surnames are also everyday words (高中生, 方便, 于昨日). So every surname is a question, and what stands in
and around the two or three characters answers it: `name_clues` says what is looked at, `name_weights` how much each
clue counts. Nearly all questions end with a first look at six characters (`name_looks`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from intake.redaction.dictionary import load_rare_words, load_words
from intake.redaction.name_clues import announcement, clues, clues_before, is_signature
from intake.redaction.name_context import (
    FOLLOWING,
    FOLLOWS,
    NOT_GIVEN_NAMES,
    NOT_LAST,
    OFFICE_AFTER,
    OFFICE_BEFORE,
    TITLES,
    TRANSCRIBING,
    WHO,
)
from intake.redaction.name_looks import FIRSTS
from intake.redaction.name_vetoes import NOT_ANNOUNCED, UNUSUAL, is_identified, is_thing, possible_lengths
from intake.redaction.name_weights import NameWeights, load_weights
from intake.redaction.spans import PersonalKind, Span, mask_name
from intake.surnames import (
    COMMON_SURNAMES,
    COMPOUND_SURNAMES,
    EVERYDAY_SURNAMES,
    NOT_NAMES,
    PLAIN_SURNAMES,
    SURNAMES,
)

_HAN = "\u4e00-\u9fff"
_MINORITY = re.compile(rf"([{_HAN}]{{2,9}})[·•]([{_HAN}]{{2,8}})")
LINKS = frozenset("、,和与及跟 /")
# What the letters that are learnt from cannot tell, as they were written to have hard names in them, in hundredths of
# logarithms; found on the development letters. Surnames that are words too are few among the people: what a name with
# one needs more where nothing announces it, of those that many people bear and of the others. So do short names.
_RARE, _SHORT = (250, 400, 700), 80
# For what is announced (姓名：) or signed, and for a plain surname after a word for a person.
_SURE, _PLAIN, _EVERYDAY = 300, 80, 200
# How far below what is needed something is remembered that may be said of a name elsewhere, how much one mention counts
# for or against all others, and how much it counts that a place is called so, or that nothing spoke for a name.
_NEAR, _MOST_FOR, _MOST_AGAINST, _PLACE, _NOT_SEEN = 250, 300, 150, 600, 40


def find_names(texts: Sequence[str]) -> list[list[Span]]:
    """Names in each of the folded parts of one letter. What stands there more than once is a name everywhere or
    nowhere: 高泽源 in front of 大厦 shows that 高泽源公司 is nobody either."""
    weights = load_weights()
    found = [
        _likely(text, places, weights) for text, places in zip(texts, weights.first_look.places(texts), strict=True)
    ]
    totals: dict[str, int] = {}
    for text, mentions in zip(texts, found, strict=True):
        for points, start, end in mentions:
            name = text[start:end]
            totals[name] = totals.get(name, 0) + max(-_MOST_AGAINST, min(_MOST_FOR, points))
    if totals:
        mentioned = [{start for _, start, _ in mentions} for mentions in found]
        for name, total in totals.items():
            if total > 0:
                for text, starts in zip(texts, mentioned, strict=True):
                    totals[name] -= _against(text, name, starts)
    for text, mentions in zip(texts, found, strict=True):
        mentions[:] = [(points, start, _end(text[start:end], end, totals)) for points, start, end in mentions]
    spans = [
        [_span(text, start, end) for _, start, end in mentions if totals[text[start:end]] > 0]
        for text, mentions in zip(texts, found, strict=True)
    ]
    for text, those in zip(texts, spans, strict=True):
        if "·" in text or "•" in text:
            those += _find_minority_names(text)
    return spans


def _end(name: str, end: int, totals: Mapping[str, int]) -> int:
    """张琼 often and 张琼自 once: it is 张琼 there too."""
    return end - 1 if len(name) == 3 and totals.get(name[:2], 0) > max(_MOST_FOR, totals[name]) else end


def _likely(text: str, starts: Sequence[tuple[int, int]], weights: NameWeights) -> list[tuple[int, int, int]]:
    """Points, start and end of what may be a name, without overlaps. Without points it was near to be one: it only
    counts against the same characters elsewhere."""
    found: list[tuple[int, int, int]] = []
    end = done = -1
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
            return found
        done = start
        announced = announcement(text, start)
        second_points = weights.second_look(text, start, 0 if in_list else first_points, announced)
        if second_points < weights.second_least and not in_list and announced not in "AVW":
            continue
        points, length = _longest(text, start, weights, second_points, announced, in_list)
        if not length:
            continue
        if found and start < found[-1][2]:  # of two that overlap the likelier
            if points <= found[-1][0]:
                continue
            found.pop()
        found.append((points, start, start + length))
        if points > 0:
            end = start + length


def _against(text: str, name: str, mentioned: set[int]) -> int:
    """How much speaks against `name` where it stands and was not taken for one: most of all that a place or a firm is
    called so."""
    points = 0
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        if start not in mentioned:
            points += _PLACE if is_thing(text, end) else _NOT_SEEN
        start = text.find(name, end)
    return points


def _longest(text: str, start: int, weights: NameWeights, looks: int, announced: str, in_list: bool) -> tuple[int, int]:
    """Points above what is needed, and length, of the likeliest name that begins here; no length where none is
    anything like likely."""
    best, best_points = 0, -_NEAR
    first = text[start]
    near_end = len(text) - start < 34
    signed = near_end and any(
        is_signature(text, start, start + length) and text[start + length - 1 : start + length] not in NOT_LAST
        for length in (2, 3, 4)
    )
    lengths = list(possible_lengths(text, start, "A" if signed else announced))
    if not lengths:
        return 0, 0
    before = weights.points_before(clues_before(text, start, announced, looks)) - weights.least
    for length in lengths:
        end = start + length
        points = before + weights.points(clues(text, start, end, announced, weights.characters, in_list=in_list))
        if announced == "A" or (near_end and is_signature(text, start, end)):
            points += _SURE
        elif is_identified(text, end):
            points += _PLAIN
        elif announced in NOT_ANNOUNCED:
            if first not in PLAIN_SURNAMES and text[start : start + 2] not in COMPOUND_SURNAMES and length < 4:
                points -= _RARE[(first not in COMMON_SURNAMES) + (first in EVERYDAY_SURNAMES)]
            if length == 2:
                points -= _SHORT
        elif first in PLAIN_SURNAMES or length > 3:
            points += _PLAIN
        elif first in EVERYDAY_SURNAMES:
            points -= _EVERYDAY
        if points > best_points:
            best, best_points = length, points
    if best and _is_office(text, start, start + best):
        return 0, 0
    return best_points, best


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
            known = announcement(text, start) in "AVW"
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
    return name[0] not in UNUSUAL and (len(name) > 2 or not (name in load_words() or name in load_rare_words()))


def _is_office(text: str, start: int, end: int) -> bool:
    """A holder of a public office, addressed: not a private person."""
    return text.startswith(OFFICE_AFTER, end) and text.endswith(OFFICE_BEFORE, max(0, start - 4), start)
