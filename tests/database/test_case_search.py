"""Cases are found by what they say, whatever way the list goes about it; a list goes on where it stopped."""

import itertools
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import psycopg
import pytest

from dashboards.daily_facts.facts import case_parameters
from dashboards.lists import case_list_repository
from dashboards.lists.case_list_repository import Few
from dashboards.lists.case_lists import CasePage, CaseSort, case_counts_by_state, list_cases
from models.analysis import Urgency
from models.case import CaseAction
from models.criteria import CaseCriteria, CaseState, Counting
from models.database import Connection
from routing import lifecycle, search_index, search_repository
from routing.casework import supervision
from routing.directory import Directory
from tests import factories
from tests.database.case_rows import CaseRowSpec, add_cases, add_reference
from tests.factories import NOW, ZONE, letter

DAY = timedelta(days=1)


def found(conn: Connection, q: str, sort: CaseSort = CaseSort.RELEVANCE, **more: Any) -> list[str]:
    criteria = CaseCriteria(q=q, **more)
    return [row.case_number for row in list_cases(conn, criteria, now=NOW, zone=ZONE, sort=sort).rows]


def defined(conn: Connection, criteria: CaseCriteria) -> set[int]:
    """What the one definition of lists and numbers says."""
    parameters = case_parameters(criteria, now=NOW, zone=ZONE)
    rows = conn.execute("SELECT m FROM matching_cases(%(as_of)s, %(criteria)s) m", parameters).fetchall()
    return {row[0] for row in rows}


def test_a_case_is_found_by_words_phrase_and_number_from_its_opening_on(
    city_conn: Connection, directory: Directory
) -> None:
    case = factories.case(
        city_conn,
        directory,
        new=letter(title="樟树湾的鹅卵石步道", body="樟树湾步道的鹅卵石松了，老人走路不稳，请修整。"),
    )
    for typed in ("樟树湾 鹅卵石", "“鹅卵石松了”", "步道 老人走", case.case_number, case.case_number[:8], "樟樹灣"):
        assert case.case_number in found(city_conn, typed), typed
    for typed in ("樟树湾 图书馆", "“步道松了”", "“老人走路不稳请修整”", "20991231"):
        assert case.case_number not in found(city_conn, typed), typed


