"""One action on many cases: each in a transaction of its own, with the version that the person saw; each says what
became of it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import psycopg

from api.runtime import Runtime
from api.staff.case_requests import ActionInput
from api.staff.casework import load_case, perform
from models.account import Account
from models.case import Assignment, AssignmentRole, Case, CaseAction
from models.database import Connection, with_meaning
from models.errors import Forbidden, Invalid, WenzhengError
from routing import case_repository, policies
from routing.casework import desk_repository

logger = logging.getLogger(__name__)

MOST = 200
# What can be done to many at once, in the order of the buttons.
BULK_ACTIONS = (CaseAction.ACKNOWLEDGE, CaseAction.REMIND, CaseAction.REDISPATCH, CaseAction.CLOSE, CaseAction.NOTE)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A row that somebody ticked: the number, and the version that the list showed."""

    number: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`reason` says why it was not done; "" where it was. `title` is empty for what this person may not see."""

    chosen: Chosen
    title: str
    reason: str = ""


def bulk_actions(account: Account) -> list[CaseAction]:
    """What this person may do to many cases."""
    return [action for action in BULK_ACTIONS if account.role in policies.ACTION_ROLES[action]]


def read_chosen(values: Sequence[str]) -> list[Chosen]:
    """The ticked rows ("number:version"), each once. Raises `Invalid` for none, too many, or what no list of ours
    sends."""
    found: dict[str, Chosen] = {}
    for value in values:
        number, _, version = value.rpartition(":")
        if not number or not version.isdecimal() or len(version) > 9:
            raise Invalid("所选的工单有误，请返回刷新后再选。")
        found.setdefault(number, Chosen(number, int(version)))
    if not found:
        raise Invalid("还没有选择工单，请先勾选。")
    if len(found) > MOST:
        raise Invalid(f"一次最多办理{MOST}件，现选了{len(found)}件。")
    return list(found.values())


def list_chosen(conn: Connection, account: Account, chosen: Sequence[Chosen]) -> dict[str, Case]:
    """The chosen cases that this person may see, by number, in the order they were chosen."""
    ids = desk_repository.list_case_ids(conn, [row.number for row in chosen])
    cases = {case.id: case for case in case_repository.list_cases_by_id(conn, list(ids.values()))}
    assignments = case_repository.list_assignments_of(conn, list(cases))
    return {
        row.number: cases[ids[row.number]]
        for row in chosen
        if row.number in ids and policies.can_view(account, assignments[ids[row.number]])
    }


def perform_all(
    conn: Connection,
    runtime: Runtime,
    account: Account,
    action: CaseAction,
    chosen: Sequence[Chosen],
    given: ActionInput,
    *,
    now: datetime,
) -> list[Outcome]:
    """One outcome a row, in their order. What was done stays done whatever happens to the rows after it.

    Raises `Forbidden` before the first row where the person may do it to none."""
    if action not in bulk_actions(account):
        raise Forbidden(f"{account.role.label}不能批量{action.label}。")
    titles = {number: case.title for number, case in list_chosen(conn, account, chosen).items()}
    conn.commit()  # the rows get transactions of their own
    outcomes = []
    for row in chosen:
        try:
            with with_meaning(), conn.transaction():
                wanted = replace(given, version=row.version)
                if action is CaseAction.REDISPATCH:
                    _, assignments = load_case(conn, account, row.number)
                    wanted = replace(wanted, co_handling=_helpers(assignments, given.lead))
                perform(conn, runtime, account, row.number, action, wanted, now=now)
            reason = ""
        except WenzhengError as error:
            reason = error.message
        except psycopg.Error as error:
            logger.error("bulk %s of %s failed: %s", action.value, row.number, error)
            reason = "数据库出错，这一件没有办理，请稍后再试。"
        outcomes.append(Outcome(chosen=row, title=titles.get(row.number, ""), reason=reason))
    return outcomes


def _helpers(assignments: Sequence[Assignment], lead: str) -> tuple[str, ...]:
    """Who helps goes on helping: a list shows no form for that."""
    return tuple(
        a.department_id
        for a in assignments
        if a.ended_at is None and a.role is AssignmentRole.CO_HANDLING and a.department_id != lead
    )
