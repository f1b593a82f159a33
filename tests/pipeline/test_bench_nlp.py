"""wenzheng bench nlp: figures for every part that was asked for, on a few letters; what is missing is said."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.benchmarks import rivals
from api.commands.application import application
from models.errors import Invalid
from nlp.letters import LabelledLetter
from tests.unit.nlp_letters import corpus_letters
from tests.unit.test_nlp_commands import COLUMNS, write


def run(*arguments: object) -> str:
    result = CliRunner().invoke(application(), ["bench", "nlp", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("bench") / "letters.csv", corpus_letters("T02", "T13"))


def test_with_labels_both_classifiers_and_the_plain_script_are_measured(letters: Path) -> None:
    said: dict[str, Any] = json.loads(run("--data", letters, *COLUMNS, "--json"))
    assert said["letters"] == len(corpus_letters("T02", "T13"))
    assert {"whole", "default", "trained", "plain_script"} <= said["per_second"].keys()
    assert said["alone_ms"].keys() == {"whole", "default", "trained", "plain_script"}
    assert all(figure > 0 for figure in (*said["per_second"].values(), *said["alone_ms"].values()))
    for name, times in said["times_snownlp"].items():
        assert times == pytest.approx(said["per_second"][name] / said["per_second"]["snownlp"])
    assert sum(said["steps"].values()) == pytest.approx(1)
    assert said["first_letter"]["cpu_seconds"] > 0
    ours, plain = said["judged"]["trained"], said["judged"]["plain_script"]
    assert ours["letters"] == plain["letters"] < said["letters"] / 3, "asked about letters that were not learnt from"
    assert ours["accuracy"] > 0.8
    assert plain["accuracy"] > 0.6


def test_without_labels_people_read_a_few_lines(letters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rivals, "find_spec", lambda _: None)
    said = run("--data", letters, "--title", "主题", "--text", "详情", "--rows", 40)
    assert "40 件" in said
    assert "启动后第一件" in said
    assert "本机没有安装 snownlp" in said
    assert "LinearSVC" not in said


def test_the_sample_is_measured_where_no_file_is_given() -> None:
    said = json.loads(run("--rows", 30, "--json"))
    assert said["letters"] == 30
    assert said["per_second"].keys() >= {"whole", "default"}


def test_a_file_needs_the_column_of_its_texts(letters: Path) -> None:
    with pytest.raises(Invalid, match="--text"):
        run("--data", letters)


def test_the_plain_script_learns() -> None:
    letters = corpus_letters("T02", "T13")
    predict = rivals.fit_plain(letters[::2])
    right = [got == letter.label for got, letter in zip(predict(letters[1::2]), letters[1::2], strict=True)]
    assert sum(right) / len(right) > 0.7
    assert predict([LabelledLetter("", "", "")])[0] in {"T02", "T13"}
