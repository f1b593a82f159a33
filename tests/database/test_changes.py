"""What changed: numbers of a small city counted by hand, the sentences and the lists that they open."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from api.criteria import parse_criteria
from api.pages.cases.change_wording import Sentence, write_deltas, write_sentences
from dashboards.analysis.changes import Changes, find_earlier, read_changes
from dashboards.lists.case_lists import list_cases
from models.criteria import CaseCriteria
from models.database import Connection
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference
from tests.database.test_daily_facts import count

DAY = timedelta(days=1)
WEEK = CaseCriteria(submitted_from=date(2026, 11, 17), submitted_to=date(2026, 11, 23))


def specs(number: int, days_ago: int, *, on_time: int, **more: Any) -> list[CaseRowSpec]:
    """`number` cases submitted so many days ago and due a day later, `on_time` of them finished in time."""
    at = NOW - days_ago * DAY
    due = at + DAY / 2
    return [
        CaseRowSpec(
            submitted_at=at, due_at=due, completed_at=due if n < on_time else due + DAY / 4, status="completed", **more
        )
        for n in range(number)
    ]


@pytest.fixture
def changes(conn: Connection) -> Changes:
    add_reference(conn)
    add_cases(conn, specs(60, 2, on_time=30, topic="T0101", region="9101"))
    add_cases(conn, specs(20, 3, on_time=20, topic="T0201", region="9102", department="d2"))
    add_cases(conn, specs(10, 9, on_time=9, topic="T0101", region="9101"))
    add_cases(conn, specs(25, 9, on_time=25, topic="T0201", region="9102", department="d2"))
    add_cases(conn, specs(12, 366, on_time=12, topic="T0201", region="9102", department="d2"))
    count(conn)
    found = read_changes(conn, replace(WEEK, state="open"), now=NOW, zone=ZONE)
    assert found is not None
    return found


def words(sentence: Sentence) -> str:
    return "".join(piece.text for piece in sentence)


def test_the_periods_compared() -> None:
    assert find_earlier(date(2026, 11, 17), date(2026, 11, 23)) == [
        ("上期", date(2026, 11, 10), date(2026, 11, 16)),
        ("去年同期", date(2025, 11, 17), date(2025, 11, 23)),
    ]
    assert find_earlier(date(2028, 2, 29), date(2028, 2, 29))[1] == ("去年同期", date(2027, 2, 28), date(2027, 2, 28))
    assert len(find_earlier(date(2024, 1, 1), date(2026, 1, 1))) == 1


def test_what_changed_is_counted_and_divided(changes: Changes) -> None:
    last, year = changes.compared
    assert (last.received.now, last.received.before) == (80, 35)
    assert (year.received.now, year.received.before) == (80, 12)
    [[topics], [units]] = last.groups
    assert (topics.labels, topics.change.change) == (("建设", "甲县"), 50)
    assert (units.labels, units.change.change) == (("住建局",), 50)
    # d1 0.9 of 10 → 0.5 of 60; d2 1 → 1; shares of d1 10/35 and 60/80
    assert last.rate is not None
    assert (last.rate.before, last.rate.now) == pytest.approx((34 / 35, 50 / 80))
    assert last.rate.within == pytest.approx((10 / 35 + 60 / 80) / 2 * (0.5 - 0.9))
    assert last.rate.mix == pytest.approx((0.7 - 1) * (60 / 80 - 10 / 35))


def test_three_sentences_whose_numbers_open_their_cases(conn: Connection, changes: Changes) -> None:
    sentences = write_sentences(changes)
    starts = ["收到工单80件，上期35件，增加45件（129%）；", "收到工单80件，去年同期12件，增加68件（567%）；"]
    starts.append("按时办结率62.5%，上期97.1%，变化−34.6个百分点：各单位自身变化−20.7，")
    assert [words(s)[: len(start)] for s, start in zip(sentences, starts, strict=True)] == starts
    assert "变化最大的是甲县的建设（10件到60件）；按主办单位看是住建局（10件到60件）" in words(sentences[0])
    assert "影响最大的是住建局" in words(sentences[2])
    opened = Counter[str]()
    for piece in (*sum(sentences, ()), *write_deltas(changes, "received")):
        if piece.href:
            criteria = parse_criteria(urlsplit(piece.href).query)
            opened[piece.text] = list_cases(conn, criteria, now=NOW, zone=ZONE).total
            assert dict(parse_qsl(urlsplit(piece.href).query))["submitted_from"]
    assert (opened["80件"], opened["12件"], opened["甲县的建设"]) == (80, 12, 60)
    assert opened["62.5%"] == 50 and opened["比上期增128.6%"] == 35


def test_deltas_stand_by_what_was_received_and_the_rate_alone(changes: Changes) -> None:
    assert [p.text for p in write_deltas(changes, "received")] == ["比上期增128.6%", "比去年同期增566.7%"]
    assert write_deltas(changes, "on_time_completion_rate")[0].text == "比上期−34.6个百分点"
    assert write_deltas(changes, "open") == []


def test_chance_and_an_empty_past_make_no_sentence(conn: Connection) -> None:
    add_reference(conn)
    add_cases(conn, [*specs(20, 2, on_time=18, topic="T0101"), *specs(17, 9, on_time=16, topic="T0101")])
    count(conn)
    found = read_changes(conn, WEEK, now=NOW, zone=ZONE)
    assert found is not None and write_sentences(found) == []
    usual = read_changes(conn, CaseCriteria(), now=NOW, zone=ZONE)
    assert usual is not None and not usual.chosen and usual.criteria.submitted_from == date(2026, 10, 25)
    assert write_deltas(usual, "received") == []


def test_what_the_facts_do_not_know_is_not_compared(conn: Connection) -> None:
    assert read_changes(conn, replace(WEEK, text="路灯"), now=NOW, zone=ZONE) is None
