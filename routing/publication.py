"""What is published of a case 公开, and what does anybody find it by?

The latest public reply of a case that has just been completed; with it the letter, masked, where who wrote consented to
that. Never who wrote, never the original, never a letter that was merged into the case. Whether it is shown is asked
again at every reading (`shown_answers` in the schema).
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from intake.redaction import find_exposed, redact_together
from intake.redaction.publishing import for_everybody
from intake.redaction.spans import PersonalKind
from intake.repository import get_submission
from models.case import Case, Reply
from models.database import Connection
from models.publication import AnswerCriteria, PublicText
from models.submission import Submission
from nlp.cleaning import clean_text
from nlp.search_query import lexemes
from routing import merge_repository, protection
from routing import publication_repository as rows

Words = Callable[[str], str]


def publish_completed(conn: Connection, case: Case, *, for_others: Words, actor: str, now: datetime) -> dict[str, Any]:
    """Publish a case that has just been completed; what its event tells of that, nothing where there is nothing to
    publish. `for_others` masks in a reply what names or reaches who wrote."""
    text = public_text(conn, case, for_others=for_others)
    if text is None:
        return {}
    reply, said = text
    number = rows.save_published(
        conn,
        case,
        reply.id,
        said,
        places=(places := rows.find_places(conn, case)),
        words=found_by(
            "\n".join((said.title, said.letter, said.reply)),
            AnswerCriteria(unit=case.lead_department_id, topic=places[0], region=places[1]),
            now,
        ),
        actor=actor,
        now=now,
    )
    return {"published": {"answer": number, "with_letter": bool(said.letter)}}


def public_text(conn: Connection, case: Case, *, for_others: Words) -> tuple[Reply, PublicText] | None:
    """The reply that is published and the texts; None where there is no public reply since the case was last worked
    on, or nothing of it may be published."""
    public = [reply for reply in merge_repository.list_current_replies(conn, case.id) if reply.public]
    if not public or case.merged_into is not None or case.parts or protection.is_protected(conn, case):
        return None
    reply = public[-1]
    submission = get_submission(conn, case.submission_id)
    disclosed = rows.find_disclosure(conn, case.id, reply.created_at) is not None
    body = _with_disclosed(reply.body, submission, for_others) if disclosed else for_others(reply.body)
    title, letter = public_letter(conn, case, submission)
    return reply, PublicText(title=title, letter=letter, reply=public_reply(body, submission) or "（内容已隐去）")


def public_reply(masked: str, submission: Submission) -> str:
    """How a masked reply is told to everybody."""
    return for_everybody(masked, masked_name=submission.submitter_name)


def public_letter(conn: Connection, case: Case, submission: Submission) -> tuple[str, str]:
    """Title and text of the letter, or of the part of it that the case is about; two empty ones without consent."""
    if not rows.has_consent(conn, submission.id):
        return "", ""
    title, body = submission.title, submission.body
    if case.parent_id is not None:
        text = f"{title}\n{body}"
        spans = merge_repository.list_sentences(conn, [case.id]).get(case.id, ())
        title, body = case.title, "\n".join(text[span.start : span.end].strip() for span in spans)
    # what no longer was masked when it came in is now
    said = [for_everybody(part.text, masked_name=submission.submitter_name) for part in redact_together((title, body))]
    return (said[0], said[1]) if said[1] else ("", "")


def found_by(text: str, criteria: AnswerCriteria, published_at: datetime) -> str:
    """A text as a tsvector, with the marks of where and when: a search with a filter looks into one index alone."""
    marks = [month_mark(published_at), *filter_marks(criteria)]
    return f"{' '.join(marks)} {lexemes(clean_text(text))}"


def filter_marks(criteria: AnswerCriteria) -> list[str]:
    """As they stand in a tsvector and in a tsquery; no word of a text looks like this."""
    named = {"u": criteria.unit, "t": criteria.topic, "r": criteria.region}
    return [_mark(f"{kind}{value}") for kind, value in named.items() if value is not None]


def month_mark(moment: datetime) -> str:
    moment = moment.astimezone(UTC)
    return _mark(f"m{moment.year * 12 + moment.month}")


def _mark(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "''")
    return f"'#{escaped}'"


def _with_disclosed(reply: str, submission: Submission, for_others: Words) -> str:
    """A reply that names persons for a reason that the history keeps: their names stay, but for whoever has the surname
    of who wrote; all else is masked as in any reply."""
    own, said, position = submission.submitter_name[:1], [], 0
    for span in find_exposed(reply):
        if span.kind is PersonalKind.NAME and not (own and reply[span.start] == own):
            said += [for_others(reply[position : span.start]), reply[span.start : span.end]]
            position = span.end
    return "".join([*said, for_others(reply[position:])])
