"""An alert in words: its history, and what a burst is made of. Pure."""

from dataclasses import dataclass

from api.pages.cases.case_wording import EventLine, person_of
from models.alert import AlertAction, AlertEvent, BurstDirection, StoredBurst

_ICONS = {
    AlertAction.RAISE: "alert",
    AlertAction.RECUR: "up",
    AlertAction.ESCALATE: "alert",
    AlertAction.ACKNOWLEDGE: "check",
    AlertAction.SNOOZE: "clock",
    AlertAction.WAKE: "work",
}


@dataclass(frozen=True, slots=True)
class BurstWords:
    """`seen` and `usual` are people; `range` what the difference lies between with 95 %; `one_in` how rare it is."""

    seen: int
    usual: str
    more: str
    range: str
    rare: str
    changed: tuple[str, ...]
    coordinated: tuple[str, ...]
    burst: StoredBurst


def event_line(event: AlertEvent) -> EventLine:
    joined = event.payload.get("joined")
    detail = f"新增{joined}件来件" if joined else ""
    if event.action in (AlertAction.RAISE, AlertAction.ESCALATE):
        detail = "，".join(part for part in (f"{event.severity.label}预警", detail) if part)
        if event.quiet:
            detail += "，免打扰时段内，推送推迟到时段结束"
    return EventLine(
        at=event.at, who=person_of(event.actor), what=event.action.label, detail=detail, icon=_ICONS[event.action]
    )


def read_burst(burst: StoredBurst) -> BurstWords:
    up = burst.direction is BurstDirection.UP
    low, high = sorted((abs(burst.low), abs(burst.high)))
    years = 1 / max(burst.a_month, 1e-6) / 12
    rare = f"平常约{years:.0f}年才会出现一次" if years >= 2 else f"平常约{max(years * 12, 1):.0f}个月才会出现一次"
    return BurstWords(
        seen=burst.count,
        usual=f"{burst.expected:.1f}",
        more=f"{'多' if up else '少'}{abs(burst.count - burst.expected):.0f}人",
        range=f"{low:.0f}至{high:.0f}人" if burst.low * burst.high > 0 else "",
        rare=rare if years < 100 else "平常100年也未必出现一次",
        changed=tuple(part for part in burst.changed.split("；") if part),
        coordinated=tuple(part for part in burst.coordinated.split("；") if part),
        burst=burst,
    )
