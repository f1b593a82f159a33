"""What a citizen sees of a letter that is handled with others, or as several matters: nothing of anybody else."""

from dataclasses import dataclass
from datetime import date

from models.case import Case, CaseAction, CaseEvent, CaseStatus, Reply
from models.database import Connection
from models.submission import Submission
from routing import case_repository
from routing.casework import merge_repository
from routing.directory import Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPart:
    """One of several matters of a letter: whose it is, how far it is, what was answered. `sentences` are the writer's
    own."""

    title: str
    sentences: list[str]
    status: CaseStatus
    status_text: str
    department_name: str
    due_date: date | None
    replies: list[Reply]


def worked_on(conn: Connection, case: Case) -> Case:
    """The case on which the work is done: the head of a merged one, else itself."""
    return case if case.merged_into is None else worked_on(conn, case_repository.get_case_by_id(conn, case.merged_into))


def parts_of(conn: Connection, case: Case, submission: Submission, directory: Directory) -> list[LetterPart]:
    """In the order of their numbers; empty for a letter that is one matter."""
    if not case.parts:
        return []
    cases = case_repository.list_cases_by_id(conn, merge_repository.list_part_ids(conn, case.id))
    spans = merge_repository.list_sentences(conn, [part.id for part in cases])
    text = f"{submission.title}\n{submission.body}"
    return [
        LetterPart(
            title=part.title,
            sentences=[text[span.start : span.end] for span in spans.get(part.id, ())],
            status=part.status,
            status_text=part.status.label,
            department_name=directory.department_name(part.lead_department_id),
            due_date=part.due_date,
            replies=[reply for reply in case_repository.list_replies(conn, part.id) if reply.withdrawn_at is None],
        )
        for part in sorted(cases, key=lambda part: part.id)
    ]


def together_step(event: CaseEvent) -> str:
    """What the submitter is told; "" on the case that others were merged into: they are none of this one's business."""
    match event.action:
        case CaseAction.MERGE if "head" in event.payload:
            return "与反映同一问题的其他来信一并办理"
        case CaseAction.UNMERGE if "head" in event.payload:
            return "恢复单独办理"
        case CaseAction.SPLIT:
            return f"来信有{len(event.payload['parts'])}件事，分别办理"
        case CaseAction.UNSPLIT:
            return "恢复为一件办理"
        case _:
            return ""
