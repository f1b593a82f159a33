"""Rows of reply templates."""

from datetime import datetime

from psycopg.rows import class_row

from models.database import Connection
from models.errors import Conflict, NotFound
from models.reply_draft import ReplyTemplate, TemplateText

_COLUMNS = "id, department_id, topic_code, action, title, body, active, version, changed_at, changed_by"


def list_templates(conn: Connection, department_id: str | None, *, everything: bool = False) -> list[ReplyTemplate]:
    """Those of the unit and of the city, the unit's first; `everything`: those of all units."""
    with conn.cursor(row_factory=class_row(ReplyTemplate)) as cursor:
        return cursor.execute(
            f"SELECT {_COLUMNS} FROM reply_templates WHERE %(all)s OR department_id IS NULL OR department_id = %(unit)s"
            " ORDER BY active DESC, department_id NULLS LAST, topic_code NULLS LAST, action DESC, title, id",
            {"all": everything, "unit": department_id},
        ).fetchall()


def get_template(conn: Connection, template_id: int) -> ReplyTemplate:
    """Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(ReplyTemplate)) as cursor:
        found = cursor.execute(f"SELECT {_COLUMNS} FROM reply_templates WHERE id = %s", (template_id,)).fetchone()
    if found is None:
        raise NotFound("没有这个模板。")
    return found


def add_template(
    conn: Connection, text: TemplateText, *, department_id: str | None, actor: str, now: datetime
) -> ReplyTemplate:
    with conn.cursor(row_factory=class_row(ReplyTemplate)) as cursor:
        added = cursor.execute(
            "INSERT INTO reply_templates (department_id, topic_code, action, title, body, changed_at, changed_by)"
            f" VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING {_COLUMNS}",
            (department_id, text.topic_code, text.action, text.title, text.body, now, actor),
        ).fetchone()
    assert added is not None
    return added


def change_template(
    conn: Connection, template: ReplyTemplate, text: TemplateText, *, active: bool, actor: str, now: datetime
) -> None:
    """Raises `Conflict` where somebody changed it since it was read."""
    changed = conn.execute(
        "UPDATE reply_templates SET topic_code = %s, action = %s, title = %s, body = %s, active = %s, changed_at = %s,"
        " changed_by = %s, version = version + 1 WHERE id = %s AND version = %s",
        (text.topic_code, text.action, text.title, text.body, active, now, actor, template.id, template.version),
    ).rowcount
    if not changed:
        raise Conflict("模板刚刚已由他人更改，请刷新后再试。")
