"""Messages and the machines that take them, over real connections: refused, broken off, slow, signed; told once."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.messages import outbox
from models.case import Case
from models.database import connect
from models.notification import Notification, NotificationState
from models.settings import Settings
from tests import factories
from tests.api.door import StoppedRuntime
from tests.database.test_outbox import channel, run, told, write
from tests.factories import SECRET
from tests.receivers import MailSink, Receiver

FIRST_WAIT = outbox.WAITS[0]


@pytest.fixture
def runtime(dsn: str, tmp_path: Path, receiver: Receiver, sink: MailSink) -> Iterator[StoppedRuntime]:
    with closing(connect(dsn)) as conn:
        factories.city(conn)
    settings = Settings(
        data_dir=tmp_path,
        secret_key=SecretStr(SECRET),
        sms_url=f"http://127.0.0.1:{receiver.port}/sms",
        sms_allow_private=True,
        sms_secret=SecretStr("geheim"),
        smtp_host="127.0.0.1",
        smtp_port=sink.port,
        smtp_security="none",
    )
    with closing(StoppedRuntime(settings, dsn)) as opened:
        yield opened


def only(runtime: StoppedRuntime, case: Case) -> Notification:
    [message] = told(runtime, case)
    return message


@pytest.mark.parametrize(
    ("answers", "handed_over"),
    [
        ({"EHLO": "", "HELO": ""}, 0),
        ({"RCPT": "450 4.2.1 mailbox busy"}, 0),
        ({"RCPT": ""}, 0),
        ({"DATA": "451 4.3.0 try later"}, 0),
        ({".": "452 4.3.1 disk full"}, 1),
    ],
)
def test_mail_that_was_certainly_not_taken_goes_once_more(
    runtime: StoppedRuntime, sink: MailSink, answers: dict[str, str], handed_over: int
) -> None:
    case = write(runtime, "someone@example.cn")
    sink.answers = answers
    assert run(runtime) == 0
    message = only(runtime, case)
    assert (message.state, message.next_at) == (NotificationState.WAITING, runtime.clock + FIRST_WAIT)
    assert message.problem.startswith("邮件没有发出：") and "Error" not in message.problem
    sink.answers = {}
    assert run(runtime) == 0, "not before its time"
    runtime.clock += FIRST_WAIT
    assert (run(runtime), run(runtime)) == (1, 0)
    assert only(runtime, case).state is NotificationState.SENT
    assert len(sink.got) == handed_over + 1
    assert len({mail["Message-ID"] for mail in sink.got}) == 1


@pytest.mark.parametrize("answers", [{"RCPT": "550 5.1.1 no such user"}, {".": "554 5.7.1 not wanted"}])
def test_mail_that_is_refused_for_good_is_not_sent_again(
    runtime: StoppedRuntime, sink: MailSink, answers: dict[str, str]
) -> None:
    case = write(runtime, "someone@example.cn")
    sink.answers = answers
    assert run(runtime) == 0
    message = only(runtime, case)
    assert message.state is NotificationState.FAILED
    assert message.problem == f"对方不收这封邮件（{next(iter(answers.values()))[:3]}）。"


def test_mail_whose_text_was_given_and_not_answered_is_unclear(runtime: StoppedRuntime, sink: MailSink) -> None:
    case = write(runtime, "someone@example.cn")
    sink.answers = {".": ""}
    assert run(runtime) == 0
    assert only(runtime, case).state is NotificationState.UNCLEAR
    sink.answers = {}
    runtime.clock += timedelta(days=1)
    assert run(runtime) == 0
    assert len(sink.got) == 1, "it may have arrived: a person decides whether it is sent again"


@pytest.mark.parametrize("farewell", ["", "421 too many", "554 what"])
def test_mail_that_was_taken_is_sent_whatever_is_said_at_parting(
    runtime: StoppedRuntime, sink: MailSink, farewell: str
) -> None:
    case = write(runtime, "someone@example.cn")
    sink.answers = {"QUIT": farewell}
    assert (run(runtime), run(runtime)) == (1, 0)
    assert only(runtime, case).state is NotificationState.SENT
    assert len(sink.got) == 1


def test_a_gateway_checks_the_signature_and_has_its_bad_days(runtime: StoppedRuntime, receiver: Receiver) -> None:
    case = write(runtime)
    receiver.secret, receiver.status = "geheim", 500
    assert run(runtime) == 0
    message = only(runtime, case)
    assert (message.state, message.problem) == (NotificationState.WAITING, "对方回答 500。")
    receiver.secret, receiver.status = "another", 200
    runtime.clock += outbox.WAITS[0]
    assert run(runtime) == 0
    assert only(runtime, case).problem == "对方回答 401。"
    receiver.secret = "geheim"
    runtime.clock += outbox.WAITS[1]
    assert (run(runtime), run(runtime)) == (1, 0)
    assert len(receiver.got) == 3
    assert len({headers["X-Wenzheng-Delivery"] for _, headers, _ in receiver.got}) == 1

    broken = write(runtime, "13900139000")
    receiver.resets = True
    assert run(runtime) == 0
    message = only(runtime, broken)
    assert (message.state, message.problem) == (
        NotificationState.UNCLEAR,
        "已经发出，没有收到回答：连接中断。",
    )
    receiver.resets = False
    runtime.clock += timedelta(days=1)
    assert run(runtime) == 0
    assert len(receiver.got) == 4


@pytest.mark.parametrize("trouble", ["slow", "reset", "500"])
def test_a_program_is_told_again_under_the_same_number_and_checks_who_speaks(
    runtime: StoppedRuntime, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    case = write(runtime, contact="")
    channel(runtime, receiver, department_id=case.lead_department_id)
    receiver.secret = "s"
    if trouble == "slow":
        monkeypatch.setattr("api.messages.webhooks._TIMEOUT", 0.3)
    receiver.hold, receiver.resets = (1.0 if trouble == "slow" else 0.0), trouble == "reset"
    receiver.status = 500 if trouble == "500" else 200
    assert run(runtime) == 0
    message = only(runtime, case)
    assert (message.state, message.next_at) == (NotificationState.WAITING, runtime.clock + FIRST_WAIT)
    receiver.hold, receiver.resets, receiver.status = 0.0, False, 200
    # a busy machine must not look like a slow receiver
    monkeypatch.setattr("api.messages.webhooks._TIMEOUT", 30.0)
    runtime.clock += FIRST_WAIT
    assert (run(runtime), run(runtime)) == (1, 0)
    assert only(runtime, case).state is NotificationState.SENT
    assert len(receiver.got) == 2
    assert len({headers["X-Wenzheng-Delivery"] for _, headers, _ in receiver.got}) == 1
