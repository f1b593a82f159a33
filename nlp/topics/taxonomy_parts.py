"""What a classifier of the whole taxonomy has beside its topics: cue weights, the way out, kinds of appeal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.topics.appeal_learning import TYPES, AppealModel
from nlp.topics.cue_table import KINDS
from nlp.topics.features import BLOCKS, Blocks
from nlp.topics.heads import Linear
from nlp.topics.no_matter import SHAPES, NoMatter


@dataclass(frozen=True, slots=True)
class TaxonomyParts:
    """`cue_weights` are what a unit of each kind of cue evidence adds to a topic's score (`nlp.topics.cue_table`)."""

    cue_weights: tuple[float, ...]
    outside: NoMatter
    appeals: AppealModel

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The same parts, the same bytes."""
        outside = self.outside
        return {
            "cue_weights": np.array(self.cue_weights),
            "outside": np.array([outside.own, outside.best_topic, outside.cues, outside.bias]),
            "outside_shape": np.array(outside.shape),
            "appeal_types": np.array([appeal_type.value for appeal_type in TYPES]),
            "appeal_cues": self.appeals.cues,
            "appeal_bias": self.appeals.linear.bias,
            **{f"appeals/{name}": table.astype(np.float16) for name, table in self.appeals.linear.weights.items()},
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], blocks: Blocks) -> "TaxonomyParts":
        """Raises `KeyError` or `ValueError` where the arrays do not fit each other, the blocks or this program."""
        if arrays["appeal_types"].tolist() != [appeal_type.value for appeal_type in TYPES]:
            raise ValueError("other types of appeal")
        weights = {name: _checked(arrays[f"appeals/{name}"], len(blocks[name].slots), len(TYPES)) for name in BLOCKS}
        bias = _checked(arrays["appeal_bias"], len(TYPES))
        cues = _checked(arrays["appeal_cues"], len(TYPES), len(TYPES))
        tables = {name: table.astype(np.float32) for name, table in weights.items()}
        return cls(
            cue_weights=tuple(_checked(arrays["cue_weights"], KINDS).tolist()),
            outside=_no_matter(_checked(arrays["outside"], 4), _checked(arrays["outside_shape"], SHAPES)),
            appeals=AppealModel(Linear(tables, bias), cues),
        )


def _no_matter(gate: NDArray[Any], shape: NDArray[Any]) -> NoMatter:
    own, best_topic, cues, bias = gate.tolist()
    return NoMatter(own, best_topic, cues, bias, tuple(shape.tolist()))


def _checked(array: NDArray[Any], *shape: int) -> NDArray[Any]:
    if array.shape != shape or array.dtype.kind != "f" or not np.all(np.isfinite(array)):
        raise ValueError("arrays do not fit")
    return array
