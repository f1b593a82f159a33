"""Neighbours are stored with the analysis as they were, and told to nobody who may not know the letter behind them."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from api.staff.explanations import Explanation, SimilarLetter, explain
from intake.registration import register
from models.account import Account, Role
from models.analysis import Analysis, Neighbour
from models.case import Case
from models.database import Connection
from models.submission import Channel
from nlp.corpus import find_item
from routing import analysis_repository, case_repository, lifecycle
from routing.directory import Directory
from routing.process import process_batch
from tests import factories
from tests.factories import KEYS, NOW, ZONE, FixedAnalyser

SAMPLE = Neighbour("corpus:hand3/4", "T0101", "观澜半岛二期楼间距变窄请解释", 0.31)
TITLE = "他单位正在办理的事项"


def explained(conn: Connection, directory: Directory, account: Account, *near: Neighbour) -> Explanation:
    says = replace(factories.analysis(), neighbours=near)
    case = factories.case(conn, directory, says=says)
    return explain(conn, account, directory, [(case, says)])[case.id]


def beside(case: Case, *, topic: str = "T0402", likeness: float = 0.62) -> Neighbour:
    return Neighbour(f"submission:{case.submission_id}", topic, TITLE, likeness)


def titles(similar: Sequence[SimilarLetter]) -> list[tuple[str, str]]:
    return [(letter.title, letter.case_number) for letter in similar]


def test_neighbours_come_back_as_they_were(city_conn: Connection, directory: Directory) -> None:
    near = (SAMPLE, Neighbour("submission:1", "T0402", '带"引号"和\n换行的 标题\\', 1.0))
    says = replace(factories.analysis(), neighbours=near)
    case = factories.case(city_conn, directory, says=says)
    assert analysis_repository.list_analyses(city_conn, [case.submission_id])[case.submission_id] == says
    assert analysis_repository.list_analysis_times(city_conn, [case.submission_id, -1]) == {case.submission_id: NOW}
    unknown = factories.case(city_conn, directory, says=Analysis.unknown("test"))
    assert analysis_repository.list_analyses(city_conn, [unknown.submission_id])[unknown.submission_id].neighbours == ()


def test_a_sample_letter_is_shown_whole(city_conn: Connection, directory: Directory) -> None:
    told = explained(city_conn, directory, factories.account(city_conn), SAMPLE)
    letter = find_item(SAMPLE.reference)
    assert letter is not None
    assert told.similar == [
        SimilarLetter(
            topic_code="T0101",
            topic_name=directory.topic_name("T0101"),
            likeness=0.31,
            sample=True,
            title=SAMPLE.title,
            text=letter.body,
        )
    ]
    assert (told.classifier, told.analysed_at) == ("fixed/1", NOW)


def test_another_text_does_not_pass_for_the_sample_that_was_compared(
    city_conn: Connection, directory: Directory
) -> None:
    rewritten = replace(SAMPLE, title="以前的另一个标题")
    [letter] = explained(city_conn, directory, factories.account(city_conn), rewritten).similar
    assert (letter.sample, letter.title, letter.text, letter.topic_code) == (False, "", "", "T0101")


@pytest.mark.parametrize("role", list(Role))
def test_an_officer_learns_nothing_of_another_units_letter(
    city_conn: Connection, directory: Directory, role: Role
) -> None:
    other = factories.case(city_conn, directory, lead="jyj")
    [letter] = explained(
        city_conn, directory, factories.account(city_conn, role, department="zjj"), beside(other)
    ).similar
    assert (letter.topic_code, letter.likeness, letter.text, letter.sample) == ("T0402", 0.62, "", False)
    expected = ("", "") if role is Role.OFFICER else (TITLE, other.case_number)
    assert (letter.title, letter.case_number) == expected


def test_a_unit_sees_what_it_leads_or_helps_with_as_long_as_it_does(
    city_conn: Connection, directory: Directory
) -> None:
    officer = factories.account(city_conn, department="zjj")
    lead = factories.case(city_conn, directory, lead="zjj")
    helped = factories.case(city_conn, directory, says=factories.analysis(topic=None))
    helped = lifecycle.dispatch(
        city_conn, helped, directory, lead="jyj", co_handling=["zjj"], actor="test", now=NOW, zone=ZONE
    )
    city_conn.commit()
    near = beside(lead), beside(helped, likeness=0.5)
    assert titles(explained(city_conn, directory, officer, *near).similar) == [
        (TITLE, lead.case_number),
        (TITLE, helped.case_number),
    ]
    lifecycle.dispatch(city_conn, lead, directory, lead="jyj", actor="test", now=NOW, zone=ZONE)
    city_conn.commit()
    assert titles(explained(city_conn, directory, officer, *near).similar) == [("", ""), (TITLE, helped.case_number)]


@pytest.mark.parametrize("role", list(Role))
def test_a_confidential_letter_is_not_there_for_anyone(city_conn: Connection, directory: Directory, role: Role) -> None:
    asked = factories.case(city_conn, directory, lead="zjj", new=factories.letter(confidential=True))
    protected = factories.case(city_conn, directory, lead="zjj", says=factories.analysis(topic="T2205"))
    relabelled = factories.case(city_conn, directory, lead="zjj")
    assert asked.confidential and protected.confidential and not relabelled.confidential
    reader = factories.account(city_conn, role, department="zjj")
    near = beside(asked), beside(protected), beside(relabelled, topic="T2205"), SAMPLE
    assert [letter.title for letter in explained(city_conn, directory, reader, *near).similar] == [SAMPLE.title]


@pytest.mark.parametrize("confidential", [False, True])
def test_a_post_without_case_is_named_to_those_who_see_all(
    city_conn: Connection, directory: Directory, confidential: bool
) -> None:
    new = factories.letter(channel=Channel.SOCIAL, confidential=confidential)
    [post] = register(city_conn, [new], actor="test", now=NOW, keys=KEYS, zone=ZONE)
    process_batch(city_conn, FixedAnalyser(factories.analysis()), directory, now=NOW, zone=ZONE, limit=100)
    city_conn.commit()
    row = city_conn.execute("SELECT id FROM submissions WHERE receipt_number = %s", (post.receipt_number,)).fetchone()
    assert row is not None
    near = Neighbour(f"submission:{row[0]}", "T0402", TITLE, 0.4)
    seen = {
        role: titles(explained(city_conn, directory, factories.account(city_conn, role), near).similar)
        for role in (Role.OFFICER, Role.DISPATCHER)
    }
    named = {Role.OFFICER: [("", "")], Role.DISPATCHER: [(TITLE, "")]}
    assert seen == ({role: [] for role in named} if confidential else named)


@pytest.mark.parametrize(
    "reference", ["submission:0", "submission:999999999999", f"submission:{10**30}", "submission:x", "elsewhere:1", ""]
)
def test_a_letter_that_is_not_there_keeps_its_title_to_itself(
    city_conn: Connection, directory: Directory, reference: str
) -> None:
    dispatcher = factories.account(city_conn, Role.DISPATCHER)
    near = Neighbour(reference, "T9999", TITLE, 0.4)
    [letter] = explained(city_conn, directory, dispatcher, near).similar
    assert (letter.title, letter.case_number, letter.topic_name) == ("", "", "T9999")


def test_a_letter_is_no_evidence_for_itself(city_conn: Connection, directory: Directory) -> None:
    case = factories.case(city_conn, directory)
    says = replace(factories.analysis(), neighbours=(beside(case), SAMPLE))
    dispatcher = factories.account(city_conn, Role.DISPATCHER)
    told = explain(city_conn, dispatcher, directory, [(case, says)])[case.id]
    assert [letter.title for letter in told.similar] == [SAMPLE.title]


def test_many_cases_are_explained_at_once(city_conn: Connection, directory: Directory) -> None:
    other = factories.case(city_conn, directory, lead="jyj")
    says = [replace(factories.analysis(), neighbours=near) for near in ((beside(other),), (SAMPLE,), ())]
    items = [(factories.case(city_conn, directory, says=one), one) for one in says]
    dispatcher = factories.account(city_conn, Role.DISPATCHER)
    told = explain(city_conn, dispatcher, directory, items)
    assert [[letter.title for letter in told[case.id].similar] for case, _ in items] == [[TITLE], [SAMPLE.title], []]
    assert explain(city_conn, dispatcher, directory, []) == {}
    assert case_repository.list_assignments_of(city_conn, []) == {}
