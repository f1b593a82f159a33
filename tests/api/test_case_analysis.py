"""The analysis of a case over the JSON door."""

from dataclasses import fields, replace
from datetime import date

from models.account import Role
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
from tests import factories
from tests.api.door import Door, ok, problem


def test_a_case_comes_with_every_part_of_its_analysis(door: Door) -> None:
    says = replace(
        factories.analysis(),
        sentiment_score=-0.6,
        emotion=Emotion.ANGER,
        emotion_confidence=0.7,
        aspects=(AspectTone(Aspect.DEPARTMENT, Sentiment.NEGATIVE, -0.5, (TextSpan(1, 3),)),),
        places=(PlaceMention("红星路", PlaceKind.ROAD, None, ("990101", "990102"), 0, 3),),
        times=(TimeMention("昨天", date(2026, 11, 22), date(2026, 11, 22), 4, 6),),
        organisation_mentions=(OrganisationMention("某店", OrganisationKind.COMPANY, None, True, 6, 8),),
        matters=(Matter("T0402", 0.5, (TextSpan(0, 4),)), Matter("T1001", 0.4, (TextSpan(4, 8),))),
        summary=(TextSpan(0, 4),),
        elements=(ElementMention(Element.WHERE, "红星路", 0, 3),),
    )
    case = door.case(says=says)
    view = ok(door.get(f"/cases/{case.case_number}", Role.LEADER))["analysis"]
    missing = {f.name for f in fields(Analysis)} - {"neighbours", "signature", "telling"} - view.keys()
    assert missing == set()  # neighbours are in `explanation`, the last two only in indexes
    assert view["aspects"] == [
        {"aspect": "department", "sentiment": "negative", "score": -0.5, "evidence": [{"start": 1, "end": 3}]}
    ]
    assert view["places"][0]["candidates"] == ["990101", "990102"]
    assert (view["times"][0]["first"], view["organisation_mentions"][0]["accused"]) == ("2026-11-22", True)
    assert [m["topic_code"] for m in view["matters"]] == ["T0402", "T1001"]
    assert view["elements"] == [{"element": "where", "text": "红星路", "start": 0, "end": 3}]
    [row] = ok(door.get("/cases", Role.LEADER, text=case.case_number, displeased_with="handling"))["rows"]
    assert (row["emotion"], row["negative_aspects"]) == ("anger", ["department"])
    assert ok(door.get("/cases", Role.LEADER, text=case.case_number, displeased_with="policy"))["total"] == 0
    assert problem(door.get("/cases", Role.LEADER, displeased_with="x"), 422)["fields"].keys() == {"displeased_with"}
