"""What of a case everybody reads, for staff and for who wrote: whether it is published, why not, how it looks."""

from dataclasses import dataclass

from api.runtime import Runtime
from api.staff.merging import words_without
from intake.repository import get_submission
from models.case import Case, CaseAction
from models.database import Connection
from models.publication import PublicText, Published
from routing import protection
from routing.casework import merge_repository
from routing.replies import publication
from routing.replies import publication_repository as rows
from routing.replies.published_repository import list_of_letter


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSide:
    """`published` is the row of the case; `hidden` says why nobody reads it now, "" where everybody does. `ready`: a
    public reply stands that could be published. `consent`: who wrote agrees that the letter is."""

    published: Published | None
    hidden: str
    ready: bool
    consent: bool

    def allows(self, action: CaseAction) -> bool:
        match action:
            case CaseAction.PUBLISH:
                return self.ready and (self.published is None or not self.published.shown)
            case CaseAction.UNPUBLISH:
                return self.published is not None and self.published.withdrawn_at is None
            case _:
                return True


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPublic:
    """The same for who wrote: `numbers` under which the answers are read by all, `with_letter` with words of theirs."""

    consent: bool
    withdrawn: bool
    numbers: tuple[int, ...]
    with_letter: bool


NOT_PUBLIC = OwnPublic(consent=False, withdrawn=False, numbers=(), with_letter=False)


def view_public_side(conn: Connection, case: Case) -> PublicSide:
    """For a case that the person may see."""
    published = rows.find_published(conn, case.id)
    protected = protection.is_protected(conn, case)
    replies = merge_repository.list_current_replies(conn, case.id)
    standing = not case.status.is_open and case.merged_into is None and not case.parts
    return PublicSide(
        published=published,
        hidden=_why_hidden(case, published, protected=protected) if published else "",
        ready=standing and not protected and any(reply.public for reply in replies),
        consent=rows.has_consent(conn, case.submission_id),
    )


def view_own(conn: Connection, submission_id: int) -> OwnPublic:
    found = list_of_letter(conn, submission_id)
    return OwnPublic(
        consent=rows.has_consent(conn, submission_id),
        withdrawn=rows.was_withdrawn(conn, submission_id),
        numbers=tuple(number for number, _ in found),
        with_letter=any(with_letter for _, with_letter in found),
    )


def preview(conn: Connection, runtime: Runtime, case: Case, body: str) -> PublicText | None:
    """How everybody would read this reply; None where nothing of the case may be published."""
    if case.merged_into is not None or case.parts or protection.is_protected(conn, case):
        return None
    submission = get_submission(conn, case.submission_id)
    others = words_without(conn, runtime, case)
    title, letter = publication.public_letter(conn, case, submission, for_others=others)
    masked = others(body) if body.strip() else ""
    return PublicText(title=title, letter=letter, reply=publication.public_reply(masked, submission))


def _why_hidden(case: Case, published: Published, *, protected: bool) -> str:
    if published.shown:
        return ""
    if published.withdrawn_at is not None:
        return f"已撤下：{published.withdrawal_reason}"
    if case.status.is_open:
        return "重新办理期间不公开，再次答复并办结后恢复"
    if protected:
        return "举报和保密事项不公开"
    if case.merged_into is not None:
        return "已并入其他工单，不单独公开"
    return "最近一次办结的答复不公开，或者工单已从指标中剔除"
