"""A fine-tuned encoder at work: the contract of classifiers, its folder on disk, and what is refused."""

import hashlib
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from models.errors import Invalid, Unavailable
from nlp.encoders import artifacts as encoder_artifacts
from nlp.encoders import export as encoder_export
from nlp.encoders import libraries as encoder_libraries
from nlp.encoders.artifacts import FILES, GRAPH, LEARNT, EncoderArtifact
from nlp.encoders.files import CARD, check_output, replacing
from nlp.encoders.judging import calibrate, together
from nlp.encoders.model import Encoder
from nlp.encoders.text import Reader, Tokens
from nlp.encoders.vocabulary import TOKENIZER
from nlp.letters import LabelledLetter, read
from nlp.pipeline import Pipeline, build_reference_pipeline
from nlp.topics import artifact_loading
from nlp.topics.cue_classifier import TopicClassifier
from nlp.topics.judging import evaluate
from tests.analyser_contract import check_analyser
from tests.unit.nlp_documents import make_document
from tests.unit.nlp_encoders import PARENTS, SEGMENTER, TUNING, keep, make_encoder, need_training, tune
from tests.unit.nlp_letters import corpus_letters
from tests.unit.test_nlp_training import two_levels

need_training()


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pretrained") / "encoder"
    make_encoder(folder)
    return folder


@pytest.fixture(scope="module")
def folder(encoder: Path) -> Path:
    keep(tune(encoder), encoder.parent / "flat", threshold=0.9)
    return encoder.parent / "flat"


@pytest.fixture(scope="module")
def deep_folder(encoder: Path) -> Path:
    keep(tune(encoder, two_levels()), encoder.parent / "deep", threshold=None)
    return encoder.parent / "deep"


def load(folder: Path) -> EncoderArtifact:
    artifact = artifact_loading.load(folder)
    assert isinstance(artifact, EncoderArtifact)
    return artifact


# What it says


@pytest.mark.parametrize("levels", ["folder", "deep_folder"])
def test_the_contract_of_analysers_holds(levels: str, request: pytest.FixtureRequest) -> None:
    """Order, a batch of one, an empty text and 50,000 characters are among it."""
    model: TopicClassifier = load(request.getfixturevalue(levels)).model
    pipeline = Pipeline(replace(build_reference_pipeline().parts, topics=model))
    check_analyser(pipeline, set(load(request.getfixturevalue(levels)).model.codes))


def test_neighbours_make_no_difference_not_even_in_a_bit(folder: Path) -> None:
    model = load(folder).model
    letters = [
        replace(letter, body=letter.body[:size]) for letter in corpus_letters("T02", "T13") for size in (3, 20, 99)
    ]
    texts = list(model.reader.read(list(read(letters, SEGMENTER))))[::7]
    assert {len(text.ids) <= 16 for text in texts} == {True, False}, "of several lengths"
    together_ = model.probabilities(texts)
    alone = np.vstack([model.probabilities([text]) for text in texts])
    assert np.array_equal(together_, alone)
    assert np.array_equal(model.probabilities(texts[::-1])[::-1], alone)
    assert np.array_equal(model.probabilities([texts[0]] * 40)[39], alone[0])
    assert np.array_equal(load(folder).model.probabilities(texts), together_), "nor does loading it again"


