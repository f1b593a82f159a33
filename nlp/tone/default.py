"""The models of tone that come with the program: learnt once on each machine from what was written for it.

They judge posts and answers to surveys; letters and calls are judged by words alone (`nlp.tone.judging`).
"""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np

from nlp import cleaning, learnt_once
from nlp.cues import CueIndex
from nlp.letters import LabelledLetter, read
from nlp.segmentation import make_segmenter
from nlp.tone import artifacts, grams, learning, words
from nlp.tone.artifacts import ToneArtifact
from nlp.tone.corpus import load_posts, posts_hash
from nlp.tone.labels import VALUES, What
from nlp.tone.model import ToneModel
from nlp.tone.reading import lexicon_hash, tone_reader

_FOLDS = 5


def find_tone(folders: Sequence[Path]) -> ToneArtifact | None:
    """The models in the first folder that has them whole; None where they have not been learnt on this machine."""
    return learnt_once.find(folders, _name(), _load)


def prepare_tone(folders: Sequence[Path]) -> ToneArtifact:
    """Find them, or learn them into the first folder that can be written; takes some seconds.

    Raises `Unavailable` where no folder can be written.
    """
    return learnt_once.prepare(folders, _name(), _load, _learn, called="情感模型")


def learn_default() -> dict[What, ToneModel]:
    """The same corpus gives the same models, to the bit."""
    posts = load_posts()
    texts = [LabelledLetter("", post.text, "") for post in posts]
    features = learning.see(list(read(texts, make_segmenter(), CueIndex(tone_reader().phrases))), words=False)
    folds = np.arange(len(posts), dtype=np.int64) % _FOLDS
    version = f"tone/1+{_hash()[:8]}"
    models = {}
    for what, labels in ((What.SENTIMENT, [p.sentiment for p in posts]), (What.EMOTION, [p.emotion for p in posts])):
        values = [value.value for value in VALUES[what]]
        targets = np.array([values.index(label.value) for label in labels], dtype=np.int64)
        models[what] = learning.learn(features, targets, values, folds, version=version).model
    return models


def _learn(draft: Path) -> None:
    artifacts.save(draft, learn_default(), {"data_hash": _hash()})


@cache
def _load(folder: Path) -> ToneArtifact:
    return artifacts.load(folder)


@cache
def _hash() -> str:
    """Changes with everything the models are learnt from."""
    parts = (learning.VERSION, artifacts.FORMAT_VERSION, grams.VERSION, words.VERSION, cleaning.VERSION)
    sources = (lexicon_hash(), posts_hash())
    return sha256(repr((parts, sources)).encode()).hexdigest()


def _name() -> str:
    return f"tone-{_hash()[:16]}"
