"""wenzheng nlp train and evaluate: files in, a folder and figures out, user mistakes in a sentence."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.commands.application import application
from models.errors import Invalid
from nlp.letters import LabelledLetter
from tests.unit.nlp_letters import corpus_letters

COLUMNS = ("--title", "主题", "--text", "详情", "--label", "类别")


def write(path: Path, letters: Iterable[LabelledLetter]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["主题", "详情", "类别", "大类"])
        writer.writerows((one.title, one.body, one.label, one.label[:2]) for one in letters)
    return path


def run(*arguments: object) -> str:
    result = CliRunner().invoke(application(), ["nlp", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("train")
    data = write(folder / "letters.csv", corpus_letters("T02", "T10", "T13"))
    said: dict[str, Any] = json.loads(run("train", "--data", data, *COLUMNS, "--output", folder / "out", "--json"))
    assert said["letters"] == len(corpus_letters("T02", "T10", "T13"))
    assert said["cross_validation"]["macro_f1"] > 0.8
    assert "\n" not in said["data_hash"]
    return folder / "out"


def test_evaluate_prints_the_figures_as_json(artifact: Path, tmp_path: Path) -> None:
    data = write(tmp_path / "other.csv", corpus_letters("T02", "T13"))
    said = json.loads(run("evaluate", "--artifact", artifact, "--data", data, *COLUMNS, "--json"))
    assert {"macro_f1", "accuracy", "ece", "coverage_at_98", "per_class", "confusions", "unseen_labels"} <= said.keys()
    assert said["accuracy"] > 0.9
    assert {row["label"] for row in said["per_class"]} == {"T02", "T13"}


def test_people_read_a_table(artifact: Path, tmp_path: Path) -> None:
    data = write(tmp_path / "other.csv", corpus_letters("T02", "T13"))
    text = run("evaluate", "--artifact", artifact, "--data", data, *COLUMNS)
    assert "宏平均 F1" in text
    assert "T13" in text


def test_two_levels_with_a_parent_column(tmp_path: Path) -> None:
    data = write(tmp_path / "letters.csv", corpus_letters("T02", "T06", "T10", "T13"))
    text = run("train", "--data", data, *COLUMNS, "--parent", "大类", "--output", tmp_path / "out")
    assert "第一级" in text
    levels = json.loads((tmp_path / "out" / "card.json").read_text(encoding="utf-8"))["levels"].values()
    assert {level["parent"]: level["codes"] for level in levels} == {
        None: ["T0", "T1"],
        "T0": ["T02", "T06"],
        "T1": ["T10", "T13"],
    }


def test_a_column_that_is_not_there_is_named(artifact: Path, tmp_path: Path) -> None:
    data = write(tmp_path / "other.csv", corpus_letters("T02"))
    with pytest.raises(Invalid, match="没有列“不存在”"):
        run("evaluate", "--artifact", artifact, "--data", data, "--text", "不存在", "--label", "类别")


def test_a_folder_that_is_no_artifact_is_said(tmp_path: Path) -> None:
    data = write(tmp_path / "other.csv", corpus_letters("T02"))
    with pytest.raises(Invalid, match="没有模型卡片"):
        run("evaluate", "--artifact", tmp_path, "--data", data, *COLUMNS)
