"""In which order the tests run, and which on the same worker: the long ones first, one city for all browsers."""

from collections import Counter
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# Folders whose modules take minutes with few tests (they start the service, a browser, a training). The scheduler of
# xdist would give them out last, and one worker would wait for the other at the end.
_FIRST = ("tests/browser/", "tests/pipeline/", "tests/database/test_case_machine.py", "tests/quality/")
_BROWSER = "tests/browser"


def group_of(nodeid: str) -> str:
    """What one worker runs whole: a module, as with `loadscope`; all browser tests, which share one running city."""
    return _BROWSER if nodeid.startswith(f"{_BROWSER}/") else nodeid.rsplit("::", 1)[0]


def make_scheduler(config: pytest.Config, log: Any) -> Any:
    """The scheduler of `--dist loadscope`, our groups in our order; it asks a method of its own for the group."""
    config.option.loadscopereorder = False
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = group_of
    return scheduler


def rank(nodeid: str) -> int:
    """The place of a test's group; within a group it stays as it was collected."""
    return next((place for place, start in enumerate(_FIRST) if nodeid.startswith(start)), len(_FIRST))


def sort_tests(items: list[pytest.Item]) -> None:
    """Long groups first; of the others the modules with most tests, so that the last ones are short."""
    sizes = Counter(_module(item) for item in items)
    items.sort(key=lambda item: (rank(item.nodeid), -sizes[_module(item)], _module(item)))


def _module(item: pytest.Item) -> str:
    return item.nodeid.split("::")[0]
