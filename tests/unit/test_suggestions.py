"""Where a suggestion would go and why: the matching row of the catalogue in words, the promise, the limit."""

from dataclasses import replace
from datetime import UTC, datetime
from math import inf

import pytest

from api.staff.suggestions import Suggestion, suggest
from models.analysis import Analysis, AppealType, TopicSuggestion
from models.classifier import DispatchThresholds
from models.department import DispatchRule
from models.submission import Channel
from routing.clocks.deadlines import ClockUnit, DeadlineRule
from routing.directory import Directory, DispatchPromise
from tests import factories
from tests.unit.test_policies import plain_case
from tests.unit.test_rules import COUNTY, directory, rule


def only(directory: Directory, analysis: Analysis | None = None, appeal_type: AppealType | None = None) -> Suggestion:
    says = analysis or replace(
        factories.analysis(region=COUNTY), suggestions=(TopicSuggestion("T0101", 0.4, ("停水",)),)
    )
    [found] = suggest(directory, replace(plain_case(), appeal_type=appeal_type or AppealType.HELP), says)
    return found


def limited(*rules: DispatchRule, n: int = 5, unit: ClockUnit = ClockUnit.WORKING_DAYS) -> Directory:
    limit = DeadlineRule(profile="test", appeal_type=AppealType.HELP, n=n, unit=unit)
    return replace(directory(*rules), deadline_rules={AppealType.HELP: limit})


def test_the_matching_row_is_told_in_words() -> None:
    found = only(limited(rule(7, "T01", co=("roads",), min_confidence=0.6)))
    assert (found.topic_name, found.cues, found.confidence) == ("T01 · T0101", ("停水",), 0.4)
    assert found.lead is not None and found.lead.id == "water-county"
    assert [unit.id for unit in found.co_handling] == ["roads"]
    entry = found.entry
    assert entry is not None and entry.rule.id == 7
    assert (entry.conditions, entry.lead_duty, entry.co_duties) == ("T01", "water-county", ("roads",))
    assert (entry.min_confidence, entry.time_limit) == (0.6, "求助类，派单后5个工作日内办结")
    assert (entry.promised, entry.unproved) == (None, False)


def test_every_condition_of_the_row_is_named() -> None:
    narrow = rule(1, None, appeal_type=AppealType.HELP, region=COUNTY, channel=Channel.LETTER)
    entry = only(directory(narrow)).entry
    assert entry is not None
    assert (entry.conditions, entry.time_limit) == ("任何类别，乙区，求助，来信", "")


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        (ClockUnit.NATURAL_DAYS, "求助类，派单后5日内办结"),
        (ClockUnit.NATURAL_DAYS_ROLL, "求助类，派单后5日（遇休息日顺延）内办结"),
        (ClockUnit.HOURS, "求助类，派单后5小时内办结"),
    ],
)
def test_the_limit_names_its_unit(unit: ClockUnit, words: str) -> None:
    entry = only(limited(rule(1), unit=unit)).entry
    assert entry is not None and entry.time_limit == words


def test_without_a_matching_row_there_is_neither_unit_nor_entry() -> None:
    found = only(directory(rule(1, "T02")))
    assert (found.lead, found.co_handling, found.entry) == (None, (), None)


def test_a_topic_that_is_no_more_keeps_its_code() -> None:
    says = replace(factories.analysis(), suggestions=(TopicSuggestion("T9999", 0.4),))
    assert only(directory(rule(1, None)), says).topic_name == "T9999"


@pytest.mark.parametrize(("needed", "promised", "unproved"), [(0.87, 0.87, False), (inf, None, True)])
def test_what_the_promise_asks_for_stands_beside_the_minimum(
    needed: float, promised: float | None, unproved: bool
) -> None:
    thresholds = DispatchThresholds(
        computed_at=datetime(2026, 11, 1, tzinfo=UTC),
        classifier_version="fixed/1",
        max_error=0.02,
        pooled=None if needed == inf else needed,
        by_stratum={},
        report={},
    )
    promise = DispatchPromise(max_error=0.02, thresholds={"fixed/1": thresholds})
    entry = only(replace(directory(rule(1)), promise=promise)).entry
    assert entry is not None
    assert (entry.promised, entry.unproved) == (promised, unproved)
    # another classifier's confidence means something else
    stranger = replace(promise, thresholds={"other/1": thresholds})
    entry = only(replace(directory(rule(1)), promise=stranger)).entry
    assert entry is not None and (entry.promised, entry.unproved) == (None, False)


def test_a_report_that_names_the_unit_is_marked() -> None:
    says = replace(
        factories.analysis(region=COUNTY, organisations=("water-county", "roads")),
        suggestions=(TopicSuggestion("T0101", 0.4),),
    )
    report = only(directory(rule(1, co=("roads",))), says, AppealType.REPORT)
    assert report.named and report.co_handling == ()
    assert not only(directory(rule(1, co=("roads",))), says, AppealType.HELP).named
