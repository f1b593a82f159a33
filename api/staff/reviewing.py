"""Which letters a dispatcher should look at again: those that chance has drawn, and those that teach the most."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.repository import get_submissions
from models.account import Account, Role
from models.analysis import Analysis
from models.case import Case
from models.classifier import TopicLabel
from models.database import Connection
from models.errors import Forbidden, NotFound
from models.submission import Submission
from nlp.oversight.active_selection import Candidate, select
from routing import analysis_repository, case_repository
from routing.directory import Directory
from routing.learning import label_repository, labels

# What was drawn longer ago is let go: the audit is about today. Letters of as many days, at most so many of them, are
# weighed for the day's choice.
RECENT = timedelta(days=30)
WEIGHED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """`drawn`: by chance, so that the answer says something about all automatic dispatches."""

    case: Case
    submission: Submission
    analysis: Analysis
    drawn: bool


def list_review(
    conn: Connection, account: Account, directory: Directory, *, budget: int, now: datetime
) -> list[ReviewItem]:
    """The drawn ones first, the longest waiting leading, then the day's choice. Raises `Forbidden`."""
    _check_reviewer(account)
    drawn = label_repository.list_audit(conn, since=now - RECENT, limit=budget)
    numbers = [(item.submission_id, item.case_number) for item in drawn]
    chosen = _choose(conn, directory, budget=budget - len(drawn), now=now) if len(drawn) < budget else []
    numbers += chosen
    ids = [submission_id for submission_id, _ in numbers]
    submissions, analyses = get_submissions(conn, ids), analysis_repository.list_analyses(conn, ids)
    return [
        ReviewItem(
            case=case_repository.get_case(conn, case_number),
            submission=submissions[submission_id],
            analysis=analyses[submission_id],
            drawn=place < len(drawn),
        )
        for place, (submission_id, case_number) in enumerate(numbers)
    ]


def review(
    conn: Connection, account: Account, directory: Directory, case_number: str, *, topic_code: str, now: datetime
) -> TopicLabel:
    """Raises `Forbidden`, `NotFound`, `Invalid` for an unknown topic, `Conflict` where somebody was quicker."""
    _check_reviewer(account)
    case = case_repository.get_case(conn, case_number)
    if case.dispatched_at is None:
        raise NotFound("该工单还在分拣，请在人工分拣中处理。")
    return labels.review(conn, case, directory, topic_code=topic_code, actor=account.actor, now=now)


def _check_reviewer(account: Account) -> None:
    if account.role is not Role.DISPATCHER:
        raise Forbidden("标注复核由派单员进行。")


def _choose(conn: Connection, directory: Directory, *, budget: int, now: datetime) -> list[tuple[int, str]]:
    """The day's choice among what nobody has looked at; it stays the same all day but for what has been done."""
    waiting = label_repository.list_unlabelled(conn, since=now - RECENT, limit=WEIGHED)
    analyses = analysis_repository.list_analyses(conn, [item.submission_id for item in waiting])
    numbers = {str(item.submission_id): (item.submission_id, item.case_number) for item in waiting}
    candidates = []
    for item in waiting:
        suggestions = analyses[item.submission_id].suggestions
        first = directory.topics.get(suggestions[0].topic_code) if suggestions else None
        candidates.append(
            Candidate(
                key=str(item.submission_id),
                confidences=tuple(suggestion.confidence for suggestion in suggestions),
                stratum=(first.parent_code or first.code) if first else "",
            )
        )
    # the random part is the audit's, which knows its chances
    chosen = select(candidates, budget=budget, random_share=0.0, seed=now.date().toordinal())
    return [numbers[item.key] for item in chosen]
