"""Which promises of a reply name a day that is already over? Only days with their year, or of 今年."""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from nlp.replies.parts import Part, Role

_DATED = re.compile(
    r"(?:将|拟|计划|预计|预期|承诺|争取|力争|确保|有望|准备)[^，,。；;]{0,12}?"
    r"((?:(?P<year>20\d\d)\s?年|今年)(?:\s?(?P<month>\d{1,2})\s?月(?:\s?(?P<day>\d{1,2})\s?[日号]|(?P<part>上旬|中旬))?)?)"
    r"(?:份|底|末|初|下旬)?(?:之?前|以?前|内)?[^，,。；;]{0,24}?(?:完成|建成|完工|竣工|开工|动工|启动|投入|通车|安装|整改|修复|改造|实施|开通|启用|交付|办结|答复|回复|到位|解决|拆除)"
)
_PARTS = {"上旬": 10, "中旬": 20}


def find_past_promises(reply: str, parts: Sequence[Part], written_on: date) -> list[tuple[int, int]]:
    """Where the last day that a promise leaves is before `written_on`."""
    return [
        match.span(1)
        for part in parts
        if part.role is Role.SAID
        for match in _DATED.finditer(reply, part.start, part.end)
        if (last := _last_day(match, written_on.year)) is not None and last < written_on
    ]


def _last_day(match: re.Match[str], this_year: int) -> date | None:
    year = int(match["year"] or this_year)
    month = int(match["month"] or 12)
    if not 1 <= month <= 12:
        return None
    length = monthrange(year, month)[1]
    day = int(match["day"] or _PARTS.get(match["part"] or "", length))
    return date(year, month, day) if 1 <= day <= length else None
