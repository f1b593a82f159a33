"""An alert 预警 and what leads to it: bursts, early signs 苗头 of issues, levels; and where alerts are sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from models.labels import LabelledEnum


class RiskLevel(LabelledEnum):
    """The four colours of 突发事件应对法 art. 63, by custom also those of public opinion. No national number stands
    behind them: from which value on a sign reaches a level is a row of the city."""

    BLUE = "blue", "蓝色"
    YELLOW = "yellow", "黄色"
    ORANGE = "orange", "橙色"
    RED = "red", "红色"

    @property
    def rank(self) -> int:
        """1 for blue to 4 for red."""
        return list(RiskLevel).index(self) + 1


class EarlySign(LabelledEnum):
    """What may show early that something grows. `TOGETHER`: several others at once. `BURST_SIZE` is of a burst."""

    GROWTH = "growth", "人数增长"
    NEGATIVE_SHARE = "negative_share", "负面占比"
    CHANNELS = "channels", "多渠道反映"
    REPEAT = "repeat", "办结后又反映"
    SAME_PLACE = "same_place", "同一地点"
    FAST_LANE = "fast_lane", "紧急情形"
    DISPLEASED = "displeased", "不满办理"
    TOGETHER = "together", "多项并现"
    BURST_SIZE = "burst_size", "突增规模"


class BurstDirection(LabelledEnum):
    UP = "up", "突增"
    DOWN = "down", "骤减"


class AlertKind(LabelledEnum):
    BURST = "burst", "诉求量异常"
    LEVEL = "level", "苗头升级"
    THREE_IN_THREE = "three_in_three", "三天三单"
    FAST_LANE = "fast_lane", "紧急来件"


class AlertAction(LabelledEnum):
    """The one word for the button, the line of history and the address."""

    RAISE = "raise", "预警"
    RECUR = "recur", "再次出现"
    ESCALATE = "escalate", "升级"
    ACKNOWLEDGE = "acknowledge", "已知悉"
    SNOOZE = "snooze", "暂缓提醒"
    WAKE = "wake", "恢复提醒"


class DeliveryKind(LabelledEnum):
    EMAIL = "email", "电子邮件"
    WEBHOOK = "webhook", "网络回调"


class WebhookFormat(LabelledEnum):
    JSON = "json", "通用（JSON，带签名）"
    WECOM = "wecom", "企业微信机器人"
    DINGTALK = "dingtalk", "钉钉机器人"
    FEISHU = "feishu", "飞书机器人"


class DeliveryState(LabelledEnum):
    WAITING = "waiting", "待发送"
    SENT = "sent", "已发送"
    FAILED = "failed", "未能送达"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesKey:
    """Whose count: "" stands for all. With a county the topic is a first-level one; an issue has neither."""

    topic_code: str = ""
    region_code: str = ""
    issue_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBurst:
    """`count` and `expected` are persons, the one less the other lies between `low` and `high` with 95 %; `submissions`
    are all that they wrote, of which `copies` repeat another text and `most_by_one` came from one person; `independent`
    people said something of their own. `p` and `a_month` as in nlp/trends/bursts.py. `changed` and `coordinated` are
    sentences, or empty."""

    id: int
    topic_code: str
    region_code: str
    issue_id: int | None
    direction: BurstDirection
    count: int
    expected: float
    low: float
    high: float
    p: float
    a_month: float
    since: datetime
    found: datetime
    submissions: int
    copies: int
    most_by_one: int
    independent: int
    changed: str
    coordinated: str

    @property
    def series(self) -> SeriesKey:
        return SeriesKey(topic_code=self.topic_code, region_code=self.region_code, issue_id=self.issue_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignReading:
    """One sign of an issue: its value, the level that it reaches (None: none), and both in a sentence."""

    sign: EarlySign
    value: float
    level: RiskLevel | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLevel:
    """`since` is when this level was reached; `sentence` says why, with the numbers."""

    issue_id: int
    level: RiskLevel | None
    since: datetime
    computed_at: datetime
    sentence: str
    signs: Sequence[SignReading]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """From `at_least` on the sign reaches the level."""

    sign: EarlySign
    level: RiskLevel
    at_least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """See the comments in migrations/0017_add_trends.sql. Equal quiet times: no quiet hours."""

    refractory_hours: int = 72
    quiet_from: time = time(22)
    quiet_to: time = time(7)
    least_persons: int = 3
    false_alarms: float = 0.5
    alert_from: RiskLevel = RiskLevel.YELLOW
    three_cases: int = 3
    three_days: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """What was noticed. `key` says which alerts are one and the same; `submission_ids` are what was counted."""

    kind: AlertKind
    key: str
    severity: RiskLevel
    title: str
    sentence: str
    submission_ids: Sequence[int]
    topic_code: str | None = None
    region_code: str | None = None
    issue_id: int | None = None
    burst_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """`submissions` and `persons` are those of the rows it counted, `cases` those with a case; `own_cases` those of the
    unit it was asked for. `occurrences`: how often the same was noticed. Open: neither known nor put off."""

    id: int
    kind: AlertKind
    key: str
    severity: RiskLevel
    title: str
    sentence: str
    topic_code: str | None
    region_code: str | None
    issue_id: int | None
    burst_id: int | None
    raised_at: datetime
    last_at: datetime
    occurrences: int
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    snoozed_by: str | None
    snoozed_until: datetime | None
    version: int
    submissions: int
    persons: int
    cases: int
    own_cases: int

    def is_snoozed(self, now: datetime) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > now

    def is_open(self, now: datetime) -> bool:
        return self.acknowledged_at is None and not self.is_snoozed(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEvent:
    """A line of an alert's history; numbers grow in the order of commits."""

    id: int
    alert_id: int
    at: datetime
    actor: str
    action: AlertAction
    severity: RiskLevel
    quiet: bool
    payload: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCriteria:
    """None = not filtered. `open`: neither acknowledged nor put off. `issue_id`: also of issues merged into it. `unit`:
    those that counted a case which this department works on now."""

    open: bool | None = None
    kind: AlertKind | None = None
    severity: RiskLevel | None = None
    issue_id: int | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChannel:
    """A place that alerts are sent to. `shown` is what of its address may be seen; `case_notices`: it also takes what
    happens to cases."""

    id: int
    kind: DeliveryKind
    name: str
    format: WebhookFormat | None
    shown: str
    sealed: bytes = field(repr=False)
    least_severity: RiskLevel
    department_id: str | None
    allow_private: bool
    active: bool
    case_notices: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message of one event to one channel; `attempts` counts those begun."""

    id: int
    event_id: int
    channel_id: int
    state: DeliveryState
    attempts: int
    next_at: datetime
    sent_at: datetime | None
    problem: str
