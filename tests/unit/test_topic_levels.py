"""Each level of the topic tree keeps its own promise: what a case names is right as often as was promised."""

from collections.abc import Mapping
from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
import pytest

from models.analysis import Analysis, TopicSuggestion
from models.classifier import DispatchThresholds, TopicLevel
from models.department import Topic
from nlp.oversight.risk_control import Checked
from routing.directory import Directory, DispatchPromise
from routing.learning.promises import CheckedLetters, check_dispatches, find_thresholds
from routing.learning.topic_levels import level_confidence, open_topics, promised_topic
from routing.rules import decide_dispatch
from tests import factories
from tests.factories import NOW
from tests.unit.test_promises import letter
from tests.unit.test_rules import TOWN, directory, rule

SUB, FIRST = TopicLevel.SUB_TOPIC, TopicLevel.FIRST_LEVEL
WHERE = directory(rule(1, "T0101", lead="water"), rule(2, "T0102", lead="water"), rule(3, "T02", lead="roads"))


def says(topic: str = "T0101", confidence: float = 0.9, own: float | None = 0.6) -> Analysis:
    found = factories.analysis(topic=topic, confidence=confidence, region=TOWN)
    return replace(found, suggestions=(TopicSuggestion(topic, confidence, (), own),))


def level(threshold: float | None, *, in_force: bool = True, **by_topic: float | None) -> dict[str, Any]:
    return {"in_force": in_force, "threshold": threshold, "by_topic": by_topic}


def promising(place: Directory, lead: float | None = 0.8, **levels: Mapping[str, Any]) -> Directory:
    thresholds = DispatchThresholds(
        computed_at=NOW,
        classifier_version="fixed/1",
        max_error=0.02,
        pooled=lead,
        by_stratum={},
        report={"in_force": True, "levels": levels},
    )
    return replace(place, promise=DispatchPromise(max_error=0.02, thresholds={"fixed/1": thresholds}))


@pytest.mark.parametrize(
    ("own", "together", "named"),
    [
        pytest.param(0.75, 0.9, "T0101", id="the sub-topic is sure enough"),
        pytest.param(0.6, 0.9, "T01", id="only the topic above it is: the sub-topic stays open"),
        pytest.param(0.6, 0.84, None, id="not even that"),
        pytest.param(None, 0.84, "T0101", id="a classifier that does not tell them apart has one confidence"),
    ],
)
def test_a_case_names_what_is_promised(own: float | None, together: float, named: str | None) -> None:
    place = promising(WHERE, sub_topic=level(0.7), first_level=level(0.85))
    assert promised_topic(place, says(own=own, confidence=together)) == named


def test_it_is_dispatched_while_the_sub_topic_is_open() -> None:
    place = promising(WHERE, sub_topic=level(None), first_level=level(0.85))
    analysis = says()
    decision = decide_dispatch(place, analysis, channel="letter", appeal_type=analysis.appeal_type, confidential=False)
    assert decision.lead is not None and decision.lead.duty == "water"
    assert promised_topic(place, analysis) == "T01"


def test_where_the_sub_topics_lead_to_different_units_a_person_decides() -> None:
    # half of it for a sub-topic of another unit: the confidence in this unit is what the classifier adds up for it
    place = promising(WHERE, sub_topic=level(0.7), first_level=level(0.4))
    analysis = says(confidence=0.5, own=0.5)
    decision = decide_dispatch(place, analysis, channel="letter", appeal_type=analysis.appeal_type, confidential=False)
    assert decision.lead is None and "低于" in decision.triage_reason


def test_a_topic_with_a_threshold_of_its_own_goes_by_that() -> None:
    place = promising(WHERE, sub_topic=level(0.7, T01=0.5, T02=None), first_level=level(0.85))
    assert promised_topic(place, says(own=0.6)) == "T0101"
    assert promised_topic(place, says("T02", 0.9, own=0.9)) == "T02"


@pytest.mark.parametrize(
    "place",
    [
        WHERE,
        promising(WHERE),
        promising(WHERE, sub_topic=level(None, in_force=False), first_level=level(None, in_force=False)),
    ],
    ids=["no promise", "computed before there were levels", "too few letters"],
)
def test_without_a_proof_the_program_names_what_it_thinks(place: Directory) -> None:
    assert promised_topic(place, says(own=0.1)) == "T0101"


