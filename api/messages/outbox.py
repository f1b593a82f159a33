"""Messages about cases on their way: events become rows, rows are sent once, what became of them is kept."""

import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import psycopg

from api.messages import alert_channels, mail, sms, webhooks
from api.messages.sending import Unanswered
from api.runtime import Runtime
from api.staff.callback_desk import rating_token
from intake import repository as submissions
from models.alert import AlertChannel, DeliveryKind, WebhookFormat
from models.case import Case, CaseEvent
from models.database import Connection, transaction
from models.errors import NotFound, Unavailable
from models.notification import Notification, NotificationKind, NotificationMedium, NotificationState
from routing import case_repository
from routing import notification_repository as rows
from routing.alerts import delivery_repository
from routing.casework import callback_repository
from routing.notifications import (
    RATING_FIELD,
    REPLY_WAITS,
    after_quiet,
    fill,
    is_told,
    kinds_of,
    read_address,
    template_for,
    values_of,
)

logger = logging.getLogger(__name__)

# Events told in one transaction.
_BATCH = 200
# A sender that says nothing for so long is dead; what it was sending is unclear.
LEASE = timedelta(minutes=2)
# Seconds. A round ends before the next one begins: a slow gateway must not hold every thread of the worker.
ROUND = 20.0
# The waits between attempts that certainly did not arrive; after the last one it has failed.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))


def prepare(runtime: Runtime, *, actor: str) -> int:
    """Turn what happened to cases into messages; how many new ones."""
    total = 0
    while True:
        with transaction(runtime.pool) as conn:
            now = runtime.now()
            events = rows.claim_events(conn, before=now - REPLY_WAITS, limit=_BATCH)
            for event in events:
                total += _tell_or_leave(conn, runtime, event, actor=actor, now=now)
            rows.delete_events(conn, [event.id for event in events], actor=actor)
        if len(events) < _BATCH:
            return total


def send_due(runtime: Runtime, *, actor: str) -> int:
    """Send what is due, one by one, for about `ROUND` seconds; how many arrived. What has no way to go (no gateway, no
    mail server) waits."""
    media = [NotificationMedium.CHANNEL]
    media += [NotificationMedium.SMS] if sms.is_configured(runtime.settings) else []
    media += [NotificationMedium.EMAIL] if mail.is_configured(runtime.settings) else []
    with transaction(runtime.pool) as conn:
        rows.give_up_lost(conn, actor=actor, now=runtime.now())
    arrived, until = 0, time.monotonic() + ROUND
    while time.monotonic() < until:
        with transaction(runtime.pool) as conn:
            message = rows.take_notification(conn, media, lease=LEASE, actor=actor, now=runtime.now())
        if message is None:
            break
        arrived += _send(runtime, message, actor=actor)
    return arrived


def _tell_or_leave(conn: Connection, runtime: Runtime, event: CaseEvent, *, actor: str, now: datetime) -> int:
    try:
        with conn.transaction():
            return _tell(conn, runtime, event, actor=actor, now=now)
    except psycopg.OperationalError:
        raise
    except Exception:  # one event that cannot be told must not hold up all the others for ever
        logger.exception("event %s could not be told", event.id)
        return 0


def _tell(conn: Connection, runtime: Runtime, event: CaseEvent, *, actor: str, now: datetime) -> int:
    case = case_repository.get_case_by_id(conn, event.case_id)
    kinds = kinds_of(event, case)
    if not kinds:
        return 0
    settings, directory = runtime.settings, runtime.directory(conn)
    stored = rows.list_templates(conn)
    values = values_of(event, case, directory, settings.public_url, settings.zone)
    # whoever wrote knows the number of the letter; that of a part opens nothing to them
    own = values | {"编号": submissions.get_submission(conn, case.submission_id).receipt_number}
    added = 0
    for kind in kinds:
        template = template_for(kind, stored)
        if not template.active:
            continue
        said = own if kind.to_submitter else values
        subject, body = fill(template.subject, said), fill(template.body, said)
        for medium, channel_id, shown, dropped, next_at in _ways(conn, runtime, case, kind, now=now):
            added += rows.add_notification(
                conn,
                event=event,
                kind=kind,
                medium=medium,
                channel_id=channel_id,
                shown=shown,
                subject=subject,
                body=body,
                dropped=dropped,
                next_at=next_at,
                actor=actor,
                now=now,
            )
    return added


