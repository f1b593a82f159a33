"""Where in a batch a time may begin: array operations leave few places to try."""

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nlp.ngrams import Batch, Flags, Numbers
from nlp.times.grammar import CN, WEEKDAY

_CODES = 1 << 16
_AGO = r"(?:个?[年月周]|个?半月|个?星期|个?礼拜|[天日])半?[多之以]?前"
_NUMERAL_NEXT = rf"[{CN}]{{0,2}}(?:月|季|{_AGO})"
# By its first character what a time begins with: only there the whole pattern is tried.
_BEGINNINGS = {
    **dict.fromkeys("0123456789", rf"[0-9]{{0,3}}(?: ?[年月]|[-/.][0-9]{{1,2}}[-/.][0-9]|{_AGO})"),
    **dict.fromkeys("一两三四六七九", _NUMERAL_NEXT),
    **{"二": rf"(?:[〇零]|{_NUMERAL_NEXT})", "五": rf"(?:一|{_NUMERAL_NEXT})"},
    **{"八": _NUMERAL_NEXT, "十": rf"(?:一[期假长节小黄]|{_NUMERAL_NEXT})", "几": _AGO},
    **{"半": rf"(?:夜[0-9{CN}]|{_AGO})", "第": "[一二三四]季"},
    **{"今": "[天日晚早晨年]", "昨": "[天日晚夜]", "前": "(?:[天晚夜年]|[几两三些][天日])", "明": "[天日早晚年]"},
    **{
        "后": "[天年]",
        "去": "年",
        "大": "(?:前[天年]|后天|年[三初])",
        "上": rf"(?:上?[个一]?[周星礼月]|半年|午[0-9{CN}])",
    },
    **{
        "本": "[个]?[周星礼月]",
        "这": "(?:[个一]?[周星礼月]|[几两三]天)",
        "下": "(?:[个一]?[周星礼月]|半年|午[0-9一二三四五六])",
    },
    **{"周": f"{WEEKDAY}", "星": "期", "礼": "拜", "月": "[初底]", "年": "[初底末]"},
    **{
        "近": rf"的?[0-9{CN}半几]",
        "最": rf"近的?[0-9{CN}半几]",
        "过": rf"(?:年|去的?[0-9{CN}半几])",
        "国": "庆",
        "春": "节",
        "元": "[旦宵]",
        "清": rf"(?:明|[晨早][0-9{CN}])",
    },
    **{
        "端": "午",
        "中": "(?:秋|午[0-9一二十])",
        "妇": "女节",
        "儿": "童节",
        "教": "师节",
        "高": "考期",
        "双": "(?:十一|11)",
        "暑": "假",
    },
    **{
        "寒": "假",
        "除": "夕",
        "正": "月",
        "腊": "月",
        "劳": "动节",
        "凌": rf"晨[0-9{CN}]",
        "早": rf"[上晨]?[0-9{CN}]",
        "晚": rf"[上间]?[0-9{CN}]",
    },
    **{"夜": rf"[里间][0-9{CN}]", "深": rf"夜[0-9{CN}]", "傍": rf"晚[0-9{CN}]"},
}
_MOST_DIGITS = 4
_DIGITS, _LINE_BREAK = "0123456789", 10

BEGINNINGS = {first: re.compile(first + rest).match for first, rest in _BEGINNINGS.items()}


def find_beginnings(batch: Batch) -> Numbers:
    """Positions in `batch` where a time can begin, all of them and some more; `BEGINNINGS` says of each whether it
    really does."""
    # no time has a character beyond the table; what is read beyond the end is a line break, as the end is
    codes = np.append(np.minimum(batch.written, _CODES - 1), _LINE_BREAK)
    at = np.flatnonzero(_FIRST[codes])
    # 1.5月 and 12345年: `nlp.times.grammar.TIME` begins in no figure
    at = at[~_IN_FIGURE[codes[at - 1]]]
    firsts, later = _FIRST[codes[at]], at + 1
    figures = _IS_DIGIT[codes[at]]
    for _ in range(_MOST_DIGITS - 1):
        later += figures & _IS_DIGIT[codes[later]]
    second = _LATER[codes[later]]
    enough = _ENOUGH[firsts, second]
    found: Numbers = at[enough | (_MAY_FOLLOW[firsts, second] & _MAY_FOLLOW[firsts, _LATER[codes[later + 1]]])]
    return found


def _numbered(characters: str) -> NDArray[np.uint8]:
    """By character its number in `characters`, from 1; 0 for all others."""
    numbers = np.zeros(_CODES, dtype=np.uint8)
    numbers[[ord(character) for character in characters]] = np.arange(1, len(characters) + 1)
    return numbers


def _flags(characters: str) -> Flags:
    return _numbered(characters) > 0


# whatever is written in what may follow may stand anywhere behind the first: more than can, never less
_FOLLOWING = {first: set(rest) | (set(_DIGITS) if "0-9" in rest else set()) for first, rest in _BEGINNINGS.items()}
_ALL_LATER = "".join(sorted(set().union(*_FOLLOWING.values())))
_FIRST, _LATER = _numbered("".join(_BEGINNINGS)), _numbered(_ALL_LATER)
_IS_DIGIT, _IN_FIGURE = _flags(_DIGITS), _flags(f"{_DIGITS}.")


def _table(holds: Callable[[str, str], bool]) -> Flags:
    """By the numbers of two characters whether it `holds` for the first and a later one."""
    table = np.zeros((len(_BEGINNINGS) + 1, len(_ALL_LATER) + 1), dtype=np.bool_)
    for row, (first, those) in enumerate(_FOLLOWING.items(), start=1):
        table[row, [_ALL_LATER.index(later) + 1 for later in those if holds(first, later)]] = True
    return table


_MAY_FOLLOW = _table(lambda *_: True)
_ENOUGH = _table(lambda first, later: BEGINNINGS[first](first + later) is not None)
