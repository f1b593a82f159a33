"""The main job: pending rows become analysed submissions and cases, each once, whatever breaks in between."""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import psycopg
import pytest

from intake import repository as submissions_repository
from intake.registration import register
from intake.repository import claim_pending, count_pending
from models.account import SYSTEM_ACTOR
from models.analysis import AnalyserInput, Analysis, AppealType, Urgency
from models.case import AssignmentRole, Case, CaseAction, CaseStatus
from models.database import Connection, connect
from models.errors import Conflict
from models.submission import Channel, NewSubmission
from routing import analysis_repository, case_repository, event_repository
from routing.directory import Directory
from routing.opening import open_case_by_hand
from routing.process import BatchResult, process_batch
from tests import factories
from tests.factories import KEYS, NOW, ZONE


@dataclass
class ByTitle:
    """An analyser that says what the title of the letter asks for; `broken` titles raise, as a bug in it would."""

    answers: dict[str, Analysis]
    broken: frozenset[str] = frozenset()
    batches: list[int] = field(default_factory=list)
    version: str = "by-title/1"

    def analyse(self, inputs: Sequence[AnalyserInput]) -> list[Analysis]:
        self.batches.append(len(inputs))
        if any(i.title in self.broken for i in inputs):
            raise RecursionError("a text that nobody thought of")
        return [self.answers.get(i.title, factories.analysis()) for i in inputs]


def process(
    conn: Connection, analyser: ByTitle | factories.FixedAnalyser, directory: Directory, *, limit: int = 100
) -> BatchResult:
    return process_batch(conn, analyser, directory, now=NOW, zone=ZONE, limit=limit)


def store(conn: Connection, *new: NewSubmission) -> list[str]:
    """Pending rows, committed; their receipt numbers."""
    registered = register(conn, new, actor="test", now=NOW, keys=KEYS, zone=ZONE)
    conn.commit()
    assert all(r.status == "new" for r in registered)
    return [r.receipt_number for r in registered]


@pytest.fixture(autouse=True)
def nothing_is_left_pending(city_conn: Connection, directory: Directory) -> None:
    """A failed test before must not feed this one."""
    process(city_conn, factories.FixedAnalyser(factories.analysis()), directory, limit=1000)
    city_conn.commit()


GOLDEN: dict[str, Analysis] = {
    "district": factories.analysis(),
    "city": factories.analysis(region=None),
    "unsure": factories.analysis(confidence=0.3),
    "unknown": factories.analysis(topic=None, confidence=0.0),
    "danger": factories.analysis(urgency=Urgency.CRITICAL),
    "reported": factories.analysis(appeal_type=AppealType.REPORT, organisations=("cgj-990102",)),
    "consult": factories.analysis(appeal_type=AppealType.CONSULT),
}


def test_a_batch_becomes_dispatched_and_waiting_cases(city_conn: Connection, directory: Directory) -> None:
    numbers = dict(zip(GOLDEN, store(city_conn, *[factories.letter(title=t) for t in GOLDEN]), strict=True))
    result = process(city_conn, ByTitle(GOLDEN), directory)
    assert (result.processed, result.cases, result.dispatched, result.triage) == (7, 7, 3, 4)
    assert set(result.seconds) == set(result.computing) == {"claim", "analyse", "open", "mark", "link", "join"}
    cases = {title: case_repository.get_case(city_conn, number) for title, number in numbers.items()}
    assert {title: (case.status.value, case.lead_department_id) for title, case in cases.items()} == {
        "district": ("dispatched", "cgj-990102"),
        "city": ("dispatched", "cgj"),
        "consult": ("dispatched", "cgj-990102"),
        "unsure": ("triage", None),
        "unknown": ("triage", None),
        "danger": ("triage", None),
        "reported": ("triage", None),
    }
    assert {title: case.triage_reason for title, case in cases.items() if case.triage_reason} == {
        "unsure": "类别把握不足（30%，规则要求60%）",
        "unknown": "未能判断诉求类别",
        "danger": "可能危及人身安全，请立即人工处理",
        "reported": "举报内容提到临溪区城管局，请核对被反映单位",
    }
    # every case has a due date, those in triage an estimated one
    assert cases["consult"].due_date == date(2026, 11, 26)
    assert cases["district"].due_date == cases["unknown"].due_date == date(2026, 12, 2)
    assert {title for title, case in cases.items() if "暂按今日派单估算" in case.due_basis} == {
        "unsure",
        "unknown",
        "danger",
        "reported",
    }
    assert count_pending(city_conn) == 0


