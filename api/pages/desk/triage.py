"""The dispatcher's queue: what the rules left to a person, the most urgent first, then the longest waiting."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.pages.administration.detectors import Detector, detectors, fired
from api.pages.cases.case_wording import Badge, Piece, highlight
from api.pages.cases.explanation_wording import find_cues
from api.pages.cases.findings import summary_of, telling_tone
from api.pages.choices import enum_choices, topic_choices, unit_choices
from api.pages.rendering import render
from api.pages.staff import Staff, StaffDep
from api.staff.alike import SolvedBefore, nearest_solved
from api.staff.casework import list_triage, load_case
from api.staff.explanations import Explanation, explain
from dashboards.lists.case_lists import list_cases
from intake.repository import get_submissions
from models.account import Account, Role
from models.analysis import Analysis, AppealType
from models.case import Case, CaseStatus
from models.criteria import CaseCriteria
from models.database import Connection
from models.errors import NotFound
from models.submission import Submission

router = APIRouter()

SHOWN = 20
EXCERPT = 220


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageItem:
    """One waiting case: why it waits, its key sentences or its beginning with the cues marked, where it could go."""

    case: Case
    title: list[Piece]
    excerpt: list[Piece]
    cut: bool
    summary: list[list[Piece]]
    tone: list[Badge]
    place: str
    fired: list[Detector]
    why: Explanation
    solved: list[SolvedBefore]


@router.get("/triage")
def show_triage(
    request: Request,
    staff: StaffDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    done: str = "",
    other: str = "",
) -> Response:
    """`other` names the case whose form for another unit is open, `done` the one just dispatched."""
    require_role(staff.account, Role.DISPATCHER)
    queue = list_triage(conn, staff.account, limit=SHOWN)
    texts = get_submissions(conn, [case.submission_id for case, _ in queue])
    why = explain(conn, staff.account, staff.directory, queue)
    likely = {case.id: read.suggestions[0].topic_code for case, read in queue if read.suggestions}
    solved = nearest_solved(conn, staff.account, staff.directory, [case for case, _ in queue], likely=likely)
    waiting = CaseCriteria(status=CaseStatus.TRIAGE.value)
    total = list_cases(conn, waiting, now=now, zone=runtime.settings.zone, limit=1).total
    return render(
        request,
        "staff/triage.html",
        now=now,
        total=total,
        other=other,
        items=[
            _item(staff, case, analysis, texts[case.submission_id], why[case.id], solved[case.id])
            for case, analysis in queue
        ],
        detectors=detectors(),
        dispatched=_dispatched(conn, staff.account, done),
        directory=staff.directory,
        kinds=enum_choices(AppealType),
        # some hundred choices: only where a form shows them
        units=unit_choices(staff.directory) if other else [],
        topics=topic_choices(staff.directory) if other else [],
    )


def _item(
    staff: Staff, case: Case, analysis: Analysis, submission: Submission, why: Explanation, solved: list[SolvedBefore]
) -> TriageItem:
    text = submission.title, submission.body[:EXCERPT]
    cues = why.suggestions[0].cues if why.suggestions else ()
    title, excerpt = highlight(*text, analysis.detector_hits, find_cues(*text, cues))
    return TriageItem(
        case=case,
        title=title,
        excerpt=excerpt,
        cut=len(submission.body) > EXCERPT,
        summary=_summary(submission, analysis, cues),
        tone=telling_tone(analysis),
        place=staff.directory.region_name(analysis.region_code) or submission.place,
        fired=fired(analysis.detector_hits, analysis.urgency_confidence, analysis.urgency),
        why=why,
        solved=solved,
    )


def _summary(submission: Submission, analysis: Analysis, cues: Sequence[str]) -> list[list[Piece]]:
    """The key sentences as quotes, with the cues that stand in them marked."""
    quotes = []
    for span in analysis.summary:
        for sentence in summary_of(submission.title, submission.body, [span]):
            # positions count from the line end between an empty title and the sentence
            hits = [
                replace(hit, start=hit.start - span.start + 1, end=hit.end - span.start + 1)
                for hit in analysis.detector_hits
                if span.start <= hit.start and hit.end <= span.end
            ]
            quotes.append(highlight("", sentence, hits, find_cues("", sentence, cues))[1])
    return quotes


def _dispatched(conn: Connection, account: Account, number: str) -> Case | None:
    """The case that the notice speaks of; none where the address was made up."""
    if not number:
        return None
    try:
        case, _ = load_case(conn, account, number)
    except NotFound:
        return None
    return case if case.dispatched_at else None
