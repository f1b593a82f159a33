"""Where each role starts and what it can open. Pure."""

from dataclasses import dataclass

from models.account import Role

HOME: dict[Role, str] = {
    Role.OFFICER: "/desk",
    Role.DISPATCHER: "/triage",
    Role.SUPERVISOR: "/due-soon",
    Role.LEADER: "/overview",
    Role.ADMINISTRATOR: "/administration",
}
# Who sees submissions of all channels and the overview: everybody whose view is the whole city.
CITY_WIDE = (Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR)

_DESK = ("/desk", "待办")
_TRIAGE = ("/triage", "人工分拣")
_REVIEW = ("/review", "标注复核")
_REQUESTS = ("/requests", "审批")
_DUE_SOON = ("/due-soon", "将到期")
# Pages that lie behind an entry: it is the current one there.
_BEHIND = {
    "/requests": ("/approvals", "/callbacks"),
    "/overview": ("/analysis", "/reports", "/scoring", "/forecast", "/wall"),
}
_APPROVALS = ("/approvals", "答复审核")
_CASES = ("/cases", "工单")
_SUBMISSIONS = ("/submissions", "来件")
_ISSUES = ("/issues", "热点问题")
_ALERTS = ("/alerts", "预警")
_OVERVIEW = ("/overview", "总览")
_INTEGRITY = ("/integrity", "核实")
_ADMINISTRATION = ("/administration", "管理")

_ENTRIES: dict[Role, tuple[tuple[str, str], ...]] = {
    Role.OFFICER: (_DESK, _APPROVALS, _CASES, _ALERTS),
    Role.DISPATCHER: (_TRIAGE, _REQUESTS, _REVIEW, _CASES, _SUBMISSIONS, _ISSUES, _ALERTS, _OVERVIEW),
    Role.SUPERVISOR: (
        _DUE_SOON,
        _CASES,
        _REQUESTS,
        _SUBMISSIONS,
        _ISSUES,
        _ALERTS,
        _OVERVIEW,
        _INTEGRITY,
    ),
    Role.LEADER: (_OVERVIEW, _ISSUES, _ALERTS, _CASES, _SUBMISSIONS, _INTEGRITY),
    Role.ADMINISTRATOR: (_ADMINISTRATION, _CASES, _SUBMISSIONS, _ISSUES, _ALERTS, _OVERVIEW, _INTEGRITY),
}


@dataclass(frozen=True, slots=True)
class Entry:
    href: str
    label: str
    current: bool


def navigation(role: Role | None, path: str) -> list[Entry]:
    """The entries of the header; empty for a citizen."""
    entries = _ENTRIES[role] if role else ()
    own = {href for href, _ in entries}
    return [
        Entry(
            href,
            label,
            any(_is_below(path, at) for at in (href, *_BEHIND.get(href, ())) if at == href or at not in own),
        )
        for href, label in entries
    ]


def _is_below(path: str, href: str) -> bool:
    return path == href or path.startswith(href + "/")
