"""What is wrong, in sentences: for /readyz and `wenzheng doctor`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

from api.runtime import Runtime
from dashboards.daily_facts.fact_reading import STALE_AFTER
from dashboards.daily_facts.fact_repository import find_mark
from intake.repository import find_oldest_pending
from models.classifier import ClassifierPart, ClassifierState
from models.database import Connection, transaction
from models.errors import Unavailable
from models.migrate import pending_migrations
from routing.clocks.calendar import WorkingCalendar
from routing.directory_repository import find_city, list_calendar_days
from routing.learning.classifier_repository import find_in_state
from routing.learning.drift_repository import find_report

BACKLOG_LIMIT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Check:
    """`detail` is a sentence; a failed `required` check makes the service not ready, another one is a warning."""

    name: str
    ok: bool
    detail: str
    required: bool = True


def run_checks(runtime: Runtime, *, now: datetime) -> list[Check]:
    """All checks that can be made; later ones are left out where the database does not answer."""
    try:
        with transaction(runtime.pool) as conn:
            return [
                Check("database", True, "数据库正常"),
                _migrations(conn),
                _city(conn),
                _worker(conn, now=now),
                _facts(conn, now=now),
                _calendar(conn, now=now),
                _classifier(conn),
            ]
    except (psycopg.Error, Unavailable):
        return [Check("database", False, "数据库连接失败，请检查数据库是否在运行")]


def _migrations(conn: Connection) -> Check:
    pending = pending_migrations(conn)
    return Check(
        "migrations",
        pending == 0,
        "数据库结构是最新的" if pending == 0 else f"有{pending}个数据库变更未执行，请运行 wenzheng migrate",
    )


def _city(conn: Connection) -> Check:
    city = find_city(conn)
    return Check("city", city is not None, f"城市：{city.name}" if city else "城市资料尚未建立，请运行 wenzheng up")


def _worker(conn: Connection, *, now: datetime) -> Check:
    oldest = find_oldest_pending(conn)
    late = oldest is not None and now - oldest > BACKLOG_LIMIT
    return Check(
        "worker",
        not late,
        "有来件等待分析超过5分钟，请检查 wenzheng worker 是否在运行" if late else "来件及时分析",
        required=False,
    )


def _facts(conn: Connection, *, now: datetime) -> Check:
    """Whether the dashboards read sums, or cases one by one."""
    mark = find_mark(conn)
    current = mark is not None and mark.complete and now - mark.as_of <= STALE_AFTER
    reason = "尚未建立或正在重建" if mark is None or not mark.complete else "没有及时更新"
    return Check(
        "facts",
        current,
        "统计表是最新的" if current else f"统计表{reason}，请检查 wenzheng worker 是否在运行",
        required=False,
    )


def _classifier(conn: Connection) -> Check:
    """What the processes that loaded it said about it, and the last weekly look at drift."""
    live = find_in_state(conn, ClassifierState.LIVE)
    drift = find_report(conn)
    if live is not None and live.problem:
        detail = f"类别模型 {live.version} 无法加载，暂由其他分类器判断类别：{live.problem.rstrip('。')}"
        return Check("classifier", False, detail, required=False)
    for part in (ClassifierPart.SENTIMENT, ClassifierPart.EMOTION):
        tone = find_in_state(conn, ClassifierState.LIVE, part=part)
        if tone is not None and tone.problem:
            detail = (
                f"{part.label}模型 {tone.version} 无法加载，暂由其他模型判断{part.label}：{tone.problem.rstrip('。')}"
            )
            return Check("classifier", False, detail, required=False)
    if drift is not None and drift[1]:
        return Check("classifier", False, "来信与类别模型启用之初明显不同，请在“管理 → 类别模型”查看", required=False)
    return Check(
        "classifier",
        True,
        f"类别模型：{live.version}" if live else "类别由随程序提供的分类器判断",
        required=False,
    )


def _calendar(conn: Connection, *, now: datetime) -> Check:
    calendar = WorkingCalendar(list_calendar_days(conn))
    unknown = calendar.unknown_years(now.date(), now.date() + timedelta(days=60))
    years = "、".join(f"{year}年" for year in unknown)
    return Check(
        "calendar",
        not unknown,
        f"{years}放假安排尚未录入，跨年时限为暂定" if unknown else "工作日历完整",
        required=False,
    )
