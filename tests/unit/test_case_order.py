"""Where a list goes on, as an address says it."""

from datetime import UTC, datetime

import pytest

from dashboards.lists.case_order import CaseSort, Place, place_of, read_place, runs_of
from models.errors import Invalid


@pytest.mark.parametrize(
    "place",
    [
        Place(0, datetime(2026, 11, 23, 4, 5, 6, 789, tzinfo=UTC), 17),
        Place(3, None, 1),
        Place(12, None, 5, 1_764_000_000),
    ],
)
def test_a_place_reads_as_it_was_written(place: Place) -> None:
    assert read_place(str(place)) == place


@pytest.mark.parametrize(
    "text", ["x", "1.2", "1.2.3.4.5", "-1..0.3", "0.x.0.1", f"0.{10**30}.0.1", f"0..0.{2**63}", "0..é.1"]
)
def test_what_no_list_wrote_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_place(text)


def test_every_order_begins_with_what_waits_and_tells_where_a_row_stands() -> None:
    for sort in CaseSort:
        for number, run in enumerate(runs_of(sort)):
            place = place_of(number, run, due_at=None, submitted_at=datetime(2026, 1, 1, tzinfo=UTC), id_=9)
            assert (place.run, place.last) == (number, 9)
            assert "%(last)s" in run.behind and run.order.startswith(("f.due_at", "f.submitted_at", "f.id"))
    assert all(run.condition.startswith("f.is_open") for run in runs_of(CaseSort.TIME_LEFT)[:2])
