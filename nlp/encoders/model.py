"""What a fine-tuned encoder says of a document, run by onnxruntime: up to three topics and how sure it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.analysis import TopicSuggestion
from models.errors import Invalid
from nlp.document import Document
from nlp.encoders import libraries as encoder_libraries
from nlp.encoders.text import Reader, Tokens
from nlp.topics.heads import probabilities
from nlp.topics.model import rounded

SUGGESTIONS = 3
_WORTH_SHOWING = 0.01
# What onnxruntime raises for a graph that is none, or not of its kind.
_BROKEN = (
    *("Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf"),
    *("NotImplemented", "NoSuchFile", "RuntimeException"),
)
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
Scores: TypeAlias = NDArray[np.float64]


class Encoder:
    """An ONNX graph in memory: the tokens of one text in, one score per class out.

    One text at a time: no padding, so neighbours make no difference, and where activations are rounded to 8 bits they
    would (the scale is that of the whole batch). On a CPU a batch is not quicker either.
    """

    def __init__(self, graph: bytes) -> None:
        """Raises `Invalid` where `graph` is no such thing."""
        runtime = encoder_libraries.onnxruntime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.use_deterministic_compute = True
        options.log_severity_level = 3
        errors = runtime.capi.onnxruntime_pybind11_state
        broken = tuple(getattr(errors, name) for name in _BROKEN)
        try:
            self._session: Any = runtime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except broken as error:
            raise Invalid("模型文件不是可运行的编码器。") from error
        self._inputs = [one.name for one in self._session.get_inputs()]
        outputs = self._session.get_outputs()
        classes = outputs[0].shape[-1] if len(outputs) == 1 and outputs[0].shape else None
        if "input_ids" not in self._inputs or set(self._inputs) - set(INPUTS) or not isinstance(classes, int):
            raise Invalid("模型文件的输入、输出不是编码器的。")
        self.classes = classes

    def scores(self, texts: Sequence[Tokens]) -> Scores:
        """A row per text."""
        rows = [self._one(tokens) for tokens in texts]
        return np.array(rows, dtype=np.float64).reshape(len(rows), self.classes)

    def _one(self, tokens: Tokens) -> NDArray[np.float32]:
        columns = zip(INPUTS, (tokens.ids, (1,) * len(tokens.ids), tokens.types), strict=True)
        given = {name: np.array([values], dtype=np.int64) for name, values in columns if name in self._inputs}
        scores: NDArray[np.float32] = self._session.run(None, given)[0][0]
        return scores


@dataclass(frozen=True, slots=True)
class Tops:
    """The first-level topics."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EncoderModel:
    """A `TopicClassifier`. It decides among `codes`, the lowest topics; `parents` names the topic above each, which of
    a first-level topic is itself.

    A parent's probability is the sum of its sub-topics', so the two never contradict. It names no cues: what moved an
    encoder cannot be read off it.
    """

    version: str
    encoder: Encoder
    reader: Reader
    codes: tuple[str, ...]
    parents: Mapping[str, str]
    temperature: float

    @property
    def top(self) -> Tops:
        return Tops(tuple(dict.fromkeys(self.parents[code] for code in self.codes)))

    def parent(self, code: str) -> str:
        return self.parents.get(code, code)

    def probabilities(self, texts: Sequence[Tokens]) -> Scores:
        """The shares of `codes` for each text; they add up to 1."""
        return probabilities(self.encoder.scores(texts) / self.temperature)

    def predict(self, documents: Sequence[Document]) -> list[tuple[TopicSuggestion, ...]]:
        texts = list(self.reader.read(documents))
        shares = iter(self.probabilities([tokens for tokens in texts if tokens.known]))
        return [self._suggest(next(shares)) if tokens.known else () for tokens in texts]

    def _suggest(self, shares: Scores) -> tuple[TopicSuggestion, ...]:
        best = np.argsort(-shares, kind="stable")[:SUGGESTIONS].tolist()
        return tuple(
            TopicSuggestion(self.codes[place], rounded(float(shares[place])))
            for rank, place in enumerate(best)
            if rank == 0 or shares[place] >= _WORTH_SHOWING
        )
