"""Who is meant by @ in a note, and whether they may see the case."""

import re
from collections.abc import Sequence
from datetime import datetime

from models.account import Account
from models.case import Assignment, Case
from models.database import Connection
from models.errors import Invalid
from routing import policies
from routing.casework import mention_repository, supervision

# Not inside a word: "user@host" is an address. The full-width sign is what Chinese keyboards give.
_AT = re.compile(r"(?<![0-9A-Za-z._-])[@＠](?=\S)")
_END_OF_NAME = re.compile(r"[\s，。、；：！？,.;:!?@＠（）()]")
MOST = 20


def find_mentioned(text: str, people: Sequence[Account]) -> tuple[list[Account], list[str]]:
    """The people whose name or account stands after an @, in the order of the text, and what stands after an @ and is
    nobody's. Of several names that fit the longest counts: people write on without a blank. Pure."""
    by_name: dict[str, list[Account]] = {}
    for person in people:
        for name in {person.display_name, person.username}:
            by_name.setdefault(name.lower(), []).append(person)
    lengths = sorted({len(name) for name in by_name}, reverse=True)
    found: dict[int, Account] = {}
    unknown: list[str] = []
    for at in _AT.finditer(text):
        rest = text[at.end() : at.end() + (lengths[0] if lengths else 0)].lower()
        name = next((rest[:n] for n in lengths if len(rest) >= n and rest[:n] in by_name), "")
        if not name:
            word = text[at.end() : at.end() + 12]
            unknown.append(_END_OF_NAME.split(word)[0] or word)
            continue
        same = by_name[name]
        if len(same) > 1:
            accounts = "、".join(f"@{person.username}" for person in same)
            raise Invalid(f"有{len(same)}位“{name}”，请写账号：{accounts}。", {"text": "请写账号"})
        found.setdefault(same[0].id, same[0])
    return list(found.values()), unknown


def list_people(conn: Connection, assignments: Sequence[Assignment]) -> list[Account]:
    """Who may see a case with these assignments, and so may be named in its notes."""
    return [a for a in mention_repository.list_active_accounts(conn) if policies.can_view(a, assignments)]


def write_note(
    conn: Connection,
    case: Case,
    assignments: Sequence[Assignment],
    *,
    text: str,
    masked: str,
    actor: str,
    now: datetime,
) -> Case:
    """内部备注, with the people it names: each finds it among their mentions. `masked` is what is stored, `text` what
    was written, since masking knows nothing of colleagues. Raises `Invalid` where somebody named may not see the case,
    or is nobody."""
    people = _mentioned(conn, assignments, text) if _AT.search(text) else []
    names = [person.display_name for person in people]
    moved = supervision.add_note(conn, case, text=masked, mentioned=names, actor=actor, now=now)
    if people:
        mention_repository.add_mentions(conn, case.id, people, actor=actor, now=now)
    return moved


def _mentioned(conn: Connection, assignments: Sequence[Assignment], text: str) -> list[Account]:
    everybody = mention_repository.list_active_accounts(conn)
    people, unknown = find_mentioned(text, [a for a in everybody if policies.can_view(a, assignments)])
    if unknown:
        others, _ = find_mentioned(f"@{unknown[0]}", everybody)
        name = others[0].display_name if others else unknown[0]
        why = f"{name}不能查看这件工单，不能提及。" if others else f"没有找到“@{name}”；不是提及同事的，请在@后空一格。"
        raise Invalid(why, {"text": "请核对提及的人"})
    if len(people) > MOST:
        raise Invalid(f"一条备注最多提及{MOST}人。", {"text": f"提及了{len(people)}人"})
    return people
