"""A text of several matters is proposed to be split, its sentences go where they belong; others are left alone."""

from collections.abc import Sequence

import pytest

from models.analysis import TopicSuggestion
from nlp.cues import CueIndex
from nlp.cut_words import word_ends
from nlp.document import Document
from nlp.gist.matters import MatterSplitter
from nlp.gist.parts import words_between
from nlp.gist.sentence_topics import SentenceTopics
from nlp.gist.sentences import split
from nlp.letters import LabelledLetter, read
from nlp.reference import load_departments, load_topics
from nlp.segmentation import make_segmenter
from nlp.topics.cue_classifier import CueClassifier
from nlp.topics.cue_evidence import evidence_for

TOPICS, DEPARTMENTS = load_topics(), load_departments()
EVIDENCE = evidence_for(TOPICS, DEPARTMENTS)
READING = SentenceTopics(EVIDENCE, [topic.code for topic in TOPICS if topic.parent_code is None])
INDEX, SEGMENTER = CueIndex(EVIDENCE.phrases), make_segmenter()


class Counting(CueClassifier):
    asked = 0

    def predict(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        self.asked += len(documents)
        return super().predict(documents)


CLASSIFIER = Counting(TOPICS, DEPARTMENTS)
SPLITTER = MatterSplitter(READING, CLASSIFIER)


def documents(*bodies: str) -> list[Document]:
    return list(read([LabelledLetter("", body, "") for body in bodies], SEGMENTER, INDEX))


def propose(body: str) -> list[tuple[str, list[str]]]:
    [document] = documents(body)
    [matters] = SPLITTER.propose(split([document]))
    whole = f"\n{body}"
    return [(m.topic_code[:3], [whole[span.start : span.end] for span in m.sentences]) for m in matters]


LIGHT = "滨江路的路灯全部不亮，晚上一片漆黑，请市政部门修好路灯。"
WAGES = "工地拖欠农民工工资，老板跑了，我们要求讨薪。"


def test_each_matter_has_its_sentences() -> None:
    assert propose(f"您好！{LIGHT}另外，{WAGES}谢谢！") == [("T04", [LIGHT]), ("T13", [f"另外，{WAGES}"])]


def test_a_change_of_cue_words_is_a_sign_too() -> None:
    assert [code for code, _ in propose(LIGHT + WAGES)] == ["T04", "T13"]


class Sure(CueClassifier):
    """Knows lights, and is sure that everything else is wages."""

    def predict(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        return [(TopicSuggestion("T0402" if "灯" in document.text else "T1301", 0.9),) for document in documents]


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (f"{LIGHT}厂里的老板上个星期就跑了，请帮我们找他。", 2),
        (f"{LIGHT.replace('请', '没等到')}厂里的老板上个星期就跑了，请帮我们找他。", 0),
        (f"{LIGHT}厂里的老板上个星期就跑了，没人管。", 0),
        (f"{LIGHT}请帮我们找老板。", 0),
    ],
)
def test_a_second_wish_after_something_else_is_a_sign(body: str, count: int) -> None:
    splitter = MatterSplitter(READING, Sure(TOPICS, DEPARTMENTS))
    assert len(splitter.propose(split(documents(body)))[0]) == count


@pytest.mark.parametrize(
    "body",
    [
        LIGHT,
        f"{LIGHT}另外，路灯的灯杆也歪了，请一起修好路灯。",
        f"{LIGHT}一、请换路灯；二、请公布路灯报修电话；三、请告诉我们路灯归谁管。",
        f"{LIGHT}另外，{WAGES[:-1]}，那是另一回事，以后再写。",
        "谢谢！",
        "",
    ],
)
def test_one_matter_is_not_split(body: str) -> None:
    assert propose(body) == []


def test_the_same_matter_again_joins_the_first() -> None:
    assert [code for code, _ in propose(f"{LIGHT}另外，{WAGES}还有，{LIGHT}")] == ["T04", "T13"]


def test_the_batch_does_not_matter() -> None:
    found = documents(LIGHT, f"{LIGHT}另外，{WAGES}", "谢谢！")
    together = SPLITTER.propose(split(found))
    assert together == [SPLITTER.propose(split([document]))[0] for document in found]
    assert SPLITTER.propose(split([])) == []


def test_letters_without_a_sign_are_not_asked_about() -> None:
    before = CLASSIFIER.asked
    propose(LIGHT)
    assert CLASSIFIER.asked == before


def test_spans_point_into_the_original() -> None:
    body = f"<p>{LIGHT}</p>&nbsp;另外，{WAGES.replace('拖欠', '拖<b></b>欠')}"
    assert propose(body)[1][1][0].startswith("另外，工地拖<b></b>欠")


@pytest.mark.parametrize("piece", ["另外，", "二、", f"另外{WAGES}", "路灯。"])
def test_a_text_made_to_be_slow_is_not(piece: str) -> None:
    found = documents(piece * (50_000 // len(piece)))
    SPLITTER.propose(split(found))


def test_the_parts_keep_their_words() -> None:
    [document] = documents(f"{LIGHT}另外，{WAGES}")
    ends = word_ends(document.body_words, document.body_start)
    for start in range(document.body_start, len(document.text), 3):
        for end in range(start + 1, len(document.text) + 1, 4):
            found = words_between(document.text, ends, start, end)
            assert "".join(found) == document.text[start:end]
            assert {end - len("".join(found[place:])) for place in range(1, len(found))} <= set(ends), "uncut words"
