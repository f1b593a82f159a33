"""A fine-tuned encoder as an ONNX graph, with weights of 8 bits where they decide as before."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np

from models.errors import Invalid
from nlp.encoders import libraries as encoder_libraries
from nlp.encoders.model import Encoder
from nlp.encoders.text import Tokens
from nlp.encoders.training import Machine, inputs_of, pad
from nlp.encoders.weights import round_weights

# So many letters in a hundred must get the same topic with weights of 8 bits; of few letters one may differ.
LEAST_AGREEMENT = 0.98
# How far a score of the exported graph may lie from torch's.
_TOLERANCE = 1e-3
_COMPARED = 8
_OPSET = 17


@dataclass(frozen=True, slots=True)
class Export:
    """`graph` is the one to run, of `precision` int8 or fp32; `agreement` is the share of `compared` letters that
    int8 gives the same topic as fp32."""

    graph: bytes
    precision: str
    agreement: float
    compared: int


def export(model: Any, texts: Sequence[Tokens], length: int) -> Export:
    """`texts` are letters that were not learnt from, of at most `length` tokens. Where int8 decides otherwise, fp32 is
    kept.

    Raises `Invalid` where the graph says something else than the model.
    """
    model = model.to("cpu").float().eval()
    whole = _graph(model, texts[:_COMPARED], length)
    exact = Encoder(whole, length).scores(texts)
    small = round_weights(whole)
    same = exact.argmax(axis=1) == Encoder(small, length).scores(texts).argmax(axis=1)
    agreement = float(same.mean())
    fits = int((~same).sum()) <= max(1, int(len(texts) * (1 - LEAST_AGREEMENT)))
    return Export(small if fits else whole, "int8" if fits else "fp32", round(agreement, 4), len(texts))


def _graph(model: Any, texts: Sequence[Tokens], length: int) -> bytes:
    torch = encoder_libraries.torch()
    machine = Machine("cpu", bf16=False)
    names = inputs_of(model)
    given = pad(texts, model, names, machine)
    stream = BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        # the exporter that needs no further library is called legacy, and speaks of every constant it meets
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (),
            stream,
            kwargs=dict(given),
            input_names=list(names),
            output_names=["scores"],
            dynamic_axes={name: {0: "texts", 1: "tokens"} for name in names} | {"scores": {0: "texts"}},
            opset_version=_OPSET,
            dynamo=False,
        )
    encoder = Encoder(stream.getvalue(), length)
    with torch.no_grad():
        for text in texts:
            said = model(**pad([text], model, names, machine)).numpy()
            if not np.allclose(said, encoder.scores([text]), atol=_TOLERANCE):
                raise Invalid("导出的模型与训练的模型说法不一，这类编码器不能导出。")
    return stream.getvalue()
