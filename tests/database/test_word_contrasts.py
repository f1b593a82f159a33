"""Words of two periods: one mention a person, few persons left out, nothing that is not in the masked text."""

from datetime import date, timedelta

import pytest

from dashboards.analysis.word_contrasts import LEAST_PERSONS, WordContrasts, contrast_words
from dashboards.statistics.log_odds import WordCounts, contrast
from models.criteria import CaseCriteria
from models.database import Connection
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference

NOVEMBER = CaseCriteria(submitted_from=date(2026, 11, 1), submitted_to=date(2026, 11, 23))
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
BEFORE = NOW - timedelta(days=30)


def look(conn: Connection, criteria: CaseCriteria = NOVEMBER) -> WordContrasts:
    return contrast_words(conn, criteria, OCTOBER, now=NOW, zone=ZONE)


def add(conn: Connection, number: int, words: tuple[str, ...], text: str, *, before: bool = False) -> list[int]:
    at = BEFORE if before else NOW
    ids = add_cases(conn, [CaseRowSpec(submitted_at=at, keywords=words) for _ in range(number)])
    for case_id in ids:
        conn.execute("INSERT INTO case_search (case_id, words, text) VALUES (%s, '', %s)", (case_id, text))
    return ids


@pytest.fixture
def spoken(conn: Connection) -> Connection:
    add_reference(conn)
    add(conn, 40, ("暖气", "小区"), "小区暖气不热")
    add(conn, 8, ("噪音", "小区"), "小区噪音大")
    add(conn, 10, ("暖气", "小区"), "小区暖气不热", before=True)
    add(conn, 40, ("噪音", "小区"), "小区噪音大", before=True)
    return conn


def test_the_words_are_those_of_the_formula(spoken: Connection) -> None:
    found = look(spoken)
    assert (found.mentions_now, found.mentions_before) == (96, 100)
    expected = {
        c.word: c
        for c in contrast([WordCounts("暖气", 40, 10), WordCounts("噪音", 8, 40), WordCounts("小区", 48, 50)], 96, 100)
    }
    assert found.more == (expected["暖气"],)
    assert found.fewer == (expected["噪音"],)


def test_one_person_is_one_mention_however_many_letters(spoken: Connection) -> None:
    ids = add(spoken, 60, ("井盖",), "井盖松动")
    assert "井盖" in {c.word for c in look(spoken).more}
    spoken.execute("RESET ROLE")  # the program itself never changes whose a letter is
    spoken.execute(
        "UPDATE submissions s SET submitter_key = '\\x01' FROM cases c WHERE c.submission_id = s.id AND c.id = ANY(%s)",
        (ids,),
    )
    assert "井盖" not in {c.word for c in look(spoken).more}
    assert look(spoken).mentions_now == 97


def test_what_is_not_in_the_masked_text_is_never_shown(spoken: Connection) -> None:
    add(spoken, 60, ("张三丰",), "我叫***")
    assert "张三丰" not in {c.word for c in (*look(spoken).more, *look(spoken).fewer)}


def test_few_persons_and_filters(spoken: Connection) -> None:
    add(spoken, LEAST_PERSONS - 1, ("井盖",), "井盖松动")
    rows = look(spoken)
    assert rows.mentions_now == 96 + LEAST_PERSONS - 1
    assert "井盖" not in {c.word for c in rows.more}
    empty = look(spoken, CaseCriteria(submitted_from=date(2026, 11, 1), submitted_to=date(2026, 11, 2)))
    assert empty.more == empty.fewer == ()
