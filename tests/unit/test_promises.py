"""Which checked letters say something about automatic dispatch, and whether they went the right way."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from models.analysis import Analysis, Urgency
from models.classifier import LabelledSubmission
from nlp.oversight.risk_control import Checked, letters_needed
from routing.learning.promises import CheckedLetters, check_dispatches, find_thresholds
from tests import factories
from tests.factories import NOW
from tests.unit.test_rules import TOWN, directory, rule

WHERE = directory(rule(1, "T0101", lead="water"), rule(2, "T0102", lead="water"), rule(3, "T02", lead="roads"))


def letter(topic: str, probability: float | None = 1.0) -> LabelledSubmission:
    return LabelledSubmission(
        submission_id=1,
        label_id=1,
        channel="letter",
        title="",
        body="",
        place="",
        topic_code=topic,
        first_at=NOW,
        at=NOW,
        probability=probability,
    )


def says(topic: str | None, confidence: float = 0.3, urgency: Urgency = Urgency.NORMAL) -> Analysis:
    return factories.analysis(topic=topic, confidence=confidence, region=TOWN, urgency=urgency)


def test_right_is_the_unit_not_the_topic() -> None:
    found = check_dispatches(
        [(letter("T0101"), says("T0102", 0.4)), (letter("T02"), says("T0102", 0.7)), (letter("T01"), says("T0101"))],
        WHERE,
    ).leads
    # another topic of the same unit is right; another unit is wrong; a topic that no rule sends anywhere is wrong
    assert found == [Checked(0.4, True, "water"), Checked(0.7, False, "water"), Checked(0.3, False, "water")]


def test_the_chance_is_handed_on_and_without_one_a_letter_does_not_count() -> None:
    found = check_dispatches(
        [(letter("T0101", 0.1), says("T0101")), (letter("T0101", None), says("T0101"))], WHERE
    ).leads
    assert [checked.sampled for checked in found] == [0.1]


def test_drawn_letters_that_nobody_looked_at_make_those_that_were_rarer() -> None:
    drawn = replace(letter("T0101", 0.1), audited=True)
    found = check_dispatches([(drawn, says("T0101")), (letter("T0101"), says("T0101"))], WHERE, audited=0.5).leads
    assert [checked.sampled for checked in found] == [0.05, 1.0]


@pytest.mark.parametrize(
    "analysis",
    [says(None), says("T01"), says("T0101", urgency=Urgency.CRITICAL)],
    ids=["not known", "no rule", "life at risk"],
)
def test_what_no_confidence_would_send_does_not_count(analysis: Analysis) -> None:
    assert check_dispatches([(letter("T0101"), analysis)], WHERE).leads == []


def crowd(right: Sequence[bool]) -> list[Checked]:
    return [Checked(0.5 + number / (3 * len(right)), ok, "water") for number, ok in enumerate(right)]


def only_leads(right: Sequence[bool]) -> CheckedLetters:
    return CheckedLetters(crowd(right), {})


def test_too_few_letters_decide_nothing() -> None:
    found = find_thresholds(only_leads([True] * 40), version="v/1", max_error=0.02, now=NOW)
    assert found.pooled is None and found.report["in_force"] is False
    assert found.report["checked"] == 40 and found.report["needed"] == letters_needed(0.02)


def test_enough_letters_prove_a_threshold() -> None:
    found = find_thresholds(only_leads([True] * 1000), version="v/1", max_error=0.02, now=NOW)
    assert found.report["in_force"] and found.pooled is not None and found.pooled <= 0.8
    assert (found.classifier_version, found.max_error, found.computed_at) == ("v/1", 0.02, NOW)


def test_plenty_of_letters_that_prove_nothing_decide_too() -> None:
    found = find_thresholds(only_leads([True, False] * 1000), version="v/1", max_error=0.02, now=NOW)
    assert found.pooled is None and found.report["in_force"] is True
