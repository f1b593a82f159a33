"""What a cell of a table says: identifiers, times, counts, flags, as people and programs write them. Pure."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeAlias
from zoneinfo import ZoneInfo

from models.analysis import AppealType
from models.errors import Invalid

Cell: TypeAlias = str | datetime

MAX_COUNT = 2_000_000_000
_NOTHING = frozenset(
    ("", "-", "--", "—", "/", "无", "null", "none", "nan", "nat", "n/a", "#n/a", "(空)", "空", "未填写")
)

_EXPONENT = re.compile(r"([+-]?)(\d+)(?:\.(\d*))?[eE]\+?(\d{1,3})")
_DECIMAL_ZERO = re.compile(r"(\d+)\.0+")
# From twelve digits on spreadsheets show numbers in this form, and keep no more than fifteen of them.
_DISPLAYED_EXPONENT = 11

_CLOCK = (
    r"(?:(上午|下午|凌晨|晚上|AM|PM)\s?)?(\d{1,2})\s?[:时点]\s?(\d{1,2})\s?"
    r"(?:[:分]\s?(?:(\d{1,2})(?:\.\d+)?\s?秒?)?)?(?:\s?(AM|PM))?"
)
_MOMENT = re.compile(
    rf"(\d{{4}})\s?[-/.年]\s?(\d{{1,2}})\s?[-/.月]\s?(\d{{1,2}})\s?日?(?:[\sT]*{_CLOCK})?\s?(Z|[+-]\d{{2}}:?\d{{2}})?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_UNIX = re.compile(r"(1\d{9})(\d{3})?(?:\.0+)?")
_EXCEL_EPOCH = datetime(1899, 12, 30)
# 1954 to 2119: other five-digit numbers are not days
_SERIAL_DAYS = range(20_000, 80_000)

_COUNT = re.compile(r"(\d+(?:\.\d+)?)(万|亿|w|k|千)?\+?", re.IGNORECASE)
_COUNT_UNITS = {"": 1, "k": 1_000, "千": 1_000, "万": 10_000, "w": 10_000, "亿": 100_000_000}
# Some collectors write the button's word where the count is zero.
_ZERO_WORDS = frozenset(("赞", "点赞", "评论", "转发", "分享", "收藏"))

_APPEAL_TYPES = {
    "咨询": AppealType.CONSULT, "政策咨询": AppealType.CONSULT, "咨询类": AppealType.CONSULT,
    "求助": AppealType.HELP, "求决": AppealType.HELP, "求助类": AppealType.HELP, "申请求助": AppealType.HELP,
    "投诉": AppealType.COMPLAIN, "投诉类": AppealType.COMPLAIN, "诉求": AppealType.COMPLAIN,
    "举报": AppealType.REPORT, "检举": AppealType.REPORT, "检举控告": AppealType.REPORT, "举报类": AppealType.REPORT,
    "建议": AppealType.SUGGEST, "意见建议": AppealType.SUGGEST, "建言": AppealType.SUGGEST,
    "表扬": AppealType.PRAISE, "感谢": AppealType.PRAISE, "表扬感谢": AppealType.PRAISE, "表扬类": AppealType.PRAISE,
    "其他": AppealType.OTHER, "其它": AppealType.OTHER,
}  # fmt: skip


def as_text(cell: Cell) -> str:
    return cell.strftime("%Y-%m-%d %H:%M:%S") if isinstance(cell, datetime) else cell


def is_nothing(cell: Cell) -> bool:
    """Blank, or one of the words that exports write for blank."""
    return not isinstance(cell, datetime) and cell.strip().lower() in _NOTHING


def as_identifier(cell: Cell) -> str | None:
    """A number or name of a record: 188006.0 and 1.88006E5 are 188006. Raises `Invalid` where digits were lost."""
    if is_nothing(cell):
        return None
    text = unicodedata.normalize("NFKC", as_text(cell)).strip()
    if match := _EXPONENT.fullmatch(text):
        return _whole_number(match, text)
    if match := _DECIMAL_ZERO.fullmatch(text):
        return match[1]
    return text


def _whole_number(match: re.Match[str], text: str) -> str:
    digits, exponent = match[2] + (match[3] or ""), int(match[4])
    lost = exponent >= _DISPLAYED_EXPONENT and len(digits) < exponent + 1
    number = Decimal(text) if exponent < 40 else Decimal("NaN")
    if match[1] == "-" or lost or number != number.to_integral_value():
        raise Invalid(f"编号“{text}”以科学计数法保存，已丢失位数，请在表格中把该列设为文本后重新导出。")
    return str(int(number))


def as_contact(cell: Cell) -> str:
    """A telephone number or another way to reach a person. A number shown as 1.39E+12 is refused, not guessed."""
    if re.fullmatch(r"[\d.]+[eE]\+?\d+|\d+\.0+", as_text(cell).strip()):
        return as_identifier(cell) or ""
    return "" if is_nothing(cell) else as_text(cell).strip()


def as_moment(cell: Cell, zone: ZoneInfo) -> datetime | None:
    """An aware time; None for blank. Without an offset it is a local time of `zone`. Raises `Invalid`.

    Takes 2019/4/18 9:14:48, ISO 8601, 2024年1月5日, 20240105, spreadsheet serials, Unix seconds and milliseconds.
    """
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=zone) if cell.tzinfo is None else cell
    if is_nothing(cell):
        return None
    text = unicodedata.normalize("NFKC", cell).strip()
    try:
        moment = _parse_moment(text, zone)
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise Invalid(f"时间“{text[:40]}”无法识别。")
    return moment


def _parse_moment(text: str, zone: ZoneInfo) -> datetime | None:
    if match := _MOMENT.fullmatch(text):
        half, offset = match[4] or match[8] or "", match[9]
        year, month, day, hour, minute, second = (int(match[group] or 0) for group in (1, 2, 3, 5, 6, 7))
        naive = datetime(year, month, day, _hour(hour, half.upper()), minute, second)
        if offset:
            return datetime.fromisoformat(naive.isoformat() + offset.upper())
        return naive.replace(tzinfo=zone)
    if match := _UNIX.fullmatch(text):
        return datetime.fromtimestamp(int(match[1]), UTC)
    if match := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    if _SERIAL.fullmatch(text) and int(float(text)) in _SERIAL_DAYS:
        return serial_to_datetime(float(text)).replace(tzinfo=zone)
    if re.fullmatch(r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d\d:\d\d:\d\d [+-]\d{4} \d{4}", text):
        return datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y")
    return None


def _hour(hour: int, half: str) -> int:
    if half in ("下午", "晚上", "PM") and hour < 12:
        return hour + 12
    return 0 if half in ("上午", "凌晨", "AM") and hour == 12 else hour


def serial_to_datetime(serial: float, *, from_1904: bool = False) -> datetime:
    """A spreadsheet's day number as local time, to the second. Raises `OverflowError` beyond the calendar."""
    if from_1904:
        serial += 1462
    elif serial < 60:  # spreadsheets believe in 29 February 1900
        serial += 1
    return _EXCEL_EPOCH + timedelta(seconds=round(serial * 86_400))


def as_count(cell: Cell) -> int:
    """A count: 1,234, 1.2万, 10万+; blank is 0. Raises `Invalid`."""
    text = unicodedata.normalize("NFKC", as_text(cell)).replace(",", "").strip()
    if is_nothing(text) or text in _ZERO_WORDS:
        return 0
    match = _COUNT.fullmatch(text)
    try:
        count = int(Decimal(match[1]) * _COUNT_UNITS[(match[2] or "").lower()] if match else Decimal(text))
    except (InvalidOperation, ValueError, OverflowError):
        count = -1
    if not 0 <= count <= MAX_COUNT:
        raise Invalid(f"数量“{text[:40]}”无法识别。")
    return count


def as_flag(cell: Cell) -> bool:
    return as_text(cell).strip().lower() in ("是", "1", "1.0", "true", "yes", "y", "保密")


def as_appeal_type(cell: Cell) -> AppealType | None:
    """The type that the source names; None where it names none of ours."""
    return _APPEAL_TYPES.get(as_text(cell).strip())
