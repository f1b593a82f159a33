"""An ONNX graph with weights of 8 bits, in which the values of one token are rounded by their own scale.

onnxruntime's dynamic quantisation takes one scale for a whole batch, so that neighbours change a letter's scores.
Products of whole numbers are exact in any order: here nothing that stands beside a token reaches it by rounding.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.encoders import libraries as encoder_libraries

# Weights of 6 bits and a sign: onnxruntime adds two products of 8 bits in 16 on processors without VNNI, and more would
# overflow there, unseen by whoever checks on another machine.
_MOST_WEIGHT = 63
# A token's largest value; 128 is its zero.
_MOST_VALUE = 127
_MOST_ROW = 127
# Tables and matrices below this many numbers stay as they are.
_WORTH_ROUNDING = 1024
_CONTRIBUTED = "com.microsoft"
_UNIT, _ZERO, _LEAST = "rounding/unit", "rounding/zero", "rounding/least"


def round_weights(graph: bytes) -> bytes:
    """The same inputs and outputs. Matrices have a scale per column, embeddings one per row."""
    onnx = encoder_libraries.onnx()
    model = onnx.load_from_string(graph)
    rounding = _Rounding(onnx, model.graph)
    nodes = [new for node in model.graph.node for new in rounding.replace(node)]
    used = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in model.graph.initializer if tensor.name in used]
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend([*kept, *rounding.tensors.values()])
    model.opset_import.append(onnx.helper.make_opsetid(_CONTRIBUTED, 1))
    content: bytes = model.SerializeToString()
    return content


class _Rounding:
    """What takes the place of the weights: `tensors` by name."""

    def __init__(self, onnx: Any, graph: Any) -> None:
        self._onnx = onnx
        self._weights = {
            tensor.name: tensor
            for tensor in graph.initializer
            if tensor.data_type == onnx.TensorProto.FLOAT
            and len(tensor.dims) == 2
            and np.prod(tensor.dims) >= _WORTH_ROUNDING
        }
        self._rounded_inputs: set[str] = set()
        self.tensors: dict[str, Any] = {}
        self._keep(_UNIT, np.float32(1 / _MOST_VALUE))
        self._keep(_ZERO, np.uint8(_MOST_VALUE + 1))
        self._keep(_LEAST, np.float32(1e-12))

    def replace(self, node: Any) -> Iterator[Any]:
        """The nodes that stand for `node`."""
        if node.op_type == "Gather" and node.input[0] in self._weights and not any(a.i for a in node.attribute):
            yield from self._look_up(node.input[0], node.input[1], node.output[0])
        elif node.op_type == "MatMul" and node.input[1] in self._weights:
            yield from self._round_input(node.input[0])
            yield from self._multiply(node.input[0], node.input[1], node.output[0])
        else:
            yield node

    def _look_up(self, table: str, places: str, output: str) -> Iterator[Any]:
        node, whole, scales = self._onnx.helper.make_node, f"{output}/whole", f"{output}/scales"
        rows = self._round(table, axis=1, most=_MOST_ROW)
        yield node("Gather", [f"{rows}/whole", places], [whole], axis=0)
        yield node("Cast", [whole], [f"{output}/float"], to=self._onnx.TensorProto.FLOAT)
        yield node("Gather", [f"{rows}/scales", places], [scales], axis=0)
        yield node("Mul", [f"{output}/float", scales], [output])

    def _round_input(self, values: str) -> Iterator[Any]:
        """Each token's values between -1 and 1, then whole; once for all that multiply them."""
        if values in self._rounded_inputs:
            return
        self._rounded_inputs.add(values)
        node, sizes, most = self._onnx.helper.make_node, f"{values}/sizes", f"{values}/most"
        yield node("Abs", [values], [sizes])
        yield node("ReduceMax", [sizes], [f"{values}/largest"], axes=[-1], keepdims=1)
        yield node("Max", [f"{values}/largest", _LEAST], [most])
        yield node("Div", [values, most], [f"{values}/share"])
        yield node("QuantizeLinear", [f"{values}/share", _UNIT, _ZERO], [f"{values}/whole"])

    def _multiply(self, values: str, matrix: str, output: str) -> Iterator[Any]:
        node, product = self._onnx.helper.make_node, f"{output}/product"
        columns = self._round(matrix, axis=0, most=_MOST_WEIGHT)
        factors = [f"{values}/whole", f"{columns}/whole", _UNIT, f"{columns}/scales", _ZERO]
        yield node("MatMulIntegerToFloat", factors, [product], domain=_CONTRIBUTED)
        yield node("Mul", [product, f"{values}/most"], [output])

    def _round(self, name: str, *, axis: int, most: int) -> str:
        """Keep the weights as whole numbers and scales; the name that both begin with."""
        rounded = f"{name}/{axis}"
        if f"{rounded}/whole" not in self.tensors:
            values = self._onnx.numpy_helper.to_array(self._weights[name])
            scales = np.maximum(np.abs(values).max(axis=axis, keepdims=True) / most, np.float32(1e-12))
            self._keep(f"{rounded}/whole", np.rint(values / scales).astype(np.int8))
            self._keep(f"{rounded}/scales", scales if axis else scales[0])
        return rounded

    def _keep(self, name: str, values: NDArray[Any] | np.generic) -> None:
        self.tensors[name] = self._onnx.numpy_helper.from_array(np.asarray(values), name)
