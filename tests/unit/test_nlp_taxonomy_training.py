"""A classifier over a taxonomy from the written corpus, alone and with a city's own letters."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from models.analysis import AnalyserInput, AppealType, Scope
from models.errors import Invalid
from nlp.corpus import OUTSIDE
from nlp.cues import CueIndex
from nlp.letters import LabelledLetter, read
from nlp.pipeline import build_pipeline
from nlp.reference import load_departments, load_regions, load_topics
from nlp.shipped import Shipped
from nlp.topics import artifacts
from nlp.topics.artifacts import Artifact
from nlp.topics.city_topics import CityTopics, serve_taxonomy
from nlp.topics.default_classifier import default_folders, prepare_default, reference_segmenter
from nlp.topics.taxonomy_judging import judge_corpus
from nlp.topics.taxonomy_training import TaxonomyTraining, train_taxonomy
from tests.analyser_contract import check_analyser

CODES = ("T0302", "T0305", "T0402", "T0406", "T0501", "T0502", "T1002", "T1301")
TOPICS = [topic for topic in load_topics() if topic.code in CODES or topic.code in {code[:3] for code in CODES}]
DEPARTMENTS = load_departments()
# A matter that the corpus does not know: only the city's own letters can teach where it belongs.
OWN = [
    LabelledLetter("", f"{place}的景观喷泉池又不喷水了，池底积了一层绿泥，希望{wish}。", "T0402", number=number)
    for number, (place, wish) in enumerate(
        (place, wish)
        for place in ("望江广场", "北门花园", "云顶公园", "河心岛", "文庙前")
        for wish in ("派人清洗水泵", "说明何时开放", "换掉坏掉的喷头", "周末能开两小时")
    )
]


@cache
def trained(own: bool = False) -> TaxonomyTraining:
    letters = OWN if own else []
    return train_taxonomy(letters, TOPICS, DEPARTMENTS, reference_segmenter(), on_progress=lambda *_: None)


@cache
def saved(folder: Path, own: bool = False) -> Artifact:
    training = trained(own)
    artifacts.save(
        folder,
        training.model,
        segmenter=reference_segmenter().version,
        about={"threshold": None},
        taxonomy=training.parts,
        neighbours=training.neighbours,
    )
    return artifacts.load(folder)


@pytest.fixture(scope="module")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    return saved(tmp_path_factory.mktemp("taxonomy"))


@pytest.fixture(scope="module")
def default() -> Artifact:
    """The one that comes with the program, learnt by `make`."""
    return prepare_default(default_folders())


def ask(classifier: CityTopics, *texts: str) -> list[str]:
    index = CueIndex(classifier.phrases)
    texts_read = list(read([LabelledLetter("", text, "") for text in texts], reference_segmenter(), index))
    return [found[0].topic_code if found else "" for found in classifier.predict(texts_read)]


def test_writers_it_has_not_read_are_understood() -> None:
    figures = judge_corpus(trained())
    assert figures["sub_topic"]["accuracy"] > 0.8
    assert figures["first_level"]["accuracy"] >= figures["sub_topic"]["accuracy"] - 0.01
    assert figures["appeal_type"]["accuracy"] > 0.5
    assert figures["outside_found"] > 0.75
    assert figures["outside_false"] < 0.15


def test_hands_stay_apart() -> None:
    unseen = trained().corpus
    # the catalogue is learnt from and never asked about
    assert len(unseen.gold) == len(unseen.shares) == len(unseen.outside)
    assert np.allclose(unseen.shares.sum(axis=1), 1)
    assert min(Counter(code for code in unseen.gold if code != OUTSIDE).values()) >= 40


def test_the_same_corpus_gives_the_same_bytes(tmp_path: Path, artifact: Artifact) -> None:
    again = train_taxonomy([], TOPICS, DEPARTMENTS, reference_segmenter(), on_progress=lambda *_: None)
    for number, training in enumerate((trained(), again)):
        artifacts.save(
            tmp_path / str(number),
            training.model,
            segmenter=reference_segmenter().version,
            about={},
            taxonomy=training.parts,
            neighbours=training.neighbours,
        )
    files = [sorted(folder.iterdir()) for folder in sorted(tmp_path.iterdir())]
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]
    assert artifact.model.version == again.model.version


_DIGEST = """
import hashlib
from tests.unit.test_nlp_taxonomy_training import trained
training, digest = trained(), hashlib.sha256()
for table in (*training.model.top.linear.weights.values(), training.model.top.linear.bias):
    digest.update(table.tobytes())
for array in (*training.parts.arrays().values(), *training.neighbours.arrays().values()):
    digest.update(array.tobytes())
