"""Why this topic: suggestions with their words, the most similar labelled letters as far as this person may know them,
who said it and when. For pages and JSON alike; nothing of it is for citizens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from api.staff.suggestions import Suggestion, suggest
from intake.repository import get_submissions
from models.account import Account
from models.analysis import Analysis, Neighbour
from models.case import Case
from models.database import Connection
from nlp.corpus import find_item
from nlp.topics.neighbours import title_of
from routing import analysis_repository, case_repository, policies, protection_repository
from routing.directory import Directory

_LETTER_OF_THE_CITY, _LONGEST_ID = "submission", 19


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarLetter:
    """A labelled letter that resembles this one. Topic and likeness everyone may know who sees the case.

    A sample letter has its `text`, unless the title is all of it. A letter of the city has a `title` only where this
    person may see it, and a `case_number` where it leads to a case. Both empty: it is not theirs to know, or it is no
    more as it was. Confidential letters are none: of a report, nobody learns here that it exists.
    """

    topic_code: str
    topic_name: str
    likeness: float
    sample: bool
    title: str = ""
    text: str = ""
    case_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """`suggestions` and their catalogue entries are as of today; cues, letters and version as of the analysis."""

    suggestions: list[Suggestion]
    similar: list[SimilarLetter]
    classifier: str
    analysed_at: datetime


@dataclass(frozen=True, slots=True)
class _CityLetters:
    """Letters of the city, by submission id. `named`: those this person may be told of, with the case number (empty:
    no case). `secret`: those that nobody is told of here, not even that they exist."""

    named: Mapping[int, str]
    secret: frozenset[int]


def explain(
    conn: Connection, account: Account, directory: Directory, items: Sequence[tuple[Case, Analysis]]
) -> dict[int, Explanation]:
    """By case id, for cases that this person may see. A few statements, however many cases."""
    times = analysis_repository.list_analysis_times(conn, [case.submission_id for case, _ in items])
    letters = _find_letters(conn, account, directory, [n for _, analysis in items for n in analysis.neighbours])
    return {
        case.id: Explanation(
            suggestions=suggest(directory, case, analysis),
            similar=[
                _similar(neighbour, directory, letters.named)
                for neighbour in analysis.neighbours
                if _submission_id(neighbour) not in letters.secret | {case.submission_id}
            ],
            classifier=analysis.versions.get("topic", ""),
            analysed_at=times[case.submission_id],
        )
        for case, analysis in items
    }


def _similar(neighbour: Neighbour, directory: Directory, named: Mapping[int, str]) -> SimilarLetter:
    letter = SimilarLetter(
        topic_code=neighbour.topic_code,
        topic_name=directory.topic_name(neighbour.topic_code) or neighbour.topic_code,
        likeness=neighbour.likeness,
        sample=False,
    )
    submission_id = _submission_id(neighbour)
    if submission_id is not None and submission_id in named:
        return replace(letter, title=neighbour.title, case_number=named[submission_id])
    sample = find_item(neighbour.reference)
    # the corpus may have been rewritten since: another text must not pass for the one that was compared
    if sample is not None and title_of(sample.title, sample.body) == neighbour.title:
        # a letter without title may be no longer than what stands for one
        whole = not sample.title and " ".join(sample.body.split()) == neighbour.title
        return replace(letter, sample=True, title=neighbour.title, text="" if whole else sample.body)
    return letter


def _find_letters(
    conn: Connection, account: Account, directory: Directory, neighbours: Sequence[Neighbour]
) -> _CityLetters:
    asked = [(id_, directory.topics.get(n.topic_code)) for n in neighbours if (id_ := _submission_id(n)) is not None]
    if not asked:
        return _CityLetters({}, frozenset())
    ids = list({id_ for id_, _ in asked})
    cases = case_repository.list_cases_of_submissions(conn, ids)
    assignments = case_repository.list_assignments_of(conn, [case.id for case in cases.values()])
    without_case = get_submissions(conn, [id_ for id_ in ids if id_ not in cases])
    secret = {id_ for id_, topic in asked if topic is not None and topic.confidential}
    secret |= {id_ for id_, letter in without_case.items() if letter.confidential}
    secret |= protection_repository.list_closed(conn, cases.keys())
    named = {id_: case.case_number for id_, case in cases.items() if policies.can_view(account, assignments[case.id])}
    if account.role in policies.SEES_ALL_CASES:
        named |= dict.fromkeys(without_case, "")
    return _CityLetters({id_: number for id_, number in named.items() if id_ not in secret}, frozenset(secret))


def _submission_id(neighbour: Neighbour) -> int | None:
    kind, _, number = neighbour.reference.rpartition(":")
    is_id = kind == _LETTER_OF_THE_CITY and number.isdecimal() and len(number) < _LONGEST_ID
    return int(number) if is_id else None
