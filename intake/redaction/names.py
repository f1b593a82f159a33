"""Names of persons: announced, signed, or standing where only a person can stand. Pure.

Half of the surnames are also everyday words (高中生, 方便, 于昨日). So points are counted, in logarithms of odds: the
characters (`likelihood`), the word before (联系人, 我儿子, 村支书), what follows (老师, 反映, a comma), and against it
the words that the name would cut in two. The surer the announcement, the less a name has to prove.
"""

import re
from collections.abc import Iterator

from intake.redaction.likelihood import Likelihoods, load_likelihoods
from intake.redaction.name_context import (
    COMMON_GIVEN_NAMES,
    FOLLOWING,
    FOLLOWS,
    KIN,
    LEADS,
    NOT_GIVEN_NAMES,
    OFFICE_AFTER,
    OFFICE_BEFORE,
    PUBLIC,
    THINGS,
    TITLES,
    WHO,
)
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
# Never a character of a given name: what a surname is followed by in ordinary sentences.
_NEVER = (
    "的了在是不么吗呢吧着过没被把给从这那哪谁什怎些个们很就都也还又再只但却而且或与及其该某您你他她它我间里前上下内外候"
    "啊呀哦嘛啦"
)
_CANDIDATE = re.compile(
    f"[{''.join(sorted(PLAIN_SURNAMES | COMMON_SURNAMES | set('诸慕皇尉令司')))}](?=[{_HAN}])(?![{_NEVER}])"
)
_MINORITY = re.compile(rf"([{_HAN}]{{2,9}})[·•]([{_HAN}]{{2,8}})")
# A word with one of these at its end is no person.
_NOT_LAST = frozenset(
    "区县市镇乡村路街户员者们店厂校院局站所队组司楼桥河湖吗呢吧了的过着没不也都就还又很个等去后前时里中上下内外是在有和"
    "说称被把给让向对从某早却均更最曾将已未老号两读"
)
# Where people live or pray: 李家坝, 文昌阁, 桑树坪. Not after a word for a person.
_PLACE_LAST = frozenset(
    "湾坝坪坡坳垭嘴巷谷滩渠河江岛洲桥寺塔阁祠坎岭沟寨屯榜庙堰塘溪苑园城郡府院树花草果饼酒糖鱼牛羊鸡猪狗菜饭汤门墙井洞岩坟桩桶车船船票费款钱卡证书报"
)
# Surnames that after any other word are a verb or a preposition: 戴眼镜, 包邮, 于云锦, 向单位.
_VERBS = frozenset("戴包花满怀养和勾连盖于向贴查解冲赖排")
# 家豪 is a name, 李家坝 a place.
_HOUSE_NAMES = frozenset(
    "豪栋明伟琪辉兴齐俊宝瑞乐怡欣祥强富贵荣骏和成安良亮诚旺华才义仁勇林树福麟铭玮文学国平顺丽英芬珍蓉琼慧芳银"
)

_ACCEPTED = 3.6
# Points of what stands around a name, found on the development letters.
_ANNOUNCED, _WHO, _LISTED, _ROLE, _LEAD, _OF, _AFTER_WORD, _INSIDE = 9.0, 6.5, 5.0, 4.5, 1.0, 0.3, -1.0, -2.0
_TITLE, _IDENTIFIED, _FOLLOW, _EDGE, _FOLLOWING, _GOES_ON = 5.0, 5.0, 3.0, 1.5, 0.5, -2.5
_CUTS_WORD, _IS_WORD, _GIVEN_IS_WORD, _SHORT, _PLACE, _SIGNED = -3.0, -6.0, -1.0, -1.5, -4.0, 3.0
_DOUBTFUL, _UNUSUAL, _THING, _COMMON, _VERB = -1.0, -2.0, -7.0, 2.5, -3.0
_NEVER_A_NAME = -99.0
_EDGES = frozenset(",.。!?！？;:；：、()「」“”\n 》】…—-")
_BEFORE_COLON = frozenset(':是为叫系( "“[')
_LINKS = frozenset("、,和与及跟 /")
_LAST_OF_WHO = frozenset(word[-1] for word in WHO)
# Surnames that are words first (来 能 车 水) are looked at only where something announces a person.
_RARE_CANDIDATE = re.compile(
    f"[{''.join(sorted(SURNAMES - PLAIN_SURNAMES - COMMON_SURNAMES))}](?=[{_HAN}])(?![{_NEVER}])"
    f"(?<=[{''.join(sorted(_LAST_OF_WHO))}: ].)"
)
_ROLE_OF_TWO = frozenset("员医官师")
_NOBODYS_ROLE = frozenset(("动员", "全员", "超员", "满员", "减员", "成员"))
_ROLE_LAST = _ROLE_OF_TWO | frozenset("人工长者主户")
_BEFORE_NAMES = _LAST_OF_WHO | _ROLE_LAST | _BEFORE_COLON | LEADS | {"的", "了", ""}
_LEAST_GAIN = -1.7
_IDENTITY_AFTER = re.compile(
    r"[ ,(:、]{0,2}(?:[男女][ ,)。;]|身份证|电话|手机|座机|联系|微信|住址|家住|[12]\d{10}|0\d{2,3}-|\d{17})"
)
_TAIL = re.compile(r"[ ]*(?:敬上|上|呈|谨启|谨上|敬启)?\s*(?:[\d二〇零年月日./: -]{0,24})[。.]?\s*$")
_CLOSING = re.compile(r"(?:礼|谢|敬上|盼复|解决|处理|落款)[!！。,.\s:]{0,4}$")


