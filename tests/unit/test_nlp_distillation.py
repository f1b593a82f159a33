"""Letters labelled by a teacher: its best topic, as sure as it is, in the words of the labels of people."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from models.errors import Invalid
from nlp.encoders.distillation import TRUST, distil
from nlp.encoders.student import learn_from
from nlp.letters import LabelledLetter, read
from nlp.topics.labels import assign_codes
from nlp.topics.training import train
from tests.unit.nlp_letters import corpus_letters
from tests.unit.test_nlp_training import PARENTS, SEGMENTER, deep, flat, two_levels


def unlabelled(*parents: str) -> list[LabelledLetter]:
    letters = corpus_letters(*parents)
    return [replace(letter, label="", parent="", number=number) for number, letter in enumerate(letters)]


def test_a_letter_counts_as_much_as_the_teacher_is_sure() -> None:
    letters = unlabelled("T02", "T20")
    said = flat().model.predict(list(read(letters, SEGMENTER)))
    taught = list(distil(flat().model, letters, SEGMENTER, two_levels=False))
    assert [letter.number for letter in taught] == [letter.number for letter in letters], "in order, across batches"
    assert [letter.label for letter in taught] == [suggestions[0].topic_code for suggestions in said]
    assert [letter.weight for letter in taught] == [TRUST * suggestions[0].confidence for suggestions in said]
    assert {letter.parent for letter in taught} == {""}
    assert max(letter.weight for letter in taught) <= TRUST < 1, "less than a letter that people labelled"


def test_what_the_teacher_knows_nothing_of_teaches_nothing() -> None:
    letters = [LabelledLetter("", "", ""), LabelledLetter("", "😡", ""), LabelledLetter("", "拖欠工资", "")]
    [taught] = distil(flat().model, letters, SEGMENTER, two_levels=False, trust=1.0)
    assert (taught.body, taught.label) == ("拖欠工资", "T13")
    assert taught.weight == pytest.approx(flat().model.predict(list(read(letters, SEGMENTER)))[2][0].confidence)
    assert list(distil(flat().model, [], SEGMENTER, two_levels=False)) == []


def test_two_levels_are_learnt_as_the_topics_that_were_meant() -> None:
    letters = unlabelled("T02", "T06", "T10", "T13")
    taught = list(distil(deep().model, letters, SEGMENTER, two_levels=True))
    assert {letter.parent for letter in taught} == {"住房", "出行", "民生"}
    people = two_levels()
    together = people + taught
    left_out: Counter[str] = Counter()
    codes, kept = assign_codes(together, np.arange(len(together)), left_out)
    assert (len(kept), left_out) == (len(together), Counter())
    meant = [suggestions[0].topic_code for suggestions in deep().model.predict(list(read(letters, SEGMENTER)))]
    assert codes[len(people) :] == meant


# The student


def test_a_student_learns_from_its_teacher_and_is_judged_by_people() -> None:
    """Letters like those that judge it are not among the taught."""
    people = [letter for number, letter in enumerate(corpus_letters(*PARENTS)) if number % 4 == 0]
    copies = [replace(letter, label="") for letter in people]
    others = unlabelled(*PARENTS)
    student = learn_from(flat().model, people, [*copies, *others], SEGMENTER, on_progress=lambda *_: None)
    kept_back = student.scores.letters
    assert 0 < kept_back <= len(people) / 5
    assert student.taught <= len(copies) + len(others) - 2 * kept_back
    assert student.training.letters == len(people) - kept_back + student.taught
    assert student.scores.macro_f1 >= 0.7
    assert student.teacher_scores.letters == kept_back
    assert student.threshold is None, "so few letters prove nothing"


def test_a_teacher_of_other_topics_is_refused() -> None:
    with pytest.raises(Invalid, match="没有一个相同"):
        learn_from(flat().model, corpus_letters("T20"), [], SEGMENTER, on_progress=lambda *_: None)


def test_taught_letters_weigh_less_than_those_of_people() -> None:
    """A teacher that is wrong about everything cannot turn the student: what people say counts more."""
    people = list(corpus_letters("T02", "T13"))
    wrong = {"T02": "T13", "T13": "T02"}
    taught = [
        replace(letter, label=wrong[letter.label], weight=TRUST * 0.9, body=f"{letter.body}。") for letter in people
    ]
    model = train([*people, *taught], SEGMENTER, on_progress=lambda *_: None).model
    said = model.predict(list(read(people, SEGMENTER)))
    right = [one[0].topic_code == letter.label for one, letter in zip(said, people, strict=True)]
    assert np.mean(right) > 0.9
