"""What the sample city has of replies before they are sent: templates, the rule of the review, some that wait."""

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files

import yaml

from api.runtime import Runtime
from api.staff.reply_checking import check_written, stored_findings
from models.case import Case, CaseAction, CompletionResult
from models.database import Connection
from models.reply_draft import ReviewNeed, TemplateText
from routing import protection
from routing.replies import draft_repository, drafts, reply_template_repository
from routing.replies.reply_templates import check_template

_ACTOR = "sample"
# So many replies wait for a review, so that there is something to approve.
_WAITING = 4


def load_templates(conn: Connection, *, now: datetime) -> int:
    """The templates of reply_templates.yaml, and a review for what everybody can read; how many."""
    text = (files("api") / "sample_city" / "reply_templates.yaml").read_text(encoding="utf-8")
    rows = yaml.load(text, yaml.CSafeLoader)
    for row in rows:
        action = CaseAction(row["action"])
        title, body = check_template(row["title"], row["body"], action)
        words = TemplateText(topic_code=row.get("topic"), action=action, title=title, body=body)
        reply_template_repository.add_template(conn, words, department_id=row.get("unit"), actor=_ACTOR, now=now)
    draft_repository.set_need(conn, None, ReviewNeed.PUBLIC, actor=_ACTOR, now=now)
    return len(rows)


def submit_some(
    conn: Connection, runtime: Runtime, unanswered: Sequence[tuple[Case, str, str]], *, now: datetime
) -> int:
    """Of cases that are worked on (case, reply, clerk) the last few whose reply everybody may read: it waits for a
    review; how many."""
    submitted = 0
    for case, reply, clerk in reversed(unanswered):
        if submitted == _WAITING:
            break
        checked = check_written(conn, runtime, case, reply, public=True, now=now)
        if checked.serious or protection.is_protected(conn, case):
            continue
        submitted += 1
        drafts.submit(
            conn,
            case,
            drafts.Written(body=reply, public=True, result=CompletionResult.SOLVED),
            department_id=case.lead_department_id,
            findings=stored_findings(checked),
            actor=clerk,
            now=now,
            zone=runtime.settings.zone,
        )
    return submitted
