"""Below street level: numbers of houses, buildings, units and rooms. Streets, estates, village groups and regions stay.
Pure.

Buildings and houses also carry numbers that are nobody's home (3号线, 建了6栋楼): a number is an address only after the
name of a street or an estate, in a chain with another part, or where somebody lives or something happens in it.
"""

import re
from collections.abc import Iterator

from intake.redaction.spans import PersonalKind, Span, windows

_HAN_NUMBER = "一二三四五六七八九十百零〇"
_NUMBER = rf"(?:[A-Za-z]{{0,2}}-?\d{{1,5}}[A-Za-z]?|[A-Za-z](?=[栋幢座])|[{_HAN_NUMBER}]{{1,5}})"

# Words after which a number is one of an address. "道" and "里" alone are not: 知道5号停水, 这里3号.
_STREET = (
    rf"(?:大道|门牌|(?<![\d{_HAN_NUMBER}公铁马])路|街|(?<!大)巷|胡同|(?<=[路道街东南西北中])段|(?<=\d)弄"
    r"|(?<=[路街巷])[东南西北中])"
)
_VILLAGE = rf"(?:(?<![乡农])村|[\d{_HAN_NUMBER}]组|[\d{_HAN_NUMBER}]社|(?<=[\d{_HAN_NUMBER}])队)"
_ESTATE = (
    r"(?:小区|花园|家园|新村|新居|公寓|社区|宿舍|大厦|广场|国际|名城|新城|春天|明珠|华庭|府邸|安置房|[苑园府庭湾郡院庄寨轩城居邸坊墅]"
    rf"|(?<![这那哪到在])[里]|[\d{_HAN_NUMBER}]期|[东南西北A-Ea-e]区|号院?)"
)

# A day of the month or a numbered thing, not a house.
_NOT_A_HOUSE = (
    r"(?!线|门(?![口前面店诊卫])|文|令|公告|通知|井|机|桩|车|台|桥|站|门店|窗口|大厅|公寓|信箱|工单|文件|[-~至到、和]?\s?\d{1,2}[号日]|开始|停|上午|下午"
    r"|晚|早|中午|凌晨|以?[前后]|之[前后]|[起当那到至]|左右|\d{1,2}[点:时])"
)

