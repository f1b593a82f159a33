"""What hides a published answer, and what does not: exclusions, a last word that was not public, no consent. How few
hits are found."""

from datetime import timedelta

import pytest

from api.citizens import answers
from models.case import CaseAction, CompletionResult
from models.database import Connection
from models.publication import AnswerCriteria
from nlp.search_query import read_query
from routing import lifecycle
from routing.directory import Directory
from routing.replies import published_repository as rows
from tests import factories
from tests.database.test_publication import OFFICER, answered, number_of, shown, written
from tests.factories import NOW


def test_an_exclusion_from_one_rate_hides_no_answer(city_conn: Connection, directory: Directory) -> None:
    case = answered(city_conn, directory)
    city_conn.execute(
        "INSERT INTO case_exclusions (case_id, metric, reason, state, requested_by, requested_at, decided_by,"
        " decided_at) VALUES (%s, 'satisfaction_rate', '不可抗力', 'accepted', 'a', now(), 'b', now())",
        (case.id,),
    )
    assert shown(city_conn, case) is not None


def test_where_the_last_word_was_for_the_writer_alone_nothing_is_read(
    city_conn: Connection, directory: Directory
) -> None:
    case = factories.case(
        city_conn, directory, new=written(body="门口的井盖响了一夜又一夜。"), until=CaseAction.ACKNOWLEDGE
    )
    unit = case.lead_department_id
    for body, public in (("接件后已全部修好，电话0826-2345678。", True), ("其实还没有修，下月再说。", False)):
        case = lifecycle.reply(city_conn, case, body=body, public=public, department_id=unit, actor=OFFICER, now=NOW)
    case = lifecycle.complete(city_conn, case, result=CompletionResult.SOLVED, actor=OFFICER, now=NOW)
    assert shown(city_conn, case) is None
    # and where it comes after what was published
    other = answered(city_conn, directory)
    assert shown(city_conn, other) is not None
    city_conn.execute(
        "INSERT INTO replies (case_id, department_id, body, public, author, created_at)"
        " SELECT case_id, department_id, '其实没有修。', false, author, created_at FROM replies WHERE case_id = %s",
        (other.id,),
    )
    assert shown(city_conn, other) is None


def test_without_consent_nobody_reads_how_content_the_writer_is(city_conn: Connection, directory: Directory) -> None:
    for consent, read in ((True, "satisfied"), (False, None)):
        case = answered(city_conn, directory, consent=consent)
        city_conn.execute(
            "UPDATE case_callbacks SET state = 'done', solved = 'yes', satisfaction = 'satisfied' WHERE case_id = %s",
            (case.id,),
        )
        found = shown(city_conn, case)
        assert found is not None and (found.satisfaction and found.satisfaction.value) == read


@pytest.mark.parametrize("few", [500, 1])
def test_few_hits_are_read_at_once_and_are_what_is_found_month_by_month(
    city_conn: Connection, directory: Directory, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    word = "石磨坊" if few > 1 else "油坊沟"
    monkeypatch.setattr(answers, "_FEW", few)
    days = (700, 200, 199, 40, 0)
    made = [answered(city_conn, directory, now=NOW - timedelta(days=n), reply=f"{word}的路修好了。") for n in days]
    monkeypatch.setattr(answers, "_SPANS", (1, 3))
    found: list[int] = []
    while page := answers._search(city_conn, word, AnswerCriteria(), before=found[-1] if found else None, limit=2):
        found += [answer.number for answer in page]
    assert found == [number_of(city_conn, case) for case in reversed(made)]
    words = read_query(word).words.replace(":*", "")
    assert rows.find_few(city_conn, words, most=4) is None
    assert sorted(rows.find_few(city_conn, words, most=5) or []) == sorted(found)
    assert answers._search(city_conn, f"{word} 没有的词", AnswerCriteria(), before=None, limit=2) == []
