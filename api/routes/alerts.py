"""Alerts and trends for programs: the same rows, acts and refusals as the pages."""

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict

from api.criteria import LARGEST_ID
from api.dependencies import AccountDep, ConnectionDep, NowDep, RuntimeDep, require_role
from api.messages.alert_stream import unit_of
from api.pages.navigation import CITY_WIDE
from dashboards.analysis.trends import TrendAspect, TrendCriteria, TrendPoint, TrendUnit, sentiment_trend, shares
from models.alert import Alert, AlertAction, AlertCriteria, AlertEvent, AlertKind, EarlySign, IssueLevel, RiskLevel
from models.errors import Conflict, Invalid
from models.submission import Channel
from routing.alerts import alert_repository, alerts
from routing.issues import early_sign_repository

router = APIRouter(tags=["alerts"])

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class AlertOut(_Out):
    """`submissions` 是预警计入的来件数，与 GET /submissions?alert_id= 的条数相同；`own_cases` 是本单位的工单数。"""

    id: int
    kind: AlertKind
    severity: RiskLevel
    title: str
    sentence: str
    topic_code: str | None
    region_code: str | None
    issue_id: int | None
    raised_at: datetime
    last_at: datetime
    occurrences: int
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    snoozed_until: datetime | None
    version: int
    submissions: int
    persons: int
    cases: int
    own_cases: int


class AlertPageOut(BaseModel):
    total: int
    rows: list[AlertOut]


class AlertEventOut(_Out):
    id: int
    at: datetime
    actor: str
    action: AlertAction
    severity: RiskLevel


class AlertDetailOut(AlertOut):
    history: list[AlertEventOut]


class SignOut(_Out):
    sign: EarlySign
    value: float
    level: RiskLevel | None
    sentence: str


class LevelOut(_Out):
    """热点问题的风险等级与各项苗头；level 为空表示没有达到任何一级。"""

    issue_id: int
    level: RiskLevel | None
    since: datetime
    computed_at: datetime
    sentence: str
    signs: list[SignOut]


class VersionIn(BaseModel):
    version: int


class SnoozeIn(VersionIn):
    until: datetime


class TrendPointOut(_Out):
    """人次不足时 share、low、high 为空。"""

    first_day: date
    persons: int
    part: int
    share: float | None
    low: float | None
    high: float | None


@router.get("/alerts")
def get_alerts(
    account: AccountDep,
    conn: ConnectionDep,
    now: NowDep,
    open: bool | None = None,  # noqa: A002 - the word of the address
    kind: AlertKind | None = None,
    severity: RiskLevel | None = None,
    issue_id: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> AlertPageOut:
    """预警列表，待处理的在前。承办人员只看到涉及本单位工单的。"""
    criteria = AlertCriteria(open=open, kind=kind, severity=severity, issue_id=issue_id, unit=unit_of(account))
    rows = alert_repository.list_alerts(conn, criteria, now=now, limit=limit, offset=offset)
    total = alert_repository.count_alerts(conn, criteria, now=now)
    return AlertPageOut(total=total, rows=[AlertOut.model_validate(row) for row in rows])


@router.get("/alerts/{alert_id}")
def get_alert(alert_id: Id, account: AccountDep, conn: ConnectionDep) -> AlertDetailOut:
    """一条预警及其经过。"""
    alert = alert_repository.get_alert(conn, alert_id, unit=unit_of(account))
    return _detail(alert, alert_repository.list_events(conn, alert_id))


@router.post("/alerts/{alert_id}/acknowledge")
def acknowledge_alert(
    alert_id: Id, given: VersionIn, account: AccountDep, conn: ConnectionDep, now: NowDep
) -> AlertDetailOut:
    """已知悉。已有人知悉，或读取后有变化时 409。"""
    alert = alert_repository.get_alert(conn, alert_id, unit=unit_of(account))
    _check_version(alert, given.version)
    alerts.acknowledge(conn, alert, account, now=now)
    return get_alert(alert_id, account, conn)


@router.post("/alerts/{alert_id}/snooze")
def snooze_alert(
    alert_id: Id, given: SnoozeIn, account: AccountDep, conn: ConnectionDep, now: NowDep
) -> AlertDetailOut:
    """暂缓提醒到 until（最长30天）。"""
    if given.until.tzinfo is None:
        raise Invalid("时间应带时区。", {"until": "如 2026-11-24T08:00:00+08:00"})
    alert = alert_repository.get_alert(conn, alert_id, unit=unit_of(account))
    _check_version(alert, given.version)
    alerts.snooze(conn, alert, given.until, account, now=now)
    return get_alert(alert_id, account, conn)


@router.post("/alerts/{alert_id}/wake")
def wake_alert(alert_id: Id, given: VersionIn, account: AccountDep, conn: ConnectionDep, now: NowDep) -> AlertDetailOut:
    """恢复提醒。"""
    alert = alert_repository.get_alert(conn, alert_id, unit=unit_of(account))
    _check_version(alert, given.version)
    alerts.wake(conn, alert, account, now=now)
    return get_alert(alert_id, account, conn)


@router.get("/issues/{issue_id}/level")
def get_level(issue_id: Id, account: AccountDep, conn: ConnectionDep) -> LevelOut | None:
    """热点问题的风险等级与苗头；尚未检查过时为空。"""
    require_role(account, *CITY_WIDE)
    found: IssueLevel | None = early_sign_repository.find_level(conn, issue_id)
    return LevelOut.model_validate(found) if found else None


@router.get("/trends/sentiment")
def get_sentiment_trend(
    account: AccountDep,
    runtime: RuntimeDep,
    conn: ConnectionDep,
    now: NowDep,
    aspect: TrendAspect = TrendAspect.NEGATIVE,
    unit: TrendUnit = TrendUnit.WEEK,
    since: date | None = None,
    until: date | None = None,
    topic: Annotated[str | None, Query(max_length=50)] = None,
    region: Annotated[str | None, Query(max_length=50)] = None,
    channel: Channel | None = None,
) -> list[TrendPointOut]:
    """情感走势：各时段的人次、占比及其95%区间（贝塔-二项）。默认近90天。"""
    require_role(account, *CITY_WIDE)
    zone = runtime.settings.zone
    last = until or now.astimezone(zone).date()
    criteria = TrendCriteria(
        since=since or last - timedelta(days=89),
        until=last,
        unit=unit,
        topic=topic,
        region=region,
        channel=channel.value if channel else None,
    )
    points: list[TrendPoint] = shares(sentiment_trend(conn, criteria, zone=zone), aspect)
    return [TrendPointOut.model_validate(point) for point in points]


def _detail(alert: Alert, events: list[AlertEvent]) -> AlertDetailOut:
    history = [AlertEventOut.model_validate(event) for event in events]
    return AlertDetailOut(**AlertOut.model_validate(alert).model_dump(), history=history)


def _check_version(alert: Alert, version: int) -> None:
    if version != alert.version:
        raise Conflict("这条预警刚刚被他人处理，请刷新后再看。")
