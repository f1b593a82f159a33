"""Models of tone: learnt, kept, loaded, refused, and what people call their labels."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from typer.testing import CliRunner

from api.commands.application import application
from models.analysis import AppealType, Emotion, Sentiment
from models.errors import Invalid
from nlp.artifact_files import file_hash
from nlp.letters import LabelledLetter
from nlp.ngrams import lay_out
from nlp.tone import artifacts, default, grams, learning
from nlp.tone.corpus import load_posts
from nlp.tone.judging import ToneJudge
from nlp.tone.labels import What, values_of
from nlp.tone.model import ToneModel
from nlp.tone.reading import tone_reader
from nlp.tone.training import evaluate, train
from tests.unit.nlp_documents import make_document

# Words that no list knows: what is learnt here is learnt from the labels.
_WORDS = {"negative": "乌木船", "neutral": "灰石阶", "positive": "绿竹筒"}


def letters(count: int = 12) -> list[LabelledLetter]:
    things = "桥灯树门窗井墙路车站池亭塔楼院坡"
    return [
        LabelledLetter("", f"{things[n]}边第{n}次看到{word}停在{things[-n]}旁{n * 7}天", label, number=n)
        for label, word in _WORDS.items()
        for n in range(1, count + 1)
    ]


def test_a_city_s_labels_are_learnt_kept_and_served(tmp_path: Path) -> None:
    training = train(letters(), What.SENTIMENT)
    assert training.scores.accuracy > 0.9
    artifacts.save(tmp_path, {What.SENTIMENT: training.model}, {"letters": training.letters})
    loaded = artifacts.load(tmp_path).models
    judge = ToneJudge(trained=loaded)
    documents = [make_document(f"又见{word}", phrases=judge.phrases) for word in _WORDS.values()]
    found = judge.judge_all(documents, [AppealType.COMPLAIN] * len(documents))
    assert [finding.sentiment.value for finding in found] == list(_WORDS)
    assert found[0].score < found[1].score < found[2].score
    assert training.model.version in judge.version


def test_the_same_labels_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        artifacts.save(tmp_path / name, {What.SENTIMENT: train(letters(), What.SENTIMENT).model}, {})
    for file in ("card.json", "weights.npz"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_words_have_a_say_beside_runs_of_characters() -> None:
    model = train(letters(), What.SENTIMENT).model
    assert model.reads_words
    documents = [make_document(f"又见{word}", phrases=tone_reader().phrases) for word in _WORDS.values()]
    reading, shares = tone_reader().read(documents), model.shares(tone_reader().read(documents))
    assert shares.argmax(axis=1).tolist() == [0, 1, 2]
    characters = np.flatnonzero(model.slots < grams.WORDS)
    deaf = ToneModel.of(
        model.version,
        model.labels,
        model.slots[characters],
        model.weights[1:][characters],
        model.sign_weights,
        model.bias,
    )
    assert not deaf.reads_words
    assert (deaf.shares(reading).max(axis=1) < shares.max(axis=1)).all()
    judge = ToneJudge(trained={What.SENTIMENT: model})
    appeals = [AppealType.COMPLAIN] * len(documents)
    assert judge.judge_all(documents, appeals) == judge.judge_all(documents, appeals, [lay_out(documents)])


@pytest.mark.parametrize("classes", [2, 3])
def test_a_column_decides_as_far_as_it_tells_labels_apart(classes: int) -> None:
    # Each label has a column of its own, that stands in half of its texts and in a tenth of the others; the last two
    # columns stand everywhere alike, one of them beyond the width.
    random, targets = np.random.default_rng(3), np.arange(600) % classes
    own = random.random((600, classes)) < np.where(np.eye(classes, dtype=np.bool_)[targets], 0.5, 0.1)
    rows = csr_matrix(np.hstack([own, random.random((600, 2)) < 0.5]).astype(np.float64))
    weights, bias = learning.by_what_tells(classes + 1)(rows, targets, classes, np.ones(600))
    assert np.abs(weights[classes:]).max() < np.diag(weights[:classes]).min() / 4
    assert (weights[:classes].argmax(axis=1) == np.arange(classes)).all()
    clear = own.sum(axis=1) == 1
    said = (rows @ weights + bias).argmax(axis=1)
    assert (said[clear] == own[clear].argmax(axis=1)).all()


def test_labels_that_cannot_teach_are_refused() -> None:
    with pytest.raises(Invalid, match="不认识的标注"):
        train([LabelledLetter("", "字", "蓝色")], What.SENTIMENT)
    with pytest.raises(Invalid, match="至少要有两种标注"):
        train(letters(3), What.SENTIMENT)
    with pytest.raises(Invalid, match="没有一件"):
        train([LabelledLetter("", "字", "")], What.SENTIMENT)


def test_what_people_call_their_labels() -> None:
    assert values_of(What.SENTIMENT, ["0", "1"]) == {"0": "negative", "1": "positive"}
    assert values_of(What.SENTIMENT, ["-1", "0", "1"])["0"] == "neutral"
    assert values_of(What.SENTIMENT, ["负面", "Positive"]) == {"负面": "negative", "Positive": "positive"}
    assert values_of(What.EMOTION, ["angry", "neutral", "高兴"]) == {
        "angry": "anger",
        "neutral": "none",
        "高兴": "joy",
    }


def test_evaluating_counts_what_the_model_cannot_say() -> None:
    two = train([letter for letter in letters() if letter.label != "neutral"], What.SENTIMENT)
    judged = evaluate(two.model, What.SENTIMENT, letters())
    assert judged.unseen_labels == {"neutral": 12}
    assert judged.scores.accuracy < 0.7
    assert judged.worst and all(error.label == "neutral" for error in judged.worst)


def test_what_is_not_ours_or_not_whole_is_refused(tmp_path: Path) -> None:
    artifacts.save(tmp_path, {What.SENTIMENT: train(letters(), What.SENTIMENT).model}, {})
    assert artifacts.is_tone(tmp_path) and not artifacts.is_tone(tmp_path / "nowhere")
    card = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))
    (tmp_path / "card.json").write_text(json.dumps(card | {"grams": "grams/0"}), encoding="utf-8")
    with pytest.raises(Invalid, match="特征版本"):
        artifacts.load(tmp_path)
    (tmp_path / "card.json").write_text(json.dumps(card), encoding="utf-8")
    weights = (tmp_path / "weights.npz").read_bytes()
    (tmp_path / "weights.npz").write_bytes(weights[:-1] + b"x")
    with pytest.raises(Invalid, match="校验值不符"):
        artifacts.load(tmp_path)


def test_an_array_that_would_be_unpickled_is_refused(tmp_path: Path) -> None:
    artifacts.save(tmp_path, {What.SENTIMENT: train(letters(), What.SENTIMENT).model}, {})
    arrays: dict[str, Any] = {"sentiment/slots": np.array([{}], dtype=object)}
    np.savez(tmp_path / "weights.npz", **arrays)
    card = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))
    card["files"]["weights.npz"] = file_hash(tmp_path / "weights.npz")
    (tmp_path / "card.json").write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(Invalid, match="不完整"):
        artifacts.load(tmp_path)


def test_the_shipped_models_are_learnt_once_on_each_machine(tmp_path: Path) -> None:
    assert default.find_tone([tmp_path]) is None
    learnt = default.prepare_tone([tmp_path])
    assert set(learnt.models) == set(What)
    # words cost a letter time that only a city's own model is worth
    assert not any(model.reads_words for model in learnt.models.values())
    found = default.find_tone([tmp_path / "nowhere", tmp_path])
    assert found is not None
    assert default.prepare_tone([tmp_path]).card == found.card


def test_the_written_posts_are_marked_and_different() -> None:
    posts = load_posts()
    assert len({post.text for post in posts}) == len(posts) >= 400
    assert {post.sentiment for post in posts} == set(Sentiment)
    assert min(Counter(post.emotion for post in posts)[emotion] for emotion in Emotion) >= 25


@pytest.mark.parametrize("what", ["sentiment", "emotion"])
def test_the_commands_train_and_evaluate(tmp_path: Path, what: str) -> None:
    names = dict(zip(_WORDS, ("angry", "neutral", "happy"), strict=True)) if what == "emotion" else {}
    rows = "".join(f"{letter.body},{names.get(letter.label, letter.label)}\n" for letter in letters())
    (tmp_path / "data.csv").write_text("text,label\n" + rows, encoding="utf-8")
    where = ["--data", str(tmp_path / "data.csv"), "--text", "text", "--label", "label", "--json"]
    output = str(tmp_path / "model")
    result = CliRunner().invoke(application(), ["nlp", "train", "--what", what, *where, "--output", output])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["cross_validation"]["accuracy"] > 0.9
    result = CliRunner().invoke(application(), ["nlp", "evaluate", "--artifact", output, *where])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["macro_f1"] > 0.9
