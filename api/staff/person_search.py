"""Who may look for the cases of one person, by phone number or mail address, and what is kept of it?

What was typed is kept nowhere: only the key under which the letters of one person are linked. The look itself is a row
that nobody can change; the address of the list holds its number, and opens for nobody else. So a phone number is in no
address, no log and no bookmark.
"""

import re
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta

from api.dependencies import limit_attempts
from api.runtime import Runtime
from intake.encryption import person_key
from intake.redaction import redact
from intake.redaction.spans import PersonalKind
from models.account import Account, Role
from models.criteria import CaseCriteria
from models.database import Connection
from models.errors import Forbidden, Invalid
from models.submission import Channel, NewSubmission
from routing import search_repository

# So long the list of one look can be opened, so many looks an hour: who needs more asks for a report.
LASTS = timedelta(hours=12)
PER_HOUR = 60
# Who sees who wrote (`routing.policies.can_see_original`).
_MAY = (Role.DISPATCHER, Role.OFFICER)
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"0\d{9,11}|[2-9]\d{6,7}")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}")
_DAY = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_PRIVATE = frozenset(
    {
        PersonalKind.MOBILE,
        PersonalKind.LANDLINE,
        PersonalKind.EMAIL,
        PersonalKind.IDENTITY_CARD,
        PersonalKind.DOCUMENT,
        PersonalKind.BANK_CARD,
    }
)


def find_contact(typed: str) -> str | None:
    """The phone number or mail address that is all of what was typed."""
    folded = "".join(unicodedata.normalize("NFKC", typed).lower().split())
    digits = re.sub(r"(?<=\d)[-‐-―−](?=\d)", "", folded)
    if mobile := _MOBILE.fullmatch(digits):
        return mobile[1]
    if _MAIL.fullmatch(folded) or (_LANDLINE.fullmatch(digits) and not _DAY.fullmatch(digits)):
        return folded
    return None


def check_not_personal(typed: str) -> None:
    """Raises `Invalid` for what must not be in an address, whoever wrote it there."""
    if find_contact(typed) or any(span.kind in _PRIVATE for span in redact(typed).spans):
        message = "手机号、证件号等个人信息不能写在网址里"
        raise Invalid(f"{message}；按手机号查询，请在搜索框中单独输入这个号码。", {"q": message})


def look_for_person(conn: Connection, runtime: Runtime, account: Account, contact: str, *, now: datetime) -> int:
    """The number of the look, for `person` of the criteria. Raises `Forbidden`, `Invalid`, `TooMany`."""
    if account.role not in _MAY:
        raise Forbidden(f"按手机号查询由{'、'.join(role.label for role in _MAY)}进行。")
    found = find_contact(contact)
    if found is None:
        raise Invalid("请输入完整的手机号、固定电话或电子邮箱。", {"contact": "不是完整的号码或邮箱"})
    limit_attempts(runtime, f"person-search:{account.id}", PER_HOUR, now=now)
    written = NewSubmission(channel=Channel.LETTER, source="", body="", submitter_contact=found)
    key = person_key(written, runtime.keys)
    assert key is not None
    return search_repository.add_person_search(
        conn, key, account_id=account.id, department_id=account.department_id, actor=account.actor, now=now
    )


def of_person(
    conn: Connection, criteria: CaseCriteria, account: Account, search_id: int | None, *, now: datetime
) -> CaseCriteria:
    """The criteria with this look, where it is one. Raises `Forbidden` for a look of somebody else, or of long ago."""
    if search_id is None:
        return criteria
    own = search_repository.is_person_search_of(
        conn, search_id, account_id=account.id, department_id=account.department_id, since=now - LASTS
    )
    if not own:
        raise Forbidden("按手机号查询的结果只有查询人当天能看，请重新查询。")
    return replace(criteria, person=search_id)
