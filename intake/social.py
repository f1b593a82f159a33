"""Social posts 网络帖文: what collectors of Weibo and its like leave behind. Files only; nothing is fetched."""

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

from intake.records import Record, read_record
from models.submission import Channel, NewSubmission

# What the collector, not the author, put at the end.
_COLLECTOR_TAIL = re.compile(r"\s*(?:收起全文d|展开全文c|\u200b)+\s*$")


def read_post(record: Record, zone: ZoneInfo) -> NewSubmission:
    """The number alone identifies a post: counts and nicknames change between two collections. Raises `Invalid`."""
    new = read_record(record, Channel.SOCIAL, zone)
    return replace(new, body=_COLLECTOR_TAIL.sub("", new.body))
