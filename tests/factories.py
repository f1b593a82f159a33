"""Things to test with. Keywords with defaults; cases walk the real lifecycle: no test sees an impossible one."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher

from api import account_repository
from api.city_setup import sample_city, set_up_city
from intake.encryption import Keys, derive_keys
from intake.registration import register
from models.account import Account, Role
from models.analysis import AnalyserInput, Analysis, AppealType, Sentiment, TopicSuggestion, Urgency
from models.case import Case, CaseAction, CompletionResult
from models.database import Connection
from models.submission import Channel, NewSubmission
from routing import case_repository, lifecycle
from routing.directory import Directory
from routing.directory_repository import load_directory
from routing.process import process_batch

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE).astimezone(UTC)
SECRET = "a secret for tests only, long enough to pass"
KEYS: Keys = derive_keys(SECRET)
PASSWORD = "correct horse 电池"
# argon2 is slow on purpose; a hash carries its own cost, so the tests' one is cheap to verify.
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_PASSWORD_HASH = CHEAP_HASHER.hash(PASSWORD)
_numbers = itertools.count(1)


def city(conn: Connection, *, now: datetime = NOW) -> Directory:
    """The sample city's reference rows, committed."""
    set_up_city(conn, sample_city(), now=now)
    conn.commit()
    return load_directory(conn)


def account(
    conn: Connection,
    role: Role = Role.OFFICER,
    *,
    department: str | None = "zjj",
    username: str | None = None,
    now: datetime = NOW,
) -> Account:
    """An account with the password `PASSWORD`, committed. Only officers get the department."""
    added = account_repository.add_account(
        conn,
        username=username or f"{role.value}{next(_numbers)}",
        display_name=f"测试{role.label}",
        password_hash=_PASSWORD_HASH,
        role=role,
        department_id=department if role is Role.OFFICER else None,
        actor="test",
        now=now,
    )
    conn.commit()
    return added


def letter(
    *,
    title: str = "小区路灯不亮",
    body: str | None = None,
    channel: Channel = Channel.LETTER,
    source_id: str | None = None,
    submitted_at: datetime | None = None,
    name: str = "李向阳",
    contact: str = "19900001234",
    place: str = "",
    appeal_type: AppealType | None = None,
    confidential: bool = False,
    likes: int = 0,
) -> NewSubmission:
    """A submission as a channel hands it over; each call is another letter."""
    number = next(_numbers)
    return NewSubmission(
        channel=channel,
        source="test",
        source_id=source_id,
        title=title,
        body=body or f"临溪区桂香街道第{number}盏路灯坏了很久，晚上走路看不见，请尽快维修。",
        submitted_at=submitted_at,
        submitter_name=name,
        submitter_contact=contact,
        place=place,
        appeal_type=appeal_type,
        confidential=confidential,
        likes=likes,
    )


@dataclass(frozen=True)
class FixedAnalyser:
    """Says the same about every text: for tests that are about something else than analysis."""

    analysis: Analysis
    version: str = "fixed/1"

    def analyse(self, inputs: Sequence[AnalyserInput]) -> list[Analysis]:
        return [self.analysis for _ in inputs]


def analysis(
    *,
    topic: str | None = "T0402",
    confidence: float = 0.95,
    appeal_type: AppealType = AppealType.HELP,
    sentiment: Sentiment = Sentiment.NEGATIVE,
    urgency: Urgency = Urgency.NORMAL,
    region: str | None = "990102",
    organisations: tuple[str, ...] = (),
) -> Analysis:
    suggestions = (TopicSuggestion(topic, confidence, ("路灯",)),) if topic else ()
    return Analysis(
        topic_code=topic,
        topic_confidence=confidence,
        suggestions=suggestions,
        appeal_type=appeal_type,
        appeal_confidence=0.9,
        sentiment=sentiment,
        sentiment_confidence=0.8,
        urgency=urgency,
        urgency_confidence=0.9,
        region_code=region,
        region_confidence=0.9 if region else 0.0,
        organisations=organisations,
        versions={"topic": "fixed/1"},
    )


def case(
    conn: Connection,
    directory: Directory,
    *,
    says: Analysis | None = None,
    until: CaseAction = CaseAction.OPEN,
    at: datetime = NOW,
    new: NewSubmission | None = None,
    lead: str | None = None,
    result: CompletionResult = CompletionResult.SOLVED,
) -> Case:
    """A case that went through intake and pipeline at `at` and then through the lifecycle up to `until`, committed.

    `lead` redispatches it to that unit first.
    """
    [registered] = register(conn, [new or letter()], actor="test", now=at, keys=KEYS, zone=ZONE)
    process_batch(conn, FixedAnalyser(says or analysis()), directory, now=at, zone=ZONE, limit=100)
    found = case_repository.get_case(conn, registered.receipt_number)
    if lead is not None and found.lead_department_id != lead:
        found = lifecycle.dispatch(conn, found, directory, lead=lead, actor="test", now=at, zone=ZONE)
    if until in (CaseAction.ACKNOWLEDGE, CaseAction.REPLY, CaseAction.COMPLETE, CaseAction.CLOSE):
        found = lifecycle.acknowledge(conn, found, actor="test", now=at)
    if until in (CaseAction.REPLY, CaseAction.COMPLETE, CaseAction.CLOSE):
        found = lifecycle.reply(
            conn,
            found,
            body="已派人到现场修好。",
            public=True,
            department_id=found.lead_department_id,
            actor="test",
            now=at,
        )
    if until in (CaseAction.COMPLETE, CaseAction.CLOSE):
        found = lifecycle.complete(conn, found, result=result, actor="test", now=at)
    if until is CaseAction.CLOSE:
        found = lifecycle.close(conn, found, actor="test", now=at)
    conn.commit()
    return found
