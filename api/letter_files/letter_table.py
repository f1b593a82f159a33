"""A file of submissions of any channel as letters, once for each time it is read; its rows without their texts."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from intake.headers import normalise_name
from intake.presets import ColumnMap, known_names, map_columns
from intake.records import Record
from intake.tabular import Row, Table, open_table
from intake.values import as_count, as_identifier, as_moment, as_text
from models.errors import Invalid
from models.submission import Channel
from nlp.issues.listing import Letter

_CHANNELS = (Channel.LETTER, Channel.HOTLINE, Channel.SOCIAL)
# What an issue needs and no import stores: who is against it clicks as well.
_DISLIKES = ("反对数", "反对", "点踩数", "dislikes")


@dataclass(slots=True)
class Reading:
    """What could not be used: `blank` rows have neither title nor text, `broken` are no rows of this table."""

    rows: int = 0
    blank: int = 0
    broken: int = 0
    undated: int = 0


class LetterTable:
    """`columns` names columns of the file for title, body, submitted_at, source_id or person; the presets of the
    import name the others. Raises `Invalid` where a named column is not there or no text is found."""

    def __init__(self, path: Path, columns: Mapping[str, str], zone: ZoneInfo) -> None:
        self._path = path
        self._named = {field: column for field, column in columns.items() if column}
        self._zone = zone
        self._known = frozenset(map(normalise_name, self._named.values())).union(
            *(known_names(channel, {}) for channel in _CHANNELS)
        )
        with self._open() as table:
            self._map, self._person = self._find_columns(table.columns)
            by_name = {normalise_name(column): column for column in reversed(table.columns)}
        self._dislikes = next((by_name[name] for name in map(normalise_name, _DISLIKES) if name in by_name), None)
        texts = set(self._map.fields["body"])
        self.kept = tuple(column for column in self._map.columns if column not in texts)
        self.reading = Reading()

    def letters(self) -> Iterator[Letter]:
        """The usable rows in order. `reading` tells of the last complete pass."""
        reading = Reading()
        for _, letter in self._pass(reading):
            yield letter
        self.reading = reading
        if "submitted_at" in self._named and reading.rows and reading.undated == reading.rows:
            raise Invalid(f"“{self._named['submitted_at']}”列里没有一行能识别为时间，请用 --time 指定别的列。")

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Number in the file and cells of `kept`, for the same rows as `letters` and in the same order."""
        for row, _ in self._pass(Reading()):
            yield row.number, [self._cell(row, column) for column in self.kept]

    @contextmanager
    def _open(self) -> Iterator[Table]:
        with open_table(self._path, self._known) as table:
            yield table

    def _pass(self, reading: Reading) -> Iterator[tuple[Row, Letter]]:
        with self._open() as table:
            for row in table.rows:
                if row.fault:
                    reading.broken += 1
                    continue
                letter = self._letter(row, reading)
                if letter.title or letter.body:
                    reading.rows += 1
                    yield row, letter
                else:
                    reading.blank += 1

    def _letter(self, row: Row, reading: Reading) -> Letter:
        record = Record(row.cells, self._map)
        title, body = record.text("title"), record.text("body")
        if not title and not body:
            return Letter("", "")
        try:
            moment = as_moment(record.cell("submitted_at"), self._zone)
        except Invalid:
            moment = None
        reading.undated += moment is None
        person = "\0".join(filter(None, (as_text(row.cells[column]).strip() for column in self._person)))
        return Letter(
            title, body, person, moment.astimezone(self._zone).date() if moment else None, self._votes(record)
        )

    def _votes(self, record: Record) -> int:
        cells = [record.cell("likes")]
        if self._dislikes:
            cells.append(record.cells.get(self._dislikes, ""))
        votes = 0
        for cell in cells:
            try:
                votes += as_count(cell)
            except Invalid:
                continue  # a count that is no number is nobody's click
        return votes

    def _cell(self, row: Row, column: str) -> str:
        cell = row.cells.get(column, "")
        if column in self._map.fields.get("source_id", ()):
            try:
                return as_identifier(cell) or ""
            except Invalid:
                pass
        return as_text(cell)

    def _find_columns(self, columns: Sequence[str]) -> tuple[ColumnMap, tuple[str, ...]]:
        own = {normalise_name(column): column for column in reversed(columns)}
        missing = [column for column in self._named.values() if normalise_name(column) not in own]
        if missing:
            raise Invalid(f"文件里没有列“{'”“'.join(missing)}”，现有：{'、'.join(columns[:30]) or '（无）'}。")
        named: dict[str, tuple[str, ...]] = {
            field: (own[normalise_name(column)],) for field, column in self._named.items()
        }
        person = named.pop("person", ())
        found = self._recognise(columns)
        if found is None and "body" not in named:
            raise Invalid(
                f"没有认出正文所在的列。现有的列：{'、'.join(columns[:30]) or '（无）'}。"
                "请用 --text 指定，例如 --text 反映内容 --title 标题 --time 时间。"
            )
        fields = {**(dict(found.fields) if found else {}), **named}
        if not person:
            fields_of_person = (fields.get(field, ()) for field in ("contact", "handle", "name"))
            person = next((group for group in fields_of_person if group), ())
        taken = {column for field in ("title", "body") for column in fields.get(field, ())}
        result = found or ColumnMap("--text", "file", False, {}, (), tuple(columns))
        return replace(result, fields=fields, columns=tuple(columns)), tuple(c for c in person if c not in taken)

    def _recognise(self, columns: Sequence[str]) -> ColumnMap | None:
        """The first channel whose presets know these columns."""
        for channel in _CHANNELS:
            try:
                return map_columns(columns, channel, {})
            except Invalid:
                continue
        return None