def _ways(
    conn: Connection, runtime: Runtime, case: Case, kind: NotificationKind, *, now: datetime
) -> Iterator[tuple[NotificationMedium, int | None, str, str, datetime]]:
    """By which ways, each with its channel, its address as shown, why it is not sent ("" where it is), and when."""
    if kind.to_submitter:
        submission = submissions.get_submission(conn, case.submission_id)
        if not is_told(submission):
            return
        original = submissions.get_original(conn, case.submission_id, runtime.keys)
        address = read_address(original.submitter_contact)
        if address is None:
            return
        settings = rows.get_settings(conn)
        recent = rows.count_recent(conn, case.submission_id, since=now - timedelta(days=1))
        dropped = f"24小时内已有{recent}条，不再发送。" if recent >= settings.most_a_day else ""
        at = now
        if address.medium is NotificationMedium.SMS:
            at = after_quiet(now, settings.quiet_from, settings.quiet_to, runtime.settings.zone)
        yield address.medium, None, address.shown, dropped, at
        return
    unit = None if kind is NotificationKind.CITY_DUE else case.lead_department_id
    if unit is None and kind is not NotificationKind.CITY_DUE:
        return
    for channel in rows.list_case_channels(conn, unit):
        yield NotificationMedium.CHANNEL, channel.id, f"{channel.name}（{channel.shown}）", "", now


def _send(runtime: Runtime, message: Notification, *, actor: str) -> bool:
    now = runtime.now()
    state, problem, again = NotificationState.SENT, "", None
    try:
        _deliver(runtime, message, now=now)
    except webhooks.Refused as error:
        state, problem = NotificationState.FAILED, error.message
    except Unanswered as error:
        # a program that is told twice knows the number; a person's telephone does not
        if message.medium is NotificationMedium.CHANNEL:
            state, problem, again = _once_more(message, error.message, now)
        else:
            state, problem = NotificationState.UNCLEAR, error.message
    except Unavailable as error:
        state, problem, again = _once_more(message, error.message, now)
    except NotFound as error:
        state, problem = NotificationState.FAILED, error.message
    if problem:
        logger.warning("notification %s was not sent: %s", message.id, problem)
    with transaction(runtime.pool) as conn:
        rows.finish_notification(conn, message.id, state, problem=problem, again_at=again, actor=actor, now=now)
    return state is NotificationState.SENT


def _once_more(message: Notification, problem: str, now: datetime) -> tuple[NotificationState, str, datetime | None]:
    tries = message.attempts - 1
    if tries < len(WAITS):
        return NotificationState.WAITING, problem, now + WAITS[tries]
    return NotificationState.FAILED, problem, None


def _deliver(runtime: Runtime, message: Notification, *, now: datetime) -> None:
    settings = runtime.settings
    if message.channel_id is not None:
        with transaction(runtime.pool) as conn:
            channel = delivery_repository.get_channel(conn, message.channel_id)
            number = case_repository.get_case_by_id(conn, message.case_id).case_number
        _to_channel(runtime, channel, message, number, now=now)
        return
    with transaction(runtime.pool) as conn:
        case = case_repository.get_case_by_id(conn, message.case_id)
        original = submissions.get_original(conn, case.submission_id, runtime.keys)
        link = _rating_link(conn, runtime, case)
    address = read_address(original.submitter_contact)
    if address is None or address.medium is not message.medium:
        raise NotFound("联系方式已不可用。")
    body = message.body.replace(RATING_FIELD, link)
    if message.medium is NotificationMedium.SMS:
        sms.send_sms(settings, address.value, body, message_id=message.id, now=now)
        return
    mail.send_mail(
        settings,
        mail.make_mail(settings, address.value, message.subject, body, delivery_id=message.id, now=now, what="notice"),
    )


def _rating_link(conn: Connection, runtime: Runtime, case: Case) -> str:
    """Where whoever wrote can say how it went; the page of progress where there is nothing to rate."""
    url = (runtime.settings.public_url or "").rstrip("/")
    callback = callback_repository.find_current(conn, case.id)
    return f"{url}/letters/rate/{rating_token(runtime, callback)}" if callback else f"{url}/letters/follow"


def _to_channel(
    runtime: Runtime, channel: AlertChannel, message: Notification, case_number: str, *, now: datetime
) -> None:
    settings = runtime.settings
    if not channel.active:
        raise NotFound("推送地址已停用。")
    opened = alert_channels.open_channel(settings, channel)
    link = f"{settings.public_url.rstrip('/')}/cases/{case_number}" if settings.public_url else ""
    text = f"{message.body}\n{link}".strip()
    if channel.kind is DeliveryKind.EMAIL:
        if not mail.is_configured(settings):
            raise Unavailable("没有配置邮件服务器。")
        mail.send_mail(
            settings,
            mail.make_mail(
                settings, opened.address, message.subject, text, delivery_id=message.id, now=now, what="notice"
            ),
        )
        return
    shape = channel.format or WebhookFormat.JSON
    target = webhooks.read_target(opened.address, allow_private=channel.allow_private)
    content: dict[str, object] = {
        "notification": message.id,
        "kind": message.kind.value,
        "case_number": case_number,
        "subject": message.subject,
        "text": message.body,
        "url": link,
    }
    request = webhooks.make_request(
        shape, content, f"{message.subject}\n{text}", opened.secret, delivery_id=message.id, now=now
    )
    webhooks.send(target, request, shape, allow_private=channel.allow_private)
