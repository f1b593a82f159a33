"""Near-duplicates stay together, everything else apart; folds are even and never cut a group."""

from collections import Counter

import numpy as np

from nlp.document import Document
from nlp.topics.grouping import group_alike, split
from tests.unit.nlp_documents import make_document
from tests.unit.nlp_letters import corpus_letters

_LETTER = "我住在河东路的翠屏苑三单元，楼下烧烤店每晚经营到两点，油烟直接排到窗户，投诉多次没有结果，请环保部门来看看。"


def groups_of(*bodies: str) -> list[int]:
    return [int(group) for group in group_alike([make_document(body) for body in bodies])]


def test_the_same_letter_with_other_white_space_is_one_group() -> None:
    assert len(set(groups_of(_LETTER, _LETTER.replace("，", "， "), f"  {_LETTER}\n"))) == 1


def test_a_greeting_or_a_changed_word_makes_no_other_letter() -> None:
    one, two, three, other = groups_of(
        _LETTER,
        f"尊敬的领导您好！{_LETTER}谢谢！",
        _LETTER.replace("两点", "三点"),
        "公交车末班太早，能不能延长到十点半？",
    )
    assert one == two == three != other


def test_likeness_is_passed_on() -> None:
    """A ~ B ~ C: all one group, though A and C alone might not be."""
    steps = [_LETTER[i : i + 40] for i in (0, 6, 12)]
    assert len(set(groups_of(*steps))) == 1


def test_letters_of_different_people_are_different_groups() -> None:
    documents = [make_document(letter.body, title=letter.title) for letter in corpus_letters("T02", "T10")]
    assert len(np.unique(group_alike(documents))) >= 0.98 * len(documents)


def test_texts_too_short_for_triples_are_compared_whole() -> None:
    one, two, three, empty = groups_of("好", "好", "坏", "")
    assert one == two
    assert len({one, three, empty}) == 3


def test_no_documents() -> None:
    none: list[Document] = []
    assert group_alike(none).tolist() == []


def test_groups_stay_whole_and_folds_even() -> None:
    labels = ["a"] * 60 + ["b"] * 35 + ["c"] * 5
    groups = np.array([i // 3 if i < 60 else i for i in range(100)])
    folds = split(labels, groups, 5)
    assert all(len(set(folds[groups == group])) == 1 for group in groups)
    assert set(Counter(folds.tolist()).values()) <= {19, 20, 21}
    for label, expected in (("b", 7), ("c", 1)):
        assert set(Counter(f for f, name in zip(folds.tolist(), labels, strict=True) if name == label).values()) == {
            expected
        }
    assert split(labels, groups, 5).tolist() == folds.tolist()
    assert split(labels, groups, 5, seed=2).tolist() != folds.tolist()