def test_another_classifier_is_bound_by_nothing() -> None:
    place = promising(WHERE, sub_topic=level(None), first_level=level(None))
    assert promised_topic(place, replace(says(), versions={"topic": "other/1"})) == "T0101"


def test_who_names_no_more_than_the_topic_above_has_not_confirmed_the_sub_topic() -> None:
    found = check_dispatches([(letter("T01"), says()), (letter("T0101"), says()), (letter("T0102"), says())], WHERE)
    assert found.levels[SUB] == [
        Checked(0.6, False, "T01"),
        Checked(0.6, True, "T01"),
        Checked(0.6, False, "T01"),
    ]
    assert found.levels[FIRST] == [Checked(0.9, True, "T01")] * 3


def test_another_topic_is_wrong_at_both_levels_though_its_unit_be_right() -> None:
    [lead], levels = (found := check_dispatches([(letter("T0101"), says("T02"))], WHERE)).leads, found.levels
    assert not lead.right and not levels[FIRST][0].right and levels[SUB] == []


# The promise, simulated


def city(rng: np.random.Generator, size: int) -> dict[str, Any]:
    """Letters whose sub-topics are harder than their first-level topics. The
    confidences are not calibrated: the program is surer than it should be."""
    sure = rng.beta(5, 1, size)
    share = rng.beta(8, 1.5, size)
    first = rng.random(size) < 1 - 0.5 * (1 - sure) ** 1.3
    sub = first & (rng.random(size) < 1 - 0.8 * (1 - share) ** 1.8)
    topics = rng.choice(["T01", "T02", "T03"], size, p=[0.7, 0.2, 0.1])
    return {"way": sure, "own": sure * share, "first": first, "sub": sub, "topic": topics}


def checked(letters: Mapping[str, Any], chosen: Any) -> CheckedLetters:
    def entries(confidence: str, right: str) -> list[Checked]:
        columns = (letters[name][chosen].tolist() for name in (confidence, right, "topic"))
        return [Checked(*values) for values in zip(*columns, strict=True)]

    return CheckedLetters([], {SUB: entries("own", "sub"), FIRST: entries("way", "first")})


def test_every_level_keeps_its_promise_in_95_of_100_cities() -> None:
    rng, allowed, rounds = np.random.default_rng(7), 0.05, 100
    everything = city(rng, 60_000)
    own = everything["topic"] == "T01"
    broken = {SUB: 0, FIRST: 0}
    named = {SUB: 0.0, FIRST: 0.0}
    for _ in range(rounds):
        sample = checked(everything, rng.choice(60_000, 1500, replace=False))
        found = find_thresholds(sample, version="v/1", max_error=allowed, now=NOW).report["levels"]
        for which, confidence, right in ((SUB, "own", "sub"), (FIRST, "way", "first")):
            threshold = found[which.value]["by_topic"]["T01"]
            if threshold is not None:
                above = (everything[confidence] >= threshold) & own
                named[which] += above.sum() / own.sum() / rounds
                broken[which] += (~everything[right][above]).mean() > allowed
    most = rounds * 0.05 + 2 * sqrt(rounds * 0.05 * 0.95)
    assert broken[SUB] <= most and broken[FIRST] <= most
    # and it is not kept by naming nothing: the first level names more than the sub-topic
    assert named[FIRST] > named[SUB] > 0.2


def test_the_confidence_of_a_level_is_never_above_that_of_the_unit() -> None:
    assert level_confidence(says(confidence=0.5, own=0.6), SUB) == 0.5
    assert level_confidence(says(confidence=0.9, own=0.6), FIRST) == 0.9


@pytest.mark.parametrize(
    ("named", "left_open"),
    [
        pytest.param("T01", {"T0101", "T0102"}, id="below the first-level topic"),
        pytest.param(None, {"T0101", "T0102", "T0201"}, id="all, where none is named"),
        pytest.param("T0101", set(), id="none, where one is named"),
        pytest.param("T99", set(), id="none below a topic that is no more"),
    ],
)
def test_what_a_case_leaves_open(named: str | None, left_open: set[str]) -> None:
    topics = {
        code: Topic(code=code, name=code, parent_code=code[:3] if len(code) > 3 else None)
        for code in ("T01", "T0101", "T0102", "T02", "T0201")
    }
    assert set(open_topics(replace(WHERE, topics=topics), named)) == left_open
