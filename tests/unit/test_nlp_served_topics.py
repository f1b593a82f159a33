"""A trained classifier in a city: never a topic that the city has not, and the words as it learnt them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from models.analysis import TopicSuggestion
from nlp.cues import CueIndex
from nlp.document import Document
from nlp.segmentation import make_segmenter
from nlp.topics.served_topics import ServedTopics
from tests.unit.nlp_documents import make_document

PLAIN = make_segmenter()


@dataclass
class Says:
    """Gives the same answer to every document, and keeps what it was asked."""

    suggestions: tuple[TopicSuggestion, ...]
    asked: list[Document] = field(default_factory=list)
    version: str = "says/1"

    def predict(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        self.asked += documents
        return [self.suggestions for _ in documents]

    def parent(self, code: str) -> str:
        return code[:3]


def served(*suggestions: tuple[str, float], known: set[str]) -> tuple[TopicSuggestion, ...]:
    says = Says(tuple(TopicSuggestion(code, confidence, (code,)) for code, confidence in suggestions))
    [found] = ServedTopics(says, PLAIN, known).predict([make_document("路灯坏了")])
    return found


def test_known_topics_pass_as_they_are() -> None:
    found = served(("T0402", 0.7), ("T1001", 0.2), known={"T0402", "T1001"})
    assert [(s.topic_code, s.confidence) for s in found] == [("T0402", 0.7), ("T1001", 0.2)]


def test_a_dropped_topic_counts_for_the_one_above_it() -> None:
    found = served(("T0402", 0.4), ("T0403", 0.3), ("T1001", 0.2), known={"T04", "T1001"})
    assert [(s.topic_code, round(s.confidence, 6), s.cues) for s in found] == [
        ("T04", 0.7, ("T0402", "T0403")),
        ("T1001", 0.2, ("T1001",)),
    ]


def test_the_order_is_by_confidence_again() -> None:
    found = served(("T1001", 0.4), ("T0402", 0.3), ("T0403", 0.25), known={"T04", "T1001"})
    assert [s.topic_code for s in found] == ["T04", "T1001"]


def test_without_anything_above_it_the_letter_is_less_known() -> None:
    assert served(("T0402", 0.9), ("T1001", 0.05), known={"T1001"}) == (TopicSuggestion("T1001", 0.05, ("T1001",)),)
    assert served(("T0402", 0.9), known=set()) == ()
    assert served(known={"T04"}) == ()


def test_words_are_cut_as_in_training_whatever_the_city_calls_its_places() -> None:
    says = Says(())
    city = make_segmenter(["巷子口的路灯"])
    document = make_document("巷子口的路灯坏了")
    odd = Document(
        source=document.source,
        title=document.title,
        body=document.body,
        text=document.text,
        title_words=city.cut(document.title.text),
        body_words=city.cut(document.body.text),
        cues=CueIndex(()).find(""),
    )
    ServedTopics(says, PLAIN, set()).predict([odd])
    assert odd.body_words != says.asked[0].body_words == PLAIN.cut(document.body.text)
