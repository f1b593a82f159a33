"""Labelled letters, trained classifiers and their versions for tests; letters come from our own corpus."""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path

from api.learning.classifier_store import read_files
from intake.registration import register
from models.analysis import Analysis, TopicSuggestion
from models.classifier import ClassifierState, ClassifierVersion
from models.database import Connection
from nlp.letters import LabelledLetter
from nlp.segmentation import make_segmenter
from nlp.topics import artifacts
from nlp.topics.training import Training, train
from routing import case_repository, lifecycle
from routing.directory import Directory
from routing.learning import classifier_repository
from routing.process import process_batch
from tests import factories
from tests.factories import KEYS, NOW, ZONE
from tests.unit.nlp_letters import corpus_letters

PARENTS = ("T04", "T10")
PERSON = "account:7:王敏"


@cache
def training(*parents: str) -> Training:
    """A classifier of a few first-level topics, from seconds of learning, once a process."""
    return train(list(corpus_letters(*(parents or PARENTS))), make_segmenter(), on_progress=lambda *_: None)


@cache
def artifact_files(*parents: str) -> dict[str, bytes]:
    learnt = training(*parents)
    with tempfile.TemporaryDirectory() as folder:
        about = {"letters": learnt.letters, "threshold": learnt.threshold}
        artifacts.save(Path(folder), learnt.model, segmenter=make_segmenter().version, about=about)
        return read_files(Path(folder))


def version(
    conn: Connection,
    state: ClassifierState = ClassifierState.CANDIDATE,
    *,
    parents: Sequence[str] = PARENTS,
    name: str = "",
    files: dict[str, bytes] | None = None,
    now: datetime = NOW,
) -> ClassifierVersion:
    """A version in this state, committed; by default one that loads."""
    learnt = training(*parents)
    added = classifier_repository.add_version(
        conn,
        version=name or learnt.model.version,
        kind="linear",
        card={"letters": learnt.letters, "cross_validation": asdict(learnt.scores), "suspected_label_errors": []},
        files=artifact_files(*parents) if files is None else files,
        last_label_id=0,
        labels=learnt.letters,
        actor="test",
        now=now,
    )
    path = {
        ClassifierState.CANDIDATE: [],
        ClassifierState.REJECTED: [ClassifierState.REJECTED],
        ClassifierState.SHADOW: [ClassifierState.SHADOW],
        ClassifierState.LIVE: [ClassifierState.SHADOW, ClassifierState.LIVE],
        ClassifierState.RETIRED: [ClassifierState.SHADOW, ClassifierState.LIVE, ClassifierState.RETIRED],
    }[state]
    for before, after in zip([ClassifierState.CANDIDATE, *path], path, strict=False):
        classifier_repository.move_version(conn, added.id, from_state=before, to_state=after, actor="test", now=now)
    conn.commit()
    return classifier_repository.get_version(conn, added.id)


def label_letters(
    conn: Connection,
    directory: Directory,
    letters: Sequence[LabelledLetter],
    *,
    at: datetime = NOW,
    confidence: float = 0.3,
    says: str = "T0402",
) -> None:
    """Letters that came in at `at`, waited in triage and were dispatched by a person, committed.

    For a first-level label the person names its first sub-topic: this city files so, whatever the corpus thinks.
    """
    new = [factories.letter(title=letter.title, body=letter.body) for letter in letters]
    registered = register(conn, new, actor="test", now=at, keys=KEYS, zone=ZONE)
    analysis = Analysis(
        topic_code=says,
        topic_confidence=confidence,
        suggestions=(TopicSuggestion(says, confidence),),
        versions={"topic": "fixed/1"},
    )
    process_batch(conn, factories.FixedAnalyser(analysis), directory, now=at, zone=ZONE, limit=len(new) + 100)
    for letter, receipt in zip(letters, registered, strict=True):
        case = case_repository.get_case(conn, receipt.receipt_number)
        code = letter.label if len(letter.label) > 3 else f"{letter.label}01"
        lifecycle.dispatch(conn, case, directory, lead="zjj", topic_code=code, actor=PERSON, now=at, zone=ZONE)
    conn.commit()
