"""What else says this, and what was answered when it was solved before? As far as this person may know it.

Of a confidential case nobody learns here, not even that it exists; of another unit's letters only how many there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from api.staff.cue_spans import find_cues
from intake.repository import get_submissions
from models.account import Account, Role
from models.analysis import Keyword
from models.case import Case, CaseStatus, CompletionResult
from models.database import Connection
from models.link import LinkKind, SubmissionLink
from models.submission import Submission
from nlp.alike.near_duplicates import common_passages
from nlp.alike.telling import Telling, shared_words
from routing import case_repository, policies, protection_repository
from routing.alike import near_duplicate_repository, similar_case_repository
from routing.directory import Directory

_LINKS, _SOLVED, _WORDS = 20, 10, 6
# Below this a solved case shares a word or two and no matter.
_LEAST_LIKENESS = 0.2
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Another letter: what it is called, its text, and where it and this one say the same (positions in title + newline
    + body of each)."""

    name: str
    title: str
    body: str
    likeness: float
    here: Spans
    there: Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedLetter(Compared):
    """`earlier`: it was submitted before this one. `certain`: the program says so by itself. `case_number` is empty
    where it has no case; `words` are the shared words of a person's repeated matter with their share."""

    kind: LinkKind
    certain: bool
    earlier: bool
    receipt_number: str
    case_number: str
    status: CaseStatus | None
    submitted_at: datetime
    words: tuple[Keyword, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedCase(Compared):
    """`words` are the shared words, each with its share of the likeness, the largest first. `reply` is the last one,
    `public` whether everybody may read it."""

    case_number: str
    result: CompletionResult | None
    completed_at: datetime | None
    reply: str
    public: bool
    words: tuple[Keyword, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """`not_told` counts linked letters that are not this person's to see."""

    linked: list[LinkedLetter]
    not_told: int
    solved: list[SolvedCase]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedBefore:
    """A solved case that a waiting one resembles, and who solved it. `likeness` 0: it shares no telling word, and is
    there because it was solved lately, of the same topic where there is one."""

    case_number: str
    title: str
    likeness: float
    department_id: str | None
    completed_at: datetime | None
    result: CompletionResult | None

    @property
    def far(self) -> bool:
        """Nothing should be concluded from it."""
        return self.likeness < _LEAST_LIKENESS


@dataclass(frozen=True, slots=True)
class _Visible:
    """What this person may know of other submissions, by submission id."""

    submissions: Mapping[int, Submission]
    cases: Mapping[int, Case]
    secret: frozenset[int]

    def joined(self, other: "_Visible") -> "_Visible":
        return _Visible(
            {**self.submissions, **other.submissions}, {**self.cases, **other.cases}, self.secret | other.secret
        )


def find_alike(conn: Connection, account: Account, directory: Directory, case: Case, submission: Submission) -> Alike:
    """For a case that this person may see. A few statements, however much is alike."""
    links = near_duplicate_repository.list_links(conn, submission.id, limit=_LINKS)
    telling = similar_case_repository.list_telling(conn, [submission.id]).get(submission.id, {})
    unit = account.department_id if account.role is Role.OFFICER else None
    best = _best(
        similar_case_repository.list_solved(conn, telling, department_id=unit, but=submission.id) if telling else {},
        telling,
    )
    others = {_other(link, submission.id) for link in links}
    visible = _look(conn, account, directory, others | best.keys())
    linked = [
        _linked(link, submission, visible) for link in links if _other(link, submission.id) in visible.submissions
    ]
    hidden = others - visible.secret - visible.submissions.keys()
    solved = [id_ for id_ in best if id_ in visible.cases][:_SOLVED]
    return Alike(
        linked=linked,
        not_told=len(hidden),
        solved=[_solved(conn, visible, submission, id_, *best[id_]) for id_ in solved],
    )


def nearest_solved(
    conn: Connection,
    account: Account,
    directory: Directory,
    cases: Sequence[Case],
    *,
    likely: Mapping[int, str] = MappingProxyType({}),
    most: int = 3,
) -> dict[int, list[SolvedBefore]]:
    """For each waiting case the nearest solved ones, by case id, however far they are: so many as there are, up to
    `most`. Confidential ones are none. Where too few share a word, the latest solved ones follow, those of the topic
    that is `likely` first."""
    telling = similar_case_repository.list_telling(conn, [case.submission_id for case in cases])
    best: dict[int, dict[int, float]] = {}
    for case in cases:
        words = telling.get(case.submission_id, {})
        found = similar_case_repository.list_solved(conn, words, but=case.submission_id) if words else {}
        ranked = list(_best(found, words, least=0.0).items())[: 3 * most]
        best[case.id] = {id_: likeness for id_, (likeness, _) in ranked}
    if any(len(ids) < most for ids in best.values()):
        latest = similar_case_repository.list_latest_solved(conn)
        for case in cases:
            topic = likely.get(case.id) or case.topic_code or ""
            others = sorted(latest, key=lambda one: one[1] != topic)  # stable: the latest first within
            if len(best[case.id]) < most:
                more = [id_ for id_, _ in others if id_ != case.submission_id and id_ not in best[case.id]]
                best[case.id] |= dict.fromkeys(more[: 3 * most], 0.0)
    visible = _look(conn, account, directory, {id_ for ids in best.values() for id_ in list(ids)[:most]})
    unseen = [ids for ids in best.values() if sum(id_ in visible.cases for id_ in list(ids)[:most]) < most]
    if further := {
        id_ for ids in unseen for id_ in list(ids)[most:]
    }:  # some of the first may not be shown to this person
        visible = visible.joined(_look(conn, account, directory, further))
    return {
        case_id: [
            SolvedBefore(
                case_number=solved.case_number,
                title=solved.title,
                likeness=likeness,
                department_id=solved.lead_department_id,
                completed_at=solved.completed_at,
                result=solved.completion_result,
            )
            for id_, likeness in ids.items()
            if (solved := visible.cases.get(id_)) is not None
        ][:most]
        for case_id, ids in best.items()
    }


def _best(
    found: Mapping[int, Telling], telling: Telling, *, least: float = _LEAST_LIKENESS
) -> dict[int, tuple[float, tuple[Keyword, ...]]]:
    compared = {id_: shared_words(telling, words) for id_, words in found.items()}
    alike = {id_: (likeness, words) for id_, (likeness, words) in compared.items() if likeness >= least}
    return dict(sorted(alike.items(), key=lambda item: (-item[1][0], -item[0]))[: 2 * _SOLVED])


def _look(conn: Connection, account: Account, directory: Directory, ids: set[int]) -> _Visible:
    cases = case_repository.list_cases_of_submissions(conn, list(ids))
    submissions = get_submissions(conn, list(ids))
    assignments = case_repository.list_assignments_of(conn, [case.id for case in cases.values()])
    secret = {id_ for id_, submission in submissions.items() if submission.confidential}
    secret |= {id_ for id_, case in cases.items() if _protects(directory, case)}
    secret |= protection_repository.list_closed(conn, cases.keys())
    seen = {id_: case for id_, case in cases.items() if policies.can_view(account, assignments[case.id])}
    told = seen.keys() | (ids - cases.keys() if account.role in policies.SEES_ALL_CASES else set())
    return _Visible(
        {id_: submission for id_, submission in submissions.items() if id_ in told - secret},
        {id_: case for id_, case in seen.items() if id_ not in secret},
        frozenset(secret),
    )


def _protects(directory: Directory, case: Case) -> bool:
    topic = directory.topics.get(case.topic_code or "")
    return topic is not None and topic.confidential


def _linked(link: SubmissionLink, submission: Submission, visible: _Visible) -> LinkedLetter:
    other = visible.submissions[_other(link, submission.id)]
    case = visible.cases.get(other.id)
    words = tuple(Keyword(word, share) for word, share in link.evidence.get("words", ()))
    here, there = (
        _common(submission, other) if link.kind is not LinkKind.SAME_PERSON else _where(words, submission, other)
    )
    return LinkedLetter(
        name=case.title if case else other.title or other.receipt_number,
        title=other.title,
        body=other.body,
        likeness=link.score,
        here=here,
        there=there,
        kind=link.kind,
        certain=link.certain,
        earlier=link.earlier_id == other.id,
        receipt_number=other.receipt_number,
        case_number=case.case_number if case else "",
        status=case.status if case else None,
        submitted_at=other.submitted_at,
        words=words,
    )


def _solved(
    conn: Connection, visible: _Visible, submission: Submission, id_: int, likeness: float, words: tuple[Keyword, ...]
) -> SolvedCase:
    case, other = visible.cases[id_], visible.submissions[id_]
    replies = [reply for reply in case_repository.list_replies(conn, case.id) if reply.withdrawn_at is None]
    here, there = _where(words, submission, other)
    return SolvedCase(
        name=case.title,
        title=other.title,
        body=other.body,
        likeness=round(likeness, 3),
        here=here,
        there=there,
        case_number=case.case_number,
        result=case.completion_result,
        completed_at=case.completed_at,
        reply=replies[-1].body if replies else "",
        public=bool(replies) and replies[-1].public,
        words=words[:_WORDS],
    )


def _common(one: Submission, other: Submission) -> tuple[Spans, Spans]:
    texts = (one.title, one.body), (other.title, other.body)
    here = common_passages(*texts[0], *texts[1])
    there = common_passages(*texts[1], *texts[0])
    return tuple((s.start, s.end) for s in here), tuple((s.start, s.end) for s in there)


def _where(words: Sequence[Keyword], one: Submission, other: Submission) -> tuple[Spans, Spans]:
    said = [keyword.word for keyword in words]
    return tuple(find_cues(one.title, one.body, said)), tuple(find_cues(other.title, other.body, said))


def _other(link: SubmissionLink, submission_id: int) -> int:
    return link.earlier_id if link.submission_id == submission_id else link.submission_id