def test_what_is_masked_in_the_letter_is_found_by_nobody(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(
        city_conn, directory, new=letter(body="蓝莓园的水管漏了，我叫李向阳，电话19912345678，请尽快联系。")
    )
    assert case.case_number in found(city_conn, "蓝莓园")
    for typed in ("李向阳", "19912345678", "12345678"):
        assert case.case_number not in found(city_conn, typed), typed


def test_replies_and_notes_are_found_without_personal_data(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory, until=CaseAction.ACKNOWLEDGE, new=letter(body="杨梅岭的候车亭漏雨。"))
    replied = lifecycle.reply(
        city_conn,
        case,
        body="已更换防腐木顶棚，有事请打19987654321。",
        public=False,
        department_id=case.lead_department_id,
        actor="test",
        now=NOW,
    )
    supervision.add_note(city_conn, replied, text="施工队说还要补刷桐油", actor="test", now=NOW)
    city_conn.commit()
    assert found(city_conn, "防腐木 杨梅岭") == found(city_conn, "桐油") == [case.case_number]
    assert case.case_number not in found(city_conn, "19987654321")
    assert found(city_conn, "“更换防腐木”") == [case.case_number]


def test_every_way_through_a_list_gives_what_the_definition_says(
    city_conn: Connection, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        factories.case(
            city_conn,
            directory,
            lead=("lyj", "zjj")[number % 2],
            says=factories.analysis(urgency=list(Urgency)[number % 3]),
            until=(CaseAction.OPEN, CaseAction.COMPLETE)[number // 3],
            new=letter(
                title=f"喷泉{number}", body=f"银杏广场的音乐喷泉第{number}组{'漏水' if number % 3 else '不喷'}。"
            ),
        )
    asked = [
        CaseCriteria(q=q, unit=unit, state=state)
        for q, unit, state in itertools.product(
            ("喷泉", "喷泉 漏水", "“喷泉第1组”", "没有的词"), (None, "lyj"), (None, "open", "completed")
        )
    ]
    # few have the words; many have, and few match otherwise: their words are looked up; many do both
    for words, most in ((1, 2_000), (10**6, 2_000), (10**6, -1)):
        monkeypatch.setattr(case_list_repository, "estimate", Mock(return_value=words))
        monkeypatch.setattr(Few, "most", most)
        for sort, criteria in itertools.product(CaseSort, asked):
            page = list_cases(city_conn, criteria, now=NOW, zone=ZONE, sort=sort)
            assert {row.id for row in page.rows} == defined(city_conn, criteria), (words, most, sort, criteria)
            assert page.total == len(page.rows) and page.exact and page.after is None
    assert defined(city_conn, CaseCriteria(q="喷泉"))


def test_few_words_are_looked_for_in_all_cases(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    add_reference(conn)
    ids = add_cases(conn, [CaseRowSpec(title=f"第{number}件") for number in range(8)])
    search_index.index_cases(conn, [(id_, "音乐喷泉不喷水") for id_ in ids[::2]], actor="test")
    # so many cases that match apart from the words may be gone through, not less than all of those with the words
    monkeypatch.setattr(Few, "most", 3)
    monkeypatch.setattr(case_list_repository, "estimate", lambda *_: 1)
    page = list_cases(conn, CaseCriteria(q="喷泉"), now=NOW, zone=ZONE, sort=CaseSort.RELEVANCE)
    assert ({row.id for row in page.rows}, page.total) == (set(ids[::2]), 4)


def test_a_word_that_the_statistics_do_not_know_is_asked_of_the_index(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_reference(conn)
    ids = add_cases(conn, [CaseRowSpec(title=f"第{number}件") for number in range(8)])
    search_index.index_cases(conn, [(id_, "音乐喷泉不喷水") for id_ in ids[::2]], actor="test")
    monkeypatch.setattr(Few, "most", -1)
    conn.execute("SET LOCAL enable_seqscan = off")
    assert case_list_repository.estimate(conn, "'喷泉':*") == 4


def test_the_newest_blocks_come_first_and_pages_go_through_all_of_them(
    conn: Connection, owner: psycopg.Connection[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_reference(conn)
    conn.commit()
    ids = []
    for block in (0, 1, 2, 5, 11, 14):
        owner.execute("SELECT setval(pg_get_serial_sequence('cases', 'id'), %s)", (block * search_index.BLOCK + 1,))
        owner.commit()
        ids += add_cases(
            conn, [CaseRowSpec(title="喷泉" if n else "别的", submitted_at=NOW - n * DAY) for n in range(3)]
        )
    search_index.index_cases(conn, [(id_, "音乐喷泉不喷水") for id_ in ids], actor="test")
    at_once = there_and_back(conn, CaseCriteria(q="喷泉"), CaseSort.RELEVANCE, limit=4, total=18)
    monkeypatch.setattr(case_list_repository, "estimate", lambda *_: 10**6)
    forth, back = there_and_back(conn, CaseCriteria(q="喷泉"), CaseSort.RELEVANCE, limit=4)
    assert back == forth and at_once == (forth, back)
    seen = [id_ for page in forth for id_ in page]
    # within a block: a word in the title is worth thirty days
    assert seen == [id_ for first in range(15, -1, -3) for id_ in (ids[first + 1], ids[first + 2], ids[first])]
    whole = list_cases(conn, CaseCriteria(q="喷泉"), now=NOW, zone=ZONE, sort=CaseSort.RELEVANCE)
    assert (whole.total, whole.exact) == (18, True)
    few = list_cases(conn, CaseCriteria(q="喷泉"), now=NOW, zone=ZONE, sort=CaseSort.RELEVANCE, limit=2)
    assert (few.total, few.exact) == (3, False)  # at least those of the newest blocks


def test_a_list_goes_on_behind_its_last_row_in_every_order(conn: Connection) -> None:
    add_reference(conn)
    specs = [
        CaseRowSpec(
            due_at=None if number % 5 == 0 else NOW + (number % 3) * DAY,
            urgency=("normal", "critical")[number % 2],
            status=("dispatched", "completed")[number % 4 == 1],
            completed_at=NOW if number % 4 == 1 else None,
            submitted_at=NOW - (number % 4) * DAY,
            department=("d1", "d2")[number % 7 == 0],
            co_handling="d1" if number % 7 == 0 else None,
        )
        for number in range(24)
    ]
    ids = add_cases(conn, specs)
    for sort, unit in itertools.product(CaseSort, (None, "d1")):
        forth, back = there_and_back(conn, CaseCriteria(unit=unit), sort, limit=5, total=24)
        assert back == forth, sort
        seen = [id_ for page in forth for id_ in page]
        at_once = list_cases(conn, CaseCriteria(unit=unit), now=NOW, zone=ZONE, sort=sort)
        assert seen == [row.id for row in at_once.rows] and sorted(seen) == sorted(ids), sort


def test_what_is_said_to_the_indexes_leaves_out_nothing_and_adds_nothing(conn: Connection) -> None:
    add_reference(conn)
    specs = [
        CaseRowSpec(
            due_at=None if number % 7 == 0 else NOW + (number % 5 - 2) * DAY,
            urgency=("normal", "critical", "urgent")[number % 3],
            status=("dispatched", "completed", "in_progress")[number % 3],
            completed_at=NOW - (number % 4) * DAY if number % 3 == 1 else None,
            submitted_at=NOW - (number % 6) * DAY,
            topic=(None, "T01", "T0101", "T0102", "T0201")[number % 5],
            region=(None, "91", "9101", "910101")[number % 4],
            co_handling=("d2", None)[number % 2],
        )
        for number in range(60)
    ]
    ids = add_cases(conn, specs)
    # a time limit by the hour, and one at the end of its day
    conn.execute("UPDATE cases SET due_date = (due_at AT TIME ZONE 'Asia/Shanghai')::date")
    conn.execute(
        "UPDATE cases SET due_at = (due_date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' WHERE id = ANY(%s)",
        (ids[::2],),
    )
    conn.execute("UPDATE cases SET merged_into = %s WHERE id = ANY(%s)", (ids[0], ids[1:60:9]))
    conn.execute("UPDATE assignments SET ended_at = %s WHERE case_id = ANY(%s)", (NOW, ids[2:60:11]))
    asked = [
        *(CaseCriteria(topic=topic) for topic in ("T01", "T01!", "T0101", "T9", "none")),
        *(CaseCriteria(region=region) for region in ("91", "91!", "9101", "88", "none")),
        *(CaseCriteria(urgency=urgency, topic="T01") for urgency in ("normal", "critical", "urgent")),
        *(CaseCriteria(unit=unit, state=state) for unit in ("d1", "d2") for state in (None, "open", "completed")),
        *(CaseCriteria(state=state.value) for state in CaseState),
        *(CaseCriteria(state=state, due_to=NOW.date() + DAY * n) for n in (-1, 0, 1) for state in (None, "in_time")),
        *(CaseCriteria(due_from=NOW.date() + DAY * n) for n in (-1, 0, 1)),
        *(CaseCriteria(counted=counted.value, unit="d1", region="91") for counted in Counting),
    ]
    for criteria in asked:
        page = list_cases(conn, criteria, now=NOW, zone=ZONE, limit=100)
        assert {row.id for row in page.rows} == defined(conn, criteria), criteria
        counted = list_cases(conn, criteria, now=NOW, zone=ZONE, limit=1)
        assert (page.total, counted.total, counted.exact) == (len(page.rows), len(page.rows), True), criteria


def test_what_comes_or_goes_in_between_moves_no_page(conn: Connection) -> None:
    add_reference(conn)
    add_cases(conn, [CaseRowSpec(due_at=NOW + number * DAY) for number in range(1, 8)])
    first = pages(conn, limit=2)
    second = pages(conn, limit=2, after=first.after or "")
    third = pages(conn, limit=2, after=second.after or "")
    add_cases(conn, [CaseRowSpec(due_at=NOW)] * 3)
    assert pages(conn, limit=2, after=second.after or "").rows == third.rows
    assert pages(conn, limit=2, before=third.before or "").rows == second.rows
    conn.execute("UPDATE cases SET due_at = %s WHERE id = ANY(%s)", (NOW + 90 * DAY, [row.id for row in first.rows]))
    # of the three that came one is the first page's now, of those before it none is left
    [before] = [pages(conn, limit=2, before=second.before or "")]
    assert len(before.rows) == 2 and before.before is not None
    whole = pages(conn, limit=2, before=before.before)
    assert len(whole.rows) == 2 and whole.before is None and whole.after is not None


def pages(conn: Connection, **more: Any) -> CasePage:
    return list_cases(conn, CaseCriteria(), now=NOW, zone=ZONE, **more)


def there_and_back(
    conn: Connection, criteria: CaseCriteria, sort: CaseSort, *, limit: int, total: int | None = None
) -> tuple[list[list[int]], list[list[int]]]:
    """The pages from the first to the last, and from the last to the first, in the order of the list."""

    def read(after: str = "", before: str = "") -> CasePage:
        found = list_cases(conn, criteria, now=NOW, zone=ZONE, sort=sort, limit=limit, after=after, before=before)
        assert total is None or (found.total, found.exact) == (total, True)
        return found

    page = read()
    assert page.before is None
    forth = [page]
    while page.after is not None:
        forth.append(page := read(after=page.after))
    back = [page]
    while page.before is not None:
        back.append(page := read(before=page.before))
    there, again = ([[row.id for row in one.rows] for one in way] for way in (forth, reversed(back)))
    return there, again


def test_a_count_ends_where_nobody_counts_on(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboards.lists.case_lists.COUNTED", 3)
    add_reference(conn)
    add_cases(conn, [CaseRowSpec()] * 3)
    assert (list_cases(conn, CaseCriteria(), now=NOW, zone=ZONE).exact) is True
    add_cases(conn, [CaseRowSpec()])
    page = list_cases(conn, CaseCriteria(), now=NOW, zone=ZONE, limit=2)
    assert (page.total, page.exact, len(page.rows)) == (3, False, 2)
    # all of them on one page are counted there
    assert (list_cases(conn, CaseCriteria(), now=NOW, zone=ZONE).total) == 4
    tabs = {
        tab.id: (tab.value, tab.exact)
        for tab in case_counts_by_state(conn, CaseCriteria(unit="d1"), now=NOW, zone=ZONE)
    }
    assert tabs["open"] == (3, False) and tabs["completed"] == (0, True)


def test_older_cases_are_filled_in_once(city_conn: Connection, directory: Directory, city_dsn: str) -> None:
    case = factories.case(
        city_conn, directory, until=CaseAction.REPLY, new=letter(title="木栈道", body="芦花荡木栈道的护栏断了。")
    )
    with psycopg.connect(city_dsn) as as_owner:
        as_owner.execute("DELETE FROM case_search WHERE case_id = %s", (case.id,))
    assert found(city_conn, "芦花荡") == []
    ids = search_repository.list_missing(city_conn, after=0, limit=10)
    assert ids == [case.id]
    search_index.index_again(city_conn, ids, actor="test")
    assert found(city_conn, "芦花荡 护栏") == [case.case_number]
    assert found(city_conn, "“派人到现场”", unit=case.lead_department_id or "") == [case.case_number]
    assert search_repository.list_missing(city_conn, after=0, limit=10) == []