def test_texts_are_computed_together_and_few_at_a_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one letter of 50,000 characters takes must not be taken 256 times at once."""
    model = load(folder).model
    asked: list[tuple[int, int]] = []
    run = Encoder._run

    def watch(self: Encoder, texts: Sequence[Tokens], length: int) -> NDArray[np.float32]:
        asked.append((len(texts), length))
        return run(self, texts, length)

    monkeypatch.setattr(Encoder, "_run", watch)
    model.encoder.scores(list(model.reader.read(list(read(corpus_letters("T02"), SEGMENTER)))) * 4)
    assert max(texts for texts, _ in asked) == 16
    assert all(texts * length <= 512 for texts, length in asked)
    assert {length % 16 for _, length in asked} == {0}


def test_whole_numbers_stand_for_weights(folder: Path) -> None:
    """Every matrix and the table of characters; within the 7 bits that no processor overflows."""
    library = encoder_libraries.onnx()
    graph = library.load(folder / GRAPH).graph
    kinds = [node.op_type for node in graph.node]
    assert kinds.count("MatMulIntegerToFloat") == 6
    assert kinds.count("QuantizeLinear") == 4, "what three matrices multiply is rounded once"
    for tensor in graph.initializer:
        values = library.numpy_helper.to_array(tensor)
        assert values.size < 1024 or values.dtype == np.int8
        if tensor.name.endswith("/0/whole"):
            assert 60 < np.abs(values).max() <= 63


def test_parent_and_sub_topic_never_contradict(deep_folder: Path) -> None:
    model = load(deep_folder).model
    assert set(model.top.codes) == {"住房", "出行", "民生"}
    for suggestions in model.predict(list(read(two_levels(), SEGMENTER))[::17]):
        assert {model.parent(one.topic_code) for one in suggestions} <= set(model.top.codes)
    assert (model.parent("T13"), model.parent("住房")) == ("民生", "住房")
    shares = np.array([[0.2, 0.3, 0.5], [0.6, 0.4, 0.0]])
    assert together(shares, np.array([0, 0, 1])).tolist() == [[0.5, 0.5], [1.0, 0.0]]


def test_what_has_no_known_character_is_not_guessed(folder: Path) -> None:
    model = load(folder).model
    nothing, strange, known = (make_document(text) for text in ("", "😡😡 🀄", "工资"))
    said = model.predict([nothing, strange, known])
    assert said[:2] == [(), ()]
    assert said[2]


def test_certainty_is_as_good_as_it_claims() -> None:
    """Scores that are three times too sure are found to be so; and all right with few letters is no certainty."""
    random = np.random.default_rng(0)
    honest = random.normal(size=(4000, 3))
    odds = np.exp(honest)
    targets = np.array([random.choice(3, p=row / row.sum()) for row in odds])
    assert calibrate(honest * 3, targets) == pytest.approx(3, rel=0.15)
    assert calibrate(np.eye(3)[[0, 1, 2]] * 5, np.array([0, 1, 2])) >= 0.2


# How it reads


def test_a_long_letter_is_read_by_title_beginning_and_end(folder: Path) -> None:
    reader = load(folder).model.reader
    body = "".join(f"{'工资' if number % 2 else '小区'}，" for number in range(5000)) + "物业工资"
    [tokens] = reader.read([make_document(body, title="物业" * 40)])
    pieces = "".join(reader.tokenizer.id_to_token(piece) for piece in tokens.ids)
    assert len(tokens.ids) == reader.length == 32
    assert pieces.startswith("[CLS]物业物业物业物[SEP]小区，工资，")
    assert pieces.endswith("物业工资[SEP]")
    assert tokens.types == (0,) * 9 + (1,) * 23


def test_the_frame_of_other_encoders_is_kept() -> None:
    """RoBERTa's: two tokens between the segments, and one segment type."""
    library = encoder_libraries.tokenizers()
    pieces = {piece: number for number, piece in enumerate(["<s>", "</s>", "<unk>", "一", "工", "资"])}
    tokenizer = library.Tokenizer(library.models.WordLevel(pieces, unk_token="<unk>"))
    tokenizer.pre_tokenizer = library.pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = library.processors.RobertaProcessing(("</s>", 1), ("<s>", 0), trim_offsets=False)
    reader = Reader.of(tokenizer, 16, 1)
    [tokens] = reader.read([make_document("资", title="工")])
    assert (tokens.ids, set(tokens.types), tokens.known) == ((0, 4, 1, 1, 5, 1), {0}, True)
    with pytest.raises(Invalid, match="太短"):
        Reader.of(tokenizer, 8, 1)


# Its folder


def test_the_card_vouches_for_what_lies_beside_it(folder: Path) -> None:
    card = load(folder).card
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert card["files"] == {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES[1:]}
    assert (load(folder).threshold, card["format"]) == (0.9, "wenzheng-encoder")


def vouch(folder: Path) -> None:
    files = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES[1:]}
    change_card(files=files)(folder)


