"""Letters labelled by a teacher: every likely topic, with its probability, in the words of the labels of people."""

from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np

from nlp.distillation import LEAST_LIKELY, Weighted, distil
from nlp.labels import assign_codes
from nlp.letters import LabelledLetter, read
from tests.unit.nlp_letters import corpus_letters
from tests.unit.test_nlp_training import PARENTS, SEGMENTER, deep, flat, two_levels


def unlabelled(letters: tuple[LabelledLetter, ...]) -> list[LabelledLetter]:
    return [replace(letter, label="", parent="", number=number) for number, letter in enumerate(letters)]


def test_a_letter_enters_once_for_every_likely_topic() -> None:
    letters = unlabelled(corpus_letters(*PARENTS))
    doubtful = [
        LabelledLetter("", f"{one.body}{other.body}", "")
        for one, other in zip(letters[:150], letters[150:300], strict=True)
    ]
    by_body: dict[str, list[Weighted]] = defaultdict(list)
    for weighted in distil(flat().model, doubtful, SEGMENTER, two_levels=False):
        by_body[weighted.letter.body].append(weighted)
    assert by_body.keys() == {letter.body for letter in doubtful}
    for found in by_body.values():
        labels = [weighted.letter.label for weighted in found]
        assert len(set(labels)) == len(labels)
        assert set(labels) <= set(PARENTS)
        assert sum(weighted.weight for weighted in found) <= 1
        assert min(weighted.weight for weighted in found) >= LEAST_LIKELY
    assert max(map(len, by_body.values())) > 1, "two matters in one letter are two topics"


def test_the_weights_are_what_the_teacher_believes() -> None:
    letters = unlabelled(corpus_letters("T02"))[:300]
    said = flat().model.predict(list(read(letters, SEGMENTER)))
    expected = [
        (letter.number, one.topic_code, one.confidence)
        for letter, suggestions in zip(letters, said, strict=True)
        for one in suggestions
        if one.confidence >= 0.2
    ]
    found = distil(flat().model, letters, SEGMENTER, two_levels=False, least=0.2)
    assert [(one.letter.number, one.letter.label, one.weight) for one in found] == expected


def test_what_the_teacher_knows_nothing_of_teaches_nothing() -> None:
    strange = [LabelledLetter("", "", ""), LabelledLetter("", "😡", ""), LabelledLetter("", "拖欠工资", "")]
    assert {one.letter.body for one in distil(flat().model, strange, SEGMENTER, two_levels=False)} == {"拖欠工资"}
    assert list(distil(flat().model, [], SEGMENTER, two_levels=False)) == []


def test_two_levels_are_learnt_as_the_topics_that_were_meant() -> None:
    letters = unlabelled(corpus_letters("T02", "T06", "T10", "T13"))
    taught = [one.letter for one in distil(deep().model, letters, SEGMENTER, two_levels=True, least=0.5)]
    assert {letter.parent for letter in taught} == {"住房", "出行", "民生"}
    people = two_levels()
    together = people + taught
    groups = np.arange(len(together))
    left_out: Counter[str] = Counter()
    codes, kept = assign_codes(together, groups, left_out)
    assert len(kept) == len(together), left_out
    meant = [
        one.topic_code
        for suggestions in deep().model.predict(list(read(letters, SEGMENTER)))
        for one in suggestions
        if one.confidence >= 0.5
    ]
    assert codes[len(people) :] == meant
