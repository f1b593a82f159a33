"""Why a topic, in words: cues where they stand, how alike, why a person, and the sample letters behind a reference."""

from dataclasses import replace

import pytest

from api.pages.cases.case_wording import Piece, highlight
from api.pages.cases.explanation_wording import find_cues, leading, likeness_word, without_person
from api.staff.suggestions import suggest
from models.analysis import Analysis, DetectorHit, TopicSuggestion
from models.case import CaseStatus
from nlp.corpus import find_item
from tests import factories
from tests.unit.test_policies import plain_case
from tests.unit.test_rules import COUNTY, directory, rule


def marked(title: str, body: str, *cues: str) -> list[str]:
    text = f"{title}\n{body}"
    return [text[start:end] for start, end in find_cues(title, body, cues)]


def test_cues_are_found_where_they_stand_in_the_original() -> None:
    assert find_cues("路灯坏了", "这盏路灯，又是路灯", ["路灯"]) == [(0, 2), (7, 9), (12, 14)]


@pytest.mark.parametrize(
    ("title", "body", "cues", "found"),
    [
        ("", "路燈壞了", ["路灯"], ["路燈"]),
        ("", "ＫＴＶ太吵", ["KTV"], ["ＫＴＶ"]),
        ("", "Ktv太吵", ["KTV"], ["Ktv"]),
        ("", "<p>拖欠&nbsp;工\u200b资</p>", ["工资"], ["工\u200b资"]),
        ("路灯", "电梯", ["路灯", "电梯"], ["路灯", "电梯"]),
        ("", "没有井盖", ["井盖", "没有井盖"], ["没有井盖"]),
        ("", "3.5元（每方）", ["3.5", "（每方）", ".*"], ["3.5", "（每方）"]),
        ("", "路灯", ["", " ", "电梯"], []),
        ("", "路灯", [], []),
        ("", "", ["路灯"], []),
    ],
)
def test_cues_of_the_cleaned_text_are_marked_in_the_original(
    title: str, body: str, cues: list[str], found: list[str]
) -> None:
    assert marked(title, body, *cues) == found


def test_a_fast_lane_mark_goes_before_a_telling_word() -> None:
    title, body = "欠薪", "老板拖欠工资不想活了"
    telling = find_cues(title, body, ["工资", "欠薪", "老板"])
    hits = [DetectorHit("wage", "拖欠工资", 5, 9), DetectorHit("self_harm", "不想活", 9, 12)]
    assert highlight(title, body, hits, telling) == (
        [Piece("欠薪", telling=True)],
        [Piece("老板", telling=True), Piece("拖欠工资", ("wage",)), Piece("不想活", ("self_harm",)), Piece("了")],
    )


@pytest.mark.parametrize(
    ("likeness", "word"), [(1.0, "很像"), (0.5, "很像"), (0.49, "较像"), (0.3, "较像"), (0.2, "有些像")]
)
def test_likeness_has_a_word(likeness: float, word: str) -> None:
    assert likeness_word(likeness) == word


def says(*topics: str) -> Analysis:
    suggestions = tuple(TopicSuggestion(topic, 0.4 - n / 10) for n, topic in enumerate(topics))
    return replace(factories.analysis(region=COUNTY), suggestions=suggestions)


def test_what_would_have_been_dispatched_without_a_person() -> None:
    city = directory(rule(1, "T01", co=("roads",)), rule(2, "T02", lead="gone"))
    waiting = replace(plain_case(CaseStatus.TRIAGE), topic_code=None)
    best = suggest(city, waiting, says("T0101"))
    assert without_person(waiting, best) == "若不转人工，将按“T01 · T0101”派给water-county局主办，roads局协办。"
    assert without_person(waiting, suggest(city, waiting, says("T02"))).endswith("派单目录没有指到承办单位。")
    assert without_person(waiting, []) == "没有任何类别的依据，无法自动派单。"
    assert without_person(replace(waiting, status=CaseStatus.DISPATCHED), best) == ""


def test_the_suggestion_that_the_case_follows_leads() -> None:
    city = directory(rule(1, None))
    both = suggest(city, plain_case(), says("T0101", "T02"))
    followed = leading(replace(plain_case(), topic_code="T02"), both)
    assert followed is not None and followed.topic_code == "T02"
    other = leading(replace(plain_case(), topic_code="T0102"), both)
    assert other is not None and other.topic_code == "T0101"
    assert leading(plain_case(), []) is None


def test_a_reference_leads_to_its_sample_letter() -> None:
    letter = find_item("corpus:hand3/4")
    assert letter is not None
    assert letter.topic_code == "T0101" and letter.title == "观澜半岛二期楼间距变窄请解释"
    assert "\n" in letter.body and "\\n" not in letter.body


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "submission:4",
        "corpus:hand3",
        "corpus:hand3/0",
        "corpus:hand3/-1",
        "corpus:hand3/999999",
        "corpus:hand3/9999999",
        "corpus:nobody1/1",
        "corpus:../../models/schema/1",
        "corpus:hand3/４",
        "corpus:hand3/4\n",
    ],
)
def test_other_references_lead_nowhere(reference: str) -> None:
    assert find_item(reference) is None
