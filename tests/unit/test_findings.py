from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from api.pages.cases.findings import (
    organisation_words,
    place_words,
    read_findings,
    summary_of,
    telling_tone,
    time_words,
)
from models.analysis import (
    Analysis,
    Aspect,
    AspectTone,
    Element,
    ElementMention,
    Emotion,
    Matter,
    OrganisationKind,
    OrganisationMention,
    PlaceKind,
    PlaceMention,
    Sentiment,
    TextSpan,
    TimeMention,
)
from models.submission import Submission
from tests.unit.test_rules import directory

CITY = directory()


def submission(body: str, title: str = "", place: str = "") -> Submission:
    nothing: dict[str, Any] = dict.fromkeys(f.name for f in fields(Submission))
    return Submission(**nothing | {"title": title, "body": body, "place": place})


def span(text: str, part: str) -> TextSpan:
    start = f"\n{text}".index(part)
    return TextSpan(start, start + len(part))


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, None, ""),
        (date(2026, 11, 3), date(2026, 11, 3), "2026年11月3日"),
        (date(2026, 10, 1), date(2026, 10, 7), "2026年10月1日至7日"),
        (date(2026, 9, 28), date(2026, 10, 7), "2026年9月28日至10月7日"),
        (date(2025, 12, 30), date(2026, 1, 2), "2025年12月30日至2026年1月2日"),
        (date(2026, 2, 1), date(2026, 2, 28), "2026年2月"),
        (date(2026, 12, 1), date(2026, 12, 31), "2026年12月"),
        (date(2025, 1, 1), date(2025, 12, 31), "2025年"),
    ],
)
def test_days_as_people_say_them(first: date | None, last: date | None, words: str) -> None:
    assert time_words(TimeMention("那天", first, last, 0, 2)) == words


def test_a_place_is_resolved_open_or_unknown() -> None:
    codes = [code for code in CITY.regions if code != CITY.city.region_code][:2]
    names = [CITY.region_name(code) for code in codes]
    assert place_words(PlaceMention("x", PlaceKind.ROAD, codes[0], (), 0, 1), CITY) == names[0]
    assert (
        place_words(PlaceMention("x", PlaceKind.ROAD, None, tuple(codes), 0, 1), CITY) == f"{'或'.join(names)}，请确认"
    )
    assert place_words(PlaceMention("x", PlaceKind.ROAD, None, (), 0, 1), CITY) == ""
    assert place_words(PlaceMention("x", PlaceKind.ROAD, CITY.city.region_code, (), 0, 1), CITY) == CITY.city.name


def test_an_organisation_is_told_with_its_unit_and_its_mark() -> None:
    unit = next(iter(CITY.departments.values()))
    accused = OrganisationMention("那个局", OrganisationKind.DEPARTMENT, unit.id, True, 0, 3)
    assert organisation_words(accused, CITY) == f"部门单位，被投诉：{CITY.department_name(unit.id)}"
    shop = OrganisationMention("某店", OrganisationKind.COMPANY, None, False, 0, 2)
    assert organisation_words(shop, CITY) == "企业商家"


def test_the_gist_quotes_the_letter_and_nothing_else() -> None:
    body = "水管坏了。请来修。谢谢。"
    assert summary_of("", body, [span(body, "水管坏了。"), span(body, "请来修。")]) == ("水管坏了。", "请来修。")
    assert summary_of("", body, [TextSpan(-3, 2), TextSpan(5, 5), TextSpan(5, 400)]) == ()


def test_an_element_that_the_summary_says_already_is_named_there_once() -> None:
    body = "水管坏了。请来修。昨天起。"
    what, wish = span(body, "水管坏了。"), span(body, "请来修。")
    analysis = Analysis(
        summary=(what,),
        elements=(
            ElementMention(Element.WHAT, "水管坏了。", what.start, what.end),
            ElementMention(Element.WISH, "请来修。", wish.start, wish.end),
        ),
    )
    found = read_findings(analysis, submission(body, place="红星路"), CITY)
    assert [(line.label, line.text) for line in found.summary] == [("何事", "水管坏了。")]
    rows = {line.label: [(i.text, i.meaning) for i in line.items] for line in found.elements}
    assert rows == {"何人": [], "何地": [("红星路", "诉求人填写")], "何时": [], "诉求": [("请来修。", "")]}


def test_an_element_tells_what_is_known_of_its_place_and_time() -> None:
    body = "昨天在红星路"
    codes = tuple(code for code in CITY.regions if code != CITY.city.region_code)[:2]
    where, when = span(body, "红星路"), span(body, "昨天")
    analysis = Analysis(
        places=(PlaceMention("红星路", PlaceKind.ROAD, None, codes, where.start, where.end),),
        times=(TimeMention("昨天", date(2026, 11, 22), date(2026, 11, 22), when.start, when.end),),
        elements=(
            ElementMention(Element.WHERE, "红星路", where.start, where.end),
            ElementMention(Element.WHEN, "昨天", when.start, when.end),
        ),
    )
    rows = {line.label: line.items for line in read_findings(analysis, submission(body), CITY).elements}
    assert rows["何地"][0].open and rows["何地"][0].meaning.endswith("，请确认")
    assert rows["何时"][0].meaning == "2026年11月22日"


def test_the_tone_tells_matter_and_department_apart() -> None:
    body = "路太烂，没人管"
    analysis = Analysis(
        sentiment=Sentiment.NEGATIVE,
        sentiment_score=-0.8,
        emotion=Emotion.ANGER,
        emotion_confidence=0.9,
        aspects=(
            AspectTone(Aspect.MATTER, Sentiment.NEGATIVE, -0.3, (span(body, "太烂"),)),
            AspectTone(Aspect.DEPARTMENT, Sentiment.NEGATIVE, -0.5, (span(body, "没人管"),)),
            AspectTone(Aspect.POLICY, Sentiment.NEUTRAL, 0.0),
            AspectTone(Aspect.REPLY, Sentiment.POSITIVE, 0.8),
        ),
    )
    found = read_findings(analysis, submission(body), CITY)
    assert found.tone.word == "负面，强烈"
    assert [(a.badge.word, a.word, a.quotes) for a in found.aspects] == [
        ("说事情不好", "轻微", ("太烂",)),
        ("对部门和工作人员不满", "较强", ("没人管",)),
        ("对办理和答复满意", "强烈", ()),
    ]
    assert [a.badge.tone for a in found.aspects] == ["plain", "soon", "quiet"]
    assert [b.word for b in telling_tone(analysis)] == ["愤怒", "不满：部门和工作人员"]


def test_a_feeling_that_is_not_likely_is_only_possible() -> None:
    analysis = Analysis(emotion=Emotion.FEAR, emotion_confidence=0.4)
    badge = read_findings(analysis, submission("x"), CITY).emotion
    assert badge is not None and (badge.word, badge.tone) == ("可能担忧", "quiet")
    assert read_findings(Analysis(), submission("x"), CITY).emotion is None


def test_matters_are_numbered_with_their_sentences() -> None:
    body = "灯坏了。路也坏了。"
    topic = next(iter(CITY.topics))
    matters = (Matter(topic, 0.6, (span(body, "灯坏了。"),)), Matter("T99", 0.4, (span(body, "路也坏了。"),)))
    found = read_findings(Analysis(matters=matters), submission(body), CITY).matters
    assert [(m.number, m.topic, m.sentences) for m in found] == [
        (1, CITY.topic_name(topic), ("灯坏了。",)),
        (2, "类别未定", ("路也坏了。",)),
    ]
