"""Where do the pages around this one of a list lead? Back to the first, to the one before, to the next."""

from dataclasses import dataclass
from typing import Any

from api.pages.cases.filters import address
from dashboards.lists.case_lists import CasePage
from models.criteria import CaseCriteria


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSteps:
    """Addresses; "" for none."""

    first: str
    previous: str
    following: str


def page_steps(path: str, criteria: CaseCriteria, found: CasePage, *, moved: bool, **more: Any) -> PageSteps:
    """`moved`: the list was asked for from a place on, not from its beginning."""
    beginning = not moved or (found.before is None and found.rows)
    return PageSteps(
        first="" if beginning else address(path, criteria, **more),
        previous=address(path, criteria, **more, before=found.before) if found.before else "",
        following=address(path, criteria, **more, after=found.after) if found.after else "",
    )
