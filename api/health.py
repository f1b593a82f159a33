"""What is wrong, in sentences: for /readyz and `wenzheng doctor`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

from api.runtime import Runtime
from intake.repository import find_oldest_pending
from models.database import Connection, transaction
from models.errors import Unavailable
from models.migrate import pending_migrations
from routing.calendar import WorkingCalendar
from routing.directory_repository import find_city, list_calendar_days

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
                _calendar(conn, now=now),
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