def change_card(**changes: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        (folder / CARD).write_text(json.dumps(card | changes), encoding="utf-8")

    return change


def write(name: str, content: bytes) -> Callable[[Path], None]:
    """Other content, with a card that vouches for it."""

    def change(folder: Path) -> None:
        (folder / name).write_bytes(content)
        vouch(folder)

    return change


def flip_a_bit(folder: Path) -> None:
    content = bytearray((folder / GRAPH).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / GRAPH).write_bytes(content)


def other_outputs(folder: Path) -> None:
    library = encoder_libraries.onnx()
    graph = library.load(folder / GRAPH)
    graph.graph.input[0].name = "prices"
    for node in graph.graph.node:
        node.input[:] = ["prices" if name == "input_ids" else name for name in node.input]
    write(GRAPH, graph.SerializeToString())(folder)


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "a bit": (flip_a_bit, "校验值不符"),
    "other tokenizer": (lambda folder: (folder / TOKENIZER).write_text("{}"), "校验值不符"),
    "no graph": (lambda folder: (folder / GRAPH).unlink(), "无法读取"),
    "not told what it learnt": (write(LEARNT, b""), "学过哪些来信的记录已损坏"),
    "half a letter": (write(LEARNT, b"123456789012"), "学过哪些来信的记录已损坏"),
    "letters in no order": (write(LEARNT, b"\0" * 16), "学过哪些来信的记录已损坏"),
    "no card": (lambda folder: (folder / CARD).unlink(), "没有模型卡片"),
    "card is no JSON": (lambda folder: (folder / CARD).write_text("{"), "已损坏"),
    "foreign": (change_card(format="other"), "不是本程序"),
    "older format": (change_card(format_version=0), "格式版本是 0"),
    "older reading": (change_card(reading="pairs/0"), "读法版本"),
    "older cleaning": (change_card(cleaning="cleaning/0"), "清洗版本"),
    "no hashes": (change_card(files=None), "校验值不符"),
    "a code too many": (
        change_card(codes=[*PARENTS, "T20"], parents={code: code for code in (*PARENTS, "T20")}),
        "自相矛盾",
    ),
    "a code twice": (change_card(codes=["T02", "T10", "T10"]), "自相矛盾"),
    "a code without parent": (change_card(parents={"T02": "T02"}), "自相矛盾"),
    "parents are no table": (change_card(parents=[1]), "自相矛盾"),
    "no temperature": (change_card(temperature=None), "自相矛盾"),
    "no certainty": (change_card(temperature=0), "自相矛盾"),
    "a threshold of text": (change_card(threshold="0.9"), "自相矛盾"),
    "half a token": (change_card(length=31.5), "自相矛盾"),
    "more than there are places for": (change_card(length=512), "与它的分词文件或长度不符"),
    "without end": (change_card(length=10**9), "自相矛盾"),
    "no graph at all": (write(GRAPH, b"not a graph"), "不是可运行的编码器"),
    "an empty graph": (write(GRAPH, b""), "不是可运行的编码器"),
    "a pickle": (write(GRAPH, b"\x80\x04cos\nsystem\n(S'false'\ntR."), "不是可运行的编码器"),
    "a graph of something else": (other_outputs, "输入、输出不是编码器的"),
    "a tokenizer of another kind": (write(TOKENIZER, b"{}"), "不是本程序认识的"),
    "a tokenizer in no writing": (write(TOKENIZER, b"\xff\xfe"), "自相矛盾"),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_what_is_not_ours_or_not_whole_is_refused(kind: str, folder: Path, tmp_path: Path) -> None:
    spoil, message = SPOILT[kind]
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    spoil(copy)
    with pytest.raises(Invalid, match=message):
        artifact_loading.load(copy)


def test_a_folder_appears_whole_or_not_at_all(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "model"
    shutil.copytree(folder, place)
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    with pytest.raises(KeyboardInterrupt), replacing(place) as fresh:
        (fresh / GRAPH).write_bytes(b"half")
        raise KeyboardInterrupt
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before
    with replacing(place) as fresh:
        (fresh / "new").write_bytes(b"whole")
    assert [path.name for path in place.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="无法写入"), replacing(tmp_path / "file" / "below"):
        pass
    with pytest.raises(Invalid, match="是文件"):
        check_output(tmp_path / "file", encoder_artifacts.FORMAT)
    with pytest.raises(Invalid, match="不是空文件夹"):
        check_output(place, encoder_artifacts.FORMAT)


# What it is worth


def test_evaluation_takes_it_like_any_other(folder: Path, deep_folder: Path) -> None:
    judged = evaluate(load(folder), corpus_letters(*PARENTS), SEGMENTER)
    assert judged.scores.accuracy > 0.6
    assert 0 < judged.scores.coverage_at_98 < 1
    deep = evaluate(load(deep_folder), two_levels(), SEGMENTER)
    assert {row.label for row in deep.scores.per_class} == set(load(deep_folder).model.codes)
    assert deep.scores.coverage_at_98 == 0, "a training that promises nothing leaves all to people"
    with pytest.raises(Invalid, match="没有一件来信的类别是模型认识的"):
        evaluate(load(folder), corpus_letters("T20"), SEGMENTER)


def test_eight_bits_are_taken_only_where_they_decide_as_before(
    encoder: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = (folder / GRAPH).read_bytes()
    monkeypatch.setattr(encoder_export, "round_weights", lambda _: other)
    unlearnt = tune(encoder, tuning=replace(TUNING, epochs=1))
    assert unlearnt.export.agreement < 0.98
    assert unlearnt.export.precision == "fp32"
    assert unlearnt.export.graph != other
    assert len(unlearnt.export.graph) > 1.2 * len(other)


# Where libraries are missing


@pytest.mark.parametrize("library", ["onnxruntime", "tokenizers"])
def test_without_the_extra_a_sentence_says_what_to_install(
    library: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(Unavailable, match=rf"{library}.*\[onnx\]"):
        artifact_loading.load(folder)


def test_without_torch_a_sentence_says_what_to_install(encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(Unavailable, match=r"torch.*\[train\]"):
        tune(encoder)


def test_a_graph_is_run_by_one_thread(folder: Path) -> None:
    """Two would add up in another order elsewhere, and take the cores of other letters."""
    encoder = Encoder((folder / GRAPH).read_bytes(), 32)
    options = encoder._session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    assert encoder.classes == len(PARENTS)
    assert encoder.scores([]).shape == (0, len(PARENTS))


def test_letters_of_any_kind_of_writing_come_through(folder: Path) -> None:
    model = load(folder).model
    letters = [
        LabelledLetter("ＫＴＶ", "K" * 300 + "ﬁ ß İ 자 ไ 自殺", ""),
        LabelledLetter("", "1" * 3000, ""),
        LabelledLetter("x", "工资\x00\u200b\ud800" * 100, ""),
    ]
    assert len(model.predict(list(read(letters, SEGMENTER)))) == 3
