"""An encoder at work in a city: ways to go as everywhere, no topic that is not there, asked only where it is needed."""

from collections.abc import Mapping, Sequence

import pytest

from models.analysis import TopicSuggestion
from models.department import Topic
from models.errors import Invalid
from nlp.cleaning import clean_text
from nlp.document import Document
from nlp.encoders.learnt import fingerprint, pack, unpack
from nlp.encoders.served_encoder import First, ServedEncoder
from tests.added_encoders import knows_by_heart
from tests.unit.nlp_documents import make_document

TOPICS = [
    Topic(code="T04", name="市政", parent_code=None),
    Topic(code="T0401", name="路灯", parent_code="T04", lead_duty="lamps"),
    Topic(code="T0402", name="道路", parent_code="T04", lead_duty="roads"),
    Topic(code="T0403", name="桥梁", parent_code="T04", lead_duty="roads"),
]
CODES = ("T0401", "T0402", "T0403", "T9901")
ANSWERS = {"路灯坏了": "T0401", "桥坏了": "T0403", "别的": "T9901"}
MODEL = knows_by_heart("encoder/2+aaaa", CODES, ANSWERS)


class Guess:
    """Always says the same, and remembers whom it was asked about."""

    version = "linear/1"

    def __init__(self, confidences: Mapping[str, float]) -> None:
        self.confidences = confidences

    def predict(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        return [
            (TopicSuggestion("T0402", self.confidences[d.body.text], ("桥",)),)
            if d.body.text in self.confidences
            else ()
            for d in documents
        ]


def test_confidence_is_that_of_all_that_one_unit_leads() -> None:
    [said] = ServedEncoder(MODEL, TOPICS).predict([make_document("桥坏了")])
    assert [one.topic_code for one in said] == ["T0403"]
    alone = MODEL.predict([make_document("桥坏了")])[0][0].confidence
    assert said[0].confidence > alone, "roads and bridges go the same way"


def test_a_topic_that_the_city_does_not_have_is_never_named() -> None:
    [said] = ServedEncoder(MODEL, TOPICS).predict([make_document("别的")])
    assert {one.topic_code for one in said} <= {"T0401", "T0402", "T0403"}
    assert sum(one.confidence for one in said) < 0.01, "it is less known, not another"
    assert ServedEncoder(MODEL, []).predict([make_document("别的")]) == [()]


def test_where_nothing_is_written_nothing_is_said_and_order_is_kept() -> None:
    said = ServedEncoder(MODEL, TOPICS).predict([make_document(text) for text in ("", "桥坏了", " ", "路灯坏了")])
    assert [[one.topic_code for one in suggestions[:1]] for suggestions in said] == [[], ["T0403"], [], ["T0401"]]
    assert ServedEncoder(MODEL, TOPICS).predict([]) == []


def test_only_what_the_first_is_unsure_of_reaches_the_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Guess({"路灯坏了": 0.9, "桥坏了": 0.59})
    served = ServedEncoder(MODEL, TOPICS, First(first, 0.6), "encoder/2+aaaa.after-1-0.6")
    asked: list[str] = []
    ask = served._ask

    def watch(documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        asked.extend(document.body.text for document in documents)
        return ask(documents)

    monkeypatch.setattr(served, "_ask", watch)
    said = served.predict([make_document(text) for text in ("路灯坏了", "桥坏了", "什么")])
    assert asked == ["桥坏了", "什么"], "unsure, and nothing said at all"
    assert [suggestions[0].topic_code for suggestions in said] == ["T0402", "T0403", "T0401"]
    alone = ServedEncoder(MODEL, TOPICS).predict([make_document("桥坏了")])[0][0]
    [both] = said[1]
    assert both.confidence == pytest.approx((0.59 + alone.confidence) / 2, abs=1e-4), "the same unit leads: they agree"
    assert both.cues == ("桥",), "what the first names as its reasons remains"


def test_who_is_surer_wins_where_the_two_disagree() -> None:
    for confidence, best in ((0.5, "T0401"), (0.9999, "T0402")):
        served = ServedEncoder(MODEL, TOPICS, First(Guess({"路灯坏了": confidence}), 1.0))
        [said] = served.predict([make_document("路灯坏了")])
        assert said[0].topic_code == best
        assert sum(one.confidence for one in said) <= 1


def test_the_version_tells_city_and_company_apart() -> None:
    """Thresholds belong to a version: who is sure in another way has another name."""
    plain = ServedEncoder(MODEL, TOPICS).version
    assert plain.startswith("encoder/2+aaaa+")
    assert ServedEncoder(MODEL, TOPICS[:3]).version != plain
    two = [ServedEncoder(MODEL, TOPICS, First(Guess({}), below), "name").version for below in (0.5, 0.6)]
    assert len({plain, *two}) == 3
    assert all(version.startswith("name+") for version in two)


def test_letters_are_known_again_whatever_the_file_did_to_them() -> None:
    same = fingerprint("路灯", "坏了，\r\n三盏！")
    assert fingerprint("'路灯", " 坏了,三盏 ") == same
    assert fingerprint("路灯", "坏了，四盏！") != same
    assert fingerprint("\ud800", "") == fingerprint("", "")
    packed = pack([("路灯", "坏了，三盏"), ("桥", ""), ("路灯", "坏了三盏")])
    assert sorted(unpack(packed).tolist()) == sorted({same, fingerprint("桥", "")})
    assert clean_text("路灯").encode() not in packed
    for broken in (b"", packed[:-1], packed[8:] + packed[:8], packed + packed):
        with pytest.raises(Invalid, match="学过哪些来信的记录已损坏"):
            unpack(broken)
