"""The circulars 通报 of a signed monthly report: one a unit, to its addresses; by hand where it has none."""

import logging
import time
from dataclasses import replace
from datetime import datetime, timedelta

from api.leadership import report_repository as rows
from api.messages import alert_channels, mail, webhooks
from api.runtime import Runtime
from dashboards.briefs.circulars import UnitCircular, circulars
from dashboards.briefs.document import Document, as_json, digest, from_json
from models.alert import DeliveryKind, DeliveryState, WebhookFormat
from models.database import Connection, transaction
from models.errors import Conflict, NotFound, Unavailable
from models.report import Circular, Report
from routing.alerts import delivery_repository
from routing.notification_repository import list_case_channels

logger = logging.getLogger(__name__)

BY_HAND = "没有推送地址，下载后送达"
LEASE = timedelta(minutes=2)
# Seconds: a round ends before the next one begins.
ROUND = 40.0
# The waits between attempts that did not arrive; after the last one it has failed.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))


def list_unit_circulars(conn: Connection, runtime: Runtime, report: Report) -> list[UnitCircular]:
    """As the report says it, by the departments that there are; under the title under which it was sent, where a unit
    has another name since."""
    names = {unit.id: unit.name for unit in runtime.directory(conn).departments.values()}
    sent = {one.department_id: one.subject for one in rows.list_circulars(conn, report.id)}
    return [
        replace(one, document=replace(one.document, title=sent.get(one.department_id, one.subject)))
        for one in circulars(from_json(report.content), names)
    ]


def find_circular(conn: Connection, runtime: Runtime, report: Report, code: str) -> Document:
    """The circular of a report that has this code. Raises `NotFound`."""
    for one in list_unit_circulars(conn, runtime, report):
        if digest(as_json(one.document)) == code:
            return one.document
    raise NotFound("这份文件的校验码不是这份报告任何一份通报的。")


def add_circulars(conn: Connection, runtime: Runtime, report: Report, *, actor: str, now: datetime) -> int:
    """A row for each unit and each of its addresses that takes messages about cases; how many."""
    added = 0
    for one in list_unit_circulars(conn, runtime, report):
        ways: list[tuple[int | None, str]] = [
            (c.id, f"{c.name}（{c.shown}）") for c in list_case_channels(conn, one.department_id)
        ]
        for channel_id, shown in ways or [(None, BY_HAND)]:
            added += rows.add_circular(
                conn,
                report.id,
                one.department_id,
                subject=one.subject,
                body=one.body,
                channel_id=channel_id,
                shown=shown,
                actor=actor,
                now=now,
            )
    return added


def hand_over(conn: Connection, circular: Circular, *, actor: str, now: datetime) -> None:
    """Somebody brought the file to the unit. Raises `Conflict` for one that is sent by itself."""
    if circular.channel_id is not None:
        raise Conflict("这份通报由系统推送，不用手工登记。")
    if not rows.finish_circular(conn, circular.id, DeliveryState.SENT, actor=actor, now=now):
        raise Conflict("这份通报已经登记为送达。")


def send_due(runtime: Runtime, *, actor: str) -> int:
    """Send what waits, for about `ROUND` seconds; how many arrived. What did not is tried again, then given up with the
    reason."""
    arrived, until = 0, time.monotonic() + ROUND
    while time.monotonic() < until:
        with transaction(runtime.pool) as conn:
            # one at a time: with the lease of many behind a slow receiver, the next round would send them too
            due = rows.claim_circulars(conn, lease=LEASE, limit=1, actor=actor, now=runtime.now())
        if not due:
            break
        arrived += _send_one(runtime, due[0], actor=actor)
    return arrived


def _send_one(runtime: Runtime, circular: Circular, *, actor: str) -> bool:
    state, problem, again = DeliveryState.SENT, "", None
    now = runtime.now()
    try:
        _send(runtime, circular, now=now)
    except (webhooks.Refused, NotFound) as error:
        state, problem = DeliveryState.FAILED, error.message
    except Unavailable as error:
        tries = circular.attempts - 1
        problem, again = error.message, now + WAITS[tries] if tries < len(WAITS) else None
        state = DeliveryState.WAITING if again else DeliveryState.FAILED
    if problem:
        logger.warning("circular %s was not sent: %s", circular.id, problem)
    with transaction(runtime.pool) as conn:
        rows.finish_circular(conn, circular.id, state, problem=problem, again_at=again, actor=actor, now=now)
    return state is DeliveryState.SENT


def _send(runtime: Runtime, circular: Circular, *, now: datetime) -> None:
    settings = runtime.settings
    assert circular.channel_id is not None, "only these are claimed"
    with transaction(runtime.pool) as conn:
        channel = delivery_repository.get_channel(conn, circular.channel_id)
    if not channel.active:
        raise NotFound("推送地址已停用。")
    opened = alert_channels.open_channel(settings, channel)
    if channel.kind is DeliveryKind.EMAIL:
        if not mail.is_configured(settings):
            raise Unavailable("没有配置邮件服务器。")
        letter = mail.make_mail(
            settings,
            opened.address,
            circular.subject,
            circular.body,
            delivery_id=circular.id,
            now=now,
            what="circular",
        )
        mail.send_mail(settings, letter)
        return
    shape = channel.format or WebhookFormat.JSON
    target = webhooks.read_target(opened.address, allow_private=channel.allow_private)
    content: dict[str, object] = {
        "circular": circular.id,
        "report": circular.report_id,
        "department": circular.department_id,
        "subject": circular.subject,
        "text": circular.body,
    }
    request = webhooks.make_request(
        shape, content, f"{circular.subject}\n{circular.body}", opened.secret, delivery_id=circular.id, now=now
    )
    webhooks.send(target, request, shape, allow_private=channel.allow_private)
