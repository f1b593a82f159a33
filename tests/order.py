"""In which order the tests run, and which on the same worker: the long ones first, one city for all browsers."""

from collections import Counter

import pytest
from xdist.scheduler import LoadScopeScheduling

# Folders whose modules take minutes with few tests (they start the service, a browser, a training). The scheduler of
# xdist would give them out last, and one worker would wait for the other at the end.
_FIRST = ("tests/browser/", "tests/pipeline/", "tests/database/test_case_machine.py", "tests/quality/")
_BROWSER = "tests/browser"


class LongestFirst(LoadScopeScheduling):
    """A module is run by one worker, as with `loadscope`; so are all browser tests, which share one running city."""

    def _split_scope(self, nodeid: str) -> str:
        scope: str = super()._split_scope(nodeid)
        return _BROWSER if scope.startswith(f"{_BROWSER}/") else scope


def rank(nodeid: str) -> int:
    """The place of a test's group; within a group it stays as it was collected."""
    return next((place for place, start in enumerate(_FIRST) if nodeid.startswith(start)), len(_FIRST))


def sort_tests(items: list[pytest.Item]) -> None:
    """Long groups first; of the others the modules with most tests, so that the last ones are short."""
    sizes = Counter(_module(item) for item in items)
    items.sort(key=lambda item: (rank(item.nodeid), -sizes[_module(item)], _module(item)))


def _module(item: pytest.Item) -> str:
    return item.nodeid.split("::")[0]
