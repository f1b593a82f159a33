"""Answering all cases of an issue at once: each person once, each case through its own lifecycle, and back again."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from models.case import Case, CaseStatus, CompletionResult
from models.database import Connection
from models.errors import Conflict
from models.issue_response import AnsweredCase, IssueResponse, ResponseAnswer
from routing import case_repository, lifecycle
from routing.directory import Directory
from routing.issues import issue_response_repository as rows

# Somebody works on a case at the same moment: look once more before leaving it to them.
_TRIES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Case numbers: `whole` got the answer, `pointed` where to find it (another case of the same person has it);
    `left` could not be answered now, because somebody is changing them."""

    whole: tuple[str, ...]
    pointed: tuple[str, ...]
    left: tuple[str, ...]

    def payload(self) -> dict[str, object]:
        return {"answered": len(self.whole), "pointed": len(self.pointed), "left": list(self.left)}


def list_open_members(conn: Connection, issue_id: int) -> list[tuple[Case, bytes]]:
    """The issue's cases that still wait for an answer, and who wrote them, in the order of the letters."""
    members = rows.list_member_cases(conn, issue_id)
    cases = {case.id: case for case in case_repository.list_cases_by_id(conn, [case_id for case_id, _, _ in members])}
    return [(cases[case_id], person) for case_id, _, person in members if cases[case_id].status.is_open]


def answer_members(
    conn: Connection,
    response: IssueResponse,
    answer: ResponseAnswer,
    directory: Directory,
    *,
    lead: str,
    result: CompletionResult,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> Answering:
    """Reply to and complete every open case of the issue with the published `answer`.

    A case that nobody has been given goes to `lead` first, one that nobody has acknowledged is acknowledged by `actor`.
    Raises `Invalid` where `lead` is no active unit.
    """
    holders: dict[bytes, str] = {}
    whole: list[str] = []
    pointed: list[str] = []
    left: list[str] = []
    for case, person in list_open_members(conn, response.issue_id):
        holder = holders.get(person)
        answered = _try_to_answer(
            conn,
            response,
            case,
            directory,
            _whole(answer) if holder is None else _pointer(answer, holder),
            whole=holder is None,
            lead=lead,
            result=result,
            actor=actor,
            now=now,
            zone=zone,
        )
        if not answered:
            left.append(case.case_number)
        elif holder is None:
            holders[person] = case.case_number
            whole.append(case.case_number)
        else:
            pointed.append(case.case_number)
    return Answering(whole=tuple(whole), pointed=tuple(pointed), left=tuple(left))


def _try_to_answer(
    conn: Connection,
    response: IssueResponse,
    case: Case,
    directory: Directory,
    body: str,
    *,
    whole: bool,
    lead: str,
    result: CompletionResult,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> bool:
    """Whether it was answered; not where somebody goes on changing it, or has just completed it."""
    for _ in range(_TRIES):
        try:
            with conn.transaction():
                _answer(
                    conn,
                    response,
                    case,
                    directory,
                    body,
                    whole=whole,
                    lead=lead,
                    result=result,
                    actor=actor,
                    now=now,
                    zone=zone,
                )
            return True
        except Conflict:
            case = case_repository.get_case(conn, case.case_number)
            if not case.status.is_open:
                break
    return False


def _answer(
    conn: Connection,
    response: IssueResponse,
    case: Case,
    directory: Directory,
    body: str,
    *,
    whole: bool,
    lead: str,
    result: CompletionResult,
    actor: str,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    if case.status is CaseStatus.TRIAGE:
        case = lifecycle.dispatch(
            conn, case, directory, lead=lead, note="热点问题统一答复", actor=actor, now=now, zone=zone
        )
    if case.status is CaseStatus.DISPATCHED:
        case = lifecycle.acknowledge(conn, case, actor=actor, now=now)
    case = lifecycle.reply(
        conn, case, body=body, public=False, department_id=case.lead_department_id, actor=actor, now=now
    )
    case = lifecycle.complete(conn, case, result=result, actor=actor, now=now)
    rows.add_answered_case(conn, response.id, case.id, whole=whole, case_version=case.version, actor=actor, now=now)


def take_back(
    conn: Connection, response: IssueResponse, *, reason: str, actor: str, now: datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Reopen the cases that were answered and withdraw their replies; the numbers of those, and of those that somebody
    has changed since and that stay as they are."""
    back: list[str] = []
    kept: list[str] = []
    for answered in rows.list_answered_cases(conn, response.id):
        case = case_repository.get_case_by_id(conn, answered.case_id)
        if _untouched(case, answered):
            try:
                with conn.transaction():
                    lifecycle.reopen(conn, case, reason=f"撤销统一答复：{reason}", actor=actor, now=now)
                    rows.undo_answered_case(conn, answered, reason=reason, actor=actor, now=now)
                back.append(case.case_number)
                continue
            except Conflict:
                pass
        kept.append(case.case_number)
    return tuple(back), tuple(kept)


def _untouched(case: Case, answered: AnsweredCase) -> bool:
    return case.status is CaseStatus.COMPLETED and case.version == answered.case_version


def _whole(answer: ResponseAnswer) -> str:
    return f"{answer.body}\n\n（以上是对多位市民反映的同一问题的统一答复：{answer.title}。）"


def _pointer(answer: ResponseAnswer, holder: str) -> str:
    return f"您反映的同一问题已统一答复，全文请看您的另一件工单{holder}，或本站“热点回应”中的《{answer.title}》。"
