"""What begins like a name and is none: everyday words, idioms, places, firms, public persons. Pure."""

import re
from collections.abc import Iterator

from intake.redaction.dictionary import load_rare_words, load_words
from intake.redaction.name_context import (
    COMMON_GIVEN_NAMES,
    FOLLOWING,
    KIN,
    NEVER,
    NOT_GIVEN_NAMES,
    NOT_LAST,
    PLACE_ONLY,
    PUBLIC,
    THINGS,
    TITLES,
    TRANSCRIBING,
    TRANSCRIBING_FIRST,
    WORD_NAMES,
)
from intake.surnames import (
    COMMON_SURNAMES,
    COMPOUND_SURNAMES,
    DOUBTFUL_SURNAMES,
    NOT_NAMES,
    NOT_NAMES_AFTER_A_ROLE,
    PLAIN_SURNAMES,
    SURNAMES,
)

# The answers of `announcement` where no word says that a name follows
NOT_ANNOUNCED = frozenset("LIBOX")
UNUSUAL = DOUBTFUL_SURNAMES - COMMON_SURNAMES
_NUMBER_AFTER = re.compile(
    r"[ ,(:、;]{0,2}(?:电话|手机|微信|邮箱|身份证|[男女][,)])?号?码?[是:]?[ ]?"
    r"(?:[1-9]\d{6}|0\d{2,3}-?\d|[男女][,)]|[a-z]{2})"
)


def possible_lengths(text: str, start: int, announced: str) -> Iterator[int]:
    """How many characters a name that begins here may have."""
    first = text[start]
    if text[start : start + 2] in COMPOUND_SURNAMES:
        lengths: tuple[int, ...] = (3, 4, 2) if first in SURNAMES else (3, 4)
    else:
        lengths = (3, 2) if first in SURNAMES else ()
        if first in TRANSCRIBING_FIRST and TRANSCRIBING.issuperset(text[start + 1 : start + 4]):
            lengths = (4, *lengths)
    for length in lengths:
        if start + length <= len(text) and not _is_none(text, start, start + length, announced):
            yield length


def _is_none(text: str, start: int, end: int, announced: str) -> bool:
    """What is no name of a private person, though it begins like one."""
    name = text[start:end]
    last = name[-1]
    if last in NOT_LAST or last in NEVER or not "\u4e00" <= last <= "\u9fff":
        return True
    if (name[1] in KIN or name[1] in NEVER) and name[:2] not in COMPOUND_SURNAMES:
        return True
    if text[end : end + 1] in ("*", "苑") or (last == "苑" and len(name) > 2):  # masked already; an estate
        return True
    given = name[2:] if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else name[1:]
    if given in NOT_GIVEN_NAMES or (
        announced in NOT_ANNOUNCED
        and (name in PUBLIC or (name[:2] in PUBLIC and name[2:] in FOLLOWING))
        and text[start - 1 : start] != "\n"
    ):
        return True
    words, rare = load_words(), load_rare_words()
    often = words.get(name, 0)
    if (
        announced != "A"
        and (often or name in rare)
        and (announced in NOT_ANNOUNCED or len(name) > 2 or often > 2 or name[0] in UNUSUAL)
        and not (name in WORD_NAMES and is_identified(text, end))
    ):
        return True  # 查清, 胡萝卜, 职工利益
    if (
        (name[:2] in NOT_NAMES and name[1:] not in COMMON_GIVEN_NAMES)
        or name in NOT_NAMES
        or (announced != "A" and name in NOT_NAMES_AFTER_A_ROLE)
    ):
        return True
    if announced != "A" and name[0] in "向于和连同由与" and name[1:] in words:
        return True  # 卫生和文明
    if (
        (announced in NOT_ANNOUNCED or (announced != "A" and name[0] not in PLAIN_SURNAMES))
        and len(name) == 3
        and words.get(name[1:], 0) > 3
        and name[1:] not in COMMON_GIVEN_NAMES
    ):
        return True  # 来现场, 尚无力
    if announced != "A":
        if len(name) == 2 and text[start - 2 : end] in rare and start > 1:
            return True  # 明目张胆
        if text[start : start + 4] in rare and start + 4 <= len(text):
            return True  # 后顾之忧
        if start and text[start - 1 : start + 3] in rare and start + 3 <= len(text):
            return True  # 无法无天
        if len(given) == 2 and len(name) == 4 and given in words:
            return True  # 东方劳务
    if announced in NOT_ANNOUNCED:
        if last in PLACE_ONLY and text[end : end + 2] not in TITLES:
            return True  # 兰亭苑
        if is_thing(text, end):
            return True  # 雷峰山社区
        if name[1:] in words and text[start - 1 : start + 1] in words:
            return True  # 工程建设, 伸张正义
    return (last == "敬" and text.startswith("上", end)) or (end - start == 4 and not "\u4e00" <= name[2] <= "\u9fff")


def is_identified(text: str, end: int) -> bool:
    """Whether a title or somebody's number follows, as they do after a person: 谷雨女士, 江海，138…"""
    return text[end : end + 2] in TITLES or _NUMBER_AFTER.match(text, end) is not None


def is_thing(text: str, end: int) -> bool:
    after = text[end : end + 2]
    return after not in TITLES and (after in THINGS or after[:1] in THINGS)
