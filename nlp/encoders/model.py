"""What a fine-tuned encoder says of a document, run by onnxruntime: up to three topics and how sure it is."""

from collections import defaultdict
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
# Texts are filled up to a multiple of so many tokens, and so many tokens are computed at once: small encoders gain a
# quarter by that, large ones nothing, and more at once is slower again where it no longer fits the cache (measured).
_FILLED_TO = 16
_TOKENS_AT_ONCE = 512
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
Scores: TypeAlias = NDArray[np.float64]


class Encoder:
    """An ONNX graph in memory: the tokens of texts in, one score per class out.

    Texts that fill the same length go together. A text is filled up to the same length in every company, alone as well,
    so that each is computed from the same numbers in the same order, whoever its neighbours are.
    """

    def __init__(self, graph: bytes, length: int) -> None:
        """No text has more than `length` tokens. Raises `Invalid` where `graph` is no such thing."""
        runtime = encoder_libraries.onnxruntime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.use_deterministic_compute = True
        options.log_severity_level = 3
        errors = runtime.capi.onnxruntime_pybind11_state
        self._broken = tuple(getattr(errors, name) for name in _BROKEN)
        try:
            self._session: Any = runtime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except self._broken as error:
            raise Invalid("模型文件不是可运行的编码器。") from error
        self._inputs = [one.name for one in self._session.get_inputs()]
        outputs = self._session.get_outputs()
        classes = outputs[0].shape[-1] if len(outputs) == 1 and outputs[0].shape else None
        if "input_ids" not in self._inputs or set(self._inputs) - set(INPUTS) or not isinstance(classes, int):
            raise Invalid("模型文件的输入、输出不是编码器的。")
        self.classes = classes
        self._length = length

    def scores(self, texts: Sequence[Tokens]) -> Scores:
        """A row per text. Raises `Invalid` where the graph does not take texts of this length or of these pieces."""
        rows = np.zeros((len(texts), self.classes))
        for length, places in self._alike(texts).items():
            together = max(1, _TOKENS_AT_ONCE // length)
            for start in range(0, len(places), together):
                part = places[start : start + together]
                rows[part] = self._run([texts[place] for place in part], length)
        return rows

    def _alike(self, texts: Sequence[Tokens]) -> dict[int, list[int]]:
        """The places of those that are filled up to a length, by that length."""
        places: dict[int, list[int]] = defaultdict(list)
        for place, tokens in enumerate(texts):
            places[min(-(-len(tokens.ids) // _FILLED_TO) * _FILLED_TO, self._length)].append(place)
        return places

    def _run(self, texts: Sequence[Tokens], length: int) -> NDArray[np.float32]:
        columns = {name: np.zeros((len(texts), length), dtype=np.int64) for name in INPUTS}
        for row, text in enumerate(texts):
            for name, values in zip(INPUTS, (text.ids, (1,) * len(text.ids), text.types), strict=True):
                columns[name][row, : len(values)] = values
        try:
            scores: NDArray[np.float32] = self._session.run(None, {name: columns[name] for name in self._inputs})[0]
        except self._broken as error:
            raise Invalid("编码器与它的分词文件或长度不符，无法运行。") from error
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
