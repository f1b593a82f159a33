"""Encoders of our own: pre-trained on letters without labels, fine-tuned with them, from nothing but a local folder."""

import hashlib
import json
import os
import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.errors import Invalid
from nlp.encoders import folder as encoder_folder
from nlp.encoders import libraries as encoder_libraries
from nlp.encoders.masking import NOT_ASKED, cover, cut, window
from nlp.encoders.pretraining import pretrain
from nlp.encoders.text import Reader
from nlp.encoders.vocabulary import learn_characters, make_tokenizer, read_tokenizer
from nlp.letters import LabelledLetter, read
from tests.unit.nlp_encoders import PARENTS, SEGMENTER, SHAPE, TUNING, make_encoder, need_training, tune
from tests.unit.nlp_letters import corpus_letters
from tests.unit.test_nlp_training import two_levels

need_training()


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pretrained") / "encoder"
    make_encoder(folder)
    return folder


@pytest.fixture
def copy(encoder: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "copy"
    shutil.copytree(encoder, folder)
    return folder


def file_hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


# The vocabulary and what is covered


def test_only_characters_that_three_letters_have_are_known() -> None:
    known = learn_characters(["路灯不亮", "路灯坏了A1", "路灯路灯", "瑷瑷瑷瑷", "瑷珲", "a坏", "aa坏"])
    assert list(known)[:5] == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    assert set(list(known)[5:]) == {"路", "灯", "坏", "a", "##a"}, "a character of two people is not kept"


def test_a_word_is_covered_whole_or_not_at_all() -> None:
    documents = list(read(corpus_letters("T02"), SEGMENTER))
    reader = Reader.of(make_tokenizer(learn_characters(d.text for d in documents)), 64, 2)
    mask = reader.tokenizer.token_to_id("[MASK]")
    asked = covered = total = 0
    for number, letter in enumerate(cut(documents, reader)):
        random = np.random.default_rng(number)
        tokens, words = window(letter, reader, random)
        assert len(tokens.ids) == len(words) <= 64
        hidden, targets = cover(tokens, words, mask, np.array([7], dtype=np.int32), random)
        chosen = targets != NOT_ASKED
        assert chosen.any()
        assert not chosen[words < 0].any(), "what frames the text is never asked for"
        assert [t for t, yes in zip(targets, chosen, strict=True) if yes] == list(np.array(tokens.ids)[chosen])
        for word in set(words[chosen].tolist()):
            assert chosen[words == word].all()
        assert all(one == other for one, other, yes in zip(tokens.ids, hidden.ids, chosen, strict=True) if not yes)
        asked, total = asked + int(chosen.sum()), total + int((words >= 0).sum())
        covered += hidden.ids.count(mask)
    assert 0.1 < asked / total < 0.22
    assert 0.7 < covered / asked < 0.9


def test_a_window_begins_with_a_word_and_keeps_the_title() -> None:
    letter = LabelledLetter("电梯故障", "小区的电梯经常出现故障，" * 40, "")
    [document] = read([letter], SEGMENTER)
    reader = Reader.of(make_tokenizer(learn_characters([document.text] * 3)), 40, 2)
    [text] = cut([document], reader)
    starts = set()
    for number in range(30):
        tokens, words = window(text, reader, np.random.default_rng(number))
        pieces = [reader.tokenizer.id_to_token(piece) for piece in tokens.ids]
        assert "".join(pieces[:6]) == "[CLS]电梯故障[SEP]"
        assert len(tokens.ids) == 40
        first = int(words[6]) - int(words[4]) - 1
        starts.add(first)
        assert pieces[6] == document.body_words[first][0], "never in the middle of a word"
    assert len(starts) > 5


# Pre-training


def test_it_learns_to_guess(encoder: Path, tmp_path: Path) -> None:
    card = json.loads((encoder / "card.json").read_text(encoding="utf-8"))
    untaught = make_encoder(tmp_path / "untaught", replace(SHAPE, steps=1))
    assert card["loss"] < untaught.loss - 0.3
    assert card["resumed_at"] == 0
    assert {path.name for path in encoder.iterdir()} >= {"config.json", "model.safetensors", "tokenizer.json"}
    assert [path for path in encoder.parent.iterdir() if path != encoder] == [], "nothing is left beside it"


def test_interrupted_and_continued_gives_the_same_encoder(encoder: Path, tmp_path: Path) -> None:
    class Cut(Exception):
        """The machine is switched off."""

    def stop(_: str, share: float) -> None:
        if share > 0.5:
            raise Cut

    letters, output = corpus_letters(*PARENTS), tmp_path / "encoder"
    with pytest.raises(Cut):
        pretrain(letters, SEGMENTER, output, SHAPE, on_progress=stop, save_every=0.0)
    assert not output.exists()
    result = pretrain(letters, SEGMENTER, output, SHAPE, on_progress=lambda *_: None)
    assert result.resumed_at == 16
    assert file_hashes(output)["model.safetensors"] == file_hashes(encoder)["model.safetensors"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["encoder"]


def test_the_state_of_other_work_is_not_taken(tmp_path: Path) -> None:
    def stop(_: str, share: float) -> None:
        if share > 0.1:
            raise KeyboardInterrupt

    letters, output = corpus_letters(*PARENTS), tmp_path / "encoder"
    with pytest.raises(KeyboardInterrupt):
        pretrain(letters, SEGMENTER, output, SHAPE, on_progress=stop, save_every=0.0)
    with pytest.raises(Invalid, match="另一批来信或另一组参数"):
        pretrain(letters[:-1], SEGMENTER, output, SHAPE, on_progress=stop)
    (tmp_path / "encoder.partial" / "optimizer.safetensors").write_bytes(b"\x00" * 100)
    with pytest.raises(Invalid, match="中间结果已损坏"):
        pretrain(letters, SEGMENTER, output, SHAPE, on_progress=stop)


def test_going_on_with_an_encoder_keeps_its_words(encoder: Path, tmp_path: Path) -> None:
    output = tmp_path / "further"
    shape = replace(SHAPE, steps=20, seed=7)
    result = pretrain(corpus_letters(*PARENTS), SEGMENTER, output, shape, start=encoder, on_progress=lambda *_: None)
    assert file_hashes(output)["tokenizer.json"] == file_hashes(encoder)["tokenizer.json"]
    assert result.loss < json.loads((encoder / "card.json").read_text(encoding="utf-8"))["loss"]


def test_folders_of_others_and_shapes_that_cannot_be_are_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("")
    with pytest.raises(Invalid, match="不是空文件夹"):
        make_encoder(tmp_path)
    with pytest.raises(Invalid, match="不能被注意力头数"):
        make_encoder(tmp_path / "a", replace(SHAPE, width=32, heads=3))
    with pytest.raises(Invalid, match="至少要有 20 件"):
        pretrain(corpus_letters("T02")[:5], SEGMENTER, tmp_path / "b", SHAPE, on_progress=lambda *_: None)


def test_others_read_it_as_we_do(encoder: Path) -> None:
    theirs = encoder_libraries.transformers().AutoTokenizer.from_pretrained(encoder, local_files_only=True)
    ours = read_tokenizer(encoder)
    for title, body in (("路灯坏了", "小区ABC的路灯 12 盏都不亮！"), ("", "电梯"), ("😡", "abc")):
        assert theirs(title, body)["input_ids"] == ours.encode(title, body).ids
        assert theirs(title, body)["token_type_ids"] == ours.encode(title, body).type_ids


def test_a_vocabulary_file_alone_reads_the_same(copy: Path) -> None:
    before = read_tokenizer(copy)
    (copy / "tokenizer.json").unlink()
    after = read_tokenizer(copy)
    for letter in corpus_letters("T10")[:20]:
        assert after.encode(letter.title, letter.body).ids == before.encode(letter.title, letter.body).ids


# Fine-tuning


def test_it_learns_what_the_labels_say_and_the_same_twice(encoder: Path) -> None:
    result, again = tune(encoder), tune(encoder)
    assert result.codes == PARENTS
    assert result.judgement.scores.macro_f1 > 0.5
    assert result.judgement.parent_scores is None
    assert result.letters == len(corpus_letters(*PARENTS))
    assert result.judgement.scores.letters < result.letters / 5, "of letters that were not learnt from"
    assert result.export.precision == "int8"
    assert result.export.agreement >= 0.98
    assert (again.export.graph, again.judgement) == (result.export.graph, result.judgement)


def test_it_stops_where_others_gain_nothing(encoder: Path) -> None:
    """With steps too long to learn anything the first epoch is as good as any."""
    result = tune(encoder, tuning=replace(TUNING, epochs=30, rate=0.1, patience=2))
    assert len(result.history) < 30
    assert len(result.history) - 1 - result.history.index(max(result.history)) == 2


def test_two_levels_become_the_lowest_topics_and_the_parents_above_them(encoder: Path) -> None:
    result = tune(encoder, two_levels(), replace(TUNING, epochs=4))
    assert set(result.codes) == {"T02", "T10", "T13", "住房", "出行"}
    assert result.parents == {"T02": "住房", "住房": "住房", "出行": "出行", "T10": "民生", "T13": "民生"}
    assert result.judgement.parent_scores is not None
    assert {row.label for row in result.judgement.parent_scores.per_class} == {"住房", "出行", "民生"}
    assert result.judgement.parent_scores.accuracy >= result.judgement.scores.accuracy


def test_the_hub_is_never_asked(encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def refuse(*where: object) -> None:
        asked.append(where)
        raise OSError("no network")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    tune(encoder, tuning=replace(TUNING, epochs=1))
    with pytest.raises(Invalid, match="不会从网上下载"):
        tune(tmp_path / "bert-base-chinese")
    assert asked == []
    assert os.environ["HF_HUB_OFFLINE"] == os.environ["TRANSFORMERS_OFFLINE"] == "1"


# Folders of others


def change_config(**changes: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        (folder / "config.json").write_text(json.dumps(config | changes), encoding="utf-8")

    return change


def only_pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def sharded_into_pickles(folder: Path) -> None:
    only_pickled(folder)
    index = {"weight_map": {"bert.embeddings.word_embeddings.weight": "pytorch_model.bin"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")


def out_of_the_folder(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder.parent / "x.safetensors")
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {"a": "../x.safetensors"}}')


def no_tokenizer(folder: Path) -> None:
    for name in ("tokenizer.json", "vocab.txt"):
        (folder / name).unlink()


def longer_vocabulary(folder: Path) -> None:
    content = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = content["model"]["vocab"]
    vocabulary |= {f"加{number}": len(vocabulary) + number for number in range(10)}
    (folder / "tokenizer.json").write_text(json.dumps(content), encoding="utf-8")


def english_vocabulary(folder: Path) -> None:
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "street", "light"]
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "pickled": (only_pickled, "读取时会运行其中的程序"),
    "pickled, by an index": (sharded_into_pickles, "不是 safetensors 格式"),
    "an index out of the folder": (
        out_of_the_folder,
        "不在文件夹里",
    ),
    "code of its own": (change_config(auto_map={"AutoModel": "modeling.Evil"}), "auto_map"),
    "no weights": (lambda folder: (folder / "model.safetensors").unlink(), "没有权重"),
    "cut off": (lambda folder: os.truncate(folder / "model.safetensors", 5000), "无法加载"),
    "no configuration": (lambda folder: (folder / "config.json").unlink(), "无法读取"),
    "configuration is no JSON": (lambda folder: (folder / "config.json").write_text("{"), "已损坏"),
    "unknown kind": (change_config(model_type="oracle"), "无法加载"),
    "not even a kind": (change_config(model_type=None), "model_type"),
    "more layers than weights": (change_config(num_hidden_layers=3), "权重与配置不符"),
    "other width": (change_config(hidden_size=48, intermediate_size=96), "无法加载"),
    "an adapter": (lambda folder: (folder / "adapter_config.json").write_text("{}"), "适配器"),
    "no tokenizer": (
        no_tokenizer,
        "不知道如何切分",
    ),
    "tokenizer is no JSON": (lambda folder: (folder / "tokenizer.json").write_text("x"), "已损坏"),
    "tokenizer of another kind": (lambda folder: (folder / "tokenizer.json").write_text("{}"), "不是本程序认识的"),
    "a longer vocabulary": (longer_vocabulary, "两者不符"),
    "an English vocabulary": (english_vocabulary, "不是中文的编码器"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_folders_that_we_do_not_load_from_are_refused_with_a_sentence(kind: str, copy: Path) -> None:
    spoil, message = REFUSED[kind]
    spoil(copy)
    with pytest.raises(Invalid, match=message):
        tune(copy, tuning=replace(TUNING, epochs=1))


def test_pickled_weights_beside_plain_ones_are_not_read(copy: Path) -> None:
    (copy / "pytorch_model.bin").write_bytes(b"\x80\x04cos\nsystem\n(S'false'\ntR.")
    assert encoder_folder.check_folder(copy)["model_type"] == "bert"
    assert encoder_folder.load_model(copy, "AutoModel").config.hidden_size == 32
