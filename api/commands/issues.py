"""nlp issues, nlp bursts: what many say, and where suddenly more is said; files in, files out, no database."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.commands.console import console, print_json
from api.count_file import read_counts
from api.installation import load_settings
from api.letter_table import LetterTable, Reading
from intake.rejected import neutralise
from models.errors import Invalid, Unavailable
from nlp.issues.listing import Issue, find_issues, name_issues
from nlp.issues.names import IssueName
from nlp.trends.bursts import Burst, BurstSettings, find_bursts

_ISSUE_COLUMNS = (
    *("rank", "heat", "persons", "submissions", "first_date", "last_date", "place", "description"),
    *("heat_persons", "heat_votes", "heat_rate"),
)

_BURST_COLUMNS = ("series", "since", "found", "direction", "count", "expected", "size", "p")


def register(app: typer.Typer) -> None:
    app.command("issues")(issues)
    app.command("bursts")(bursts)


def issues(
    source: Annotated[Path, typer.Option("--input", "-i", help="来件文件（.csv/.xlsx），列名自动识别")],
    output: Annotated[Path, typer.Option("--output", "-o", help="热点问题表（.csv），每个问题一行")],
    members: Annotated[Path | None, typer.Option("--members", help="每个问题的每件来件一行（.csv），不含正文")] = None,
    top: Annotated[int, typer.Option(help="热点问题表列出前几个", min=1)] = 10,
    title: Annotated[str, typer.Option(help="标题所在列")] = "",
    text: Annotated[str, typer.Option(help="正文所在列")] = "",
    moment: Annotated[str, typer.Option("--time", help="时间所在列")] = "",
    number: Annotated[str, typer.Option("--id", help="编号所在列")] = "",
    person: Annotated[str, typer.Option(help="诉求人所在列，同一人的多件只算一人")] = "",
) -> None:
    """热点问题：说同一件事的来件归为一个问题，按热度排序；同样的输入得到同样的结果。"""
    columns = {"title": title, "body": text, "submitted_at": moment, "source_id": number, "person": person}
    table = LetterTable(source, columns, load_settings().zone)
    found = find_issues(table.letters)
    if not table.reading.rows:
        raise Invalid("文件里没有数据行。")
    listed = found[:top]
    names = name_issues(listed, table.letters)
    rows = [_issue_row(issue, name) for issue, name in zip(listed, names, strict=True)]
    _write(output, _ISSUE_COLUMNS, rows)
    if members:
        _write(members, _member_columns(table), _member_rows(table, found))
    _print(found, rows, table.reading)


def bursts(
    source: Annotated[Path, typer.Option("--input", "-i", help="计数文件（.csv/.xlsx）：series,time,count[,persons]")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="突增表（.csv），每次突增一行")] = None,
    false_alarms: Annotated[float, typer.Option(help="全部序列合计每月容许的误报次数", min=0.001, max=1000)] = 0.5,
    holidays: Annotated[bool, typer.Option(help="节假日、调休按国务院日历计")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出结果")] = False,
) -> None:
    """突增与骤减：每个序列按小时或按日的件数，与其平常相比，何时起、多多少。"""
    table = read_counts(source, load_settings().zone, holidays=holidays)
    settings = BurstSettings(false_alarms=false_alarms)
    if len(table.kinds) <= settings.first_day:
        raise Invalid(f"文件只有 {len(table.kinds)} 天，要多于 {settings.first_day} 天才能知道平常是多少。")
    found = find_bursts(table, settings)
    rows = [_burst_row(burst) for burst in found]
    if output:
        _write(output, _BURST_COLUMNS, [list(row.values()) for row in rows])
    if as_json:
        print_json({"bursts": rows})
        return
    unit = "小时" if table.hourly else "日"
    console.print(f"{len(table.names)} 个序列，{table.counts.shape[1]} {unit}，{len(found)} 次突增或骤减。")
    for burst in found:
        size = f"{burst.count} 件，平常 {burst.expected:.1f} 件，{burst.size:+.1f}"
        word = "突增" if burst.direction == "up" else "骤减"
        console.print(
            f"{burst.series}  {burst.since:%Y-%m-%d %H:%M} 起{word}：{size}，p = {burst.p:.1e}，"
            f"{burst.found:%Y-%m-%d %H:%M} 发现",
            markup=False,
        )


def _burst_row(burst: Burst) -> dict[str, str | int | float]:
    return {
        "series": burst.series,
        "since": burst.since.isoformat(),
        "found": burst.found.isoformat(),
        "direction": burst.direction,
        "count": burst.count,
        "expected": round(burst.expected, 2),
        "size": round(burst.size, 2),
        "p": float(f"{burst.p:.3g}"),
    }


def _issue_row(issue: Issue, name: IssueName) -> list[str]:
    parts = (issue.heat.persons, issue.heat.votes, issue.heat.rate)
    return [
        str(issue.rank),
        f"{issue.heat.total:.3f}",
        str(issue.persons),
        str(issue.submissions),
        issue.first.isoformat() if issue.first else "",
        issue.last.isoformat() if issue.last else "",
        name.place,
        name.description,
        *(f"{part:.3f}" for part in parts),
    ]


def _member_columns(table: LetterTable) -> list[str]:
    """The input's own columns; one of them that is called like ours becomes rank(2)."""
    return ["rank", "row", *(f"{c}(2)" if c in ("rank", "row") else c for c in table.kept)]


def _member_rows(table: LetterTable, found: Sequence[Issue]) -> list[list[str]]:
    ranks = {position: issue.rank for issue in found for position in issue.positions}
    rows = [
        (ranks[position], number, cells) for position, (number, cells) in enumerate(table.rows()) if position in ranks
    ]
    rows.sort(key=lambda row: row[:2])
    return [[str(rank), str(number), *cells] for rank, number, cells in rows]


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str | float]]) -> None:
    """Through memory, so that a failure leaves no half file. A spreadsheet would run a cell that begins like a formula.

    Raises `Unavailable` where the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(neutralise, columns))
    for row in rows:
        writer.writerow([neutralise(cell) if isinstance(cell, str) else cell for cell in row])
    try:
        path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    except OSError as error:
        raise Unavailable(f"无法写入 {path}：{error.strerror}。") from error


def _print(found: Sequence[Issue], rows: Sequence[Sequence[str]], reading: Reading) -> None:
    letters = sum(issue.submissions for issue in found)
    console.print(f"{reading.rows} 件来件，{len(found)} 个热点问题，共 {letters} 件；其余各说各事。")
    for rank, heat, persons, submissions, first, last, _, description, *_ in rows:
        days = f"{first}至{last}" if first else "时间不明"
        console.print(f"{rank:>3}  热度 {heat}  {persons} 人 {submissions} 件  {days}  {description}", markup=False)
    for count, what in (
        (reading.blank, "标题、正文都空，未计入"),
        (reading.broken, "格式有误，未计入"),
        (reading.undated, "没有可识别的时间，按时间不明计入"),
    ):
        if count:
            console.print(f"{count} 行{what}。")