# 公园一号 is the name of an estate, 小区一栋 one building
_SURE_NUMBER = rf"(?![一两][号栋幢座]){_NUMBER}"
_HOUSE = re.compile(
    rf"(?:{_STREET}|{_VILLAGE}|{_ESTATE})(?:附|第)?\s?({_SURE_NUMBER}(?:号?[-之附]{_NUMBER})?)(?=号{_NOT_A_HOUSE})"
)
_HOUSE_SUFFIX = re.compile(rf"(?<=号)附({_NUMBER})(?=号)")
_LANE = re.compile(rf"(?<=[路街道])({_NUMBER})(?=弄)")
_BUILDING_WORD = r"\s?(?:栋|幢|座|号楼)"
_AND = r"\s?(?:以及|[和与及或跟、,至到~-])\s?第?"
# 幸福小区3栋和5栋, 3、5、7栋: all of them. The bound keeps hostile text cheap.
_BUILDING = re.compile(
    rf"{_ESTATE}\s?(?:第)?({_SURE_NUMBER}(?:(?:{_BUILDING_WORD})?{_AND}{_NUMBER}){{0,9}})(?={_BUILDING_WORD})"
)
# 家住3栋, 9号楼的电梯: a building that is named, not counted
_COUNTED = r"(?<![有共建盖修拆栽约近多这那每几整各剩余成了计划划\d])"
_NAMED_BUILDING = re.compile(
    rf"{_COUNTED}(?<![A-Za-z0-9-])([A-Za-z]?\d{{1,3}})\s?(?:号楼|[栋幢](?!楼[房盘,。、]|[房大住高别小新旧厂建商多。,]|左右|以[上下]))"
)
# 3栋2单元501室, G2栋320, 六幢1单元12楼3号: a building and something inside it are an address wherever they stand.
# Floors in words and counted households (三十一层六十二户) are none unless more follows.
_PART = (
    rf"(?:{_NUMBER}\s?(?:单元|室|号房|号(?!楼))|\d{{1,2}}\s?[层楼]|\d{{3,4}}户"
    rf"|[{_HAN_NUMBER}]{{1,3}}[层楼](?={_NUMBER}\s?(?:[号室户]|$)))"
)
_CHAIN = re.compile(
    rf"{_NUMBER}\s?(?:栋|幢|座|号楼|单元)(?:{_AND}{_NUMBER}{_BUILDING_WORD}){{0,9}}"
    rf"[-,、\s]{{0,2}}(?:第?{_PART}[-,、\s]?)*"
    rf"(?:第?{_PART}|[A-Za-z]?\d{{3,4}}(?![\d.]|\s?[年月元块万户人米平㎡%])|[{_HAN_NUMBER}]{{3,4}}(?=[的室,。]))"
)
# 和平巷9号4楼, 3号1单元2-1: what is inside a house
_INSIDE = re.compile(
    rf"(?<=号)({_NUMBER})(?=[楼层](?![的高以到至下上]?[高共总]))|(?<=单元)(\d{{1,2}}-\d{{1,2}})(?![\d-])"
)
# 2楼3号: in a house without name
_FLOOR_AND_DOOR = re.compile(rf"(?<![{_HAN_NUMBER}\d-])({_NUMBER})(?:楼|层)({_NUMBER})(?=[号室](?!线|窗|桌|厅|机|诊))")
_ROOM = re.compile(rf"(?<![\d.])([A-Za-z]?\d{{3,4}}|[{_HAN_NUMBER}]{{3,4}})(?=室(?![内外友温]))")
_UNIT = re.compile(rf"(?<![\d.])({_NUMBER})(?=单元(?!格|测试|楼))")
# 幸福小区3-2-501
_DASHED = re.compile(
    rf"(?:{_ESTATE}|[栋幢])\s?(\d{{1,3}}(?:-\d{{1,2}}){{1,2}}-\d{{3,4}}|\d{{1,3}}-\d{{3,4}}|\d{{1,3}}-\d{{1,2}}-\d{{1,2}})(?![\d-])"
)

_NUMBER_RUN = re.compile(rf"[A-Za-z0-9]+|[{_HAN_NUMBER}]+")
# Most letters have no number before such a word, and need nothing of what stands above. The word comes first: what
# is rare is looked for, and then what stands before it.
_MAY_BE_ADDRESS = re.compile(
    rf"[号栋幢座室弄](?:(?<=[\d{_HAN_NUMBER}A-Za-z].)|(?<=[\d{_HAN_NUMBER}A-Za-z] .))"
    rf"|[单楼层-](?<=[\d{_HAN_NUMBER}A-Za-z].)[元\dA-Z{_HAN_NUMBER}]"
)


# What each pattern needs somewhere: looked for first, as it is a hundred times quicker.
_NUMBERS_IN = (
    (_HOUSE, "号"), (_HOUSE_SUFFIX, "附"), (_LANE, "弄"), (_BUILDING, "栋幢座楼"), (_NAMED_BUILDING, "栋幢楼"),
    (_UNIT, "元"), (_ROOM, "室"), (_DASHED, "-"),
)  # fmt: skip
_CHAINS = ((_CHAIN, "栋幢座楼元"), (_FLOOR_AND_DOOR, "楼层"), (_INSIDE, "楼层元"))


def find_addresses(text: str) -> Iterator[Span]:
    """All house, building, unit and room numbers in folded text; spans may overlap."""
    for start, end in windows(_MAY_BE_ADDRESS, text, 40, 20):
        there = frozenset(text[start:end])
        for pattern, needed in _NUMBERS_IN:
            if not there.isdisjoint(needed):
                for m in pattern.finditer(text, start, end):
                    yield from _spans(text, m.start(1), m.end(1))
        for pattern, needed in _CHAINS:
            if not there.isdisjoint(needed):
                for m in pattern.finditer(text, start, end):
                    yield from _spans(text, m.start(), m.end())


def _spans(text: str, start: int, end: int) -> Iterator[Span]:
    """One for each number: what stands between them stays as it was written."""
    for m in _NUMBER_RUN.finditer(text, start, end):
        yield Span(m.start(), m.end(), PersonalKind.ADDRESS, "*")