def test_what_a_case_takes_over_and_what_its_history_says(city_conn: Connection, directory: Directory) -> None:
    [number] = store(city_conn, factories.letter(title="路灯不亮", confidential=True))
    process(city_conn, ByTitle({}), directory)
    case = case_repository.get_case(city_conn, number)
    assert (case.title, case.channel, case.confidential) == ("路灯不亮", Channel.LETTER, True)
    assert (case.topic_code, case.region_code, case.version) == ("T0402", "990102", 2)
    assert case.submitted_at == case.received_at == case.opened_at == case.dispatched_at == NOW
    assignments = [(a.department_id, a.role) for a in case_repository.list_assignments(city_conn, case.id)]
    assert assignments == [("cgj-990102", AssignmentRole.LEAD), ("zjj-990102", AssignmentRole.CO_HANDLING)]
    opened, dispatched = event_repository.list_events(city_conn, case.id)
    assert (opened.action, opened.from_status, opened.to_status) == (CaseAction.OPEN, None, CaseStatus.TRIAGE)
    assert (dispatched.from_status, dispatched.to_status) == (CaseStatus.TRIAGE, CaseStatus.DISPATCHED)
    assert opened.actor == dispatched.actor == SYSTEM_ACTOR
    assert opened.payload["versions"] == {"topic": "fixed/1"}
    assert dispatched.payload["lead"] == "cgj-990102" and dispatched.payload["rule_id"] is not None
    assert analysis_repository.list_analyses(city_conn, [case.submission_id]) == {
        case.submission_id: factories.analysis()
    }


def test_a_topic_that_protects_reporters_makes_its_cases_confidential(
    city_conn: Connection, directory: Directory
) -> None:
    case = factories.case(city_conn, directory, says=factories.analysis(topic="T2205"))
    assert case.confidential


def test_a_letter_without_title_is_known_by_its_first_words(city_conn: Connection, directory: Directory) -> None:
    body = "小区门口的树\n倒了，" + "请尽快处理" * 20
    case = factories.case(city_conn, directory, new=factories.letter(title="", body=body))
    assert case.title == ("小区门口的树 倒了，" + "请尽快处理" * 20)[:40] + "…"


def test_answers_and_posts_are_analysed_without_a_case(city_conn: Connection, directory: Directory) -> None:
    channels = (Channel.SURVEY, Channel.SOCIAL, Channel.HOTLINE)
    store(city_conn, *[factories.letter(channel=channel) for channel in channels])
    result = process(city_conn, ByTitle({}), directory)
    assert (result.processed, result.cases) == (3, 1)
    assert count_pending(city_conn) == 0


def test_nothing_to_do_is_said(city_conn: Connection, directory: Directory) -> None:
    assert process(city_conn, ByTitle({}), directory) == BatchResult()


def test_a_text_that_breaks_the_analyser_goes_to_a_person_and_holds_up_nobody(
    city_conn: Connection, directory: Directory, caplog: pytest.LogCaptureFixture
) -> None:
    titles = [f"letter {i}" for i in range(16)]
    numbers = store(city_conn, *[factories.letter(title=t) for t in titles])
    analyser = ByTitle({}, broken=frozenset({"letter 5"}))
    result = process(city_conn, analyser, directory)
    assert (result.processed, result.dispatched, result.triage) == (16, 15, 1)
    poisoned = case_repository.get_case(city_conn, numbers[5])
    assert (poisoned.status, poisoned.triage_reason) == (CaseStatus.TRIAGE, "未能判断诉求类别")
    analysis = analysis_repository.list_analyses(city_conn, [poisoned.submission_id])[poisoned.submission_id]
    assert analysis == Analysis.unknown("analysis-failed")
    assert f"submission {poisoned.submission_id}" in caplog.text
    assert len(analyser.batches) == 9  # 16, then the half without and the half with it, down to 1


