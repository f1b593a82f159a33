"""Names of persons: after words that announce one, and as a signature. Pure.

Half of the surnames are also everyday words (高中生, 方便, 于昨日). The surer the announcement, the less a name has to
prove: after 姓名： nearly anything short is one, after 我是 only what cannot be another word.
"""

import re
from collections.abc import Iterator

from intake.redaction_spans import PersonalKind, Span
from intake.surnames import (
    COMMON_SURNAMES,
    COMPOUND_SURNAMES,
    DOUBTFUL_SURNAMES,
    NOT_NAMES,
    NOT_NAMES_AFTER_A_ROLE,
    PLAIN_SURNAMES,
)

_SURNAMES = PLAIN_SURNAMES | DOUBTFUL_SURNAMES
_SURNAME = f"(?:{'|'.join(sorted(COMPOUND_SURNAMES))}|[{''.join(sorted(_SURNAMES))}])"
_NAME = rf"({_SURNAME}[\u4e00-\u9fff]{{1,2}})"
_MINORITY_NAME = r"([\u4e00-\u9fff]{2,6}[·•][\u4e00-\u9fff]{2,6})"

# What may follow a name. Lazy matching takes the shortest name before one of these.
_END = (
    r"(?=[^\u4e00-\u9fff]|$|家住|住在|现住|今年|现年|年龄|身份证|电话|手机|联系|户籍|来自|先生|女士|老师|同志|师傅|阿姨"
    r"|[的是系男女和与因于在向对家我想要]|老人|本人|反映|举报|投诉)"
)
# What a person who was named without a colon is said to do.
_SAYS = (
    r"(?=[称说及等已]|来电|致电|打来|拨打|来访|来信|写信|表示|咨询|求助|诉求|建议|询问|反馈|希望|认为|申请|提出|提供|发现"
    r"|质疑|不满|通过|多次|再次|曾经|自称|所述|居住|户口)"
)
_SHORTEST = rf"({_SURNAME}[\u4e00-\u9fff]{{1,2}}?){_END}"

_ROLE = (
    "(?:来电|反映|举报|投诉|申请|来信|写信|诉求|检举|控告|求助|信访|联系|报告|当事|承租|购房"
    "|受害|建议|来访|代理|委托|留言)人"
)
_WRITER = r"(?:市民|居民|村民|业主|群众|家长|网友|学生|员工|职工|读者|租户|住户|农民|老百姓|百姓)"

_RELATIVE = r"(?:我|本人|他|她|名字|小名|老公|丈夫|妻子|爱人|儿子|女儿|父亲|母亲|爸爸|妈妈|孩子|小孩)"

_ANNOUNCED = re.compile(
    rf"(?:{_ROLE}(?:姓名)?\s*:|(?:姓\s?名|名\s?字|户主|署名|户名|开户名)\s*[:是为叫])\s*(?:{_MINORITY_NAME}|{_SHORTEST})"
    rf"|{_RELATIVE}(?:名字)?名?叫做?\s*(?:{_MINORITY_NAME}|{_SHORTEST})"
    rf"|{_WRITER}\s*[:]\s*{_NAME}(?=[^\u4e00-\u9fff]|$)"
)
# 来电人王小明(...)反映, 联系人张三丰 138...: a surname that is also an everyday word must be a common one, and not go
# on like the everyday word.
_GOES_ON = "于[昨今前本当去早晚近该此某各每]|曾[多经在向反投拨打到找因为与对被把来申报就]|常[在因被去向对]"
_CLEAR_SURNAME = f"(?:{'|'.join(sorted(COMPOUND_SURNAMES))}|[{''.join(sorted(PLAIN_SURNAMES | COMMON_SURNAMES))}])"
_UNANNOUNCED = re.compile(
    rf"{_ROLE}(?:姓名)?[^\S\n]{{0,3}}[是为叫系]?[^\S\n]{{0,3}}[(\[\"“]?"
    rf"(?:([\u4e00-\u9fff]{{2,6}}[·•][\u4e00-\u9fff]{{2,6}}?)|(?!{_GOES_ON})({_CLEAR_SURNAME}[\u4e00-\u9fff]{{1,2}}?))"
    rf"(?:{_END}|{_SAYS})"
)
_SAID = re.compile(
    rf"(?:我是|本人是|本人系|本人|我)\s?({_SURNAME}[\u4e00-\u9fff]{{1,2}}?)"
    r"(?=[,。;!(\s]|$|家住|今年|现年|[男女](?![\u4e00-\u9fff]{2})|身份证|电话|手机)"
)
_IDENTIFIED = re.compile(
    rf"(?<![\u4e00-\u9fff])({_SURNAME}[\u4e00-\u9fff]{{1,2}})\s?[,(:]?\s?"
    r"(?:[男女][,)]|身份证|手机号?|联系?电话|电话\s?[:1])"
)

