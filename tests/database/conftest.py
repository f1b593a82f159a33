"""What stands outside and takes messages: an HTTP receiver and a mail server, over real connections."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.receivers import MailSink, Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with closing(Receiver()) as opened:
        yield opened


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with closing(MailSink()) as opened:
        yield opened
