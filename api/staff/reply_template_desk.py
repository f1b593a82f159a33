"""Templates of replies and the rule of their review, for pages and JSON alike: read, changed by who may."""

from dataclasses import dataclass
from datetime import datetime

from api.account_repository import add_administration_event
from models.account import Account, Role
from models.case import CaseAction
from models.database import Connection
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.reply_draft import ReplyTemplate, ReviewNeed, TemplateText
from routing.directory import Directory
from routing.replies import draft_repository, reply_template_repository, reply_templates

# Who reads them: who answers, and who keeps them.
READERS = (Role.OFFICER, Role.SUPERVISOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateInput:
    """What a person fills in. `department_id` counts for a new one only; `version` is the one they saw."""

    department_id: str | None = None
    topic_code: str | None = None
    action: CaseAction = CaseAction.REPLY
    title: str = ""
    body: str = ""
    active: bool = True
    version: int | None = None


def list_templates(conn: Connection, account: Account) -> list[ReplyTemplate]:
    """Those of the person's unit and of the city; an administrator sees those of all units. Raises `Forbidden`."""
    if account.role not in READERS:
        raise Forbidden("答复模板供承办人员、督办员和管理员使用。")
    everything = account.role is Role.ADMINISTRATOR
    return reply_template_repository.list_templates(conn, account.department_id, everything=everything)


def get_template(conn: Connection, account: Account, template_id: int) -> ReplyTemplate:
    """Raises `NotFound` also for another unit's."""
    for template in list_templates(conn, account):
        if template.id == template_id:
            return template
    raise NotFound("没有这个模板。")


def add_template(
    conn: Connection, account: Account, directory: Directory, given: TemplateInput, *, now: datetime
) -> ReplyTemplate:
    """Raises `Forbidden`, and `Invalid` for what is missing or names a field that is none."""
    reply_templates.check_can_edit(account, given.department_id)
    text = _checked(directory, given)
    return reply_template_repository.add_template(
        conn, text, department_id=given.department_id, actor=account.actor, now=now
    )


def change_template(
    conn: Connection,
    account: Account,
    directory: Directory,
    template_id: int,
    given: TemplateInput,
    *,
    now: datetime,
) -> ReplyTemplate:
    """Raises as `add_template`, and `Conflict` where somebody changed it since it was read."""
    template = get_template(conn, account, template_id)
    reply_templates.check_can_edit(account, template.department_id)
    if given.version is not None and given.version != template.version:
        raise Conflict("模板刚刚已由他人更改，您填写的内容没有保存，请核对后再试。")
    text = _checked(directory, given)
    reply_template_repository.change_template(conn, template, text, active=given.active, actor=account.actor, now=now)
    return reply_template_repository.get_template(conn, template_id)


def set_review_need(
    conn: Connection,
    account: Account,
    directory: Directory,
    department_id: str | None,
    need: ReviewNeed | None,
    *,
    now: datetime,
) -> None:
    """Which replies of the city, or of one unit, somebody else must approve; None: the unit follows the city."""
    if account.role is not Role.ADMINISTRATOR:
        raise Forbidden("审核规则由管理员设定。")
    if department_id is not None and department_id not in directory.departments:
        raise Invalid("没有这个单位。", {"department": "请选择列表中的单位"})
    if department_id is None and need is None:
        raise Invalid("请选择审核范围。", {"need": "请选择"})
    draft_repository.set_need(conn, department_id, need, actor=account.actor, now=now)
    add_administration_event(
        conn,
        action="reply.review_rule",
        actor=account.actor,
        now=now,
        payload={"department": department_id, "need": need.value if need else None},
    )


def _checked(directory: Directory, given: TemplateInput) -> TemplateText:
    wrong = {}
    if given.topic_code is not None and given.topic_code not in directory.topics:
        wrong["topic_code"] = "请选择列表中的类别"
    if given.department_id is not None and given.department_id not in directory.departments:
        wrong["department"] = "请选择列表中的单位"
    if wrong:
        raise Invalid("模板有几处需要修改。", wrong)
    title, body = reply_templates.check_template(given.title, given.body, given.action)
    return TemplateText(topic_code=given.topic_code, action=given.action, title=title, body=body)
