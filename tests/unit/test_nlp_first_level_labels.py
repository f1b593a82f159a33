"""A label that names only a first-level topic teaches the likeliest sub-topic below it."""

import pytest

from models.errors import Invalid
from nlp.letters import LabelledLetter
from nlp.reference import load_departments, load_topics
from nlp.topics import city_training
from nlp.topics.artifacts import Artifact
from nlp.topics.city_training import train_city
from nlp.topics.default_classifier import default_folders, prepare_default, reference_segmenter
from nlp.topics.first_level_labels import name_exactly

TOPICS, DEPARTMENTS = load_topics(), load_departments()
LAMP = LabelledLetter("", "巷子里的路灯全灭了，夜里走路看不见脚下。", "T04", number=1, weight=2.0)
LID = LabelledLetter("", "人行道上的井盖不见了，掉下去一个骑车的。", "T0404", number=2)


@pytest.fixture(scope="module")
def default() -> Artifact:
    return prepare_default(default_folders())


def test_the_likeliest_sub_topic_below_the_label_is_taught(default: Artifact) -> None:
    lamp, lid = name_exactly([LAMP, LID], TOPICS, DEPARTMENTS, default, reference_segmenter())
    assert (lamp.label, lamp.parent, lamp.number) == ("T0402", "T04", 1)
    assert 1.0 < lamp.weight <= 2.0, "it counts as much as it is likelier than its neighbours"
    assert lid == LID


def test_it_stays_below_the_label_whatever_the_text_says(default: Artifact) -> None:
    [found] = name_exactly([LabelledLetter("", LAMP.body, "T10")], TOPICS, DEPARTMENTS, default, reference_segmenter())
    assert found.label.startswith("T10") and found.weight < 0.9


def test_a_label_that_the_city_does_not_have_is_handed_on(default: Artifact) -> None:
    unknown = LabelledLetter("", "说不清的事", "T99")
    assert name_exactly([unknown], TOPICS, DEPARTMENTS, default, reference_segmenter()) == [unknown]


def test_the_nightly_training_learns_from_it_and_neither_shows_nor_counts_it(
    default: Artifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt: list[tuple[str, str]] = []

    class Enough(Exception):
        pass

    def watch(letters: list[LabelledLetter], *rest: object, references: list[str], **more: object) -> None:
        learnt.extend(zip([letter.label for letter in letters], references, strict=True))
        raise Enough

    monkeypatch.setattr(city_training, "train_taxonomy", watch)
    letters = [(LAMP, "submission:1"), (LID, "submission:2")] * 10
    with pytest.raises(Enough):
        train_city(letters, TOPICS, DEPARTMENTS, default=default, on_progress=lambda *_: None)
    assert set(learnt) == {("T0402", ""), ("T0404", "submission:2")}
    # without the default classifier nobody knows which sub-topic it is
    with pytest.raises(Invalid, match="10 件"):
        train_city(letters, TOPICS, DEPARTMENTS, on_progress=lambda *_: None)
