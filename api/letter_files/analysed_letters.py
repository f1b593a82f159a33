"""What becomes of each row of a file: cleaned, de-identified, then analysed; a batch at a time, none dropped."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from zoneinfo import ZoneInfo

from intake.cleaning import clean_line, clean_text
from intake.redaction import Redacted, Span, redact_together
from intake.tabular import Row, Table
from intake.transcripts import caller_said, read_turns
from intake.values import Cell, as_moment, as_text
from models.analysis import Analyser, AnalyserInput, Analysis
from models.errors import Invalid
from models.submission import Channel

_BATCH = 256
# Files of spreadsheet programs may claim a row far below; so many blank ones in a run are told one by one.
_MOST_BLANK = 1_000


@dataclass(frozen=True, slots=True)
class LetterColumns:
    """The columns of the file, by their names there; "" where there is none."""

    text: str
    title: str = ""
    moment: str = ""


@dataclass(frozen=True, slots=True)
class AnalysedLetter:
    """`number` counts the rows of data from 1. `text` is the masked title, a newline and the masked body; `masked` says
    where in it something personal was. Without an analysis `error` says why there is none."""

    number: int
    title: str = ""
    body: str = ""
    masked: tuple[Span, ...] = ()
    written_on: date | None = None
    analysis: Analysis | None = None
    error: str = ""

    @property
    def text(self) -> str:
        return f"{self.title}\n{self.body}"


def analyse_letters(
    table: Table, columns: LetterColumns, analyser: Analyser, *, channel: Channel, zone: ZoneInfo
) -> Iterator[AnalysedLetter]:
    """One for each row of the table, in order. A time that cannot be read is as none: 昨晚 stays without a day."""
    letters = _letters(table, columns, channel, zone)
    while batch := list(islice(letters, _BATCH)):
        inputs = [
            AnalyserInput(one.title, one.body, channel.value, written_on=one.written_on)
            for one in batch
            if not one.error
        ]
        analyses = iter(analyser.analyse(inputs) if inputs else ())
        for one in batch:
            if one.error:
                yield one
                continue
            yield AnalysedLetter(one.number, one.title, one.body, one.masked, one.written_on, next(analyses))


def _letters(table: Table, columns: LetterColumns, channel: Channel, zone: ZoneInfo) -> Iterator[AnalysedLetter]:
    before = 0
    for row in table.rows:
        number = row.number - table.header_row
        if number - before <= _MOST_BLANK:
            yield from (AnalysedLetter(blank, error="这一行是空的。") for blank in range(before + 1, number))
        before = number
        yield _letter(number, row, columns, channel, zone)


def _letter(number: int, row: Row, columns: LetterColumns, channel: Channel, zone: ZoneInfo) -> AnalysedLetter:
    """As an import would store it. Nothing else sees the text before it is masked."""
    if row.fault:
        return AnalysedLetter(number, error=row.fault)
    title = clean_line(as_text(row.cells[columns.title])) if columns.title else ""
    body = clean_text(as_text(row.cells[columns.text]))
    if not (title or body):
        return AnalysedLetter(number, error="没有文字。")
    if channel is Channel.HOTLINE and read_turns(body):
        body = caller_said(body) or body
    masked_title, masked_body = redact_together((title, body))
    return AnalysedLetter(
        number,
        masked_title.text,
        masked_body.text,
        (*_in_masked(masked_title), *_in_masked(masked_body, len(masked_title.text) + 1)),
        _day(row.cells[columns.moment], zone) if columns.moment else None,
    )


def _day(cell: Cell, zone: ZoneInfo) -> date | None:
    try:
        moment = as_moment(cell, zone)
    except Invalid:
        return None
    return moment.astimezone(zone).date() if moment else None


def _in_masked(redacted: Redacted, offset: int = 0) -> Iterator[Span]:
    """Where the masks stand in the masked text, `offset` further on."""
    for span in redacted.spans:
        start = span.start + offset
        yield Span(start, start + len(span.mask), span.kind, span.mask)
        offset += len(span.mask) - (span.end - span.start)
