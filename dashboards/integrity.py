"""What should be looked into 需核实: eight rules over what nobody can change, each with its thresholds and its cases.

A hit is a question to a person, no verdict. The rules stand in dashboards/queries/integrity, one a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from dashboards.daily_facts.facts import fetch_objects, fetch_rows, read_query
from models.case import CaseStatus
from models.database import Connection
from models.errors import Invalid
from models.integrity import IntegrityRule, Threshold

LONGEST_PERIOD = timedelta(days=366)
LONGEST_PAGE = 500
# The schedule counts every ten minutes; what is older than three times that is no longer shown.
OLDEST_COUNT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDefinition:
    """What a rule asks, with its thresholds in braces; what each threshold is called, with its unit."""

    question: str
    excluded: str
    thresholds: Mapping[str, str]


DEFINITIONS: Mapping[IntegrityRule, RuleDefinition] = {
    IntegrityRule.QUICK_BULK: RuleDefinition(
        question="签收（重启、重办）后{minutes}分钟内、或者用时不到办理时限的{percent}%即办结，且同一单位在{window_minutes}分钟内"
        "有{cases}件以上如此；或者同一人在{burst_minutes}分钟内办结{cases}件以上，不论签收了多久。",
        excluded="随热点问题统一答复的、随主单或子工单办结的不计入。",
        thresholds={
            "minutes": "签收后几分钟内",
            "percent": "或者用时不到办理时限的百分之几",
            "cases": "至少几件",
            "window_minutes": "同一单位在几分钟之内",
            "burst_minutes": "同一人在几分钟之内",
        },
    ),
    IntegrityRule.WITHOUT_CONTACT: RuleDefinition(
        question="办结之前没有联系上诉求人的记录，联系的尝试也不到{attempts}次，同一小时内的算一次；重启、重办后重新计算。",
        excluded="没有留下身份和联系方式的、问卷和网络帖文、随热点问题统一答复的、随主单或子工单办结的不计入。",
        thresholds={"attempts": "尝试几次算已尽力"},
    ),
    IntegrityRule.SAME_REPLY: RuleDefinition(
        question="同一单位在{days}天内用相同的文字答复了{cases}件以上；称呼、数字、标点不同的视为相同。",
        excluded="不足{characters}字的、已撤回的、随热点问题统一答复的、随主单答复的不计入。",
        thresholds={"cases": "至少几件", "days": "在几天之内", "characters": "至少几字"},
    ),
    IntegrityRule.LATE_CLOCK: RuleDefinition(
        question="距办理时限不到{hours}小时，或者逾期之后，才批准延期、挂起，或者改派到其他单位、改变时限、并入时限更晚的工单。",
        excluded="主办单位和时限都不变的改派（只换协办单位）、因日历变更的重算不计入。",
        thresholds={"hours": "到期前几小时内"},
    ),
    IntegrityRule.CAME_BACK: RuleDefinition(
        question="办结后{days}天内，同一诉求人又来反映同一件事；这样的工单不能算已解决。",
        excluded="办结之前写的、当时已重启办理的、另一件事、程序没有把握的不计入。",
        thresholds={"days": "办结后几天内"},
    ),
    IntegrityRule.LAST_HOUR_RETURN: RuleDefinition(
        question="在可以退单的最后{hours}小时内才申请退单。",
        excluded="没有退单期限的不计入。",
        thresholds={"hours": "期限前几小时内"},
    ),
    IntegrityRule.DOUBTFUL_ANSWER: RuleDefinition(
        question="电话回访的结果由办过这件工单的人、或者承办过它的单位的人记下；或者{window_minutes}分钟内有{cases}件以上"
        "已解决且满意的评价：由同一人记下，或者是同一单位的工单由诉求人自己评价的。",
        excluded="随热点问题统一答复的，不计入成批的评价。评价来自哪台设备，系统不保存。",
        thresholds={"cases": "至少几件", "window_minutes": "在几分钟之内"},
    ),
    IntegrityRule.TAKEN_DOWN: RuleDefinition(
        question="承办单位自己把已经公开的答复撤下，群众不再看到；后来又恢复公开的也列出。",
        excluded="受理中心撤下的，因重启办理、涉及保护、诉求人撤回同意而不再显示的不计入。",
        thresholds={},
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HitCount:
    """Of one rule and one unit (None: no unit led then): how many, and how many of them somebody has looked into."""

    department_id: str | None
    hits: int
    reviewed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HitCounts:
    """Of every rule, as of a moment: now, or when they were counted ahead."""

    as_of: datetime
    by_rule: Mapping[IntegrityRule, list[HitCount]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A case that a rule points at. `hidden`: its title is not for everybody. `evidence` is what the rule measured,
    `reviews` what people found, the earliest first; `total` counts all hits of the list."""

    case_id: int
    case_number: str
    title: str
    hidden: bool
    status: CaseStatus
    department_id: str | None
    at: datetime
    evidence: dict[str, Any]
    reviews: list[dict[str, Any]]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Local days, inclusive, and the unit, None: all."""

    first: date
    last: date
    unit: str | None = None

    def parameters(self, zone: ZoneInfo) -> dict[str, Any]:
        """Raises `Invalid` for a period that ends before it begins, or that is too long to look through."""
        if not self.first <= self.last:
            raise Invalid("起始日期晚于截止日期。", {"first": "晚于截止日期"})
        if self.last - self.first > LONGEST_PERIOD:
            raise Invalid("一次最多查看一年。", {"first": "离截止日期超过一年"})
        return {
            "first": datetime.combine(self.first, time(0), tzinfo=zone),
            "last": datetime.combine(self.last + timedelta(days=1), time(0), tzinfo=zone),
            "unit": self.unit,
            "zone": zone.key,
        }


def list_thresholds(conn: Connection) -> dict[IntegrityRule, dict[str, int]]:
    """As the administrator set them, in the order of the definitions."""
    found = {(t.rule, t.name): t.value for t in fetch_objects(conn, "integrity/thresholds", {}, Threshold)}
    return {rule: {name: found[rule, name] for name in known.thresholds} for rule, known in DEFINITIONS.items()}


def count_hits(conn: Connection, period: Period, *, zone: ZoneInfo) -> dict[IntegrityRule, list[HitCount]]:
    """Every rule, every unit that has any."""
    parameters, thresholds = period.parameters(zone), list_thresholds(conn)
    counts = {}
    for rule in IntegrityRule:
        with conn.cursor(row_factory=class_row(HitCount)) as cursor:
            asked = parameters | thresholds[rule] | {"rule": rule.value}
            counts[rule] = cursor.execute(_around("count", rule), asked).fetchall()
    return counts


def read_counts(conn: Connection, period: Period, *, now: datetime, zone: ZoneInfo) -> HitCounts:
    """As `count_hits`, of what was counted ahead where that is young enough, for the numbers that the rules have now,
    and nothing was looked into since."""
    asked = {
        "first_day": period.first,
        "last_day": period.last,
        "since": now - OLDEST_COUNT,
        "thresholds": Jsonb(thresholds_json(list_thresholds(conn))),
    }
    kept = fetch_rows(conn, "integrity/kept", asked)
    if not kept:
        return HitCounts(as_of=now, by_rule=count_hits(conn, period, zone=zone))
    found = {rule: [HitCount(**row) for row in kept[0]["counts"][rule.value]] for rule in IntegrityRule}
    if period.unit is not None:
        found = {rule: [one for one in counts if one.department_id == period.unit] for rule, counts in found.items()}
    return HitCounts(as_of=kept[0]["counted_at"], by_rule=found)


def thresholds_json(thresholds: Mapping[IntegrityRule, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    return {rule.value: dict(values) for rule, values in thresholds.items()}


def list_hits(
    conn: Connection, rule: IntegrityRule, period: Period, *, zone: ZoneInfo, limit: int = 50, offset: int = 0
) -> list[Hit]:
    """The latest first. Raises `Invalid` for a limit outside 1..500."""
    if not 1 <= limit <= LONGEST_PAGE or not 0 <= offset < 2**31:
        raise Invalid("页码或每页条数超出范围。")
    asked = period.parameters(zone) | list_thresholds(conn)[rule]
    with conn.cursor(row_factory=class_row(Hit)) as cursor:
        return cursor.execute(
            _around("list", rule), asked | {"rule": rule.value, "limit": limit, "offset": offset}
        ).fetchall()


def is_hit(conn: Connection, rule: IntegrityRule, case_id: int, at: datetime, *, zone: ZoneInfo) -> bool:
    """Whether the rule points at this case at this moment."""
    day = at.astimezone(zone).date()
    asked = Period(first=day, last=day).parameters(zone) | list_thresholds(conn)[rule]
    with conn.cursor(row_factory=dict_row) as cursor:
        hits = cursor.execute(read_query(f"integrity/{rule.value}"), asked).fetchall()
    return any(hit["case_id"] == case_id and hit["at"] == at for hit in hits)


def _around(name: str, rule: IntegrityRule) -> bytes:
    """The query `name` over the hits of the rule; both ship with the program."""
    outer, hits = (read_query(f"integrity/{part}").decode() for part in (name, rule.value))
    return outer.replace("/* hits */", f"\n{hits}\n").encode()
