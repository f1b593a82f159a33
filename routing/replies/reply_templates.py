"""Templates of replies: which fields they may name, how they are filled in, who may change them. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from intake.surnames import COMPOUND_SURNAMES, SURNAMES
from models.account import Account, Role
from models.case import Case, CaseAction
from models.errors import Forbidden, Invalid
from routing.directory import Directory

MAX_TITLE, MAX_BODY = 50, 3000
ACTIONS = (CaseAction.REPLY, CaseAction.COMPLETE)
_FIELD = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_HALF = re.compile(r"\{\{|\}\}")
# How a reply addresses somebody whose name is not known or must not be told.
ANYBODY = "市民朋友"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What a template is filled in from. `submitter_name` is "" where it is not known, not to be seen or not to be
    published."""

    case: Case
    directory: Directory
    department_id: str | None
    submitter_name: str
    now: datetime
    zone: ZoneInfo


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else "（尚未定下时限）"


# What each field says.
FIELDS: Mapping[str, Callable[[Filling], str]] = {
    "诉求人称呼": lambda f: salutation(f.submitter_name),
    "工单编号": lambda f: f.case.case_number,
    "来件标题": lambda f: f.case.title,
    "办理单位": lambda f: f.directory.department_name(f.department_id or f.case.lead_department_id),
    "类别": lambda f: f.directory.topic_name(f.case.topic_code) or "所反映事项",
    "诉求类型": lambda f: f.case.appeal_type.label,
    "提交日期": lambda f: _day(f.case.submitted_at.astimezone(f.zone).date()),
    "办理时限": lambda f: _day(f.case.due_date),
    "今天": lambda f: _day(f.now.astimezone(f.zone).date()),
    "城市": lambda f: f.directory.city.name,
}


def unknown_fields(text: str) -> list[str]:
    """Fields that are none, and brackets that nobody closed, in order of appearance."""
    found = [f"{{{{{name}}}}}" for name in _FIELD.findall(text) if name not in FIELDS]
    return list(dict.fromkeys([*found, *_HALF.findall(_FIELD.sub("", text))]))


def fill(body: str, filling: Filling) -> str:
    """The text with its fields filled in; what is no field stays as it is."""

    def value(match: re.Match[str]) -> str:
        known = FIELDS.get(match[1])
        return known(filling) if known else match[0]

    return _FIELD.sub(value, body)


# What a preview shows for the fields that only a case has.
_SHOWN = {
    "诉求人称呼": "张先生/女士",
    "工单编号": "20260101-0000018",
    "来件标题": "小区门口路灯不亮",
    "类别": "城市照明",
    "诉求类型": "求助",
}


def preview(
    body: str, directory: Directory, department_id: str | None, now: datetime, zone: ZoneInfo
) -> tuple[str, list[str]]:
    """The text as it could look for a made-up case, and the fields in it that are none."""
    today = now.astimezone(zone).date()
    made = _SHOWN | {
        "办理单位": directory.department_name(department_id) if department_id else "（办理单位）",
        "提交日期": _day(today - timedelta(days=3)),
        "办理时限": _day(today + timedelta(days=7)),
        "今天": _day(today),
        "城市": directory.city.name,
    }
    return _FIELD.sub(lambda match: made.get(match[1], match[0]), body), unknown_fields(body)


def check_template(title: str, body: str, action: CaseAction) -> tuple[str, str]:
    """Title and body, trimmed. Raises `Invalid` for what is missing, too long or names a field that is none."""
    title, body = title.strip(), body.strip()
    wrong = {}
    if not title:
        wrong["title"] = "请填写名称"
    elif len(title) > MAX_TITLE:
        wrong["title"] = f"最多{MAX_TITLE}字"
    if not body:
        wrong["body"] = "请填写内容"
    elif len(body) > MAX_BODY:
        wrong["body"] = f"最多{MAX_BODY}字，现有{len(body)}字"
    elif unknown := unknown_fields(body):
        wrong["body"] = f"没有这样的字段：{'、'.join(unknown)}"
    if action not in ACTIONS:
        wrong["action"] = "请选择用途"
    if wrong:
        raise Invalid("模板有几处需要修改。", wrong)
    return title, body


def check_can_edit(account: Account, department_id: str | None) -> None:
    """The administrator those of the city and of every unit; officers and supervisors those of their own unit. Raises
    `Forbidden`."""
    if account.role is Role.ADMINISTRATOR:
        return
    own = account.role in (Role.OFFICER, Role.SUPERVISOR) and account.department_id is not None
    if not own or department_id != account.department_id:
        raise Forbidden("全市的模板由管理员维护，各单位只能维护本单位的模板。")


def can_edit(account: Account, department_id: str | None) -> bool:
    try:
        check_can_edit(account, department_id)
    except Forbidden:
        return False
    return True


def salutation(name: str) -> str:
    """By the surname where it can be told, for both sexes; never by a given name."""
    if name[:2] in COMPOUND_SURNAMES:
        return f"{name[:2]}先生/女士"
    return f"{name[:1]}先生/女士" if name[:1] in SURNAMES else ANYBODY
