"""Two people, one case, the same moment: one wins, the other is told; nothing is lost and nothing is a bug."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from intake.registration import register
from intake.repository import claim_pending
from models.case import Case, CaseAction, CaseStatus, CompletionResult
from models.database import Connection, connect, open_pool, transaction
from models.errors import Conflict
from models.submission import Channel
from routing import analysis_repository, case_repository, event_repository, lifecycle
from routing.directory import Directory
from routing.opening import open_case_by_hand
from routing.process import process_batch
from tests import factories
from tests.database.racing import race
from tests.factories import KEYS, NOW, ZONE

Step = Callable[..., Case]
ROUNDS = 5


@pytest.fixture(scope="module")
def pool(city_dsn: str) -> Any:
    with contextlib.closing(open_pool(city_dsn, 8)) as opened:
        yield opened


def acknowledge(conn: Connection, case: Case, who: str) -> Case:
    return lifecycle.acknowledge(conn, case, actor=who, now=NOW)


def reply(conn: Connection, case: Case, who: str) -> Case:
    return lifecycle.reply(conn, case, body=f"答复{who}", public=True, department_id="zjj", actor=who, now=NOW)


def complete(conn: Connection, case: Case, who: str) -> Case:
    return lifecycle.complete(conn, case, result=CompletionResult.SOLVED, actor=who, now=NOW)


def dispatcher(directory: Directory) -> Step:
    def dispatch(conn: Connection, case: Case, who: str) -> Case:
        return lifecycle.dispatch(
            conn, case, directory, lead={"a": "swj", "b": "jtj"}.get(who, "gaj"), actor=who, now=NOW, zone=ZONE
        )

    return dispatch


def namer(directory: Directory) -> Step:
    def name_topic(conn: Connection, case: Case, who: str) -> Case:
        topic = {"a": "T0402", "b": "T0403"}[who]
        return lifecycle.name_topic(conn, case, directory, topic_code=topic, actor=f"account:1:{who}", now=NOW)

    return name_topic


@pytest.mark.parametrize(
    ("until", "names"),
    [
        (CaseAction.OPEN, ("acknowledge", "acknowledge")),
        (CaseAction.OPEN, ("dispatch", "acknowledge")),
        (CaseAction.OPEN, ("dispatch", "dispatch")),
        (CaseAction.ACKNOWLEDGE, ("reply", "reply")),
        (CaseAction.ACKNOWLEDGE, ("reply", "dispatch")),
        (CaseAction.REPLY, ("complete", "reply")),
        (CaseAction.REPLY, ("complete", "dispatch")),
        (None, ("dispatch", "dispatch")),
        (CaseAction.ACKNOWLEDGE, ("name_topic", "name_topic")),
        (CaseAction.ACKNOWLEDGE, ("name_topic", "reply")),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, tuple) else None,
)
def test_of_two_who_saw_the_same_case_one_wins(
    pool: ConnectionPool[Connection],
    city_conn: Connection,
    directory: Directory,
    until: CaseAction | None,
    names: tuple[str, str],
) -> None:
    steps: dict[str, Step] = {
        "acknowledge": acknowledge,
        "reply": reply,
        "complete": complete,
        "dispatch": dispatcher(directory),
        "name_topic": namer(directory),
    }
    for _ in range(ROUNDS):
        says = factories.analysis(topic="T0402" if until and "name_topic" not in names else None)
        lead = "zjj" if until else None  # without a topic a person has dispatched it
        seen = factories.case(city_conn, directory, says=says, lead=lead, until=until or CaseAction.OPEN)
        before = event_repository.list_events(city_conn, seen.id)
        city_conn.rollback()
        outcomes = race(
            pool, *[partial(steps[name], case=seen, who=who) for who, name in zip("ab", names, strict=True)]
        )
        [won] = [o for o in outcomes if isinstance(o, Case)]
        [lost] = [o for o in outcomes if not isinstance(o, Case)]
        assert isinstance(lost, Conflict), lost
        assert case_repository.get_case(city_conn, seen.case_number) == won
        [event] = event_repository.list_events(city_conn, seen.id)[len(before) :]
        assert event.to_status is won.status
        assert event.actor.rpartition(":")[2] == "ab"[outcomes.index(won)]
        current = [a for a in case_repository.list_assignments(city_conn, seen.id) if a.ended_at is None]
        assert [a.department_id for a in current if a.role.value == "lead"] == [won.lead_department_id]
        city_conn.rollback()
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None


def test_reading_again_and_acting_again_succeeds(
    pool: ConnectionPool[Connection], city_conn: Connection, directory: Directory
) -> None:
    """Ten officers answer at once, each trying again when told: all answers are there, in one chain."""
    case = factories.case(city_conn, directory, until=CaseAction.ACKNOWLEDGE)

    def persist(who: str) -> None:
        for _ in range(50):
            with contextlib.suppress(Conflict), transaction(pool) as conn:
                reply(conn, case_repository.get_case(conn, case.case_number), who)
                return
        raise AssertionError("never got through")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(persist, "abcdefghij"))
    assert sorted(r.author for r in case_repository.list_replies(city_conn, case.id)) == list("abcdefghij")
    events = event_repository.list_events(city_conn, case.id)
    assert [e.seq for e in events] == list(range(1, len(events) + 1))
    assert case_repository.get_case(city_conn, case.case_number).version == case.version + 10
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None


def test_two_dispatchers_open_one_post_once(
    pool: ConnectionPool[Connection], city_conn: Connection, directory: Directory
) -> None:
    for _ in range(ROUNDS):
        register(city_conn, [factories.letter(channel=Channel.SOCIAL)], actor="test", now=NOW, keys=KEYS, zone=ZONE)
        [post] = claim_pending(city_conn, 1)
        process_batch(city_conn, factories.FixedAnalyser(factories.analysis()), directory, now=NOW, zone=ZONE, limit=10)
        city_conn.commit()
        analysis = analysis_repository.list_analyses(city_conn, [post.id])[post.id]
        city_conn.rollback()
        outcomes = race(
            pool,
            *[
                partial(
                    open_case_by_hand,
                    submission=post,
                    analysis=analysis,
                    directory=directory,
                    actor=who,
                    now=NOW,
                    zone=ZONE,
                )
                for who in "ab"
            ],
        )
        assert sorted(type(o).__name__ for o in outcomes) == ["Case", "Conflict"], outcomes
        assert "已经立案" in str(next(o for o in outcomes if isinstance(o, Conflict)))


def test_who_waits_too_long_for_another_is_told_so(
    pool: ConnectionPool[Connection], city_conn: Connection, city_dsn: str, directory: Directory
) -> None:
    case = factories.case(city_conn, directory)
    with contextlib.closing(connect(city_dsn)) as slow:
        acknowledge(slow, case, "slow")
        with pytest.raises(Conflict), transaction(pool) as conn:
            conn.execute("SET LOCAL lock_timeout = '100ms'")
            acknowledge(conn, case, "quick")
    assert case_repository.get_case(city_conn, case.case_number).status is CaseStatus.DISPATCHED


def test_a_seal_waits_for_who_is_writing(city_conn: Connection, city_dsn: str, directory: Directory) -> None:
    """Otherwise an event with a small id could appear behind the seal and would never be covered."""
    case = factories.case(city_conn, directory)
    event_repository.seal_events(city_conn, KEYS.seals, actor="test", now=NOW)
    city_conn.commit()
    with contextlib.closing(connect(city_dsn)) as writer:
        acknowledge(writer, case, "writer")
        city_conn.execute("SET LOCAL lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            event_repository.seal_events(city_conn, KEYS.seals, actor="test", now=NOW)
        city_conn.rollback()
        writer.commit()
    assert event_repository.seal_events(city_conn, KEYS.seals, actor="test", now=NOW) == 1
    city_conn.commit()
    assert event_repository.verify_chains(city_conn, KEYS.seals).broken is None
