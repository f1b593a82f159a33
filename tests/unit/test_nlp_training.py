"""Training on our own letters: what is learnt, what is promised of it, and what bad data do to it."""

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from models.errors import Invalid
from nlp.letters import LabelledLetter, read
from nlp.segmentation import make_segmenter
from nlp.topics import labels
from nlp.topics.features import WITH_CUES, learn, vectors
from nlp.topics.heads import fit, probabilities
from nlp.topics.training import Training, train
from tests.unit.nlp_documents import make_document
from tests.unit.nlp_letters import corpus_letters

SEGMENTER = make_segmenter()
PARENTS = ("T02", "T10", "T13")
GROUPS = {"T02": "住房", "T06": "出行", "T10": "民生", "T13": "民生"}


def learn_from(letters: list[LabelledLetter]) -> Training:
    return train(letters, SEGMENTER, on_progress=lambda *_: None)


@cache
def flat() -> Training:
    return learn_from(list(corpus_letters(*PARENTS)))


def two_levels() -> list[LabelledLetter]:
    """民生 has two sub-topics with examples enough, 住房 has one and a rare one, 出行 none."""
    letters = [replace(letter, parent=GROUPS[letter.label]) for letter in corpus_letters(*GROUPS)]
    letters = [replace(letter, label="") if letter.parent == "出行" else letter for letter in letters]
    rare = {letter.number for letter in letters if letter.parent == "住房"}
    few = sorted(rare)[:10]
    return [
        replace(letter, label="T0299") if letter.parent == "住房" and letter.number in few else letter
        for letter in letters
    ]


@cache
def deep() -> Training:
    return learn_from(two_levels())


def test_it_learns_what_the_labels_say() -> None:
    assert flat().scores.macro_f1 > 0.8
    assert flat().scores.letters == flat().letters == len(corpus_letters(*PARENTS))
    best = flat().model.predict([make_document("包工头欠我们工资半年了，上班没有签劳动合同", title="讨薪")])[0][0]
    assert best.topic_code == "T13"
    assert "工资" in best.cues


def test_letters_without_titles_teach_too() -> None:
    bare = [replace(letter, title="", body=f"{letter.title}。{letter.body}") for letter in corpus_letters(*PARENTS)]
    learnt = learn_from(bare)
    assert learnt.scores.macro_f1 > 0.8
    assert learnt.model.predict([make_document("包工头欠我们工资半年了")])[0][0].topic_code == "T13"


def test_progress_goes_from_start_to_end() -> None:
    said: list[float] = []
    train(corpus_letters(*PARENTS), SEGMENTER, on_progress=lambda _, fraction: said.append(fraction))
    assert said == sorted(said)
    assert said[-1] == pytest.approx(1.0)


def test_random_labels_are_not_learnt() -> None:
    """Figures come from letters that were not learnt from: where there is nothing to learn they show it."""
    labels = np.random.default_rng(3).permutation([letter.label for letter in corpus_letters(*PARENTS)]).tolist()
    letters = [replace(one, label=label) for one, label in zip(corpus_letters(*PARENTS), labels, strict=True)]
    scores = learn_from(letters).scores
    assert scores.accuracy < 0.55
    assert scores.coverage_at_98 == 0


def test_copies_do_not_improve_the_figures() -> None:
    """Letters of random labels, each four times: a split that separates copies would find them again."""
    labels = np.random.default_rng(3).permutation([letter.label for letter in corpus_letters("T02", "T10")]).tolist()
    copies = [
        replace(letter, label=label, body=f"{greeting}{letter.body}")
        for letter, label in zip(corpus_letters("T02", "T10"), labels, strict=True)
        for greeting in ("", "您好！", "领导好：", "")
        if len(letter.body) > 30
    ]
    assert learn_from(copies).scores.accuracy < 0.65


def test_heads_fold_into_one_linear_model_and_unseen_is_unseen() -> None:
    documents = list(read(corpus_letters("T02", "T10"), SEGMENTER))
    rows = vectors(documents, learn(documents, WITH_CUES))
    targets = np.array([int(letter.label == "T10") for letter in corpus_letters("T02", "T10")])
    folds = np.arange(len(targets)) % 3
    fitted = fit(rows, targets, 2, folds, lambda: None)
    seen = probabilities(fitted.model.scores(rows))
    assert np.allclose(seen.sum(axis=1), 1)
    assert np.allclose(fitted.unseen.sum(axis=1), 1)
    assert (seen.argmax(axis=1) == targets).mean() > (fitted.unseen.argmax(axis=1) == targets).mean() > 0.8
    assert all(np.allclose(table.sum(axis=1), 0, atol=1e-4) for table in fitted.model.weights.values())


