"""Where something personal stands in a text, and the folding that makes it findable without moving it. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.surnames import COMPOUND_SURNAMES
from models.labels import LabelledEnum


class PersonalKind(LabelledEnum):
    MOBILE = "mobile", "手机号码"
    LANDLINE = "landline", "固定电话"
    IDENTITY_CARD = "identity_card", "身份证号"
    DOCUMENT = "document", "证件号码"
    BANK_CARD = "bank_card", "银行卡号"
    PLATE = "plate", "车牌号"
    EMAIL = "email", "电子邮箱"
    ACCOUNT = "account", "社交账号"
    ADDRESS = "address", "门牌"
    NAME = "name", "姓名"


@dataclass(frozen=True, slots=True)
class Span:
    """`start`/`end` in the text that came; `mask` is what stands there afterwards."""

    start: int
    end: int
    kind: PersonalKind
    mask: str


# Signs that nearly every letter has are replaced one by one, which is quicker than a table; the table is for letters
# with digits or letters in another dress.
_SIGNS = tuple(zip("，：（）；　—－", ",:(); --", strict=True))
_DRESSED = re.compile(
    r"[\uff02-\uff07\uff0a\uff0b\uff0e-\uff19\uff1c-\uff1e\uff20-\uff5e①-⑨⓪❶-❾‐‑‒―−﹣\U0001d7ce-\U0001d7ff]"
)
_FOLDING = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | {ord(dash): "-" for dash in "‐‑‒–—―−﹣－"}
    | {ord(blank): " " for blank in "\xa0\u3000"}
    | {ord("①") + i: str(i + 1) for i in range(9)}
    | {ord("❶") + i: str(i + 1) for i in range(9)}
    | {ord("⓪"): "0"}
    | {0x1D7CE + i: str(i % 10) for i in range(50)}
)


def fold(text: str) -> str:
    """Full-width signs, dashes, blanks and dressed-up digits as their plain ones; every character keeps its place."""
    if text.isascii():
        return text
    if _DRESSED.search(text):
        return text.translate(_FOLDING)
    for sign, plain in _SIGNS:
        text = text.replace(sign, plain)
    return text


def windows(clue: re.Pattern[str], text: str, before: int, after: int) -> Iterator[tuple[int, int]]:
    """Where it pays to look: around each hit of `clue`, disjoint, in order. No number is cut at a window's end."""
    size = len(text)
    start = end = -1
    for m in clue.finditer(text):
        if m.end() + 1 < end:
            continue
        if end < 0 or m.start() - before > end:
            if end >= 0:
                yield start, end
            start = max(0, m.start() - before)
        end = min(size, m.end() + after)
        while end < size and text[end] in _NUMERIC:
            end += 1
    if end >= 0:
        yield start, end


_NUMERIC = frozenset("0123456789一二三四五六七八九十零〇-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")

# What is said instead of a name, or of the rest of one.
_TITLES = frozenset(
    ("先生", "女士", "小姐", "同志", "师傅", "老师", "阿姨", "大爷", "某", "某某", "总", "局", "书记", "市长", "局长")
)
_NOBODY = frozenset(
    ("匿名", "市民", "网友", "群众", "居民", "村民", "业主", "热心市民", "匿名用户", "匿名市民", "不详", "无", "未知")
)


def mask_name(name: str) -> str:
    """The surname and a star a character: 张**, 欧阳*. Words that name nobody (匿名, 李女士) stay; other scripts keep
    their first letter."""
    if name[1:] in _TITLES or name in _NOBODY or "*" in name:
        return name
    kept = 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else 1
    return name[:kept] + "*" * (len(name) - kept)
