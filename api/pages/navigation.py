"""Where each role starts and what it can open. Pure."""

from dataclasses import dataclass

from models.account import Role

HOME: dict[Role, str] = {
    Role.OFFICER: "/desk",
    Role.DISPATCHER: "/triage",
    Role.SUPERVISOR: "/cases",
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
_CALLBACKS = ("/callbacks", "回访")
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
    Role.DISPATCHER: (_TRIAGE, _REQUESTS, _CALLBACKS, _REVIEW, _CASES, _SUBMISSIONS, _ISSUES, _ALERTS, _OVERVIEW),
    Role.SUPERVISOR: (
        _DUE_SOON,
        _CASES,
        _REQUESTS,
        _APPROVALS,
        _CALLBACKS,
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
    return [Entry(href, label, path == href or path.startswith(href + "/")) for href, label in entries]
