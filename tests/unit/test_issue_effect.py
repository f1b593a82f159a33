"""What an answer changed: found where it is there, not claimed where it is not, silent where there is too little."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from dashboards.issue_effect import Change, Days, change_of_persons, change_of_share, measure
from dashboards.issue_lead_time import find_online_burst


def days(*persons: int, negative: int = 0, submissions: int | None = None) -> Days:
    return Days(persons=persons, submissions=sum(persons) if submissions is None else submissions, negative=negative)


QUIET = days(4, 5, 3, 4, 5)


def test_fewer_people_than_elsewhere_is_an_effect() -> None:
    found = change_of_persons(days(10, 12, 9, 11, 10), days(2, 1, 2, 1, 1), QUIET, QUIET)
    assert found.verdict == "less"
    assert found.value == pytest.approx(7.5 / 52.5 - 1)
    low, value, high = found.low, found.value, found.high
    assert low is not None and value is not None and high is not None and low < value < high < 0


def test_what_fell_everywhere_is_no_effect() -> None:
    before, after = days(10, 12, 9, 11, 10), days(5, 6, 4, 6, 5)
    alone = change_of_persons(before, after)
    against = change_of_persons(before, after, days(20, 24, 18, 22, 20), days(10, 12, 9, 11, 10))
    assert alone.verdict == "less"
    assert against.verdict == "unclear" and against.value == pytest.approx(0, abs=0.02)


def test_more_people_is_said_as_plainly() -> None:
    assert change_of_persons(days(2, 1, 2), days(12, 14, 11), days(5, 5, 5), days(5, 5, 5)).verdict == "more"


def test_nobody_afterwards_has_an_interval_too() -> None:
    found = change_of_persons(days(9, 9, 9), days(0, 0, 0))
    assert found.verdict == "less" and found.high is not None and -1 < found.high < 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (days(3, 2, 2), days(1, 1, 0)),  # nine people
        (days(30, 40), days(3, 4)),  # two days
        (Days(), Days()),
    ],
)
def test_too_little_says_nothing(before: Days, after: Days) -> None:
    assert change_of_persons(before, after) == Change(verdict="too_few")


def test_a_small_comparison_is_left_out_and_said() -> None:
    assert not measure(days(9, 9, 9), days(1, 1, 1), days(1, 0, 1), days(0, 1, 0)).compared
    assert measure(days(9, 9, 9), days(1, 1, 1), days(9, 9, 9), days(9, 9, 9)).compared


def test_days_that_jump_make_it_less_sure() -> None:
    steady = change_of_persons(days(10, 10, 10, 10), days(5, 5, 5, 5))
    jumping = change_of_persons(days(0, 40, 0, 0), days(20, 0, 0, 0))
    assert steady.verdict == "less" and jumping.verdict == "unclear"
    assert steady.value == jumping.value


def test_nothing_happened_is_rarely_called_an_effect() -> None:
    """95 % intervals over days without any effect: wrong about one time in twenty, on people and on shares."""
    luck = random.Random(5)

    def draw(mean: float) -> Days:
        persons = tuple(sum(luck.random() < mean / 40 for _ in range(40)) for _ in range(14))
        said = sum(persons)
        return Days(persons=persons, submissions=said, negative=sum(luck.random() < 0.6 for _ in range(said)))

    rounds = 600
    trials = [(draw(4), draw(4), draw(7), draw(7)) for _ in range(rounds)]
    for change in (change_of_persons, change_of_share):
        wrong = sum(change(*periods).verdict != "unclear" for periods in trials)
        assert wrong / rounds <= 0.08


def test_a_calmer_tone_beyond_that_elsewhere() -> None:
    before, after = days(20, 20, 20, negative=54), days(10, 10, 10, negative=9)
    other = days(20, 20, 20, negative=42)
    found = change_of_share(before, after, other, other)
    assert found.verdict == "less" and found.value is not None and found.value < -0.5
    calmer_too = days(20, 20, 20, negative=12)
    assert change_of_share(before, days(20, 20, 20, negative=24), other, calmer_too).verdict == "unclear"
    assert change_of_share(days(3, 3, 3, negative=9), after).verdict == "too_few"


# The burst of posts that letters may have foreshadowed

START = datetime(2026, 11, 20, tzinfo=UTC)


def said(*posts: tuple[float, str]) -> list[tuple[datetime, bytes]]:
    return [(START + timedelta(hours=hours), person.encode()) for hours, person in posts]


def test_three_people_within_a_day_are_a_burst() -> None:
    posts = said((0, "a"), (30, "b"), (40, "c"), (53, "d"), (60, "e"))
    assert find_online_burst(posts) == START + timedelta(hours=53)


def test_the_last_hour_of_a_day_counts() -> None:
    assert find_online_burst(said((0, "a"), (12, "b"), (24, "c"))) == START + timedelta(hours=24)
    assert find_online_burst(said((0, "a"), (12, "b"), (24.1, "c"))) is None


def test_one_persons_hundred_posts_are_no_burst() -> None:
    posts = said(*((hour / 10, "a") for hour in range(100)), (10, "b"))
    assert find_online_burst(posts) is None
    assert find_online_burst([]) is None
