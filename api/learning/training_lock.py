"""One training at a time, whatever the machine."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from models.database import connect
from models.errors import Conflict
from routing.learning import training_repository


@contextmanager
def hold_training_lock(dsn: str) -> Iterator[None]:
    """Held on a connection of its own, so that it goes with the process however that ends. Raises `Conflict` where
    another process trains."""
    with closing(connect(dsn)) as guard:
        guard.autocommit = True
        if not training_repository.hold_training_lock(guard):
            raise Conflict("另一个进程正在训练，请稍后再试。")
        try:
            yield
        finally:
            training_repository.release_training_lock(guard)
