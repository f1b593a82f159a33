"""A file becomes submissions: batch by batch, each committed, so that a kill loses nothing and a second run goes on."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from zoneinfo import ZoneInfo

from intake.acceptance import accept
from intake.dry_run import SeenRecords, preview
from intake.encryption import Keys
from intake.hotline import read_hotline_record
from intake.import_repository import add_import, finish_import, update_import
from intake.letters import read_letter
from intake.presets import ColumnMap, known_names, map_columns, parse_mapping
from intake.records import Record
from intake.registration import register
from intake.rejected import RejectedRows
from intake.social import read_post
from intake.surveys import SAMPLE_ROWS, plan_questionnaire, read_answers
from intake.tabular import Row, Table, open_table
from models.database import Connection
from models.errors import Invalid
from models.submission import Channel, NewSubmission

BATCH_ROWS = 500
_CONFLICT = "编号已存在但内容不同。"

Reader = Callable[[Record], NewSubmission]
OpenTransaction = Callable[[], AbstractContextManager[Connection]]
# read, new, already here, rejected, fraction of the file
Progress = Callable[[int, int, int, int, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """`read` = `new` + `already_here` + `rejected`, in rows of the file; blank rows are not counted.

    `without_time` of the new ones had no time and count from the import. `complete` is False where the file broke off:
    `broken_at` is then the first row that could not be read, and nothing from there on was taken. `rejected_path` is
    None where nothing was rejected, or in a dry run. `import_id` is None in a dry run."""

    read: int = 0
    new: int = 0
    already_here: int = 0
    rejected: int = 0
    without_time: int = 0
    complete: bool = True
    broken_at: int | None = None
    rejected_path: Path | None = None
    import_id: int | None = None
    preset: str = ""


@dataclass(frozen=True, slots=True)
class _Run:
    """What stays the same for all batches of one import."""

    open_transaction: OpenTransaction
    actor: str
    now: datetime
    keys: Keys
    zone: ZoneInfo
    read_row: Reader
    columns: ColumnMap
    import_id: int | None
    seen: SeenRecords


def import_file(
    path: Path,
    *,
    channel: Channel,
    mapping: str | None,
    open_transaction: OpenTransaction,
    actor: str,
    now: datetime,
    keys: Keys,
    zone: ZoneInfo,
    rejected_folder: Path,
    dry_run: bool = False,
    on_progress: Progress | None = None,
) -> ImportSummary:
    """Take all rows of a .csv or .xlsx that can be taken; the others go to `<stem>.rejected.csv` with their reason.

    That file lies beside the source, or in `rejected_folder` where the source's folder cannot be written. Raises
    `Invalid` where the file as a whole cannot be read or its columns are unknown; nothing is stored then. Where the
    file breaks off later, what came before it is kept, the break is one rejected row and the summary not `complete`.
    """
    began = time.monotonic()
    by_hand = parse_mapping(mapping or "")
    with open_table(path, known_names(channel, by_hand)) as table:
        columns = map_columns(table.columns, channel, by_hand)
        rows = _until_broken(table.rows)
        read_row, rows = _choose_reader(channel, columns, rows, zone)
        first = next(rows, None)
        if first is None:
            raise Invalid("文件里只有列名，没有数据。")
        import_id = None
        if not dry_run:
            with open_transaction() as conn:
                import_id = add_import(
                    conn, channel=channel, file_name=_printable(path.name), preset=columns.preset, actor=actor, now=now
                )
        run = _Run(open_transaction, actor, now, keys, zone, read_row, columns, import_id, SeenRecords())
        rejected = RejectedRows(path, rejected_folder, table.columns)
        try:
            summary = _take_all(run, chain([first], rows), table, rejected, on_progress)
        finally:
            rejected.close()
        if import_id is not None:
            with open_transaction() as conn:
                finished = now + timedelta(seconds=time.monotonic() - began)
                finish_import(conn, import_id, now=finished, actor=actor)
        return replace(summary, rejected_path=rejected.path)


def _take_all(
    run: _Run, rows: Iterator[Row], table: Table, rejected: RejectedRows, on_progress: Progress | None
) -> ImportSummary:
    total = ImportSummary(import_id=run.import_id, preset=run.columns.preset)
    while batch := list(islice(rows, BATCH_ROWS)):
        total, refused = _take_batch(run, batch, total)
        if run.import_id is not None:
            for row, reason in refused:
                rejected.add(row.number, reason, row.cells)
            rejected.flush()
        if on_progress is not None:
            on_progress(total.read, total.new, total.already_here, total.rejected, table.fraction())
    return total


def _take_batch(run: _Run, batch: Sequence[Row], before: ImportSummary) -> tuple[ImportSummary, list[tuple[Row, str]]]:
    """One transaction: the rows and the counts together. The totals so far, and the refused rows with their reasons."""
    taken: list[tuple[Row, NewSubmission]] = []
    refused: list[tuple[Row, str]] = []
    for row in batch:
        try:
            taken.append((row, _read(run, row)))
        except Invalid as error:
            refused.append((row, error.message))
    new = [item for _, item in taken]
    with run.open_transaction() as conn:
        if run.import_id is None:
            answers = preview(conn, new, run.keys, run.seen)
        else:
            registered = register(
                conn, new, actor=run.actor, now=run.now, keys=run.keys, zone=run.zone, import_id=run.import_id
            )
            answers = [item.status for item in registered]
        refused += [(row, _CONFLICT) for (row, _), answer in zip(taken, answers, strict=True) if answer == "conflict"]
        without_time = sum(
            item.submitted_at is None and answer == "new" for item, answer in zip(new, answers, strict=True)
        )
        broken_at = next((row.number for row in batch if row.breaks_off), None)
        total = replace(
            before,
            read=before.read + len(batch),
            new=before.new + answers.count("new"),
            already_here=before.already_here + answers.count("already_here"),
            rejected=before.rejected + len(refused),
            without_time=before.without_time + without_time,
            complete=broken_at is None,
            broken_at=broken_at,
        )
        if run.import_id is not None:
            update_import(
                conn, run.import_id, read=total.read, new=total.new, already_here=total.already_here,
                rejected=total.rejected, actor=run.actor,
            )  # fmt: skip
    return total, sorted(refused, key=lambda item: item[0].number)


def _read(run: _Run, row: Row) -> NewSubmission:
    if row.fault:
        raise Invalid(row.fault)
    return accept(run.read_row(Record(row.cells, run.columns)), now=run.now)


def _choose_reader(
    channel: Channel, columns: ColumnMap, rows: Iterator[Row], zone: ZoneInfo
) -> tuple[Reader, Iterator[Row]]:
    """How a row of this channel is read; a survey is first looked at, so its leading rows are taken and put back."""
    if channel is Channel.SURVEY:
        leading = list(islice(rows, SAMPLE_ROWS))
        questionnaire = plan_questionnaire(columns, [row.cells for row in leading])
        return (lambda record: read_answers(record, questionnaire, zone)), chain(leading, rows)
    readers = {Channel.LETTER: read_letter, Channel.HOTLINE: read_hotline_record, Channel.SOCIAL: read_post}
    read = readers[channel]
    return (lambda record: read(record, zone)), rows


def _printable(name: str) -> str:
    """File names are bytes; those that are no text still have to be stored."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _until_broken(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows up to where the file cannot be read on, and there one row that says so."""
    number = 0
    try:
        for row in rows:
            number = row.number
            yield row
    except Invalid as error:
        if number == 0:
            raise
        yield Row(number + 1, {}, f"从这一行起无法继续读取：{error.message}", breaks_off=True)
