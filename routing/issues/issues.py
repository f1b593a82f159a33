"""Which issue does each submission of a batch belong to? The last step of the batch's transaction.

What is known of the clusters is kept in memory between batches (`IssueMemory`) and is only a copy of the rows: what
other workers have added since is taken in the same order, which gives the same result; after a transaction that was
rolled back, or a person's decision, it is read anew.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from models.analysis import Analysis, Scope
from models.database import Connection
from models.issue import IssueAction, ProposalKind
from models.region import Region
from models.submission import Submission
from nlp.issues.arrivals import Arrival, ArrivalReader, Said
from nlp.issues.book import BookSettings, IssueBook
from nlp.issues.changes import (
    Change,
    Joining,
    KnownCluster,
    Merging,
    Placement,
    Proposing,
    Splitting,
    current_issues,
)
from routing.directory import Directory
from routing.issues import issue_step_repository as repository
from routing.issues.issue_names import FEW, name_issues
from routing.issues.issue_step_repository import NewMember, StoredMember

# What others have added since is taken up one by one while it is so much at most; beyond that reading anew is quicker.
_REPLAYED = 2_000


class IssueMemory:
    """The clusters as this process knows them. Only to be used under `lock_issues`, which lets one thread in."""

    def __init__(self, settings: BookSettings | None = None) -> None:
        self.settings = settings or BookSettings()
        self._book: IssueBook | None = None
        self._step, self._token = 0, UUID(int=0)

    def current(self, conn: Connection) -> tuple[IssueBook, int]:
        """The book as the rows say, and the number of the newest step."""
        last = repository.get_last_step(conn)
        book, self._book = self._book, None
        trusted = book is not None and repository.has_step(conn, self._step, self._token)
        if book and trusted and last.arrivals - book.arrivals <= _REPLAYED and _replay(conn, book, last.last_issue):
            return book, last.step
        return _load(conn, self.settings, last.arrivals, last.last_issue), last.step

    def keep(self, book: IssueBook, step: int, token: UUID) -> None:
        """To be trusted if the step comes to be."""
        self._book, self._step, self._token = book, step, token


def join_batch(
    conn: Connection,
    items: Sequence[tuple[Submission, Analysis]],
    directory: Directory,
    memory: IssueMemory,
    *,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> int:
    """Put the submissions of a batch into issues; how many joined one.

    To be called last: it takes a lock that others wait for until the commit. What is confidential is left out, and what
    names no matter: an advertisement, "no opinion" in a thousand surveys.
    """
    said = [
        Said(
            submission.id, submission.title, submission.body, analysis, submission.submitted_at.astimezone(zone).date()
        )
        for submission, analysis in items
        if analysis.scope is not Scope.NO_MATTER and not _is_confidential(submission, analysis, directory)
    ]
    if not said:
        return 0
    reader = _reader(tuple(directory.regions.values()))
    arrivals = reader.read(said)
    repository.lock_issues(conn)
    book, last_step = memory.current(conn)
    before = book.last_issue
    changes = book.take(arrivals)
    step, token = last_step + 1, uuid4()
    repository.add_step(conn, step, token, arrivals=book.arrivals, decided=False, actor=actor, now=now)
    repository.add_issues(conn, range(before + 1, book.last_issue + 1), step=step, actor=actor, now=now)
    placements = [change for change in changes if isinstance(change, Placement)]
    repository.add_members(conn, [_member(one, reader) for one in placements], step=step, actor=actor, now=now)
    _apply(conn, changes, step, actor, now)
    touched = sorted(_touched(changes))
    sizes = repository.refresh_issues(conn, touched, step=step, actor=actor)
    name_issues(conn, _to_name(changes, sizes), step=step, actor=actor)
    silent = book.arrivals - memory.settings.silent_for
    repository.retire_issues(conn, silent_after=silent, step=step, actor=actor, now=now)
    memory.keep(book, step, token)
    return sum(placement.issue > 0 for placement in placements)


def _is_confidential(submission: Submission, analysis: Analysis, directory: Directory) -> bool:
    topic = directory.topics.get(analysis.topic_code or "")
    return submission.confidential or (topic is not None and topic.confidential)


@lru_cache(maxsize=2)
def _reader(regions: tuple[Region, ...]) -> ArrivalReader:
    return ArrivalReader(regions)


def _member(placement: Placement, reader: ArrivalReader) -> NewMember:
    arrival = placement.arrival
    evidence: dict[str, object] = {}
    if placement.issue and arrival.text is not None:
        words = reader.words(arrival.text)
        evidence = {
            "words": [[words.get(term, ""), share] for term, share in placement.shared],
            "places": list(placement.places),
            "days": placement.days,
            "nearest": placement.nearest,
        }
    return NewMember(
        submission_id=arrival.key,
        issue_id=placement.issue or None,
        part=placement.part or None,
        arrival=placement.number,
        similarity=min(round(placement.likeness, 4), 1.0),
        evidence=evidence,
        packed=arrival.pack(),
    )


def _apply(conn: Connection, changes: Sequence[Change], step: int, actor: str, now: datetime) -> None:
    """All but the placements, in the order it happened."""
    for kind, run in groupby((c for c in changes if not isinstance(c, Placement)), key=type):
        if kind is Joining:
            joined = [(one.key, one.issue, one.part) for one in run if isinstance(one, Joining)]
            repository.join_members(conn, joined, step=step, actor=actor)
            continue
        for change in run:
            _apply_one(conn, change, step, actor, now)


def _apply_one(conn: Connection, change: Change, step: int, actor: str, now: datetime) -> None:
    match change:
        case Merging(issue=issue, gone=gone, likeness=likeness):
            moved = repository.merge_issues(conn, issue, gone, as_parts=False, step=step, actor=actor)
            payload: dict[str, object] = {"members": moved, "likeness": round(likeness, 3)}
            repository.add_decision(conn, IssueAction.MERGE, issue, gone, payload, actor=actor, now=now)
            repository.outdate_proposals(conn, [issue, gone], actor=actor, now=now)
        case Splitting(issue=issue, into=into, keys=keys):
            repository.move_members(conn, keys, into or None, step=step, actor=actor)
            repository.add_decision(
                conn, IssueAction.SPLIT, issue, into or None, {"members": list(keys)}, actor=actor, now=now
            )
            repository.outdate_proposals(conn, [issue], actor=actor, now=now)
        case Proposing(issue=issue, other=other, leaving=leaving, likeness=likeness):
            repository.add_proposal(
                conn,
                ProposalKind.SPLIT if other is None else ProposalKind.MERGE,
                issue,
                other,
                leaving=leaving,
                evidence={"similarity": round(likeness, 3)},
                actor=actor,
                now=now,
            )


def _touched(changes: Iterable[Change]) -> set[int]:
    touched: set[int] = set()
    for change in changes:
        match change:
            case Placement(issue=issue) | Joining(issue=issue) | Merging(issue=issue):
                touched.add(issue)
            case Splitting(issue=issue, into=into):
                touched |= {issue, into}
    return touched - {0}


def _to_name(changes: Iterable[Change], sizes: Sequence[tuple[int, int]]) -> list[int]:
    """The issues whose name may be another one now (`routing.issues.issue_names`)."""
    grown: Counter[int] = Counter()
    reshaped: set[int] = set()
    for change in changes:
        match change:
            case Placement(issue=issue) | Joining(issue=issue):
                grown[issue] += 1
            case Merging(issue=issue):
                reshaped.add(issue)
            case Splitting(issue=issue, into=into):
                reshaped |= {issue, into}
    return [
        issue
        for issue, size in sizes
        if size < FEW or issue in reshaped or size.bit_length() != max(size - grown[issue], 0).bit_length()
    ]


def _replay(conn: Connection, book: IssueBook, last_issue: int) -> bool:
    """Take what others have added; whether it came out as they have it."""
    members = repository.list_members_after(conn, book.arrivals)
    if not members:
        return book.last_issue == last_issue
    changes = book.take(_arrivals(members), explained=False)
    issues = current_issues(changes)
    return book.last_issue == last_issue and all(issues[one.submission_id] == one.issue_id for one in members)


def _load(conn: Connection, settings: BookSettings, arrivals: int, last_issue: int) -> IssueBook:
    silent_after = arrivals - settings.silent_for
    members = repository.list_open_members(
        conn, alone_after=arrivals - settings.alone_for, silent_after=silent_after, known=settings.known
    )
    parts = {(one.issue_id, one.part): one for one in repository.list_open_parts(conn, silent_after=silent_after)}
    clusters: list[KnownCluster] = []
    by_part: dict[tuple[int, int], list[tuple[int, Arrival]]] = {}
    for member, arrival in zip(members, _arrivals(members), strict=True):
        if member.issue_id:
            by_part.setdefault((member.issue_id, member.part), []).append((member.arrival, arrival))
        else:
            clusters.append(KnownCluster(0, 1, [(member.arrival, arrival)]))
    for (issue, number), known in by_part.items():
        row = parts[issue, number]
        clusters.append(KnownCluster(issue, row.size, known, row.held, frozenset(row.separate), number))
    return IssueBook.restore(clusters, arrivals=arrivals, last_issue=last_issue, settings=settings)


def _arrivals(members: Iterable[StoredMember]) -> list[Arrival]:
    return [Arrival.unpack(one.submission_id, one.packed) for one in members]
