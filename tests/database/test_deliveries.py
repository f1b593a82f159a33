"""What an alert sends: a row for each channel, sent once, tried again, held at night; to a server of our own."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from api.messages import alert_channels, notifying
from api.messages.alert_channels import NewChannel
from api.messages.notifying import WAITS, send_due
from models.account import Role
from models.alert import DeliveryKind, DeliveryState, NewAlert, RiskLevel, WebhookFormat
from models.database import connect, transaction
from models.errors import Invalid, Unavailable
from models.settings import Settings
from routing.alerts import alert_repository, alerts, delivery_repository
from tests import factories
from tests.api.door import StoppedRuntime
from tests.database.alert_rows import SETTINGS, at_hour, new_alert
from tests.factories import NOW, SECRET, ZONE
from tests.receivers import MailSink, Receiver

HOUR = timedelta(hours=1)


@pytest.fixture
def runtime(dsn: str, tmp_path: Path) -> Iterator[StoppedRuntime]:
    with closing(connect(dsn)) as conn:
        factories.city(conn)
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr(SECRET), pool_size=4)
    with closing(StoppedRuntime(settings, dsn)) as opened:
        yield opened


def add_channel(runtime: StoppedRuntime, address: str, **given: Any) -> int:
    values: dict[str, Any] = {
        "kind": DeliveryKind.WEBHOOK,
        "shape": WebhookFormat.JSON,
        "name": "值班群",
        "secret": "geheim",
        "allow_private": True,
    } | given
    with transaction(runtime.pool) as conn:
        new = NewChannel(address=address, **values)
        return alert_channels.add_channel(conn, runtime.settings, new, actor="test", now=runtime.now())


def raise_(runtime: StoppedRuntime, new: NewAlert | None = None, **given: Any) -> int:
    with transaction(runtime.pool) as conn:
        found = new or new_alert(**given)
        return alerts.raise_alert(conn, found, SETTINGS, actor="test", now=runtime.now(), zone=ZONE).id


def send(runtime: StoppedRuntime) -> int:
    return send_due(runtime, actor="test")


def states(runtime: StoppedRuntime) -> list[tuple[DeliveryState, int]]:
    with transaction(runtime.pool) as conn:
        return [(line.state, line.attempts) for line in reversed(delivery_repository.list_deliveries(conn))]


def test_a_signed_request_once(runtime: StoppedRuntime, receiver: Receiver) -> None:
    add_channel(runtime, receiver.url)
    alert_id = raise_(runtime)
    assert (send(runtime), send(runtime)) == (1, 0)
    [(path, headers, body)] = receiver.got
    assert path == "/hook?robot=1"
    stamp = headers["X-Wenzheng-Timestamp"]
    signature = hmac.new(b"geheim", stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["X-Wenzheng-Signature"] == f"sha256={signature}"
    content = json.loads(body)
    assert content["alert"]["id"] == alert_id
    assert content["alert"]["severity"] == "yellow"
    assert states(runtime) == [(DeliveryState.SENT, 1)]


@pytest.mark.parametrize("shape", [WebhookFormat.WECOM, WebhookFormat.DINGTALK, WebhookFormat.FEISHU])
def test_what_robots_read(runtime: StoppedRuntime, receiver: Receiver, shape: WebhookFormat) -> None:
    receiver.answer = b'{"errcode": 0}' if shape is not WebhookFormat.FEISHU else b'{"code": 0}'
    add_channel(runtime, receiver.url, shape=shape)
    raise_(runtime)
    assert send(runtime) == 1
    [(path, _, body)] = receiver.got
    content = json.loads(body)
    text = content["content"]["text"] if shape is WebhookFormat.FEISHU else content["text"]["content"]
    assert text.startswith("【黄色预警】苗头：丽水路搅拌站噪声\n")
    assert ("&sign=" in path) is (shape is WebhookFormat.DINGTALK)
    assert ("sign" in content) is (shape is WebhookFormat.FEISHU)


def test_a_robot_that_refuses_is_asked_again(runtime: StoppedRuntime, receiver: Receiver) -> None:
    receiver.answer = b'{"errcode": 45009, "errmsg": "api freq out of limit"}'
    add_channel(runtime, receiver.url, shape=WebhookFormat.WECOM)
    raise_(runtime)
    assert send(runtime) == 0
    assert states(runtime) == [(DeliveryState.WAITING, 1)]


def test_what_fails_is_tried_again_and_given_up(runtime: StoppedRuntime, receiver: Receiver) -> None:
    receiver.status = 503
    add_channel(runtime, receiver.url)
    raise_(runtime)
    for wait in WAITS:
        assert send(runtime) == 0
        assert send(runtime) == 0, "not before its time"
        runtime.clock += wait
    assert send(runtime) == 0
    assert states(runtime) == [(DeliveryState.FAILED, len(WAITS) + 1)]
    runtime.clock += timedelta(hours=6)
    send(runtime)
    assert len(receiver.got) == len(WAITS) + 1


def test_no_redirect_is_followed(runtime: StoppedRuntime, receiver: Receiver) -> None:
    receiver.status = 302
    add_channel(runtime, receiver.url)
    raise_(runtime)
    assert send(runtime) == 0
    with transaction(runtime.pool) as conn:
        assert "未跟随" in delivery_repository.list_deliveries(conn)[0].problem


def test_a_private_address_is_refused_unless_meant(runtime: StoppedRuntime, receiver: Receiver) -> None:
    with pytest.raises(Invalid):
        add_channel(runtime, receiver.url, allow_private=False)
    add_channel(runtime, receiver.url.replace("http:", "https:"), allow_private=False)
    raise_(runtime)
    assert send(runtime) == 0
    assert states(runtime) == [(DeliveryState.FAILED, 1)], "not tried again"
    assert receiver.got == []


def test_what_was_left_over_is_sent_once_after_a_restart(runtime: StoppedRuntime, receiver: Receiver, dsn: str) -> None:
    add_channel(runtime, receiver.url)
    raise_(runtime)
    with transaction(runtime.pool) as conn:  # died while sending
        [_] = delivery_repository.claim_deliveries(
            conn, [DeliveryKind.WEBHOOK], lease=2 * HOUR, limit=9, actor="test", now=runtime.now()
        )
    with closing(StoppedRuntime(runtime.settings, dsn)) as again:
        assert send(again) == 0, "somebody may still be at it"
        again.clock += 2 * HOUR
        assert (send(again), send(again)) == (1, 0)
    assert len(receiver.got) == 1


def test_two_senders_send_one_message_once(runtime: StoppedRuntime, receiver: Receiver) -> None:
    add_channel(runtime, receiver.url)
    for number in range(6):
        raise_(runtime, key=f"level:{number}")
    threads = [threading.Thread(target=send, args=(runtime,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receiver.got) == 6
    assert len({json.loads(body)["delivery"] for _, _, body in receiver.got}) == 6


def test_quiet_hours_hold_all_but_red(runtime: StoppedRuntime, receiver: Receiver) -> None:
    runtime.clock = at_hour(23)
    add_channel(runtime, receiver.url)
    raise_(runtime, key="level:1", severity=RiskLevel.ORANGE)
    raise_(runtime, key="level:2", severity=RiskLevel.RED)
    assert send(runtime) == 1
    assert json.loads(receiver.got[0][2])["alert"]["severity"] == "red"
    runtime.clock = at_hour(7) + timedelta(days=1)
    assert send(runtime) == 1


def test_a_channel_gets_what_it_asked_for(runtime: StoppedRuntime, receiver: Receiver) -> None:
    add_channel(runtime, receiver.url, least_severity=RiskLevel.ORANGE)
    add_channel(runtime, receiver.url, department_id="zjj", least_severity=RiskLevel.BLUE)
    raise_(runtime)
    assert states(runtime) == []
    raise_(runtime, severity=RiskLevel.ORANGE)
    assert states(runtime) == [(DeliveryState.WAITING, 0)]
    with transaction(runtime.pool) as conn:
        case = factories.case(conn, runtime.directory(conn), lead="zjj")
    raise_(runtime, key="level:2", submission_ids=[case.submission_id])
    assert len(states(runtime)) == 2


def test_what_waits_for_a_channel_that_is_switched_off_is_not_sent(runtime: StoppedRuntime, receiver: Receiver) -> None:
    channel = add_channel(runtime, receiver.url)
    raise_(runtime)
    with transaction(runtime.pool) as conn:
        alert_channels.set_active(conn, channel, False, actor="test", now=NOW)
    raise_(runtime, key="level:2")
    assert (send(runtime), len(states(runtime))) == (0, 1)


def test_what_is_a_day_late_is_not_sent(runtime: StoppedRuntime, receiver: Receiver) -> None:
    add_channel(runtime, receiver.url)
    raise_(runtime)
    runtime.clock += 25 * HOUR
    assert send(runtime) == 0
    assert (states(runtime), receiver.got) == ([(DeliveryState.FAILED, 1)], [])


def test_a_mail_to_our_own_sink(runtime: StoppedRuntime, sink: MailSink, dsn: str) -> None:
    add_channel(runtime, "zhiban@example.cn", kind=DeliveryKind.EMAIL, shape=None)
    raise_(runtime, title="苗头：丽水路\r\nBcc: all@example.cn")
    assert send(runtime) == 0, "no mail server is configured"
    assert states(runtime) == [(DeliveryState.WAITING, 0)]
    settings = Settings(
        secret_key=SecretStr(SECRET),
        smtp_host="127.0.0.1",
        smtp_port=sink.port,
        smtp_security="none",
        public_url="https://wenzheng.example.cn/",
    )
    with closing(StoppedRuntime(settings, dsn)) as configured:
        assert (send(configured), send(configured)) == (1, 0)
    [message] = sink.got
    assert message["To"] == "zhiban@example.cn"
    assert message["Bcc"] is None
    body = message.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert "https://wenzheng.example.cn/alerts/1" in body.decode()


def test_a_mail_server_that_is_away_is_tried_again(runtime: StoppedRuntime, dsn: str) -> None:
    add_channel(runtime, "zhiban@example.cn", kind=DeliveryKind.EMAIL, shape=None)
    raise_(runtime)
    settings = Settings(secret_key=SecretStr(SECRET), smtp_host="127.0.0.1", smtp_port=1)
    with closing(StoppedRuntime(settings, dsn)) as configured:
        assert send(configured) == 0
    assert states(runtime) == [(DeliveryState.WAITING, 1)]


def test_an_address_is_sealed_and_shown_without_its_secret(runtime: StoppedRuntime) -> None:
    add_channel(runtime, "https://robot.example.cn/send?key=abc-def", allow_private=False)
    with transaction(runtime.pool) as conn:
        [channel] = delivery_repository.list_channels(conn)
        row = conn.execute("SELECT to_jsonb(c)::text FROM alert_channels c").fetchone()
        logged = conn.execute("SELECT payload::text FROM administration_events WHERE action LIKE 'alert%'").fetchone()
    assert channel.shown == "https://robot.example.cn"
    assert row is not None
    assert logged is not None
    assert "abc-def" not in f"{row}{logged}{channel!r}"
    assert alert_channels.open_channel(runtime.settings, channel).address.endswith("abc-def")
    other = Settings(secret_key=SecretStr("another secret for tests, long enough"))
    with pytest.raises(Unavailable):
        alert_channels.open_channel(other, channel)


def test_known_before_it_was_sent_goes_all_the_same(runtime: StoppedRuntime, receiver: Receiver) -> None:
    """Who gets it may be another person than who knows."""
    add_channel(runtime, receiver.url)
    alert_id = raise_(runtime)
    with transaction(runtime.pool) as conn:
        leader = factories.account(conn, Role.LEADER)
        alerts.acknowledge(conn, alert_repository.get_alert(conn, alert_id), leader, now=NOW)
    assert send(runtime) == 1


def test_slow_receivers_get_nothing_twice(
    runtime: StoppedRuntime, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes most of a lease; meanwhile another worker looks for what is free."""
    for path in "ab":
        add_channel(runtime, f"{receiver.url}&{path}")
    raise_(runtime)
    deliver = notifying._deliver

    def slowly(*given: Any, **named: Any) -> None:
        runtime.clock += notifying.LEASE * 0.7
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(notifying, "_deliver", deliver)
            send(runtime)
        deliver(*given, **named)

    monkeypatch.setattr(notifying, "_deliver", slowly)
    send(runtime)
    assert sorted(path[-1] for path, _, _ in receiver.got) == ["a", "b"]
