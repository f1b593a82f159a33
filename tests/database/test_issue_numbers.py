"""What an issue is made of, before and after, and who was first: counted as the queries say."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from dashboards.issue_effect import read_effect
from dashboards.issue_lead_time import read_lead_time
from dashboards.issue_numbers import list_voices, submissions_over_time
from models.analysis import Sentiment
from models.database import Connection
from models.submission import Channel, NewSubmission
from routing.directory import Directory
from tests import factories
from tests.factories import NOW, ZONE, analysis, letter
from tests.issue_rows import issue, posts, voices

DAY = timedelta(days=1)
ANSWERED = NOW - 5 * DAY


def letters(at: Sequence[int], *, who: str = "") -> list[NewSubmission]:
    """One letter a day offset from the answer; of one person where `who` is given."""
    return [
        letter(
            name=who or f"甲{n}", contact=who or f"1990001{n:04}{day + 50:02}"[:11], submitted_at=ANSWERED + day * DAY
        )
        for n, day in enumerate(at)
    ]


def test_by_channel_with_people_and_tone(city_conn: Connection, directory: Directory) -> None:
    said = voices(city_conn, directory, posts(2, start=NOW - DAY))
    said += voices(city_conn, directory, posts(1, start=NOW - DAY), says=analysis(sentiment=Sentiment.POSITIVE))
    cases = [factories.case(city_conn, directory, new=letter(submitted_at=NOW)) for _ in range(2)]
    number = issue(city_conn, [*said, *(case.submission_id for case in cases)])
    found = list_voices(city_conn, [number, 1])
    assert [(c.channel, c.submissions, c.persons, c.negative, c.cases) for c in found[number].channels] == [
        (Channel.LETTER, 2, 1, 2, 2),
        (Channel.SOCIAL, 3, 3, 2, 0),
    ]
    assert found[number].negative_share == pytest.approx(0.8)
    assert found[1].negative_share is None
    series = {one.id: one for one in submissions_over_time(city_conn, number, zone=ZONE)}
    assert [(p.key, p.value) for p in series["social"].points] == [("2026-11-22", 3), ("2026-11-23", 0)]
    assert series["letter"].points[1].value == 2
    criteria = series["letter"].points[1].criteria
    assert criteria is not None and criteria.issue_id == number and criteria.submitted_to == date(2026, 11, 23)
    assert series["social"].points[0].criteria is None
    assert submissions_over_time(city_conn, 1, zone=ZONE) == ()


def test_before_and_after_against_the_same_topic_elsewhere(city_conn: Connection, directory: Directory) -> None:
    before = letters([-4, -4, -3, -3, -2, -2, -1, -1, -1])
    hundred = letters([-2] * 3, who="李一个人")
    after = letters([0, 2, 4])
    here = voices(city_conn, directory, before + hundred + after)
    elsewhere = analysis(region="990103")
    voices(city_conn, directory, letters([-4, -3, -2, -1, -1, 1, 2, 3, 4, 4]), says=elsewhere)
    voices(city_conn, directory, letters([-3, 3]), says=analysis(topic="T0701", region="990103"))
    voices(city_conn, directory, letters([-3, 3]), says=analysis(region=None))
    voices(city_conn, directory, letters([-3]))  # the same topic at home, and no member
    number = issue(city_conn, here)
    found = read_effect(city_conn, number, topic="T0402", county="990102", answered_at=ANSWERED, now=NOW, zone=ZONE)
    assert found is not None and found.days == 4
    assert list(found.before.persons) == [2, 2, 3, 3]
    assert list(found.after.persons) == [0, 1, 0, 1]
    assert found.before.submissions == 12 and found.before.negative == 12
    assert list(found.comparison_before.persons) == [1, 1, 1, 2]
    assert list(found.comparison_after.persons) == [1, 1, 1, 2]
    assert not found.compared, "ten people elsewhere are needed in each part"
    assert found.persons.verdict == "less"
    alone = read_effect(city_conn, number, topic=None, county=None, answered_at=ANSWERED, now=NOW, zone=ZONE)
    assert alone is not None and sum(alone.comparison_before.persons) == 0
    early = read_effect(
        city_conn, number, topic="T0402", county="990102", answered_at=NOW - 3 * DAY, now=NOW, zone=ZONE
    )
    assert early is None, "two full days are too few"


def test_letters_that_came_before_the_posts_burst(city_conn: Connection, directory: Directory) -> None:
    first, second, late = (
        factories.case(city_conn, directory, new=letter(title=title, submitted_at=at), at=at)
        for title, at in (("最早", NOW - 10 * DAY), ("其次", NOW - 6 * DAY), ("后来", NOW + DAY))
    )
    survey = voices(city_conn, directory, [letter(channel=Channel.SURVEY, submitted_at=NOW - 20 * DAY)])
    said = voices(city_conn, directory, posts(4, start=NOW - timedelta(hours=5)))
    number = issue(city_conn, [*(case.submission_id for case in (first, second, late)), *survey, *said])
    found = read_lead_time(city_conn, number)
    assert found is not None
    assert found.burst_at == NOW - timedelta(hours=3)
    assert [case.case_number for case in found.cases] == [first.case_number, second.case_number]
    assert found.total == 2 and found.days_before == pytest.approx(10 - 3 / 24)
    city_conn.execute(
        "INSERT INTO bursts (issue_id, direction, count, expected, low, high, p, a_month, since, found, submissions,"
        " independent, copies, most_by_one, changed)"
        " VALUES (%s, 'up', 5, 1, 1, 6, 0.001, 0.1, %s, %s, 5, 5, 0, 1, '')",
        (number, NOW - timedelta(hours=5), NOW),
    )
    found = read_lead_time(city_conn, number)
    assert found is not None and found.burst_at == NOW - timedelta(hours=5)
    city_conn.rollback()


def test_without_posts_nothing_burst_online(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory)
    assert read_lead_time(city_conn, issue(city_conn, [case.submission_id])) is None
