"""No sequence of actions breaks a case: people of all roles press buttons at random, the clock and the schedule go on.

What is refused must be refused in a sentence; anything else that is raised is a mistake. `WENZHENG_MACHINE_EXAMPLES`
asks for so many examples, of a new seed each time; without it there are a few, the same ones always.
"""

import contextlib
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from pydantic import SecretStr

from api import account_repository
from api.messages import outbox
from api.staff import callback_desk, casework, drafting
from api.staff.case_requests import ActionInput
from api.tasks import casework_tasks, clock_tasks
from dashboards.metrics.metrics import measure, status_counts
from intake.registration import register
from models.account import Account, Role
from models.callback import CallbackEntry, Satisfaction, SolvedAnswer, SuspensionState
from models.case import TRANSITIONS, AssignmentRole, Case, CaseAction, CaseStatus, CompletionResult
from models.criteria import CaseCriteria
from models.database import Connection, connect, transaction
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.merge import why_held
from models.reply_draft import DraftState
from models.settings import Settings
from routing import case_repository, event_repository, policies
from routing.casework import callback_drawing, callback_repository, casework_repository
from routing.clocks import calendar_changes, suspension_repository
from routing.clocks.calendar import CalendarDay, DayKind
from routing.process import process_batch
from routing.replies import draft_repository, drafts
from tests import factories
from tests.api.door import StoppedRuntime
from tests.database.machine_ground import OneConnection, counted_by_hand, counting, due_said
from tests.database.machine_inputs import UNITS, fill_in, reply_text
from tests.factories import KEYS, NOW, SECRET, ZONE

EXAMPLES = int(os.environ.get("WENZHENG_MACHINE_EXAMPLES", "0"))
# What a step does is drawn from its seed: rows have other numbers each time, and hypothesis must not see them.
SEEDS = st.integers(0, 2**32)
REFUSED = (Conflict, Forbidden, Invalid, NotFound)
DONE = (CaseStatus.COMPLETED, CaseStatus.CLOSED)
# What people of the city press; opening is a door of its own, and these two are nobody's.
PRESSED = [a for a in CaseAction if policies.ACTION_ROLES[a] and a is not CaseAction.OPEN]


