"""The classifier that comes with the program: learnt once on each machine from the written corpus, then found again.

It is not shipped as a file: whoever installs the program can read what it learns from and gets the same bytes.
"""

import os
import sys
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from nlp import appeal, cleaning, learnt_once
from nlp.corpus import corpus_hash
from nlp.organisations.names import DepartmentNames
from nlp.places.gazetteer import Gazetteer
from nlp.reference import load_departments, load_regions, load_topics
from nlp.segmentation import Segmenter, make_segmenter, segmenter_version
from nlp.topics import artifacts, features
from nlp.topics.artifacts import Artifact
from nlp.topics.cue_evidence import evidence_for
from nlp.topics.taxonomy_training import VERSION, Progress, train_taxonomy


@cache
def reference_segmenter() -> Segmenter:
    """Knows the packaged cue words, regions and kinds of departments: the same in every city."""
    return make_segmenter(_reference_words())


@cache
def _reference_words() -> frozenset[str]:
    departments = load_departments()
    words = evidence_for(load_topics(), departments).weights.keys()
    return frozenset({*words, *Gazetteer(load_regions(), []).phrases, *DepartmentNames(departments).phrases})


def default_folders(data_dir: Path | None = None) -> list[Path]:
    """Where it may lie: beside the installed program, else in the data folder, else in the user's cache."""
    places = [Path(sys.prefix) / "share" / "wenzheng"]
    places += [data_dir / "classifiers"] if data_dir is not None else []
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return [*places, Path(home) / "wenzheng"]


def find_default(folders: Sequence[Path]) -> Artifact | None:
    """The classifier in the first folder that has it whole; None where it has not been learnt on this machine."""
    return learnt_once.find(folders, _name(), _load)


def prepare_default(folders: Sequence[Path], *, on_progress: Progress = lambda *_: None) -> Artifact:
    """Find it, or learn it into the first folder that can be written. Two processes learn it once: the second waits.

    Raises `Unavailable` where no folder can be written.
    """
    return learnt_once.prepare(folders, _name(), _load, lambda draft: _learn(draft, on_progress), called="分类模型")


def _learn(draft: Path, on_progress: Progress) -> None:
    from nlp.topics.taxonomy_judging import judge_corpus  # half a second that whoever only loads it is spared

    segmenter = reference_segmenter()
    training = train_taxonomy([], load_topics(), load_departments(), segmenter, on_progress=on_progress)
    artifacts.save(
        draft,
        training.model,
        segmenter=segmenter.version,
        about=_about(training.data_hash, judge_corpus(training)),
        taxonomy=training.parts,
        neighbours=training.neighbours,
    )


def _about(data_hash: str, scores: dict[str, Any]) -> dict[str, Any]:
    """No date: the same corpus gives the same artifact, to the byte."""
    return {"threshold": None, "data_hash": data_hash, "letters": 0, "held_out_hands": scores}


@cache
def _load(folder: Path) -> Artifact:
    return artifacts.load(folder)


@cache
def _name() -> str:
    """Changes with everything the classifier is learnt from."""
    words, known = segmenter_version(_reference_words()), evidence_for(load_topics(), load_departments()).version
    steps = (cleaning.VERSION, features.VERSION, appeal.VERSION)
    parts = (VERSION, artifacts.FORMAT_VERSION, corpus_hash(), known, *steps, words)
    return f"topics-{sha256(repr(parts).encode()).hexdigest()[:16]}"
