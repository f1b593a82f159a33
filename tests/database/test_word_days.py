"""The words of days that are laid out are those of their cases, under every filter, and keep up with them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from dashboards.analysis import word_contrasts
from dashboards.analysis.word_contrasts import WordContrasts, contrast_words
from dashboards.daily_facts import word_block_repository, word_days
from dashboards.daily_facts.fact_rebuild import recount_last_days
from models.criteria import CaseCriteria
from models.database import Connection
from routing import search_repository
from tests.database.case_rows import NOW, ZONE, CaseRowSpec, add_cases, add_reference
from tests.database.test_daily_facts import count

NOVEMBER = CaseCriteria(submitted_from=date(2026, 11, 1), submitted_to=date(2026, 11, 30))
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
WORDS = ("暖气", "小区", "噪音", "井盖", "公交", "积水", "路灯", "停车")
PLACES = (
    ("T0101", "910101", "d1"),
    ("T0201", "9102", "d2"),
    ("T0102", "9101", None),
    (None, None, "d1"),
    ("T01", "91", "d1"),
)
ASKED = [
    NOVEMBER,
    *(replace(NOVEMBER, topic=topic) for topic in ("T01", "T01!", "T0101", "T0101!", "T02", "T0", "none")),
    *(replace(NOVEMBER, region=region) for region in ("91", "91!", "9101", "910101", "9101!", "none")),
    *(replace(NOVEMBER, department=unit) for unit in ("d1", "none")),
    replace(NOVEMBER, duty="d2"),
    replace(NOVEMBER, channel="hotline"),
    replace(NOVEMBER, appeal_type="complain"),
    replace(NOVEMBER, sentiment="negative"),
    replace(NOVEMBER, topic="T0101", region="9101", sentiment="negative", channel="letter"),
    replace(NOVEMBER, submitted_to=date(2026, 11, 5)),
]


def look(conn: Connection, criteria: CaseCriteria = NOVEMBER, now: datetime = NOW) -> WordContrasts:
    return contrast_words(conn, criteria, OCTOBER, now=now, zone=ZONE)


def by_cases(conn: Connection, criteria: CaseCriteria, monkeypatch: pytest.MonkeyPatch) -> WordContrasts:
    with monkeypatch.context() as patch:
        patch.setattr(word_contrasts, "knows", lambda _: False)
        found = look(conn, criteria)
    assert "逐件" in found.note
    return replace(found, note="")


@pytest.fixture
def spoken(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> Connection:
    monkeypatch.setattr(word_contrasts, "LEAST_PERSONS", 2)
    monkeypatch.setattr(word_contrasts, "LEAST_Z", -9.0)
    add_reference(conn)
    specs = [
        CaseRowSpec(
            submitted_at=NOW - timedelta(hours=5 * n),
            topic=topic,
            region=region,
            department=unit,
            dispatched=unit is not None,
            status="dispatched" if unit else "triage",
            channel=("letter", "hotline")[n % 2],
            appeal_type=("help", "complain", "consult")[n % 3],
            sentiment=("negative", "neutral", "positive")[n % 3],
            keywords=(WORDS[n % 8], WORDS[n * n % 7], "某某某"),
        )
        for n in range(230)
        for topic, region, unit in [PLACES[n % len(PLACES)]]
    ]
    for case, spec in zip(add_cases(conn, specs), specs, strict=True):
        text = "".join(spec.keywords[:2]) if case % 9 else spec.keywords[0]
        conn.execute("INSERT INTO case_search (case_id, words, text) VALUES (%s, '', %s)", (case, text))
    conn.execute("RESET ROLE")
    conn.execute("UPDATE submissions SET submitter_key = int8send(id / 3) WHERE id % 5 > 1")
    conn.execute("SET ROLE wenzheng_app")
    return conn


@pytest.mark.parametrize("large", [1, 1_000])
def test_under_every_filter_they_are_the_words_of_the_cases(
    spoken: Connection, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr(word_days, "LARGE_DAY", large)
    count(spoken)
    assert spoken.execute("SELECT max(county) <> '' FROM word_blocks").fetchone() == (large == 1,)
    for criteria in ASKED:
        wanted = by_cases(spoken, criteria, monkeypatch)
        assert look(spoken, criteria) == wanted, criteria
        assert wanted.mentions_now and {"某某某"}.isdisjoint(c.word for c in wanted.more)


def test_what_words_do_not_know_is_counted_case_by_case(spoken: Connection) -> None:
    count(spoken)
    for more in ({"state": "open"}, {"due_from": date(2026, 1, 1)}, {"urgency": "normal"}):
        assert "逐件" in look(spoken, NOVEMBER.changed(more)).note
    spoken.execute("DELETE FROM word_days WHERE day = %s", (date(2026, 11, 10),))
    assert "尚未整理完" in look(spoken).note
    assert look(spoken, replace(NOVEMBER, submitted_from=date(2026, 11, 11))).note == ""


def test_what_changes_is_laid_out_again(spoken: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    count(spoken)
    before = look(spoken)
    cases = [row[0] for row in spoken.execute("SELECT id FROM cases ORDER BY submitted_at DESC LIMIT 60").fetchall()]
    spoken.execute("UPDATE cases SET topic_code = 'T0201' WHERE id = ANY(%s)", (cases,))
    spoken.execute("RESET ROLE")
    spoken.execute(
        "UPDATE analyses SET keywords = %s WHERE submission_id IN (SELECT submission_id FROM cases WHERE id = ANY(%s))",
        (Jsonb([{"word": "暖气", "weight": 1.0}]), cases[:30]),
    )
    spoken.execute("SET ROLE wenzheng_app")
    count(spoken)
    assert look(spoken) == before, "today was laid out just now, others within the hour"
    later = NOW + timedelta(minutes=15)
    count(spoken, later)
    assert look(spoken) != before
    count(spoken, NOW + timedelta(hours=2))
    for criteria in ASKED:
        assert look(spoken, criteria) == by_cases(spoken, criteria, monkeypatch), criteria
    assert spoken.execute("SELECT count(*) FROM stale_word_days").fetchone() == (0,)


def test_facts_that_are_built_anew_lay_out_words_anew(spoken: Connection) -> None:
    count(spoken)
    days = spoken.execute("SELECT count(*) FROM word_days").fetchone()
    spoken.execute("UPDATE fact_mark SET definition = 'another'")
    count(spoken)
    assert spoken.execute("SELECT count(*) FROM word_days").fetchone() == days and look(spoken).note == ""


@pytest.mark.parametrize("days", [1, 5, 400])
def test_the_newest_days_are_enough(spoken: Connection, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """However many days are read at a time."""
    count(spoken)
    monkeypatch.setattr(word_contrasts, "NEWEST", 12)
    monkeypatch.setattr(word_days, "_FIRST", days)
    found = look(spoken)
    chosen: dict[date, int] = dict(
        spoken.execute(
            "SELECT (submitted_at AT TIME ZONE 'Asia/Shanghai')::date AS day, count(*) FROM cases"
            " WHERE submitted_at >= '2026-11-01 00:00+08' GROUP BY 1 ORDER BY 1 DESC"
        ).fetchall()
    )
    total, first = 0, NOVEMBER.submitted_to
    for day, number in chosen.items():
        total, first = total + number, day
        if total >= 12:
            break
    monkeypatch.setattr(word_contrasts, "NEWEST", 10_000)
    assert found.mentions_now == look(spoken, replace(NOVEMBER, submitted_from=first)).mentions_now


def test_a_rare_kind_is_looked_for_in_so_many_days_and_no_more(
    spoken: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    count(spoken)
    monkeypatch.setattr(word_days, "MOST_DAYS", 3)
    seen: list[Any] = []
    whole = word_block_repository.read_blocks

    def read(conn: Connection, first: date, last: date, *more: Any) -> Any:
        seen.append((first, last))
        return whole(conn, first, last, *more)

    monkeypatch.setattr(word_block_repository, "read_blocks", read)
    look(spoken)
    assert min(first for first, _ in seen if first > OCTOBER[1]) == date(2026, 11, 28)


def test_words_that_are_known_use_up_no_numbers(spoken: Connection) -> None:
    count(spoken)
    for hours in (2, 4, 6):
        recount_last_days(spoken, 30, actor="test", now=NOW, zone=ZONE)
        count(spoken, NOW + timedelta(hours=hours))
    made = spoken.execute("SELECT max(made_at) FROM word_days").fetchone()
    assert made == (NOW + timedelta(hours=6),), "laid out again"
    before = spoken.execute("SELECT max(number) FROM word_codes").fetchone()
    assert before and before[0] == len(WORDS)
    numbers = word_block_repository.number_words(spoken, ["新词", WORDS[0]], actor="test")
    assert numbers["新词"] == before[0] + 1


def test_cases_that_come_later_by_a_file_are_laid_out_too(spoken: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    count(spoken)
    at = NOW - timedelta(days=15)
    for case in add_cases(spoken, [CaseRowSpec(submitted_at=at, keywords=("导入",)) for _ in range(40)]):
        spoken.execute("INSERT INTO case_search (case_id, words, text) VALUES (%s, '', '导入')", (case,))
    for hours in range(1, 4):
        count(spoken, NOW + timedelta(hours=hours, minutes=1))
    assert look(spoken) == by_cases(spoken, NOVEMBER, monkeypatch)


def test_texts_that_are_filled_in_later_are_laid_out_too(spoken: Connection) -> None:
    spoken.execute("RESET ROLE")
    saved = spoken.execute("DELETE FROM case_search RETURNING case_id, words, text").fetchall()
    spoken.execute("SET ROLE wenzheng_app")
    count(spoken)
    assert look(spoken).mentions_now == 0
    with spoken.cursor() as cursor:
        cursor.executemany("INSERT INTO case_search (case_id, words, text) VALUES (%s, %s, %s)", saved)
    search_repository.note_stale(spoken, [case for case, *_ in saved], actor="test")
    count(spoken, NOW + timedelta(hours=2))
    assert look(spoken).mentions_now > 0


def test_what_cannot_be_laid_out_does_not_keep_the_facts_from_being_counted(
    spoken: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        spoken.execute("SELECT 1 / 0")

    with monkeypatch.context() as patch:
        patch.setattr(word_days, "lay_out", fail)
        count(spoken)
    assert spoken.execute("SELECT as_of FROM fact_mark").fetchone() == (NOW,)
    assert "尚未整理完" in look(spoken).note
    count(spoken)
    assert look(spoken).note == ""


def test_a_word_that_is_too_long_is_none(spoken: Connection) -> None:
    [case] = add_cases(spoken, [CaseRowSpec(keywords=("长" * 3_000, "短"))])
    spoken.execute("INSERT INTO case_search (case_id, words, text) VALUES (%s, '', %s)", (case, "长" * 3_000 + "短"))
    count(spoken)
    assert look(spoken).note == "" and look(spoken).mentions_now > 0
