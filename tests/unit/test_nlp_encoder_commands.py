"""wenzheng nlp pretrain and finetune: files in, folders and figures out; nlp evaluate takes what they made."""

import json
import sys
from pathlib import Path

import pytest

from models.errors import Invalid, Unavailable
from tests.unit.nlp_encoders import PARENTS, need_training
from tests.unit.nlp_letters import corpus_letters
from tests.unit.test_nlp_commands import COLUMNS, run, write

UNLABELLED = ("--title", "主题", "--text", "详情")
SMALL = ("--layers", 1, "--width", 32, "--heads", 2, "--length", 32, "--steps", 20, "--batch", 16)
QUICK = ("--length", 32, "--epochs", 4, "--batch", 8, "--rate", 0.003)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("letters") / "letters.csv", corpus_letters(*PARENTS))


@pytest.fixture(scope="module")
def encoder(data: Path) -> Path:
    need_training()
    folder = data.parent / "encoder"
    said = json.loads(
        run("pretrain", "--data", data, "--data", data, *UNLABELLED, "--output", folder, *SMALL, "--json")
    )
    assert said["letters"] == 2 * len(corpus_letters(*PARENTS)), "files may be several"
    assert said["steps"] == 20
    return folder


@pytest.fixture(scope="module")
def artifact(data: Path, encoder: Path) -> Path:
    folder = data.parent / "artifact"
    said = json.loads(
        run("finetune", "--encoder", encoder, "--data", data, *COLUMNS, "--output", folder, *QUICK, "--json")
    )
    assert said["held_out"]["letters"] < len(corpus_letters(*PARENTS)) / 5
    assert said["precision"] == "int8"
    assert said["versions"].keys() == {"torch", "transformers", "onnx", "onnxruntime", "tokenizers"}
    return folder


def test_evaluate_takes_an_encoder_like_any_classifier(artifact: Path, tmp_path: Path) -> None:
    data = write(tmp_path / "other.csv", corpus_letters("T02", "T13"))
    said = json.loads(run("evaluate", "--artifact", artifact, "--data", data, *COLUMNS, "--json"))
    assert {"macro_f1", "accuracy", "ece", "coverage_at_98", "per_class", "unseen_labels"} <= said.keys()
    assert said["accuracy"] > 0.4
    assert str(said["version"]).startswith("encoder/2+")


def test_distil_teaches_the_linear_model(artifact: Path, data: Path, tmp_path: Path) -> None:
    unlabelled = write(tmp_path / "unlabelled.csv", corpus_letters("T02", "T06", "T13"))
    files = ("--teacher", artifact, "--data", unlabelled, "--labelled", data)
    said = json.loads(run("distil", *files, *COLUMNS, "--output", tmp_path / "student", "--json"))
    assert str(said["teacher"]).startswith("encoder/2+")
    assert len(corpus_letters("T06")) <= said["taught"] < len(corpus_letters("T02", "T06", "T13")), (
        "none like those kept"
    )
    assert said["held_out"]["letters"] == said["held_out_teacher"]["letters"]
    assert said["held_out"]["macro_f1"] > 0.6
    judged = json.loads(run("evaluate", "--artifact", tmp_path / "student", "--data", data, *COLUMNS, "--json"))
    assert judged["version"] == said["version"]


def test_people_read_sentences(data: Path, encoder: Path, artifact: Path) -> None:
    """Both once more over what is there: a result may replace an earlier one of its kind."""
    text = run("pretrain", "--data", data, *UNLABELLED, "--output", encoder, *SMALL)
    assert "猜对" in text
    text = run(
        "finetune", "--encoder", encoder, "--data", data, *COLUMNS, "--parent", "大类", "--output", artifact, *QUICK
    )
    assert "第一级：宏平均 F1" in text
    assert "8 位与 32 位的结论一致" in text
    assert not [path for path in data.parent.iterdir() if path.name.startswith(".")], "nothing half-written"


def test_what_is_personal_is_not_learnt(tmp_path: Path) -> None:
    need_training()
    letters = list(corpus_letters(*PARENTS))
    data = tmp_path / "letters.csv"
    body = "我的手机号码是13800138000，身份证号510104199001011234，请联系。"
    data.write_text(
        "主题,详情\n" + "".join(f"{one.title},{one.body.replace(',', '')}{body}\n" for one in letters), encoding="utf-8"
    )
    run("pretrain", "--data", data, *UNLABELLED, "--output", tmp_path / "encoder", *SMALL, "--steps", 1)
    known = (tmp_path / "encoder" / "vocab.txt").read_text(encoding="utf-8").splitlines()
    assert "*" in known, "numbers were masked before anything was learnt from them"


def test_folders_that_hold_something_else_are_refused_before_any_work(data: Path, tmp_path: Path) -> None:
    need_training()
    (tmp_path / "thesis.docx").write_text("")
    with pytest.raises(Invalid, match="不是空文件夹"):
        run("finetune", "--encoder", tmp_path, "--data", data, *COLUMNS, "--output", tmp_path)
    with pytest.raises(Invalid, match="不是空文件夹"):
        run("pretrain", "--data", data, *UNLABELLED, "--output", tmp_path)
    with pytest.raises(Invalid, match="没有列“不存在”"):
        run("pretrain", "--data", data, "--text", "不存在", "--output", tmp_path / "new")


@pytest.mark.parametrize(
    "command", [("pretrain", *UNLABELLED), ("finetune", "--encoder", "somewhere", *COLUMNS)], ids=lambda c: c[0]
)
def test_without_the_extra_the_commands_say_what_to_install(
    command: tuple[str, ...], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(Unavailable, match=r"另行安装 torch.*\[train\]"):
        run(*command, "--data", data, "--output", tmp_path / "out")
    assert not (tmp_path / "out").exists()
