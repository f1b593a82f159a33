"""What is loaded is not looked through for garbage; what comes later is."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from api.settled_memory import settle


@pytest.fixture
def as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


class Ring:
    def __init__(self) -> None:
        self.own = self


@pytest.mark.usefixtures("as_before")
def test_what_is_there_is_set_aside_and_the_rest_is_still_looked_through() -> None:
    garbage, kept = weakref.ref(Ring()), Ring()
    settle()
    assert garbage() is None  # not kept for ever
    assert gc.get_freeze_count() > 1_000
    frozen = {id(one) for one in gc.get_objects()}
    assert id(kept) not in frozen
    later = weakref.ref(Ring())
    gc.collect()
    assert later() is None
    assert gc.get_threshold()[0] > 10_000
