"""Letters about a few made-up matters, as the pipeline takes them, for the tests of issues."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zlib import crc32

from intake.registration import register
from models.database import Connection
from models.submission import NewSubmission
from routing.directory import Directory
from routing.issues.issues import IssueMemory
from routing.process import process_batch
from tests import factories
from tests.factories import KEYS, NOW, ZONE
from tests.reading import Reading

# Each matter in several people's words.
MATTERS = {
    "搅拌站": (
        ("白石巷搅拌站半夜开机噪声扰民", "白石巷搅拌站每晚十一点以后还在开机，噪声吵得整栋楼睡不着。"),
        ("投诉白石巷搅拌站夜间噪声", "搅拌站夜间生产，罐车进进出出，噪声太大，孩子睡不好。"),
        ("白石巷搅拌站噪声何时能治", "白石巷搅拌站夜间噪声扰民，打过热线没有结果。"),
        ("请管管白石巷搅拌站", "搅拌站夜里开机，噪声扰民，请环保部门来测。"),
        ("又被白石巷搅拌站吵醒", "白石巷搅拌站凌晨开机，噪声扰民，已经一个月了。"),
    ),
    "幼儿园": (
        ("锦绣华庭配套幼儿园何时开园", "锦绣华庭交房两年，配套幼儿园一直空着，不知道何时开园。"),
        ("咨询锦绣华庭幼儿园开园时间", "业主的孩子要上幼儿园了，锦绣华庭配套幼儿园什么时候招生开园。"),
        ("锦绣华庭配套幼儿园空置两年", "配套幼儿园建好不开园，锦绣华庭的孩子只能去很远的地方上学。"),
        ("请督促锦绣华庭幼儿园尽快开园", "锦绣华庭配套幼儿园迟迟不开园，请教育部门督促。"),
    ),
    "路灯": (
        ("望江大道路灯不亮", "望江大道路灯坏了十几盏，晚上过马路看不清车。"),
        ("望江大道路灯坏了没人修", "望江大道路灯坏了两个月，没有人来修。"),
        ("反映望江大道路灯问题", "望江大道路灯晚上不亮，已经摔了几个人。"),
    ),
}


def letters_of(matter: str, *, days: float = 0, **parts: Any) -> list[NewSubmission]:
    """All letters of a matter, each of another person, a day apart."""
    return [
        letter(title, body, name=f"{matter}{number}", days=days + number, **parts)
        for number, (title, body) in enumerate(MATTERS[matter])
    ]


def letter(title: str, body: str, *, name: str, days: float = 0, **parts: Any) -> NewSubmission:
    contact = f"1990{crc32(name.encode()) % 10_000_000:07}"
    new = factories.letter(title=title, body=body, name=name, contact=contact, submitted_at=NOW + timedelta(days=days))
    return replace(new, **parts)


def mixed(*matters: str) -> list[NewSubmission]:
    """The letters of these matters by turns, none twice."""
    waiting = [letters_of(matter) for matter in matters]
    taken = []
    while any(waiting):
        taken += [of_one.pop(0) for of_one in waiting if of_one]
    return taken


def store(conn: Connection, *new: NewSubmission) -> list[int]:
    registered = register(conn, new, actor="test", now=NOW, keys=KEYS, zone=ZONE)
    conn.commit()
    assert all(r.status == "new" for r in registered)
    return [r.submission_id for r in registered]


def process(
    conn: Connection, directory: Directory, memory: IssueMemory | None = None, *, limit: int = 500, topic: str = "T0402"
) -> int:
    """One batch, not committed; how many it had."""
    says = Reading(factories.analysis(topic=topic, region=None))
    return process_batch(conn, says, directory, now=NOW, zone=ZONE, limit=limit, issues=memory).processed


def process_all(conn: Connection, directory: Directory, memory: IssueMemory | None = None, *, limit: int = 500) -> None:
    while process(conn, directory, memory, limit=limit):
        conn.commit()


def issues_of(conn: Connection) -> dict[int, int | None]:
    """The issue of each submission that has arrived, by submission id."""
    return dict(conn.execute("SELECT submission_id, issue_id FROM issue_members ORDER BY arrival").fetchall())


def groups(conn: Connection) -> set[frozenset[int]]:
    """Who belongs together: ids of submissions; single ones are sets of one."""
    together: dict[int, set[int]] = {}
    for submission_id, issue_id in issues_of(conn).items():
        together.setdefault(issue_id or -submission_id, set()).add(submission_id)
    return set(map(frozenset, together.values()))
