"""What is published of a case 公开, and what does anybody find it by?

The latest reply of a case that has just been completed, where it is public; with it the letter, masked, where who wrote
consented to that. Never who wrote, never the original, never a letter that was merged into the case. Whether it is
shown is asked again at every reading (`shown_answers` in the schema).
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from intake.redaction import find_exposed, redact_together
from intake.redaction.publishing import HIDDEN_NUMBER, for_everybody, surnames_of_writer, writer_name
from intake.redaction.spans import PersonalKind
from intake.repository import get_submission, get_submissions
from models.case import Case, Reply
from models.database import Connection
from models.publication import AnswerCriteria, PublicText
from models.submission import Submission
from nlp.cleaning import clean_text
from nlp.search_query import lexemes
from routing import case_repository, protection
from routing.casework import merge_repository
from routing.replies import publication_repository as rows

Words = Callable[[str], str]


def publish_completed(conn: Connection, case: Case, *, for_others: Words, actor: str, now: datetime) -> dict[str, Any]:
    """Publish a case that has just been completed; what its event tells of that, nothing where there is nothing to
    publish. `for_others` masks in a reply what names or reaches who wrote."""
    text = public_text(conn, case, for_others=for_others)
    if text is None:
        return {}
    reply, said = text
    unit = reply.department_id or case.lead_department_id
    # to take it down and publish it again moves nothing to the top of the list
    since = rows.find_published_since(conn, case) or now
    number = rows.save_published(
        conn,
        case,
        reply.id,
        said,
        department_id=unit,
        places=(places := rows.find_places(conn, case)),
        words=found_by(
            "\n".join((said.title, said.letter, said.reply)),
            AnswerCriteria(unit=unit, topic=places[0], region=places[1]),
            since,
        ),
        actor=actor,
        now=since,
    )
    return {"published": {"answer": number, "with_letter": bool(said.letter)}}


def public_text(conn: Connection, case: Case, *, for_others: Words) -> tuple[Reply, PublicText] | None:
    """The reply that is published and the texts; None where the last reply since the case was last worked on is
    not public, or nothing of it may be published."""
    replies = merge_repository.list_current_replies(conn, case.id)
    # the last word counts: a public "all is repaired" is not published where "it is not" was told to the writer after
    # it
    if (
        not replies
        or not replies[-1].public
        or case.merged_into is not None
        or case.parts
        or protection.is_protected(conn, case)
    ):
        return None
    reply = replies[-1]
    submission = get_submission(conn, case.submission_id)
    disclosed = rows.find_disclosure(conn, case.id, reply.created_at) is not None
    body = _with_disclosed(reply.body, _surnames(conn, case), for_others) if disclosed else for_others(reply.body)
    title, letter = public_letter(conn, case, submission, for_others=for_others)
    return reply, PublicText(title=title, letter=letter, reply=public_reply(body, submission) or "（内容已隐去）")


def public_reply(masked: str, submission: Submission) -> str:
    """How a masked reply is told to everybody: without the number of the letter too."""
    masked = masked.replace(submission.receipt_number, HIDDEN_NUMBER)
    return for_everybody(masked, masked_name=writer_name(submission.submitter_name, submission.body))


def public_letter(conn: Connection, case: Case, submission: Submission, *, for_others: Words) -> tuple[str, str]:
    """Title and text of the letter, or of the part of it that the case is about; two empty ones without consent."""
    if not rows.has_consent(conn, submission.id):
        return "", ""
    title, body = submission.title, submission.body
    if case.parent_id is not None:
        text = f"{title}\n{body}"
        spans = merge_repository.list_sentences(conn, [case.id]).get(case.id, ())
        title, body = case.title, "\n".join(text[span.start : span.end].strip() for span in spans)
    # what no longer was masked when it came in is now
    name = writer_name(submission.submitter_name, submission.body)
    said = [for_everybody(for_others(part.text), masked_name=name) for part in redact_together((title, body))]
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


def _surnames(conn: Connection, case: Case) -> frozenset[str]:
    """How the names of those may begin who wrote this letter and what is merged into it."""
    members = case_repository.list_cases_by_id(conn, merge_repository.list_member_ids(conn, case.id))
    letters = get_submissions(conn, [case.submission_id, *(member.submission_id for member in members)])
    return frozenset().union(*(surnames_of_writer(one.submitter_name, one.body) for one in letters.values()))


def _with_disclosed(reply: str, own: frozenset[str], for_others: Words) -> str:
    """A reply that names persons for a reason that the history keeps: their names stay, but for whoever has a surname
    of those who wrote (`own`); all else is masked as in any reply."""
    said, position = list[str](), 0
    for span in find_exposed(reply):
        if span.kind is PersonalKind.NAME and reply[span.start] not in own:
            said += [for_others(reply[position : span.start]), reply[span.start : span.end]]
            position = span.end
    return "".join([*said, for_others(reply[position:])])
