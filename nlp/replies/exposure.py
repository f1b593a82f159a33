"""Which of the places in a reply that may name or reach a person are private, and not an official's or a building's?

The finders of letters (`intake.redaction`) would rather find too much; a reply may name who is responsible, the unit's
telephone and a building. A number before 栋 alone is a building; with a room behind it, it is somebody's home.
"""

import re
from collections.abc import Sequence

from models.analysis import TextSpan

_DIGITS = re.compile(r"[A-Za-z]?[\d一二三四五六七八九十百、\-－#]{1,8}")
_ROOM = re.compile(r"\s?(?:栋|幢|座|号楼|单元|楼|层)?[^，,。；;]{0,6}?\d{2,4}\s?(?:室|房|号房)|\s?室")
_OFFICE = (
    r"(?:书记|省长|市长|区长|县长|镇长|乡长|局长|厅长|部长|主任|院长|校长|科长|股长|处长|队长|所长|站长|组长|会长|委员|代表|专员|干部|民警|"
    r"警官|法官|检察官|同志|校监)"
)
_OFFICE_BEFORE = re.compile(rf"(?:{_OFFICE}|联系人|负责人|工作人员|经办人|值班员|联系方式)[：:（(\s]?$")
_OFFICE_AFTER = re.compile(rf"[）)\s]?(?:副|女|等)?{_OFFICE}")
_AT_WORK = re.compile(r"(?:局|委|办|中心|政府|大楼|大厅|公司|街道)[^，,。；;]{0,4}$")
# What follows the name of a road, a village, a thing.
_THING = re.compile(
    r"[路街巷村组镇乡都堤灯签苑园城桥山河湖塘坝岭冲寺庙祠馆府居线站厂矿井渠品牌式型]"
    r"|社区|小区|公司|集团|大道|广场|[侗苗瑶土]|以来|上岸"
)


def keep_private(reply: str, exposed: Sequence[TextSpan]) -> tuple[TextSpan, ...]:
    """Those of `exposed` that should not stand in a reply, in their order."""
    return tuple(span for span in exposed if _is_private(reply, span))


def _is_private(reply: str, span: TextSpan) -> bool:
    if not 0 <= span.start < span.end <= len(reply):
        return False
    text = reply[span.start : span.end]
    before = reply[max(0, span.start - 8) : span.start]
    if _DIGITS.fullmatch(text) and len(text) < 6:
        return _ROOM.match(reply, span.end) is not None and _AT_WORK.search(before) is None
    if not all("\u4e00" <= character <= "\u9fff" for character in text):
        return True
    if len(text) > 4:
        return True
    official = _OFFICE_BEFORE.search(before) or _OFFICE_AFTER.match(reply, span.end)
    return not official and _THING.match(reply, span.end) is None
