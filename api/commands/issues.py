"""nlp issues: what many say; files in, files out, no database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.commands.console import console
from api.commands.written_table import write_table
from api.installation import load_settings
from api.letter_files.letter_table import LetterTable, Reading
from models.errors import Invalid
from nlp.issues.listing import Issue, find_issues, name_issues
from nlp.issues.names import IssueName

_ISSUE_COLUMNS = (
    *("rank", "heat", "persons", "submissions", "first_date", "last_date", "place", "description"),
    *("heat_persons", "heat_votes", "heat_rate"),
)


def register(app: typer.Typer) -> None:
    app.command("issues")(issues)


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
    write_table(output, _ISSUE_COLUMNS, rows)
    if members:
        write_table(members, _member_columns(table), _member_rows(table, found))
    _print(found, rows, table.reading)


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
