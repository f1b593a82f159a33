"""The benchmark of trends fills, counts and looks as the worker does; evenly spread submissions are no burst."""

from api.benchmarks.trends import DAYS, Owner, add_submissions, time_steps
from models.database import Connection
from routing.directory_repository import load_directory
from tests import factories
from tests.factories import NOW, ZONE

_SUBMISSIONS = 240


def test_the_steps_are_timed_on_what_was_filled_in(conn: Connection, owner: Owner) -> None:
    factories.city(conn)
    owner.autocommit = True
    add_submissions(owner, _SUBMISSIONS, now=NOW)
    figures = time_steps(conn, owner, load_directory(conn), _SUBMISSIONS, now=NOW, zone=ZONE)
    assert (figures.submissions, figures.days, figures.found) == (_SUBMISSIONS, DAYS, 0)
    assert figures.rows > 4 * _SUBMISSIONS, "each is in a topic, its first level, a county and all"
    assert figures.series > 20
    assert len(figures.steps) == 6
    assert all(step.seconds > 0 for step in figures.steps)
    counted = conn.execute("SELECT sum(submissions) FROM series_counts WHERE topic_code = '' AND region_code = ''")
    assert counted.fetchone() == (2 * _SUBMISSIONS,), "this year's, and as many a year before"
