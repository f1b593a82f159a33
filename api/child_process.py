"""A child that must not outlive its parent, whatever kills the parent."""

import contextlib
import ctypes
import os
import signal
import threading
import time

PARENT_VARIABLE = "WENZHENG_PARENT_PID"
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """In a child of `wenzheng up`: get SIGTERM when the parent is gone. Does nothing in other processes."""
    parent = int(os.environ.get(PARENT_VARIABLE, "0"))
    if not parent:
        return
    with contextlib.suppress(OSError, AttributeError):  # not Linux: the watching thread below is enough
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    threading.Thread(target=_watch, args=(parent,), name="parent-watch", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
