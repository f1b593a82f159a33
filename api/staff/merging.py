"""What is handled together or apart, for the case page: whom this case goes with, its parts, what may be merged, which
matters the letter may raise; and the four actions that change it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from zoneinfo import ZoneInfo

from api.runtime import Runtime
from api.staff.case_requests import ActionInput
from intake import repository as submissions_repository
from intake.redaction import redact_together
from models.account import Account
from models.analysis import Analysis, Matter, TextSpan
from models.case import Assignment, Case, CaseAction, CaseStatus
from models.database import Connection
from models.errors import Conflict, NotFound
from models.merge import CaseMerge, MergeCandidate, NewPart
from models.submission import Submission
from nlp.gist.plain_sentences import plain_sentences
from routing import case_repository, policies
from routing.casework import merge_repository, merging, splitting
from routing.directory import Directory
from routing.following import Words, without_person
from routing.rules import dispatch_region, find_rule

TOGETHER = frozenset({CaseAction.MERGE, CaseAction.UNMERGE, CaseAction.SPLIT, CaseAction.UNSPLIT})
_TITLE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A case that is merged into this one. `opens`: this person may read it."""

    case: Case
    merge: CaseMerge
    opens: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of this letter, with what of it it is about. `opens`: this person may read it."""

    case: Case
    sentences: tuple[str, ...]
    opens: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A matter that the program found in the letter, as a part that a person may open."""

    title: str
    topic_code: str
    confidence: float
    lead: str | None
    sentences: tuple[TextSpan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """`head` and `merge`: what this case is merged into, and the record of it. `first_due`: the member that is due
    before this case itself. `parent`: the case of the whole letter; `excerpt` what of it this part is about, `siblings`
    how many further parts there are. `sentences` are those of the letter, to choose from. A part whose split was undone
    is merged into its own letter: `taken_back`."""

    head: Case | None = None
    merge: CaseMerge | None = None
    opens_head: bool = False
    members: tuple[Member, ...] = ()
    first_due: Case | None = None
    parent: Case | None = None
    opens_parent: bool = False
    excerpt: tuple[TextSpan, ...] = ()
    siblings: int = 0
    parts: tuple[Part, ...] = ()
    candidates: tuple[MergeCandidate, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    sentences: tuple[TextSpan, ...] = ()
    can_undo_split: bool = False

    @property
    def taken_back(self) -> bool:
        return self.head is not None and self.parent is not None and self.head.id == self.parent.id

    def allows(self, action: CaseAction) -> bool:
        """Whether the records leave room for it."""
        match action:
            case CaseAction.UNMERGE:
                return self.head is not None and not self.taken_back
            case CaseAction.MERGE:
                return self.head is None and self.parent is None
            case CaseAction.SPLIT:
                return self.parent is None and not any(m.case.parent_id is None for m in self.members)
            case CaseAction.UNSPLIT:
                return self.can_undo_split
            case _:
                return True


def view_together(
    conn: Connection,
    account: Account,
    case: Case,
    assignments: Sequence[Assignment],
    submission: Submission,
    analysis: Analysis,
    directory: Directory,
) -> Together:
    """For a case that the person may see. What may be merged and how to split is for those who may do it."""
    merges = merge_repository.list_merges(conn, case.id)
    live = {merge.member_id: merge for merge in merges if merge.undone_at is None}
    part_ids = merge_repository.list_part_ids(conn, case.parent_id or case.id)
    ids = {id_ for id_ in (case.merged_into, case.parent_id) if id_ is not None} | set(part_ids)
    ids |= {merge.member_id for merge in live.values() if merge.head_id == case.id}
    tied = {other.id: other for other in case_repository.list_cases_by_id(conn, list(ids - {case.id}))}
    held = case_repository.list_assignments_of(conn, list(tied))
    opens = {id_: policies.can_view(account, held[id_]) for id_ in tied}
    spans = merge_repository.list_sentences(conn, [case.id, *part_ids])
    members = tuple(
        Member(case=tied[id_], merge=merge, opens=opens[id_])
        for id_, merge in live.items()
        if merge.head_id == case.id and tied[id_].parent_id != case.id
    )
    parts = () if case.parent_id is not None else tuple(tied[id_] for id_ in part_ids)
    text = f"{submission.title}\n{submission.body}"
    found = Together(
        head=tied.get(case.merged_into or 0),
        merge=live.get(case.id),
        opens_head=opens.get(case.merged_into or 0, False),
        members=members,
        first_due=_first_due(case, [member.case for member in members]),
        parent=tied.get(case.parent_id or 0),
        opens_parent=opens.get(case.parent_id or 0, False),
        excerpt=spans.get(case.id, ()),
        siblings=len(set(part_ids) - {case.id}) if case.parent_id is not None else 0,
        parts=tuple(
            Part(
                case=part,
                sentences=tuple(text[span.start : span.end] for span in spans.get(part.id, ())),
                opens=opens[part.id],
            )
            for part in parts
        ),
        can_undo_split=bool(parts) and all(part.status is CaseStatus.DISPATCHED for part in parts),
    )
    if found.allows(CaseAction.MERGE) and policies.can_act(account, CaseAction.MERGE, case, assignments):
        found = replace(found, candidates=tuple(merge_repository.list_candidates(conn, case)))
    if found.allows(CaseAction.SPLIT) and policies.can_act(account, CaseAction.SPLIT, case, assignments):
        found = replace(
            found,
            proposals=tuple(_proposal(matter, text, case, analysis, directory) for matter in analysis.matters),
            sentences=tuple(plain_sentences(submission.title, submission.body)),
        )
    return found


def perform_together(
    conn: Connection,
    runtime: Runtime,
    account: Account,
    case: Case,
    action: CaseAction,
    given: ActionInput,
    directory: Directory,
    *,
    now: datetime,
) -> Case:
    """One of `TOGETHER`, by somebody who may do it; `given` is masked already. Raises `Conflict` and `Invalid` as the
    action does, `NotFound` for a case to merge that is not there."""
    actor, zone = account.actor, runtime.settings.zone
    match action:
        case CaseAction.MERGE:
            members = _members(conn, account, given.members)
            return merging.merge(conn, case, members, reason=given.text, actor=actor, now=now)
        case CaseAction.UNMERGE:
            return merging.unmerge(conn, case, note=given.note, actor=actor, now=now)
        case CaseAction.SPLIT:
            return _split(conn, runtime, case, given.parts, directory, actor=actor, now=now, zone=zone)
        case _:
            return splitting.unsplit(conn, case, directory, note=given.note, actor=actor, now=now, zone=zone)


def words_for_others(conn: Connection, runtime: Runtime, case: Case) -> Words:
    """How a reply to the submitter of `case` is told to those whose cases are merged into it, and a public one to all:
    without what names or reaches that person, who is known here by name and by the letter as it came. The originals are
    opened when there is something to tell."""
    opened = cache(lambda: words_without(conn, runtime, case))
    return lambda text: opened()(text)


def words_without(conn: Connection, runtime: Runtime, case: Case) -> Words:
    """How what was written to the submitter of `case` is shown to whoever is not that person; of who wrote what is
    merged into it neither name nor contact is told: an answer to all of them may speak of each."""
    members = case_repository.list_cases_by_id(conn, merge_repository.list_member_ids(conn, case.id))
    ids = dict.fromkeys((case.submission_id, *(member.submission_id for member in members)))
    originals = [submissions_repository.get_original(conn, id_, runtime.keys) for id_ in ids]
    letter = "\n".join((originals[0].title, originals[0].body, *(one.submitter_contact for one in originals)))
    names = [name for one in originals for name in (one.submitter_name, one.submitter_handle) if name]
    return partial(without_person, letter=letter, names=names)


def _members(conn: Connection, account: Account, numbers: Sequence[str]) -> list[Case]:
    cases = []
    for number in dict.fromkeys(number.strip() for number in numbers):
        try:
            member = case_repository.get_case(conn, number)
            policies.check_can_view(account, case_repository.list_assignments(conn, member.id))
        except NotFound:
            raise Conflict(f"没有找到工单{number}，请核对编号。") from None
        cases.append(member)
    return cases


def _split(
    conn: Connection,
    runtime: Runtime,
    case: Case,
    parts: Sequence[NewPart],
    directory: Directory,
    *,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Case:
    """What a person calls the parts is read by other units and by the submitter's neighbours in the list: masked."""
    original = submissions_repository.get_original(conn, case.submission_id, runtime.keys)
    titles = redact_together([part.title for part in parts], (original.submitter_name,)) if parts else []
    masked = [replace(part, title=title.text) for part, title in zip(parts, titles, strict=True)]
    submission = submissions_repository.get_submission(conn, case.submission_id)
    return splitting.split(conn, case, submission, directory, masked, actor=actor, now=now, zone=zone)


def _first_due(case: Case, members: Sequence[Case]) -> Case | None:
    due = [member for member in members if member.due_at is not None and member.status.is_open]
    first = min(due, key=lambda member: (member.due_at, member.id), default=None)
    if first is None or first.due_at is None or not case.status.is_open:
        return None
    return first if case.due_at is None or first.due_at < case.due_at else None


def _proposal(matter: Matter, text: str, case: Case, analysis: Analysis, directory: Directory) -> Proposal:
    region = dispatch_region(analysis)
    rule = find_rule(
        directory, matter.topic_code, channel=case.channel, appeal_type=case.appeal_type, region_code=region
    )
    unit = directory.unit_for(rule.lead_duty, region) if rule else None
    first = text[matter.sentences[0].start : matter.sentences[0].end].strip() if matter.sentences else ""
    return Proposal(
        title=first if len(first) <= _TITLE else first[: _TITLE - 1] + "…",
        topic_code=matter.topic_code,
        confidence=matter.confidence,
        lead=unit.id if unit is not None and unit.active else None,
        sentences=matter.sentences,
    )