_DATE = r"(?:\s*\d{2,4}\s?[年./-]\s?\d{1,2}\s?[月./-]\s?\d{1,2}\s?[日号]?)"
_SALUTE = re.compile(
    rf"(?:敬\s*礼|谢谢|致谢|敬上)[!。,.\s]*(?:[\u4e00-\u9fff]{{0,10}}:)?\s*({_SURNAME}[\u4e00-\u9fff]{{1,2}})"
    r"(?=\s*(?:[,。]|$|\d|\n|敬上|上))"
)
_SIGNATURE = re.compile(rf"\n[^\S\n]*({_SURNAME}[\u4e00-\u9fff]{{1,2}})[^\S\n]*(?:敬上|上|呈)?[^\S\n]*\n?{_DATE}?\s*$")

# A word with one of these at its end, or one of these words, is no person.
_NOT_A_LAST_CHARACTER = frozenset(
    "区县市镇乡村路街户员者们店厂校院局站所队组司楼桥河湖吗呢吧了的过着没不也都就还又很个等来去后前时里中上下内外"
)
_DOUBTFUL_LAST = frozenset("生民人主工长师兵子家年月日天友友夫属方事便常经业因心应间际于为以多次有无")


_PATTERNS = (
    (_ANNOUNCED, True),
    (_UNANNOUNCED, True),
    (_SALUTE, True),
    (_SIGNATURE, True),
    (_IDENTIFIED, False),
    (_SAID, False),
)


def find_names(text: str) -> Iterator[Span]:
    """Names announced or signed in folded text; spans may overlap."""
    for pattern, sure in _PATTERNS:
        for m in pattern.finditer(text):
            group = m.lastindex or 1
            if text.startswith("*", m.end(group)):  # masked already
                continue
            if pattern is _UNANNOUNCED and m[group] in NOT_NAMES_AFTER_A_ROLE:
                continue
            if "·" in m[group] or "•" in m[group] or is_name(m[group], sure=sure):
                yield Span(m.start(group), m.end(group), PersonalKind.NAME, mask_name(m[group]))


def is_name(text: str, *, sure: bool = True) -> bool:
    """Whether this is a Chinese name of a person; `sure`: something announced one, so that doubt speaks for it."""
    length = len(text)
    compound = text[:2] in COMPOUND_SURNAMES
    if not 2 <= length <= 4 or not ((compound and length > 2) or (text[0] in _SURNAMES and length < 4)):
        return False
    if text in NOT_NAMES or text[:2] in NOT_NAMES or text[-1] in _NOT_A_LAST_CHARACTER or text[1:] in _TITLES:
        return False
    return sure or compound or not (text[0] in DOUBTFUL_SURNAMES or text[-1] in _DOUBTFUL_LAST)


def mask_name(name: str) -> str:
    """The surname and a star a character: 张**, 欧阳*. Words that name nobody (匿名, 李女士) stay; other scripts keep
    their first letter."""
    if name[1:] in _TITLES or name in _NOBODY or "*" in name:
        return name
    kept = 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else 1
    return name[:kept] + "*" * (len(name) - kept)


_TITLES = frozenset(
    ("先生", "女士", "小姐", "同志", "师傅", "老师", "阿姨", "大爷", "某", "某某", "总", "局", "书记", "市长", "局长")
)
_NOBODY = frozenset(
    ("匿名", "市民", "网友", "群众", "居民", "村民", "业主", "热心市民", "匿名用户", "匿名市民", "不详", "无", "未知")
)
