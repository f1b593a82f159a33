"""Messages about cases: who is told what, once, by a gateway that fails, dies or says nothing."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from api.citizens.citizen import LetterForm, write_letter
from api.messages import alert_channels, outbox, sms
from api.messages.alert_channels import NewChannel
from api.runtime import Runtime
from intake.repository import get_submission
from models.alert import DeliveryKind, WebhookFormat
from models.analysis import TextSpan
from models.case import Case, CaseAction, CaseEvent, CompletionResult
from models.database import Connection, connect, transaction
from models.merge import NewPart
from models.notification import (
    Notification,
    NotificationKind,
    NotificationMedium,
    NotificationSettings,
    NotificationState,
    NotificationTemplate,
)
from models.settings import Settings
from routing import case_repository, lifecycle
from routing import notification_repository as rows
from routing.casework import splitting
from routing.clocks import extensions
from routing.process import process_batch
from tests import factories
from tests.api.door import StoppedRuntime
from tests.factories import NOW, SECRET, ZONE, FixedAnalyser
from tests.receivers import MailSink, Receiver

ACTOR = "system:outbox"


@pytest.fixture
def runtime(dsn: str, tmp_path: Path, receiver: Receiver, sink: MailSink) -> Iterator[StoppedRuntime]:
    with closing(connect(dsn)) as conn:
        factories.city(conn)
    settings = Settings(
        data_dir=tmp_path,
        secret_key=SecretStr(SECRET),
        pool_size=4,
        sms_url=f"http://127.0.0.1:{receiver.port}/sms",
        sms_allow_private=True,
        sms_header=SecretStr("X-Key: geheim"),
        sms_success='"ok"',
        smtp_host="127.0.0.1",
        smtp_port=sink.port,
        smtp_security="none",
        public_url="https://wz.example.cn",
    )
    receiver.answer = b'{"code": "ok"}'
    with closing(StoppedRuntime(settings, dsn)) as opened:
        yield opened


def write(runtime: StoppedRuntime, contact: str = "138 0013 8000", lead: str = "zjj") -> Case:
    """A letter written on our page, dispatched."""
    with transaction(runtime.pool) as conn:
        registered = write_letter(
            conn, runtime, LetterForm(title="路灯不亮", body=f"桂香街道路灯不亮，{contact}。", contact=contact), now=NOW
        )
        directory = runtime.directory(conn)
        process_batch(conn, FixedAnalyser(factories.analysis()), directory, now=NOW, zone=ZONE, limit=10)
        return case_repository.get_case(conn, registered.receipt_number)


def told(runtime: StoppedRuntime, case: Case) -> list[Notification]:
    with transaction(runtime.pool) as conn:
        return rows.list_of_case(conn, case.id)


def run(runtime: StoppedRuntime) -> int:
    outbox.prepare(runtime, actor=ACTOR)
    return outbox.send_due(runtime, actor=ACTOR)


def test_who_wrote_hears_of_the_dispatch_by_sms_once(runtime: StoppedRuntime, receiver: Receiver) -> None:
    case = write(runtime)
    assert run(runtime) == 1
    assert run(runtime) == 0
    [(path, headers, body)] = receiver.got
    content = json.loads(body)
    assert (path, headers["X-Key"], content["phone"]) == ("/sms", "geheim", "13800138000")
    assert case.case_number in content["text"] and "路灯" not in content["text"]
    assert "https://wz.example.cn/letters/follow" in content["text"]
    [message] = told(runtime, case)
    assert (message.state, message.shown, message.kind) == (
        NotificationState.SENT,
        "138****8000",
        NotificationKind.DISPATCHED,
    )


def test_a_mailbox_gets_mail(runtime: StoppedRuntime, sink: MailSink, receiver: Receiver) -> None:
    write(runtime, "someone@example.cn")
    assert run(runtime) == 1
    [mail] = sink.got
    assert mail["To"] == "someone@example.cn" and "notice-" in mail["Message-ID"]
    assert receiver.got == []


def test_imported_letters_and_letters_without_contact_are_not_told(runtime: StoppedRuntime, receiver: Receiver) -> None:
    write(runtime, "见面谈")
    with transaction(runtime.pool) as conn:
        factories.case(conn, runtime.directory(conn), until=CaseAction.DISPATCH)
    assert run(runtime) == 0
    assert receiver.got == []


def test_an_answer_that_completes_is_one_message(runtime: StoppedRuntime, receiver: Receiver) -> None:
    case = write(runtime)
    run(runtime)
    with transaction(runtime.pool) as conn:
        case = lifecycle.acknowledge(conn, case, actor="a", now=NOW)
        case = lifecycle.reply(conn, case, body="修好了。", public=True, department_id="zjj", actor="a", now=NOW)
    assert run(runtime) == 0  # a reply waits a little
    with transaction(runtime.pool) as conn:
        lifecycle.complete(conn, case, result=CompletionResult.SOLVED, actor="a", now=NOW)
    assert run(runtime) == 1
    runtime.clock = NOW + timedelta(minutes=3)
    assert run(runtime) == 0
    assert [m.kind for m in told(runtime, case)] == [NotificationKind.COMPLETED, NotificationKind.DISPATCHED]
    text = json.loads(receiver.got[-1][2])["text"]
    assert "已解决" in text and "https://wz.example.cn/letters/rate/" in text
    # whoever can see the case cannot rate it
    assert "/letters/rate/" not in told(runtime, case)[0].body


def test_an_answer_alone_is_told_after_a_while(runtime: StoppedRuntime) -> None:
    case = write(runtime)
    run(runtime)
    with transaction(runtime.pool) as conn:
        case = lifecycle.acknowledge(conn, case, actor="a", now=NOW)
        lifecycle.reply(conn, case, body="正在修。", public=True, department_id="zjj", actor="a", now=NOW)
    runtime.clock = NOW + timedelta(minutes=3)
    assert run(runtime) == 1
    assert told(runtime, case)[0].kind is NotificationKind.REPLIED


def test_an_extension_says_the_day_and_why(runtime: StoppedRuntime, receiver: Receiver) -> None:
    case = write(runtime)
    run(runtime)
    with transaction(runtime.pool) as conn:
        directory = runtime.directory(conn)
        asked = extensions.request_extension(conn, case, directory, days=3, reason="等配件", actor="a", now=NOW)
        moved = extensions.grant_extension(conn, asked, directory, actor="b", now=NOW, zone=ZONE)
    run(runtime)
    text = json.loads(receiver.got[-1][2])["text"]
    assert moved.due_date and f"{moved.due_date.month}月{moved.due_date.day}日" in text and "等配件" in text


def test_a_gateway_that_refuses_is_asked_again_with_growing_pauses_and_then_given_up(
    runtime: StoppedRuntime, receiver: Receiver
) -> None:
    case = write(runtime)
    receiver.answer = b'{"code": "busy"}'
    for wait in (*outbox.WAITS, None):
        assert run(runtime) == 0
        [message] = told(runtime, case)
        if wait is None:
            assert message.state is NotificationState.FAILED
            break
        assert (message.state, message.next_at) == (NotificationState.WAITING, runtime.clock + wait)
        assert outbox.send_due(runtime, actor=ACTOR) == 0 and told(runtime, case)[0].attempts == message.attempts
        runtime.clock += wait
        # quiet hours hold the first message, not the attempts
    assert len(receiver.got) == len(outbox.WAITS) + 1
    ids = {headers["X-Wenzheng-Delivery"] for _, headers, _ in receiver.got}
    assert len(ids) == 1


def test_no_answer_is_unclear_and_nobody_sends_again_by_itself(
    runtime: StoppedRuntime, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = write(runtime)
    monkeypatch.setattr("api.messages.webhooks._TIMEOUT", 0.3)
    receiver.hold = 1.0
    assert run(runtime) == 0
    assert told(runtime, case)[0].state is NotificationState.UNCLEAR
    runtime.clock += timedelta(days=1)
    assert run(runtime) == 0
    assert len(receiver.got) == 1
    receiver.hold = 0.0
    with transaction(runtime.pool) as conn:
        message = told(runtime, case)[0]
        assert rows.send_again(conn, case.id, message.id, actor="account:1:甲", now=runtime.clock)
        assert not rows.send_again(conn, case.id + 1, message.id, actor="account:1:甲", now=runtime.clock)
    assert run(runtime) == 1
    assert told(runtime, case)[0].state is NotificationState.SENT


def test_a_sender_that_dies_leaves_it_unclear(runtime: StoppedRuntime, receiver: Receiver) -> None:
    case = write(runtime)
    outbox.prepare(runtime, actor=ACTOR)
    with transaction(runtime.pool) as conn:
        claimed = rows.take_notification(
            conn, [NotificationMedium.SMS], lease=outbox.LEASE, actor=ACTOR, now=runtime.clock
        )
    assert claimed is not None
    assert outbox.send_due(runtime, actor=ACTOR) == 0
    assert told(runtime, case)[0].state is NotificationState.SENDING
    runtime.clock += outbox.LEASE
    assert outbox.send_due(runtime, actor=ACTOR) == 0
    assert told(runtime, case)[0].state is NotificationState.UNCLEAR
    # the dead one was only slow: its late word changes nothing
    with transaction(runtime.pool) as conn:
        rows.finish_notification(conn, claimed.id, NotificationState.SENT, actor=ACTOR, now=runtime.clock)
    assert told(runtime, case)[0].state is NotificationState.UNCLEAR
    assert receiver.got == []


def test_two_tellers_at_once_tell_once(runtime: StoppedRuntime) -> None:
    case = write(runtime)
    with runtime.pool.connection() as first, runtime.pool.connection() as second:
        held = rows.claim_events(first, before=NOW, limit=100)
        assert [e.action for e in held] == [CaseAction.DISPATCH]
        assert rows.claim_events(second, before=NOW, limit=100) == []
        first.rollback()
        second.rollback()
    outbox.prepare(runtime, actor=ACTOR)
    with transaction(runtime.pool) as conn:
        conn.execute("INSERT INTO notification_queue SELECT event_id FROM notifications")
    outbox.prepare(runtime, actor=ACTOR)
    assert len(told(runtime, case)) == 1


def test_nobodys_telephone_rings_at_night_and_not_all_day(runtime: StoppedRuntime, receiver: Receiver) -> None:
    night = datetime(2026, 11, 23, 23, 30, tzinfo=ZONE)
    case = write(runtime)
    runtime.clock = night
    assert run(runtime) == 0
    assert told(runtime, case)[0].next_at == datetime(2026, 11, 24, 8, 0, tzinfo=ZONE)
    runtime.clock = datetime(2026, 11, 24, 8, 0, tzinfo=ZONE)
    assert run(runtime) == 1
    with transaction(runtime.pool) as conn:
        settings = rows.get_settings(conn)
        few = NotificationSettings(quiet_from=settings.quiet_from, quiet_to=settings.quiet_to, most_a_day=1)
        rows.set_settings(conn, few, actor="test")
        asked = extensions.request_extension(
            conn, case, runtime.directory(conn), days=3, reason="等配件", actor="a", now=NOW
        )
        extensions.grant_extension(conn, asked, runtime.directory(conn), actor="b", now=NOW, zone=ZONE)
    assert run(runtime) == 0
    latest = told(runtime, case)[0]
    assert latest.state is NotificationState.DROPPED and "24小时内已有1条" in latest.problem
    # one telephone: the next letter of the same person is counted with it, that of another is not
    with transaction(runtime.pool) as conn:
        for contact in ("13800138000", "13900139000"):
            form = LetterForm(title="水管漏水", body="桂香街道水管漏水。", contact=contact)
            write_letter(conn, runtime, form, now=runtime.clock)
        directory = runtime.directory(conn)
        process_batch(conn, FixedAnalyser(factories.analysis()), directory, now=runtime.clock, zone=ZONE, limit=10)
    assert run(runtime) == 1


def channel(runtime: StoppedRuntime, receiver: Receiver, **given: Any) -> None:
    with transaction(runtime.pool) as conn:
        new = NewChannel(
            kind=DeliveryKind.WEBHOOK,
            shape=WebhookFormat.JSON,
            name="值班",
            address=f"http://127.0.0.1:{receiver.port}/unit",
            secret="s",
            allow_private=True,
            case_notices=True,
            **given,
        )
        alert_channels.add_channel(conn, runtime.settings, new, actor="test", now=NOW)


def test_a_units_channel_hears_of_its_new_case_and_no_other_unit(runtime: StoppedRuntime, receiver: Receiver) -> None:
    channel(runtime, receiver, department_id="swj")
    case = write(runtime, contact="")
    with transaction(runtime.pool) as conn:
        directory = runtime.directory(conn)
        other = "zjj" if case.lead_department_id != "zjj" else "cgj"
        case = lifecycle.dispatch(conn, case, directory, lead=other, actor="a", now=NOW, zone=ZONE)
    assert run(runtime) == 0
    with transaction(runtime.pool) as conn:
        case = lifecycle.dispatch(conn, case, directory, lead="swj", actor="a", now=NOW, zone=ZONE)
    assert run(runtime) == 1
    [(path, headers, body)] = receiver.got
    assert path == "/unit" and headers["X-Wenzheng-Signature"].startswith("sha256=")
    assert json.loads(body)["case_number"] == case.case_number
    assert json.loads(body)["url"] == f"https://wz.example.cn/cases/{case.case_number}"


def test_words_of_the_administrator_are_said_and_a_kind_can_be_off(runtime: StoppedRuntime, receiver: Receiver) -> None:
    with transaction(runtime.pool) as conn:
        rows.set_template(
            conn,
            NotificationTemplate(
                kind=NotificationKind.DISPATCHED, subject="转办", body="{{编号}}归{{办理单位}}管", active=True
            ),
            actor="a",
            now=NOW,
        )
    case = write(runtime)
    run(runtime)
    assert json.loads(receiver.got[0][2])["text"].startswith(f"{case.case_number}归")
    with transaction(runtime.pool) as conn:
        rows.set_template(
            conn,
            NotificationTemplate(kind=NotificationKind.DISPATCHED, subject="转办", body="无", active=False),
            actor="a",
            now=NOW,
        )
    quiet = write(runtime, "13900139000")
    run(runtime)
    assert told(runtime, quiet) == []


def test_what_is_posted_keeps_its_shape_whatever_the_text(runtime: StoppedRuntime) -> None:
    text = '他说"{phone}"\n换行\\'
    body = sms.make_request(runtime.settings, "13800138000", text, message_id=7, now=NOW).body
    assert json.loads(body) == {"phone": "13800138000", "text": text}
    form = runtime.settings.model_copy(
        update={"sms_type": "application/x-www-form-urlencoded", "sms_body": "to={phone}&msg={text}&id={id}"}
    )
    assert sms.make_request(form, "1", "a&b=c", message_id=7, now=NOW).body == b"to=1&msg=a%26b%3Dc&id=7"


def test_whoever_wrote_hears_the_number_of_the_letter_not_that_of_a_part(
    runtime: StoppedRuntime, receiver: Receiver
) -> None:
    case = write(runtime)
    with transaction(runtime.pool) as conn:
        submission = get_submission(conn, case.submission_id)
        whole = TextSpan(0, len(submission.title) + 1 + len(submission.body))
        parts = [NewPart(title=name, lead=unit, sentences=(whole,)) for name, unit in (("灯", "zjj"), ("水", "swj"))]
        directory = runtime.directory(conn)
        splitting.split(conn, case, submission, directory, parts, actor="account:2:派单", now=NOW, zone=ZONE)
    run(runtime)
    texts = [json.loads(body)["text"] for _, _, body in receiver.got]
    assert len(texts) == 3
    assert all(f"编号{case.case_number}）" in text for text in texts)


def test_an_event_that_cannot_be_told_holds_up_no_other(
    runtime: StoppedRuntime, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = write(runtime, "13600136000"), write(runtime, "13500135000")
    tell = outbox._tell

    def stumble(conn: Connection, runtime_: Runtime, event: CaseEvent, **given: Any) -> int:
        if event.case_id == broken.id:
            conn.execute("SELECT 1 / 0")
        return tell(conn, runtime_, event, **given)

    monkeypatch.setattr(outbox, "_tell", stumble)
    assert run(runtime) == 1
    assert (len(told(runtime, broken)), len(told(runtime, whole))) == (0, 1)
    assert run(runtime) == 0