# Two levels


def test_parent_and_sub_topic_never_contradict() -> None:
    model = deep().model
    assert set(model.top.codes) == {"住房", "出行", "民生"}
    assert set(model.codes) == {"住房", "T02", "出行", "T10", "T13"}
    documents = list(read(corpus_letters(*GROUPS), SEGMENTER))[::5]
    rows = vectors(documents, model.blocks)
    parents = model.top_shares(rows)
    for index, suggestions in enumerate(model.predict(documents)):
        for suggestion in suggestions:
            share = parents[index, model.top.codes.index(model.parent(suggestion.topic_code))]
            assert suggestion.confidence <= share + 1e-4
    assert deep().parent_scores is not None


def test_a_sub_topic_with_few_examples_is_its_parent() -> None:
    assert "T0299" not in deep().model.codes
    assert deep().model.below["住房"].codes == ("T02", "住房")
    assert "出行" not in deep().model.below


def test_one_name_below_two_parents_is_two_topics() -> None:
    letters = [
        replace(letter, parent=letter.label, label="其他" if index % 2 else f"{letter.label}甲")
        for parent in ("T02", "T10")
        for index, letter in enumerate(corpus_letters(parent))
    ]
    assert {"T02/其他", "T10/其他"} <= set(learn_from(letters).model.codes)


# Bad data


def test_a_class_with_one_example_is_left_out_and_said() -> None:
    lonely = LabelledLetter("孤例", "只有这一件，谈的是别的事情。", "孤")
    training = learn_from([*corpus_letters(*PARENTS), lonely])
    assert training.left_out == {"类别“孤”不足 5 件内容不同的来信": 1}
    assert "孤" not in training.model.codes


def test_copies_do_not_make_a_class() -> None:
    copies = [LabelledLetter("孤例", "只有这一件，谈的是别的事情。", "孤")] * 9
    assert "孤" not in learn_from([*corpus_letters(*PARENTS), *copies]).model.codes


@pytest.mark.parametrize("letters", [(), corpus_letters("T02"), corpus_letters("T02", "T10")[:3]])
def test_too_little_to_learn_from_is_said(letters: tuple[LabelledLetter, ...]) -> None:
    with pytest.raises(Invalid, match="至少要有两个类别"):
        learn_from(list(letters))


def test_empty_texts_and_labels_are_left_out_and_counted() -> None:
    extra = [LabelledLetter(" ", "\n", "T02"), LabelledLetter("有文字", "没有标签", "")]
    assert learn_from([*corpus_letters(*PARENTS), *extra]).left_out == {"没有文字": 1, "没有标签": 1}


def test_contradictory_labels_are_listed() -> None:
    first = replace(corpus_letters("T02")[0], number=900)
    training = learn_from([*corpus_letters(*PARENTS), replace(first, label="T13", number=901)])
    assert (corpus_letters("T02")[0].number, 901) in training.contradictory


def test_a_wrong_label_is_suspected() -> None:
    letters = list(corpus_letters(*PARENTS))
    sure = next(i for i, letter in enumerate(letters) if letter.label == "T13" and "工资" in letter.body)
    letters[sure] = replace(letters[sure], label="T10", number=777)
    found = {suspect.number: suspect for suspect in learn_from(letters).suspects}
    assert (found[777].label, found[777].suggested) == ("T10", "T13")


def test_very_long_odd_and_foreign_texts_are_taken() -> None:
    odd = ["房" * 50_000, "😡" * 300, "1234567890", "help me please", "這裡的路燈壞了", "a\x00\ud800b", "X"]
    letters = [*corpus_letters(*PARENTS), *(LabelledLetter("", text, "T02") for text in odd)]
    training = learn_from(letters)
    documents = list(read([LabelledLetter("", text, "") for text in [*odd, ""]], SEGMENTER))
    suggested = training.model.predict(documents)
    assert suggested[-1] == ()
    assert all(sum(s.confidence for s in found) <= 1.0001 for found in suggested)


def test_very_many_letters_are_thinned_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "MOST_LETTERS", 200)
    letters = [LabelledLetter("", str(i), "often" if i % 10 else "seldom", number=i) for i in range(1000)]
    chosen, left_out = labels.choose(letters)
    counts = Counter(letter.label for letter in chosen)
    assert counts == {"often": 180 + labels.LEAST_OF_A_SUBTOPIC * 4 // 5, "seldom": 44}
    assert sum(left_out.values()) == 1000 - len(chosen)
    assert chosen[-1].number > 980, "over the whole file"
