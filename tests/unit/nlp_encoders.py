"""A tiny encoder for the tests, of our own letters: one layer, 32 wide; skipped where nothing can make it."""

from pathlib import Path

import pytest

from nlp.encoders import libraries as encoder_libraries
from nlp.encoders.artifacts import save
from nlp.encoders.finetuning import FineTuning, Tuning, finetune, version_of
from nlp.encoders.pretraining import Pretraining, Shape, pretrain
from nlp.letters import LabelledLetter
from nlp.segmentation import make_segmenter
from tests.unit.nlp_letters import corpus_letters

SEGMENTER = make_segmenter()
PARENTS = ("T02", "T10", "T13")
SHAPE = Shape(layers=1, width=32, heads=2, length=32, steps=30, batch=16)
TUNING = Tuning(length=32, epochs=8, batch=8, rate=3e-3, patience=3)


def need_training() -> None:
    """Skips the whole module where the extra `train` is not installed."""
    for library in ("torch", "transformers", "onnx", "onnxruntime", "tokenizers", "safetensors"):
        pytest.importorskip(library, reason=f"{library} is not installed: pip install -e '.[train]'")
    # the same sums on every machine, and none that wait for the cores of other tests
    encoder_libraries.torch().set_num_threads(1)


def make_encoder(folder: Path, shape: Shape = SHAPE) -> Pretraining:
    return pretrain(corpus_letters(*PARENTS), SEGMENTER, folder, shape, on_progress=lambda *_: None)


def tune(encoder: Path, letters: list[LabelledLetter] | None = None, tuning: Tuning = TUNING) -> FineTuning:
    letters = list(corpus_letters(*PARENTS)) if letters is None else letters
    return finetune(letters, SEGMENTER, encoder, tuning, on_progress=lambda *_: None)


def keep(result: FineTuning, folder: Path, **about: object) -> None:
    """What the command writes, without what only people read."""
    needed = {
        "version": version_of(result),
        "codes": list(result.codes),
        "parents": result.parents,
        "temperature": result.judgement.temperature,
        "threshold": result.judgement.threshold,
        "length": result.reader.length,
        "segment_types": result.reader.segment_types,
    }
    save(folder, result.export.graph, result.reader.tokenizer.to_str(), result.learnt, needed | about)
