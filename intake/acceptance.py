"""What a record must have to be taken, whatever door it comes through."""

from datetime import datetime, timedelta

from intake.cleaning import clean_line, clean_text
from models.errors import Invalid
from models.submission import Channel, NewSubmission

MAX_BODY_CHARACTERS = 50_000
MAX_TITLE_CHARACTERS = 500
# Markup may be much longer than the text in it; beyond that nobody looks.
_MAX_RAW_CHARACTERS = 10 * MAX_BODY_CHARACTERS
MAX_FIELD_CHARACTERS = 200
# Clocks of other systems run ahead; a day ahead is an error.
_CLOCK_TOLERANCE = timedelta(days=1)
# Before that there were no such systems: a serial number or a zero was read as a time.
_EARLIEST_YEAR = 1990


def accept(new: NewSubmission, *, now: datetime | None = None) -> NewSubmission:
    """The same record, fit for `register`. Raises `Invalid` with one sentence that says what is wrong.

    A questionnaire may have no free text: its closed answers count. With `now` given, times after it are refused.
    """
    if len(new.body) > _MAX_RAW_CHARACTERS:
        raise Invalid(f"内容有{len(new.body)}字，超过{MAX_BODY_CHARACTERS}字。", {"body": "内容过长"})
    body = clean_text(new.body)
    if not body and not (new.channel is Channel.SURVEY and new.details):
        raise Invalid("内容为空。", {"body": "内容为空"})
    if len(body) > MAX_BODY_CHARACTERS:
        raise Invalid(f"内容有{len(body)}字，超过{MAX_BODY_CHARACTERS}字。", {"body": "内容过长"})
    if len(new.title) > _MAX_RAW_CHARACTERS or len(clean_line(new.title)) > MAX_TITLE_CHARACTERS:
        raise Invalid(f"标题超过{MAX_TITLE_CHARACTERS}字。", {"title": "标题过长"})
    for name, label, value in (
        ("source_id", "编号", new.source_id or ""),
        ("name", "姓名", new.submitter_name),
        ("contact", "联系方式", new.submitter_contact),
        ("handle", "用户", new.submitter_handle),
        ("place", "地点", new.place),
    ):
        if len(value) > MAX_FIELD_CHARACTERS:
            raise Invalid(f"{label}超过{MAX_FIELD_CHARACTERS}字。", {name: "内容过长"})
    if new.submitted_at is not None:
        if new.submitted_at.year < _EARLIEST_YEAR:
            raise Invalid(f"时间早于{_EARLIEST_YEAR}年：{new.submitted_at:%Y-%m-%d}。", {"submitted_at": "时间有误"})
        if now is not None and new.submitted_at > now + _CLOCK_TOLERANCE:
            raise Invalid(f"时间在未来：{new.submitted_at:%Y-%m-%d}。", {"submitted_at": "时间有误"})
    return new
