"""Which event of a case tells whom what: kinds, words, addresses. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.account import Role
from models.case import Case, CaseAction, CaseEvent
from models.errors import Invalid
from models.notification import NotificationKind, NotificationMedium, NotificationTemplate
from models.submission import Channel, Submission
from routing.directory import Directory

MAX_SUBJECT, MAX_BODY = 60, 300
_FIELD = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_HALF = re.compile(r"\{\{|\}\}")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
# An answer is often followed by the completion: one message says both.
REPLY_WAITS = timedelta(minutes=2)

# What a person wrote on our own page is answered by message; a file of old letters is not.
_OWN_SOURCES = frozenset({"web"})

FIELDS = ("编号", "办理单位", "时限", "结果", "原因", "要求", "查询网址", "评价网址", "城市")
# Only whoever gets the message sees it: the unit must not rate itself. Put in when it is sent, never stored.
RATING_FIELD = "{{评价网址}}"

OWN_TEMPLATES: Mapping[NotificationKind, tuple[str, str]] = {
    NotificationKind.DISPATCHED: (
        "您的来信已转办",
        "【{{城市}}问政】您的来信（编号{{编号}}）已转{{办理单位}}办理，最迟{{时限}}办结。可凭编号和查询码查看进度。{{查询网址}}",
    ),
    NotificationKind.DUE_CHANGED: (
        "您的来信办理时限有调整",
        "【{{城市}}问政】您的来信（编号{{编号}}）办理时限调整为{{时限}}，原因：{{原因}}。{{查询网址}}",
    ),
    NotificationKind.SUSPENDED: (
        "您的来信暂停计时",
        "【{{城市}}问政】您的来信（编号{{编号}}）因{{原因}}暂停计算办理时限，恢复后继续办理。{{查询网址}}",
    ),
    NotificationKind.REPLIED: (
        "您的来信有了答复",
        "【{{城市}}问政】{{办理单位}}已答复您的来信（编号{{编号}}），请凭编号和查询码查看。{{查询网址}}",
    ),
    NotificationKind.COMPLETED: (
        "您的来信已办结",
        "【{{城市}}问政】您的来信（编号{{编号}}）已办结，结果：{{结果}}。请凭编号和查询码查看答复。{{查询网址}}"
        " 评价：{{评价网址}}",
    ),
    NotificationKind.REOPENED: (
        "您的来信重新办理",
        "【{{城市}}问政】您的来信（编号{{编号}}）已由{{办理单位}}重新办理。{{查询网址}}",
    ),
    NotificationKind.UNIT_NEW: ("新工单 {{编号}}", "{{办理单位}}收到新工单{{编号}}，最迟{{时限}}办结，请及时签收。"),
    NotificationKind.UNIT_REMINDED: ("催办 {{编号}}", "工单{{编号}}被催办，最迟{{时限}}办结。{{要求}}"),
    NotificationKind.UNIT_SUPERVISED: ("督办 {{编号}}", "工单{{编号}}被督办，要求：{{要求}}"),
    NotificationKind.UNIT_DUE: ("即将到期 {{编号}}", "工单{{编号}}最迟{{时限}}办结，请抓紧办理。（{{原因}}）"),
    NotificationKind.CITY_DUE: ("超期工单 {{编号}}", "工单{{编号}}（{{办理单位}}）应于{{时限}}办结。（{{原因}}）"),
}

_KINDS: Mapping[CaseAction, tuple[NotificationKind, ...]] = {
    CaseAction.DISPATCH: (NotificationKind.DISPATCHED, NotificationKind.UNIT_NEW),
    CaseAction.REDISPATCH: (NotificationKind.UNIT_NEW,),
    CaseAction.ACCEPT_RETURN: (NotificationKind.UNIT_NEW,),
    CaseAction.DESIGNATE: (NotificationKind.UNIT_NEW,),
    CaseAction.GRANT_EXTENSION: (NotificationKind.DUE_CHANGED,),
    CaseAction.RECALCULATE: (NotificationKind.DUE_CHANGED,),
    CaseAction.GRANT_SUSPENSION: (NotificationKind.SUSPENDED,),
    CaseAction.REPLY: (NotificationKind.REPLIED,),
    CaseAction.COMPLETE: (NotificationKind.COMPLETED,),
    CaseAction.REOPEN: (NotificationKind.REOPENED,),
    CaseAction.REWORK: (NotificationKind.REOPENED,),
    CaseAction.REMIND: (NotificationKind.UNIT_REMINDED,),
    CaseAction.SUPERVISE: (NotificationKind.UNIT_SUPERVISED,),
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a submitter can be reached; `shown` is what a page may show of it."""

    medium: NotificationMedium
    value: str
    shown: str