def find_names(text: str) -> Iterator[Span]:
    """Names in folded text; spans may overlap."""
    tables = load_likelihoods()
    words, gain = tables.words, tables.gain
    end = -1
    for m in _CANDIDATE.finditer(text):
        start = m.start()
        if start < end:
            continue
        # Nearly all candidates end here: the common case is kept short.
        before = text[start - 1 : start]
        left = _announcement(text, start, before) if before in _BEFORE_NAMES else _INSIDE
        if left < _WHO:
            if (
                gain.get(text[start + 1], 0.0) + left < _LEAST_GAIN
                or (text[start : start + 2] in words and text[start : start + 2] not in COMPOUND_SURNAMES)
                or text[start - 1 : start + 1] in words
            ) and not (text[start + 3 : start + 5] in TITLES or text[start + 2 : start + 4] in TITLES):
                continue
            if 0 <= end == start - 1 and before in _LINKS:
                left = _LISTED
            elif left == _INSIDE and text[start - 2 : start] in words:
                left = _AFTER_WORD
        length = _length_of_name(text, start, left, tables)
        if length:
            end = start + length
            yield Span(start, end, PersonalKind.NAME, mask_name(text[start:end]))
    for m in _RARE_CANDIDATE.finditer(text):
        start = m.start()
        left = _announcement(text, start, text[start - 1])
        if left >= _WHO and (length := _length_of_name(text, start, left, tables)):
            yield Span(start, start + length, PersonalKind.NAME, mask_name(text[start : start + length]))
    if "·" in text or "•" in text:
        yield from _find_minority_names(text)


def _find_minority_names(text: str) -> Iterator[Span]:
    """阿依古丽·买买提: the point shows that it is a name, the words around where it ends."""
    for m in _MINORITY.finditer(text):
        start, end = m.span(1)[0], m.span(2)[0] + 2
        left = _announcement(text, start, text[start - 1 : start])
        for position in range(start + 1, m.end(1) - 1):
            if text[position - 3 : position] in WHO or text[position - 2 : position] in WHO:
                start, left = position, _WHO
        while end < m.end(2) and not (text[end] in FOLLOWING or text[end : end + 2] in FOLLOWS | TITLES):
            end += 1
        followed = text[end : end + 2] in FOLLOWS or _IDENTITY_AFTER.match(text, end)
        if left >= _WHO or (left >= _LEAD and followed):
            yield Span(start, end, PersonalKind.NAME, mask_name(text[start:end]))


def is_name(text: str) -> bool:
    """Whether this, given as somebody's name, is a Chinese name."""
    length = len(text)
    compound = text[:2] in COMPOUND_SURNAMES
    if not 2 <= length <= 4 or not ((compound and length > 2) or (text[0] in SURNAMES and length < 4)):
        return False
    return not (text in NOT_NAMES or text[:2] in NOT_NAMES or text[-1] in _NOT_LAST or text[1:] in NOT_GIVEN_NAMES)


def repeats_safely(name: str) -> bool:
    """Whether the same characters elsewhere in the letter can only be the same person."""
    return len(name) > 2 or name not in load_likelihoods().words


def _announcement(text: str, start: int, before: str) -> float:
    """Points for what stands before: the word for a person, a comma, a preposition."""
    if before in _LAST_OF_WHO and (text[start - 2 : start] in WHO or text[start - 3 : start] in WHO):
        # 老师 is a word for a person, and 老 in front of 师傅 none
        whole = text[start - 2 : start + 1]
        crossing = whole[1:] in WHO or whole in WHO or whole in load_likelihoods().words
        return _INSIDE if crossing else _WHO
    if before in _BEFORE_COLON:
        position = start - 1
        while position > 0 and text[position - 1] in _BEFORE_COLON and start - position < 4:
            position -= 1
        if text[position - 2 : position] in WHO or text[position - 3 : position] in WHO:
            return _ANNOUNCED
    if before in _ROLE_LAST:
        # 收银员, 校医, 值班人: what the dictionary knows as a word and ends like one for a person
        words = load_likelihoods().words
        if before == "员" and text[start - 2 : start] not in _NOBODYS_ROLE:
            return _ROLE
        if text[start - 3 : start] in words or (before in _ROLE_OF_TWO and text[start - 2 : start] in words):
            return _ROLE
    if before in LEADS or not before:
        return _LEAD
    return _OF if before in "的了" else _INSIDE


