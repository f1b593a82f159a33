"""nlp bursts: where suddenly more is said, or less; a file of counts in, a file of bursts out, no database."""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.console import console, print_json
from api.commands.written_table import write_table
from api.installation import load_settings
from api.letter_files.count_file import CountFile, read_counts
from models.errors import Invalid
from nlp.trends.bursts import Burst, BurstSettings, find_bursts

# Documented in docs/input_files.md: names stay, new ones are added at the end.
_COLUMNS = (
    *("series", "since", "found", "direction", "count", "expected", "size", "p"),
    *("low", "high", "a_month"),
)


def register(app: typer.Typer) -> None:
    app.command("bursts")(bursts)


def bursts(
    source: Annotated[Path, typer.Option("--input", "-i", help="计数文件（.csv/.xlsx）：series,time,count[,persons]")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="突增表（.csv），每次突增一行")] = None,
    false_alarms: Annotated[float, typer.Option(help="全部序列合计每月容许的误报次数", min=0.001, max=1000)] = 0.5,
    holidays: Annotated[bool, typer.Option(help="节假日、调休按国务院日历计")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出结果")] = False,
) -> None:
    """突增与骤减：每个序列按小时或按日的件数，与其平常相比，何时起、多多少。

    没有的时段按 0 计，同一时段多行相加；无法识别的行略去并说明。size 为多出的件数（有人数时为人数），95% 在 low 与 high
    之间；a_month 为全部序列合计每月因偶然出现同样情形的次数。
    """
    read = read_counts(source, load_settings().zone, holidays=holidays)
    settings = BurstSettings(false_alarms=false_alarms)
    if len(read.table.kinds) <= settings.first_day:
        raise Invalid(f"文件只有 {len(read.table.kinds)} 天，要多于 {settings.first_day} 天才能知道平常是多少。")
    found = find_bursts(read.table, settings)
    rows = [_row(burst) for burst in found]
    if output:
        write_table(output, _COLUMNS, [list(row.values()) for row in rows])
    if as_json:
        print_json({"bursts": rows, "skipped_rows": read.skipped, "first_skipped": read.first_skipped})
        return
    _print(read, found)


def _row(burst: Burst) -> dict[str, str | int | float]:
    return {
        "series": burst.series,
        "since": burst.since.isoformat(),
        "found": burst.found.isoformat(),
        "direction": burst.direction,
        "count": burst.count,
        "expected": round(burst.expected, 2),
        "size": round(burst.size, 2),
        "p": float(f"{burst.p:.3g}"),
        "low": round(burst.low),
        "high": round(burst.high),
        "a_month": float(f"{burst.a_month:.3g}"),
    }


def _print(read: CountFile, found: list[Burst]) -> None:
    table = read.table
    unit, voices = ("小时" if table.hourly else "日"), ("件" if table.persons is None else "人")
    console.print(f"{len(table.names)} 个序列，{table.counts.shape[1]} {unit}，{len(found)} 次突增或骤减。")
    if read.skipped:
        console.print(f"{read.skipped} 行无法识别，未计入；第一处：{read.first_skipped}", markup=False)
    for burst in found:
        more, word = ("多", "突增") if burst.direction == "up" else ("少", "骤减")
        least, most = sorted((abs(burst.low), abs(burst.high))) if burst.low * burst.high > 0 else (0, burst.high)
        console.print(
            f"{burst.series}  {burst.since:%Y-%m-%d %H:%M} 起{word}：{burst.count} {voices}，平常 {burst.expected:.1f} "
            f"{voices}，{more} {abs(burst.size):.1f}（95%：{least:.0f}–{most:.0f}），"
            f"{burst.found:%Y-%m-%d %H:%M} 发现；偶然出现每月 {burst.a_month:.2g} 次",
            markup=False,
        )
