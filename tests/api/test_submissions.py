"""Submissions of all channels over the JSON door, and opening a case from one."""

from dataclasses import replace

import pytest

from intake.registration import register
from models.account import Role
from models.analysis import Analysis, Aspect, AspectTone, Emotion, Sentiment, TextSpan
from models.database import transaction
from models.submission import Channel
from routing.process import process_batch
from tests import factories
from tests.api.door import Door, ok, problem
from tests.factories import KEYS, ZONE


def store(
    door: Door, channel: Channel = Channel.SOCIAL, *, processed: bool = True, says: Analysis | None = None
) -> int:
    """A post (or what `channel` says), analysed or still waiting; its id."""
    with transaction(door.runtime.pool) as conn:
        [registered] = register(
            conn,
            [factories.letter(channel=channel, likes=3)],
            actor="test",
            now=door.runtime.clock,
            keys=KEYS,
            zone=ZONE,
        )
        if processed:
            process_batch(
                conn,
                factories.FixedAnalyser(says or factories.analysis()),
                door.runtime.directory(conn),
                now=door.runtime.clock,
                zone=ZONE,
                limit=100,
            )
    return registered.submission_id


def test_a_dispatcher_opens_a_case_from_a_post_once(door: Door) -> None:
    post = store(door)
    case = ok(door.post(f"/submissions/{post}/case", Role.DISPATCHER), 201)
    assert (case["status"], case["channel"], case["lead_department_id"]) == ("dispatched", "social", "cgj-990102")
    view = ok(door.get(f"/cases/{case['case_number']}", Role.DISPATCHER))
    assert view["events"][0]["actor"] == door.account(Role.DISPATCHER).actor
    assert problem(door.post(f"/submissions/{post}/case", Role.DISPATCHER), 409)["detail"] == "该来件已经立案。"


def test_a_post_that_waits_for_its_analysis_waits(door: Door) -> None:
    post = store(door, processed=False)
    refused = problem(door.post(f"/submissions/{post}/case", Role.DISPATCHER), 409)
    assert refused["detail"] == "该来件正在分析，请稍后再试。"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DISPATCHER])
def test_nobody_else_opens_one(door: Door, role: Role) -> None:
    assert problem(door.post(f"/submissions/{store(door)}/case", role), 403)["detail"] == f"{role.label}不能立案。"


@pytest.mark.parametrize(
    ("submission", "status"), [("999999999", 404), ("0", 422), ("-1", 422), (str(2**63), 422), ("x", 422), ("%00", 404)]
)
def test_a_submission_that_is_not_there(door: Door, submission: str, status: int) -> None:
    problem(door.post(f"/submissions/{submission}/case", Role.DISPATCHER), status)


def test_without_account_nothing_is_opened(door: Door) -> None:
    problem(door.post(f"/submissions/{store(door)}/case"), 401)


def test_the_list_is_filtered_and_counted(door: Door) -> None:
    post, answer = store(door), store(door, Channel.SURVEY)
    social = ok(door.get("/submissions", Role.LEADER, channel="social", limit=500))
    assert post in [row["id"] for row in social["rows"]] and answer not in [row["id"] for row in social["rows"]]
    assert social["total"] == len(social["rows"])
    assert all(row["likes"] == 3 for row in social["rows"])
    assert ok(door.get("/submissions", Role.LEADER, channel="social", limit=1))["total"] == social["total"]
    without = ok(door.get("/submissions", Role.LEADER, has_case=False, limit=500))["rows"]
    assert {post, answer} <= {row["id"] for row in without}
    assert ok(door.get("/submissions", Role.LEADER, topic="T99"))["total"] == 0
    assert ok(door.get("/submissions", Role.LEADER, topic="T04", sentiment="negative"))["total"] >= 2


@pytest.mark.parametrize("role", Role)
def test_the_list_is_not_for_officers(door: Door, role: Role) -> None:
    """They see the cases of their unit; submissions belong to none."""
    response = door.get("/submissions", role)
    if role is Role.OFFICER:
        problem(response, 403)
    else:
        ok(response)


@pytest.mark.parametrize(
    "parameters",
    [
        {"channel": "pigeon"},
        {"sentiment": "x"},
        {"emotion": "x"},
        {"displeased_with": "x"},
        {"has_case": "perhaps"},
        {"import_id": "0"},
        {"import_id": str(2**63)},
        {"limit": "0"},
        {"offset": "-1"},
    ],
    ids=str,
)
def test_a_filter_that_makes_no_sense_is_named(door: Door, parameters: dict[str, str]) -> None:
    assert list(problem(door.get("/submissions", Role.LEADER, **parameters), 422)["fields"]) == list(parameters)


def test_a_null_character_is_refused(door: Door) -> None:
    problem(door.get("/submissions", Role.LEADER, topic="T\0"), 422)


def test_the_whole_analysis_comes_where_it_is_asked_for(door: Door) -> None:
    store(door)
    waiting = store(door, processed=False)
    rows = ok(door.get("/submissions", Role.LEADER, with_analysis=True, limit=100))["rows"]
    by_id = {row["id"]: row["analysis"] for row in rows}
    assert by_id.pop(waiting) is None
    assert all(analysis["versions"] == {"topic": "fixed/1"} for analysis in by_id.values() if analysis)
    assert all(row["analysis"] is None for row in ok(door.get("/submissions", Role.LEADER))["rows"])
    refused = problem(door.get("/submissions", Role.LEADER, with_analysis=True, limit=101), 422)
    assert list(refused["fields"]) == ["limit"]


def test_feeling_and_displeasure_filter_the_list(door: Door) -> None:
    angry = replace(
        factories.analysis(),
        emotion=Emotion.ANGER,
        aspects=(AspectTone(Aspect.POLICY, Sentiment.NEGATIVE, -0.5),),
        summary=(TextSpan(0, 4),),
    )
    post = store(door, says=angry)

    def found(**criteria: str) -> bool:
        rows = ok(door.get("/submissions", Role.LEADER, limit=500, **criteria))["rows"]
        return post in [row["id"] for row in rows]

    assert found(emotion="anger") and found(displeased_with="policy") and found(displeased_with="authority")
    assert not found(emotion="joy") and not found(displeased_with="handling") and not found(displeased_with="nobody")
    [row] = [r for r in ok(door.get("/submissions", Role.LEADER, emotion="anger"))["rows"] if r["id"] == post]
    assert (row["emotion"], row["negative_aspects"]) == ("anger", ["policy"])
    assert row["summary"] == [{"start": 0, "end": 4}]
