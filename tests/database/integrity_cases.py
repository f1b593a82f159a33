"""Cases completed in ways that the integrity rules look for, and the hits of a rule within a fortnight."""

from datetime import datetime, timedelta
from itertools import count

from dashboards.integrity import Hit, Period, list_hits
from models.case import Case, CompletionResult
from models.database import Connection
from models.integrity import IntegrityRule
from models.submission import Channel
from routing import lifecycle
from routing.casework import supervision
from routing.directory import Directory
from tests import factories
from tests.factories import ZONE

OFFICER = "account:1:经办"
_ids = count(1)


def hits(conn: Connection, rule: IntegrityRule, start: datetime, unit: str | None = None) -> list[Hit]:
    day = start.astimezone(ZONE).date()
    period = Period(first=day, last=day + timedelta(days=13), unit=unit)
    return list_hits(conn, rule, period, zone=ZONE, limit=100)


def numbers(found: list[Hit]) -> set[str]:
    return {hit.case_number for hit in found}


def complete(
    conn: Connection,
    directory: Directory,
    start: datetime,
    *,
    after: timedelta = timedelta(0),
    takes: timedelta = timedelta(minutes=5),
    body: str = "",
    contacted: bool = True,
    lead: str = "zjj",
    channel: Channel = Channel.LETTER,
    actor: str = OFFICER,
) -> Case:
    """A case that was dispatched at `start`, acknowledged `after` it, and completed when `takes` had passed."""
    new = factories.letter(channel=channel, source_id=f"integrity-{next(_ids)}")
    case = factories.case(conn, directory, lead=lead, at=start, new=new)
    at = start + after
    case = lifecycle.acknowledge(conn, case, actor=actor, now=at)
    at += takes
    if contacted:
        case = supervision.contact(conn, case, text="已电话联系。", reached=True, actor=actor, now=at)
    case = lifecycle.reply(
        conn,
        case,
        body=body or f"经现场查看，{case.case_number}号来件所说的路灯已经修复，感谢您的监督。{words(next(_ids))}",
        public=False,
        department_id=lead,
        actor=actor,
        now=at,
    )
    case = lifecycle.complete(conn, case, result=CompletionResult.SOLVED, actor=actor, now=at)
    conn.commit()
    return case


def words(number: int) -> str:
    """Another sentence for each number, without digits."""
    return "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(number))