class CaseMachine(RuleBasedStateMachine):
    """A few cases of a small city. `seen` counts what was done, over all examples."""

    runtime: ClassVar[StoppedRuntime]
    people: ClassVar[list[Account]]
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.runtime.clock = NOW
        self.runtime._version = None  # what the example before changed was taken back
        self.conn.execute("SELECT 1")  # the transaction of the example begins: all that follows are savepoints
        self.before: dict[int, Case] = {}

    @property
    def conn(self) -> Connection:
        pool: Any = self.runtime.pool
        assert isinstance(pool, OneConnection)
        return pool.conn

    def cases(self) -> list[Case]:
        rows = self.conn.execute("SELECT id FROM cases ORDER BY id").fetchall()
        return case_repository.list_cases_by_id(self.conn, [row[0] for row in rows])

    @initialize(sure=st.booleans(), share=st.sampled_from([0, 1]))
    def begin(self, sure: bool, share: int) -> None:
        """Two letters, of which one may wait for a dispatcher; all that is completed is called back, or nothing."""
        changes: dict[str, Any] = {"share": share, "shares": {}, "always": ()}
        rule = callback_drawing.new_rule(self.runtime.directory(self.conn).city.deadline_profile, 1, now=NOW)
        callback_drawing.set_rule(self.conn, replace(rule, **changes), actor="test")
        self.open(sure=True, confidential=False)
        self.open(sure=sure, confidential=False)

    @rule(sure=st.booleans(), confidential=st.booleans())
    def open(self, sure: bool, confidential: bool) -> None:
        number, now = len(self.cases()), self.runtime.now()
        if number >= 4:
            return
        says = factories.analysis(confidence=0.95 if sure else 0.3)
        letter = factories.letter(confidential=confidential, body=f"临溪区桂香街道第{number}盏路灯坏了，请维修。")
        with transaction(self.runtime.pool) as conn:
            register(conn, [replace(letter, source="web")], actor="test", now=now, keys=KEYS, zone=ZONE)
            directory = self.runtime.directory(conn)
            process_batch(conn, factories.FixedAnalyser(says), directory, now=now, zone=ZONE, limit=10)

    @rule(minutes=st.sampled_from([1, 1, 5, 45, 180, 1_440, 2_880, 10_080]))
    def wait(self, minutes: int) -> None:
        self.pass_time(minutes)

    @rule(seed=SEEDS)
    def act(self, seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(4):
            self.press(chance)
            self.everything_holds()

    @rule(seed=SEEDS)
    def act_again(self, seed: int) -> None:
        """So that most of what happens are actions."""
        self.act(seed)

    def press(self, chance: random.Random) -> None:
        """Somebody presses a button: mostly one that the status and the role allow."""
        case = chance.choice(self.cases())
        assignments = case_repository.list_assignments(self.conn, case.id)
        pairs = [(person, action) for action in PRESSED for person in self.people]
        allowed = [p for p in pairs if policies.can_act(p[0], p[1], case, assignments)]
        account, action = chance.choice(pairs)
        if allowed and chance.random() < 0.9:
            # the action first: some are for many people, and would be pressed all the time
            action = chance.choice([a for a in PRESSED if any(a is b for _, b in allowed)])
            account = chance.choice([p for p, a in allowed if a is action])
        others = [c.case_number for c in self.cases() if c.id != case.id]
        self.perform(account, case, action, fill_in(chance, action, case, others, self.runtime.now()))

    @rule(seed=SEEDS)
    def write(self, seed: int) -> None:
        """A draft is saved, by somebody who may have seen another."""
        chance = random.Random(seed)
        case, account = chance.choice(self.cases()), chance.choice(self.people)
        draft = draft_repository.find_open_draft(self.conn, case.id)
        what = drafts.Written(
            body=reply_text(chance),
            public=chance.random() < 0.3,
            result=chance.choice([None, *CompletionResult]),
            version=draft.version if draft and chance.random() < 0.7 else None,
        )
        with self.refusable("write"), transaction(self.runtime.pool) as conn:
            drafting.save_draft(conn, self.runtime, account, case.case_number, what, now=self.runtime.now())
        self.pass_time(1)

    @rule(seed=SEEDS)
    def finish(self, seed: int) -> None:
        """The plain way on, without which few examples would come to an end: acknowledge, reply, complete."""
        case = random.Random(seed).choice(self.cases())
        lead = next((p for p in self.people if p.department_id == case.lead_department_id), None)
        if lead is None:
            return
        for action in (CaseAction.ACKNOWLEDGE, CaseAction.REPLY, CaseAction.COMPLETE):
            given = ActionInput(body="已于11月25日修好，电话0990-0001234。", result=CompletionResult.SOLVED)
            self.perform(lead, case_repository.get_case_by_id(self.conn, case.id), action, given)

    @rule(seed=SEEDS)
    def rate(self, seed: int) -> None:
        """The submitter says whether it is solved."""
        chance = random.Random(seed)
        found = callback_repository.find_current(self.conn, chance.choice(self.cases()).id)
        if found is None:
            return
        with self.refusable("rate"), transaction(self.runtime.pool) as conn:
            callback_desk.rate(
                conn,
                self.runtime,
                callback_desk.rating_token(self.runtime, found),
                solved=chance.choice(list(SolvedAnswer)),
                satisfaction=chance.choice(list(Satisfaction)),
                note="",
                entry=CallbackEntry.LINK,
                now=self.runtime.now(),
            )
        self.pass_time(1)

    @rule(days=st.integers(1, 12), kind=st.sampled_from([DayKind.HOLIDAY, DayKind.WORKDAY]))
    def change_calendar(self, days: int, kind: DayKind) -> None:
        """A notice makes a day off, or a day of work; the schedule counts the open clocks anew."""
        day = (self.runtime.now() + timedelta(days=days)).astimezone(ZONE).date()
        with self.refusable("calendar"), transaction(self.runtime.pool) as conn:
            calendar_changes.change_calendar(
                conn,
                [CalendarDay(day=day, kind=kind, name="临时调整")],
                None,
                whole_years=False,
                reason="临时通知",
                actor="test",
                now=self.runtime.now(),
            )
            account_repository.add_administration_event(
                conn, action="reference.calendar", payload={}, actor="test", now=self.runtime.now()
            )
        self.pass_time(2)
        self.seen["recalculated"] += clock_tasks.recalculate(self.runtime).moved
        self.pass_time(1)

    @rule()
    def keep_schedule(self) -> None:
        """What comes round by itself: suspensions end, due cases are told of, completed ones are archived."""
        self.seen["resumed"] += casework_tasks.resume(self.runtime)
        self.seen["escalated"] += clock_tasks.escalate(self.runtime)
        self.seen["archived"] += casework_tasks.archive(self.runtime)
        self.pass_time(1)

    @rule()
    def tell(self) -> None:
        self.seen["told"] += outbox.prepare(self.runtime, actor="test")

    def perform(self, account: Account, case: Case, action: CaseAction, given: ActionInput) -> None:
        with self.refusable(action.value), transaction(self.runtime.pool) as conn:
            casework.perform(conn, self.runtime, account, case.case_number, action, given, now=self.runtime.now())
            assert account.role in policies.ACTION_ROLES[action]
            assert not why_held(case, action)
        self.pass_time(1)

    @contextlib.contextmanager
    def refusable(self, what: str) -> Iterator[None]:
        try:
            yield
            self.seen[what] += 1
        except REFUSED as error:
            assert error.message
            self.seen[f"{what} refused"] += 1

    def pass_time(self, minutes: int) -> None:
        self.runtime.clock += timedelta(minutes=minutes)

    # What holds whatever was done

    @invariant()
    def everything_holds(self) -> None:
        cases = self.cases()
        report = event_repository.verify_chains(self.conn, KEYS.seals)
        assert report.broken is None, report.broken
        for case in cases:
            if self.before.get(case.id) != case:  # whatever is done to a case moves its version
                self.history_holds(case)
                self.one_unit_leads(case)
                self.clocks_run_where_somebody_works(case)
                self.nothing_waits_twice_or_for_nobody(case)
                self.completed_is_answered(case)
                self.before[case.id] = case
            assert self.drafts_are_one(case)
        self.tied_cases_go_together({case.id: case for case in cases})
        self.nobody_is_told_twice()
        said, plain = status_counts(self.conn, self.runtime.now()), counted_by_hand(cases, self.runtime.now())
        assert {name: said[name] for name in plain} == plain

    def history_holds(self, case: Case) -> None:
        """The status is what the events come to; a due day that was named moves only where an event names the new."""
        events, status = event_repository.list_events(self.conn, case.id), None
        for event in events:
            assert event.from_status == status
            assert status is None or TRANSITIONS[status][event.action] is event.to_status, event.action
            status = event.to_status
        assert (case.status, case.version) == (status, len(events))
        was = self.before.get(case.id)
        if was is not None and was.due_at is not None and case.due_at != was.due_at:
            said = [due_said(e.payload) for e in events if e.seq > was.version]
            assert case.due_date is not None and case.due_date.isoformat() in said, events[-1]

    def one_unit_leads(self, case: Case) -> None:
        rows = case_repository.list_assignments(self.conn, case.id)
        leads = [a.department_id for a in rows if a.ended_at is None and a.role is AssignmentRole.LEAD]
        taken_back = case.merged_into is not None and case.merged_into == case.parent_id
        nobody = case.status is CaseStatus.TRIAGE or taken_back
        assert leads == ([] if nobody else [case.lead_department_id])
        helping = [a.department_id for a in rows if a.ended_at is None and a.role is not AssignmentRole.LEAD]
        assert len({*helping, *leads}) == len(helping) + len(leads), "no unit twice"

    def clocks_run_where_somebody_works(self, case: Case) -> None:
        running = [c for c in casework_repository.list_clocks(self.conn, case.id) if c.runs]
        assert len({c.kind for c in running}) == len(running)
        assert not running or (case.status.is_open and case.merged_into is None and not case.parts)
        assert all(c.department_id == case.lead_department_id for c in running)
        assert case.status is CaseStatus.TRIAGE or case.merged_into is not None or case.due_at is not None

    def nothing_waits_twice_or_for_nobody(self, case: Case) -> None:
        stops = suspension_repository.list_suspensions(self.conn, case.id)
        asked: dict[str, list[Any]] = {
            "return": [r.state for r in casework_repository.list_returns(self.conn, case.id)],
            "extension": [e.state for e in casework_repository.list_extensions(self.conn, case.id)],
            "suspension": [s.state for s in stops],
        }
        waiting = {what: sum(s.value == "requested" for s in states) for what, states in asked.items()}
        waiting["running"] = sum(s.state is SuspensionState.RUNNING for s in stops)
        given = casework_repository.list_supervisions(self.conn, case.id)
        waiting["supervision"] = sum(s.answered_at is None for s in given)
        assert max(waiting.values()) <= 1
        assert not waiting["running"] or case.status is CaseStatus.IN_PROGRESS
        if not case.status.is_open or case.merged_into is not None or case.parts:
            assert not any(waiting.values()), (case.case_number, waiting)

    def completed_is_answered(self, case: Case) -> None:
        done = case.status in DONE
        assert done == (case.completed_at is not None) == (case.completion_result is not None)
        assert (case.status is CaseStatus.CLOSED) == (case.closed_at is not None)
        if done and not case.parts:
            assert case_repository.has_answer(self.conn, case.id), case.case_number
        callbacks = callback_repository.list_callbacks(self.conn, case.id)
        assert sum(c.current for c in callbacks) <= 1

    def drafts_are_one(self, case: Case) -> bool:
        open_states = (DraftState.DRAFT, DraftState.IN_REVIEW, DraftState.REFUSED)
        found = [d for d in draft_repository.list_drafts(self.conn, case.id) if d.state in open_states]
        in_review = any(d.state is DraftState.IN_REVIEW for d in found)
        return len(found) <= 1 and (case.status is CaseStatus.IN_PROGRESS or not in_review)

    def tied_cases_go_together(self, cases: dict[int, Case]) -> None:
        for case in cases.values():
            done = case.status in DONE
            if case.merged_into is not None:
                assert (cases[case.merged_into].status in DONE) == done, "a merged case goes with its head"
            if case.parts:
                parts = [c for c in cases.values() if c.parent_id == case.id and c.merged_into is None]
                assert len(parts) == case.parts
                assert done == all(p.status in DONE for p in parts)

    def nobody_is_told_twice(self) -> None:
        twice = self.conn.execute(
            "SELECT event_id FROM notifications GROUP BY event_id, kind, medium, channel_id HAVING count(*) > 1"
        ).fetchall()
        assert twice == []

    def teardown(self) -> None:
        try:
            now, cases = self.runtime.now(), self.cases()
            found = measure(self.conn, CaseCriteria(), now=now, zone=ZONE).metrics
            due = [c for c in counting(cases) if c.due_at is not None and c.due_at <= now]
            timely = [c for c in due if c.completed_at is not None and c.due_at and c.completed_at <= c.due_at]
            rate = found["on_time_completion_rate"]
            assert (rate.numerator, rate.denominator) == (len(timely), len(due))
            plain = counted_by_hand(cases, now)
            for name in ("open", "overdue", "completed", "awaiting_triage", "dispatched"):
                assert found[name].numerator == plain[name]
        finally:
            self.conn.rollback()


@pytest.fixture
def machine(city_dsn: str, tmp_path: Path) -> Iterator[type[CaseMachine]]:
    runtime = StoppedRuntime(Settings(data_dir=tmp_path, secret_key=SecretStr(SECRET), pool_size=2), city_dsn)
    runtime.close()
    with contextlib.closing(connect(city_dsn)) as conn:
        people = [factories.account(conn, Role.OFFICER, department=unit) for unit in (*UNITS, *UNITS[:2])]
        people += [factories.account(conn, role) for role in (Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER)]
        pool: Any = OneConnection(conn)
        runtime.pool = pool
        CaseMachine.runtime, CaseMachine.people = runtime, people
        CaseMachine.seen.clear()
        yield CaseMachine


def test_no_sequence_of_actions_breaks_a_case(machine: type[CaseMachine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES or 25,
            stateful_step_count=40,
            derandomize=not EXAMPLES,
            database=None,
            deadline=None,
            # 40 steps can be read; making them fewer takes minutes
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    # an idle machine breaks nothing
    assert machine.seen["acknowledge"] and machine.seen["complete"] and machine.seen["told"], machine.seen
