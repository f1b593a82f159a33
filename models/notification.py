"""Messages about a case to whoever wrote, to its unit and to the city's desks; each is a row until it has arrived."""

from dataclasses import dataclass
from datetime import datetime, time

from models.labels import LabelledEnum


class NotificationKind(LabelledEnum):
    DISPATCHED = "dispatched", "已转办"
    DUE_CHANGED = "due_changed", "时限调整"
    SUSPENDED = "suspended", "暂停计时"
    REPLIED = "replied", "已答复"
    COMPLETED = "completed", "已办结"
    REOPENED = "reopened", "重新办理"
    UNIT_NEW = "unit_new", "单位收到工单"
    UNIT_REMINDED = "unit_reminded", "单位被催办"
    UNIT_SUPERVISED = "unit_supervised", "单位被督办"
    UNIT_DUE = "unit_due", "提醒单位到期"
    CITY_DUE = "city_due", "报告超期"

    @property
    def to_submitter(self) -> bool:
        """Else to staff, by a channel."""
        return not self.value.startswith(("unit_", "city_"))


class NotificationMedium(LabelledEnum):
    SMS = "sms", "短信"
    EMAIL = "email", "邮件"
    CHANNEL = "channel", "推送"


class NotificationState(LabelledEnum):
    WAITING = "waiting", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发出"
    FAILED = "failed", "未送达"
    DROPPED = "dropped", "未发送"
    UNCLEAR = "unclear", "是否送达不明"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """`shown` is the address as a page may show it; `channel_id` only for messages to staff."""

    id: int
    event_id: int
    case_id: int
    kind: NotificationKind
    medium: NotificationMedium
    channel_id: int | None
    shown: str
    subject: str
    body: str
    state: NotificationState
    attempts: int
    created_at: datetime
    next_at: datetime
    sent_at: datetime | None
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationTemplate:
    """`own`: the program's words, nobody changed them."""

    kind: NotificationKind
    subject: str
    body: str
    active: bool
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationSettings:
    """No SMS between `quiet_from` and `quiet_to` (local); so many messages to one submitter about a case in a day."""

    quiet_from: time
    quiet_to: time
    most_a_day: int
