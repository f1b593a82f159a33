"""The officer's queue: what my unit has to do, in sections by when it falls due, each line with what is next."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from api.pages.cases.case_wording import Badge
from api.pages.cases.filters import address
from api.pages.desk.queue_wording import clock_badges, next_step
from dashboards.lists.desk_queue import QueueRow, QueueSection, list_queue, section_criteria
from models.database import Connection
from routing.directory import Directory

# Lines of a section; the rest opens as a list.
SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """A case with the words around it."""

    row: QueueRow
    next: str
    clocks: list[Badge]
    topic: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """`href` opens all of it as a list."""

    kind: QueueSection
    total: int
    lines: list[QueueLine]
    href: str


def read_queue(conn: Connection, unit: str, *, now: datetime, zone: ZoneInfo) -> list[QueueRow]:
    """The first lines of each section, with what there is in all."""
    return list_queue(conn, unit, now=now, zone=zone, limit=SHOWN)


def queue_sections(rows: list[QueueRow], directory: Directory, *, now: datetime, zone: ZoneInfo) -> list[Section]:
    """The sections that hold something, in their order."""
    today = now.astimezone(zone).date()
    sections = []
    for kind in QueueSection:
        mine = [row for row in rows if row.section == kind.value]
        if mine:
            lines = [_line(row, directory, now=now) for row in mine]
            href = address("/cases", section_criteria(kind, today))
            sections.append(Section(kind=kind, total=mine[0].total, lines=lines, href=href))
    return sections


def _line(row: QueueRow, directory: Directory, *, now: datetime) -> QueueLine:
    return QueueLine(
        row=row,
        next=next_step(row),
        clocks=clock_badges(row, directory.amber, now=now),
        topic=directory.topic_name(row.topic_code).rpartition(" · ")[2],
        place=directory.region_name(row.region_code),
    )
