"""Sends what waits: each message of an alert to its channel, until it arrives or is given up. The row is the job."""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from api.messages import alert_channels, mail, webhooks
from api.runtime import Runtime
from dashboards.formats import format_moment
from models.alert import Alert, AlertChannel, Delivery, DeliveryKind, WebhookFormat
from models.database import transaction
from models.errors import Unavailable
from models.settings import Settings
from routing.alerts import alert_repository, delivery_repository

logger = logging.getLogger(__name__)

# Who dies while sending has taken a message for so long.
LEASE = timedelta(minutes=2)
# The waits between attempts; after the last one it is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180))
# An alert of the day before yesterday is in the list, not in the mail.
TOO_LATE = timedelta(hours=24)
# One at a time: twenty slow receivers take longer than a lease, and another worker would send the rest again.
_AT_ONCE = 1


def send_due(runtime: Runtime, *, actor: str) -> int:
    """Everything that is due, each message in a transaction of its own; how many arrived.

    E-mail waits while no mail server is configured.
    """
    kinds = [DeliveryKind.WEBHOOK]
    if mail.is_configured(runtime.settings):
        kinds.append(DeliveryKind.EMAIL)
    arrived = 0
    while True:
        with transaction(runtime.pool) as conn:
            claimed = delivery_repository.claim_deliveries(
                conn, kinds, lease=LEASE, limit=_AT_ONCE, actor=actor, now=runtime.now()
            )
        for delivery in claimed:
            arrived += _send(runtime, delivery, actor=actor)
        if len(claimed) < _AT_ONCE:
            return arrived


def _send(runtime: Runtime, delivery: Delivery, *, actor: str) -> bool:
    with transaction(runtime.pool) as conn:
        channel = delivery_repository.get_channel(conn, delivery.channel_id)
        event = alert_repository.get_event(conn, delivery.event_id)
        alert = alert_repository.get_alert(conn, event.alert_id)
    now = runtime.now()
    problem, again = "", None
    if now - event.at > TOO_LATE:
        problem = "超过24小时没有发出，不再发送。"
    else:
        try:
            _deliver(runtime.settings, channel, alert, delivery.id, now=now)
        except webhooks.Refused as error:
            problem = error.message
        except Unavailable as error:
            problem = error.message
            tries = delivery.attempts - 1
            again = now + WAITS[tries] if tries < len(WAITS) else None
    with transaction(runtime.pool) as conn:
        if problem:
            logger.warning("alert %s was not delivered to channel %s: %s", alert.id, channel.id, problem)
            delivery_repository.set_problem(conn, delivery.id, problem, again, actor=actor)
        else:
            delivery_repository.set_delivered(conn, delivery.id, actor=actor, now=now)
    return not problem


def _deliver(settings: Settings, channel: AlertChannel, alert: Alert, delivery_id: int, *, now: datetime) -> None:
    opened = alert_channels.open_channel(settings, channel)
    subject, text = say(alert, settings.public_url, now=now, zone=settings.zone)
    if channel.kind is DeliveryKind.EMAIL:
        message = mail.make_mail(settings, opened.address, subject, text, delivery_id=delivery_id, now=now)
        mail.send_mail(settings, message)
        return
    shape = channel.format or WebhookFormat.JSON
    target = webhooks.read_target(opened.address, allow_private=channel.allow_private)
    request = webhooks.make_request(
        shape,
        as_message(alert, settings.public_url, delivery_id=delivery_id),
        f"{subject}\n{text}",
        opened.secret,
        delivery_id=delivery_id,
        now=now,
    )
    webhooks.send(target, request, shape, allow_private=channel.allow_private)


def say(alert: Alert, public_url: str | None, *, now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Subject and text. Nothing of what people wrote leaves the house: numbers, names of issues and topics only."""
    lines = [
        alert.sentence,
        f"共{alert.submissions}件来件，{alert.persons}人，最近一次{format_moment(alert.last_at, now=now, zone=zone)}。",
        *([f"详情：{address(alert, public_url)}"] if public_url else []),
    ]
    return f"【{alert.severity.label}预警】{alert.title}", "\n".join(lines)


def as_message(alert: Alert, public_url: str | None, *, delivery_id: int) -> dict[str, object]:
    """Our own shape for programs; documented in docs/operations.md."""
    return {
        "delivery": delivery_id,
        "alert": {
            "id": alert.id,
            "kind": alert.kind.value,
            "severity": alert.severity.value,
            "title": alert.title,
            "sentence": alert.sentence,
            "issue_id": alert.issue_id,
            "topic_code": alert.topic_code,
            "region_code": alert.region_code,
            "submissions": alert.submissions,
            "persons": alert.persons,
            "raised_at": alert.raised_at.isoformat(),
            "last_at": alert.last_at.isoformat(),
            "url": address(alert, public_url),
        },
    }


def address(alert: Alert, public_url: str | None) -> str:
    return f"{(public_url or '').rstrip('/')}/alerts/{alert.id}"
