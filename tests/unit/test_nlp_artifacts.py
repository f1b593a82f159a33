"""A trained classifier on disk: whole, reproducible, ours; anything else is refused with a sentence."""

import json
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.errors import Invalid, Unavailable
from nlp.artifact_files import CARD, WEIGHTS, file_hash
from nlp.letters import LabelledLetter, read
from nlp.pipeline import Pipeline, build_reference_pipeline
from nlp.topics import artifacts
from nlp.topics.cue_classifier import TopicClassifier
from nlp.topics.judging import evaluate
from tests.analyser_contract import check_analyser
from tests.unit.nlp_letters import corpus_letters
from tests.unit.test_nlp_training import PARENTS, SEGMENTER, deep, flat, learn_from, two_levels


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flat")
    artifacts.save(
        folder, flat().model, segmenter=SEGMENTER.version, about={"threshold": 0.9, "trained_on": "2024-01-05"}
    )
    return folder


@pytest.fixture(scope="module")
def deep_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deep")
    artifacts.save(folder, deep().model, segmenter=SEGMENTER.version, about={"threshold": None})
    return folder


def test_what_is_loaded_says_what_was_saved(folder: Path, deep_folder: Path) -> None:
    for place, model in ((folder, flat().model), (deep_folder, deep().model)):
        loaded = artifacts.load(place).model
        documents = list(read(corpus_letters(*PARENTS), SEGMENTER))[::7]
        assert (loaded.version, loaded.codes) == (model.version, model.codes)
        for one, other in zip(loaded.predict(documents), model.predict(documents), strict=True):
            assert one[0].topic_code == other[0].topic_code
            assert one[0].confidence == pytest.approx(other[0].confidence, abs=2e-3), "weights are kept in 16 bits"


@pytest.mark.parametrize("levels", ["folder", "deep_folder"])
def test_the_contract_of_analysers_holds(levels: str, request: pytest.FixtureRequest) -> None:
    model: TopicClassifier = artifacts.load(request.getfixturevalue(levels)).model
    pipeline = Pipeline(replace(build_reference_pipeline().parts, topics=model))
    check_analyser(pipeline, set(artifacts.load(request.getfixturevalue(levels)).model.codes))


def test_the_same_letters_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = learn_from(list(corpus_letters(*PARENTS)))
    about = {"threshold": 0.9, "trained_on": "2024-01-05"}
    artifacts.save(tmp_path, again.model, segmenter=SEGMENTER.version, about=about)
    for name in (CARD, WEIGHTS):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [CARD, WEIGHTS]


def test_the_card_says_what_it_was_made_with(folder: Path) -> None:
    card = artifacts.load(folder).card
    assert card["segmenter"] == SEGMENTER.version
    assert card["trained_on"] == "2024-01-05"
    assert card["levels"]["top"]["codes"] == list(PARENTS)
    assert flat().data_hash.startswith(str(card["version"]).split("+")[1])


def test_cues_are_words_of_the_text_that_speak_for_the_topic(folder: Path) -> None:
    model = artifacts.load(folder).model
    letter = LabelledLetter("讨薪", "包工头欠我们工资半年了，上班没有签劳动合同。", "")
    [document] = read([letter], SEGMENTER)
    [suggestions] = model.predict([document])
    cues = suggestions[0].cues
    assert 1 <= len(cues) <= 5
    assert all(cue in document.text for cue in cues)
    # without them the topic is less sure
    body = letter.body
    for cue in cues:
        body = body.replace(cue, "")
    [poorer] = read([LabelledLetter(letter.title, body, "")], SEGMENTER)
    [after] = model.predict([poorer])
    assert {s.topic_code: s.confidence for s in after}.get("T13", 0.0) < suggestions[0].confidence


