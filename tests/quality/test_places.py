"""Places, times and organisations on the parts written before the rules: floors a little below what was measured."""

from tests.quality.marked_cases import read_cases
from tests.quality.places_bench import judge_organisations, judge_places, judge_times


def test_places() -> None:
    spans, kinds, regions = judge_places(read_cases("place_cases_unseen"), verbose=False)
    assert spans >= 0.90 and kinds >= 0.97 and regions >= 0.98


def test_times() -> None:
    spans, dates = judge_times(read_cases("time_cases_unseen", has_head=True), verbose=False)
    assert spans >= 0.94 and dates >= 0.98


def test_organisations_and_no_accused_unit_receives_the_letter() -> None:
    spans, accused, unprotected = judge_organisations(read_cases("organisation_cases_unseen"), verbose=False)
    assert spans >= 0.93 and accused >= 0.89
    assert unprotected == 0
