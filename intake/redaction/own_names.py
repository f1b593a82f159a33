"""Where does a text name who wrote, in whatever way a name is put down? Pure.

`find_names` knows Chinese names. Who wrote may have one that it does not know (a rare surname, one of another people, a
name of a forum), and whoever answers writes 晓梅您好 or 陈 晓 梅.
"""

import re
from collections.abc import Iterator, Sequence

from intake.redaction.dictionary import load_words
from intake.redaction.names import is_name
from intake.redaction.spans import PersonalKind, Span, fold, mask_name
from intake.surnames import COMPOUND_SURNAMES

UNKNOWN_MASK = "***"
_BETWEEN = r"[\s·•._-]{0,3}"
_IGNORED = re.compile(r"[\s·•._-]+")
# Given as a name, but nobody's.
_NOBODY = re.compile(
    "匿名|市民|网友|居民|村民|群众|业主|家长|住户|用户|游客|乘客|顾客|学生|职工|员工|代表|热心|本人|先生|女士|小姐|某|未知|不详|测试|[*]"
    "|公司|街道|社区|小区|村委|办事处|委员会|中心|学校|医院|[局办委]\\Z"
)
_CALLED = "(?=[，,：:]?[您你]|同志|同学|女士|先生|小姐|师傅|老师|阿姨|[大小]?[姐哥妹弟]|大[妈爷娘婶]|叔|姨|[：:])"
# 安全：, 安全，您 begin a sentence about something else
_CALLED_SURELY = "(?=[您你]好|同志|同学|女士|先生|小姐|师傅|老师|阿姨)"
_LEAST_LATIN = 4


def find_own_names(text: str, names: Sequence[str]) -> Iterator[Span]:
    """Of each of the `names`; a given name alone only where somebody is called by it."""
    folded = fold(text)
    for name in dict.fromkeys(names):
        core = _IGNORED.sub("", fold(name))
        if len(core) < 2 or _NOBODY.search(core):
            continue
        mask = mask_name(name) if is_name(name) else UNKNOWN_MASK
        # 阿依古丽·买买提 is called by half of it too
        for written in dict.fromkeys((core, *(half for half in re.split("[·•]", name) if len(half) > 1))):
            for pattern in _patterns(written):
                for found in re.finditer(pattern, folded, re.IGNORECASE):
                    yield Span(found.start(), found.end(), PersonalKind.NAME, mask)


def _patterns(core: str) -> Iterator[str]:
    if core.isascii():
        if len(core) >= _LEAST_LATIN:
            yield f"(?<![A-Za-z0-9]){_BETWEEN.join(map(re.escape, core))}(?![A-Za-z0-9])"
        return
    # a short one that is a word too (阳光) is a word
    whole = _BETWEEN.join(map(re.escape, core))
    yield whole if is_name(core) or len(core) > 2 or core not in load_words() else f"{whole}{_CALLED_SURELY}"
    given = core[2 if core[:2] in COMPOUND_SURNAMES else 1 :]
    if len(core) <= 4 and len(given) == 2:
        yield f"{re.escape(given)}{_CALLED_SURELY if given in load_words() else _CALLED}"
