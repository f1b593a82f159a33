"""Numbers, rates and times as people read them."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

_WAN = 10_000
_YI = 100_000_000


def format_count(value: int) -> str:
    """9,876 below ten thousand, then 1.2万, then 3.4亿. The exact number belongs into a list or a file."""
    if abs(value) < _WAN:
        return f"{value:,}"
    wan = _one_digit(value, _WAN)
    if abs(wan) < _WAN:
        return f"{_trimmed(wan)}万"
    return f"{_trimmed(_one_digit(value, _YI))}亿"


def format_rate(rate: float | None) -> str:
    """A share 0..1 as 93.4%. Only all is 100% and only none is 0%: 99.97 % must not read as "no case was late"."""
    if rate is None:
        return "—"
    if rate in (0, 1):
        return f"{rate:.0%}"
    percent = Decimal(str(rate * 100)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{min(max(percent, Decimal('0.1')), Decimal('99.9'))}%"


def format_date(at: datetime, zone: ZoneInfo) -> str:
    """For citizens: 2026年11月23日."""
    local = at.astimezone(zone)
    return f"{local.year}年{local.month}月{local.day}日"


def format_moment(at: datetime, *, now: datetime, zone: ZoneInfo) -> str:
    """For staff: 11-23 14:05; with the year where it is not this year."""
    local = at.astimezone(zone)
    return local.strftime("%m-%d %H:%M" if local.year == now.astimezone(zone).year else "%Y-%m-%d %H:%M")


def format_time_left(due_at: datetime, *, now: datetime) -> str:
    """还剩3天, 还剩5小时, 超期2天 … in whole natural days or hours, rounded down; at `due_at` nothing is late yet."""
    left = due_at - now
    word, span = ("还剩", left) if left >= timedelta(0) else ("超期", -left)
    if span.days:
        return f"{word}{span.days}天"
    hours = span.seconds // 3600
    return f"{word}{hours}小时" if hours else f"{word}不足1小时"


def _one_digit(value: int, unit: int) -> Decimal:
    return (Decimal(value) / unit).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _trimmed(number: Decimal) -> str:
    return f"{number:,}".removesuffix(".0")
