"""Replies in the city's document: which of them somebody else must approve, and the templates."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from models.case import CaseAction
from models.database import Connection
from models.errors import Invalid
from models.reply_draft import ReplyTemplate, ReviewNeed, TemplateText
from routing.replies import draft_repository, reply_template_repository
from routing.replies.reply_templates import check_template


class ReviewSection(BaseModel):
    """The city's rule without `department_id`, else that of one unit."""

    model_config = ConfigDict(extra="forbid")

    department_id: str | None = None
    need: ReviewNeed


class TemplateSection(BaseModel):
    """Of the whole city without `department_id`, for any matter without `topic_code`."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    title: str
    body: str
    action: Literal[CaseAction.REPLY, CaseAction.COMPLETE] = CaseAction.REPLY
    department_id: str | None = None
    topic_code: str | None = None
    active: bool = True

    @property
    def key(self) -> tuple[str | None, str | None, CaseAction, str]:
        """What makes it the same template, whatever its words."""
        return self.department_id, self.topic_code, self.action, self.title


def export_reviews(conn: Connection) -> list[ReviewSection]:
    needs = draft_repository.needs_by_unit(conn)
    return [ReviewSection(department_id=unit, need=needs[unit]) for unit in sorted(needs, key=lambda unit: unit or "")]


def export_templates(conn: Connection) -> list[TemplateSection]:
    stored = reply_template_repository.list_templates(conn, None, everything=True)
    return [TemplateSection.model_validate(template) for template in stored]


def check_replies(
    reviews: list[ReviewSection] | None, templates: list[TemplateSection] | None, units: set[str], topics: set[str]
) -> dict[str, str]:
    """What contradicts the rest of the document, by place."""
    problems: dict[str, str] = {}
    named = [section.department_id for section in reviews or ()]
    for unit in named:
        if unit is not None and unit not in units:
            problems[f"reply_reviews {unit}"] = "没有这个单位"
        if named.count(unit) > 1:
            problems[f"reply_reviews {unit or '*'}"] = "同一单位只能写一次"
    keys = [section.key for section in templates or ()]
    for section in templates or ():
        where = f"reply_templates {section.title}"
        if section.department_id is not None and section.department_id not in units:
            problems[where] = "没有这个单位"
        if section.topic_code is not None and section.topic_code not in topics:
            problems[where] = "没有这个类别"
        if keys.count(section.key) > 1:
            problems[where] = "同一单位、类别和用途下，标题不能重复"
        try:
            check_template(section.title, section.body, section.action)
        except Invalid as error:
            problems[where] = "；".join(error.fields.values())
    return problems


def apply_reviews(conn: Connection, sections: list[ReviewSection], *, actor: str, now: datetime) -> None:
    """The rules as a whole: a unit that is left out follows the city again."""
    needs = {section.department_id: section.need for section in sections}
    before = draft_repository.needs_by_unit(conn)
    for unit in before.keys() | needs.keys():
        if needs.get(unit) is not before.get(unit):
            draft_repository.set_need(conn, unit, needs.get(unit), actor=actor, now=now)


def apply_templates(conn: Connection, sections: list[TemplateSection], *, actor: str, now: datetime) -> None:
    """Added or given new words; templates that are left out stay."""
    stored = {_key(t): t for t in reply_template_repository.list_templates(conn, None, everything=True)}
    for section in sections:
        known = stored.get(section.key)
        text = TemplateText(
            topic_code=section.topic_code, action=section.action, title=section.title, body=section.body
        )
        if known is None:
            known = reply_template_repository.add_template(
                conn, text, department_id=section.department_id, actor=actor, now=now
            )
        if (known.body, known.active) != (section.body, section.active):
            reply_template_repository.change_template(conn, known, text, active=section.active, actor=actor, now=now)


def _key(template: ReplyTemplate) -> tuple[str | None, str | None, CaseAction, str]:
    return template.department_id, template.topic_code, template.action, template.title
