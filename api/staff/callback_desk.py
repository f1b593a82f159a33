"""Callbacks for pages and JSON alike: who calls whom next, and what a submitter answers alone."""

import hashlib
import hmac
from base64 import b32encode
from dataclasses import dataclass, replace
from datetime import datetime

from api.runtime import Runtime
from intake.redaction import redact_together
from intake.repository import get_original
from models.account import CITIZEN_ACTOR, Account, Role
from models.callback import (
    CallAnswers,
    Callback,
    CallbackEntry,
    CallbackRule,
    CallbackState,
    Satisfaction,
    SolvedAnswer,
)
from models.case import Case, CaseAction
from models.database import Connection
from models.errors import Forbidden, NotFound
from models.protection import RevealReason
from routing import case_repository, policies
from routing.casework import callback_drawing, callback_repository, callbacks, disclosure

CALLERS = (Role.DISPATCHER, Role.SUPERVISOR)
SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A callback with its case; `by`: when the submitter should have been called."""

    callback: Callback
    case: Case
    by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What waits for callers, and what they have to decide. `rule` is the one in force, None before the first case."""

    waiting: list[Waiting]
    to_decide: list[Waiting]
    rule: CallbackRule | None


def check_caller(account: Account) -> None:
    """Raises `Forbidden` for whoever does not make calls."""
    if account.role not in CALLERS:
        raise Forbidden(f"{account.role.label}不能{CaseAction.CALLBACK.label}。")


def view_desk(conn: Connection, runtime: Runtime, account: Account, *, now: datetime, limit: int = SHOWN) -> Desk:
    """Raises `Forbidden`."""
    check_caller(account)
    directory = runtime.directory(conn)
    waiting = callback_repository.list_waiting(conn, now=now, limit=limit)
    to_decide = callback_repository.list_to_decide(conn, limit=limit)
    ids = sorted({callback.case_id for callback in (*waiting, *to_decide)})
    cases = {case.id: case for case in case_repository.list_cases_by_id(conn, ids)}
    rules = {
        rule.id: rule
        for rule in callback_repository.list_rules(conn, sorted({c.rule_id for c in (*waiting, *to_decide)}))
    }

    def of(found: list[Callback]) -> list[Waiting]:
        zone = runtime.settings.zone
        return [
            Waiting(callback=c, case=cases[c.case_id], by=callbacks.call_by(c, rules[c.rule_id], directory, zone))
            for c in found
        ]

    rule = callback_repository.find_rule(conn, directory.city.deadline_profile)
    return Desk(waiting=of(waiting), to_decide=of(to_decide), rule=rule)


def set_rule(conn: Connection, runtime: Runtime, account: Account, rule: CallbackRule) -> CallbackRule:
    """The next version of the city's rule. Raises `Forbidden` for whoever does not administer, `Invalid`."""
    if account.role is not Role.ADMINISTRATOR:
        raise Forbidden(f"{account.role.label}不能更改回访规则。")
    profile = runtime.directory(conn).city.deadline_profile
    return callback_drawing.set_rule(conn, replace(rule, profile=profile), actor=account.actor)


def list_rules(conn: Connection, runtime: Runtime) -> list[CallbackRule]:
    """All versions, the newest first: whoever reads a rate may know how it was drawn."""
    return callback_repository.list_versions(conn, runtime.directory(conn).city.deadline_profile)


def take_next(conn: Connection, account: Account, *, now: datetime) -> Case | None:
    """The next case for this caller, taken for the time of a call. Raises `Forbidden`."""
    check_caller(account)
    return callbacks.take_next(conn, department_id=account.department_id, actor=account.actor, now=now)


def take(conn: Connection, account: Account, case: Case, *, now: datetime) -> bool:
    """Take this one and state why its writer's contact is needed: to call back. False where somebody else calls."""
    check_caller(account)
    callback = callback_repository.find_current(conn, case.id)
    if callback is None or not callback_repository.take(
        conn, callback.id, actor=account.actor, now=now, until=now + callbacks.CALL_TIME
    ):
        return False
    assignments = case_repository.list_assignments(conn, case.id)
    callbacks.check_independent(account.department_id, assignments)
    may = policies.can_act(account, CaseAction.REVEAL, case, assignments)
    if may and disclosure.find_open(conn, account, case, assignments, now=now) is None:
        disclosure.reveal(conn, case, account, reason=RevealReason.CALLBACK, explanation="电话回访办理结果。", now=now)
    return True


# The submitter's own answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """Whether the submitter can answer now, under which token; or why not; and what was answered."""

    token: str
    refusal: str
    answered: Callback | None
    department_name: str
    number: str


def rating_token(runtime: Runtime, callback: Callback) -> str:
    """The token of the link that a submitter gets: of this completion alone, good for one answer. Nothing is stored."""
    mac = hmac.new(runtime.keys.ratings, str(callback.id).encode(), hashlib.sha256).digest()[:15]
    return f"{callback.id}-{b32encode(mac).decode().lower()}"


def find_rated(conn: Connection, runtime: Runtime, token: str) -> tuple[Callback, Case]:
    """Raises `NotFound`, in the same words for whatever is wrong with the token."""
    number, _, _ = token.partition("-")
    wrong = NotFound("链接不对或已经失效，请用编号和查询码查进度。")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise wrong
    callback = callback_repository.find_by_id(conn, int(number))
    if callback is None or not hmac.compare_digest(rating_token(runtime, callback).encode(), token.encode()):
        raise wrong
    return callback, case_repository.get_case_by_id(conn, callback.case_id)


def view_rating(conn: Connection, runtime: Runtime, callback: Callback | None, case: Case, *, now: datetime) -> Rating:
    """For whoever showed number and code, or the link."""
    directory = runtime.directory(conn)
    rule = callback_repository.get_rule(conn, callback.rule_id) if callback else None
    refusal = callbacks.why_not_answer(callback, rule, directory, now=now, zone=runtime.settings.zone)
    return Rating(
        token="" if refusal or callback is None else rating_token(runtime, callback),
        refusal=refusal,
        answered=callback if callback is not None and callback.state is CallbackState.DONE else None,
        department_name=directory.department_name(case.lead_department_id),
        number=case.case_number,
    )


def rate(
    conn: Connection,
    runtime: Runtime,
    token: str,
    *,
    solved: SolvedAnswer | None,
    satisfaction: Satisfaction | None,
    note: str,
    entry: CallbackEntry,
    now: datetime,
) -> Case:
    """Once, for good; personal data in the words are masked. Raises `NotFound`, `Conflict`, `Invalid`."""
    callback, case = find_rated(conn, runtime, token)
    if not callback.current:
        raise NotFound("链接不对或已经失效，请用编号和查询码查进度。")
    answers: CallAnswers | None = callbacks.answers_of(solved, satisfaction, None, note)
    if answers is not None and answers.note:
        original = get_original(conn, case.submission_id, runtime.keys)
        masked, _ = redact_together((answers.note, ""), (original.submitter_name,))
        answers = CallAnswers(solved=answers.solved, satisfaction=answers.satisfaction, note=masked.text)
    return callbacks.answer(
        conn,
        case,
        runtime.directory(conn),
        answers,
        entry,
        actor=CITIZEN_ACTOR,
        now=now,
        zone=runtime.settings.zone,
    )
