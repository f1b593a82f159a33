"""What a possible name shows of itself and its surroundings, one clue for each question the weights answer.

A clue is a short key: the characters themselves, or the class of what stands there. Which of them speak for a name
and how much is learnt from our own marked letters (`name_weights`), not decided here.
"""

import re
from dataclasses import dataclass

from intake.redaction.dictionary import load_words
from intake.redaction.name_context import (
    COMMON_GIVEN_NAMES,
    FOLLOWING,
    FOLLOWS,
    HOUSE_NAMES,
    LEADS,
    NOT_LAST,
    PLACE_LAST,
    THINGS,
    TITLES,
    WHO,
)
from intake.surnames import (
    COMMON_SURNAMES,
    COMPOUND_SURNAMES,
    EVERYDAY_SURNAMES,
    NOT_NAMES,
    NOT_NAMES_AFTER_A_ROLE,
    PLAIN_SURNAMES,
    SURNAMES,
)

CLUES_BEFORE = ("surname", "before1", "before2", "announced", "words_before", "surname_after_word",
                "edge_before", "word_before", "looks_before")  # fmt: skip
CLUES = (
    "kind", "middle", "last", "single", "after1", "after2", "followed", "words_after", "words_inside",
    "beginning", "end", "lists", "in_list", "looks", "looks_announced", "looks_followed", "looks_between",
    "given_word", "edge_words", "word_followed", "before_followed", "announced_after",
)  # fmt: skip
_NEITHER = frozenset(("动员", "全员", "超员", "满员", "减员", "成员", "超人", "别人", "工人", "让人"))
# 维修工程, 业主任意: the last character belongs to what follows.
_JOINED = frozenset(("工程", "工时", "主任", "师生", "员工", "人和", "民主", "医德"))
_ROLE_LAST = frozenset("员医官师人工长者主户")
_LAST_OF_WHO = frozenset(word[-1] for word in WHO)
_BEFORE_COLON = frozenset(':是为叫系( "“[')
_WHO_OF_THREE = WHO | {"姓 名"}
_LINKS = frozenset("、,和与及跟 /")
_EDGES = frozenset(",.。!?！？;:；：、()「」“”\n 》】…—-")
_IDENTITY_AFTER = re.compile(
    r"[ ,(:、]{0,2}(?:[男女][ ,)。;]|身份证|电话|手机|座机|联系|微信|住址|家住|[12]\d{10}|0\d{2,3}-|\d{17})"
)
_IDENTITY_FIRST = frozenset(" ,(:、男女身电手座联微住家0123456789")
_TAIL = re.compile(r"[ ]*(?:敬上|上|呈|谨启|谨上|敬启)?\s*(?:[\d二〇零年月日./: -]{0,24})[。.]?\s*$")
_CLOSING = re.compile(r"(?:礼|谢|敬上|盼复|解决|处理|落款)[!！。,.\s:]{0,4}$")


def announcement(text: str, start: int) -> str:
    """`A` announced (姓名：), `V` after a word for a person and 是, `W` after a word for a person, `R` after a word for
    somebody's work, `L` where a part of a sentence begins, `B` at the beginning, `O` after 的 or 了, `I` inside
    a sentence."""
    if not start:
        return "B"
    before = text[start - 1]
    if before in _LAST_OF_WHO and (text[start - 2 : start] in WHO or text[start - 3 : start] in WHO):
        # 老师 is a word for a person, and 老 in front of 师傅 none
        whole = text[start - 2 : start + 1]
        return "X" if whole[1:] in WHO or whole in WHO or whole in load_words() or whole[1:] in _JOINED else "W"
    if before in _BEFORE_COLON:
        position = start - 1
        while position > 0 and text[position - 1] in _BEFORE_COLON and start - position < 4:
            position -= 1
        two, three = text[position - 2 : position], text[position - 3 : position]
        if two in WHO or three in _WHO_OF_THREE:
            # 马书记：全省… is addressed to somebody, 村支书：马全 announces one
            if two in TITLES and three[:1] in SURNAMES and three not in WHO:
                return "L"
            return "A" if text[position] in ":叫([" or three in _WHO_OF_THREE else "V"
    if before in _ROLE_LAST and text[start - 2 : start] not in _NEITHER and before + text[start] not in _JOINED:
        # 收银员, 校医, 值班人: what the dictionary knows as a word and ends like one for a person
        words = load_words()
        if before == "员" or text[start - 3 : start] in words or text[start - 2 : start] in words:
            return "R"
    if before in LEADS:
        return "L"
    return "O" if before in "的了" else "I"


@dataclass(frozen=True, slots=True)
class Characters:
    """For each part of a name how much likelier a character is there than elsewhere: logarithms in hundredths, from
    the dictionary's names. What is not listed is neither often in names nor elsewhere."""

    surname: dict[str, int]
    middle: dict[str, int]
    last: dict[str, int]
    single: dict[str, int]


