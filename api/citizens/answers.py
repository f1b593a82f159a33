"""What anybody reads of answered letters: a page of the list, one of them, its files. Nothing in it is of a person."""

from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from fastapi.responses import Response

from api.runtime import Runtime
from api.staff.attachments import as_file
from api.staff.person_search import find_contact
from intake.redaction.publishing import file_name_for_everybody
from models.attachment import Attachment
from models.database import Connection
from models.errors import NotFound
from models.publication import AnswerCriteria, PublicAnswer
from nlp.search_query import read_query
from routing.casework import attachments
from routing.directory import Directory
from routing.replies import published_repository as rows
from routing.replies.publication import filter_marks, month_mark

PAGE_SIZE = 20
SEARCHES_PER_HOUR = 240
FILES_PER_HOUR = 300
# No unit, topic or region is called by more; PostgreSQL refuses a word that is much longer.
LONGEST_CODE = 40
# In a browser's own memory alone, and not for long: what who wrote takes back is gone.
CACHED = "private, max-age=30"
_ROUGH_DAYS = (7, 15, 30, 60, 90)
# Months that are looked through at once: what many have is found in the newest, what few have in all.
_SPANS = (1, 3, 12)
# So few hits are read at once, whenever they were: several common words that no answer has together
# would be looked for in month after month.
_FEW = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """An answer in the words of the city. `heading`: the title of the letter, or `matter`: what it is about and where.
    `submitted_on` is None without consent: with matter and place a day can tell neighbours who wrote."""

    answer: PublicAnswer
    heading: str
    matter: str
    topic: str
    place: str
    unit: str
    submitted_on: date | None
    replied_on: date
    took: str

    @property
    def days(self) -> int | None:
        """How many went by between letter and answer."""
        return None if self.submitted_on is None else max(0, (self.replied_on - self.submitted_on).days)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    """`following`: behind which number the next page begins, None on the last."""

    rows: tuple[AnswerView, ...]
    following: int | None


def list_page(
    conn: Connection,
    runtime: Runtime,
    criteria: AnswerCriteria,
    *,
    typed: str = "",
    before: int | None = None,
    limit: int = PAGE_SIZE,
) -> AnswerPage:
    """The newest first; with `typed` only what has all of its words."""
    if any(len(code) > LONGEST_CODE for code in astuple(criteria) if code is not None):
        return AnswerPage(rows=(), following=None)
    if typed.strip():
        found = _search(conn, typed, criteria, before=before, limit=limit + 1)
    else:
        found = rows.list_answers(conn, criteria, before=before, limit=limit + 1)
    directory, zone = runtime.directory(conn), runtime.settings.zone
    shown = tuple(view_answer(answer, directory, zone) for answer in found[:limit])
    return AnswerPage(rows=shown, following=shown[-1].answer.number if len(found) > limit else None)


def get_answer(conn: Connection, runtime: Runtime, number: int) -> tuple[AnswerView, list[Attachment]]:
    """With the files that are published with it. Raises `NotFound`, in the same words whatever the reason is."""
    found = rows.find_answer(conn, number)
    if found is None:
        raise NotFound("没有找到这条公开的答复，可能已经撤下。")
    view = view_answer(found, runtime.directory(conn), runtime.settings.zone)
    files = rows.list_files(conn, found.reply_id)
    return view, [replace(file, name=file_name_for_everybody(file.name)) for file in files]


def fetch_file(conn: Connection, runtime: Runtime, number: int, attachment_id: int) -> Response:
    """Raises `NotFound` for what is not published with this answer."""
    _, files = get_answer(conn, runtime, number)
    for found in files:
        if found.id == attachment_id:
            return as_file(found, attachments.read_content(conn, found, runtime.keys))
    raise NotFound("没有找到这个附件。")


def asks_for_person(typed: str) -> bool:
    """Whether a telephone number or mailbox was typed: nothing is found by it, and it is not looked for."""
    return find_contact(typed) is not None


def view_answer(answer: PublicAnswer, directory: Directory, zone: ZoneInfo) -> AnswerView:
    place = directory.region_name(answer.region_code) or directory.city.name
    topic = directory.topics.get(answer.topic_code or "")
    said = topic.name if topic else ""
    matter = f"{said} · {place}" if said else f"{place}的来信"
    submitted_on, replied_on = (at.astimezone(zone).date() for at in (answer.submitted_at, answer.replied_at))
    days = max(0, (replied_on - submitted_on).days)
    return AnswerView(
        answer=answer,
        heading=answer.title or matter,
        matter=matter,
        topic=said,
        place=place,
        unit=directory.department_name(answer.department_id),
        submitted_on=submitted_on if answer.letter else None,
        replied_on=replied_on,
        took=_exactly(days) if answer.letter else _roughly(days),
    )


def _exactly(days: int) -> str:
    return f"{days}天" if days else "当天答复"


def _roughly(days: int) -> str:
    """So that nobody counts back to the day of a letter that is not published."""
    return next((f"{most}天以内" for most in _ROUGH_DAYS if days <= most), f"{_ROUGH_DAYS[-1]}天以上")


def _search(
    conn: Connection, typed: str, criteria: AnswerCriteria, *, before: int | None, limit: int
) -> list[PublicAnswer]:
    """Whole words alone: to look for beginnings takes an index much longer."""
    words = read_query(typed).words.replace(":*", "")
    newest = rows.find_published_at(conn, before)
    if not words or newest is None or asks_for_person(typed):
        return []
    wanted = " & ".join([words, *filter_marks(criteria)])
    newest = newest.astimezone(UTC)
    month = newest.year * 12 + newest.month
    found: list[PublicAnswer] = []
    for span in _SPANS:
        marks = " | ".join(month_mark(_month(n)) for n in range(month - span + 1, month + 1))
        found += rows.search_answers(conn, f"{wanted} & ({marks})", until=None, before=before, limit=limit - len(found))
        if len(found) >= limit:
            return found
        if span == _SPANS[0] and (few := rows.find_few(conn, wanted, most=_FEW)) is not None:
            return rows.list_few(conn, few, before=before, limit=limit) if few else []
        month -= span
    return found + rows.search_answers(conn, wanted, until=_month(month + 1), before=before, limit=limit - len(found))


def _month(number: int) -> datetime:
    """The beginning of a month, counted as `month_mark` does."""
    year, month = divmod(number - 1, 12)
    return datetime(max(year, 1), month + 1, 1, tzinfo=UTC)
