"""The classifier that comes with the program is learnt once on a machine, found again, and never half."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from models.errors import Unavailable
from nlp.reference import load_topics
from nlp.topics import default_classifier
from nlp.topics.default_classifier import default_folders, find_default, prepare_default
from nlp.topics.taxonomy_training import TaxonomyTraining, train_taxonomy

CODES = ("T0302", "T0402", "T1301")
SMALL = [topic for topic in load_topics() if topic.code in CODES or topic.code in {code[:3] for code in CODES}]


@pytest.fixture(autouse=True)
def learnt(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A taxonomy of three sub-topics instead of 208; the list counts how often it was learnt."""
    times: list[int] = []

    def counted(*given: Any, **named: Any) -> TaxonomyTraining:
        times.append(1)
        return train_taxonomy(*given, **named)

    monkeypatch.setattr(default_classifier, "load_topics", lambda: SMALL)
    monkeypatch.setattr(default_classifier, "train_taxonomy", counted)
    for cached in (default_classifier._name, default_classifier._load):
        cached.cache_clear()
    yield times
    for cached in (default_classifier._name, default_classifier._load):
        cached.cache_clear()


def test_it_is_learnt_once_and_found_again(tmp_path: Path, learnt: list[int]) -> None:
    assert find_default([tmp_path]) is None
    made = prepare_default([tmp_path])
    assert set(CODES) <= set(made.model.codes)
    assert made.card["held_out_hands"]["sub_topic"]["accuracy"] > 0.8
    assert prepare_default([tmp_path]) is find_default([tmp_path])
    assert len(learnt) == 1
    assert [path.name for path in tmp_path.iterdir() if "draft" in path.name] == []


def test_two_at_once_learn_it_once(tmp_path: Path, learnt: list[int]) -> None:
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: prepare_default([tmp_path]), range(2))
    assert one.model.version == other.model.version
    assert len(learnt) == 1


def test_a_damaged_one_is_learnt_anew(tmp_path: Path, learnt: list[int]) -> None:
    version = prepare_default([tmp_path]).model.version
    [weights] = tmp_path.glob("topics-*/weights.npz")
    weights.write_bytes(weights.read_bytes()[:-100])
    default_classifier._load.cache_clear()
    assert find_default([tmp_path]) is None
    assert prepare_default([tmp_path]).model.version == version
    assert len(learnt) == 2


def test_where_one_folder_cannot_be_written_the_next_one_serves(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    prepare_default([in_the_way / "folder", tmp_path / "good"])
    assert find_default([tmp_path / "good"]) is not None
    with pytest.raises(Unavailable, match="没有可写的文件夹"):
        prepare_default([in_the_way / "folder"])


def test_others_may_read_it(tmp_path: Path) -> None:
    prepare_default([tmp_path])
    [folder] = tmp_path.glob("topics-*")
    assert folder.stat().st_mode & 0o055 == 0o055
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in folder.iterdir())


def test_the_folders_are_the_programs_the_datas_and_the_users(tmp_path: Path) -> None:
    program, data, user = default_folders(tmp_path)
    assert (program.parts[-2:], data, user.name) == (("share", "wenzheng"), tmp_path / "classifiers", "wenzheng")