print(digest.hexdigest())
"""


def test_another_process_learns_the_same_to_the_bit() -> None:
    """Strings hash differently in each process, so whatever depends on the order of a set shows here."""
    digests = {
        subprocess.run(
            [sys.executable, "-c", _DIGEST], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_an_artifact_comes_back_as_it_went(artifact: Artifact) -> None:
    before = CityTopics(trained().model, trained().parts, TOPICS, DEPARTMENTS)
    after = serve_taxonomy(artifact, TOPICS, DEPARTMENTS)
    texts = ("电梯又把人关在里面了", "老板欠了我们半年的血汗钱", "半夜一片漆黑，灯杆子成了摆设")
    assert ask(before, *texts) == ask(after, *texts) == ["T0305", "T1301", "T0402"]


def test_a_classifier_of_another_kind_is_refused(artifact: Artifact) -> None:
    with pytest.raises(Invalid):
        serve_taxonomy(replace(artifact, taxonomy=None), TOPICS, DEPARTMENTS)


def test_the_citys_own_letters_teach_at_once(artifact: Artifact, tmp_path_factory: pytest.TempPathFactory) -> None:
    question = "滨河绿地的喷泉三个月没喷过水，池子发臭了"
    default = serve_taxonomy(artifact, TOPICS, DEPARTMENTS)
    own = serve_taxonomy(saved(tmp_path_factory.mktemp("own"), True), TOPICS, DEPARTMENTS)
    assert ask(default, question) != ["T0402"]
    assert ask(own, question) == ["T0402"]
    assert own.version != default.version
    city = trained(True).city
    assert city is not None
    assert city.gold == ("T0402",) * len(OWN)
    # held out by groups: the others of the same matter were learnt from
    assert np.mean(city.shares.argmax(axis=1) == city.codes.index("T0402")) > 0.8


def test_labels_that_are_no_sub_topic_of_the_city_teach_nothing() -> None:
    strange = [replace(OWN[0], label="T9999"), replace(OWN[1], label="T04"), replace(OWN[2], label="")]
    training = train_taxonomy(strange, TOPICS, DEPARTMENTS, reference_segmenter(), on_progress=lambda *_: None)
    assert training.city is not None
    assert training.city.gold == ()
    assert "T9999" not in training.model.codes


def test_a_topic_the_city_added_is_found_by_its_cues(default: Artifact) -> None:
    added = replace(load_topics()[-1], code="T2199", name="喷泉景观维护", cues=("喷泉", "水景", "喷头"))
    city = serve_taxonomy(default, [*load_topics(), added], DEPARTMENTS)
    assert ask(city, "广场的喷泉坏了，喷头不出水，喷泉的水景没人管") == ["T2199"]


def test_a_topic_the_city_dropped_is_never_named(artifact: Artifact) -> None:
    city = serve_taxonomy(artifact, [topic for topic in TOPICS if topic.code != "T0305"], DEPARTMENTS)
    assert ask(city, "电梯又把人关在里面了") != ["T0305"]


def test_three_suggestions_are_three_ways_to_go(artifact: Artifact) -> None:
    classifier = serve_taxonomy(artifact, TOPICS, DEPARTMENTS)
    index = CueIndex(classifier.phrases)
    leads = {topic.code: (topic.parent_code, topic.lead_duty) for topic in TOPICS}
    letter = LabelledLetter("", "停水停电，电梯也停了，路灯不亮，物业还要收费。", "")
    [found] = classifier.predict(list(read([letter], reference_segmenter(), index)))
    assert len(found) > 1
    assert len({leads[suggestion.topic_code] for suggestion in found}) == len(found)
    assert sum(suggestion.confidence for suggestion in found) <= 1
    assert all(suggestion.cues for suggestion in found[:1])


def test_the_pipeline_keeps_the_contract_of_an_analyser(artifact: Artifact) -> None:
    pipeline = build_pipeline(TOPICS, load_regions(), [], DEPARTMENTS, shipped=Shipped(artifact))
    check_analyser(pipeline, {topic.code for topic in TOPICS})


def test_no_matter_and_kind_of_appeal_are_read_too(default: Artifact) -> None:
    pipeline = build_pipeline(load_topics(), load_regions(), [], DEPARTMENTS, shipped=Shipped(default))
    chatter, question, report, praise = pipeline.analyse(
        [
            AnalyserInput("", "哈哈哈哈，祝大家周末愉快，今晚打游戏吗", "social"),
            AnalyserInput("", "我想问下，路灯坏了是打哪个电话，要等几天才有人来修呀", "letter"),
            AnalyserInput("", "我要实名举报，包工头卷走工钱跑了", "letter"),
            AnalyserInput("", "真心谢谢修路灯的师傅，下着雨还爬上去换灯，一口水都没喝", "letter"),
        ]
    )
    assert chatter.scope is Scope.NO_MATTER
    assert question.scope is Scope.WITHIN
    assert question.appeal_type is AppealType.CONSULT
    assert report.appeal_type is AppealType.REPORT
    assert praise.appeal_type is AppealType.PRAISE


def test_the_default_classifier_keeps_the_contract_of_an_analyser(default: Artifact) -> None:
    pipeline = build_pipeline(load_topics(), load_regions(), [], DEPARTMENTS, shipped=Shipped(default))
    check_analyser(pipeline, {topic.code for topic in load_topics()})