def test_two_workers_share_the_queue(city_conn: Connection, city_dsn: str, directory: Directory) -> None:
    """The second one takes other rows instead of waiting for the first, and none is done twice."""
    store(city_conn, *[factories.letter() for _ in range(6)])
    with contextlib.closing(connect(city_dsn)) as other:
        mine = claim_pending(city_conn, 4)
        theirs = claim_pending(other, 4)
        assert (len(mine), len(theirs)) == (4, 2)
        assert not {s.id for s in mine} & {s.id for s in theirs}
        other.rollback()
        assert {s.id for s in claim_pending(other, 10)} == {s.id for s in theirs}
        other.rollback()
    city_conn.rollback()
    assert process(city_conn, ByTitle({}), directory).processed == 6


TABLES = ("submissions", "analyses", "cases", "assignments", "case_events")


def counts(conn: Connection) -> list[int]:
    return [len(conn.execute(f"SELECT FROM {table}").fetchall()) for table in TABLES]


@pytest.mark.parametrize(
    "step", ["add_analyses", "add_cases", "add_assignments", "add_first_events", "mark_processed", None]
)
def test_a_worker_that_dies_leaves_the_rows_pending_and_nothing_half_written(
    city_conn: Connection, city_dsn: str, directory: Directory, monkeypatch: pytest.MonkeyPatch, step: str | None
) -> None:
    """Cut off before each write in turn, and (None) after the last one but before the commit."""
    store(city_conn, *[factories.letter() for _ in range(3)])
    before = counts(city_conn)
    for module in (analysis_repository, case_repository, event_repository, submissions_repository):
        if step is not None and hasattr(module, step):
            monkeypatch.setattr(module, step, _die)
    with contextlib.closing(connect(city_dsn)) as worker:
        with contextlib.nullcontext() if step is None else pytest.raises(psycopg.OperationalError):
            process(worker, ByTitle({}), directory)
        assert worker.info.transaction_status != psycopg.pq.TransactionStatus.IDLE
    monkeypatch.undo()
    assert counts(city_conn) == before
    assert count_pending(city_conn) == 3
    city_conn.rollback()
    for _ in range(100):  # the server takes a moment to notice that the worker is gone
        result = process(city_conn, ByTitle({}), directory)
        if result.processed:
            break
        time.sleep(0.1)
    assert result.cases == 3


def _die(*_: object, **__: object) -> None:
    raise psycopg.OperationalError("server closed the connection unexpectedly")


def facts(case: Case) -> Case:
    """The case without what numbers it."""
    return replace(case, id=0, case_number="", submission_id=0)


def test_one_by_one_or_all_at_once_is_the_same(city_conn: Connection, directory: Directory) -> None:
    titles = [*GOLDEN] * 3
    outcomes = []
    for limit in (1, 100):
        numbers = store(city_conn, *[factories.letter(title=t) for t in titles])
        rounds = 0
        while process(city_conn, ByTitle(GOLDEN), directory, limit=limit).processed:
            city_conn.commit()
            rounds += 1
        assert rounds == (len(titles) if limit == 1 else 1)
        outcomes.append([facts(case_repository.get_case(city_conn, number)) for number in numbers])
    assert outcomes[0] == outcomes[1]


# A person opens a case from a post


def test_a_case_opened_by_hand_says_by_whom(city_conn: Connection, directory: Directory) -> None:
    store(city_conn, factories.letter(channel=Channel.SOCIAL))
    [post] = claim_pending(city_conn, 1)
    process(city_conn, ByTitle({}), directory)
    case = open_case_by_hand(
        city_conn, post, factories.analysis(), directory, actor="account:1:某人", now=NOW, zone=ZONE
    )
    assert (case.status, case.submission_id) == (CaseStatus.DISPATCHED, post.id)
    opened, dispatched = event_repository.list_events(city_conn, case.id)
    assert (opened.actor, dispatched.actor) == ("account:1:某人", SYSTEM_ACTOR)
    with pytest.raises(Conflict, match="已经立案"):
        open_case_by_hand(city_conn, post, factories.analysis(), directory, actor="x", now=NOW, zone=ZONE)
    city_conn.commit()
