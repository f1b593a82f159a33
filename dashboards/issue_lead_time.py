"""Which letters and calls told of an issue before the posts burst, and how long before."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboards.daily_facts.facts import fetch_objects, fetch_rows
from models.case import CaseStatus
from models.database import Connection
from models.submission import Channel

# So many people's posts within so many hours are a burst online.
LEAST_PERSONS = 3
WITHIN = timedelta(hours=24)
CASES_SHOWN = 20
_MOST_POSTS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCase:
    case_number: str
    title: str
    channel: Channel
    submitted_at: datetime
    status: CaseStatus
    confidential: bool
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTime:
    """`burst_at`: when the posts burst. `cases` are the earliest that came before, `total` counts all of them;
    `days_before` says by how many days the first of them did (0.0 where there is none)."""

    burst_at: datetime
    cases: tuple[EarlierCase, ...]
    total: int
    days_before: float

    def days(self, case: EarlierCase) -> float:
        return _days(case.submitted_at, self.burst_at)


def find_online_burst(posts: Iterable[tuple[datetime, bytes]]) -> datetime | None:
    """When the posts of `LEAST_PERSONS` different people within `WITHIN` were there for the first time. `posts` (time,
    who) in the order of time."""
    window: deque[tuple[datetime, bytes]] = deque()
    people: Counter[bytes] = Counter()
    for at, person in posts:
        window.append((at, person))
        people[person] += 1
        while at - window[0][0] > WITHIN:
            gone = window.popleft()[1]
            people[gone] -= 1
            if not people[gone]:
                del people[gone]
        if len(people) >= LEAST_PERSONS:
            return at
    return None


def read_lead_time(conn: Connection, issue_id: int) -> LeadTime | None:
    """None where nothing burst online. A burst that the counts showed earlier than the posts alone is taken."""
    posts = fetch_rows(conn, "issue_posts", {"issue": issue_id, "most": _MOST_POSTS})
    found = [row["since"] for row in fetch_rows(conn, "issue_bursts", {"issue": issue_id})]
    online = find_online_burst((row["at"], bytes(row["person"])) for row in posts)
    if online:
        found.append(online)
    if not found:
        return None
    burst_at = min(found)
    parameters = {"issue": issue_id, "before": burst_at, "most": CASES_SHOWN}
    cases = fetch_objects(conn, "issue_cases_before", parameters, EarlierCase)
    return LeadTime(
        burst_at=burst_at,
        cases=tuple(cases),
        total=cases[0].total if cases else 0,
        days_before=_days(cases[0].submitted_at, burst_at) if cases else 0.0,
    )


def _days(earlier: datetime, later: datetime) -> float:
    return (later - earlier) / timedelta(days=1)