_UNLISTED, _STEP = -100, 120
_KINDS = (
    dict.fromkeys(PLAIN_SURNAMES, "P")
    | dict.fromkeys(COMMON_SURNAMES - PLAIN_SURNAMES, "C")
    | dict.fromkeys(EVERYDAY_SURNAMES, "E")
)
_DIGITS = tuple(map(str, range(64)))


def clues_before(text: str, start: int, announced: str, looks: int) -> tuple[str, ...]:
    """The clues that are the same however long the name is, in the order of `CLUES_BEFORE`; `looks` are the points
    of the second look."""
    words = load_words()
    first = text[start]
    before1, before2, before3 = (
        text[start - 1 : start],
        text[max(0, start - 2) : start],
        text[max(0, start - 3) : start],
    )
    word_before = before2 in words
    mask = (
        (before1 + first in words) + 2 * (before2 + first in words) + 4 * (before1 + text[start : start + 2] in words)
    )
    return (
        first,
        before1,
        before2,
        announced + _KINDS.get(first, "D"),
        _DIGITS[mask],
        first + _DIGITS[word_before + 2 * (announced in "AWRB")],
        before1 + first,
        announced + _DIGITS[word_before + 2 * (before3 in words)],
        str(min(looks, 900) // 30),
    )


def clues(text: str, start: int, end: int, announced: str, characters: Characters, *, in_list: bool) -> tuple[str, ...]:
    """All other clues of `text[start:end]`, in the order of `CLUES`; `in_list` where it follows a name and a 、."""
    words = load_words()
    name = text[start:end]
    compound = end - start > 2 and name[:2] in COMPOUND_SURNAMES
    before1 = text[start - 1 : start]
    foreign = end - start == 4 and not compound
    given = name[2:] if compound or foreign else name[1:]
    double = len(given) == 2
    first, last = given[0], name[-1]
    after1, after2 = text[end : end + 1], text[end : end + 2]
    common = given in COMMON_GIVEN_NAMES
    followed = _followed(text, start, end)
    kind = "K" if compound else "T" if foreign else _KINDS.get(name[0], "D")
    if foreign:
        looks = 0
    elif double:
        looks = characters.middle.get(first, _UNLISTED) + characters.last.get(last, _UNLISTED)
    else:
        looks = characters.single.get(last, _UNLISTED)
    if not compound and not foreign:
        looks += characters.surname.get(name[0], _UNLISTED) // 2
    look = str(looks // _STEP) + ("d" if double else "s")
    tail = words.get(last + after1, 0)
    right = (tail > 0) + 2 * (last + after2 in words) + 4 * (name[-2:] + after1 in words)
    inside = (name[:2] in words) + 2 * (name in words) + 4 * (double and given in words)
    lists = (
        common
        + 2 * (last in PLACE_LAST)
        + 4 * (last in NOT_LAST)
        + 8 * (name in NOT_NAMES or name[:2] in NOT_NAMES)
        + 16 * (name in NOT_NAMES_AFTER_A_ROLE)
        + (0 if first != "家" else 64 if last in HOUSE_NAMES else 32)
    )
    return (
        kind + _DIGITS[len(given)],
        first if double else "",
        last if double else "",
        "" if double else last,
        after1,
        after2,
        announced + followed,
        _DIGITS[right + 8 * (after2 in words)],
        _DIGITS[8 * len(given) + inside],
        name[:2],
        last + after1,
        str(lists),
        _DIGITS[2 * in_list + (after1 in _LINKS)],
        look,
        look + announced,
        look + followed,
        look + _DIGITS[(right > 0) + 2 * (inside > 0)] + kind + announced,
        kind + _DIGITS[4 * words.get(given if double else name, 0) + 2 * common + double],
        kind + _DIGITS[8 * words.get(before1 + name[0], 0) + tail],
        followed + _DIGITS[8 * words.get(name[-2:], 0) + tail],
        before1 + followed,
        announced + after1,
    )


def _followed(text: str, start: int, end: int) -> str:
    """The class of what follows: a title, what persons do, an identity, nothing but a date, a thing, an edge."""
    after = text[end : end + 2]
    if after in TITLES:
        return "T"
    if after in FOLLOWS:
        return "F"
    if after[:1] in _IDENTITY_FIRST and _IDENTITY_AFTER.match(text, end):
        return "I"
    if len(text) - end < 30 and is_signature(text, start, end):
        return "S"
    if not after:
        return "E"
    if after[0] in THINGS or after in THINGS or text[end : end + 3] in THINGS:
        return "N"
    if after[0] in _EDGES:
        return "e"
    return "g" if after[0] in FOLLOWING else "o"


def is_signature(text: str, start: int, end: int) -> bool:
    """On a line of its own or after a closing word, with nothing but a date behind it."""
    alone = text[start - 1 : start] in "\n " or _CLOSING.search(text, max(0, start - 8), start)
    return bool(alone and _TAIL.match(text, end))
