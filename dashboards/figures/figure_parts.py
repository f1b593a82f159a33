"""What do the pictures of an analysis share? Shades, axes of counts and shares, ticks over time, words. Pure."""

from collections.abc import Callable, Sequence

from dashboards.analysis.analysis_lines import Count, Line
from dashboards.daily_facts.fact_series import Period
from dashboards.figures.figure_model import Figure
from dashboards.figures.figures import nice_step
from dashboards.figures.theme import SHADES, TEXT
from dashboards.formats import format_count, format_rate

ToAddress = Callable[[Line], str | None]
TICKS_OVER_TIME = 4
# Shades this dark carry white words: 4.6:1 and more.
_DARK_FROM = 4
_NARROWEST_SCALE = 0.1
_RATE_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25)


def no_address(_: Line) -> str | None:
    return None


def value_text(count: Count | None) -> str:
    """1.2万, 93.4%, — where there is nothing."""
    if count is None:
        return "—"
    return format_count(count.numerator) if count.denominator is None else format_rate(count.value)


def long_text(count: Count | None) -> str:
    """The number with what is behind it, for a mark that is touched."""
    if count is None:
        return "无数据"
    if count.denominator is None:
        return f"{count.numerator:,}件"
    if count.interval is None:
        return f"{format_rate(count.value)}（{count.denominator:,}件中{count.numerator:,}件）"
    low, high = count.interval
    return (
        f"{format_rate(count.value)}（{count.denominator:,}件中{count.numerator:,}件，"
        f"95%区间{format_rate(low)}至{format_rate(high)}）"
    )


def shade_scale(lines: Sequence[Line]) -> tuple[float, float]:
    """From where to where the shades go: counts from none to the highest; rates from the lowest to the highest of those
    over 30 cases and more, at least ten points wide, or chance would look like a difference."""
    counts = [line.count for line in lines if line.count and not line.count.weak]
    values = [count.value for count in counts if count.value is not None]
    if not values or counts[0].denominator is None:
        return 0.0, max(values, default=0)
    low = min(min(values), max(values) - _NARROWEST_SCALE)
    return max(0.0, low), max(max(values), _NARROWEST_SCALE)


def shade_of(count: Count | None, scale: tuple[float, float]) -> str:
    """The area colour of a number; white where there is none, or a rate over fewer than 30 cases."""
    if count is None or count.value is None or count.weak:
        return "#FFFFFF"
    low, high = scale
    place = int((count.value - low) / (high - low) * (len(SHADES) - 1) + 0.5) if high > low else 0
    return SHADES[min(max(place, 0), len(SHADES) - 1)]


def word_colour(shade: str) -> str:
    return "#FFFFFF" if shade in SHADES[_DARK_FROM:] else TEXT


def values_of(lines: Sequence[Line]) -> list[float]:
    """All numbers there are, those compared with too."""
    counts = [count for line in lines for count in (line.count, line.compared) if count]
    return [count.value for count in counts if count.value is not None]


def set_value_axis(figure: Figure, highest: float, *, rate: bool, **more: object) -> None:
    """Ticks in 万 or percent, a little room above the highest; the zero line needs no word."""
    if rate:
        step = next((step for step in _RATE_STEPS if step * 5 >= highest), 0.25)
        ticks = [step * n for n in range(int(min(1.0, highest) / step + 1e-9) + 2) if step * n <= 1 + 1e-9]
        words = ["", *(f"{tick:.0%}" for tick in ticks[1:])]
        top = max(ticks[-1], highest) * 1.03
    else:
        whole = nice_step(int(highest))
        ticks = [float(n) for n in range(0, int(highest) + whole, whole)]
        words = ["", *(format_count(int(tick)) for tick in ticks[1:])]
        top = max(ticks[-1], highest * 1.12)
    figure.update_yaxes(tickmode="array", tickvals=ticks, ticktext=words, range=[0, top], **more)


def set_time_axis(figure: Figure, keys: Sequence[str], period: Period, most: int = TICKS_OVER_TIME) -> None:
    """At most `most` words below the line, the year where it begins. Keys are ISO dates, or words for what lies behind
    the last of them."""
    dates = [key for key in keys if key[:4].isdigit()]
    shown = dates[:: max(1, -(-len(dates) // most))]
    words, year = [], ""
    for key in shown:
        month, day = int(key[5:7]), int(key[8:10])
        quarter = f"{(month + 2) // 3}季度"
        text = {"year": "", "quarter": quarter, "month": f"{month}月"}.get(period, f"{month}月{day}日")
        words.append(f"{text}{'<br>' if text else ''}{key[:4]}年" if key[:4] != year else text)
        year = key[:4]
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=list(keys),
        tickmode="array",
        tickvals=shown,
        ticktext=words,
        tickangle=0,
    )