def kinds_of(event: CaseEvent, case: Case) -> tuple[NotificationKind, ...]:
    """What this event tells. A reply or a dispatch that was completed by now is told by the completion, a moved clock
    only where the due day moved, and a unit that keeps a case hears nothing anew."""
    if event.action is CaseAction.ESCALATE:
        to_unit = event.payload.get("role") == Role.OFFICER.value
        return (NotificationKind.UNIT_DUE if to_unit else NotificationKind.CITY_DUE,)
    if event.action is CaseAction.RECALCULATE and "due_date" not in event.payload:
        return ()
    # a case in triage that was merged is given to the unit of its head and completed in one
    if event.action in (CaseAction.REPLY, CaseAction.DISPATCH) and not case.status.is_open:
        return ()
    if event.payload.get("lead") is not None and event.payload.get("lead") == event.payload.get("previous_lead"):
        return ()
    return _KINDS.get(event.action, ())


def is_told(submission: Submission) -> bool:
    """Whether whoever wrote is told by message: only who wrote on our own page and left where to reach them."""
    return submission.channel is Channel.LETTER and submission.source in _OWN_SOURCES


def read_address(contact: str) -> Address | None:
    """The telephone or mailbox in what somebody gave as contact; None where there is neither."""
    if found := _MAIL.search(contact):
        name, _, host = found[0].partition("@")
        return Address(NotificationMedium.EMAIL, found[0], f"{name[0]}***@{host}")
    if found := _MOBILE.search(contact):
        number = re.sub(r"[- ]", "", found[1])
        return Address(NotificationMedium.SMS, number, f"{number[:3]}****{number[-4:]}")
    return None


def unknown_fields(text: str) -> list[str]:
    """Fields that are none, and brackets that nobody closed, in order of appearance."""
    found = [f"{{{{{name}}}}}" for name in _FIELD.findall(text) if name not in FIELDS]
    return list(dict.fromkeys([*found, *_HALF.findall(_FIELD.sub("", text))]))


def check_template(subject: str, body: str) -> tuple[str, str]:
    """Trimmed. Raises `Invalid` naming what is wrong."""
    subject, body = subject.strip(), body.strip()
    fields = {}
    for name, text, most in (("subject", subject, MAX_SUBJECT), ("body", body, MAX_BODY)):
        if not text or len(text) > most:
            fields[name] = f"请填写1至{most}字"
        elif unknown := unknown_fields(text):
            fields[name] = f"不认识{'、'.join(unknown)}，可用的有：{'、'.join(FIELDS)}"
    if fields:
        raise Invalid("有几处需要修改。", fields)
    return subject, body


def values_of(
    event: CaseEvent, case: Case, directory: Directory, public_url: str | None, zone: ZoneInfo
) -> dict[str, str]:
    """What the fields say. Nothing of what people wrote about the matter: a telephone lies on the table."""
    payload = event.payload
    reason = payload.get("reason") if event.action is not CaseAction.ESCALATE else payload.get("rule")
    return {
        "编号": case.case_number,
        "办理单位": directory.department_name(case.lead_department_id) or "承办单位",
        "时限": _day(case.due_date),
        "结果": case.completion_result.label if case.completion_result else "",
        "原因": str(reason or ""),
        "要求": str(payload.get("demand") or payload.get("text") or ""),
        "查询网址": f"{public_url.rstrip('/')}/letters/follow" if public_url else "",
        "城市": directory.city.name,
    }


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in."""
    return _FIELD.sub(lambda match: values.get(match[1], match[0]), text).strip()


def template_for(
    kind: NotificationKind, stored: Mapping[NotificationKind, NotificationTemplate]
) -> NotificationTemplate:
    """The administrator's words, else the program's own."""
    if kind in stored:
        return stored[kind]
    subject, body = OWN_TEMPLATES[kind]
    return NotificationTemplate(kind=kind, subject=subject, body=body, active=True, own=True)


def after_quiet(now: datetime, quiet_from: time, quiet_to: time, zone: ZoneInfo) -> datetime:
    """`now`, or the end of the quiet hours that it lies in (they may span midnight; equal ends: none)."""
    local = now.astimezone(zone)
    clock = local.time()
    if quiet_from == quiet_to:
        return now
    if quiet_from < quiet_to:
        quiet, day = quiet_from <= clock < quiet_to, local.date()
    else:
        quiet = clock >= quiet_from or clock < quiet_to
        day = local.date() + timedelta(days=1) if clock >= quiet_from else local.date()
    return datetime.combine(day, quiet_to, tzinfo=zone) if quiet else now


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else "规定时间内"
