"""A real encoder, however tiny, from a file of the city's letters through gate and shadow to its page."""

import contextlib
import csv
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.learning import classifiers
from api.learning.added_candidate import LABEL, TEXT, TITLE, write_letters
from api.learning.candidate_training import run_training
from api.learning.found_encoders import EncoderRequest, list_found
from api.learning.shadow_run import ShadowRun
from api.pages.administration import classifier_wording as wording
from intake.registration import register
from models.classifier import ClassifierState, TrainingOutcome
from models.database import Connection, transaction
from models.settings import Settings
from nlp.letters import LabelledLetter
from nlp.oversight.gate import FROZEN
from routing import analysis_repository
from routing.directory_repository import load_directory
from routing.learning import classifier_repository, shadow_repository, training_repository
from routing.process import process_batch
from tests import factories, learning
from tests.api.door import StoppedRuntime
from tests.factories import KEYS, NOW, SECRET, ZONE
from tests.unit.nlp_encoders import keep, make_encoder, need_training, tune
from tests.unit.nlp_letters import corpus_letters

need_training()
# so many that enough letters are kept to judge by
PARENTS = ("T02", "T03", "T07", "T10", "T13", "T14")
S = ClassifierState


@pytest.fixture
def runtime(dsn: str, conn: Connection, tmp_path: Path) -> Iterator[StoppedRuntime]:
    factories.city(conn)
    learning.label_letters(conn, load_directory(conn), corpus_letters(*PARENTS), at=NOW - timedelta(days=60))
    settings = Settings(data_dir=tmp_path / "data", secret_key=SecretStr(SECRET), pool_size=4)
    with contextlib.closing(StoppedRuntime(settings, dsn)) as opened:
        yield opened


def test_from_the_city_s_letters_through_gate_and_shadow(
    conn: Connection, runtime: StoppedRuntime, tmp_path: Path
) -> None:
    write_letters(runtime, tmp_path / "letters.csv")
    with (tmp_path / "letters.csv").open(encoding="utf-8-sig", newline="") as file:
        letters = [LabelledLetter(row[TITLE], row[TEXT], row[LABEL]) for row in csv.DictReader(file)]
    make_encoder(tmp_path / "encoder")
    result = tune(tmp_path / "encoder", letters)
    data_dir = runtime.settings.data_dir
    (data_dir / "encoders").mkdir(parents=True)
    about = {"held_out": asdict(result.judgement.scores), "letters": result.letters, "trained_on": "2026-11-23"}
    keep(result, data_dir / "encoders" / "tiny", **about)
    [found] = list_found(data_dir)
    assert found.macro_f1 == result.judgement.scores.macro_f1

    classifiers.request_encoder(conn, data_dir, EncoderRequest("tiny"), actor="account:1:周宁", now=NOW)
    conn.commit()
    outcome = run_training(runtime, actor="system:learning")
    run = training_repository.list_runs(conn, limit=1)[0]
    assert run.classifier_id is not None, run.reason
    version = classifier_repository.get_version(conn, run.classifier_id)
    checks = {check["name"]: check for check in version.gate["checks"] if check["where"] == FROZEN}
    assert checks and all(re.search(r"\d", check["sentence"]) for check in checks.values())
    # the cold start does not know how this city files, so that even a tiny encoder is better
    assert outcome is TrainingOutcome.SHADOW and version.state is S.SHADOW, version.gate

    new = [factories.letter(title=one.title, body=f"{one.body}请尽快答复。") for one in corpus_letters(*PARENTS)[:12]]
    register(conn, new, actor="test", now=NOW, keys=KEYS, zone=ZONE)
    conn.commit()
    with transaction(runtime.pool) as c:
        process_batch(c, runtime.analyser(c), runtime.directory(c), now=NOW, zone=ZONE, limit=100)
    assert ShadowRun(runtime).compare_waiting() == len(new)
    conn.rollback()
    version = classifier_repository.get_version(conn, version.id)
    assert version.shadow_compared == len(new)
    differences = shadow_repository.list_differences(conn, version.id, topic=None, limit=100, offset=0)
    analyses = analysis_repository.list_analyses(conn, [one.submission_id for one in differences])
    assert 0 < len(differences) <= len(new)
    assert all(analyses[one.submission_id].topic_code == one.live_code != one.shadow_code for one in differences)

    directory = load_directory(conn)
    figures = {figure.name: figure.value for figure in wording.figures(version)}
    assert figures["宏平均 F1"] == f"{result.judgement.scores.macro_f1:.3f}" and "可自动判断" in figures
    assert len(wording.class_rows(version, directory)) == len(result.codes)