def change_card(**changes: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        (folder / CARD).write_text(json.dumps(card | changes), encoding="utf-8")

    return change


def change_arrays(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Other arrays, with a card that vouches for them."""

    def apply(folder: Path) -> None:
        with np.load(folder / WEIGHTS) as stored:
            arrays = {name: stored[name] for name in stored.files}
        change(arrays)
        np.savez(folder / WEIGHTS, **arrays)
        change_card(files={WEIGHTS: file_hash(folder / WEIGHTS)})(folder)

    return apply


def flip_a_bit(folder: Path) -> None:
    data = bytearray((folder / WEIGHTS).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / WEIGHTS).write_bytes(data)


def write_pickle(folder: Path) -> None:
    with (folder / WEIGHTS).open("wb") as file:
        np.save(file, np.array([print], dtype=object), allow_pickle=True)
    change_card(files={WEIGHTS: file_hash(folder / WEIGHTS)})(folder)


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "a bit": (flip_a_bit, "校验值不符"),
    "cut off": (lambda folder: (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:1000]), "校验值不符"),
    "no weights": (lambda folder: (folder / WEIGHTS).unlink(), "无法读取"),
    "no card": (lambda folder: (folder / CARD).unlink(), "没有模型卡片"),
    "card is no JSON": (lambda folder: (folder / CARD).write_text("{", encoding="utf-8"), "已损坏"),
    "card is no object": (lambda folder: (folder / CARD).write_text("[]", encoding="utf-8"), "不是本程序"),
    "foreign": (change_card(format="other"), "不是本程序"),
    "older format": (change_card(format_version=0), "格式版本是 0"),
    "older features": (change_card(features="features/0"), "特征版本"),
    "older cleaning": (change_card(cleaning="cleaning/0"), "清洗版本"),
    "card without levels": (change_card(levels={}), "不完整"),
    "more codes than weights": (
        change_card(levels={"top": {"parent": None, "codes": ["a", "b", "c", "d"]}}),
        "不完整",
    ),
    "a code twice": (change_card(levels={"top": {"parent": None, "codes": ["a", "b", "b"]}}), "不完整"),
    "no hash": (change_card(files={}), "不完整"),
    "pickle": (write_pickle, "不完整"),
    "object array": (change_arrays(lambda a: a.update({"idf/words": np.array([print], dtype=object)})), "不完整"),
    "array gone": (change_arrays(lambda arrays: arrays.pop("idf/words")), "不完整"),
    "slots out of range": (change_arrays(lambda a: a["slots/words"].__setitem__(-1, 1 << 30)), "不完整"),
    "slots below zero": (change_arrays(lambda a: a["slots/words"].__setitem__(0, -5)), "不完整"),
    "no number": (change_arrays(lambda a: a["top/weights/words"].__setitem__((0, 0), np.nan)), "不完整"),
    "other shape": (change_arrays(lambda a: a.update({"top/bias": np.zeros(2)})), "不完整"),
    "text for numbers": (change_arrays(lambda a: a.update({"top/bias": np.array(["x", "y", "z"])})), "不完整"),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_what_is_not_ours_or_not_whole_is_refused(kind: str, folder: Path, tmp_path: Path) -> None:
    spoil, message = SPOILT[kind]
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    spoil(copy)
    with pytest.raises(Invalid, match=message):
        artifacts.load(copy)


def test_another_dictionary_is_refused_another_engine_not(folder: Path) -> None:
    loaded = artifacts.load(folder)
    digest = SEGMENTER.version.split("+")[1]
    loaded.check_segmenter(f"jieba-9+{digest}")
    with pytest.raises(Invalid, match="词典"):
        loaded.check_segmenter("rjieba-1+00000000")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="无法写入"):
        artifacts.save(tmp_path / "file" / "below", flat().model, segmenter="x", about={})


def test_the_card_is_for_its_owner_alone(folder: Path) -> None:
    """It quotes titles of letters."""
    assert stat.S_IMODE((folder / CARD).stat().st_mode) & 0o077 == 0


# Evaluation with an artifact


def test_evaluation_of_letters_it_knows(folder: Path) -> None:
    judged = evaluate(artifacts.load(folder), corpus_letters(*PARENTS), SEGMENTER)
    assert judged.scores.accuracy > 0.95
    assert judged.scores.coverage_at_98 > 0.9
    assert (judged.unseen_labels, judged.left_out) == ({}, {})


def test_unseen_labels_count_as_wrong_and_are_named(folder: Path) -> None:
    letters = [*corpus_letters("T13"), *corpus_letters("T20")]
    judged = evaluate(artifacts.load(folder), letters, SEGMENTER)
    assert judged.unseen_labels == {"T20": len(corpus_letters("T20"))}
    assert judged.scores.accuracy <= len(corpus_letters("T13")) / len(letters)
    with pytest.raises(Invalid, match="没有一件来信的类别是模型认识的"):
        evaluate(artifacts.load(folder), corpus_letters("T20"), SEGMENTER)


def test_a_rare_sub_topic_is_asked_for_as_its_parent(deep_folder: Path) -> None:
    judged = evaluate(artifacts.load(deep_folder), two_levels(), SEGMENTER)
    assert {row.label for row in judged.scores.per_class} == set(deep().model.codes)
    assert judged.scores.accuracy > 0.9
    assert judged.scores.coverage_at_98 == 0, "a training that promises nothing leaves all to people"
