"""A real encoder, however tiny, in the place of the doubles: at work in a city, computing only what it is asked."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.analysis import TopicSuggestion
from models.department import Topic
from nlp.document import Document
from nlp.encoders import artifacts
from nlp.encoders.artifacts import EncoderArtifact
from nlp.encoders.learnt import fingerprint
from nlp.encoders.model import Encoder
from nlp.encoders.served_encoder import First, ServedEncoder
from nlp.encoders.text import Tokens
from nlp.letters import read
from tests.unit.nlp_encoders import PARENTS, SEGMENTER, keep, make_encoder, need_training, tune
from tests.unit.nlp_letters import corpus_letters

need_training()
TOPICS = [Topic(code=code, name=code, parent_code=None) for code in PARENTS]


@pytest.fixture(scope="module")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> EncoderArtifact:
    folder: Path = tmp_path_factory.mktemp("served")
    make_encoder(folder / "encoder")
    keep(tune(folder / "encoder"), folder / "model")
    return artifacts.load(folder / "model")


def test_it_says_in_a_city_what_it_says_alone(artifact: EncoderArtifact) -> None:
    documents = list(read(corpus_letters(*PARENTS)[::9], SEGMENTER))
    served = ServedEncoder(artifact.model, TOPICS).predict(documents)
    assert served == artifact.model.predict(documents)
    assert [ServedEncoder(artifact.model, TOPICS).predict([document])[0] for document in documents] == served


def test_it_tells_what_it_has_learnt(artifact: EncoderArtifact) -> None:
    known = set(artifact.learnt.tolist())
    letters = corpus_letters(*PARENTS)
    assert len(known) <= len(letters)
    assert sum(fingerprint(one.title, one.body) in known for one in letters) > 0.95 * len(letters)
    assert not {fingerprint(one.title, one.body) for one in corpus_letters("T20")} & known


def test_it_computes_only_what_it_is_asked(artifact: EncoderArtifact, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = list(read(corpus_letters("T02", "T13"), SEGMENTER))
    sure = {document.text for document in documents[::2]}

    class Half:
        version = "half/1"

        def predict(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
            return [(TopicSuggestion("T10", 0.9 if document.text in sure else 0.1),) for document in documents]

    computed: list[int] = []
    run = Encoder._run

    def watch(self: Encoder, texts: Sequence[Tokens], length: int) -> NDArray[np.float32]:
        computed.append(len(texts))
        return run(self, texts, length)

    monkeypatch.setattr(Encoder, "_run", watch)
    said = ServedEncoder(artifact.model, TOPICS, First(Half(), 0.5), "both").predict(documents)
    assert sum(computed) == sum(document.text not in sure for document in documents)
    assert all(one[0].topic_code == "T10" for one in said[::2])
