"""Analyses come back from their rows as they went in, and know on which local day a text was written."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime

from models.analysis import (
    AnalyserInput,
    Analysis,
    Aspect,
    AspectTone,
    DetectorHit,
    Element,
    ElementMention,
    Emotion,
    Keyword,
    Matter,
    Neighbour,
    OrganisationKind,
    OrganisationMention,
    PlaceKind,
    PlaceMention,
    Sentiment,
    TextSpan,
    TimeMention,
    TopicSuggestion,
    Urgency,
)
from models.database import Connection
from routing.analysis_repository import add_analyses, list_analyses
from routing.directory import Directory
from routing.process import process_batch
from tests import factories
from tests.database.test_process import store
from tests.factories import NOW, ZONE

SPAN = TextSpan(2, 5)


@dataclass(frozen=True)
class Recorder(factories.FixedAnalyser):
    """Remembers the days it was told."""

    days: list[date | None] = field(default_factory=list)

    def analyse(self, inputs: Sequence[AnalyserInput]) -> list[Analysis]:
        self.days.extend(source.written_on for source in inputs)
        return super().analyse(inputs)


WHOLE = Analysis(
    topic_code=None,
    suggestions=(TopicSuggestion("T0101", 0.5, ("规划",)),),
    sentiment=Sentiment.NEGATIVE,
    sentiment_confidence=0.9,
    sentiment_score=-0.7,
    emotion=Emotion.ANGER,
    emotion_confidence=0.6,
    aspects=(AspectTone(Aspect.REPLY, Sentiment.NEGATIVE, -0.5, (SPAN,)),),
    urgency=Urgency.URGENT,
    detector_hits=(DetectorHit("wage", "讨薪", 2, 4),),
    places=(
        PlaceMention("市中区", PlaceKind.REGION, None, ("511002", "511102"), 2, 5),
        PlaceMention("丽水路", PlaceKind.ROAD, None, (), 6, 9),
    ),
    times=(
        TimeMention("昨晚", date(2026, 3, 4), date(2026, 3, 4), 1, 3),
        TimeMention("前阵子", None, None, 4, 7),
    ),
    keywords=(Keyword("搅拌站", 1.0),),
    organisation_mentions=(OrganisationMention("城管局", OrganisationKind.DEPARTMENT, None, True, 2, 5),),
    matters=(Matter("T0101", 0.8, (SPAN, TextSpan(6, 9))), Matter("T0201", 0.7, (TextSpan(10, 12),))),
    summary=(SPAN,),
    elements=(ElementMention(Element.WISH, "请查处", 2, 5),),
    neighbours=(Neighbour("corpus:hand1/3", "T0101", "规划", 0.4),),
    versions={"topic": "test/1"},
)


def test_every_part_of_an_analysis_comes_back(city_conn: Connection, directory: Directory) -> None:
    filled = {f.name for f in fields(Analysis) if getattr(WHOLE, f.name) != getattr(Analysis(), f.name)}
    kept_elsewhere = {"signature", "telling"}
    plain = {"topic_code", "topic_confidence", "scope", "appeal_type", "appeal_confidence", "urgency_confidence"}
    plain |= {"region_code", "region_confidence", "place_text", "organisations"}
    assert filled == {f.name for f in fields(Analysis)} - kept_elsewhere - plain, "the example leaves nothing out"
    [receipt] = store(city_conn, factories.letter(title="搅拌站"))
    [(number,)] = city_conn.execute("SELECT id FROM submissions WHERE receipt_number = %s", (receipt,)).fetchall()
    add_analyses(city_conn, [(number, WHOLE)], actor="test", now=NOW)
    assert list_analyses(city_conn, [number]) == {number: WHOLE}
    city_conn.rollback()


def test_the_day_a_text_was_written_is_the_local_one(city_conn: Connection, directory: Directory) -> None:
    late = factories.letter(title="夜里写的", submitted_at=datetime(2026, 3, 4, 17, 30, tzinfo=UTC))
    analyser = Recorder(factories.analysis())
    store(city_conn, late)
    process_batch(city_conn, analyser, directory, now=NOW, zone=ZONE, limit=10)
    assert analyser.days[-1] == date(2026, 3, 5), "half past one in the morning in Chengdu"
    city_conn.rollback()