def _length_of_name(text: str, start: int, left: float, tables: Likelihoods) -> int:
    """The length of the name that begins here, 0 where none does."""
    best, best_score = 0, _ACCEPTED
    compound = text[start : start + 2] in COMPOUND_SURNAMES
    for length in (3, 4) if compound else (3, 2):
        name = text[start : start + length]
        if len(name) == length:
            score = left + _points(text, start, name, tables, left)
            if score > best_score:
                best, best_score = length, score
    if best and _is_office(text, start, start + best):
        return 0
    doubtful = text[start] in DOUBTFUL_SURNAMES or text[start - 1 : start + 1] in tables.words
    if best and doubtful and left < _WHO and text[start + 1] in SURNAMES:
        # 向龚贵反映, 感谢李祥: the first may belong to the word before and the name begin after it
        for length in (3, 2):
            name = text[start + 1 : start + 1 + length]
            if len(name) == length and _LEAD + _points(text, start + 1, name, tables, _LEAD) > best_score:
                return 0
    return best


def _points(text: str, start: int, name: str, tables: Likelihoods, left: float) -> float:
    """What speaks for and against `name`: its characters, the words it cuts, what follows."""
    words = tables.words
    given = name[2:] if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else name[1:]
    last = name[-1]
    if len(given) == 2:
        score = tables.middle.get(given[0], 0.0) + tables.last.get(last, 0.0)
        if given in COMMON_GIVEN_NAMES:
            score += _COMMON
    else:
        score = tables.single.get(last, 0.0) + _SHORT
    score += 0.5 * tables.surname.get(name[0], 0.0)
    if name[0] in _VERBS and left < _ANNOUNCED:
        score += _VERB
    elif name[0] in DOUBTFUL_SURNAMES:
        score += _DOUBTFUL if name[0] in COMMON_SURNAMES else _DOUBTFUL + _UNUSUAL
    if left + score + _TITLE < _ACCEPTED or last in _NOT_LAST:  # whatever follows
        return _NEVER_A_NAME
    end = start + len(name)
    if (
        given[0] in KIN
        or text[start + 1 : start + 3] in NOT_GIVEN_NAMES
        or name[:2] in NOT_NAMES
        or name in NOT_NAMES
        or (left < _WHO and (name in PUBLIC or name[:2] in PUBLIC))
        or text.startswith("*", end)  # masked already
        or (last == "敬" and text.startswith("上", end))
        or not ("\u4e00" <= last <= "\u9fff")
    ):
        return _NEVER_A_NAME
    if len(given) == 2 and given in words:
        score += _GIVEN_IS_WORD if name[0] not in DOUBTFUL_SURNAMES else 2 * _GIVEN_IS_WORD
    if name in words:
        score += _IS_WORD
    if name[:2] in words or text[start - 1 : start + 1] in words or text[start - 2 : start + 1] in words:
        score += _CUTS_WORD
    if left < _WHO and (last in _PLACE_LAST or given[0] == "家"):
        score += _PLACE if given[0] != "家" else 0.0 if last in _HOUSE_NAMES else 2 * _PLACE
    if text[start - 1 : start] != ":" and (
        name in NOT_NAMES_AFTER_A_ROLE or (name[0] in "向于和连同" and given in words)
    ):
        return _NEVER_A_NAME
    following = text[end : end + 2]
    if following in TITLES:
        return score + _TITLE
    if following in FOLLOWS:
        return score + _FOLLOW
    if _IDENTITY_AFTER.match(text, end):
        return score + _IDENTIFIED
    if len(text) - end < 30 and _is_signature(text, start, end):
        return score + _SIGNED + _EDGE
    if text.startswith(THINGS, end):
        score += _THING
    elif not following or following[0] in _EDGES:
        return score + (_EDGE if left < _WHO else 2 * _EDGE)
    if last + following[:1] in words:
        score += _CUTS_WORD
    if following[:1] in FOLLOWING or following in words:
        return score + _FOLLOWING
    return score + (_GOES_ON if left < _WHO else _GOES_ON / 2)


def _is_signature(text: str, start: int, end: int) -> bool:
    """On a line of its own or after a closing word, with nothing but a date behind it."""
    alone = text[start - 1 : start] in "\n " or _CLOSING.search(text, max(0, start - 8), start)
    return bool(alone and _TAIL.match(text, end))


def _is_office(text: str, start: int, end: int) -> bool:
    """A holder of a public office, addressed: not a private person."""
    return text.startswith(OFFICE_AFTER, end) and text.endswith(OFFICE_BEFORE, max(0, start - 4), start)
